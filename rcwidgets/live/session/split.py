"""The data of a task and how they are split: what the figure of the split draws, and what a moved border means for the task."""

from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from rcwidgets.core.short import short_repr
from rcwidgets.core.spec.refusal import RefusedValue, said_of
from rcwidgets.core.tasks import FEWEST, FEWEST_TESTED, NO_ROWS, AbstractTask, Series

PARTS = ("Warm-up", "Train", "Test")


class Border(NamedTuple):
    """Where a part ends: the first row of the next one, and the rows from `low` to `high` to which a hand may move it."""

    name: str
    ends: str
    row: int
    low: int
    high: int


@dataclass(frozen=True, eq=False)
class Split:
    """A series (rows, channels) in its own units at the times `time` (rows,), and how many rows each part has.

    The last `horizon` rows are only forecast: nothing is known after them. Of several series one stands
    behind the other, from the rows `starts` on, and whole series train or test. `problem` says in a sentence why the task cannot be run so.
    """

    revision: int
    task: AbstractTask
    values: np.ndarray
    time: np.ndarray
    channels: tuple[str, ...]
    time_label: str
    warmup: int
    train: int
    problem: str = ""
    starts: tuple[int, ...] = ()

    __repr__ = short_repr

    @property
    def rows(self) -> int:
        """How many rows the series has."""
        return len(self.values)

    @property
    def end(self) -> int:
        """The row where the test part ends."""
        return self.rows if self.starts else max(self.rows - self.task.horizon, 0)

    @property
    def test(self) -> int:
        """How many rows test."""
        return max(self.end - self.warmup - self.train, 0)

    @property
    def borders(self) -> tuple[Border, Border]:
        """The end of the warm-up and that of the training part.

        The first moves rows between the two, so that the test part stays where it is; the second moves rows between training and test.
        """
        start = min(self.warmup + self.train, self.rows)
        if self.starts:
            return (
                Border("Start of the first series", "the first series begins", 0, 0, 0),
                Border("Border of train and test", "training ends", start, self.starts[1], self.starts[-1]),
            )
        most = max(start - FEWEST, 0)
        least = min(self.warmup + FEWEST, self.rows)
        return (
            Border("Border of warm-up and train", "warm-up ends", min(self.warmup, self.rows), 0, most),
            Border("Border of train and test", "training ends", start, least, max(self.end - FEWEST_TESTED, least)),
        )

    def moved(self, border: int, row: int) -> dict[str, int]:
        """The task's knobs once the border number `border` (0 or 1) is at `row`; a row that is out of its reach is a ValueError.

        >>> from rcwidgets.core.tasks import LorenzTask
        >>> split_of(LorenzTask(), None).moved(0, 1000)
        {'train': 7000, 'warmup': 1000}
        """
        if border not in (0, 1):
            raise ValueError(f"Split.border must be 0 (the end of the warm-up) or 1 (the end of the training part), got {border!r}.")
        at = self.borders[border]
        if self.starts:
            if border == 0:
                raise RefusedValue(
                    "Split.border must be 1 of several series, got 0: each has a warm-up of its own, which the task's knob tells.",
                    "Each series has a warm-up of its own. Set its length in the panel of the task.",
                )
            return {"train_series": 1 + int(np.argmin(np.abs(np.array(self.starts[1:]) - row)))}
        if not at.low <= row <= at.high:
            rule = f"must be from {at.low:,} to {at.high:,} where {at.ends}"
            needs = f"Training needs {FEWEST} rows, and testing {FEWEST_TESTED} beside the {self.task.horizon:,} of the horizon."
            raise RefusedValue(f"Split.row {rule}, got {row:,}. {needs}", f"The border {rule}. {needs}")
        if border == 0:
            return {"train": self.borders[1].row - row, "warmup": row}
        return {"train": row - self.warmup}

    def edits(self, border: int, row: int, own: Series | None) -> list[dict[str, Any]]:
        """What moving a border changes in the document; a split that the task cannot be run with is a ValueError in its words."""
        knobs: dict[str, Any] = self.moved(border, row)
        task = replace(self.task, **knobs)
        if not self.problem:  # else the border is moved out of the trouble, maybe in several steps
            task.prepare(own)
        return [{"op": "set", "owner": "task", "knob": name, "value": value} for name, value in knobs.items()]


def split_of(task: AbstractTask, own: Series | None, revision: int = 0) -> Split:
    """The split of a task on its data, or on the user's `own`; a task without data has no rows, and says so."""
    try:
        series = task.series(own)
    except (ValueError, TypeError) as error:
        return Split(revision, task, np.zeros((0, 0)), np.zeros(0), (), "row", 0, 0, said_of(error))
    warmup, train = task.split(len(series.values))
    if series.parts is not None:
        return _of_several(task, series, own, revision)
    used, problem = list(range(len(series.channels))), ""
    try:
        used = sorted({place for places in task.columns(series) for place in places})
        task.prepare(own)
    except (ValueError, TypeError) as error:
        problem = said_of(error)
    channels = tuple(series.channels[place] for place in used)
    return Split(revision, task, series.values[:, used], series.time, channels, series.time_label, warmup, train, problem)


def _of_several(task: AbstractTask, series: Series, own: Series | None, revision: int) -> Split:
    """The split of several series, one behind the other."""
    assert series.parts is not None
    starts, problem, train = tuple(series.parts.starts.tolist()), "", 0
    try:
        data = task.prepare(own)
        if data.classes:
            words = NO_ROWS.format(data.trained, len(data.names) - data.trained)
            return Split(revision, task, np.zeros((0, 0)), np.zeros(0), (), "row", 0, 0, words)
        train = starts[data.trained]
    except (ValueError, TypeError) as error:
        problem = said_of(error)
    if len(starts) < 2 or task.classes:
        return Split(revision, task, np.zeros((0, 0)), np.zeros(0), (), "row", 0, 0, problem)
    used = sorted({place for places in task.columns(series) for place in places})
    channels = tuple(series.channels[place] for place in used)
    time = np.arange(len(series.values), dtype=np.float64)
    return Split(revision, task, series.values[:, used], time, channels, "row", 0, train or starts[1], problem, starts)
