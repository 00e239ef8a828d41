"""All rows of a table, by the reader of pandas in parts: columns of plain numbers as numbers, all others as texts."""

import itertools
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any, NamedTuple

import numpy as np

from rcwidgets.core.datasets.reader.cells import Gathered, Words
from rcwidgets.core.datasets.reader.layout import Layout
from rcwidgets.core.datasets.reader.lines import body
from rcwidgets.core.datasets.reader.notes import DataError
from rcwidgets.core.datasets.reader.parts import WidthError, options_of, parts_of
from rcwidgets.core.datasets.reader.ranges import Checked, Irregular, ranges_of
from rcwidgets.core.datasets.reader.source import Stream, Text

MOST_CELLS = 200_000_000


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


def read_all(text: Text, layout: Layout, plain: Iterable[int], decimal: str, likely: int = 65_536) -> Bulk:
    """All columns; `failed` are columns of `plain` that hold something else than numbers, which are not in `words`.

    `likely` is how many rows there may be: space for them is set aside, and grows where there are more.
    """
    wanted = tuple(plain)
    texts = [place for place in range(layout.width) if place not in wanted]
    try:
        return read_at_once(text, layout, wanted, texts, decimal)
    except Irregular:
        return read_in_order(text, layout, wanted, texts, decimal, likely)


def read_at_once(text: Text, layout: Layout, wanted: tuple[int, ...], texts: Sequence[int], decimal: str) -> Bulk:
    """All rows, several ranges at a time; Irregular where that cannot be."""
    path, workers, ranges = ranges_of(text, layout)
    options = options_of(layout, decimal, texts, blanks=layout.blanks)
    starts = list(itertools.accumulate((one.most for one in ranges), initial=0))
    if starts[-1] * layout.width > 2 * MOST_CELLS:
        raise Irregular
    values = np.empty((len(wanted), starts[-1]))
    stopped = Event()

    def read(place: int) -> tuple[_Found, int, int]:
        found, rows = _Found(wanted, texts), starts[place]
        try:
            with path.open("rb", buffering=0) as file:
                checked = Checked(file, ranges[place], layout, stopped)
                for part in parts_of(checked, options):
                    first, rows = rows, rows + len(part)
                    if rows > starts[place + 1]:
                        raise Irregular
                    found.put(part, values[:, first:rows])
        except WidthError:
            raise Irregular from None
        return found, rows - starts[place], checked.ends

    rows = ends = 0
    found = _Found(wanted, texts)
    with ThreadPoolExecutor(workers) as pool:
        waiting = [pool.submit(read, place) for place in range(len(ranges))]
        try:
            for start, one, done in zip(starts, ranges, waiting, strict=False):
                more, count, lines = done.result()
                found.join(more)
                for column in values:
                    column[rows : rows + count] = column[start : start + count]
                rows, ends = rows + count, ends + lines
                _check_cells(rows, layout)
                text.tell(one.stop / ranges[-1].stop)
        finally:
            stopped.set()
    return found.bulk(values[:, :rows], ends)


def read_in_order(text: Text, layout: Layout, wanted: tuple[int, ...], texts: Sequence[int], decimal: str, likely: int) -> Bulk:
    """All rows, one part after the other."""
    comments: list[int] = []
    stream = Stream(body(text(), layout, comments))
    found, values = _Found(wanted, texts), np.empty((len(wanted), likely))
    rows = 0
    for part in parts_of(stream, options_of(layout, decimal, texts)):
        first, rows = rows, rows + len(part)
        _check_cells(rows, layout)
        if rows > values.shape[1]:
            values = np.concatenate([values[:, :first], np.empty((len(wanted), max(rows - first, first // 2)))], axis=1)
        found.put(part, values[:, first:rows])
    return found.bulk(values[:, :rows], stream.ends + (not stream.ended), comments)


def _check_cells(rows: int, layout: Layout) -> None:
    if rows * layout.width > MOST_CELLS:
        raise DataError(f"A table may have {MOST_CELLS:,} cells, this one has more. Take fewer rows or columns.")


class _Found:
    """What the parts of a table hold, beside the numbers, which are put where they belong."""

    def __init__(self, wanted: tuple[int, ...], texts: Iterable[int]) -> None:
        self._wanted, self._words = wanted, {place: Gathered() for place in texts}
        self._failed: set[int] = set()
        self._low, self._high = np.full(len(wanted), np.inf), np.full(len(wanted), -np.inf)

    def put(self, part: Any, values: np.ndarray) -> None:
        """Takes a part (a data frame), whose numbers are put into `values` (columns, rows)."""
        for k, (place, into) in enumerate(zip(self._wanted, values, strict=True)):
            column = part[place]
            if column.dtype.kind in "iuf":
                into[:] = column.to_numpy()
                self._low[k], self._high[k] = min(self._low[k], _extreme(into, np.fmin)), max(self._high[k], _extreme(into, np.fmax))
            else:
                self._failed.add(place)
                into[:] = np.nan
        for place, one in self._words.items():
            one.add(part[place].to_numpy())

    def join(self, more: "_Found") -> None:
        """Takes what was found in the rows below."""
        self._failed |= more._failed
        self._low, self._high = np.fmin(self._low, more._low), np.fmax(self._high, more._high)
        for place, one in self._words.items():
            one.join(more._words[place])

    def bulk(self, values: np.ndarray, ends: int, comments: Iterable[int] = ()) -> Bulk:
        """All of it, with the numbers (columns, rows)."""
        extremes = {place: (float(self._low[k]), float(self._high[k])) for k, place in enumerate(self._wanted)}
        infinite = {place for place, both in extremes.items() if values.shape[1] and np.isinf(both).any()}
        words = {place: one.words() for place, one in self._words.items()}
        return Bulk(values, self._wanted, tuple(sorted(self._failed | infinite)), words, values.shape[1], ends, tuple(comments), extremes)


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


def read_words(text: Text, layout: Layout, places: Iterable[int]) -> dict[int, Words]:
    """Columns as texts."""
    gathered = {place: Gathered() for place in places}
    options = {**options_of(layout, ".", gathered), "usecols": list(gathered)}
    for part in parts_of(Stream(body(text(), layout)), options):
        for place, one in gathered.items():
            one.add(part[place].to_numpy())
    return {place: one.words() for place, one in gathered.items()}
