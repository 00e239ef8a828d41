"""Tables of the user's own: which columns hold numbers, which one is the time, and why the others are of no use."""

import hashlib
from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np

from rcwidgets.core.short import short_repr

TIME_NAMES = frozenset({"time", "t", "ts", "date", "datetime", "timestamp", "year"})  # a column of increasing numbers named so is the time
LONGEST_NAME = 80  # characters of a column's name
_UNITS = (("days", 86_400.0), ("hours", 3_600.0), ("seconds", 1.0))  # of a time axis made of dates: the first that fits thrice


class Series(NamedTuple):
    """Raw data: values (time, channels) in float64, their times (time,), and what they are called.

    Data of the user's own may have NaN where the table has no number. `left_out` names the columns that are no numbers, each with the
    reason; `name` is that of the file, `path` is where it lies, as the user gave it (empty where it came without a folder, such as from a
    page), and `lines` (time,) tells where each row stands in it. `digest` is the same for equal data.
    """

    values: np.ndarray
    time: np.ndarray
    channels: tuple[str, ...]
    time_label: str = "time"
    name: str = ""
    left_out: tuple[tuple[str, str], ...] = ()
    lines: np.ndarray | None = None
    origin: Literal["made", "array", "frame", "file"] = "made"
    digest: str = ""
    path: str = ""

    def __repr__(self) -> str:
        return short_repr(self)

    @property
    def head(self) -> "Series":
        """What is known of the data without their values: names, origin, digest."""
        return self._replace(values=self.values[:0], time=self.time[:0], lines=None)

    def where(self, row: int) -> str:
        """Where a row stands, in words."""
        return f"row {row}" if self.lines is None else f"line {self.lines[row]:,}"


class Column(NamedTuple):
    """One column of a table: numbers (rows,), NaN where there is none; or dates, as seconds since `first`; or None and a `problem`."""

    name: str
    values: np.ndarray | None
    problem: str = ""
    first: str = ""

    def __repr__(self) -> str:
        return short_repr(self)


def series_of(columns: Sequence[Column], origin: Literal["frame", "file"], *, name: str = "", lines: np.ndarray | None = None) -> Series:
    """The columns as a series; a table without a column of numbers is a ValueError that says why each is of no use.

    The time axis is the first column of increasing dates, else the first one of increasing numbers that is named like a time, such as
    "time" or "year"; without one the rows are counted.
    """
    axis = _time_axis(columns)
    numbers = [column for column in columns if column.values is not None and not column.first and column is not axis]
    left = [(column.name, column.problem or "dates that do not increase") for column in columns if column.values is None or column.first]
    left_out = tuple(one for one in left if axis is None or one[0] != axis.name)
    if not numbers:
        reasons = "; ".join(f"{column!r}: {why}" for column, why in left_out[:5])
        raise ValueError(f"The data must have a column of numbers, got none{f' ({reasons})' if reasons else ''}.")
    values = np.stack([column.values for column in numbers if column.values is not None], axis=1)
    time, label = (np.arange(len(values), dtype=np.float64), "row") if axis is None else _times(axis)
    channels = tuple(column.name for column in numbers)
    return Series(values, time, channels, label, name, left_out, lines, origin, digest_of(values, channels))


def series_of_array(values: np.ndarray) -> Series:
    """An array (time, channels) of finite numbers as a series: the rows are counted, the channels too."""
    channels = tuple(f"channel {k + 1}" for k in range(values.shape[1]))
    time = np.arange(len(values), dtype=np.float64)
    return Series(values, time, channels, "row", origin="array", digest=digest_of(values, channels))


def digest_of(values: np.ndarray, channels: Sequence[str]) -> str:
    """A text that is the same for the same numbers under the same names."""
    found = hashlib.sha256(repr((values.shape, tuple(channels))).encode())
    found.update(np.ascontiguousarray(values).data)
    return found.hexdigest()


def clean_name(text: str, taken: Sequence[str], place: int) -> str:
    """A column's name as it can be shown: printable, not too long, and none of those taken; "column 3" where it is empty."""
    words = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())[:LONGEST_NAME]
    words = words or f"column {place + 1}"
    name, number = words, 1
    while name in taken:
        number += 1
        name = f"{words} ({number})"
    return name


def _time_axis(columns: Sequence[Column]) -> Column | None:
    dates = [column for column in columns if column.first and _increases(column)]
    if dates:
        return dates[0]
    numbers = [column for column in columns if column.values is not None and not column.first]
    named = [column for column in numbers if column.name.lower() in TIME_NAMES and _increases(column)]
    return named[0] if named and len(numbers) > 1 else None


def _increases(column: Column) -> bool:
    values = column.values
    return values is not None and len(values) > 1 and bool(np.isfinite(values).all() and (np.diff(values) > 0).all())


def _times(axis: Column) -> tuple[np.ndarray, str]:
    """The numbers and the name of the time axis; dates are counted in days, or in a shorter unit where they span fewer than three."""
    values = np.zeros(0) if axis.values is None else axis.values
    if not axis.first:
        return values, axis.name
    unit, seconds = next((one for one in _UNITS if values[-1] >= 3 * one[1]), _UNITS[-1])
    return values / seconds, f"{unit} since {axis.first}"
