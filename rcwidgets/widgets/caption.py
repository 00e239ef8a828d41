"""The caption of a figure: its title, its legend, its text alternative and its data as CSV.

bqplot has no accessible names, so the caption also gives the box around it the role `figure`, a name and a description (in the page, see
`frontend/src/caption.ts`).
"""

import csv
import io
import math
from collections.abc import Iterable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Protocol

import numpy as np
from traitlets import Dict, List, Unicode

from rcwidgets.core.spec.json_values import kinds_of
from rcwidgets.widgets.message import LOAD, STATIC, Csv, Gesture, Result, Text, Told, Whole

inside = ContextVar("inside", default=False)  # while a place makes a figure, of which it shows the row below a caption of its own

Cell = str | float | int | bool | datetime | np.generic | None
Table = tuple[Sequence[str], Iterable[Sequence[Cell]]]
Window = tuple[float, float, float, float]  # left, right, low and high, as parts of the whole
Legend = list[dict[str, str]]  # see `legend_item`
Control = dict[str, str | list[str]]  # a choice in a caption: its name, its value, and the options


def legend_item(text: str, color: str, form: str = "line", title: str = "") -> dict[str, str]:
    """One entry of a legend. `form` is its shape: "line", "wide" (a thick line), "dashed", "band", "strip" or "dot"; `title` explains."""
    return {"text": text, "color": color, "form": form} | ({"title": title} if title else {})


def blank_gaps(values: np.ndarray) -> list[list[Any]]:
    """Values (rows, columns) as rows of a table, with empty cells where there is no number."""
    rows = values.tolist()
    return [["" if value != value else value for value in row] for row in rows] if np.isnan(values).any() else rows


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """A table as CSV in UTF-8. Texts that a spreadsheet would take for a formula get an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([_plain(cell) for cell in header])
    writer.writerows([_plain(cell) for cell in row] for row in rows)
    return out.getvalue().encode()


def _plain(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def _read_pixels(path: str, value: Any) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not (math.isfinite(value) and 0 < value < 1e5):
        raise ValueError(f"{path} must be a number of pixels, got {str(value)[:40]!r}.")
    return float(value)


def _read_places(path: str, value: Any) -> list[int]:
    if isinstance(value, list) and len(value) < 10_000 and all(isinstance(one, int) and not isinstance(one, bool) for one in value):
        return value
    raise ValueError(f"{path} must be a list of places of channels, got {str(value)[:60]}.")


def _read_window(path: str, value: Any) -> Window:
    if isinstance(value, list) and len(value) == 4 and all(isinstance(one, int | float) for one in value):
        left, right, low, high = value
        if 0 <= left < right <= 1 and 0 <= low < high <= 1:
            return left, right, low, high
    raise ValueError(f"{path} must be [left, right, low, high], from 0 to 1, got {str(value)[:60]}.")


Pixels = Annotated[float, _read_pixels]


@dataclass(frozen=True)
class Choose:
    """A choice of a person: the name of the control, and the option."""

    name: Text
    value: Text


@dataclass(frozen=True)
class Channels:
    """Which channels to draw, by place."""

    shown: Annotated[list[int], _read_places]


@dataclass(frozen=True)
class Zoom:
    """What a panel is to show."""

    panel: Whole
    to: Annotated[Window, _read_window]


@dataclass(frozen=True)
class Size:
    """The width and height of a panel, in pixels."""

    panel: Whole
    width: Pixels
    height: Pixels


@dataclass(frozen=True)
class Split:
    """The row to which a hand moves a border."""

    border: Whole
    row: Whole
    gesture: Gesture = None


CAPTION = kinds_of(Csv, Choose, Channels, Zoom, Size, Split)


class Answers(Protocol):
    """What a caption asks of the figure that it belongs to; see `FigureBox`. In a place of several, `shown` is the one that is there."""

    @property
    def shown(self) -> "Answers": ...
    def table(self) -> Table: ...
    def choose(self, name: str, value: str) -> None: ...
    def show_channels(self, places: Sequence[int]) -> None: ...
    def zoom(self, panel: int, window: Sequence[float]) -> None: ...
    def resize(self, panel: int, width: float, height: float) -> None: ...
    def move(self, border: int, row: int, gesture: str | None) -> int: ...


class Caption(Told):
    """The line above a figure.

    The kernel writes the traits, the page only reads them, and sends messages; one without a number is not answered.
    """

    script = STATIC / "caption.js"
    style = STATIC / "caption.css"
    kinds, owner = CAPTION, "Caption"

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

    def __init__(self, label: str, figure: Answers, **traits: object) -> None:
        super().__init__(label=label, **traits)
        self._figure = figure

    def open(self) -> None:
        """Opens its model on the page, unless it is `inside` a place."""
        if not inside.get():
            super().open()

    def _receive(self, _: Any, message: Any, __: Any) -> None:
        if isinstance(message, dict) and (isinstance(message.get("id"), int) or message == {"type": LOAD}):
            super()._receive(_, message, __)

    def _do(self, asked: Any, buffers: Any) -> Result | bytes | None:
        """Has the figure do it."""
        figure = self._figure.shown
        match asked:
            case Csv():
                return csv_bytes(*figure.table())
            case Choose(name, value):
                self._figure.choose(name, value)
            case Channels(shown):
                figure.show_channels(shown)
            case Zoom(panel, window):
                figure.zoom(panel, window)
            case Size(panel, width, height):
                figure.resize(panel, width, height)
            case Split(border, row, gesture):
                return {"revision": figure.move(border, row, gesture)}
        return None
