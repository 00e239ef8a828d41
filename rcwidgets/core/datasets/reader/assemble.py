"""Typed columns as one series: the time axis, the rows in its order, and the columns of numbers."""

from collections.abc import Sequence
from functools import partial
from math import isclose
from typing import Literal

import numpy as np

from rcwidgets.core.datasets.calendar import Calendar
from rcwidgets.core.datasets.reader.axis import Axis, axis_of
from rcwidgets.core.datasets.reader.bulk import beside
from rcwidgets.core.datasets.reader.notes import DataError, Notes
from rcwidgets.core.datasets.reader.options import Options
from rcwidgets.core.datasets.reader.order import check_known, ordered, taken
from rcwidgets.core.datasets.reader.steps import resampled, say_gaps
from rcwidgets.core.datasets.reader.time_name import is_counter, time_name
from rcwidgets.core.datasets.reader.typed import Typed
from rcwidgets.core.datasets.table import Series, digest_of

_UNITS = (("days", 86_400.0), ("hours", 3_600.0), ("seconds", 1.0))  # of a time axis made of dates: the first that fits thrice
_FILLS = (-9999.0, -999.0, -99999.0, -999.9, -999.99, -99.9, -9999.9, 9999.0, 99999.0, 999.9, -1e31, 1e20, 1e36, -32768.0)
EXACT = 2.0**53  # up to which float64 holds every whole number
ROUNDED = "Take off what all of them have in common before you bring them."
COUNTED = 5  # rows from which on a column that goes up by one is no chance
Origin = Literal["frame", "file"]


def one_series(
    columns: Sequence[Typed],
    options: Options,
    notes: Notes,
    origin: Origin,
    *,
    lines: np.ndarray | None = None,
    unnamed: bool = False,
    identified: bool = True,
) -> Series:
    """The series of a table; `unnamed` where its first column has no name, though the others have one, `identified` for one with a digest.

    A table without a column of numbers beside the time is a DataError that says why each is of no use.
    """
    axis = axis_of(columns, options, notes)
    used = () if axis is None else axis.columns
    label = "row"
    if axis is not None:
        keep = check_known(axis, options, partial(_where, lines))
        if keep is not None:
            notes.add(f"{int((~keep).sum()):,} rows without a time were left out.")
            axis, columns, lines = (
                taken(axis, np.flatnonzero(keep)),
                [one.some(keep) for one in columns],
                None if lines is None else lines[keep],
            )
        places, axis = ordered(axis, options, partial(_where, lines), notes)
        if places is not None:
            columns, lines = [one.some(places) for one in columns], None if lines is None else lines[places]
        if axis is None and options.order is None:
            used = ()  # a column that is no time after all is data
    elif options.order == "time":
        raise DataError("from_csv.order='time' needs a column of times, and the table has none. Name it by time.")
    elif options.order == "reverse":
        columns, lines = [one.some(slice(None, None, -1)) for one in columns], None if lines is None else lines[::-1]
    counter = _counter(columns, used, unnamed=unnamed)
    numbers = [one for one in columns if one.kind == "number" and one.name not in used and one is not counter]
    left_out = tuple((one.name, _reason(one)) for one in columns if one.name not in used and one not in numbers and one is not counter)
    if counter is not None and (axis is not None or unnamed):
        left_out += ((counter.name, "counts the rows"),)
    if not numbers:
        _refuse(axis, left_out)
    values = beside([one.numbers for one in numbers if one.numbers is not None])
    if axis is None and options.resample is not None:
        raise DataError("from_csv.resample needs a column of times, and the table has none. Name it by time.")
    if axis is not None:
        if options.resample is None:
            say_gaps(axis, options, partial(_where, lines), notes)
        else:
            axis, values = resampled(axis, values, options.resample, notes)
            lines = None
    channels = tuple(one.name for one in numbers)
    _say_fills(numbers, notes)
    _say_rounded(numbers, notes)
    _say_counting(numbers, axis, options, notes)
    _say_maybe(numbers, axis, options, notes)
    time = np.arange(len(values), dtype=np.float64)
    dates = None
    if axis is not None:
        time, label = times(axis)
        dates = axis.instants
        unit = next((one.unit for one in columns if one.name == axis.columns[0]), "")
        label = f"{label} [{unit}]" if unit and axis.instants is None and time_name(axis.name).seconds is None else label
    elif counter is not None and not unnamed and counter.numbers is not None:
        time, label = counter.numbers, counter.name
    told = () if options.gaps == "error" else (options.gaps,)
    units = tuple(one.unit for one in numbers)
    return Series(
        values, time, channels, label, left_out=left_out, lines=lines, origin=origin, dates=dates,
        digest=digest_of(values, channels, *told) if identified else "",
        units=units if any(units) else (), notes=notes.said, options=options.given,
    )  # fmt: skip


def _where(lines: np.ndarray | None, row: int) -> str:
    """Where a row stands, in words."""
    return f"row {row}" if lines is None else f"line {int(lines[row]):,}"


