"""Pictures of the Playground in both themes, kept as artifacts to be looked at; what can be measured about them is."""

from typing import Literal

import pytest
from playwright.sync_api import expect

from tests.browser.lab import Lab
from tests.browser.playground import Play, put, show

# Whether the drawings have grown or shrunk to the room that they have.
FITTED = """() => [...document.querySelectorAll('.bqplot.figure')].every(figure =>
  figure.clientWidth - figure.querySelector('.plotarea_background').getAttribute('width') < 70)"""
EDITOR = """
import rcwidgets as rc
editor = rc.GraphEditor(rc.Experiment(), height=400)
editor
"""
# What sticks out of the Playground at its right side, and cards that lie over each other.
FLAWS = """root => {
  const edge = root.getBoundingClientRect().right + 1;
  const out = [...root.querySelectorAll('*')].filter(one => one.checkVisibility() && !one.closest('.react-flow, svg'))
    .filter(one => one.getBoundingClientRect().right > edge).map(one => one.className);
  const cards = [...root.querySelectorAll('.rcw-card')].map(card => card.getBoundingClientRect());
  const over = cards.flatMap((a, i) => cards.slice(i + 1).filter(b =>
    a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom)).map(() => 'two cards overlap');
  return [...out, ...over];
}"""


def take(play: Play, name: str, theme: str) -> None:
    """Takes a picture of the page and looks for flaws that can be measured."""
    play.page.mouse.move(5, 895)
    play.page.wait_for_function(FITTED)
    assert play.root.evaluate(FLAWS) == []
    play.lab.screenshot(f"playground-{name}-{theme}")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pictures(laptop: Lab, theme: Literal["light", "dark"]) -> None:
    laptop.set_theme(theme)
    play = show(laptop)
    take(play, "first", theme)

    play.root.get_by_role("button", name="30", exact=True).click()
    play.drag(play.port("readout", "out"), play.node("reservoir"))
    play.until(lambda: len(play.edges()), 3)
    play.rest()
    play.click_head("reservoir")
    take(play, "feedback", theme)

    play.canvas.get_by_role("group", name="Wire from reservoir to readout", exact=True).locator("path").last.click(force=True)
    play.page.keyboard.press("Delete")
    expect(play.node("readout")).to_contain_text("readout has no input.")
    play.click_head("reservoir")
    field = play.field("reservoir", "Spectral radius value")
    field.fill("99")
    field.press("Enter")
    expect(play.inspector.locator(".rcw-sentence")).to_be_visible()
    take(play, "error", theme)

    laptop.ask("play.undo(); play.undo()")
    play.root.get_by_role("combobox", name="Task", exact=True).select_option(label="Sunspots")
    play.until(lambda: play.ask("d['task']['kind']"), "sunspots")
    play.rest()
    take(play, "sunspots", theme)

    laptop.ask("play.layout.width = '700px'")
    expect(play.root.locator(".rcw-narrow")).to_be_visible()
    play.rest()
    laptop.page.set_viewport_size({"width": 1440, "height": 1700})  # what is not seen is not fitted
    take(play, "narrow", theme)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_picture_of_the_editor(laptop: Lab, theme: Literal["light", "dark"]) -> None:
    laptop.set_theme(theme)
    put(laptop, EDITOR)
    canvas = laptop.page.get_by_role("application", name="Model canvas", exact=True)
    expect(canvas).to_contain_text("1,203 trained")
    assert laptop.page.locator(".rcw-root").evaluate(FLAWS) == []
    laptop.screenshot(f"editor-{theme}")
