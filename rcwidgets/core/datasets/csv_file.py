"""CSV files: read as text and numbers, never evaluated; whatever is wrong is named by its line and column."""

import csv
import io
import re
from collections.abc import Sequence
from datetime import datetime
from os import PathLike, fspath
from pathlib import Path

import numpy as np

from rcwidgets.core.datasets.table import Column, Series, clean_name, series_of

MOST_BYTES = 20_000_000  # of a file: parsed in a few seconds, and a few hundred MB while it is
MOST_COLUMNS = 500
GAPS = frozenset({"", "na", "n/a", "nan", "null", "none"})  # cells without a number, whatever their case
SEPARATORS = (";", "\t", ",")  # the first of them that the first line has
_GERMAN_DATE = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")


def from_csv(
    source: str | PathLike[str] | bytes, inputs: str | Sequence[str] | None = None, targets: str | Sequence[str] | None = None
) -> dict[str, np.ndarray]:
    """Columns of a CSV file as arrays: {'inputs' (rows, columns), 'targets' (rows, columns)}, float64.

    `source` is a path, or the bytes of a file. `inputs` and `targets` name columns, in the order wanted; without `inputs` all columns of
    numbers that are neither targets nor the time axis are inputs, and without `targets` there is no such entry. Between the columns stand
    commas, semicolons (then a comma may be the decimal point) or tabs; the first line may hold the names. A gap in a column that is asked
    for is a ValueError that names its line. See also `from_frame`, which reads data frames.

    `from_csv("weather.csv", inputs=["pressure", "wind"], targets="rain")`
    """
    if isinstance(source, bytes):
        series = read_csv(source)
    elif not isinstance(source, str | PathLike):
        raise TypeError(
            f"from_csv.source must be a path or the bytes of a CSV file, got {type(source).__name__}. from_frame reads data frames."
        )
    else:
        path = Path(fspath(source))
        series = read_csv(path.read_bytes(), path.name)
    wanted = _places(series, targets, "targets") if targets is not None else []
    chosen = _places(series, inputs, "inputs") if inputs is not None else [k for k in range(len(series.channels)) if k not in wanted]
    if not chosen:
        raise ValueError(f"from_csv.inputs must name a column, got none. Valid names: {', '.join(series.channels)}.")
    read = {"inputs": _taken(series, chosen)}
    return read | ({"targets": _taken(series, wanted)} if wanted else {})


def read_csv(data: bytes, name: str = "") -> Series:
    """The table of a CSV file's bytes; gaps are NaN. A file that cannot be read is a ValueError that names the line and the column."""
    if len(data) > MOST_BYTES:
        raise ValueError(f"A file may have {MOST_BYTES // 1_000_000} MB, this one has {len(data) / 1e6:.1f}. Take fewer rows or columns.")
    text = _decoded(data)
    separator = _separator(text)
    cells, lines = _cells(text, separator)
    width = len(cells) // len(lines)
    names = _header(cells[:width], decimal_comma=separator == ";") if len(lines) > 1 else None
    start = 0 if names is None else 1
    known: list[str] = []
    for place in range(width):
        known.append(clean_name(names[place] if names else "", known, place))
    columns = [
        _column(name, cells[start * width + place :: width], lines[start:], decimal_comma=separator == ";")
        for place, name in enumerate(known)
    ]
    return series_of(columns, "file", name=name, lines=np.array(lines[start:]))


def _decoded(data: bytes) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise ValueError(
            f"The file is not a text in UTF-8: line {line:,} has other bytes. Save it as CSV in UTF-8; export a spreadsheet first."
        ) from None
    if "\0" in text:
        raise ValueError(f"The file is not a text: line {text[: text.index(chr(0))].count(chr(10)) + 1:,} has a zero byte. Save it as CSV.")
    return text


def _separator(text: str) -> str:
    """What stands between the cells: told by the first line that is not empty, outside of quotes."""
    first = next((line for line in io.StringIO(text) if line.strip()), "")
    bare = re.sub(r'"[^"]*"', "", first)
    return next((separator for separator in SEPARATORS if separator in bare), ",")


