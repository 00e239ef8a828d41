"""A text as typed columns: its layout is found in its first lines, and what was found is held against all rows."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from rcwidgets.core.datasets.reader.bulk import Bulk, read_all, read_words
from rcwidgets.core.datasets.reader.cells import Gathered, Scan, Words, scan
from rcwidgets.core.datasets.reader.decimal_sign import NAMES, QUOTED, Proof, proofs_of, said
from rcwidgets.core.datasets.reader.layout import MOST_COLUMNS, SAMPLE, Layout, layout_of
from rcwidgets.core.datasets.reader.lines import Lines, exact, refuse_widths
from rcwidgets.core.datasets.reader.notes import DataError, Notes
from rcwidgets.core.datasets.reader.options import SEPARATORS, Options
from rcwidgets.core.datasets.reader.parts import WidthError
from rcwidgets.core.datasets.reader.separator import NONE
from rcwidgets.core.datasets.reader.source import Block, NotInEncoding, Source, Text, encoding_of
from rcwidgets.core.datasets.reader.typed import Typed, typed

FALLBACK = "cp1252"
_SIMPLE = re.compile(r"[-+]?[0-9]+(?:\.[0-9]+)?")  # a number where the point is the decimal sign
HEAD = 5  # rows as they stand in the file


class Table(NamedTuple):
    """Typed columns of one length; `lines` (rows,) tells where each row stands in the file.

    `head` are the cells of the first rows, `found` what was found out, in words, by the name of its option.
    """

    columns: list[Typed]
    lines: np.ndarray
    head: list[list[str]]
    found: list[tuple[str, str]]


def read_text(source: Source, options: Options, notes: Notes) -> tuple[Table, bool]:
    """The table of a text in whatever dialect, and whether its first column alone has no name.

    What cannot be read is a DataError that names line and column.
    """
    head = source.head()
    if not head.strip():
        raise DataError("The file has no rows. It needs a line for each time, with numbers.")
    encoding = encoding_of(head, options.encoding)
    try:
        return _read(source, encoding, options, notes)
    except NotInEncoding as error:
        if options.encoding is not None or not encoding.startswith("utf-8"):
            raise DataError(f"Line {error.line:,} is not a text in {encoding}. Give another encoding, such as 'cp1252'.") from None
        other = NotInEncoding(error.line)
    try:
        table = _read(source, FALLBACK, options, notes)
    except (NotInEncoding, DataError) as error:
        words = f"The file is not a text in UTF-8: line {other.line:,} has other bytes"
        if isinstance(error, NotInEncoding):
            raise DataError(f"{words}. Save it as CSV in UTF-8, or give its encoding; export a spreadsheet first.") from None
        raise DataError(f"{error} ({words}; it was read as {FALLBACK}. encoding says it otherwise.)") from None
    notes.add(f"The text was read as {FALLBACK}, since line {other.line:,} is not in UTF-8. encoding says it otherwise.")
    return table


def _read(source: Source, encoding: str, options: Options, notes: Notes) -> tuple[Table, bool]:
    old = _old_ends(source, encoding)
    made = Text(source, encoding, old_ends=old)
    lines, whole = _first_lines(made(), SAMPLE + (options.skip_rows or 0))
    layout = layout_of(lines, options, notes, whole=whole)
    sampled = [_sampled(layout, place, options) for place in range(layout.width)]
    proofs = proofs_of(sampled)
    decimal = said(options) or (next(iter(proofs)) if len(proofs) == 1 else ".")
    plain = [place for place, one in enumerate(sampled) if _is_plain(one, decimal, proofs, options)]
    bulk, layout = _bulk(made, layout, plain, decimal, _likely(source, lines))
    if bulk.comments:
        count, mark = len(bulk.comments), layout.comment
        notes.add(
            f"{count:,} {'line' if count == 1 else 'lines'} (first line {bulk.comments[0]:,}) begin with {mark!r}: comments, left out."
        )
    again = set(bulk.failed)
    if said(options) is None and set(proofs) != {decimal}:  # later rows may have decimals of which the sample told nothing
        again |= {
            place for place in plain if place not in again and not _proved(sampled[place], decimal) and _has_parts(bulk.numbers(place))
        }
    words = {**bulk.words, **(read_words(made, layout, sorted(again)) if again else {})}
    table_lines = _lines(made, layout, bulk, words)
    at = _where(table_lines, layout)
    scans = {place: scan(_name(layout, place), one, at, options.thousands) for place, one in words.items() if place < len(layout.names)}
    proofs = _all_proofs(scans, sampled, plain, again)
    if "," in proofs and decimal == "." and said(options) is None:
        more = [place for place in plain if place not in again and not _proved(sampled[place], ".") and _has_parts(bulk.numbers(place))]
        found = read_words(made, layout, more) if more else {}
        scans |= {place: scan(_name(layout, place), one, at, options.thousands) for place, one in found.items()}
        again |= set(more)
        proofs = _all_proofs(scans, sampled, plain, again)
    keep = _repeated(scans, layout, notes)
    if layout.width == 1:
        _say_empty(table_lines, bulk.comments, notes)
    columns = []
    for place, name in enumerate(layout.names):
        if place in scans:
            one = typed(scans[place], proofs, options, QUOTED if layout.quoted else layout.separator, notes)
            _check_sign(one, scans[place], proofs, options, notes)
        else:
            one = Typed(name, "number", bulk.numbers(place), extremes=bulk.extremes[place])
        columns.append(replace(one, unit=one.unit or layout.units[place]))
    unnamed = len(layout.words) > 1 and not layout.words[0] and any(layout.words)
    head = [row.cells for row in layout.sample[:HEAD]]
    return _kept(Table(columns, table_lines, head, _found(layout, proofs, options, encoding)), keep), unnamed


def _found(layout: Layout, proofs: dict[str, Proof], options: Options, encoding: str) -> list[tuple[str, str]]:
    sign = said(options) or (next(iter(proofs)) if len(proofs) == 1 else "")
    return [
        ("separator", SEPARATORS.get(layout.separator, "none" if layout.separator == NONE else layout.separator)),
        *([("decimal", NAMES[sign])] if sign else []),
        ("header", "names" if any(layout.words) else "data"),
        ("encoding", encoding.removesuffix("-sig")),
    ]


def _old_ends(source: Source, encoding: str) -> bool:
    """True where lines end in a carriage return alone."""
    try:
        text = source.head().decode(encoding, "ignore")
    except LookupError:
        return False
    return "\r" in text and "\n" not in text


def _first_lines(made: Iterable[Block], most: int) -> tuple[list[str], bool]:
    """The first lines of a text, and whether these are all."""
    lines: list[str] = []
    for block in made:
        lines += block.data.decode().replace("\r\n", "\n").removesuffix("\n").split("\n")
        if len(lines) > most:
            return lines[:most], False
    return lines, True


def _likely(source: Source, lines: Sequence[str]) -> int:
    """How many rows a text may have, by the length of its first lines."""
    return min(int(1.05 * source.size * len(lines) / (sum(map(len, lines)) + len(lines))) + 100, 2_000_000)


def _name(layout: Layout, place: int) -> str:
    return layout.names[place] if place < len(layout.names) else f"column {place + 1}"


def _sampled(layout: Layout, place: int, options: Options) -> Scan:
    gathered = Gathered()
    gathered.add([row.cells[place] if place < len(row.cells) else "" for row in layout.sample])
    starts = [row.end for row in layout.sample]
    return scan(_name(layout, place), gathered.words(), lambda row: f"line {starts[row]:,}", options.thousands)


def _is_plain(one: Scan, decimal: str, proofs: dict[str, Proof], options: Options) -> bool:
    """True where all sampled cells are numbers as the reader of pandas takes them, with no doubt about the decimal sign."""
    if one.odd or one.rest or not one.numbers:
        return False
    told = said(options) is not None or set(proofs) == {decimal} or _proved(one, decimal)
    for place, number in one.numbers.items():
        text = one.words.texts[place]
        if _SIMPLE.fullmatch(text) and (told or not number.ambiguous) and decimal == ".":
            continue
        if number.unit or number.read(decimal) is None or number.grouping(decimal) or not text.isascii():
            return False
        if number.ambiguous and not told:
            return False
        if text[-1] in "-)" or text[0] == "(" or "d" in text.lower() or (number.read(decimal) or "").count("e") != text.lower().count("e"):
            return False
    return True


def _proved(one: Scan, decimal: str) -> bool:
    return any(number.proves == decimal for number in one.numbers.values())


def _has_parts(values: np.ndarray) -> bool:
    known = values[np.isfinite(values)]
    return bool((known != np.floor(known)).any())


def _bulk(made: Text, layout: Layout, plain: Sequence[int], decimal: str, likely: int) -> tuple[Bulk, Layout]:
    """All rows; where one has more cells than the sample, the exact pass tells which, or how many empty ones there are."""
    try:
        return read_all(made, layout, plain, decimal, likely), layout
    except WidthError as error:
        lines = exact(made(), layout)
        refuse_widths(lines, layout)
        most = int(lines.cells.max(initial=0))
        if not layout.width < most <= 2 * MOST_COLUMNS:
            raise DataError(f"The table cannot be read: {error}. Look at its quotes and line ends.") from None
        wider = replace(layout, width=most)
        return read_all(made, wider, plain, decimal, likely), wider


def _lines(made: Text, layout: Layout, bulk: Bulk, words: dict[int, Words]) -> np.ndarray:
    """The line of each row; cells that are missing or too many are a DataError."""
    last = len(layout.names) - 1
    gaps = _empty(bulk, words, last)
    beyond = any((~_empty(bulk, words, place)).any() for place in range(last + 1, layout.width))
    if not gaps.any() and not beyond and bulk.ends == bulk.rows and not bulk.comments:
        return np.arange(layout.first, layout.first + bulk.rows)
    lines: Lines = exact(made(), layout)
    refuse_widths(lines, layout)
    if len(lines.numbers) != bulk.rows:
        raise DataError("The table cannot be read: its rows and its lines do not agree. Look at its quotes.")
    return np.where(lines.filled > 0, lines.numbers, -1)


def _empty(bulk: Bulk, words: dict[int, Words], place: int) -> np.ndarray:
    if place in words:
        empty = [k for k, text in enumerate(words[place].texts) if not text]
        return (words[place].codes < 0) | np.isin(words[place].codes, empty)
    return np.isnan(bulk.numbers(place))


def _where(lines: np.ndarray, layout: Layout) -> Callable[[int], str]:
    return lambda row: f"line {int(lines[row]):,}"


def _all_proofs(scans: dict[int, Scan], sampled: Sequence[Scan], plain: Sequence[int], again: set[int]) -> dict[str, Proof]:
    """The proofs of all rows of the columns of texts, and of the sample of the others."""
    known = [sampled[place] for place in plain if place not in again]
    return {**proofs_of(known), **proofs_of(list(scans.values()))}


def _check_sign(one: Typed, scanned: Scan, proofs: dict[str, Proof], options: Options, notes: Notes) -> None:
    """Says where columns of one file have different decimal signs."""
    if one.kind == "number" and len(proofs) == 2 and said(options) is None:
        first, second = proofs.values()
        notes.add(f"The decimal sign is the {NAMES[next(iter(proofs))]} in some columns and not in others: {first}, {second}.")


def _repeated(scans: dict[int, Scan], layout: Layout, notes: Notes) -> np.ndarray | None:
    """The rows to keep where lines repeat the names; None for all."""
    again: np.ndarray | None = None
    for place, one in scans.items():
        name = layout.words[place] if place < len(layout.words) else ""
        if name and name in one.words.texts and 2 * one.count(one.numbers) > one.filled:
            code = one.words.texts.index(name)
            rows = one.words.codes == code
            again = rows if again is None else again & rows
            for found in (one.odd, one.rest):
                if code in found:
                    found.remove(code)
    if again is None or not again.any():
        return None
    notes.add(f"The names stand again in {int(again.sum()):,} {'line' if again.sum() == 1 else 'lines'} below, which are left out.")
    return ~again


def _say_empty(lines: np.ndarray, comments: Sequence[int], notes: Notes) -> None:
    """Says that empty lines of a table of one column, each of which may be a gap, are left out."""
    between = np.setdiff1d(np.arange(lines[0], lines[-1]) if len(lines) else lines, [*lines, *comments])
    if between.size:
        notes.add(f"{between.size:,} empty {'line' if between.size == 1 else 'lines'} (first line {between[0]:,}) left out.")


def _kept(table: Table, keep: np.ndarray | None) -> Table:
    """The table without rows that are empty lines or repeat the names."""
    rows = table.lines >= 0 if keep is None else keep & (table.lines >= 0)
    if rows.all():
        return table
    return table._replace(columns=[one.some(rows) for one in table.columns], lines=table.lines[rows])
