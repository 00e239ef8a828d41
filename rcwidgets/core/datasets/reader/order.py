"""The rows in order of time: put so and said, or asked."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from rcwidgets.core.datasets.reader.axis import Axis
from rcwidgets.core.datasets.reader.notes import DataError, Notes
from rcwidgets.core.datasets.reader.options import Options

Where = Callable[[int], str]
_HOUR = 3600.0
TIMES_REPEAT = "and times repeat. Give"


def check_known(axis: Axis, options: Options, where: Where) -> np.ndarray | None:
    """The rows to keep where some have no time: those that have one with gaps="drop" or "cut"; else a DataError names the first without."""
    lost = ~np.isfinite(axis.values)
    if not lost.any():
        return None
    if options.gaps in ("drop", "cut"):
        return ~lost
    at = where(int(np.argmax(lost)))
    raise DataError(
        f"{at[0].upper()}{at[1:]}, column {axis.name!r}: the row has no time. Correct it, leave such rows out by gaps='drop', or count the "
        "rows by time=False."
    )


def ordered(axis: Axis, options: Options, where: Where, notes: Notes) -> tuple[np.ndarray | None, Axis | None]:
    """The rows' places in order of time (None where they stand so), and the axis in that order.

    Without order of its own the axis is None: the rows are counted. Times that go back and repeat are a DataError that asks.
    """
    rows = len(axis.values)
    if options.order == "reverse":
        places = np.arange(rows)[::-1]
        return places, _kept(taken(axis, places), notes)
    if options.order == "file":
        return None, _kept(axis, notes)
    axis = _clock_changes(axis, where, notes)
    steps = np.diff(axis.values)
    if (steps >= 0).all():
        _say_ties(axis, steps, where, notes)
        return None, axis
    if (steps < 0).all():
        if options.order is None:
            notes.add(
                f"The newest row came first ({_shown(axis, 0)}): rows were put in order of time. order='file' keeps them as they stand."
            )
        places = np.arange(rows)[::-1]
        return places, taken(axis, places)
    if options.order is None and len(np.unique(axis.values)) < rows:
        if (steps <= 0).all():
            places = np.arange(rows)[::-1]
            notes.add(
                f"The newest row came first ({_shown(axis, 0)}): rows were put in order of time. order='file' keeps them as they stand."
            )
            turned = taken(axis, places)
            _say_ties(turned, np.diff(turned.values), lambda row: where(int(places[row])), notes)
            return places, turned
        back = int(np.argmax(steps < 0)) + 1
        if axis.sure in ("year", "maybe"):
            return None, None
        raise DataError(
            f"Column {axis.name!r}: the time goes back in {where(back)} ({_shown(axis, back)} after {_shown(axis, back - 1)}), "
            f"{TIMES_REPEAT} order='time' to sort the rows, order='file' to keep them as they stand, or time=False where it is no time."
        )
    places = np.argsort(axis.values, kind="stable")
    if options.order is None:
        back = int(np.argmax(steps < 0)) + 1
        notes.add(
            f"The time goes back in {where(back)} ({_shown(axis, back)}): rows were put in order of time. "
            "order='file' keeps them as they stand."
        )
    made = taken(axis, places)
    _say_ties(made, np.diff(made.values), lambda row: where(int(places[row])), notes)
    return places, made


def taken(axis: Axis, places: np.ndarray) -> Axis:
    """The axis of some rows, in their order."""
    return replace(axis, values=axis.values[places], instants=None if axis.instants is None else axis.instants[places])


def _kept(axis: Axis, notes: Notes) -> Axis | None:
    if (np.diff(axis.values) >= 0).all():
        return axis
    notes.add(f"Rows are counted, since the time {axis.name!r} does not increase in their order.")
    return None


def _shown(axis: Axis, row: int) -> str:
    if axis.instants is not None:
        return str(axis.instants[row].astype("datetime64[D]" if axis.whole else "datetime64[s]")).replace("T", " ")
    return f"{axis.values[row]:.15g}"


def _say_ties(axis: Axis, steps: np.ndarray, where: Where, notes: Notes) -> None:
    ties = steps == 0
    if ties.any():
        count, row = int(ties.sum()), int(np.argmax(ties)) + 1
        notes.add(
            f"{count:,} {'row has' if count == 1 else 'rows have'} the time of the row before (first {where(row)}): "
            f"each is taken as a step of its own. resample joins rows of one time."
        )


def _clock_changes(axis: Axis, where: Where, notes: Notes) -> Axis:
    """Local times that jump by an hour on a Sunday night of spring or autumn, counted on as time goes by."""
    if axis.instants is None or axis.zoned or axis.whole or len(axis.values) < 5:
        return axis
    steps = np.diff(axis.values)
    usual = float(np.median(steps))
    if not 0 < usual <= _HOUR or (steps < 0).sum() > len(steps) // 100 + 2:
        return axis
    shift = np.zeros(len(axis.values))
    for sign, jumps in ((1.0, steps + _HOUR), (-1.0, steps - _HOUR)):
        for row in np.flatnonzero((np.abs(jumps - usual) <= 0.01 * usual) & (np.abs(steps - usual) > 0.01 * usual)):
            instant = axis.instants[row + 1 if sign < 0 else row]
            if not _is_change(instant):
                continue
            shift[row + 1 :] += sign * _HOUR
            way = "back" if sign > 0 else "forward"
            notes.add(f"The clock was set {way} by an hour after {where(int(row))} ({_shown(axis, int(row))}), so the time was counted on.")
    return replace(axis, values=axis.values + shift) if shift.any() else axis


def _is_change(instant: np.datetime64) -> bool:
    day = instant.astype("datetime64[D]")
    sunday = (day.astype(np.int64) + 4) % 7 == 0
    hour = (instant - day) / np.timedelta64(1, "h")
    month = int(instant.astype("datetime64[M]").astype(np.int64) % 12) + 1
    return bool(sunday and hour <= 4 and month in (3, 4, 9, 10, 11))
