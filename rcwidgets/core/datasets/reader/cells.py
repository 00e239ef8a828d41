"""The cells of one column, each different text once, and what they look like before the decimal sign is known."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from rcwidgets.core.datasets.reader.gap_words import is_gap, is_usual
from rcwidgets.core.datasets.reader.number import Number, number_of


class Words(NamedTuple):
    """Texts of a column: `codes` (rows,) are places in `texts`, which are all different and without blanks around them; -1 is no cell."""

    codes: np.ndarray
    texts: list[str]

    def first(self, place: int) -> int:
        """The first row of a text."""
        return int(np.argmax(self.codes == place))

    def spread(self, values: np.ndarray, missing: object) -> np.ndarray:
        """Values of the texts as values of the rows, with `missing` where there is no cell."""
        if not len(values):
            return np.full(len(self.codes), missing, values.dtype)
        rows = values[self.codes]
        rows[self.codes < 0] = missing
        return rows


class Gathered:
    """Puts the texts of a column together, part by part."""

    def __init__(self) -> None:
        self._known: dict[str, int] = {}
        self._codes: list[np.ndarray] = []

    def add(self, texts: Iterable[object]) -> None:
        """Adds the cells of a part; what is no text is no cell."""
        import pandas

        codes, found = pandas.factorize(np.asarray(texts, dtype=object))
        known = self._known
        places = np.array([known.setdefault(str(text).strip(), len(known)) for text in found] or [0], np.int64)
        self._codes.append(np.where(codes < 0, -1, places[codes]).astype(np.int32))

    def join(self, more: "Gathered") -> None:
        """Adds the cells that were put together elsewhere, below its own."""
        known = self._known
        places = np.array([known.setdefault(text, len(known)) for text in more._known] or [0], np.int32)
        self._codes += [np.where(codes < 0, -1, places[codes]).astype(np.int32) for codes in more._codes]

    def words(self) -> Words:
        """All of them."""
        return Words(np.concatenate(self._codes or [np.zeros(0, np.int32)]), list(self._known))


@dataclass
class Scan:
    """The texts of a column by what they look like, as places in `words.texts`.

    `usual` are plain gaps, `odd` texts without a digit, such as "off", `numbers` those that are numbers under some decimal sign, `rest` all
    others. `rows` counts the rows of each text.
    """

    name: str
    words: Words
    where: Callable[[int], str]
    rows: np.ndarray
    usual: list[int] = field(default_factory=list)
    odd: list[int] = field(default_factory=list)
    numbers: dict[int, Number] = field(default_factory=dict)
    rest: list[int] = field(default_factory=list)

    def at(self, place: int) -> str:
        """Where a text stands first, in words: "Line 5"."""
        where = self.where(self.words.first(place))
        return where[0].upper() + where[1:]

    def count(self, places: Iterable[int]) -> int:
        """How many rows have one of these texts."""
        return int(self.rows[list(places)].sum()) if len(self.rows) else 0

    @property
    def bare(self) -> int:
        """How many rows have a number without a unit."""
        return self.count(place for place, one in self.numbers.items() if not one.unit)

    @property
    def filled(self) -> int:
        """How many rows have more than a plain gap."""
        return int(self.rows.sum()) - self.count(self.usual)


def scan(name: str, words: Words, where: Callable[[int], str], thousands: str | None = None) -> Scan:
    """Looks at each text of a column once."""
    rows = np.bincount(words.codes[words.codes >= 0], minlength=len(words.texts))
    made = Scan(name, words, where, rows)
    for place, text in enumerate(words.texts):
        if is_usual(text):
            made.usual.append(place)
            continue
        number = number_of(text, thousands)
        if number is not None:
            made.numbers[place] = number
        elif is_gap(text):
            made.odd.append(place)
        else:
            made.rest.append(place)
    return made
