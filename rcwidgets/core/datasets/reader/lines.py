"""The exact pass over a text: which line each row stands in, and how many cells it has; made only where something is amiss."""

import csv
import io
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np

from rcwidgets.core.datasets.reader.layout import Layout, is_comment
from rcwidgets.core.datasets.reader.notes import DataError
from rcwidgets.core.datasets.reader.source import Block


class Lines(NamedTuple):
    """Of each row that is not an empty line: the `number` of its (last) line, how many `cells` it has, and whether all are `blank`."""

    numbers: np.ndarray
    cells: np.ndarray
    filled: np.ndarray


def body(made: Iterable[Block], layout: Layout, dropped: list[int] | None = None) -> Iterator[Block]:
    """The blocks from the first line of data on, without comments; the numbers of those are put into `dropped`."""
    comment = layout.comment.encode()
    for block in made:
        if block.line + block.ends < layout.first:
            continue
        line, data = block.line, block.data
        if line < layout.first:
            data, line = data.split(b"\n", layout.first - line)[-1], layout.first
        ends = block.line + block.ends - line
        if (
            comment
            and comment[:1] in data
            and (data[:40].lstrip().startswith(comment) or b"\n" + comment in data or b" " + comment in data)
        ):
            kept = []
            for place, one in enumerate(data.split(b"\n")):
                if not (one and is_comment(one.decode(), layout.comment)):
                    kept.append(one)
                elif dropped is not None:
                    dropped.append(line + place)
            data, ends = b"\n".join(kept), len(kept) - 1
        if data:
            yield Block(line, ends, data)


def exact(made: Iterable[Block], layout: Layout) -> Lines:
    """The lines of all rows. A quote that is never closed is a DataError."""
    numbers, cells, filled = [], [], []
    dropped: list[int] = []
    kept = body(made, layout, dropped)
    lines = _lines(kept)
    if layout.separator == " ":
        for number, text in enumerate(lines, layout.first):
            if text.strip():
                numbers.append(number)
                cells.append(len(text.split()) if '"' not in text else layout.width)
                filled.append(len(text.split()))
    else:
        reader = csv.reader(lines, delimiter=layout.separator, skipinitialspace=layout.separator != "\t", strict=True)
        try:
            for row in reader:
                if len(row) > 1 or (row and row[0].strip()):
                    numbers.append(layout.first + reader.line_num - 1)
                    cells.append(len(row))
                    filled.append(max((k + 1 for k, cell in enumerate(row) if cell.strip()), default=0))
        except csv.Error as error:
            raise DataError(f"Line {layout.first + reader.line_num - 1:,} cannot be read: {error}. Look at its quotes.") from None
    found = np.array(numbers, np.int64)
    for line in dropped:  # a comment moves all lines below it
        found[found >= line] += 1
    return Lines(found, np.array(cells, np.int64), np.array(filled, np.int64))


def _lines(made: Iterable[Block]) -> Iterator[str]:
    for block in made:
        yield from io.StringIO(block.data.decode(), newline="\n")


def refuse_widths(lines: Lines, layout: Layout) -> None:
    """Raises the DataError of the first row with more or fewer cells than columns; empty cells past the last are of no matter."""
    columns = len(layout.names)
    bad = ((lines.cells < columns) & (lines.filled > 0)) | (lines.filled > columns)
    if bad.any():
        row = int(np.argmax(bad))
        count = int(lines.cells[row])
        raise DataError(
            f"Line {lines.numbers[row]:,} has {count} {'cell' if count == 1 else 'cells'}, "
            f"line {max(layout.first - 1, 1):,} has {columns}. "
            "Every line needs one cell for each column."
        )
