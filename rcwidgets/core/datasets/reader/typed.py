"""A column once it is understood: numbers, dates, clocks, or the reason why it is of no use."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from rcwidgets.core.datasets.reader.cells import Scan, Words
from rcwidgets.core.datasets.reader.dates import Dates, dates_of
from rcwidgets.core.datasets.reader.decimal_sign import NAMES, Proof, decimal_of
from rcwidgets.core.datasets.reader.gap_words import INFINITE, is_known_gap
from rcwidgets.core.datasets.reader.notes import DataError, Notes
from rcwidgets.core.datasets.reader.number import MONEY
from rcwidgets.core.datasets.reader.options import Options
from rcwidgets.core.short import short_repr

Kind = Literal["number", "date", "clock", "none"]
_YES_NO = ({"true", "false"}, {"yes", "no"}, {"on", "off"}, {"ja", "nein"}, {"oui", "non"}, {"wahr", "falsch"})
_YES = {"true", "yes", "on", "ja", "oui", "wahr"}
_FORMULA = ("=", "@")


@dataclass(frozen=True, eq=False)
class Typed:
    """A column of a table: `numbers` (rows,) in float64, NaN in gaps; or `instants` (rows,) as datetime64[us]; or a `problem`."""

    name: str
    kind: Kind
    numbers: np.ndarray | None = None
    instants: np.ndarray | None = None
    problem: str = ""
    unit: str = ""
    whole: bool = False
    zoned: bool = False
    odd: tuple[str, ...] = ()
    extremes: tuple[float, float] | None = None
    words: Words | None = None  # of a column of texts

    __repr__ = short_repr

    def some(self, rows: np.ndarray | slice) -> "Typed":
        """The column of some rows."""
        return replace(
            self,
            numbers=None if self.numbers is None else self.numbers[rows],
            instants=None if self.instants is None else self.instants[rows],
            words=None if self.words is None else Words(self.words.codes[rows], self.words.texts),
            extremes=None,
        )


def in_one_zone(name: str) -> str:
    """The words for a column whose times tell their zones."""
    return f"Column {name!r}: times were put into one zone, UTC."


def typed(one: Scan, proofs: dict[str, Proof], options: Options, separator: str, notes: Notes) -> Typed:
    """What a column holds. A few cells that are no numbers among others are a DataError that names line and column."""
    total = one.filled
    if not total:
        return Typed(one.name, "none", problem="empty")
    if one.name in (options.id, options.label):
        return Typed(one.name, "none", problem="text", words=one.words)
    truth = _truth(one, notes)
    if truth is not None:
        return truth
    bare = one.bare
    if 2 * bare <= total:
        dates = _dates(one, options, notes)
        if dates is not None:
            return dates
    if 2 * one.count(one.numbers) < total:
        return Typed(one.name, "none", problem="text", words=one.words)
    if 2 * bare <= total and len({number.unit for number in one.numbers.values()}) > 3:
        return Typed(one.name, "none", problem="text", words=one.words)
    if one.rest:
        _refuse(one, one.rest[0])
    return _numbers(one, proofs, options, separator, notes)


def _numbers(one: Scan, proofs: dict[str, Proof], options: Options, separator: str, notes: Notes) -> Typed:
    sign = decimal_of(one, proofs, options, separator, notes)
    texts = np.full(len(one.words.texts), np.nan)
    for place, number in one.numbers.items():
        text = number.read(sign)
        value = float("inf") if text is None else float(text)
        if not np.isfinite(value):
            _refuse(one, place, sign, proofs)
        texts[place] = value
    unit = _unit(one, notes)
    odd = _odd(one, notes)
    return Typed(one.name, "number", one.words.spread(texts, np.nan), unit=unit, odd=odd)


def _refuse(one: Scan, place: int, sign: str = "", proofs: dict[str, Proof] | None = None) -> None:
    """Raises the DataError of a cell that is no number among others."""
    text = one.words.texts[place]
    words = f"{one.at(place)}, column {one.name!r}: {text[:40]!r} is not a number"
    proof = (proofs or {}).get(sign)
    if sign and text.lower() not in INFINITE and any(mark in text for mark in ".,"):
        why = f", since {proof} proves it" if proof else ""
        raise DataError(f"{words} where the {NAMES[sign]} is the decimal sign{why}. Correct it, or give decimal and thousands.")
    advice = " A formula is not computed: export its value." if text.startswith(_FORMULA) else ""
    raise DataError(f"{words}. Correct it, or leave the cell empty.{advice}")


def _unit(one: Scan, notes: Notes) -> str:
    """The unit that stands beside all numbers of a column, if any; some with and some without, or different ones, are a DataError."""
    units: dict[str, int] = {}
    for place, number in one.numbers.items():
        units.setdefault(number.unit, place)
    if set(units) == {""}:
        return ""
    named = [unit for unit in units if unit]
    if len(named) > 1 or ("" in units and not MONEY.fullmatch(named[0])):
        pair = list(units.values())[:2]
        first, second = (f"{one.words.texts[k][:40]!r} in {one.at(k).lower()}" for k in pair)
        raise DataError(f"Column {one.name!r}: {first} and {second} are of different units. Write all cells in one.")
    notes.add(f"Column {one.name!r}: {named[0]!r} was taken off its numbers.")
    return named[0]


def _odd(one: Scan, notes: Notes, what: str = "a number") -> tuple[str, ...]:
    """Texts in the place of a number, such as "off", which are gaps, and said."""
    if not one.odd:
        return ()
    for place in one.odd:
        if one.words.texts[place].lower() in INFINITE or one.words.texts[place].startswith(_FORMULA):
            _refuse(one, place)
    texts = tuple(one.words.texts[place] for place in one.odd)
    rows = one.count(one.odd)
    listed = ", ".join(repr(text[:40]) for text in texts[:3]) + (", ..." if len(texts) > 3 else "")
    lines = "line" if one.at(one.odd[0]).startswith("Line") else "row"
    first = min(one.words.first(place) for place in one.odd)
    at = one.where(first)
    notes.add(f"Column {one.name!r} has {listed} in place of {what} in {rows:,} {lines if rows == 1 else lines + 's'} (first {at}): a gap.")
    return texts


def _truth(one: Scan, notes: Notes) -> Typed | None:
    """A column of true and false, as 1 and 0."""
    places = [*one.odd, *one.rest, *one.numbers]
    words = {one.words.texts[place].lower() for place in places}
    if not any(words == pair or (words < pair and "true" in pair) for pair in _YES_NO) or not words:
        return None
    values = np.full(len(one.words.texts), np.nan)
    for place in places:
        values[place] = float(one.words.texts[place].lower() in _YES)
    if not words <= _YES_NO[0]:
        notes.add(f"Column {one.name!r}: {', '.join(sorted(words))} were read as 1 and 0.")
    return Typed(one.name, "number", one.words.spread(values, np.nan))


def _dates(one: Scan, options: Options, notes: Notes) -> Typed | None:
    """A column of dates or of clocks; None where most of its cells are neither."""
    gaps = [place for place in one.odd if is_known_gap(one.words.texts[place])]
    empty = {*one.usual, *gaps}
    places = [place for place in range(len(one.words.texts)) if place not in empty]
    cells = [one.words.texts[place] for place in places]
    if not cells or one.count(gaps) * 2 > one.filled:
        return None
    found: Dates | None = dates_of(cells, one.name, lambda k: one.at(places[k]), options.date_format if _asked(one.name, options) else None)
    if found is None:
        return None
    if found.short:
        notes.add(f"Column {one.name!r}: years of two digits were read as 1969 to 2068.")
    if found.zoned:
        notes.add(in_one_zone(one.name))
    texts = np.full(len(one.words.texts), np.datetime64("NaT", "us"))
    texts[places] = found.instants
    instants = one.words.spread(texts, np.datetime64("NaT", "us"))
    kind: Kind = "clock" if found.clock else "date"
    return Typed(one.name, kind, instants=instants, whole=found.whole, zoned=found.zoned)


def _asked(name: str, options: Options) -> bool:
    """True where the date format is for this column: for the time that a user named, else for any."""
    if options.time is None or options.time is False:
        return True
    return name in ([options.time] if isinstance(options.time, str) else options.time)