def _cells(text: str, separator: str) -> tuple[list[str], list[int]]:
    """All cells, row after row, of the rows that are not empty, all of one width; and the line of the file that each row ends in."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, skipinitialspace=separator != "\t", strict=True)
    cells: list[str] = []  # one flat list: a list for each row takes longer and much more memory
    lines: list[int] = []
    width = 0
    try:
        for row in reader:
            if not "".join(row).strip():
                continue
            width = width or len(row)
            cells += row if len(row) == width else _fitted(row, width, reader.line_num, lines[0])
            lines.append(reader.line_num)
    except csv.Error as error:
        raise ValueError(f"Line {reader.line_num:,} cannot be read: {error}. Look at its quotes.") from None
    if not lines:
        raise ValueError("The file has no rows. It needs a line for each time, with numbers.")
    if width > MOST_COLUMNS:
        raise ValueError(f"A file may have {MOST_COLUMNS} columns, this one has {width:,}. Leave some out.")
    return cells, lines


def _fitted(cells: list[str], width: int, line: int, first_line: int) -> list[str]:
    """A row as wide as the first one: empty cells past it are of no matter, anything else is an error."""
    if len(cells) > width and not "".join(cells[width:]).strip():
        return cells[:width]
    raise ValueError(
        f"Line {line:,} has {len(cells)} {'cell' if len(cells) == 1 else 'cells'}, line {first_line:,} has {width}. "
        "Every line needs one cell for each column."
    )


def _header(cells: Sequence[str], *, decimal_comma: bool) -> list[str] | None:
    """The first line's cells where they are names: none is a number or a date, and one at least is not empty."""
    words = [_plain(cell, decimal_comma) for cell in cells]
    named = [word for word in words if word.lower() not in GAPS]
    return list(cells) if named and not any(_number(word) is not None or _date(word) is not None for word in named) else None


def _column(name: str, cells: Sequence[str], lines: Sequence[int], *, decimal_comma: bool) -> Column:
    """A column of numbers, or of dates, or one of text, which is of no use; a stray cell among numbers is a ValueError."""
    values = None if decimal_comma else _numbers(cells)
    if values is not None and np.isfinite(values).any():
        return Column(name, values)
    words = [_plain(cell, decimal_comma) for cell in cells]
    there = [k for k, word in enumerate(words) if word.lower() not in GAPS]
    if not there:
        return Column(name, None, "empty")
    values = _numbers([word if word.lower() not in GAPS else "nan" for word in words])
    if values is not None:
        return Column(name, values)
    dates = read_dates(words)
    if dates is not None:
        return dates._replace(name=name)
    read = [_number(word) for word in words]
    bad = [k for k in there if read[k] is None]
    if 2 * len(bad) > len(there):
        return Column(name, None, "text")
    advice = "Between the columns must stand ; where a comma is the decimal point. " if re.fullmatch(r"-?\d+,\d+", words[bad[0]]) else ""
    raise ValueError(
        f"Line {lines[bad[0]]:,}, column {name!r}: {cells[bad[0]][:40]!r} is not a number. {advice}Correct it, or leave the cell empty."
    )


def _plain(cell: str, decimal_comma: bool) -> str:
    word = cell.strip()
    return word.replace(",", ".", 1) if decimal_comma and "." not in word else word


def _numbers(words: Sequence[str]) -> np.ndarray | None:
    """All words as numbers, "nan" among them, at the speed of NumPy; None where one is none."""
    try:
        values = np.array(words, dtype=np.float64)
    except ValueError:
        return None
    return None if np.isinf(values).any() or "_" in "".join(words) else values


def _number(word: str) -> float | None:
    """The finite number that a word is, or None."""
    if "_" in word or word.lower() in GAPS:
        return None
    try:
        value = float(word)
    except ValueError:
        return None
    return value if np.isfinite(value) else None


def read_dates(words: Sequence[str]) -> Column | None:
    """A nameless column of dates, as seconds since the first; None where a word is no date, or where only some tell their time zone."""
    first = _date(words[0])
    if first is None:
        return None
    seconds = np.empty(len(words))
    for k, word in enumerate(words):
        date = _date(word)
        if date is None or (date.tzinfo is None) != (first.tzinfo is None):
            return None
        seconds[k] = (date - first).total_seconds()
    whole = not any((first.hour, first.minute, first.second))
    return Column("", seconds, first=str(first.date()) if whole else first.strftime("%Y-%m-%d %H:%M:%S"))


def _date(word: str) -> datetime | None:
    """A date as in 2024-05-31, 2024-05-31 13:45 or 31.5.2024, or None; bare digits are a number."""
    german = _GERMAN_DATE.match(word)
    iso = f"{german[3]}-{int(german[2]):02}-{int(german[1]):02}{word[german.end() :]}" if german else word
    if "-" not in iso[1:]:
        return None
    try:
        return datetime.fromisoformat(iso)
    except ValueError:
        return None


def _places(series: Series, asked: str | Sequence[str], field: str) -> list[int]:
    """Where the columns asked for stand; each must be there and hold numbers."""
    found = []
    reasons = dict(series.left_out)
    for name in [asked] if isinstance(asked, str) else list(asked):
        if name not in series.channels:
            why = f", which is {reasons[name]}" if name in reasons else ""
            raise ValueError(
                f"from_csv.{field} must name columns of numbers, got {name!r}{why}. Valid names: {', '.join(series.channels)}."
            )
        found.append(series.channels.index(name))
    return found


def _taken(series: Series, places: Sequence[int]) -> np.ndarray:
    values = series.values[:, places]
    gaps = ~np.isfinite(values)
    if gaps.any():
        row, column = (int(one) for one in np.argwhere(gaps)[0])
        name = series.channels[places[column]]
        raise ValueError(f"from_csv.source column {name!r} has no number in {series.where(row)}. Fill it in, or leave the column out.")
    return values
