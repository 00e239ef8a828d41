"""A figure for places without bqplot: the same panels as SVG, in a small widget of our own; and a Playground of such figures for marimo."""

from collections.abc import Sequence
from importlib import import_module
from typing import Any

from traitlets import Dict, Unicode

from rcwidgets.core.spec.json_values import kinds_of
from rcwidgets.widgets.caption import csv_bytes
from rcwidgets.widgets.figure import FigureBox
from rcwidgets.widgets.message import STATIC, Csv, Told
from rcwidgets.widgets.palette import values
from rcwidgets.widgets.publisher import Publisher
from rcwidgets.widgets.still import HEAD, SHARES, TALL, figure

TALK = kinds_of(Csv)
WIDTH = 360.0  # px of the narrower figure; the other one is wider by its share


class Sketch(Told):
    """Follows a figure: what that draws, as SVG that takes the page's theme. The page asks with `{id, type: "csv"}` for its data."""

    script = STATIC / "sketch.js"
    style = STATIC / "sketch.css"
    kinds = TALK
    label = Unicode().tag(sync=True)  # the accessible name
    summary = Unicode().tag(sync=True)  # the text alternative
    drawing = Unicode().tag(sync=True)  # SVG
    colors = Dict().tag(sync=True)  # the values of its variables, "light" and "dark"

    def __init__(self, box: FigureBox, publisher: Publisher, *, width: float) -> None:
        self._box, self._width = box, width
        super().__init__(label=box.shown.caption.label, colors={"light": values(), "dark": values(dark=True)})
        self._leave = (publisher.add("results", self.draw), publisher.add("looks", self.draw))

    def draw(self) -> None:
        """Takes over what the figure shows. Called by the publisher's thread."""
        caption, height = self._box.shown.caption, HEAD + TALL
        inside = figure(self._box, 0, 0, self._width, lambda color: color)
        with self.hold_sync():
            self.label, self.summary = caption.label, caption.summary
            self.drawing = (
                f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self._width:.0f} {height:.0f}" font-size="11" '
                f'aria-hidden="true">{inside}</svg>'
            )

    def _do(self, asked: Csv, buffers: Any) -> bytes:
        """Gives the data of the figure."""
        return csv_bytes(*self._box.shown.table())


def in_marimo(parts: Sequence[object], sketches: Sequence[Sketch]) -> object:
    """The parts of a Playground as marimo shows them: the canvas, the two figures side by side, and what stands below."""
    mo = import_module("marimo")
    app, *below = (mo.ui.anywidget(part) for part in parts)
    figures = mo.hstack([mo.ui.anywidget(one) for one in sketches], widths=list(SHARES[: len(sketches)]))
    return mo.vstack([app, figures, *below])
