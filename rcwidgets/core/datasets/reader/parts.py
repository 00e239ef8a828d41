"""The rows of a text by the reader of pandas, in parts, one after the other."""

from collections.abc import Iterable, Iterator
from typing import Any, Protocol

from rcwidgets.core.datasets.reader.layout import Layout
from rcwidgets.core.datasets.reader.separator import NONE

PART = 65_536  # rows
GAPS = [
    "",
    *(form for word in ("na", "n/a", "nan", "null", "none") for form in (word, word.upper(), word.capitalize())),
    "NaN",
    "-",
    "--",
    "---",
    ".",
]


class WidthError(Exception):
    """A row has more cells than the sample."""


class Readable(Protocol):
    """What the reader of pandas takes for a file of bytes."""

    def __iter__(self) -> Iterator[bytes]: ...

    def read(self, size: int = -1) -> bytes:
        """The next bytes, empty at the end."""
        ...


def parts_of(file: Readable, options: dict[str, Any]) -> Iterator[Any]:
    """The parts of the table, as data frames with columns numbered from 0; a row that is too long is a WidthError."""
    import pandas

    try:
        with pandas.read_csv(file, chunksize=PART, **options) as parts:
            yield from parts
    except pandas.errors.EmptyDataError:
        return
    except pandas.errors.ParserError as error:
        raise WidthError(str(error)) from None


def options_of(layout: Layout, decimal: str, texts: Iterable[int], *, blanks: bool = True) -> dict[str, Any]:
    """How pandas reads a table; `texts` are columns of texts, all others are what they look like. Without `blanks` in the text none are
    looked for after a separator, which takes a fifth less time.
    """
    import pandas

    options: dict[str, Any] = {
        "sep": r"\s+" if layout.separator == " " else mark_of(layout),
        "header": None,
        "names": range(layout.width),
        "index_col": False,
        "decimal": decimal,
        "keep_default_na": False,
        "na_values": GAPS,
        "skipinitialspace": blanks and layout.separator != "\t",
        "encoding": "utf-8",
        "low_memory": False,
        "dtype": dict.fromkeys(texts, object),
    }
    if tuple(map(int, pandas.__version__.split(".")[:2])) < (3, 1):
        options["float_precision"] = "round_trip"  # since 3.1 numbers are always read exactly
    return options


def mark_of(layout: Layout) -> str:
    """What stands between two cells, where it is one character; for a single column, what is in no text."""
    return "\x1f" if layout.separator == NONE else layout.separator
