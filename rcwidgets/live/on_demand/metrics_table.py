"""The metrics of the last results as a table: training and test part side by side, channel by channel, with their definitions."""

import math
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from rcwidgets.core.short import figure, short_repr
from rcwidgets.core.tasks import TaskData
from rcwidgets.live.on_demand.closed_loop import FreeRun
from rcwidgets.live.results.results import Results
from rcwidgets.live.results.words import MEASURES, Measure, duration

CHANNELS = 6  # as many as a figure draws; with more of them the table would be long, and no channel be found
ERRORS = ("nrmse", "rmse", "mse", "nmse", "r2", "mae")
MEASURE_LOOP = "Open the figure Closed loop to measure it."
_CELL = 'style="text-align:right"'
_WORDS = 'style="text-align:left"'


class MetricCells(NamedTuple):
    """One line of the table of metrics in words: of all channels, or of one."""

    label: str
    train: str
    test: str


class MetricRow(NamedTuple):
    """A metric in the table, in words; empty where there is no figure."""

    label: str
    train: str
    test: str
    unit: str
    definition: str
    formula: str
    note: str
    channels: tuple[MetricCells, ...]


class Measured(NamedTuple):
    """A metric of the last results: of the training part and of the test part, NaN where there is none; `channels` has both by channel.

    `note` says in a sentence what belongs to the figures, or why there are none.
    """

    measure: Measure
    train: float
    test: float
    channels: dict[str, tuple[float, float]]
    unit: str
    note: str = ""

    def __repr__(self) -> str:
        return short_repr(self)

    def words(self, value: float) -> str:
        """A value of this metric as a person would write it; empty where there is none."""
        if math.isnan(value):
            return ""
        if self.unit == "seconds":
            return duration(value)
        return f"{round(value):,}" if self.unit in ("rows", "weights") else figure(value)

    def row(self) -> MetricRow:
        """The line of the table, in words."""
        cells = tuple(MetricCells(name, self.words(train), self.words(test)) for name, (train, test) in self.channels.items())
        label, _, definition, formula = self.measure
        return MetricRow(label, self.words(self.train), self.words(self.test), self.unit, definition, formula, self.note, cells)


class Metrics(Mapping[str, Measured]):
    """The metrics by name: `metrics["nrmse"].test`, `metrics["mse"].channels["x"]`; shows itself as a table in a notebook.

    >>> from rcwidgets.live.experiment import Experiment
    >>> experiment = Experiment(task="sunspots")
    >>> _ = experiment.wait()
    >>> round(experiment.metrics["rows"].test)
    79
    """

    def __init__(self, measured: Mapping[str, Measured]) -> None:
        self._measured = dict(measured)

    def __getitem__(self, name: str) -> Measured:
        if name not in self._measured:
            raise KeyError(f"Metrics must be one of {', '.join(self._measured)}, got {name!r}.")
        return self._measured[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._measured)

    def __len__(self) -> int:
        return len(self._measured)

    def __repr__(self) -> str:
        told = [name for name, one in self.items() if one.words(one.train) or one.words(one.test)]
        parts = [f"{name} {self[name].words(self[name].train) or '-'} / {self[name].words(self[name].test) or '-'}" for name in told]
        return f"Metrics(train / test: {', '.join(parts)})"

    def rows(self) -> tuple[MetricRow, ...]:
        """The table in words, as the page and a notebook show it."""
        return tuple(one.row() for one in self.values())

    def table(self) -> tuple[Sequence[str], list[list[str | float]]]:
        """Header and rows with all digits, a row for each metric and for each channel of it; empty cells where there is no figure."""
        header = ("metric", "channel", "train", "test", "unit", "definition", "formula", "note")
        lines: list[list[str | float]] = []
        for one in self.values():
            for name, (train, test) in {"": (one.train, one.test), **one.channels}.items():
                cells = ["" if math.isnan(value) else value for value in (train, test)]
                lines.append([one.measure.label, name, *cells, one.unit, one.measure.definition, one.measure.formula, one.note])
        return header, lines

    def _repr_html_(self) -> str:
        head = "".join(f"<th {_WORDS}>{name}</th>" for name in ("Metric", "Train", "Test", "Unit", "Definition and formula"))
        lines = []
        for row in self.rows():
            formula = f"<br><code>{escape(row.formula)}</code>" if row.formula else ""
            about = escape(row.definition) + formula + (f"<br>{escape(row.note)}" if row.note else "")
            first = f"<th {_WORDS}>{escape(row.label)}</th><td {_CELL}>{escape(row.train)}</td><td {_CELL}>{escape(row.test)}</td>"
            lines.append(f"<tr>{first}<td {_WORDS}>{escape(row.unit)}</td><td {_WORDS}>{about}</td></tr>")
            for cells in row.channels:
                values = "".join(f"<td {_CELL}>{escape(value)}</td>" for value in (cells.train, cells.test))
                lines.append(f"<tr><td {_WORDS}>&emsp;{escape(cells.label)}</td>{values}<td></td><td></td></tr>")
        return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(lines)}</tbody></table>"


