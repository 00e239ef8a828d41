"""What a person sees after the first cell."""

import re

import numpy as np
from playwright.sync_api import expect

from tests.browser.lab import Lab
from tests.browser.playground import CELL, Play, heights

KINDS = ("Input", "Reservoir", "LinearReadout")


def test_the_first_cell_shows_a_trained_network(lab: Lab) -> None:
    lab.page.set_viewport_size({"width": 1440, "height": 900})
    lab.open([CELL])
    play = Play(lab)
    play.rest()

    for kind in KINDS:
        expect(play.option(kind)).to_be_visible()
    for name in ("input", "reservoir", "readout"):
        expect(play.node(name)).to_be_in_viewport(ratio=1)
    for group, label in (
        ("reservoir", "Spectral radius"),
        ("reservoir", "Leak rate"),
        ("reservoir", "Input scaling"),
        ("Trainer", "Ridge beta"),
    ):
        expect(play.slider(group, label)).to_be_in_viewport(ratio=1)
    expect(play.canvas.locator(".react-flow__edge")).to_have_count(2)
    expect(play.node("readout")).to_contain_text("1,203 trained")
    expect(play.status).to_have_text(re.compile(r"^Test NRMSE [\d.e-]+, trained in [\d.]+ m?s$"))
    expect(play.button("Undo")).to_be_disabled()
    metrics = play.root.get_by_role("group", name="Metrics", exact=True)
    expect(metrics).to_contain_text("Test NRMSE")
    expect(metrics).to_be_in_viewport(ratio=1)  # all of the loop is on the screen together
    for figure in ("Prediction", "Loss"):
        expect(play.figure(figure)).to_be_in_viewport(ratio=1)
        assert play.lines(figure)


def test_the_figure_draws_the_kernels_forecast(play: Play) -> None:
    figure = "play.children[1].children[0].shown"
    forecast = np.array(play.lab.ask_json(f"{figure}.forecast.y.tolist()"))
    drawn = [heights(path) for path in play.lines("Prediction")]
    for channel in forecast:
        match = [line for line in drawn if line.size == channel.size and np.corrcoef(-line, channel)[0, 1] > 0.99999]
        assert match, "a channel of the forecast is not drawn"
    assert forecast.shape[0] == 3
    truth = np.array(play.lab.ask_json("play.results.truth.tolist()"))
    np.testing.assert_allclose(play.lab.ask_json("play.results.forecast.tolist()"), truth, atol=0.5)
