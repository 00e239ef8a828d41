"""How a text holds its table: where it begins, what is a comment, what stands between the columns, and how they are called."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rcwidgets.core.datasets.reader.header import Head, head_of
from rcwidgets.core.datasets.reader.notes import DataError, Notes
from rcwidgets.core.datasets.reader.options import Options
from rcwidgets.core.datasets.reader.separator import CANDIDATES, NONE, Row, kind_of, rows_of, separator_of, usual_width
from rcwidgets.core.datasets.table import clean_name
from rcwidgets.core.short import short_repr

MOST_COLUMNS = 500
SAMPLE = 400  # lines
_TOLD = re.compile(r'"?sep=(?P<separator>.)"?', re.IGNORECASE)
_COMMENTS = ("#", "%", "//", "!")
_CELL_ERROR = re.compile(r"#(?:N/A|DIV/0!|VALUE!|REF!|NUM!|NAME\?|NULL!)", re.IGNORECASE)


_QUOTED = re.compile(r"\"\s*[-+(]?[0-9][0-9.,' ]*\"")


@dataclass(frozen=True)
class Layout:
    """A table of `width` cells a row, of which the last may all be empty and without a name.

    `names` are unique, `words` those of the file (empty where it has none), `units` those of a line of units. The data begin in the line
    `first`; lines that begin with `comment` are none. `sample` are the first rows of data. Where some of their numbers are `quoted`, these
    may hold the separator; it has `blanks` where some line has one.
    """

    separator: str
    comment: str
    names: tuple[str, ...]
    words: tuple[str, ...]
    units: tuple[str, ...]
    width: int
    first: int
    sample: tuple[Row, ...]
    quoted: bool = False
    blanks: bool = True

    __repr__ = short_repr


def is_comment(line: str, comment: str) -> bool:
    """True where a line is a comment, and no error of a spreadsheet such as #N/A."""
    text = line.lstrip()
    return bool(comment) and text.startswith(comment) and not _CELL_ERROR.match(text)


def layout_of(lines: Sequence[str], options: Options, notes: Notes, *, whole: bool) -> Layout:
    """The layout by the first lines of a text; `whole` where these are all."""
    numbered = [(place + 1, line) for place, line in enumerate(lines)]
    asked, numbered = _told_separator(numbered[options.skip_rows or 0 :])
    comment = options.comment if options.comment is not None else _comment(numbered)
    kept = [one for one in numbered if not is_comment(one[1], comment) and one[1].strip()]
    if not kept:
        raise DataError("The file has no rows. It needs a line for each time, with numbers.")
    separator = options.separator or asked or separator_of(kept)
    rows = [row for row in _rows(kept, separator, whole=whole) if not row.empty]
    if not rows:
        raise DataError("The file has no rows. It needs a line for each time, with numbers.")
    width = usual_width(rows)
    length = max(len(row.cells) for row in rows if row.width == width)
    if width > MOST_COLUMNS:
        raise DataError(f"A file may have {MOST_COLUMNS} columns, this one has {width:,}. Leave some out.")
    head = head_of(rows, width, length, options, notes)
    if head.names is None and options.header is None:
        head = _commented(numbered, comment, separator, width, head, rows)
    if head.first >= len(rows):
        raise DataError("The file has no rows below its names. It needs a line for each time, with numbers.")
    names, head = _named(head, rows, width, options)
    _say_skipped(rows, head, numbered, comment, notes)
    data = rows[head.first :]
    known: list[str] = []
    for place, name in enumerate(names):
        known.append(clean_name(name, known, place))
    units = [*(head.units or []), *[""] * len(known)][: len(known)]
    cells = max(len(row.cells) for row in data)
    start = data[0].start
    quoted = any(_QUOTED.search(text) for number, text in kept if number >= start)
    blanks = any(" " in text for number, text in kept if number >= start)
    return Layout(
        separator, comment, tuple(known), tuple(names), tuple(_bare(unit) for unit in units), cells, start, tuple(data), quoted, blanks
    )


def _rows(lines: Sequence[tuple[int, str]], separator: str, *, whole: bool) -> list[Row]:
    """The rows of the sample; where its end cuts a quoted cell, the rows before it."""
    try:
        return rows_of(lines, separator)
    except DataError:
        if whole:
            raise
        quoted = max(place for place, (_, line) in enumerate(lines) if '"' in line)
        if len(lines) - quoted > SAMPLE // 2 or quoted < 2:
            raise
        return _rows(lines[:quoted], separator, whole=False)


def _told_separator(lines: list[tuple[int, str]]) -> tuple[str | None, list[tuple[int, str]]]:
    """What a first line such as "sep=;" tells, and the lines below it."""
    told = _TOLD.fullmatch(lines[0][1].strip()) if lines else None
    return (told["separator"], lines[1:]) if told else (None, lines)


def _comment(lines: Sequence[tuple[int, str]]) -> str:
    """What comments begin with: some line does; "#" where none does, since later lines may."""
    for comment in _COMMENTS:
        if any(is_comment(line, comment) for _, line in lines):
            return comment
    return "#"


def _commented(lines: Sequence[tuple[int, str]], comment: str, separator: str, width: int, head: Head, rows: Sequence[Row]) -> Head:
    """The names in the last comment above the data, where it has as many words as there are columns."""
    above = [one for one in lines if one[0] < rows[head.first].start and is_comment(one[1], comment)]
    if not above:
        return head
    text = above[-1][1].lstrip()[len(comment) :].strip()
    for one in dict.fromkeys((separator, *CANDIDATES)):
        cells = [text] if one == NONE else [cell for row in rows_of([(above[-1][0], text)], one, strict=False) for cell in row.cells]
        if len(cells) == width and any(kind_of(cell) == "word" for cell in cells):
            return head._replace(names=cells)
    return head


def _named(head: Head, rows: Sequence[Row], width: int, options: Options) -> tuple[list[str], Head]:
    """A name for each column; those that the user gave go before those of the file."""
    data = rows[head.first :]
    if isinstance(options.header, list | tuple):
        cells = max(row.width for row in data)
        if len(options.header) != cells:
            raise DataError(
                f"from_csv.header must have a name for each of {cells} columns, got {len(options.header)}. Add or leave out some."
            )
        return list(options.header), head
    if head.names is None:
        return [""] * max(width, max(row.width for row in data)), head
    names = list(head.names)
    while names and not names[-1] and len(names) > width:
        names.pop()
    if len(names) > MOST_COLUMNS:
        raise DataError(f"A file may have {MOST_COLUMNS} columns, this one has {len(names):,}. Leave some out.")
    return [*names, *[""] * (width - len(names))], head


def _say_skipped(rows: Sequence[Row], head: Head, lines: Sequence[tuple[int, str]], comment: str, notes: Notes) -> None:
    """Says which lines above the names are not of the table."""
    top = head.first - (head.names is not None) - (head.units is not None)
    skipped = list(rows[: max(top, 0)]) if head.names is not None else list(rows[: head.first])
    known = set(head.names or ())
    skipped = [row for row in skipped if not known or not set(row.cells) <= known]
    if skipped:
        first, last = skipped[0].start, skipped[-1].end
        which = f"Line {first:,} is" if first == last else f"Lines {first:,} to {last:,} are"
        notes.add(f"{which} above the table and left out.")


def _bare(unit: str) -> str:
    return unit.strip("[](){}<> ")
