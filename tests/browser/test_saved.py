"""A notebook that is saved shows the real thing where no kernel is, and holds no code."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.lab import Lab
from tests.browser.playground import CELL, Play, put

SAVE = "() => window.jupyterapp.commands.execute('docmanager:save')"
MOST = 200_000  # bytes of state and picture of a Playground
WIDGETS = "application/vnd.jupyter.widget-state+json"
SVG = "image/svg+xml"


@pytest.fixture
def keeping(lab: Lab) -> Iterator[Lab]:
    """A page of a JupyterLab that saves the state of the widgets with the notebook."""
    lab.server.set("../@jupyter-widgets/jupyterlab-manager", "plugin", saveState=True)
    yield lab


def stills(lab: Lab) -> Locator:
    """The outputs that are pictures."""
    return lab.page.locator(f'.jp-OutputArea-child [data-mime-type="{SVG}"]')


def outputs(lab: Lab) -> list[dict[str, Any]]:
    """The outputs of all cells, as the page has them now."""
    code = "() => window.jupyterapp.shell.currentWidget.content.widgets.flatMap(cell => cell.model.outputs?.toJSON() ?? [])"
    return list(lab.page.evaluate(code))


def picture(lab: Lab) -> str:
    """The text of the picture."""
    (one,) = [output["data"][SVG] for output in outputs(lab) if SVG in output.get("data", {})]
    return str(one)


def test_the_picture_is_hidden_while_the_widget_lives_and_follows_it_at_rest(desk: Lab) -> None:
    play = Play(desk)
    put(desk, CELL)
    play.rest()
    expect(stills(desk)).to_have_count(1)
    expect(stills(desk)).to_be_hidden()
    canvas = play.canvas.element_handle()
    play.until(lambda: "test NRMSE" in picture(desk), True)
    before = picture(desk)
    play.slider("reservoir", "Spectral radius").press("ArrowRight")
    play.rest()
    play.until(lambda: picture(desk) != before, True)
    assert canvas.evaluate("canvas => canvas.isConnected")  # the widget's own output was left alone
    expect(stills(desk)).to_be_hidden()


def test_a_saved_playground_is_small_and_shows_its_picture_without_a_kernel(keeping: Lab) -> None:
    keeping.open([CELL], name="saved.ipynb")
    play = Play(keeping)
    play.rest()
    play.until(lambda: "test NRMSE" in picture(keeping), True)
    keeping.page.evaluate(SAVE)
    text = (keeping.server.root / "saved.ipynb").read_text()
    notebook = json.loads(text)
    state = notebook["metadata"]["widgets"][WIDGETS]
    size = len(json.dumps(state)) + len(json.dumps(notebook["cells"][0]["outputs"]))
    print(f"state {len(json.dumps(state)):,}, outputs {len(json.dumps(notebook['cells'][0]['outputs'])):,}, file {len(text):,}")
    assert size <= MOST
    assert not [entry for entry in state["state"].values() if len(entry["state"].get("_esm", "")) > 5000 or entry["state"].get("_code")]
    (session,) = [session for session in keeping.server.ask("GET", "/api/sessions") if session["path"] == "saved.ipynb"]
    keeping.server.ask("DELETE", f"/api/sessions/{session['id']}")

    keeping.visit("saved.ipynb", "again")
    expect(stills(keeping)).to_be_visible()
    expect(keeping.page.get_by_text("This widget waits for its kernel. Where that is gone, run the cell again.").first).to_be_visible()
    expect(keeping.page.locator(".rcw-figures")).not_to_be_in_viewport()
    for theme in ("light", "dark"):
        keeping.set_theme(theme)
        keeping.screenshot(f"saved-{theme}")
    keeping.run_all()
    play.rest()
    expect(stills(keeping)).to_be_hidden()
    expect(keeping.page.locator(".rcw-missing")).to_have_count(0)
    keeping.errors.clear()  # the figures that stand without a place to be drawn in


def test_a_page_leaves_the_state_out_where_it_is_told_to_and_gets_it_anew_from_the_kernel(keeping: Lab) -> None:
    lab = keeping
    lab.open(
        [CELL.replace("Playground(", "Playground(save_state=False, "), "import ipywidgets\nipywidgets.Label('stays')"], name="left.ipynb"
    )
    play = Play(lab)
    play.rest()
    play.until(lambda: "test NRMSE" in picture(lab), True)
    lab.page.evaluate(SAVE)
    notebook = json.loads((lab.server.root / "left.ipynb").read_text())
    state = notebook["metadata"]["widgets"][WIDGETS]["state"]
    assert [entry["state"]["value"] for entry in state.values() if "value" in entry["state"]] == ["stays"]
    assert {entry["model_name"] for entry in state.values()} == {"LabelModel", "LabelStyleModel", "LayoutModel"}
    assert "test NRMSE" in json.dumps(notebook["cells"][0]["outputs"])
    lab.page.reload()
    lab.await_kernel()
    expect(play.canvas).to_be_visible()
    play.rest()
    before = play.knob("reservoir", "spectral_radius")
    play.slider("reservoir", "Spectral radius").press("ArrowRight")
    play.rest()
    assert play.knob("reservoir", "spectral_radius") > before
