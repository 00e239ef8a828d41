"""Keys and wheel: the app takes what is meant for it, and the notebook keeps the rest."""

from functools import partial

import pytest
from playwright.sync_api import expect

from tests.browser.lab import Lab
from tests.browser.playground import CELL, CELLS, Play, middle, show

NOTEBOOK_KEYS = ("x", "d", "d", "a", "b", "m", "y", "1", "r", "j", "k", "z", "v", "o", "ArrowDown", "Space")
TEXTS = ["first = 1", CELL, "third = 3"]
SCROLLED = "() => document.querySelector('.jp-WindowedPanel-outer').scrollTop"


def names(play: Play) -> list[str]:
    """The kernel's nodes."""
    return play.ask("list(names.values())")


@pytest.mark.parametrize("place", ["a node", "the canvas", "a slider", "the palette", "a button"])
def test_no_key_on_the_app_touches_the_notebooks_cells(desk: Lab, place: str) -> None:
    play = show(desk, *TEXTS)
    cells = desk.page.evaluate(CELLS)
    assert cells == [["code", text] for text in TEXTS]
    targets = {
        "a node": play.node("reservoir"),
        "the canvas": play.root.locator(".rcw-root"),
        "a slider": play.slider("reservoir", "Leak rate"),
        "the palette": play.option("Input"),
        "a button": play.button("Show all"),
    }
    if place == "the canvas":
        x, y = middle(play.canvas)
        desk.page.mouse.click(x - 250, y + 110)
        expect(targets[place]).to_be_focused()
    for key in NOTEBOOK_KEYS:
        if place != "the canvas":
            targets[place].focus()
        desk.page.keyboard.press(key)
        assert desk.page.evaluate(CELLS) == cells, f"the key {key} on {place}"
        expect(play.canvas).to_be_visible()
    expect(play.root).to_have_count(1)  # the output is still there


def test_delete_and_undo_by_key_change_the_model_and_no_cell(desk: Lab) -> None:
    play = show(desk, *TEXTS)
    play.click_head("reservoir")
    desk.page.keyboard.press("Delete")
    play.until(lambda: names(play), ["input", "readout"])
    desk.page.keyboard.press("x")  # the deleted node had the focus
    desk.page.keyboard.press("Control+z")
    play.until(lambda: names(play), ["input", "reservoir", "readout"])
    assert ["input", "reservoir", False] in play.edges()
    desk.page.keyboard.press("Control+Shift+z")
    play.until(lambda: names(play), ["input", "readout"])
    desk.page.keyboard.press("Control+z")
    play.until(lambda: names(play), ["input", "reservoir", "readout"])
    assert desk.page.evaluate(CELLS) == [["code", text] for text in TEXTS]


def test_delete_in_another_cell_removes_no_node(desk: Lab) -> None:
    play = show(desk, *TEXTS)
    play.click_head("reservoir")
    expect(play.inspector.get_by_role("heading", name="reservoir", exact=True)).to_be_visible()
    editor = desk.page.locator(".jp-Notebook .jp-CodeCell").last.locator(".cm-content")
    editor.click()
    desk.page.keyboard.press("End")
    desk.page.keyboard.press("Backspace")
    desk.page.keyboard.press("Delete")
    expect(editor).to_have_text("third =")
    for key in ("Escape", "Delete", "Backspace"):  # and in command mode
        desk.page.keyboard.press(key)
    assert names(play) == ["input", "reservoir", "readout"]


def nearer(play: Play, scale: float) -> bool | None:
    """True where the canvas is larger than at `scale`, False where it is smaller, None where it is the same."""
    now = play.zoom()[2]
    return None if now == scale else now > scale


def settled(play: Play) -> tuple[float, float, float]:
    """The view once it moves no more."""
    seen = None
    while seen != (seen := play.zoom()):
        play.page.wait_for_timeout(300)
    return seen


def test_a_plain_wheel_scrolls_the_notebook_and_with_control_it_zooms_the_canvas(desk: Lab) -> None:
    play = show(desk, CELL, *[f"cell = {number}" for number in range(30)])
    play.canvas.scroll_into_view_if_needed()
    play.until(lambda: play.zoom() != (0, 0, 1), True)  # it is fitted once it is seen
    view, value = play.zoom(), play.knob("reservoir", "spectral_radius")
    for target in (play.canvas, play.slider("reservoir", "Spectral radius")):
        desk.page.mouse.move(*middle(target))
        at = desk.page.evaluate(SCROLLED)
        desk.page.mouse.wheel(0, 150)
        desk.page.wait_for_function(f"at => ({SCROLLED})() > at + 100", arg=at)
    assert play.zoom() == view
    assert play.knob("reservoir", "spectral_radius") == value

    play.button("Show all").click()
    whole = settled(play)
    desk.page.mouse.move(*middle(play.canvas))
    at = desk.page.evaluate(SCROLLED)
    desk.page.keyboard.down("Control")
    for turn in (-200, 400):
        scale = play.zoom()[2]
        desk.page.mouse.wheel(0, turn)
        play.until(partial(nearer, play, scale), turn < 0)
    desk.page.keyboard.up("Control")
    assert desk.page.evaluate(SCROLLED) == at
    play.button("Show all").click()
    play.until(lambda: round(play.zoom()[2], 2), round(whole[2], 2))
