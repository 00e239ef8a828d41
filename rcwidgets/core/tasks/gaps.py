"""What data a task refuses: gaps where a number is needed, and columns that never change."""

import numpy as np

from rcwidgets.core.datasets.table import Series


class TaskError(ValueError):
    """Data that cannot be learned from, in words; `knob` is the task's knob concerned, if any."""

    def __init__(self, words: str, knob: str | None = None) -> None:
        super().__init__(words)
        self.knob = knob


def still(values: np.ndarray) -> np.ndarray:
    """The columns of values (rows, columns) whose numbers are all the same; of those without a number too."""
    some = np.isfinite(values)
    high, low = (np.where(some, values, end) for end in (-np.inf, np.inf))
    return np.flatnonzero(~(high.max(axis=0, initial=-np.inf) > low.min(axis=0, initial=np.inf)))


def check_gaps(series: Series, used: list[int]) -> None:
    """Raises where a column that is used has no number, and names the first row and its first such column."""
    gaps = ~np.isfinite(series.values[:, used])
    if gaps.any():
        row, place = (int(one) for one in np.argwhere(gaps)[0])
        name = series.channels[used[place]]
        mend = " Or choose what becomes of gaps: fill, drop or cut." if series.origin != "made" else ""
        raise TaskError(f"Column {name!r} has no number in {series.where(row)}. Fill it in, or leave the column out.{mend}")
