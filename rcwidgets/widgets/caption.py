"""The caption of a figure: its title, its legend, its text alternative and its data as CSV.

bqplot has no accessible names, so the caption also gives the box around it the role `figure`, a name and a description (in the page, see
`frontend/src/caption.ts`).
"""

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import anywidget
from traitlets import Dict, List, Unicode

STATIC = Path(__file__).parents[1] / "static"

Table = tuple[Sequence[str], Iterable[Sequence[Any]]]


def legend_item(text: str, color: str, form: str = "line") -> dict[str, str]:
    """One entry of a legend. `form` is its shape: "line", "wide" (a thick line), "dashed", "band" or "dot"."""
    return {"text": text, "color": color, "form": form}


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """A table as CSV in UTF-8. Texts that a spreadsheet would take for a formula get an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([_plain(cell) for cell in header])
    writer.writerows([_plain(cell) for cell in row] for row in rows)
    return out.getvalue().encode()


def _plain(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


class Caption(anywidget.AnyWidget):
    """The line above a figure.

    The kernel writes the traits, the page only reads them. The page asks for the data with the message `{id, type: "csv"}` and gets
    `{id, ok: true}` with the bytes as a buffer, or `{id, ok: false, error: {text}}`.
    """

    _esm = STATIC / "caption.js"
    _css = STATIC / "caption.css"

    label = Unicode().tag(sync=True)  # the accessible name
    subtitle = Unicode().tag(sync=True)
    legend = List(Dict()).tag(sync=True)
    summary = Unicode().tag(sync=True)  # the text alternative

    def __init__(self, label: str, table: Callable[[], Table]) -> None:
        super().__init__(label=label)
        self._table = table
        self.on_msg(self._answer)

    def _answer(self, _: Any, message: Any, __: Any) -> None:
        if not isinstance(message, dict) or not isinstance(message.get("id"), int):
            return
        if message.get("type") != "csv":
            text = f"Caption.type must be 'csv', got {str(message.get('type'))[:40]!r}."
            self.send({"id": message["id"], "ok": False, "error": {"text": text}})
            return
        self.send({"id": message["id"], "ok": True}, buffers=[csv_bytes(*self._table())])