def say_left_out(series: Series) -> tuple[str, ...]:
    """The notes of a series, with the columns that were left out in front."""
    if not series.left_out:
        return series.notes
    listed = ", ".join(f"{name!r} ({reason})" for name, reason in series.left_out[:10])
    more = f" and {len(series.left_out) - 10:,} more" if len(series.left_out) > 10 else ""
    return (f"Left out: {listed}{more}.", *series.notes)


def _reason(one: Typed) -> str:
    return one.problem or {"date": "dates", "clock": "clock times"}.get(one.kind, "a time that does not increase")


def _refuse(axis: Axis | None, left_out: Sequence[tuple[str, str]]) -> None:
    reasons = "; ".join(f"{column!r}: {why}" for column, why in left_out[:5])
    why = f" ({reasons})" if reasons else ""
    if axis is None:
        raise DataError(f"The data must have a column of numbers, got none{why}.")
    advice = " time=False takes it as data." if axis.instants is None else ""
    raise DataError(f"The data must have a column of numbers beside the time {axis.name!r}, got none{why}.{advice}")


def _counter(columns: Sequence[Typed], used: Sequence[str], *, unnamed: bool) -> Typed | None:
    """A column that counts the rows: the first one without a name, as spreadsheets and pandas write it, or one named "index" or alike."""
    others = sum(one.kind == "number" and one.name not in used for one in columns) > 1
    for place, one in enumerate(columns):
        if one.kind == "number" and one.name not in used and others and one.numbers is not None and len(one.numbers) > 1:
            named = (place == 0 and unnamed) or is_counter(one.name)
            if named and (np.diff(one.numbers) == 1).all() and (one.numbers == np.floor(one.numbers)).all():
                return one
    return None


def _say_fills(numbers: Sequence[Typed], notes: Notes) -> None:
    """Says where a column holds a number that is often written for a gap, far from all others."""
    for one in numbers:
        column = one.numbers if one.numbers is not None else np.zeros(0)
        for extreme in one.extremes or (np.fmin.reduce(column), np.fmax.reduce(column)):
            if not any(isclose(extreme, fill, rel_tol=1e-6) for fill in _FILLS):
                continue
            others = column[np.isfinite(column) & (column != extreme)]
            if others.size and np.abs(others).max() * 3 < abs(extreme):
                count = int((column == extreme).sum())
                notes.add(
                    f"Column {one.name!r} holds {extreme:g} in {count:,} {'row' if count == 1 else 'rows'}, far from its other numbers: it "
                    "was taken as a number. Leave such cells empty if they are gaps."
                )


def _say_rounded(numbers: Sequence[Typed], notes: Notes) -> None:
    """Says where a column holds whole numbers of so many digits that not all of these are kept."""
    for one in numbers:
        column = one.numbers if one.numbers is not None else np.zeros(0)
        largest = max(map(abs, one.extremes or (np.fmin.reduce(column), np.fmax.reduce(column))), default=0.0)
        if EXACT < largest < 2.0**64:
            notes.add(f"Column {one.name!r} holds numbers up to {largest:.17g}, whose last digits are rounded off. {ROUNDED}")


def _say_counting(numbers: Sequence[Typed], axis: Axis | None, options: Options, notes: Notes) -> None:
    """Says where a column that was taken as data goes up by one from row to row, as a counter does."""
    if axis is not None or options.time is not None or len(numbers) < 2:
        return
    for one in numbers:
        column = one.numbers if one.numbers is not None else np.zeros(0)
        if len(column) >= COUNTED and (np.diff(column[:COUNTED]) == 1).all() and (np.diff(column) == 1).all():
            notes.add(f"Column {one.name!r} counts the rows and was taken as data. time={one.name!r} makes it the time.")
            return


def _say_maybe(numbers: Sequence[Typed], axis: Axis | None, options: Options, notes: Notes) -> None:
    """Says where a column is named like a time and was taken as data, since it does not increase."""
    if axis is not None or options.time is False:
        return
    for one in numbers:
        if (time_name(one.name).sure in ("year", "sure") or one.name == "t") and len(one.numbers if one.numbers is not None else ()) > 1:
            column = np.zeros(0) if one.numbers is None else one.numbers
            restarts = int((np.diff(column) < 0).sum())
            again = " Where it starts again with each series, give order='restarts'." if 3 * restarts <= len(column) else ""
            notes.add(f"Column {one.name!r} is named like a time, but does not increase: it was taken as data.{again}")


def times(axis: Axis) -> tuple[np.ndarray, str]:
    """The numbers and the name of the time axis; dates are counted in days, or in a shorter unit where they span fewer than three."""
    if axis.instants is None and not axis.clock:
        return axis.values, axis.name
    since = axis.values - axis.values[0]
    unit, seconds = next((one for one in _UNITS if since[-1] >= 3 * one[1] and not axis.clock), _UNITS[-1])
    if axis.instants is None:
        first = str(np.datetime64(0, "s") + np.timedelta64(int(axis.values[0]), "s"))[11:]
        return since / seconds, f"{unit} since {first}{' UTC' if axis.zoned else ''}"
    return since / seconds, Calendar(axis.instants[0], unit, axis.zoned).label
