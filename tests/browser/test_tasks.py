"""Tasks and data: Lorenz, sunspots, and a series of one's own."""

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.browser.lab import Lab
from tests.browser.playground import Play, alike, heights, show

OWN = """
import numpy as np
import pandas as pd
import rcwidgets as rc
steps = np.arange(600)
frame = pd.DataFrame({"sea level": np.sin(0.2 * steps), "wind": np.cos(0.2 * steps)})
play = rc.Playground(data=frame)
play
"""
HOLES = """
import numpy as np
import rcwidgets as rc
rc.Playground(data=np.where(np.arange(400) == 123, np.nan, np.sin(np.arange(400) / 5)))
"""


def choose(play: Play, kind: str) -> None:
    """Chooses a task by its label."""
    play.root.get_by_role("combobox", name="Task", exact=True).select_option(label=kind)


def test_sunspots_are_one_channel_and_undo_brings_lorenz_back(play: Play) -> None:
    lorenz = play.lines("Prediction")
    choose(play, "Sunspots")
    play.until(lambda: play.ask("d['task']['kind']"), "sunspots")
    play.rest()
    assert play.lab.ask_json("play.results.channels") == ["sunspot number"]
    assert not alike(play.lines("Prediction"), lorenz)
    assert len(play.lines("Prediction")) < len(lorenz)
    expect(play.figure("Prediction")).to_contain_text("sunspot number")
    expect(play.node("input")).to_contain_text("sunspot number")
    expect(play.node("readout")).to_contain_text("51 trained")
    expect(play.root.get_by_role("button", name="11", exact=True)).to_be_visible()  # a solar cycle ahead
    expect(play.slider("reservoir", "Spectral radius")).to_have_attribute("aria-valuetext", "0.70")

    play.button("Undo").click()
    play.until(lambda: play.ask("d['task']['kind']"), "lorenz")
    play.rest()
    assert alike(play.lines("Prediction"), lorenz)
    expect(play.root.get_by_role("combobox", name="Task", exact=True)).to_have_value("lorenz")
    expect(play.node("readout")).to_contain_text("1,203 trained")


def test_a_data_frame_of_ones_own_is_forecast(desk: Lab) -> None:
    play = show(desk, OWN)
    expect(play.root.get_by_role("combobox", name="Task", exact=True).locator("option:checked")).to_have_text("Your data")
    expect(play.node("input")).to_contain_text("sea level, wind")
    expect(play.figure("Prediction")).to_contain_text("sea level")
    truth = np.array(desk.ask_json("play.results.truth.tolist()"))
    assert truth.shape[1] == 2
    drawn = [heights(path) for path in play.lines("Prediction")]
    for channel in truth.T:
        assert any(line.size == channel.size and np.corrcoef(-line, channel)[0, 1] > 0.999 for line in drawn)
    assert play.error() < 0.05


def test_narma_maps_its_input_to_another_series(play: Play) -> None:
    choose(play, "NARMA")
    play.until(lambda: play.ask("d['task']['kind']"), "narma")
    play.rest()
    expect(play.figure("Prediction")).to_contain_text("at the same step")
    assert play.lab.ask_json("[play.results.channels, play.results.data.input_channels]") == [["y"], ["u"]]
    assert play.error() < 0.25


def test_data_with_holes_are_an_error_in_words_in_the_cell(desk: Lab) -> None:
    with pytest.raises(AssertionError, match="The data must be finite, got nan in row 123"):
        desk.run_cell(HOLES)
    desk.errors.clear()
