"""The still picture of a Playground: canvas, figures and numbers as one SVG, and the same in words, for whoever sees it without a kernel.

It is an output of its own below the widget, by a display id of its own: a change of the widget's own output would draw the canvas anew.
The page hides it while the widget lives (`frontend/src/loader.ts`).
"""

import re
import threading
from collections.abc import Callable, Sequence
from html import escape
from typing import Any
from uuid import uuid4

from IPython.display import display

from rcwidgets.core.graph.picture import describe, svg
from rcwidgets.live.experiment import Experiment
from rcwidgets.live.results.words import one_line
from rcwidgets.live.worker import start
from rcwidgets.widgets.drawing import Paint, drawn
from rcwidgets.widgets.figure import FigureBox
from rcwidgets.widgets.palette import plain, without_variables
from rcwidgets.widgets.publisher import Publisher

WIDTH, PAD, HEAD, TALL, LINE = 900.0, 14.0, 44.0, 174.0, 16.0  # px: the picture, its rim, the lines above a figure, a figure, a line
SHARES = (1.55, 1.0)  # the widths of the two figures of a Playground
LETTER = 6.1  # px of a letter in the legend, about
FONT = "system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif"
REST = 1.0  # seconds without news after which the picture is made anew
_SIZE = re.compile(r'width="(\d+)" height="(\d+)" viewBox="[^"]*"')


def legend(entries: Sequence[dict[str, str]], x: float, y: float, width: float, paint: Paint) -> str:
    """The entries of a figure's legend in one line, as many as have room."""
    parts, end = [], x + width
    for entry in entries:
        room = 17 + LETTER * len(entry["text"])
        if x + room > end:
            break
        color, form = paint(entry["color"]), entry["form"]
        if form == "dot":
            parts.append(f'<circle cx="{x + 6:.0f}" cy="{y - 4:.0f}" r="4" fill="{color}"/>')
        elif form == "dashed":
            parts.append(f'<path d="M{x:.0f} {y - 4:.0f}h12" stroke="{color}" stroke-width="2" stroke-dasharray="5 2"/>')
        else:
            tall = {"wide": 6, "band": 12, "strip": 4}.get(form, 3)
            parts.append(f'<rect x="{x:.0f}" y="{y - 4 - tall / 2:.1f}" width="12" height="{tall}" fill="{color}"/>')
        parts.append(f'<text x="{x + 17:.0f}" y="{y:.0f}" fill="{paint("var(--rcw-text)")}">{escape(entry["text"])}</text>')
        x += room + 12
    return "".join(parts)


def figure(box: FigureBox, x: float, y: float, width: float, paint: Paint) -> str:
    """A figure with its title, its subtitle and its legend, at (x, y)."""
    caption, panels = box.shown.caption, [panel for panel in box.shown.panels if panel.widget.layout.display != "none"]
    subtitle = f'<tspan font-weight="400" fill="{paint("var(--rcw-soft)")}">  {escape(caption.subtitle)}</tspan>'
    title = (
        f'<text x="0" y="13" font-size="13" font-weight="600" fill="{paint("var(--rcw-text)")}">{escape(caption.label)}{subtitle}</text>'
    )
    shares = [float(str(panel.widget.layout.flex or "1").split()[0]) for panel in panels]
    parts, left = [title, legend(caption.legend, 0, 32, width, paint)], 0.0
    for panel, share in zip(panels, shares, strict=True):
        wide = width * share / sum(shares)
        parts.append(f'<g transform="translate({left:.0f} {HEAD - 6:.0f})">{drawn(panel, wide, TALL, paint)}</g>')
        left += wide
    return f'<g transform="translate({x:.0f} {y:.0f})">{"".join(parts)}</g>'


def words(experiment: Experiment, figures: Sequence[FigureBox]) -> str:
    """The picture in sentences: the text alternative, and what stands where nothing but text does."""
    results = experiment.results
    told = [describe(experiment.model), "No results yet." if results is None else f"{one_line(results)}."]
    if old := experiment.status.old:
        told.append(f"The figures are {old}.")
    told += [f"{box.shown.caption.label}: {box.shown.caption.summary}" for box in figures if box.shown.caption.summary]
    return " ".join(told)


