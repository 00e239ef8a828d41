"""Even steps of time: where rows are missing is said, and a table is resampled to even steps when asked."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from rcwidgets.core.datasets.reader.axis import Axis
from rcwidgets.core.datasets.reader.duration import RULE, length_in_words, seconds_of
from rcwidgets.core.datasets.reader.notes import DataError, Notes
from rcwidgets.core.datasets.reader.options import Options

FEWEST = 5  # steps, to tell which is the usual one
EVEN = 0.75  # of all steps are the usual one, where some are gaps
MOST_ROWS = 50_000_000
Where = Callable[[int], str]


def usual_step(values: np.ndarray) -> float | None:
    """The step of most rows, in the unit of the values; None where there are too few, or where the steps are of all lengths."""
    steps = np.diff(values)
    steps = steps[steps > 0]
    if len(steps) < FEWEST:
        return None
    usual = float(np.median(steps))
    near = np.abs(steps - usual) <= 0.5 * usual
    return usual if near.mean() >= EVEN else None


def gaps_of(values: np.ndarray, usual: float | None) -> np.ndarray:
    """The rows after which rows are missing."""
    return np.zeros(0, np.int64) if usual is None else np.flatnonzero(np.diff(values) > 1.5 * usual)


def say_gaps(axis: Axis, options: Options, where: Where, notes: Notes) -> None:
    """Says where time jumps, and where its steps are uneven."""
    usual = usual_step(axis.values)
    steps = np.diff(axis.values)
    if usual is None:
        if len(steps) >= 2 * FEWEST and (steps > 0).any():
            least, middle, most = (_length(axis, value) for value in (steps[steps > 0].min(), np.median(steps), steps.max()))
            notes.add(
                f"The steps of time are uneven, from {least} to {most} (mostly {middle}), and each row counts as one "
                "step. resample makes them even."
            )
        return
    rows = gaps_of(axis.values, usual)
    if not rows.size or options.gaps != "error":
        return
    first = int(rows[0])
    missing = int(np.round(steps[rows] / usual - 1).sum())
    more = f", and in {len(rows) - 1:,} more places" if len(rows) > 1 else ""
    notes.add(
        f"Time jumps by {_length(axis, float(steps[first]))} after {where(first)}{_between(axis, first)}{more}, where a step is "
        f"{_length(axis, usual)}: {missing:,} {'row is' if missing == 1 else 'rows are'} missing, and the jump counts as one step. "
        "gaps='fill' fills them, gaps='cut' keeps the longest part without a gap, resample makes steps of another length."
    )


def _length(axis: Axis, value: float) -> str:
    return f"{value:.4g}" if axis.seconds is None else length_in_words(value * axis.seconds)


def _between(axis: Axis, row: int) -> str:
    if axis.instants is None:
        return f" ({axis.values[row]:.10g} to {axis.values[row + 1]:.10g})"
    shown = [str(axis.instants[k].astype("datetime64[D]" if axis.whole else "datetime64[s]")).replace("T", " ") for k in (row, row + 1)]
    return f" ({shown[0]} to {shown[1]})"


def step_of(axis: Axis, asked: str | float) -> float:
    """The step that a user asked for, in the unit of the axis."""
    if isinstance(asked, str):
        seconds = seconds_of(asked)
        if seconds is None:
            raise DataError(f"from_csv.resample must be {RULE}, got {asked!r}.")
        if axis.seconds is None:
            raise DataError(
                f"from_csv.resample must be a number, got {asked!r}: the column {axis.name!r} tells no unit. "
                "Give units='s', say, or a number."
            )
        return seconds / axis.seconds
    step = float(asked)
    if not (np.isfinite(step) and step > 0):
        raise DataError(f"from_csv.resample must be above 0, got {asked!r}.")
    return step


def resampled(axis: Axis, columns: np.ndarray, asked: str | float, notes: Notes) -> tuple[Axis, np.ndarray]:
    """The mean of the columns (rows, columns) in each step from the first time on; where a step has no number, it is drawn through its
    neighbours in a straight line, and said.
    """
    step = step_of(axis, asked)
    start = axis.values[0] if axis.instants is None else np.floor(axis.values[0] / step) * step
    bins = np.floor((axis.values - start) / step + 1e-6).astype(np.int64)
    count = int(bins[-1]) + 1
    if count > MOST_ROWS:
        raise DataError(f"from_csv.resample would make {count:,} rows of {asked!r}, and {MOST_ROWS:,} is the most. Take a longer step.")
    made = np.empty((count, columns.shape[1]))
    for k in range(columns.shape[1]):
        known = np.isfinite(columns[:, k])
        total = np.bincount(bins[known], weights=columns[known, k], minlength=count)
        number = np.bincount(bins[known], minlength=count)
        with np.errstate(invalid="ignore", divide="ignore"):
            made[:, k] = total / number
    values = start + step * np.arange(count)
    instants = None
    if axis.instants is not None:
        first = np.datetime64(0, "us") + np.timedelta64(round(float(start) * 1e6), "us")
        instants = first + (np.arange(count) * round(step * 1e6)).astype("timedelta64[us]")
    return replace(axis, values=values, instants=instants, whole=axis.whole and step * (axis.seconds or 0) % 86_400 == 0), made
