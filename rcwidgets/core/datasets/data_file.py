"""A file of one's own with what is to be said of it, for an experiment."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from os import PathLike
from typing import Literal

from rcwidgets.core.datasets.reader.options import Gaps, Options, Order
from rcwidgets.core.datasets.reading import read_file
from rcwidgets.core.datasets.table import Series
from rcwidgets.core.short import short_repr


@dataclass(frozen=True)
class DataFile:
    """The path of a file with options of `from_csv`, to be given as data of one's own: `Playground(data=DataFile("a.csv", gaps="fill"))`.

    `path` is a file of any format that `from_csv` reads. What the options are is told there; bad ones are errors that name the valid ones.

    >>> DataFile("weather.csv", decimal=",", gaps="fill").gaps
    'fill'
    """

    path: str | PathLike[str]
    separator: str | None = None
    decimal: Literal[".", ","] | None = None
    thousands: str | None = None
    header: bool | Sequence[str] | None = None
    skip_rows: int | None = None
    comment: str | None = None
    units: bool | str | None = None
    time: str | Sequence[str] | Literal[False] | None = None
    order: Order | None = None
    date_format: str | None = None
    gaps: Gaps = "error"
    resample: str | float | None = None
    encoding: str | None = None

    __repr__ = short_repr

    def __post_init__(self) -> None:
        self.options  # noqa: B018  # checks them

    @property
    def options(self) -> Options:
        """The options, checked."""
        return Options(**{one.name: getattr(self, one.name) for one in fields(Options)})

    def read(self) -> Series:
        """Reads the file; what cannot be read is a ValueError in words."""
        return read_file(self.path, self.options)
