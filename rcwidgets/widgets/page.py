"""A trained model as one page of HTML that works offline: its graph, its figures, which zoom, and its numbers."""

import os
from collections.abc import Iterator
from contextvars import copy_context
from html import escape
from pathlib import Path

from rcwidgets.core.graph.picture import svg
from rcwidgets.core.spec.knobs import knobs_of
from rcwidgets.live.experiment import Experiment
from rcwidgets.live.results.results import Results
from rcwidgets.live.results.words import one_line
from rcwidgets.widgets.caption import inside
from rcwidgets.widgets.figure import FigureBox
from rcwidgets.widgets.loss import LossFigure
from rcwidgets.widgets.message import STATIC
from rcwidgets.widgets.palette import values
from rcwidgets.widgets.panel import MOST
from rcwidgets.widgets.split import LABEL
from rcwidgets.widgets.still import HEAD, TALL, figure
from rcwidgets.widgets.views import FIGURES

WIDTH = 860.0  # px of a figure, which takes the width of the page
POINTS = 2 * MOST  # of a line: so that there is something to zoom in on


def write_page(experiment: Experiment, path: "str | os.PathLike[str]") -> None:
    """Writes the page of an experiment to a file whose name ends in .html."""
    file = Path(path)
    if file.suffix.lower() not in (".html", ".htm"):
        raise ValueError(f"Playground.to_html takes a path that ends in .html, got {str(file)!r}.")
    file.write_text(page_of(experiment), encoding="utf-8")


def page_of(experiment: Experiment) -> str:
    """The text of the page. What a user has named is escaped; scripts and styles are those of the package."""
    results = experiment.results
    title = "Reservoir computing model" if results is None else one_line(results)
    parts = [
        f"<h1>{escape(title)}</h1>",
        f'<section aria-label="Model"><div class="graph">{svg(experiment.model)}</div>{_knobs(experiment)}</section>',
        *([] if results is None else _figures(experiment, results)),
        _numbers(experiment),
        f"<details><summary>The model as Python</summary><pre>{escape(experiment.code())}</pre></details>",
    ]
    script, style = (file.read_text(encoding="utf-8") for file in (STATIC / "page.js", STATIC / "page.css"))
    light, dark = (f":root{{{''.join(f'{name}:{value};' for name, value in values(one).items())}}}" for one in (False, True))
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'; "
        "script-src 'unsafe-inline'\">"
        f"<style>{light}@media (prefers-color-scheme: dark){{{dark}}}{style}</style></head>"
        f'<body><main>{"".join(parts)}</main><script type="module">{script}</script></body></html>'
    )


def _knobs(experiment: Experiment) -> str:
    """The values of all knobs, of each node, the task and the trainer."""
    document = experiment.document
    owners = [(document.graph.names[id], node) for id, node in document.graph.nodes.items()]
    rows = []
    for name, owner in [*owners, ("task", document.task), ("trainer", document.trainer)]:
        rows += [
            f"<tr><th scope='row'>{escape(name)}</th><td>{escape(knob.label)}</td><td>{escape(_told(getattr(owner, field)))}</td></tr>"
            for field, knob in knobs_of(type(owner)).items()
        ]
    head = "<thead><tr><th>Part</th><th>Knob</th><th>Value</th></tr></thead>"
    return f"<details><summary>All settings</summary><table>{head}<tbody>{''.join(rows)}</tbody></table></details>"


def _told(value: object) -> str:
    if value is None:
        return "by itself"
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _figures(experiment: Experiment, results: Results) -> Iterator[str]:
    """The figures of the results, each made for the page and closed again."""
    shown = (None, results.classes)
    kinds = [
        kind
        for name, kind in FIGURES.items()
        if name != LABEL and getattr(kind, "look", None) is None and getattr(kind, "of_classes", None) in shown
    ]
    for kind in [*kinds[:1], LossFigure, *kinds[1:]]:
        context = copy_context()
        context.run(inside.set, True)
        box: FigureBox = context.run(kind)
        try:
            for panel in box.panels:
                panel.points = POINTS
            box.experiment = experiment
            box.follow()
            if not all(panel.blanked for panel in box.panels) and box.thing is not None:
                yield _figure(box)
        finally:
            box.experiment = None
            box.close()


def _figure(box: FigureBox) -> str:
    label, height = escape(box.caption.label, quote=True), HEAD + TALL
    drawing = figure(box, 0, 0, WIDTH, lambda color: color)
    return (
        f'<figure aria-label="{label}" tabindex="0"><svg viewBox="0 0 {WIDTH:.0f} {height:.0f}" font-size="11" aria-hidden="true">'
        f"{drawing}</svg>"
        f"<figcaption>{escape(box.caption.summary)}</figcaption></figure>"
    )


def _numbers(experiment: Experiment) -> str:
    """The table of metrics with their definitions."""
    metrics = experiment.metrics
    if metrics is None:
        return "<p>No results yet.</p>"
    header, rows = metrics.table()
    meant = header.index("definition")
    head = "".join(f"<th>{escape(str(name))}</th>" for name in header[:meant])
    body = "".join(f"<tr>{''.join(f'<td>{escape(_told(cell))}</td>' for cell in row[:meant])}</tr>" for row in rows)
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    told = {str(row[0]): str(row[meant]) for row in rows}  # a row for each channel tells the same
    terms = "".join(f"<dt>{escape(name)}</dt><dd>{escape(words)}</dd>" for name, words in told.items())
    meaning = f"<details><summary>What the numbers mean</summary><dl>{terms}</dl></details>"
    return f"<section aria-label='Numbers'><h2>Numbers</h2><div class='wide' tabindex='0'>{table}</div>{meaning}</section>"
