"""Series of a table: what its columns are called, when its rows are, and what is known of where it came from."""

import hashlib
from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple

import numpy as np

from rcwidgets.core.datasets.calendar import UNITS, calendar_of
from rcwidgets.core.short import short_repr

LONGEST_NAME = 80  # characters of a column's name


class Preview(NamedTuple):
    """`rows` of cells as they stand in the file, below the `names` of their columns and what these were `taken` for: "number", "time" or
    why not. `columns` counts them all, of which the first 40 are here; `found` is what was found out, in words, by the option's name.
    """

    names: tuple[str, ...]
    taken: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    columns: int
    found: tuple[tuple[str, str], ...] = ()

    def __repr__(self) -> str:
        return short_repr(self)


class Parts(NamedTuple):
    """The series that a table holds one after another: the first row of each, what it is called, and its class, where they have one."""

    starts: np.ndarray
    names: tuple[str, ...]
    labels: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return short_repr(self)


class Series(NamedTuple):
    """Raw data: values (time, channels) in float64, their times (time,), and what they are called.

    Data of the user's own may have NaN where the table has no number. `left_out` names the columns that are no numbers, each with the
    reason; `name` is that of the file, `path` is where it lies, as the user gave it (empty where it came without a folder, such as from a
    page), and `lines` (time,) tells where each row stands in it. `digest` is the same for equal data. `dates` (time,) are the times as
    datetime64[us] where they are dates, `units` (channels,) those that the table tells, `notes` what was found out or left out when it was
    read, and `options` what the user told of it, by name. `preview` has the first rows of a file as they stand there. Where several series
    stand one after another, `parts` tells where each begins; the time of each is its own.
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
    dates: np.ndarray | None = None
    units: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    options: tuple[tuple[str, object], ...] = ()
    preview: Preview | None = None
    parts: Parts | None = None

    def __repr__(self) -> str:
        return short_repr(self)

    @property
    def head(self) -> "Series":
        """What is known of the data without their values: names, origin, digest."""
        return self._replace(values=self.values[:0], time=self.time[:0], lines=None, dates=None)

    def where(self, row: int) -> str:
        """Where a row stands, in words."""
        if self.parts is not None and self.lines is None:
            part = int(np.searchsorted(self.parts.starts, row, "right")) - 1
            return f"row {row - self.parts.starts[part]} of series {self.parts.names[part]!r}"
        return f"row {row}" if self.lines is None else f"line {self.lines[row]:,}"

    @property
    def slices(self) -> list[slice]:
        """The rows of each series, where there are several."""
        assert self.parts is not None
        ends = [*self.parts.starts[1:].tolist(), len(self.values)]
        return [slice(start, end) for start, end in zip(self.parts.starts.tolist(), ends, strict=True)]

    def each(self) -> "list[Series]":
        """The several series, each alone."""

        def some(value: np.ndarray | None, rows: slice) -> np.ndarray | None:
            return None if value is None else value[rows]

        return [
            self._replace(
                values=self.values[rows], time=self.time[rows], lines=some(self.lines, rows), dates=some(self.dates, rows), parts=None
            )
            for rows in self.slices
        ]


def series_of_array(values: np.ndarray) -> Series:
    """An array (time, channels) of finite numbers as a series: the rows are counted, the channels too."""
    channels = tuple(f"channel {k + 1}" for k in range(values.shape[1]))
    time = np.arange(len(values), dtype=np.float64)
    return Series(values, time, channels, "row", origin="array", digest=digest_of(values, channels))


def digest_of(values: np.ndarray, channels: Sequence[str], *told: str) -> str:
    """A text that is the same for the same numbers under the same names, of which the same is `told`."""
    found = hashlib.sha256(repr((values.shape, tuple(channels), *told)).encode())
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


def joined(series: Sequence[Series], names: Sequence[str], labels: Sequence[str] = ()) -> Series:
    """Several series with the same channels as one table with `parts`; all else is the first one's. Dates count from its start."""
    first = series[0]
    lengths = [len(one.values) for one in series]
    starts = np.cumsum([0, *lengths[:-1]])

    def together(pick: Callable[[Series], np.ndarray | None]) -> np.ndarray | None:
        found = [value for one in series if (value := pick(one)) is not None]
        return np.concatenate(found) if len(found) == len(series) else None

    times, label = [one.time for one in series], first.time_label
    known = [calendar_of(one.time_label) for one in series]
    calendars = [one for one in known if one is not None]
    if len(calendars) == len(series):  # all count from the first one's date
        unit = max((one.unit for one in calendars), key=lambda name: UNITS[name])
        late = [(one.start - calendars[0].start) / np.timedelta64(1, "s") for one in calendars]
        each = zip(times, calendars, late, strict=True)
        times = [time * (UNITS[one.unit] / UNITS[unit]) + after / UNITS[unit] for time, one, after in each]
        zoned = all(one.zoned for one in calendars)  # where only some are, the clocks that stand there are taken
        label = calendars[0]._replace(unit=unit, zoned=zoned).label
    values = np.concatenate([one.values for one in series])
    parts = Parts(starts, tuple(names), tuple(labels))
    told = repr((starts.tolist(), parts.names, parts.labels))
    return first._replace(
        values=values,
        time=np.concatenate(times),
        time_label=label,
        lines=together(lambda one: one.lines),
        dates=together(lambda one: one.dates),
        digest=digest_of(values, first.channels, told),
        parts=parts,
    )
