"""What stands between the columns: the sign that makes cells of one width that are numbers and dates."""

import csv
import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from rcwidgets.core.datasets.reader.date_parts import clock_of, parts_of
from rcwidgets.core.datasets.reader.gap_words import is_usual
from rcwidgets.core.datasets.reader.notes import DataError
from rcwidgets.core.datasets.reader.number import MONEY, UNITS, number_of

CANDIDATES = ("\t", ";", "|", ",", " ")  # the first of those that are equally good
NONE = "\x1f"  # stands for no separator: a table of one column
JUDGED = 60  # rows, to choose among the candidates


class Row(NamedTuple):
    """A row of cells without blanks around them, and the lines of the file in which it begins and ends."""

    cells: list[str]
    start: int
    end: int

    @property
    def empty(self) -> bool:
        """True where no cell has anything."""
        return not any(self.cells)

    @property
    def width(self) -> int:
        """How many cells it has, without the empty ones at the end."""
        return next((k for k in range(len(self.cells), 0, -1) if self.cells[k - 1]), 0)


def rows_of(lines: Sequence[tuple[int, str]], separator: str, *, strict: bool = True) -> list[Row]:
    """Lines with their numbers as rows; a quote that is never closed is a DataError where it is `strict`."""
    if separator == " ":
        return [Row(_blanks(text), number, number) for number, text in lines]
    reader = csv.reader((text + "\n" for _, text in lines), delimiter=separator, skipinitialspace=separator != "\t", strict=strict)
    made: list[Row] = []
    before = 0
    try:
        for cells in reader:
            made.append(Row([cell.strip() for cell in cells], lines[before][0], lines[reader.line_num - 1][0]))
            before = reader.line_num
    except csv.Error as error:
        raise DataError(f"Line {lines[min(reader.line_num, len(lines)) - 1][0]:,} cannot be read: {error}. Look at its quotes.") from None
    return made


def _blanks(text: str) -> list[str]:
    """Cells apart by blanks; quotes hold blanks together."""
    return [found[1] if found[1] is not None else found[0] for found in re.finditer(r'"([^"]*)"|\S+', text)]


def separator_of(lines: Sequence[tuple[int, str]]) -> str:
    """The separator of a table, by its first lines (comments left out)."""
    best, most = NONE, -9.0
    text = "\n".join(line for _, line in lines)
    for separator in (*CANDIDATES, NONE):
        if separator not in text and separator != NONE and not (separator == " " and "\t" in text):
            continue
        if separator == NONE and _cut_words(lines[0][1]):
            continue
        rows = [row for row in rows_of(lines, separator, strict=False) if not row.empty]
        good = _quality(rows, 1 if separator == NONE else 2)
        if good > most + 1e-9:
            best, most = separator, good
    return next((one for one in "\t;|" if best in ", " and one in text and _explains(lines, one, best)), best)


def _explains(lines: Sequence[tuple[int, str]], separator: str, mark: str) -> bool:
    """True where a separator makes rows of one width in which commas, or blanks, stand in numbers alone: they then separate nothing."""
    rows = [row for row in rows_of(lines, separator, strict=False) if not row.empty]
    marked = [cell for row in rows for cell in row.cells if mark in cell]
    return len({len(row.cells) for row in rows}) == 1 and len(rows[0].cells) > 1 and all(kind_of(cell) == "number" for cell in marked)


def _cut_words(line: str) -> bool:
    """True where a first line holds words with a separator between them: its table has more than one column."""
    bare = re.sub(r'"[^"]*"', "", line)
    return any(mark in bare for mark in "\t;|,") and kind_of(line.strip()) == "word"


def _quality(rows: Sequence[Row], least: int) -> float:
    """How good a separator's rows are: the share of typed cells, without texts that others would cut, of rows of one width, and whether the
    first line has that width too.
    """
    if not rows:
        return -9.0
    width = usual_width(rows)
    if width < least:
        return -9.0
    table = [row for row in rows if row.width <= width <= len(row.cells) or row.width == width]
    first = rows.index(table[0])
    body = table[1:] if len(table) > 1 else table
    cells = [cell for row in body[-JUDGED:] for cell in row.cells[:width]]
    kinds = [kind_of(cell) for cell in cells]
    typed = sum(kind != "word" for kind in kinds) / max(len(cells), 1)
    uncut = sum(_uncut(cell) for cell, kind in zip(cells, kinds, strict=True) if kind == "word") / max(len(cells), 1)
    filled = "number" in kinds or "date" in kinds
    return (typed if filled else 0.2 * typed) - uncut + 0.5 * len(table) / len(rows) + (0.2 if first == 0 else 0.0)


def _uncut(cell: str) -> float:
    """How much a text looks as if it were several cells: blanks stand in many texts, tabs in few."""
    return 1.0 if any(mark in cell for mark in "\t;|") else 0.7 if "," in cell else 0.3 if " " in cell else 0.0


def usual_width(rows: Sequence[Row]) -> int:
    """The width of most rows; of equally many, that of the later ones."""
    counts = Counter(row.width for row in rows)
    latest = {row.width: place for place, row in enumerate(rows)}
    return max(counts, key=lambda width: (counts[width], latest[width]))


def kind_of(cell: str) -> str:
    """What a cell looks like: "number", "date", "gap" or "word"."""
    if is_usual(cell):
        return "gap"
    number = number_of(cell)
    if number is not None and (not number.unit or number.unit in UNITS or MONEY.fullmatch(number.unit)):
        return "number"
    if parts_of(cell) is not None or clock_of(cell) is not None:
        return "date"
    return "word"
