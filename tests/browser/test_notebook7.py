"""Notebook 7 hears keys at the document, before the page's widgets do: what is meant for the Playground must not reach its cells."""

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.lab import Lab
from tests.browser.playground import CELLS, Play, middle, show
from tests.browser.test_keys import NOTEBOOK_KEYS, TEXTS, names

KEYS = (*NOTEBOOK_KEYS, "Escape", "Control+c", "Control+v", "Control+z", "Control+Enter", "Enter")

# The commands that keys or menus ask for from now on; a save by itself, every two minutes, is none.
HEAR = """() => {
  window.heardCommands = [];
  window.jupyterapp.commands.commandExecuted.connect((_, command) => window.heardCommands.push(command.id));
}"""


@pytest.fixture
def play7(desk7: Lab) -> Play:
    """A new Playground between two other cells, trained and drawn."""
    return show(desk7, *TEXTS)


def expect_cells(play: Play, why: str = "") -> None:
    """The notebook's cells are what they were, and the Playground is still there."""
    assert play.page.evaluate(CELLS) == [["code", text] for text in TEXTS], why
    expect(play.root).to_have_count(1)
    expect(play.canvas).to_be_visible()


def places(play: Play) -> dict[str, Locator]:
    """Something to focus in every part."""
    return {
        "a node": play.node("reservoir"),
        "the canvas": play.root.locator(".rcw-root"),
        "a slider": play.slider("reservoir", "Leak rate"),
        "the palette": play.option("Input"),
        "a button": play.button("Show all"),
        "the task": play.root.get_by_role("combobox", name="Task", exact=True),
        "a figure's menu": play.root.get_by_role("combobox", name="Figure", exact=True).first,
        "the metrics": play.button("All metrics"),
        "the runs": play.root.locator(".rcw-runs .rcw-fold-toggle"),
        "the sweep": play.root.locator(".rcw-sweep .rcw-fold-toggle"),
    }


@pytest.mark.parametrize("place", ["a node", "the canvas", "a slider", "the palette", "a button"])
def test_no_key_on_the_app_touches_the_cells(play7: Play, place: str) -> None:
    target = places(play7)[place]
    for key in KEYS:
        target.focus()
        play7.page.keyboard.press(key)
        expect_cells(play7, f"the key {key} on {place}")


@pytest.mark.parametrize("place", ["the task", "a figure's menu", "the metrics", "the runs", "the sweep"])
def test_no_key_around_the_app_touches_the_cells(play7: Play, place: str) -> None:
    target = places(play7)[place]
    for key in ("x", "d", "d", "a", "b", "m", "Backspace", "Delete", "Escape", "Control+z"):
        target.focus()
        play7.page.keyboard.press(key)
        expect_cells(play7, f"the key {key} on {place}")


def test_a_key_after_a_click_on_a_figure_touches_no_cell(play7: Play) -> None:
    x, y = middle(play7.figure("Prediction").locator(".svg-figure"))
    play7.page.mouse.click(x, y)
    for key in ("x", "d", "d", "a", "Delete"):
        play7.page.keyboard.press(key)
        expect_cells(play7, f"the key {key}")


def test_the_arrows_move_a_slider_and_a_node(play7: Play) -> None:
    before = play7.knob("reservoir", "spectral_radius")
    play7.slider("reservoir", "Spectral radius").focus()
    play7.page.keyboard.press("ArrowRight")
    play7.until(lambda: play7.knob("reservoir", "spectral_radius") > before, True)
    play7.click_head("reservoir")
    play7.node("reservoir").focus()
    play7.page.keyboard.press("ArrowDown")
    play7.until(lambda: play7.ask("[n['position'] is None for n in d['nodes']]"), [False] * 3)
    expect_cells(play7)


@pytest.mark.parametrize("key", ["Delete", "Backspace"])
def test_delete_and_undo_change_the_model_and_no_cell(play7: Play, key: str) -> None:
    play7.click_head("reservoir")
    play7.page.keyboard.press(key)
    play7.until(lambda: names(play7), ["input", "readout"])
    play7.page.keyboard.press("x")  # the deleted node had the focus
    play7.page.keyboard.press("Control+z")
    play7.until(lambda: names(play7), ["input", "reservoir", "readout"])
    play7.page.keyboard.press("Control+Shift+z")
    play7.until(lambda: names(play7), ["input", "readout"])
    expect_cells(play7)


def test_what_is_typed_in_a_field_stays_there(play7: Play) -> None:
    field = play7.field("Task", "Training part")
    field.click()
    play7.page.keyboard.press("Control+a")
    play7.page.keyboard.type("2xdab")
    for _ in "xdab":
        play7.page.keyboard.press("Backspace")
    play7.page.keyboard.type("500")
    expect(field).to_have_value("2500")
    play7.page.keyboard.press("Enter")
    play7.until(lambda: play7.knob("task", "train"), 2500)
    play7.page.keyboard.press("/")
    expect_cells(play7)


def test_control_s_still_saves_and_shift_enter_runs_the_cell(play7: Play) -> None:
    play7.page.evaluate(HEAR)
    play7.node("reservoir").focus()
    for key in ("z", "Control+z", "Control+s", "d"):
        play7.page.keyboard.press(key)
    play7.until(lambda: play7.page.evaluate("() => window.heardCommands"), ["docmanager:save"])
    old = play7.lab.ask("print(id(play))")
    play7.page.evaluate("() => { window.jupyterapp.shell.currentWidget.content.activeCellIndex = 1; }")
    play7.node("reservoir").focus()
    play7.page.keyboard.press("Shift+Enter")
    play7.until(lambda: play7.lab.ask("print(id(play))") != old, True)
    expect(play7.canvas).to_be_visible()
    assert play7.page.evaluate(CELLS) == [["code", text] for text in TEXTS]
