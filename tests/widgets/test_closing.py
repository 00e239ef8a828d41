"""Closing leaves nothing behind in the registry of ipywidgets."""

import ipywidgets
import numpy as np
import pytest

import rcwidgets as rc
from rcwidgets.widgets.closing import unless_closed
from tests.widgets.test_playground import figures


@pytest.fixture
def series():
    """Two sine waves, (400, 2)."""
    t = np.arange(400.0)
    return np.stack([np.sin(t / 5), np.cos(t / 7)], axis=1)


@pytest.fixture
def play(page, series):
    made = rc.Playground(rc.Input() >> rc.Reservoir(20, seed=0) >> rc.LinearReadout(), data=series)
    made.wait(60)
    yield made
    made.experiment.close()


def test_what_is_closed_leaves_the_registry_of_ipywidgets(page, series):
    before = set(ipywidgets.Widget.get_manager_state()["state"])
    play = rc.Playground(rc.Input() >> rc.Reservoir(20, seed=0) >> rc.LinearReadout(), data=series)
    place = figures(play)[0]
    for name in place.kinds:
        place.choose("Figure", name)
        play.wait(60)
    handles = [rc.GraphEditor(play.experiment), rc.ClosedLoopView(play.experiment), rc.LossView(play.experiment)]
    assert len(set(ipywidgets.Widget.get_manager_state()["state"]) - before) > 100
    for handle in (*handles, play):
        handle.close()
    assert set(ipywidgets.Widget.get_manager_state()["state"]) == before


@pytest.mark.parametrize("view", [rc.LossView, rc.PredictionView, rc.SpectrumView])
def test_a_figure_whose_parts_are_closed_one_by_one_is_left_without_a_word(page, play, view, caplog):
    figure = view(play.experiment)
    figure.panels[0].x.close()
    play.set("reservoir", spectral_radius=0.7)
    play.wait(60)
    assert not caplog.records


def test_a_place_whose_parts_are_closed_one_by_one_is_left_without_a_word(page, play, caplog):
    place = figures(play)[0]
    place.shown.panels[0].x.close()
    play.set("reservoir", spectral_radius=0.7)
    play.wait(60)
    assert not caplog.records


def test_a_fault_of_a_figure_that_is_there_is_told(page, play):
    with pytest.raises(AttributeError, match="wrong"), unless_closed(figures(play)[0]):
        raise AttributeError("wrong")
