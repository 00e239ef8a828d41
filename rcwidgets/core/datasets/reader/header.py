"""Which line holds the names: one that differs in kind from all below it, else the file's reader is asked."""

import itertools
import re
from collections.abc import Sequence
from typing import NamedTuple

from rcwidgets.core.datasets.reader.gap_words import is_known_gap
from rcwidgets.core.datasets.reader.notes import DataError, Notes
from rcwidgets.core.datasets.reader.number import MONEY, UNITS
from rcwidgets.core.datasets.reader.options import Options
from rcwidgets.core.datasets.reader.separator import Row, kind_of

JUDGED = 200  # rows that tell the kind of a column
_BRACKETED = re.compile(r"[\[(<{].{1,20}[\])>}]")
_BROKEN = tuple("0123456789<>=+-.,~@")  # a text that begins so is a number gone wrong, and no name
_STATISTICS = frozenset(["avg", "smp", "tot", "max", "min", "std", "mean", "sum", "count", "wvc"])


class Head(NamedTuple):
    """The rows of names and of units above the data, and the place of the first row of data; `names` is None where there are none."""

    names: list[str] | None
    units: list[str] | None
    first: int


def head_of(rows: Sequence[Row], width: int, length: int, options: Options, notes: Notes) -> Head:
    """Finds the names among rows without empty ones; `width` is the usual one, `length` with the empty cells at the end."""
    if options.header is True:
        return _below(rows, 0, width, options, notes)
    if options.header is False:
        start = next((place for place, row in enumerate(rows) if row.width <= length and len(row.cells) >= width), 0)
        return Head(None, None, start)
    kinds = [_kind([row.cells[place] for row in rows[-JUDGED:] if len(row.cells) > place], place, rows) for place in range(width)]
    start = next((place for place, row in enumerate(rows) if _fits(row, kinds, width, length)), 0)
    if set(kinds) <= {"word", "gap"}:
        return Head(list(rows[start].cells), None, start + 1) if len(rows) > start + 1 else Head(None, None, start)
    if start > 0:
        rows = [*rows[: start - 1], _with_units(rows[start - 1], width), *rows[start:]]
    top = start
    while top > 0 and _is_named(rows[top - 1], width, length) and (top == start or rows[top - 1].end == rows[top].start - 1):
        top -= 1
    later = (place for place in range(top + 1, start) if _has_data(rows[place], kinds))
    start = next(later, start)  # a line with numbers below names is data, whatever is wrong with it
    if top < start:
        return _joined(rows[top:start], start, width, options, notes)
    if start > 0 and rows[start - 1].end == rows[start].start - 1 and start == 1 and rows[0].width > 1:
        _refuse_widths(rows[0], rows[start])
    return _of_numbers(rows, start, kinds, notes)


def _with_units(row: Row, width: int) -> Row:
    """A row of names that has more cells than the table, since a comma stands before units: "time, s,x" is two names."""
    made: list[str] = []
    for cell in row.cells:
        if made and cell in UNITS:
            made[-1] = f"{made[-1]}, {cell}"
        else:
            made.append(cell)
    return row._replace(cells=made) if row.width > width == len(made) else row


def _refuse_widths(names: Row, row: Row) -> None:
    raise DataError(
        f"Line {row.end:,} has {_cells(len(row.cells))}, line {names.end:,} has {len(names.cells)}. Every line needs one cell for each "
        "column; skip_rows leaves lines at the start out."
    )


def _cells(count: int) -> str:
    return f"{count} {'cell' if count == 1 else 'cells'}"


