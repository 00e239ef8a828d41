"""The cells of a column as dates: which part is the day is proved by the cells, or asked."""

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from rcwidgets.core.datasets.reader.date_parts import Parts, clock_of, parts_of
from rcwidgets.core.datasets.reader.notes import DataError
from rcwidgets.core.datasets.reader.options import DATE_ORDERS

_ISO = re.compile(r"\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)?")
_MANY = 1000  # cells from which on they are read all at once, where they look alike
Where = Callable[[int], str]  # where the cell of a place stands, in words


class Dates(NamedTuple):
    """Instants (cells,) as datetime64[us], in UTC where the cells are `zoned`; clocks alone are counted from 1970-01-01.

    `whole` where no cell has a clock, `short` where years have two digits.
    """

    instants: np.ndarray
    clock: bool = False
    zoned: bool = False
    whole: bool = False
    short: bool = False


def dates_of(cells: Sequence[str], column: str, where: Where, date_format: str | None = None) -> Dates | None:
    """All cells as dates, or all as clocks; None where most of them are neither.

    A few that are none among others, and orders of day and month that both fit, are a DataError that names the place.
    """
    if date_format is not None and date_format not in DATE_ORDERS:
        return _by_format(cells, column, where, date_format)
    fast = _iso(cells)
    if fast is not None:
        return fast
    sample = cells[: min(len(cells), 20)]
    alone = 2 * sum(clock_of(cell) is not None for cell in sample) > len(sample)
    read = clock_of if alone else parts_of
    if 2 * sum(read(cell) is not None for cell in sample) <= len(sample):
        return None
    parts = [read(cell) for cell in cells]
    known = [one for one in parts if one is not None]
    if 2 * len(known) <= len(cells):
        return None
    if len(known) < len(parts):
        bad = parts.index(None)
        raise DataError(f"{where(bad)}, column {column!r}: {cells[bad][:40]!r} is not a date. Correct it, or leave the cell empty.")
    zones = [one.minutes is not None for one in known]
    if any(zones) and not all(zones):
        bad = zones.index(not zones[0])
        raise DataError(
            f"{where(bad)}, column {column!r}: {cells[bad][:40]!r} tells {'a' if zones[bad] else 'no'} time zone, and {cells[0][:40]!r} "
            f"{'none' if zones[bad] else 'one'}. Write all with one, or all without."
        )
    days = np.zeros(len(known), np.int64) if alone else _days(known, cells, column, where, date_format)
    micro = np.array([(one.clock or 0) - (one.minutes or 0) * 60_000_000 for one in known], np.int64)
    instants = (days * 86_400_000_000 + micro).astype("datetime64[us]")
    whole = all(one.clock is None for one in known)
    return Dates(instants, alone, any(zones), whole, any(one.short for one in known))


def _days(parts: Sequence[Parts], cells: Sequence[str], column: str, where: Where, date_format: str | None) -> np.ndarray:
    """The days since 1970 of all dates, in the one order of day, month and year that fits."""
    open_ = [k for k, one in enumerate(parts) if len(one.orders) > 1]
    fixed = np.array([one.numbers for one in parts], np.int64)
    short = np.array([one.short and len(one.orders) > 1 for one in parts])
    days, good = _counted(fixed, "ymd", short)
    if not open_:
        _all_good(good, cells, column, where)
        return days
    orders = list(parts[open_[0]].orders)
    for k in open_:
        orders = [order for order in orders if order in parts[k].orders]
    if date_format is not None:
        orders = [DATE_ORDERS[date_format]]
    at = np.array(open_)
    closed = np.ones(len(parts), bool)
    closed[at] = False
    _all_good(good | ~closed, cells, column, where)
    fits = []
    for order in orders:
        found, well = _counted(fixed[at], order, short[at])
        if well.all():
            fits.append((order, found))
    if not fits:
        _none_fits(fixed[at], orders, short[at], [cells[k] for k in open_], column, lambda k: where(open_[k]))
    if parts[open_[0]].cut == "." and fits[0][0] == "dmy":
        fits = fits[:1]  # points stand between day, month and year in this order
    if any((found != fits[0][1]).any() for _, found in fits[1:]):
        names = {order: name for name, order in DATE_ORDERS.items()}
        ways = " and ".join(names[order] for order, _ in fits)
        raise DataError(
            f"Column {column!r}: dates such as {cells[open_[0]][:40]!r} fit {ways}, and nothing in the file tells which. "
            f"Give date_format={names[fits[0][0]]!r} or date_format={names[fits[1][0]]!r}."
        )
    days[at] = fits[0][1]
    return days


