"""Which sign is the decimal one: proved by cells that the other would make no number of, or asked."""

from collections.abc import Sequence
from typing import NamedTuple

from rcwidgets.core.datasets.reader.cells import Scan
from rcwidgets.core.datasets.reader.notes import DataError, Notes
from rcwidgets.core.datasets.reader.options import Options

NAMES = {".": "point", ",": "comma"}
POINTED = (",", "\x1f", "")  # where these separate, or nothing does, a point is the decimal sign
QUOTED = '"'  # in the place of the separator where numbers are quoted, and so may hold it


class Proof(NamedTuple):
    """A cell that proves a decimal sign: its column, where it stands, and its text."""

    column: str
    where: str
    text: str

    def __str__(self) -> str:
        return f"{self.text[:40]!r} in column {self.column!r} ({self.where[0].lower()}{self.where[1:]})"


def proofs_of(scans: Sequence[Scan]) -> dict[str, Proof]:
    """The first proof of each decimal sign."""
    found: dict[str, Proof] = {}
    for one in scans:
        if 2 * one.count(one.numbers) <= one.filled:
            continue  # a column of text proves nothing
        for place, number in one.numbers.items():
            sign = number.proves
            if sign and sign not in found:
                found[sign] = Proof(one.name, one.at(place), one.words.texts[place])
    return found


def said(options: Options) -> str | None:
    """The decimal sign that the options tell."""
    if options.decimal is not None:
        return options.decimal
    return {",": ".", ".": ","}.get(options.thousands or "")


def decimal_of(one: Scan, proofs: dict[str, Proof], options: Options, separator: str, notes: Notes) -> str:
    """The decimal sign of a column; where its cells may be read in two ways and nothing tells which, a DataError asks."""
    told = said(options)
    if told is not None:
        return told
    own = {number.proves for number in one.numbers.values() if number.proves}
    if len(own) == 1:
        return own.pop()
    if len(own) == 2:
        proving = {number.proves: place for place, number in reversed(one.numbers.items()) if number.proves}
        place = {sign: f"{one.words.texts[k][:40]!r} ({one.at(k).lower()})" for sign, k in proving.items()}
        raise DataError(
            f"Column {one.name!r} has a decimal point in {place['.']} and a decimal comma in {place[',']}. "
            "Correct one of them, or say which it is by decimal='.' or decimal=','."
        )
    doubtful = [place for place, number in one.numbers.items() if number.ambiguous]
    if not doubtful:
        return next(iter(proofs), ".")
    text, at = one.words.texts[doubtful[0]], one.at(doubtful[0])
    if len(proofs) == 1:
        sign, proof = next(iter(proofs.items()))
        if any(number.long for number in one.numbers.values()) and one.numbers[doubtful[0]].grouping(sign):
            long = next(place for place, number in one.numbers.items() if number.long)
            raise DataError(
                f"{at}, column {one.name!r}: {text[:40]!r} would have a grouping sign, since the decimal sign is the {NAMES[sign]} "
                f"({proof}), and {one.words.texts[long][:40]!r} has none. Say what it is by decimal='.' or decimal=','."
            )
        if one.numbers[doubtful[0]].grouping(sign):
            value = float(one.numbers[doubtful[0]].read(sign) or "nan")
            notes.add(f"Column {one.name!r}: {text[:40]!r} was read as {value:.15g}, since {proof} proves the decimal {NAMES[sign]}.")
        return sign
    return _unproved(one, doubtful, separator, notes)


def _unproved(one: Scan, doubtful: Sequence[int], separator: str, notes: Notes) -> str:
    """The decimal sign of a column whose cells are such as 1.234, where no cell of the file proves what that is."""
    text, at = one.words.texts[doubtful[0]], one.at(doubtful[0])
    mark = "," if "," in text else "."
    other = {",": ".", ".": ","}[mark]
    if any(number.long for number in one.numbers.values()):
        return mark  # 12345 without grouping stands beside it
    if mark == "." and separator in POINTED and len(doubtful) == len(one.numbers):
        notes.add(
            f"Column {one.name!r}: the point was taken for the decimal sign, as in {text[:40]!r}; no cell proves it. "
            "decimal=',' says otherwise."
        )
        return mark
    values = [float(one.numbers[doubtful[0]].read(sign) or "nan") for sign in (mark, other)]
    raise DataError(
        f"{at}, column {one.name!r}: {text[:40]!r} may be {values[0]:.15g} or {values[1]:.15g}, and nothing in the file tells which. "
        f"Give decimal={mark!r} or decimal={other!r}."
    )
