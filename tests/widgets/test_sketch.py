"""Figures for pages without bqplot, and a Playground of them for marimo."""

import sys
from types import ModuleType
from xml.etree import ElementTree

import pytest

from rcwidgets.widgets.sketch import Sketch


@pytest.fixture
def marimo(monkeypatch):
    """A marimo that hands back what it is asked to lay out."""
    module = ModuleType("marimo")
    module.ui = ModuleType("marimo.ui")
    module.ui.anywidget = lambda widget: widget
    module.hstack = lambda parts, widths: ("beside", parts, widths)
    module.vstack = lambda parts: ("below", parts)
    monkeypatch.setitem(sys.modules, "marimo", module)


def test_marimo_gets_the_parts_and_the_figures_as_sketches(play, marimo):
    _, (app, (_, sketches, widths), *below) = play._display_()
    assert app is play.children[0] and below == list(play.children[2:])
    assert [one.label for one in sketches] == ["Prediction", "Loss"] and widths[0] > widths[1]
    assert play._display_()[1][1][1] == sketches  # the same, however often it is shown


def test_a_sketch_follows_its_figure(play, marimo):
    sketch = play._display_()[1][1][1][0]
    assert isinstance(sketch, Sketch)
    before = sketch.drawing
    ElementTree.fromstring(before)
    assert sketch.summary == play.children[1].children[0].caption.summary
    play.set("reservoir", spectral_radius=0.2)
    play.wait(60)
    assert sketch.drawing != before
    assert (
        "var(--rcw-channel-1)" in sketch.drawing and sketch.colors["light"]["--rcw-channel-1"] != sketch.colors["dark"]["--rcw-channel-1"]
    )


def test_a_closed_playground_draws_no_sketch(play, marimo):
    sketch = play._display_()[1][1][1][0]
    play.close()
    assert sketch.comm is None


def test_a_sketch_gives_its_data(page, play, marimo):
    sketch = play._display_()[1][1][1][0]
    page.say(sketch, {"id": 1, "type": "csv"})
    assert page.say(sketch, {"id": 2, "type": "csv"})["ok"]


def test_another_figure_is_chosen_in_a_sketch(page, play, marimo):
    sketch, loss = play._display_()[1][1][1]
    (figures,) = sketch.controls
    assert figures["name"] == "Figure" and figures["value"] == "Prediction" and "Phase portrait" in figures["options"]
    assert loss.controls == []
    before = sketch.drawing
    assert page.say(sketch, {"id": 1, "type": "choose", "name": "Figure", "value": "Phase portrait"})["ok"]
    assert play._publisher.flush()
    assert sketch.label == sketch.controls[0]["value"] == "Phase portrait" and sketch.drawing != before
    refused = page.say(sketch, {"id": 2, "type": "choose", "name": "Figure", "value": "Horoscope"})
    assert not refused["ok"] and "FigurePlace.figure must be one of Prediction, " in refused["error"]["text"]
    assert not page.say(loss, {"id": 3, "type": "choose", "name": "Figure", "value": "Prediction"})["ok"]


def test_a_sketch_draws_the_runs_that_are_pinned(play, marimo):
    sketch = play._display_()[1][1][1][0]
    play.set("reservoir", spectral_radius=0.2)
    play.wait(60)
    assert play._publisher.flush()
    before = sketch.drawing
    play.runs.pin(next(iter(play.runs)).number)
    assert play._publisher.flush() and sketch.drawing != before