def _counted(numbers: np.ndarray, order: str, short: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The days since 1970 of numbers (cells, 3) in an order, and which of them are dates."""
    year, month, day = (numbers[:, order.index(part)] for part in "ymd")
    two = short & (year < 100)
    year = np.where(two, year + np.where(year >= 69, 1900, 2000), year)
    good = (year >= 1) & (year <= 9999) & (month >= 1) & (month <= 12) & (day >= 1)
    months = (np.where(good, year, 1970) - 1970) * 12 + np.where(good, month, 1) - 1
    first = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    after = (months + 1).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    good &= day <= after - first
    return first + np.where(good, day, 1) - 1, good


def _all_good(good: np.ndarray, cells: Sequence[str], column: str, where: Where) -> None:
    if not good.all():
        bad = int(np.argmin(good))
        raise DataError(
            f"{where(bad)}, column {column!r}: there is no such day as {cells[bad][:40]!r}. Correct it, or leave the cell empty."
        )


def _none_fits(numbers: np.ndarray, orders: Sequence[str], short: np.ndarray, cells: Sequence[str], column: str, where: Where) -> None:
    """Raises the DataError of dates that no order fits: it names the first cell against each."""
    names = {order: name for name, order in DATE_ORDERS.items()}
    against = []
    for order in orders:
        bad = int(np.argmin(_counted(numbers, order, short)[1]))
        against.append(f"{where(bad)} has {cells[bad][:40]!r}, which is not {names[order]}")
    raise DataError(
        f"Column {column!r}: no order of day and month fits all dates: {'; '.join(against)}. Correct them, or give date_format."
    )


def _iso(cells: Sequence[str]) -> Dates | None:
    """Many dates as in 2024-05-31 or 2024-05-31 13:45:00, all at once; None where one looks different."""
    if len(cells) < _MANY or not _ISO.fullmatch(cells[0]):
        return None
    joined = "".join(cells)
    if not re.fullmatch(r"[-0-9:T .]+", joined) or joined.count("-") != 2 * len(cells) or min(map(len, cells)) < 10:
        return None
    try:
        instants = np.array(cells, "datetime64[us]")
    except ValueError:
        return None
    return None if np.isnat(instants).any() else Dates(instants, whole=":" not in joined)


def _by_format(cells: Sequence[str], column: str, where: Where, date_format: str) -> Dates:
    """All cells by the format that a user gave."""
    import pandas

    try:
        read = pandas.to_datetime(list(cells), format=date_format, errors="coerce", utc="%z" in date_format)
    except ValueError as error:
        raise DataError(f"from_csv.date_format must be a format of dates, got {date_format!r}: {error}.") from None
    naive = read.tz_localize(None) if read.tz is not None else read
    instants = naive.to_numpy().astype("datetime64[us]")
    if np.isnat(instants).any():
        bad = int(np.argmax(np.isnat(instants)))
        raise DataError(
            f"{where(bad)}, column {column!r}: {cells[bad][:40]!r} is not a date of the format {date_format!r}. Correct one of them."
        )
    timed = any(part in date_format for part in ("%H", "%I", "%c", "%X", "%T", "%R"))
    dated = any(part in date_format for part in ("%d", "%m", "%y", "%Y", "%j", "%b", "%B", "%c", "%x", "%D", "%F"))
    if not dated:
        instants = (instants - instants.astype("datetime64[D]")) + np.datetime64(0, "us")
    return Dates(instants, clock=not dated, zoned="%z" in date_format, whole=not timed, short="%y" in date_format)
