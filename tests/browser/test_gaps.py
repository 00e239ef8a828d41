"""Targets without a number on the page: what becomes of them is chosen beside the split, and the figures say it."""

from playwright.sync_api import expect

from tests.browser.lab import Lab
from tests.browser.playground import Play, show

CODE = """
import numpy as np
import rcwidgets as rc

x = np.sin(np.arange(400) / 7) + 0.1 * np.random.default_rng(0).normal(size=400)
y = np.roll(x, 1) ** 2
y[[5, 60, 61, 62, 200, *range(320, 335), 390]] = np.nan
task = rc.DataTask(gaps="drop", inputs=["channel 1"], targets=["channel 2"], horizon=0)
play = rc.Playground(task=task, data=np.column_stack([x, y]))
play
"""


def test_rows_without_a_target_are_left_out_filled_or_cut_as_chosen(laptop: Lab) -> None:
    show(laptop, CODE)
    play = Play(laptop)
    play.rest()
    figure = play.figure("Prediction")
    expect(figure).to_contain_text("no target")
    assert laptop.ask_json("int(play.results.data.missing.sum())") == 21
    laptop.screenshots("gaps", play.root)
    gaps = play.inspector.get_by_role("combobox", name="Gaps", exact=True)
    gaps.select_option(label="fill")
    play.until(lambda: laptop.ask_json("play.results.data.missing is None"), True)
    play.rest()
    expect(figure).not_to_contain_text("no target")
    expect(play.inspector).to_contain_text("21 gaps filled, in straight lines.")
    play.button("Undo").click()
    play.rest()
    expect(figure).to_contain_text("no target")
