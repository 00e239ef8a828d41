"""Kept runs: two of them are made, sorted, pinned over the forecast, named, copied and restored; pictures in both themes."""

import re
from typing import Literal

import numpy as np
from playwright.sync_api import Locator, expect

from tests.browser.lab import Lab
from tests.browser.playground import Play, heights, show

OVERLAY = "figure => [...figure.querySelectorAll('path.line[style*=\"--rcw-run\"]')].map(line => line.getAttribute('d')).filter(d => d)"
FORECAST = OVERLAY.replace("--rcw-run", "--rcw-channel")
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
# Whether the drawings have grown or shrunk to the room that they have.
FITTED = """() => [...document.querySelectorAll('.bqplot.figure')].every(figure =>
  figure.clientWidth - figure.querySelector('.plotarea_background').getAttribute('width') < 70)"""
# What of the table sticks out of the panel at its right side.
OUT = """panel => [...panel.querySelectorAll('*')].filter(one => one.checkVisibility() &&
  one.getBoundingClientRect().right > panel.getBoundingClientRect().right + 1).map(one => one.className)"""

# By how much the table is wider than the room that it has.
WIDER = """panel => { const room = panel.querySelector('.rcw-runs-scroller'); return room.scrollWidth - room.clientWidth; }"""


def turn(play: Play, value: float) -> None:
    """Types a spectral radius and waits for its results."""
    play.click_head("reservoir")
    field = play.field("reservoir", "Spectral radius value")
    field.fill(str(value))
    field.press("Enter")
    play.until(lambda: play.knob("reservoir", "spectral_radius"), value)
    play.rest()


def names(panel: Locator) -> list[str]:
    """The names of the runs from top to bottom."""
    return panel.locator("tbody .rcw-run-name").all_text_contents()


def test_two_runs_are_sorted_pinned_named_copied_and_restored(play: Play) -> None:
    panel = play.root.get_by_role("group", name="Runs", exact=True)
    prediction = play.figure("Prediction")
    radius = play.knob("reservoir", "spectral_radius")
    first = prediction.evaluate(FORECAST)
    turn(play, 0.05)
    toggle = panel.get_by_role("button", name="Runs (2)", exact=True)
    expect(toggle).to_have_attribute("aria-expanded", "false")
    toggle.click()
    assert names(panel) == ["Run 2", "Run 1"]

    panel.get_by_role("button", name="Test NRMSE", exact=True).click()
    expect(panel.get_by_role("columnheader", name="Test NRMSE", exact=True)).to_have_attribute("aria-sort", "ascending")
    errors = play.lab.ask_json("{run.name: run.test_nrmse for run in play.runs}")
    assert names(panel) == sorted(errors, key=lambda name: errors[name])

    pin = panel.get_by_role("button", name="Pin Run 1", exact=True)
    pin.focus()
    play.page.keyboard.press("Space")
    expect(pin).to_have_attribute("aria-pressed", "true")
    play.until(lambda: len(prediction.evaluate(OVERLAY)), 3)
    play.await_figures()
    for drawn, path in zip(prediction.evaluate(OVERLAY), first, strict=True):
        assert np.abs(heights(drawn) - heights(path)).max() < 0.5

    panel.get_by_role("button", name="Rename Run 1", exact=True).click()
    play.page.keyboard.type("wide")
    play.page.keyboard.press("Enter")
    expect(prediction.locator(".rcw-legend")).to_contain_text("wide")
    play.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    panel.get_by_role("button", name="Copy code of wide", exact=True).click()
    expect(panel.get_by_role("status")).to_have_text("The code of wide is copied.")
    assert play.page.evaluate("navigator.clipboard.readText()") == play.lab.ask_json("play.runs.export(1)")

    panel.get_by_role("button", name="Restore wide", exact=True).click()
    play.until(lambda: play.knob("reservoir", "spectral_radius"), radius)
    play.rest()
    expect(panel.locator('tr[aria-current="true"]')).to_contain_text("wide")
    assert play.lab.ask_json("len(play.runs)") == 2
    play.button("Undo").click()
    play.until(lambda: play.knob("reservoir", "spectral_radius"), 0.05)
    play.rest()
    expect(panel.locator('tr[aria-current="true"]')).to_contain_text("Run 2")


def test_pictures(desk: Lab) -> None:
    before = desk.page.viewport_size
    assert before is not None
    desk.page.set_viewport_size({"width": 1440, "height": 1100})
    play = show(desk)
    panel = play.root.get_by_role("group", name="Runs", exact=True)
    for value in (0.3, 0.1, 1.4):
        turn(play, value)
    desk.ask("play.set('task', horizon=20); play.wait(60); play.undo(); play.wait(60)")
    desk.ask("play.runs.rename(3, 'short memory, a rather long name'); [play.runs.pin(n) for n in (2, 3, 5)]")
    panel.get_by_role("button", name=re.compile("^Runs ")).click()
    expect(panel.get_by_text("not drawn: forecasts 20 steps ahead, the figure 1")).to_be_visible()
    play.rest()
    asked = [group.get_attribute("aria-label") for group in panel.locator("tbody").all()]
    assert asked == ["Lorenz, 20 steps ahead", "Lorenz, 1 step ahead"]
    for name in ("Name", "Task", "Horizon", "Model", "Trainer", "Test NRMSE"):
        expect(panel.get_by_role("columnheader", name=name, exact=True)).to_be_visible()
    best = panel.locator(".rcw-run-is-best")
    expect(best).to_have_count(1)
    errors = desk.ask_json("{run.name: run.test_nrmse for run in play.runs if run.horizon == 1}")
    assert best.locator(".rcw-run-name").text_content() == min(errors, key=lambda name: errors[name])
    error = best.locator("[data-key=test]")
    expect(error).to_contain_text(", best")
    assert error.evaluate("cell => cell.scrollWidth <= cell.clientWidth")  # nothing of it is cut off
    for theme in THEMES:
        desk.set_theme(theme)
        desk.screenshot(f"runs-{theme}")
    assert panel.evaluate(OUT) == [] and panel.evaluate(WIDER) == 0
    desk.page.mouse.move(5, 895)
    desk.page.set_viewport_size({"width": 1440, "height": 1900})
    for width, name in ((1000, "wide"), (700, "narrow"), (480, "small")):
        desk.ask(f"play.layout.width = '{width}px'")
        play.rest()
        desk.page.wait_for_function(FITTED)
        assert panel.evaluate(OUT) == [] and panel.evaluate(WIDER) == 0
        rows = panel.get_by_role("row")
        expect(rows.nth(1).get_by_role("cell").first).to_be_visible()  # stacked rows are rows still
        panel.scroll_into_view_if_needed()
        for theme in reversed(THEMES):
            desk.set_theme(theme)
            desk.screenshot(f"runs-{name}-{theme}")
    desk.page.set_viewport_size(before)