def picture(experiment: Experiment, figures: Sequence[FigureBox]) -> str:
    """The whole as SVG, in the colours of the light theme on a ground of its own: it reads on every page, and where nothing styles it."""
    graph = without_variables(svg(experiment.model))
    found = _SIZE.search(graph)
    wide, tall = (float(found[1]), float(found[2])) if found else (WIDTH, 0.0)
    scale = min(1.0, (WIDTH - 2 * PAD) / wide)
    graph = graph.replace("<svg ", f'<svg x="{(WIDTH - scale * wide) / 2:.0f}" y="{PAD + 24:.0f}" ', 1)
    graph = _SIZE.sub(f'width="{scale * wide:.0f}" height="{scale * tall:.0f}" viewBox="0 0 {wide:.0f} {tall:.0f}"', graph, count=1)
    top = PAD + 36 + scale * tall
    results, room = experiment.results, WIDTH - 2 * PAD - 24
    shown = SHARES[: len(figures)]  # the loss may be hidden
    shares = [share / sum(shown) * (room if len(shown) > 1 else room + 24) for share in shown]
    places = [PAD, PAD + shares[0] + 24][: len(shown)]
    parts = [figure(box, x, top + 8, width, plain) for box, x, width in zip(figures, places, shares, strict=True)] if results else []
    bottom = top + 8 + HEAD + TALL if parts else top
    numbers = "    ".join(f"{metric.label} {metric.value}" for metric in experiment.status.metrics)
    head = "Playground" if results is None else one_line(results)
    soft, text, hair, ground = (plain(f"var(--rcw-{name})") for name in ("soft", "text", "hair", "bg"))
    height = bottom + LINE + PAD
    told = escape(words(experiment, figures if results else ()))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="rcw-still" role="img" width="{WIDTH:.0f}" height="{height:.0f}" '
        f'viewBox="0 0 {WIDTH:.0f} {height:.0f}" style="max-width: 100%; height: auto" font-family="{FONT}" font-size="11">'
        f"<title>Playground</title><desc>{told}</desc>"
        f'<rect x="0.5" y="0.5" width="{WIDTH - 1:.0f}" height="{height - 1:.0f}" rx="8" fill="{ground}" stroke="{hair}"/>'
        f'<text x="{PAD}" y="{PAD + 12}" font-size="13" font-weight="600" fill="{text}">{escape(head)}</text>'
        f'{graph}<path d="M0 {top:.0f}h{WIDTH:.0f}" stroke="{hair}"/>{"".join(parts)}'
        f'<text x="{PAD}" y="{height - PAD:.0f}" fill="{soft}" xml:space="preserve">{escape(numbers)}</text></svg>'
    )


class Still:
    """The picture below a Playground, made anew when nothing has changed for a moment.

    `show` displays it once for each display of the widget. A thread of its own waits for the rest, and the publisher's thread draws, since
    that is who writes the figures.
    """

    def __init__(self, experiment: Experiment, publisher: Publisher, figures: Callable[[], Sequence[FigureBox]]) -> None:
        self.experiment, self._publisher, self._figures = experiment, publisher, figures
        self._ids: list[str] = []
        self._last = ""
        self._news = threading.Condition()
        self._waits, self._closed = False, False
        self._heard = 0
        self._thread: threading.Thread | None = None
        self._leave = [publisher.add(news, self._hear) for news in ("results", "document", "status", "looks")]

    def bundle(self) -> dict[str, Any]:
        """The picture and its words, by their kinds."""
        return {"image/svg+xml": picture(self.experiment, self._figures()), "text/plain": words(self.experiment, self._figures())}

    def show(self) -> None:
        """Displays the picture in the output that is there now."""
        name = f"rcwidgets-{uuid4().hex}"
        bundle = self.bundle()
        self._last = bundle["image/svg+xml"]
        self._ids.append(name)
        display(bundle, raw=True, display_id=name)

    def renew(self) -> None:
        """Brings the pictures that are displayed up to date."""
        bundle = self.bundle()
        if self._closed or bundle["image/svg+xml"] == self._last:
            return
        self._last = bundle["image/svg+xml"]
        for name in self._ids:
            display(bundle, raw=True, display_id=name, update=True)

    def close(self) -> None:
        """Makes no picture any more; those that are there stay."""
        for leave in self._leave:
            leave()
        self._end()

    def _end(self) -> None:
        with self._news:
            self._closed = True
            self._news.notify_all()

    def _hear(self) -> None:
        with self._news:
            self._heard += 1
            if not self._ids or self._closed:
                return
            if not self._waits:
                self._waits = True
                self._thread = start(self._await_rest, "rcwidgets-still", self._end)

    def _await_rest(self) -> None:
        """Waits until nothing was heard for a moment and nothing runs, and asks for the picture."""
        with self._news:
            heard = -1
            while not self._closed and (heard != self._heard or self.experiment.status.activity in ("running", "compiling")):
                heard = self._heard
                self._news.wait(REST)
            self._waits = False
        if not self._closed:
            self._publisher.ask(self.renew)
