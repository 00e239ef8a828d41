"""Series of a table: what its columns are called, when its rows are, and what is known of where it came from."""

import hashlib
from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np

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


class Series(NamedTuple):
    """Raw data: values (time, channels) in float64, their times (time,), and what they are called.

    Data of the user's own may have NaN where the table has no number. `left_out` names the columns that are no numbers, each with the
    reason; `name` is that of the file, `path` is where it lies, as the user gave it (empty where it came without a folder, such as from a
    page), and `lines` (time,) tells where each row stands in it. `digest` is the same for equal data. `dates` (time,) are the times as
    datetime64[us] where they are dates, `units` (channels,) those that the table tells, `notes` what was found out or left out when it was
    read, and `options` what the user told of it, by name. `preview` has the first rows of a file as they stand there.
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

    def __repr__(self) -> str:
        return short_repr(self)

    @property
    def head(self) -> "Series":
        """What is known of the data without their values: names, origin, digest."""
        return self._replace(values=self.values[:0], time=self.time[:0], lines=None, dates=None)

    def where(self, row: int) -> str:
        """Where a row stands, in words."""
        return f"row {row}" if self.lines is None else f"line {self.lines[row]:,}"


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
