"""All rows of a table, by the reader of pandas in parts: columns of plain numbers as numbers, all others as texts."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from rcwidgets.core.datasets.reader.cells import Gathered, Words
from rcwidgets.core.datasets.reader.layout import Layout
from rcwidgets.core.datasets.reader.lines import body
from rcwidgets.core.datasets.reader.notes import DataError
from rcwidgets.core.datasets.reader.separator import NONE
from rcwidgets.core.datasets.reader.source import Block, Stream

PART = 65_536  # rows
MOST_CELLS = 200_000_000
GAPS = [
    "",
    *(form for word in ("na", "n/a", "nan", "null", "none") for form in (word, word.upper(), word.capitalize())),
    "NaN",
    "-",
    "--",
    "---",
    ".",
]
Blocks = Callable[[], Iterable[Block]]


class WidthError(Exception):
    """A row has more cells than the sample."""


class Bulk(NamedTuple):
    """The columns of plain numbers by their places, as rows of one array, and those of texts.

    `ends` counts the line ends of the body, `comments` are the lines that were left out of it, `extremes` the least and the greatest number
    of each plain column.
    """

    values: np.ndarray
    plain: tuple[int, ...]
    failed: tuple[int, ...]
    words: dict[int, Words]
    rows: int
    ends: int
    comments: tuple[int, ...]
    extremes: dict[int, tuple[float, float]]

    def numbers(self, place: int) -> np.ndarray:
        """A column of plain numbers."""
        return self.values[self.plain.index(place)]


def read_all(made: Blocks, layout: Layout, plain: Iterable[int], decimal: str, likely: int = PART) -> Bulk:
    """All columns; `failed` are columns of `plain` that hold something else than numbers, which are not in `words`.

    `likely` is how many rows there may be: space for them is set aside, and grows where there are more.
    """
    wanted = tuple(plain)
    texts = [place for place in range(layout.width) if place not in wanted]
    gathered = {place: Gathered() for place in texts}
    failed: set[int] = set()
    comments: list[int] = []
    stream = Stream(body(made(), layout, comments))
    rows = 0
    low, high = np.full(len(wanted), np.inf), np.full(len(wanted), -np.inf)
    values = np.empty((len(wanted), likely))
    for part in _parts(stream, layout, decimal, dtype=dict.fromkeys(texts, object)):
        first, rows = rows, rows + len(part)
        if rows * layout.width > MOST_CELLS:
            raise DataError(f"A table may have {MOST_CELLS:,} cells, this one has more. Take fewer rows or columns.")
        if rows > values.shape[1]:
            values = np.concatenate([values[:, :first], np.empty((len(wanted), max(rows - first, first // 2)))], axis=1)
        for k, place in enumerate(wanted):
            column, into = part[place], values[k, first:rows]
            if column.dtype.kind in "iuf":
                into[:] = column.to_numpy()
                low[k], high[k] = min(low[k], _extreme(into, np.fmin)), max(high[k], _extreme(into, np.fmax))
            else:
                failed.add(place)
                into[:] = np.nan
        for place in texts:
            gathered[place].add(part[place].to_numpy())
    failed |= {place for k, place in enumerate(wanted) if rows and np.isinf([low[k], high[k]]).any()}
    words = {place: one.words() for place, one in gathered.items()}
    extremes = {place: (float(low[k]), float(high[k])) for k, place in enumerate(wanted)}
    ends = stream.lines + (not stream.ended)
    return Bulk(values[:, :rows], wanted, tuple(sorted(failed)), words, rows, ends, tuple(comments), extremes)


def _extreme(values: np.ndarray, way: np.ufunc) -> float:
    """The least or the greatest number; nan where there is none."""
    plain = values.min() if way is np.fmin else values.max()
    return float(way.reduce(values) if np.isnan(plain) else plain)


def beside(columns: Sequence[np.ndarray]) -> np.ndarray:
    """Columns (rows,) as one array (rows, columns): without a copy where they stand so in memory."""
    base = columns[0].base
    if base is not None and base.ndim == 2 and all(one.base is base and one.strides == base.strides[1:] for one in columns):
        start = base.__array_interface__["data"][0]
        places = [(one.__array_interface__["data"][0] - start) / base.strides[0] for one in columns]
        first, rows = int(places[0]), len(columns[0])
        if places == list(range(first, first + len(columns))):
            return base[first : first + len(columns), :rows].T
    return np.stack(columns).T


def read_words(made: Blocks, layout: Layout, places: Iterable[int]) -> dict[int, Words]:
    """Columns as texts."""
    gathered = {place: Gathered() for place in places}
    stream = Stream(body(made(), layout))
    for part in _parts(stream, layout, ".", dtype=dict.fromkeys(gathered, object), usecols=list(gathered)):
        for place, one in gathered.items():
            one.add(part[place].to_numpy())
    return {place: one.words() for place, one in gathered.items()}


def _parts(stream: Stream, layout: Layout, decimal: str, **more: Any) -> Iterator[Any]:
    """The parts of the table, as data frames with columns numbered from 0."""
    import pandas

    blank = layout.separator == " "
    options: dict[str, Any] = {
        "sep": r"\s+" if blank else layout.separator if layout.separator != NONE else "\x1f",
        "header": None,
        "names": range(layout.width),
        "index_col": False,
        "decimal": decimal,
        "keep_default_na": False,
        "na_values": GAPS,
        "skipinitialspace": layout.separator != "\t",
        "chunksize": PART,
        "encoding": "utf-8",
        **more,
    }
    if tuple(map(int, pandas.__version__.split(".")[:2])) < (3, 1):
        options["float_precision"] = "round_trip"  # since 3.1 numbers are always read exactly
    try:
        with pandas.read_csv(stream, **options) as parts:
            yield from parts
    except pandas.errors.EmptyDataError:
        return
    except pandas.errors.ParserError as error:
        raise WidthError(str(error)) from None
