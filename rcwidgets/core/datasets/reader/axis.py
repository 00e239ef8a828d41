"""Which column, or which of them together, is the time: dates first, then clocks, then numbers that are named like a time."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from rcwidgets.core.datasets.reader.notes import DataError, Notes
from rcwidgets.core.datasets.reader.options import Options
from rcwidgets.core.datasets.reader.time_name import UNITS, part_of, time_name
from rcwidgets.core.datasets.reader.typed import Typed
from rcwidgets.core.short import short_repr

DAY = np.timedelta64(1, "D")


@dataclass(frozen=True, eq=False)
class Axis:
    """The time of all rows: `values` (rows,), NaN where a row has none, in units of `seconds` each (None where that is not known).

    Of dates, `instants` (rows,) as datetime64[us] are given too and `values` are seconds since 1970; of `clock`s alone since midnight.
    `columns` are those that it was made of, `sure` is "date", or how sure the name is.
    """

    name: str
    values: np.ndarray
    columns: tuple[str, ...]
    sure: str
    seconds: float | None = None
    instants: np.ndarray | None = None
    clock: bool = False
    whole: bool = False
    zoned: bool = False

    __repr__ = short_repr


def axis_of(columns: Sequence[Typed], options: Options, notes: Notes) -> Axis | None:
    """The time axis before its order is looked at; None where the rows have none. A bad name that a user gave is a DataError."""
    if options.time is False:
        return None
    if options.time is not None:
        return _asked(columns, [options.time] if isinstance(options.time, str) else list(options.time), options)
    dates = [column for column in columns if column.kind == "date"]
    clocks = [column for column in columns if column.kind == "clock"]
    whole = [column for column in dates if column.whole]
    if whole and clocks and len(dates) == len(whole):
        return _together(whole[0], clocks[0])
    if dates:
        return _dated(next((column for column in dates if _increases(column)), dates[0]))
    parts = _parts(columns)
    if parts is not None:
        made = _of_parts(parts)
        if made is not None:
            notes.add(f"The time was put together from {', '.join(made.columns)}.")
            return made
    named = [(column, time_name(column.name, column.unit)) for column in columns if column.kind == "number"]
    found = [(column, name) for column, name in named if name.sure]
    if clocks and not any(name.sure == "sure" and _monotone(column) for column, name in found):
        return _clock(clocks[0])
    many = len(named) > 1
    for sure in ("sure", "year", "maybe"):
        fitting = [one for one in found if one[1].sure == sure and (sure == "sure" or _counts(one[0]))]
        fitting.sort(key=lambda one: not _monotone(one[0]))
        if fitting and (many or _monotone(fitting[0][0])):
            column, name = fitting[0]
            return _numbered(column, sure, _seconds(options, name.seconds))
    return None


def _asked(columns: Sequence[Typed], names: list[str], options: Options) -> Axis:
    """The time that a user named."""
    known = {column.name: column for column in columns}
    for name in names:
        if name not in known:
            raise DataError(f"from_csv.time must name columns of the table, got {name!r}. Valid names: {', '.join(known)}.")
    chosen = [known[name] for name in names]
    if len(chosen) == 1:
        column = chosen[0]
        if column.kind == "none":
            raise DataError(
                f"from_csv.time must name a column of dates or numbers, got {column.name!r}, which is {column.problem}. Give date_format."
            )
        if column.kind == "number":
            return _numbered(column, "asked", _seconds(options, time_name(column.name, column.unit).seconds))
        return _dated(column) if column.kind == "date" else _clock(column)
    kinds = [column.kind for column in chosen]
    if sorted(kinds) == ["clock", "date"]:
        return _together(chosen[kinds.index("date")], chosen[kinds.index("clock")])
    made = _of_parts({part_of(column.name): column for column in chosen}) if all(part_of(column.name) for column in chosen) else None
    if made is None:
        raise DataError(f"from_csv.time must name a date and a clock, or year, month, day and so on, got {', '.join(map(repr, names))}.")
    return made


def _seconds(options: Options, known: float | None) -> float | None:
    if not isinstance(options.units, str):
        return known
    told = UNITS.get(options.units.lower())
    if told is None:
        raise DataError(
            f"from_csv.units must be a unit of time such as 's', 'ms', 'min', 'h' or 'd', or True or False, got {options.units!r}."
        )
    return told


def _dated(column: Typed) -> Axis:
    instants = column.instants if column.instants is not None else np.zeros(0, "datetime64[us]")
    return Axis(column.name, since_1970(instants), (column.name,), "date", 1.0, instants, whole=column.whole, zoned=column.zoned)


def _clock(column: Typed) -> Axis:
    """Clocks alone, counted on over midnight."""
    made = replace(_dated(column), instants=None, clock=True)
    values = made.values
    known = values[np.isfinite(values)]
    if known.size > 1 and known.max() < 86_400.0:
        back = np.diff(values, prepend=values[:1]) < -43_200.0
        values = values + 86_400.0 * np.cumsum(back)
    return replace(made, values=values)


def _together(date: Typed, clock: Typed) -> Axis:
    """A date and a clock in two columns."""
    assert date.instants is not None and clock.instants is not None
    instants = date.instants + (clock.instants - np.datetime64(0, "us"))
    made = _dated(replace(date, instants=instants, whole=False, zoned=date.zoned or clock.zoned))
    return replace(made, name=f"{date.name} {clock.name}", columns=(date.name, clock.name))


def since_1970(instants: np.ndarray) -> np.ndarray:
    """Seconds in float64, NaN for NaT."""
    micro = instants.astype("datetime64[us]").astype(np.int64)
    return np.where(np.isnat(instants), np.nan, micro / 1e6)


def _numbered(column: Typed, sure: str, seconds: float | None) -> Axis:
    values = column.numbers if column.numbers is not None else np.zeros(0)
    days = _compact_dates(values) if sure != "asked" or seconds is None else None
    if days is not None:
        return replace(_dated(replace(column, instants=days, whole=True)), sure="date")
    return Axis(column.name, values, (column.name,), sure, seconds)


def _compact_dates(values: np.ndarray) -> np.ndarray | None:
    """Numbers such as 20240131 as dates; None where one is no date."""
    known = values[np.isfinite(values)]
    if not known.size or known.min() < 1_000_01_01 or known.max() > 2_999_12_31 or (known != np.floor(known)).any():
        return None
    whole = np.where(np.isfinite(values), values, 1970_01_01).astype(np.int64)
    year, month, day = whole // 10_000, whole // 100 % 100, whole % 100
    if ((month < 1) | (month > 12) | (day < 1) | (day > 31)).any():
        return None
    instants = _days(year, month, day)
    return None if instants is None else np.where(np.isfinite(values), instants, np.datetime64("NaT", "us"))


def _days(year: np.ndarray, month: np.ndarray, day: np.ndarray) -> np.ndarray | None:
    months = ((year - 1970) * 12 + month - 1).astype("datetime64[M]")
    instants = months.astype("datetime64[D]") + (day - 1).astype("timedelta64[D]")
    return instants.astype("datetime64[us]") if (instants.astype("datetime64[M]") == months).all() else None


def _parts(columns: Sequence[Typed]) -> dict[str, Typed] | None:
    """Columns named year, month, day and so on, where they make dates."""
    found: dict[str, Typed] = {}
    for column in columns:
        part = part_of(column.name)
        if column.kind == "number" and part and part not in found:
            found[part] = column
    if "year" not in found or not ("month" in found or "doy" in found):
        return None
    return found


def _of_parts(parts: dict[str, Typed]) -> Axis | None:
    """The time of columns named year, month, day, hour and so on; None where they make no dates."""
    numbers: dict[str, np.ndarray] = {}
    for part, column in parts.items():
        if column.numbers is None or not np.isfinite(column.numbers).all() or (part != "second" and (column.numbers % 1).any()):
            return None
        numbers[part] = column.numbers
    if "year" not in numbers or not numbers["year"].size or not 1000 <= numbers["year"].min() <= numbers["year"].max() <= 2999:
        return None
    year = numbers["year"].astype(np.int64)
    if "doy" in numbers and "month" not in numbers:
        if not ((numbers["doy"] >= 1) & (numbers["doy"] <= 366)).all():
            return None
        instants: np.ndarray | None = (year - 1970).astype("datetime64[Y]").astype("datetime64[us]") + (numbers["doy"] - 1).astype(
            "timedelta64[D]"
        )
        used = ["year", "doy"]
    else:
        if "month" not in numbers or not ((numbers["month"] >= 1) & (numbers["month"] <= 12)).all():
            return None
        day = numbers.get("day", np.ones(len(year)))
        if not ((day >= 1) & (day <= 31)).all():
            return None
        instants = _days(year, numbers["month"].astype(np.int64), day.astype(np.int64))
        used = ["year", "month", *(["day"] if "day" in numbers else [])]
    if instants is None:
        return None
    for part, size, most in (("hour", 3600, 24), ("minute", 60, 59), ("second", 1, 60)):
        if part not in numbers:
            break
        if not ((numbers[part] >= 0) & (numbers[part] <= most)).all():
            return None
        instants = instants + (numbers[part] * size * 1e6).round().astype("timedelta64[us]")
        used.append(part)
    names = tuple(parts[part].name for part in used)
    return Axis(" ".join(names), since_1970(instants), names, "date", 1.0, instants, whole=used[-1] in ("month", "day", "doy"))


def _increases(column: Typed) -> bool:
    return column.instants is not None and len(column.instants) > 1 and bool((np.diff(column.instants) > np.timedelta64(0, "us")).all())


def _counts(column: Typed) -> bool:
    """True where numbers go one way alone; those of a "T", which is a temperature as often, in even steps."""
    if not _monotone(column) or column.numbers is None:
        return False
    steps = np.diff(column.numbers)
    return not column.name.strip().startswith("T") or bool(np.ptp(steps) <= 1e-6 * abs(steps[0]))


def _monotone(column: Typed) -> bool:
    """True where the numbers of a column go one way alone."""
    values = column.numbers
    if values is None or len(values) < 2 or not np.isfinite(values).all():
        return False
    steps = np.diff(values)
    return bool((steps > 0).all() or ((steps < 0).all() and np.ptp(steps) <= 1e-6 * abs(steps[0])))
