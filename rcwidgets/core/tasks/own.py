"""The task on data of the user's own: which columns are inputs and which are targets."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

import numpy as np

from rcwidgets.core.datasets.csv_file import dates_at
from rcwidgets.core.datasets.reader import options as reader
from rcwidgets.core.datasets.reader.mend import mended
from rcwidgets.core.datasets.reader.notes import DataError, Notes
from rcwidgets.core.datasets.table import Series, joined
from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.spec.knobs import Effect, choice, columns
from rcwidgets.core.spec.registry import TASKS, listed
from rcwidgets.core.tasks.base import AbstractTask, TaskData
from rcwidgets.core.tasks.gaps import TaskError
from rcwidgets.core.tasks.knobs import TRAIN, WARMUP, ahead, rows, series_count
from rcwidgets.core.tasks.own_start import OwnStart, starts_like
from rcwidgets.core.tasks.several import forecast_of
from rcwidgets.core.trainers.closed_form.ridge import RidgeSettings

_HORIZON = "How many steps ahead of the inputs the targets are; 0: both belong to the same step."
_MENDS: tuple[reader.Gaps, ...] = ("drop", "fill", "cut")
_GAPS = (
    "What becomes of rows without a number. Drop: a row without an input is left out, and one without a target stays, but does not count "
    "in the fit and in the errors. Fill: straight lines. Cut: the longest part without a gap. As read: as the options of the file say; "
    "without one they are refused."
)
NO_DATA = "This task needs data of your own. Load a CSV file, or give an array or a data frame: Playground(data=array)."


@listed(TASKS)
@dataclass(frozen=True, repr=False)
class DataTask(AbstractTask):
    """Learn some columns of data of your own from others.

    Inputs and targets are columns by name; by default all of them are both, and each is forecast from the past of all.
    """

    kind: ClassVar[str] = "data"
    label: ClassVar[str] = "Your data"
    takes_own: ClassVar[bool] = True

    horizon: int = ahead(1, 0, 1, 10, doc=_HORIZON)
    warmup: int | None = rows(None, WARMUP + " Empty: a tenth.", "Warm-up")
    train: int | None = rows(None, TRAIN + " Empty: seven tenths of the rest.", "Training part")
    inputs: Sequence[str] | None = columns("Names of the columns that drive the network; empty takes all.")
    targets: Sequence[str] | None = columns("Names of the columns that it has to give; empty takes all.")
    train_series: int | None = series_count()
    gaps: str = choice("as read", ("as read", "drop", "fill", "cut"), _GAPS, effect=Effect.LIVE)

    def series(self, data: Series | None) -> Series:
        if data is None:
            raise TaskError(NO_DATA)
        gaps = self.gaps_of(data)
        if gaps == "error" or not len(data.values):
            return data
        inputs, targets = self.columns(data)
        return _mended_of(_Known(data), tuple(sorted({*inputs, *([] if gaps == "drop" else targets)})), gaps)

    def gaps_of(self, series: Series) -> reader.Gaps:
        """What becomes of gaps: as the task says, else as the file was read."""
        options = dict(series.options)
        asked = options.get("gaps", "error") if self.gaps == "as read" else self.gaps
        usual: reader.Gaps = "fill" if options.get("resample") is not None else "error"
        return next((one for one in _MENDS if one == asked), usual)

    def leaves_out(self, data: Series | None) -> bool:
        return data is not None and self.gaps_of(data) == "drop"

    def notes(self, data: Series) -> tuple[str, ...]:
        try:
            series, targets = self.series(data), self.columns(data)[1]
        except TaskError:
            return data.notes
        gone = int((~np.isfinite(series.values[:, targets]).all(axis=1)).sum()) if self.leaves_out(data) and not self.classes else 0
        words = f"{gone:,} {'row has' if gone == 1 else 'rows have'} no target, and count neither in the fit nor in the errors."
        return (*series.notes, *([words] if gone else []))

    def prepare(self, data: Series | None = None) -> TaskData:
        series = self.series(data)
        if series.parts is None:
            return super().prepare(data)
        inputs, targets = self.columns(series)
        self.check_horizon(series, inputs, targets)
        return forecast_of(self, self.train_series, series, inputs, targets)

    def columns(self, series: Series) -> tuple[list[int], list[int]]:
        return _places(series, self.inputs, "inputs"), _places(series, self.targets, "targets")

    @property
    def maps(self) -> bool:
        return self.inputs is not None or self.targets is not None

    @property
    def widths(self) -> tuple[str, str]:
        if not self.maps:
            return "data.shape[1]", "data.shape[1]"
        sizes = [f"{name}.shape[1]" if chosen is None else str(len(chosen)) for name, chosen in self._chosen()]
        return sizes[0], sizes[1]

    def widths_of(self, data: Series | None) -> tuple[str, str]:
        if data is None or data.parts is None:
            return self.widths
        try:
            inputs, targets = self.columns(data)
        except TaskError:
            return self.widths
        return str(len(inputs)), str(len(set(data.parts.labels)) if self.classes else len(targets))

    def _chosen(self) -> tuple[tuple[str, Sequence[str] | None], ...]:
        return ("inputs", self.inputs), ("targets", self.targets)

    def source(self, data: Series | None = None) -> list[str]:
        if data is not None and data.parts is not None:
            return self._source_of_several(data)
        if data is not None and data.origin == "array" and self.maps:
            places = [_written(data, chosen) for _, chosen in self._chosen()]
            return [*_ARRAY, f"inputs, targets = data[:, {places[0]}], data[:, {places[1]}]", *self._mending(data)]
        plain = data is not None and data.time_label == "row" and not data.left_out and data.origin != "file"
        if not self.maps and (data is None or plain):
            return [*_ARRAY, *([] if data is None else self._mending(data))]
        file = data is not None and data.origin == "file"
        call = f"rc.datasets.from_csv({data.path or data.name or 'my_data.csv'!r}" if data is not None and file else _FRAME
        told = "" if data is None else self._told(data)
        if data is not None and file:
            lines = ["# The data: your own file", *([] if data.path else _UPLOADED)]
        else:
            lines = ["# The data: load your own here, as a data frame with these columns", "# data = pandas.read_csv('my_data.csv')"]
        every = "list(data.columns)" if data is None else repr(list(data.channels))
        named = [every if chosen is None else repr(list(chosen)) for _, chosen in self._chosen()]
        if not self.maps:
            return [*lines, f"data = {call}, inputs={named[0]}{told})['inputs']"]
        return [
            *lines,
            f"table = {call}, inputs={named[0]}, targets={named[1]}{told})",
            "inputs, targets = table['inputs'], table['targets']",
            *([] if data is None or self.gaps_of(data) != "drop" else _WITHOUT),
        ]

    def _told(self, data: Series) -> str:
        """The options of the reader as Python; where rows without a target stay, gaps are kept."""
        gaps = self.gaps_of(data)
        options = dict(data.options) | ({} if gaps == "error" else {"gaps": "keep" if gaps == "drop" and self.maps else gaps})
        return "".join(f", {name}={value!r}" for name, value in options.items())

    def _mending(self, data: Series) -> list[str]:
        """Python that mends the gaps of an array, `inputs` and `targets`, or `data`."""
        gaps, names = self.gaps_of(data), ("inputs", "targets") if self.maps else ("data",)
        if gaps == "drop":
            return _WITHOUT if self.maps else ["data = data[np.isfinite(data).all(axis=1)]  # rows with a gap are left out"]
        if gaps == "cut":
            bad = " | ".join(f"~np.isfinite({name}).all(axis=1)" for name in names)
            cut = [
                f"borders = np.flatnonzero(np.concatenate([[True], {bad}, [True]]))",
                "longest = np.argmax(np.diff(borders))  # the longest part without a gap",
            ]
            return [*cut, *(f"{name} = {name}[borders[longest] : borders[longest + 1] - 1]" for name in names)]
        filled = "np.column_stack([np.interp(rows, rows[np.isfinite(one)], one[np.isfinite(one)]) for one in {0}.T])"
        lines = [f"rows = np.arange(len({names[0]}))  # gaps are filled in straight lines"]
        return [*lines, *(f"{name} = {filled.format(name)}" for name in names)] if gaps == "fill" else []

    def _source_of_several(self, data: Series) -> list[str]:
        """Python that makes several series: `inputs`, and `targets` or `labels`, of each."""
        chosen = [[*data.channels] if names is None else [*names] for _, names in self._chosen()]
        same = chosen[0] == chosen[1]
        last = [] if self.classes else ["targets = inputs"] if same else ["targets = table['targets']"]
        if data.origin != "array":
            told = "".join(f", {name}={value!r}" for name, value in data.options)
            asked = f", inputs={chosen[0]!r}" + ("" if self.classes or same else f", targets={chosen[1]!r}")
            if data.origin == "file":
                place = data.path or data.name or "my_data.csv"
                lines = ["# The data: your own file, or folder of files", *([] if data.path else _UPLOADED)]
                call = f"rc.datasets.from_csv({place!r}{asked}{told})"
            else:
                lines = ["# The data: load your own here, as a data frame with these columns", "# data = pandas.read_csv('my_data.csv')"]
                call = f"rc.datasets.from_frame(data{asked}{told})"
            return [*lines, f"table = {call}", "inputs = table['inputs']", *(["labels = table['labels']"] if self.classes else last)]
        lines = [
            "# The data: load your own here, an array (time, channels) for each series",
            "# series = [np.loadtxt(file, delimiter=',') for file in files]",
            *(["# labels = [...]  # the class of each series"] if self.classes else []),
            "inputs = [np.asarray(one, dtype=float).reshape(len(one), -1) for one in series]",
        ]
        places = [_written(data, names) for _, names in self._chosen()]
        if not self.classes:
            lines.append("targets = inputs" if same else f"targets = [one[:, {places[1]}] for one in inputs]")
        return lines if self.inputs is None else [*lines, f"inputs = [one[:, {places[0]}] for one in inputs]"]

    def start(self) -> tuple[Graph, RidgeSettings]:
        return OwnStart().graph(), RidgeSettings(beta=1e-4)  # where the data can tell, `core/own_choice.py` chooses by them

    def starts_like(self, graph: Graph) -> Iterator[Graph]:
        return starts_like(graph)


def mends(task: object) -> bool:
    """Whether a task says what becomes of gaps, so that data may have some."""
    return isinstance(task, DataTask) and task.gaps != "as read"


_FRAME = "rc.datasets.from_frame(data"
_WITHOUT = [
    "there = np.isfinite(inputs).all(axis=1)  # rows without an input are left out; those without a target stay, and do not count",
    "inputs, targets = inputs[there], targets[there]",
]
_UPLOADED = ["# It was uploaded, and a page does not tell the folder: write the path of your file here"]
_ARRAY = [
    "# The data: load your own here, one row for each time and one column for each channel",
    "# data = np.loadtxt('my_data.csv', delimiter=',')",
    "data = np.asarray(data, dtype=float).reshape(len(data), -1)",
]


def _places(series: Series, chosen: Sequence[str] | None, knob: str) -> list[int]:
    """Where the chosen columns stand; None stands for all of them."""
    if chosen is None:
        return list(range(len(series.channels)))
    if not chosen:
        one = "input" if knob == "inputs" else "target"
        raise TaskError(f"No {one} is chosen. Take at least one column as {one}.", knob)
    missing = next((name for name in chosen if name not in series.channels), None)
    if missing is not None:
        why = dict(series.left_out).get(missing)
        words = f"Column {missing!r} holds no numbers ({why})." if why else f"The data has no column {missing!r}."
        raise TaskError(f"{words} Its columns of numbers: {', '.join(series.channels)}.", knob)
    return [series.channels.index(name) for name in chosen]


def _written(series: Series, chosen: Sequence[str] | None) -> str:
    """The columns of an array as Python."""
    return repr([series.channels.index(name) for name in (chosen or series.channels) if name in series.channels])


@lru_cache(maxsize=4)
def _mended_of(known: "_Known", used: tuple[int, ...], gaps: reader.Gaps) -> Series:
    """A table without gaps in the columns that are used."""
    return (_one_mended if known.series.parts is None else _each_mended)(known.series, used, gaps)


def _one_mended(series: Series, used: tuple[int, ...], gaps: reader.Gaps) -> Series:
    """One series without gaps."""
    notes = Notes()
    try:
        made = mended(series.values, series.time, gaps, used, notes, timed=series.time_label != "row")
    except DataError as error:
        raise TaskError(str(error)) from None
    dates = None if series.dates is None else dates_at(series, made.rows, made.time)
    lines = series.lines if made.rows is None else None
    if made.rows is not None and series.lines is not None and (made.rows >= 0).all():
        lines = series.lines[made.rows]
    time = made.time if series.time_label != "row" else np.arange(len(made.values), dtype=np.float64)
    return series._replace(values=made.values, time=time, lines=lines, dates=dates, notes=(*series.notes, *notes.said))


class _Known:
    """A series as the key of a cache: equal where it is the same table."""

    def __init__(self, series: Series) -> None:
        self.series = series

    def __hash__(self) -> int:
        return hash(self.series.digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Known) and other.series is self.series


def _each_mended(series: Series, used: tuple[int, ...], gaps: reader.Gaps) -> Series:
    """Several series without gaps, each mended alone; each sentence about it once."""
    assert series.parts is not None
    whole, parts, told = series, list[Series](), dict[str, None]()
    for one, name in zip(series.each(), series.parts.names, strict=True):
        try:
            part = _one_mended(one, used, gaps)
        except TaskError as error:
            raise TaskError(f"Series {name!r}: {error}") from None
        told |= dict.fromkeys(f"Series {name!r}: {note}" for note in part.notes[len(one.notes) :])
        parts.append(part)
    made = joined(parts, series.parts.names, series.parts.labels)
    return made._replace(notes=(*whole.notes, *list(told)[:12]), digest=whole.digest)
