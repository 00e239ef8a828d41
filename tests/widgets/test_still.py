"""The picture that a saved notebook shows: an output of its own, made anew when nothing has changed for a moment."""

import time
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest

import rcwidgets as rc
from rcwidgets.widgets import playground, still

SPACE = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def outputs(monkeypatch):
    """What is displayed: (bundle, display id, whether it is an update)."""
    shown = []

    def display(bundle, *, raw, display_id=None, update=False):
        assert raw
        shown.append((bundle, display_id, update))

    for module in (still, playground):
        monkeypatch.setattr(module, "display", display)
    monkeypatch.setattr(still, "REST", 0.05)
    return shown


def texts(bundle):
    return " ".join(ElementTree.fromstring(bundle["image/svg+xml"]).itertext())


def until(look):
    end = time.monotonic() + 60
    while not look():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_the_picture_is_an_output_of_its_own_below_the_widget(play, outputs):
    play._ipython_display_()
    (widget, no_id, _), (picture, name, update) = outputs
    assert "application/vnd.jupyter.widget-view+json" in widget and "image/svg+xml" not in widget and no_id is None
    assert "application/vnd.jupyter.widget-view+json" not in picture and name and not update
    root = ElementTree.fromstring(picture["image/svg+xml"])
    assert (root.get("role"), root.find(f"{SPACE}title").text) == ("img", "Playground")
    assert root.find(f"{SPACE}desc").text == picture["text/plain"]
    for word in ("input", "reservoir", "readout", "Prediction", "Loss", "test NRMSE"):
        assert word in texts(picture)
    forecast = [mark for mark in play.children[1].children[0].shown.panels[0].widget.marks if mark.visible]
    paths = [path for path in root.iter(f"{SPACE}path") if path.get("stroke-linecap") == "round"]
    assert len(paths) >= sum(np.atleast_2d(mark.y).shape[0] for mark in forecast if mark.stroke_width)


def test_it_needs_no_style_of_the_page(play, outputs):
    play._ipython_display_()
    assert "var(" not in outputs[1][0]["image/svg+xml"]


def test_it_is_made_anew_at_rest_under_the_same_id(play, outputs):
    play._ipython_display_()
    (_, name, _) = outputs[1]
    play.set("reservoir", spectral_radius=0.2)
    play.wait(60)
    until(lambda: len(outputs) > 2)
    bundle, again, update = outputs[-1]
    assert again == name and update
    assert bundle["image/svg+xml"] != outputs[1][0]["image/svg+xml"]


def test_nothing_is_sent_where_nothing_changed_or_nobody_displayed_it(play, outputs):
    play._still.renew()
    play._ipython_display_()
    play._still.renew()
    assert [update for *_, update in outputs] == [False, False]


def test_a_model_without_results_has_its_picture_too(page, outputs):
    play = rc.Playground(rc.Input() >> rc.Reservoir(5), task="lorenz")
    play._ipython_display_()
    assert "No results yet." in outputs[1][0]["text/plain"]
    assert "input" in texts(outputs[1][0])
    play.close()


def test_names_of_the_user_are_text(page, outputs):
    frame = pd.DataFrame({"<b>&": np.sin(np.arange(300) / 5), "y": np.cos(np.arange(300) / 5)})
    play = rc.Playground(data=frame)
    play.wait(60)
    play._ipython_display_()
    assert "<b>&" in texts(outputs[1][0])
    play.close()


def test_a_closed_playground_prints_its_name(play, outputs, capsys):
    play.close()
    play._ipython_display_()
    assert outputs == [] and "Playground" in capsys.readouterr().out