def metrics_table(results: Results, loop: FreeRun | None) -> Metrics:
    """The metrics of results; `loop` is their closed loop where it is known, and is not run for the table alone."""
    nan = math.nan
    names = told_apart(results.channels) if 2 <= len(results.channels) <= CHANNELS else []
    train, test = results.train_score, results.test_score
    channels = (None, *range(len(names)))
    values = {channel: [{} if score is None else score.values(channel) for score in (train, test)] for channel in channels}
    found = {} if results.accuracy is None else {"accuracy": _accuracy(results, results.accuracy)}
    for key in ERRORS:
        both = {channel: (first.get(key, nan), second.get(key, nan)) for channel, (first, second) in values.items()}
        note = _of_which_rows(results) if key == "nrmse" else ""
        found[key] = measured(key, *both[None], note, {name: both[k] for k, name in enumerate(names)})
    for one in results.baselines:
        told = Measure(f"NRMSE of {one.name}", MEASURES["nrmse"].unit, f"A forecast without a network. {one.definition}", "")
        found[one.name] = Measured(told, math.nan, one.nrmse, {}, told.unit)
    if not results.classes:
        found["valid_prediction_time"] = _valid(loop)
    nodes = results.model.by_name()
    trained = [name for name in results.params if nodes[name].trains or results.settings.gradient]
    found["trained_weights"] = measured("trained_weights", float(sum(nodes[name].counts(results.params[name])[1] for name in trained)))
    if results.forgetting is not None:
        note = f"The ends of {results.forgetting.stretches} stretches met to {figure(results.forgetting.gap)} units of rounding."
        found["washout"] = measured("washout", nan, float(results.forgetting.washout), note)
    data = results.data
    learned, tested = (nan, nan) if data is None else _rows_of(data)
    washed = "" if data is None or results.classes else f"After {data.warmup:,} rows of warm-up, which are in neither.{_left_out(data)}"
    found["rows"] = measured("rows", learned, tested, "Each row is a whole series." if results.classes else washed)
    found["seconds"] = measured("seconds", results.seconds)
    return Metrics(found)


def _rows_of(data: TaskData) -> tuple[float, float]:
    """How many rows with a target train, and how many test."""
    known = np.ones(data.end, bool) if data.missing is None else ~data.missing
    return float(known[data.warmup : data.test_start].sum()), float(known[data.test_start :].sum())


def _left_out(data: TaskData) -> str:
    """How many rows have no target, in a sentence."""
    if data.missing is None:
        return ""
    parts = [int(data.missing[rows].sum()) for rows in (slice(data.warmup, data.test_start), slice(data.test_start, None))]
    return f" Rows without a target are left out: {parts[0]:,} of the training part and {parts[1]:,} of the test part."


def told_apart(names: Sequence[str]) -> list[str]:
    """The names, each once: one that is there twice gets its number."""
    return [name if names.count(name) == 1 else f"{name} ({place})" for place, name in enumerate(names, start=1)]


def measured(
    key: str, train: float, test: float = math.nan, note: str = "", channels: Mapping[str, tuple[float, float]] = MappingProxyType({})
) -> Measured:
    """A metric in its usual unit; without a figure of the test, of the training alone."""
    return Measured(MEASURES[key], train, test, dict(channels), MEASURES[key].unit, note)


def _accuracy(results: Results, share: float) -> Measured:
    """The share of right answers, and that of each class in the test part."""
    counts = results.confusion
    assert counts is not None
    each = np.divide(counts.diagonal(), counts.sum(axis=1), out=np.full(len(counts), math.nan), where=counts.sum(axis=1) > 0)
    names = told_apart(results.channels)
    return measured(
        "accuracy", results.train_accuracy, share, "", {name: (math.nan, float(one)) for name, one in zip(names, each, strict=True)}
    )


def _of_which_rows(results: Results) -> str:
    """Which rows the errors of the training part are of, where that is not all of it."""
    if results.train_score is None or results.data is None:
        return ""
    rows, words = results.train_score.rows, []
    if rows < _rows_of(results.data)[0]:
        online = results.curve is not None and results.curve.unit == "step"
        words.append(f"Train: the last {rows:,} rows{' as they were learned' if online else ''}.")
    if results.test_score is None:
        words.append("Test: when learning is off.")
    return " ".join(words)


def _valid(loop: FreeRun | None) -> Measured:
    """The valid prediction time of a closed loop, or what to do for one."""
    key = "valid_prediction_time"
    if loop is None:
        return measured(key, math.nan, note=MEASURE_LOOP)
    at_least = "It held to the end: the true figure may be larger." if loop.held_to_the_end else ""
    several = f"The median of {len(loop.each):,} series." if loop.each else ""
    note = " ".join(word for word in (several, f"Threshold {figure(loop.threshold)} standard deviations.", at_least, loop.problem) if word)
    return measured(key, math.nan, loop.valid, note if math.isfinite(loop.valid) else loop.problem)._replace(unit=loop.unit)
