"""The task on data of the user's own: which columns are inputs and which are targets."""

from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike, fspath
from pathlib import Path
from typing import Any, ClassVar, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from rcwidgets.core.datasets.csv_file import read_csv, read_dates
from rcwidgets.core.datasets.frame import Frame
from rcwidgets.core.datasets.table import TIME_NAMES, Column, Series, clean_name, series_of, series_of_array
from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.nodes import Input, LinearReadout, Reservoir
from rcwidgets.core.series import array_of, check_finite
from rcwidgets.core.spec.knobs import columns
from rcwidgets.core.spec.registry import TASKS, listed
from rcwidgets.core.tasks.base import TRAIN, WARMUP, AbstractTask, TaskError, ahead, rows
from rcwidgets.core.trainers.closed_form.ridge import RidgeSettings

_HORIZON = "How many steps ahead of the inputs the targets are; 0: both belong to the same step."
NO_DATA = "This task needs data of your own. Load a CSV file, or give an array or a data frame: Playground(data=array)."


@listed(TASKS)
@dataclass(frozen=True, repr=False)
class DataTask(AbstractTask):
    """Learn some columns of data of your own from others.

    Inputs and targets are columns by name; by default all of them are both, and each is forecast from the past of all.
    """

    kind: ClassVar[str] = "data"
    label: ClassVar[str] = "Your data"

    horizon: int = ahead(1, 0, 1, 10, doc=_HORIZON)
    warmup: int | None = rows(None, WARMUP + " Empty: a tenth.", "Warm-up")
    train: int | None = rows(None, TRAIN + " Empty: seven tenths of the rest.", "Training part")
    inputs: Sequence[str] | None = columns("Names of the columns that drive the network; empty takes all.")
    targets: Sequence[str] | None = columns("Names of the columns that it has to give; empty takes all.")

    def series(self, data: Series | None) -> Series:
        if data is None:
            raise TaskError(NO_DATA)
        return data

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

    def _chosen(self) -> tuple[tuple[str, Sequence[str] | None], ...]:
        return ("inputs", self.inputs), ("targets", self.targets)

    def source(self, data: Series | None = None) -> list[str]:
        if data is not None and data.origin == "array" and self.maps:
            places = [_written(data, chosen) for _, chosen in self._chosen()]
            return [*_ARRAY, f"inputs, targets = data[:, {places[0]}], data[:, {places[1]}]"]
        plain = data is not None and data.time_label == "row" and not data.left_out and data.origin != "file"
        if not self.maps and (data is None or plain):
            return _ARRAY
        file = data is not None and data.origin == "file"
        call = f"rc.datasets.from_csv({data.path or data.name or 'my_data.csv'!r}" if data is not None and file else _FRAME
        if data is not None and file:
            lines = ["# The data: your own CSV file", *([] if data.path else _UPLOADED)]
        else:
            lines = ["# The data: load your own here, as a data frame with these columns", "# data = pandas.read_csv('my_data.csv')"]
        every = "list(data.columns)" if data is None else repr(list(data.channels))
        named = [every if chosen is None else repr(list(chosen)) for _, chosen in self._chosen()]
        if not self.maps:
            return [*lines, f"data = {call}, inputs={named[0]})['inputs']"]
        return [*lines, f"table = {call}, inputs={named[0]}, targets={named[1]})", "inputs, targets = table['inputs'], table['targets']"]

    def start(self) -> tuple[Graph, RidgeSettings]:
        return Input() >> Reservoir(100) >> LinearReadout(), RidgeSettings(beta=1e-4)


_FRAME = "rc.datasets.from_frame(data"
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


OwnData: TypeAlias = Series | Frame | ArrayLike | str | PathLike[str]  # an array (time, channels), a data frame, or the path of a CSV file


def own_series(data: OwnData) -> Series:
    """The user's array (time, channels) or (time,), data frame or CSV file as a Series; anything else is an error in words.

    Of a data frame, columns that hold no numbers are left out, and gaps are NaN: they are an error where their column is chosen.
    """
    if isinstance(data, Series):
        return data
    if isinstance(data, str | PathLike):
        path = Path(fspath(data))
        return read_csv(path.read_bytes(), path.name)._replace(path=fspath(data))
    if hasattr(data, "columns"):
        return series_of(_columns_of(data), "frame")
    values = array_of(data, "The data")
    if not (np.issubdtype(values.dtype, np.number) and not np.issubdtype(values.dtype, np.complexfloating)):
        raise TypeError(f"The data must be numbers, got an array of {values.dtype}. Leave out the columns that are text.")
    if values.ndim not in (1, 2) or values.size == 0:
        raise ValueError(f"The data must be (time, channels) or (time,), got the shape {values.shape}.")
    values = values.astype(np.float64).reshape(len(values), -1)
    check_finite(values[None], "The data")
    return series_of_array(values)


def _columns_of(frame: Any) -> list[Column]:
    """The columns of a data frame, its index in front where that is a time."""
    names = [str(name) for name in frame.columns]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"The data must have columns of different names, got {twice!r} twice. Rename one.")
    if not len(frame):
        raise ValueError("The data must have rows, got an empty data frame.")
    found: list[Column] = []
    index = getattr(frame, "index", None)
    if index is not None:
        known = np.asarray(index)
        named = str(getattr(index, "name", None) or "")
        if (known.dtype.kind == "M" or named.lower() in TIME_NAMES) and named not in names:
            found.append(_column(named or "date", known))
    for name, column in zip(names, frame.columns, strict=True):
        found.append(_column(clean_name(name, [one.name for one in found], len(found)), np.asarray(frame[column])))
    return found


def _column(name: str, values: np.ndarray) -> Column:
    """One column: numbers as they are, dates as seconds since the first one, all else with the reason why it is of no use."""
    if values.ndim != 1:
        return Column(name, None, "not one value a row")
    if values.dtype.kind == "M":
        if not len(values) or np.isnat(values).any():
            return Column(name, None, "dates with gaps")
        seconds = (values - values[0]) / np.timedelta64(1, "s")
        first = str(values[0].astype("datetime64[s]")).replace("T", " ").removesuffix(" 00:00:00")
        return Column(name, seconds.astype(np.float64), first=first)
    if values.dtype.kind not in "fiubO":
        return Column(name, None, "text")
    if all(isinstance(value, str) for value in values):
        dates = read_dates([value.strip() for value in values])
        return Column(name, None, "text") if dates is None else dates._replace(name=name)
    try:
        return Column(name, np.array([np.nan if value is None else value for value in values], np.float64))
    except (TypeError, ValueError):
        return Column(name, None, "text")
