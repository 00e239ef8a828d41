"""A figure for places without bqplot: the same panels as SVG, in a small widget of our own; and a Playground of such figures for marimo."""

from collections.abc import Sequence
from importlib import import_module
from typing import Any

from traitlets import Dict, List, Unicode

from rcwidgets.core.spec.json_values import kinds_of
from rcwidgets.live.session.session import News
from rcwidgets.widgets.caption import Choose, csv_bytes
from rcwidgets.widgets.figure import FigureBox
from rcwidgets.widgets.message import STATIC, Csv, Told
from rcwidgets.widgets.palette import values
from rcwidgets.widgets.publisher import Publisher
from rcwidgets.widgets.still import HEAD, SHARES, TALL, figure

TALK = kinds_of(Csv, Choose)
WIDTH = 360.0  # px of the narrower figure; the other one is wider by its share


class Sketch(Told):
    """Follows a figure: what that draws, as SVG that takes the page's theme. The page asks with `{id, type: "csv"}` for its data, and with
    `{id, type: "choose", name, value}` for another figure of the place, or what that one leaves to choose.
    """

    script = STATIC / "sketch.js"
    style = STATIC / "sketch.css"
    kinds = TALK
    label = Unicode().tag(sync=True)  # the accessible name
    summary = Unicode().tag(sync=True)  # the text alternative
    controls = List(Dict()).tag(sync=True)  # what there is to choose, as in the caption
    drawing = Unicode().tag(sync=True)  # SVG
    colors = Dict().tag(sync=True)  # the values of its variables, "light" and "dark"

    def __init__(self, box: FigureBox, publisher: Publisher, *, width: float) -> None:
        self._box, self._publisher, self._width = box, publisher, width
        super().__init__(label=box.shown.caption.label, colors={"light": values(), "dark": values(dark=True)})
        news: tuple[News, ...] = ("results", "looks", "document", "runs")
        self._leave = tuple(publisher.add(one, self.draw) for one in news)

    def draw(self) -> None:
        """Takes over what the figure shows. Called by the publisher's thread."""
        caption, height = self._box.shown.caption, HEAD + TALL
        inside = figure(self._box, 0, 0, self._width, lambda color: color)
        with self.hold_sync():
            self.label, self.summary, self.controls = caption.label, caption.summary, self._box.caption.controls
            self.drawing = (
                f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self._width:.0f} {height:.0f}" font-size="11" '
                f'aria-hidden="true">{inside}</svg>'
            )

    def _do(self, asked: Any, buffers: Any) -> bytes | None:
        """Gives the data of the figure, or takes a choice, which is drawn as soon as the figure has drawn it."""
        match asked:
            case Csv():
                return csv_bytes(*self._box.shown.table())
            case Choose(name, value):
                self._box.choose(name, value)
                self._publisher.ask(self.draw)
        return None


def in_marimo(parts: Sequence[object], sketches: Sequence[Sketch]) -> object:
    """The parts of a Playground as marimo shows them: the canvas, the two figures side by side, and what stands below."""
    mo = import_module("marimo")
    app, *below = (mo.ui.anywidget(part) for part in parts)
    figures = mo.hstack([mo.ui.anywidget(one) for one in sketches], widths=list(SHARES[: len(sketches)]))
    return mo.vstack([app, figures, *below])
