"""A file of one's own with what is to be said of it, for an experiment."""

from dataclasses import dataclass
from os import PathLike

from rcwidgets.core.datasets.frame_columns import Frame, columns_of_frame
from rcwidgets.core.datasets.reader.apart import assembled
from rcwidgets.core.datasets.reader.notes import Notes
from rcwidgets.core.datasets.reader.options import Options
from rcwidgets.core.datasets.reading import read_file
from rcwidgets.core.datasets.table import Series
from rcwidgets.core.short import short_repr


@dataclass(frozen=True)
class DataFile(Options):
    """The path of a file with options of `from_csv`, to be given as data of one's own: `Playground(data=DataFile("a.csv", gaps="fill"))`.

    `path` is a file of any format that `from_csv` reads, a folder of them, or a data frame. What the options are is told there; bad ones
    are errors that name the valid ones.

    >>> DataFile("weather.csv", decimal=",", gaps="fill").gaps
    'fill'
    """

    path: str | PathLike[str] | Frame

    __repr__ = short_repr

    def read(self) -> Series:
        """Reads the file or the data frame; what cannot be read is a ValueError in words."""
        if isinstance(self.path, str | PathLike):
            return read_file(self.path, self)
        notes = Notes()
        return assembled(columns_of_frame(self.path, self, notes), self, notes, "frame")
