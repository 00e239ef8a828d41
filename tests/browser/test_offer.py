"""A trainer that suits another network: it is offered, taken by one click, and taken back by one undo."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.lab import Lab
from tests.browser.playground import Play, show

OWN = """
import rcwidgets as rc
model = rc.Input() >> rc.Reservoir(30, seed=1) >> rc.LinearReadout()
play = rc.Playground(model, task="lorenz")
play
"""


def choose(play: Play, owner: str, kind: str) -> None:
    """Chooses a task or trainer by its label."""
    play.root.get_by_role("combobox", name=owner, exact=True).select_option(label=kind)


def kinds(play: Play) -> list[str]:
    """The kinds of the nodes, as the kernel has them."""
    found: list[str] = play.ask("[node['kind'] for node in d['nodes']]")
    return found


def test_bptt_with_a_fixed_reservoir_is_offered_a_network_that_learns(desk: Lab) -> None:
    play = show(desk, OWN)
    choose(play, "Trainer", "BPTT")
    use = play.root.get_by_role("button", name="Use a GRU of 50 units", exact=True)
    expect(use).to_be_visible()
    expect(play.root.locator(".rcw-offer")).to_contain_text("This trainer learns best with a trainable network")
    assert kinds(play) == ["Input", "Reservoir", "LinearReadout"]
    desk.screenshot("offer")
    desk.set_theme("dark")
    desk.screenshot("offer-dark")

    use.click()
    play.until(lambda: kinds(play), ["Input", "GRU", "LinearReadout"])
    assert play.ask("d['task']['knobs']['normalise']") is True
    expect(use).to_have_count(0)
    desk.page.keyboard.press("Control+z")
    play.until(lambda: kinds(play), ["Input", "Reservoir", "LinearReadout"])
    expect(use).to_be_visible()
    play.root.get_by_role("button", name="Keep my model", exact=True).click()
    expect(use).to_have_count(0)
    assert kinds(play) == ["Input", "Reservoir", "LinearReadout"]


def test_an_untouched_start_gives_way_and_the_training_ends_by_itself_and_says_why(desk: Lab) -> None:
    play = show(desk, "import rcwidgets as rc\nplay = rc.Playground(task='sunspots')\nplay")
    choose(play, "Trainer", "BPTT")
    play.until(lambda: kinds(play), ["Input", "GRU", "LinearReadout"])
    expect(play.root.locator(".rcw-offer")).to_have_count(0)
    play.button("Run").click()
    said = re.compile(r"^Test NRMSE [^,]+, [\d,]+ updates in [\d.]+ m?s: no better for [\d,]+ updates; best weights of update [\d,]+ kept$")
    expect(play.status).to_have_text(said, timeout=180_000)
    expect(play.figure("Loss")).to_contain_text("no better for")
    expect(play.figure("Loss")).to_contain_text("held-out")
    expect(play.root.get_by_role("group", name="Metrics")).to_contain_text(re.compile(r"Ended\s*no better for [\d,]+ updates"))
    assert desk.ask_json("play.results.test_nrmse") == pytest.approx(0.4, abs=0.12)
    desk.screenshot("bptt-ended")
