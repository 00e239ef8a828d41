"""The first rows of a file with what each of its columns was taken for, to be looked at."""

from collections.abc import Sequence

import numpy as np

from rcwidgets.core.datasets.reader.source import Source, encoding_of
from rcwidgets.core.datasets.reader.typed import Typed
from rcwidgets.core.datasets.table import Preview

ROWS, COLUMNS = 5, 40  # as many are shown
LONGEST = 60  # characters of a cell
LINES, LONGEST_LINE = 8, 300  # of a file that cannot be read


def preview_of_cells(
    columns: Sequence[Typed],
    rows: Sequence[Sequence[str]],
    channels: Sequence[str],
    left_out: Sequence[tuple[str, str]],
    found: Sequence[tuple[str, str]],
) -> Preview:
    """The preview of a text: `columns` as they were understood, `rows` of its cells, and which became `channels`, or not and why."""
    reasons = dict(left_out)
    shown = columns[:COLUMNS]
    taken = [_taken(one, channels, reasons) for one in shown]
    cells = tuple(tuple(_cut(cell) for cell in [*row, *[""] * len(shown)][: len(shown)]) for row in rows[:ROWS])
    return Preview(tuple(one.name for one in shown), tuple(taken), cells, len(columns), tuple(found))


def preview_of_values(values: np.ndarray, time: np.ndarray, channels: Sequence[str], label: str) -> Preview:
    """The preview of a table (rows, columns) that came as numbers; `label` is the name of its time, "row" without one."""
    timed = label != "row"
    names = [*([label] if timed else []), *channels]
    taken = ["time"] * timed + ["number"] * len(channels)
    rows = [[*([str(time[k])] if timed else []), *(f"{value:.6g}" for value in values[k, :COLUMNS])] for k in range(min(ROWS, len(values)))]
    cells = tuple(tuple(_cut(cell) for cell in row[:COLUMNS]) for row in rows)
    return Preview(tuple(names[:COLUMNS]), tuple(taken[:COLUMNS]), cells, len(names))


def first_lines(source: Source, encoding: str | None = None) -> list[str]:
    """The first lines of a file as a text, cut where they are long; none of a file that is no text."""
    try:
        head = source.head(LINES * LONGEST_LINE * 4)
        if b"\0" in head and not encoding_of(head, encoding).startswith("utf-16"):
            return []
        text = head.decode(encoding_of(head, encoding), "replace")
    except (ValueError, OSError, LookupError):
        return []
    return [
        "".join(letter if letter.isprintable() or letter == "\t" else " " for letter in line[:LONGEST_LINE])
        for line in text.splitlines()[:LINES]
    ]


def _taken(one: Typed, channels: Sequence[str], reasons: dict[str, str]) -> str:
    if one.name in channels:
        return f"number, {one.unit}" if one.unit else "number"
    if one.name in reasons:
        return f"left out: {reasons[one.name]}"
    return "time"


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 3] + "..."