def _kind(cells: Sequence[str], place: int, rows: Sequence[Row]) -> str:
    """The kind of most cells of a column, gaps left out; the later half tells, since names stand at the start."""
    later = cells[len(cells) // 2 :] if len(cells) > 2 else cells[-1:]
    kinds = [kind for kind in map(kind_of, later) if kind != "gap"]
    if not kinds:
        kinds = [kind for kind in map(kind_of, cells[1:]) if kind != "gap"]
    return max(("number", "date", "word"), key=kinds.count) if kinds else "gap"


def _fits(row: Row, kinds: Sequence[str], width: int, length: int) -> bool:
    """True where a row may be one of data: each cell is of its column's kind, or a gap."""
    if len(row.cells) < width or row.width > length:
        return False
    for cell, kind in zip(row.cells, kinds, strict=False):
        own = kind_of(cell)
        if own in (kind, "gap") or kind not in ("number", "date"):
            continue
        if own != "word" or (not is_known_gap(cell) and not cell.startswith(_BROKEN)):
            return False
    return True


def _has_data(row: Row, kinds: Sequence[str]) -> bool:
    """True where a cell is a number or a date as those of its column are."""
    return any(kind in ("number", "date") and kind_of(cell) == kind for cell, kind in zip(row.cells, kinds, strict=False))


def _is_named(row: Row, width: int, length: int) -> bool:
    """True where a row may hold names, units or the like: of the table's width, with a word in it."""
    if len(row.cells) < width or row.width > length or row.width == 0:
        return False
    kinds = [kind_of(cell) for cell in row.cells[: row.width]]
    return "word" in kinds or kinds.count("date") + kinds.count("number") == len([kind for kind in kinds if kind != "gap"])


def _joined(rows: Sequence[Row], start: int, width: int, options: Options, notes: Notes) -> Head:
    """Names of one line or several, units below them left apart."""
    names, units, lines = list(rows[0].cells), None, [rows[0].end]
    for row in rows[1:]:
        if units is None and (options.units is True or (options.units is not False and _are_units(row.cells))):
            units = list(row.cells)
        elif {cell.lower() for cell in row.cells if cell} <= _STATISTICS:
            continue
        else:
            lines.append(row.end)
            names = [
                " ".join(part for part in pair if part) for pair in zip(_filled(names), [*row.cells, *[""] * len(names)], strict=False)
            ]
    if len(lines) > 1:
        notes.add(f"The names are joined from lines {', '.join(f'{line:,}' for line in lines)}.")
    return Head(names, units, start)


def _filled(names: Sequence[str]) -> list[str]:
    """Names of a first line, where an empty cell goes on with the one before."""
    made: list[str] = []
    for name in names:
        made.append(name or (made[-1] if made else ""))
    return made


def _below(rows: Sequence[Row], place: int, width: int, options: Options, notes: Notes) -> Head:
    """The names in a row that a user named, and units below it where they are."""
    names = list(rows[place].cells)
    following = rows[place + 1] if place + 1 < len(rows) else None
    if following is not None and (options.units is True or (options.units is not False and _are_units(following.cells))):
        return Head(names, list(following.cells), place + 2)
    return Head(names, None, place + 1)


def _are_units(cells: Sequence[str]) -> bool:
    """True where most cells that are not empty are units."""
    filled = [cell for cell in cells if cell]
    known = sum(
        bool(cell in UNITS or _BRACKETED.fullmatch(cell) or MONEY.fullmatch(cell) or cell in ("-", "1", "s", "TS", "RN")) for cell in filled
    )
    words = all(kind_of(cell) != "number" or cell in ("-", "1") for cell in filled)
    return bool(filled) and words and 2 * known >= len(filled)


def _of_numbers(rows: Sequence[Row], start: int, kinds: Sequence[str], notes: Notes) -> Head:
    """A first row of whole numbers: names where all below have decimals; asked where it looks like counted columns."""
    first, below = rows[start], rows[start + 1 :][:JUDGED]
    cells = first.cells[: len(kinds)]
    if not below or set(kinds) != {"number"} or not all(cell.isdecimal() for cell in cells) or len(set(cells)) < len(cells):
        return Head(None, None, start)
    decimal = [[bool(re.search(r"[.,]\d|[eE]-", row.cells[place])) for row in below if row.cells[place]] for place in range(len(cells))]
    shown = ", ".join(cells[:4])
    if all(all(column) for column in decimal):
        if len(cells) == 1:
            notes.add(f"Line {first.end:,} ({shown}) was read as data. header=True makes it the name.")
            return Head(None, None, start)
        notes.add(f"Line {first.end:,} ({shown}) was read as the names, since all numbers below have decimals. header=False makes it data.")
        return Head(list(first.cells), None, start + 1)
    half = len(cells) > 1 and all(2 * sum(column) >= len(column) for column in decimal)
    counted = _steps(cells) and not any(_steps(row.cells[: len(cells)]) for row in below)
    if half or (counted and len(cells) > 2):
        raise DataError(f"Line {first.end:,} ({shown}) may be names or data, and nothing tells which. Give header=True or header=False.")
    if counted and len(below) > 3 and len(cells) == 2 and cells[0] in ("0", "1"):
        notes.add(f"Line {first.end:,} ({shown}) was read as data. header=True makes it the names.")
    return Head(None, None, start)


def _steps(cells: Sequence[str]) -> bool:
    """True where each number is one more than the one before."""
    return len(cells) > 1 and all(cell.isdecimal() for cell in cells) and all(int(b) - int(a) == 1 for a, b in itertools.pairwise(cells))
