"""Handles of one experiment: shared views, and closed ones that follow no more."""

import numpy as np
import pytest

import rcwidgets as rc


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


def figures(play):
    return play.children[1].children


def curve(view):
    return np.concatenate([np.ravel(mark.y) for figure in view.children[1].children for mark in figure.marks])


def test_views_of_one_experiment_share_it_and_of_a_graph_have_their_own(page, play, series):
    editor, box = rc.GraphEditor(play.experiment), rc.controls(play.experiment)
    box.knobs["reservoir", "leak_rate"].value = 0.8
    assert play.model["reservoir"].leak_rate == 0.8
    assert editor.document["nodes"][1]["knobs"]["leak_rate"] == 0.8
    own = rc.PredictionView(rc.Input() >> rc.Reservoir(10) >> rc.LinearReadout())
    assert own.experiment is not play.experiment
    own.experiment.close()
    with pytest.raises(TypeError, match="LossView takes an Experiment or a model, got int"):
        rc.LossView(3)


def test_closed_handles_follow_no_more(page, play):
    publisher, experiment = play._publisher, play.experiment
    viewers, listeners = len(publisher._viewers), len(experiment._session.events.listeners)
    handles = [rc.LossView(experiment), rc.PredictionView(experiment), rc.controls(experiment), rc.GraphEditor(experiment)]
    assert len(publisher._viewers) == viewers + 8 and len(experiment._session.events.listeners) == listeners + 2
    for handle in handles:
        handle.close()
    assert len(publisher._viewers) == viewers and len(experiment._session.events.listeners) == listeners
    play.set("reservoir", leak_rate=0.7)
    play.wait(60)
