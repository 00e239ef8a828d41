"""The caption of a figure: its title, its legend, its text alternative and its data as CSV.

bqplot has no accessible names, so the caption also gives the box around it the role `figure`, a name and a description (in the page, see
`frontend/src/caption.ts`).
"""

import csv
import io
import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Protocol

import anywidget
from traitlets import Dict, List, Unicode

from rcwidgets.widgets.message import answer, gesture_of

KINDS = ("csv", "choose", "channels", "zoom", "size", "split")  # of messages
STATIC = Path(__file__).parents[1] / "static"

Table = tuple[Sequence[str], Iterable[Sequence[Any]]]
Control = dict[str, Any]  # a choice in a caption: its name, its value, and the options


def legend_item(text: str, color: str, form: str = "line", title: str = "") -> dict[str, str]:
    """One entry of a legend. `form` is its shape: "line", "wide" (a thick line), "dashed", "band", "strip" or "dot"; `title` explains."""
    return {"text": text, "color": color, "form": form} | ({"title": title} if title else {})


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """A table as CSV in UTF-8. Texts that a spreadsheet would take for a formula get an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([_plain(cell) for cell in header])
    writer.writerows([_plain(cell) for cell in row] for row in rows)
    return out.getvalue().encode()


def _plain(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def refuse_border(border: int, row: int, gesture: str | None) -> int:
    """The answer of a figure that has no borders to move."""
    raise ValueError("Caption.border must be one of the figure's borders, and this one has none. Choose Data and split.")


def refuse(name: str, value: str) -> None:
    """The answer of a figure that leaves nothing to choose."""
    raise ValueError(f"Caption.name must be one of its controls, got {name[:40]!r}.")


class Answers(Protocol):
    """What a caption asks of the figure that it belongs to; see `FigureBox`."""

    def table(self) -> Table: ...
    def choose(self, name: str, value: str) -> None: ...
    def show_channels(self, places: Sequence[int]) -> None: ...
    def zoom(self, panel: int, window: Sequence[float]) -> None: ...
    def resize(self, panel: int, width: float, height: float) -> None: ...
    def move(self, border: int, row: int, gesture: str | None) -> int: ...


class Caption(anywidget.AnyWidget):
    """The line above a figure.

    The kernel writes the traits, the page only reads them. The page sends `{id, type: "csv"}` and gets the data as a buffer,
    `{id, type: "choose", name, value}` where a person made a choice, `{id, type: "channels", shown: [place, ...]}` for which channels to
    draw, `{id, type: "zoom", panel, to: [left, right, low, high]}`, parts of the whole from 0 to 1, `{id, type: "size", panel, width,
    height}` for a panel's pixels, or `{id, type: "split", border, row, gesture}` where a hand moves a border, and gets
    `{id, ok: true, result: {revision}}`. See `answer` for what cannot be done.
    """

    _esm = STATIC / "caption.js"
    _css = STATIC / "caption.css"

    label = Unicode().tag(sync=True)  # the accessible name
    subtitle = Unicode().tag(sync=True)
    legend = List(Dict()).tag(sync=True)
    summary = Unicode().tag(sync=True)  # the text alternative
    old = Unicode().tag(sync=True)  # what the drawing is of, where it is another model's: "of the last model: Lorenz, 1 step"
    empty = Unicode().tag(sync=True)  # what is said in the place of a drawing: "no forecast yet: press Run"
    controls = List(Dict()).tag(sync=True)
    split = Dict().tag(sync=True)  # the parts and borders of a figure that has such: see `SplitFigure`
    about = Unicode().tag(sync=True)  # what a picture that leaves the page says of the drawn results
    channels = List(Dict()).tag(sync=True)  # all channels of a figure that draws some of several: name, and color ("": not drawn)
    panels = List(Dict()).tag(sync=True)  # see `Panel.wire`
    windows = List(List()).tag(sync=True)  # of each panel: left, right, low and high of what it shows, as parts of the whole

    def __init__(self, label: str, figure: Answers) -> None:
        super().__init__(label=label)
        self._figure = figure
        self.on_msg(self._receive)

    def _receive(self, _: Any, message: Any, __: Any) -> None:
        if isinstance(message, dict) and isinstance(message.get("id"), int):
            answer(self, message, self._do)

    def _do(self, message: dict[str, Any]) -> dict[str, Any] | bytes | None:
        figure = self._figure
        match message.get("type"):
            case "csv":
                return csv_bytes(*figure.table())
            case "choose":
                figure.choose(str(message.get("name")), str(message.get("value")))
            case "channels":
                figure.show_channels(_places(message.get("shown")))
            case "zoom":
                figure.zoom(*_window(message.get("panel"), message.get("to")))
            case "size":
                figure.resize(_whole("panel", message), _pixels("width", message), _pixels("height", message))
            case "split":
                return {"revision": figure.move(_whole("border", message), _whole("row", message), gesture_of(message))}
            case other:
                raise ValueError(f"Caption.type must be one of {', '.join(KINDS)}, got {str(other)[:40]!r}.")
        return None


def _whole(name: str, message: dict[str, Any]) -> int:
    """A whole number of a message; anything else is an error."""
    value = message.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError(f"Caption.{name} must be a whole number, got {str(value)[:40]!r}.")
    return value


def _pixels(name: str, message: dict[str, Any]) -> float:
    """A size of a message, in pixels; anything else is an error."""
    value = message.get(name)
    if not isinstance(value, int | float) or isinstance(value, bool) or not (math.isfinite(value) and 0 < value < 1e5):
        raise ValueError(f"Caption.{name} must be a number of pixels, got {str(value)[:40]!r}.")
    return float(value)


def _places(shown: Any) -> list[int]:
    """The places of channels; anything else is an error."""
    if isinstance(shown, list) and len(shown) < 10_000 and all(isinstance(one, int) and not isinstance(one, bool) for one in shown):
        return shown
    raise ValueError(f"Caption.shown must be a list of places of channels, got {str(shown)[:60]}.")


def _window(panel: Any, to: Any) -> tuple[int, Sequence[float]]:
    """The panel's number, and left, right, low and high as parts of the whole; anything else is an error."""
    if isinstance(panel, int) and isinstance(to, list) and len(to) == 4 and all(isinstance(one, int | float) for one in to):
        left, right, low, high = to
        if 0 <= left < right <= 1 and 0 <= low < high <= 1:
            return panel, to
    raise ValueError(f"Caption.to must be [left, right, low, high], from 0 to 1, got {str(to)[:60]}.")
