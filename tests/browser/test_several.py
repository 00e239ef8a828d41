"""Several series of one's own: a table of trials, its series and classes chosen on the page, and the figures stepped through."""

import numpy as np
from playwright.sync_api import expect

from tests.browser.lab import Lab
from tests.browser.playground import CELL, Play, show
from tests.browser.test_own_data import choose_data, load

PREDICTION = "Prediction"


def trials() -> str:
    """A table of 12 trials of unequal length, whose time starts again with each; slow and fast ones."""
    random, lines = np.random.default_rng(4), ["trial,speed,time,x,y"]
    for trial in range(12):
        speed, phase = (0.2, "slow") if trial % 2 else (0.45, "fast"), random.uniform(0, 6)
        for step in range(40 + 3 * trial):
            angle = speed[0] * step + phase
            x, y = np.sin(angle) + 0.01 * random.normal(), np.cos(angle) + 0.01 * random.normal()
            lines.append(f"{trial + 1},{speed[1]},{step},{x:.5f},{y:.5f}")
    return "\n".join(lines)


def test_a_table_of_trials_is_told_apart_stepped_through_and_classified(laptop: Lab) -> None:
    show(laptop, CELL)
    play = Play(laptop)
    choose_data(play)
    load(play, "trials.csv", trials())
    expect(play.inspector).to_contain_text("the time goes back in line 42")
    expect(play.inspector).to_contain_text('give "Series: trial"')
    laptop.screenshots("several-asked", play.root)
    options = play.inspector.get_by_role("group", name="Several series")
    options.get_by_role("combobox", name="Series").select_option(label="trial")
    expect(play.inspector).to_contain_text("12 series of 40 to 73 rows")
    play.rest()
    figure = play.figure(PREDICTION)
    steps = figure.get_by_role("group", name="Series", exact=True)
    expect(steps).to_contain_text("1 of 4")
    expect(figure).to_contain_text("series 9")
    laptop.screenshots("several", play.root)
    drawn = play.lines(PREDICTION)
    following = steps.get_by_role("button", name="Next series", exact=True)
    following.focus()
    laptop.page.keyboard.press("Enter")
    expect(steps).to_contain_text("2 of 4")
    expect(figure).to_contain_text("series 10")
    expect(following).to_be_focused()
    assert play.lines(PREDICTION) != drawn
    steps.get_by_role("combobox", name="Series", exact=True).select_option(label="12")
    expect(figure).to_contain_text("series 12")
    expect(following).to_have_attribute("aria-disabled", "true")

    options.get_by_role("combobox", name="Class").select_option(label="speed")
    expect(play.inspector).to_contain_text("12 series of 40 to 73 rows, 2 classes")
    expect(play.figure("Confusion")).to_contain_text("right, test part")
    right = play.lab.ask_json("play.wait(60).accuracy")
    assert right > 0.5
    expect(play.figure("Confusion")).to_contain_text(f"{100 * right:.3g} % right, test part")
    laptop.screenshots("several-classes", play.root)
