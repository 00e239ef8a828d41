"""The feedback scaling that is left out follows the use: 1 under FORCE, 0.05 elsewhere; in Python, in the experiment and in its code."""

import json

import numpy as np
import pytest

from rcwidgets.core.document.document import Document
from rcwidgets.core.document.schema import schema
from rcwidgets.core.graph.sizing import with_auto_values
from rcwidgets.core.loading import load
from rcwidgets.core.model.runner import RNNRunner
from rcwidgets.core.nodes import Input, LinearReadout, Reservoir
from rcwidgets.core.tasks import DataTask, own_series
from rcwidgets.core.trainers.closed_form.ridge import RidgeSettings, RidgeTrainer
from rcwidgets.core.trainers.online.recursive import FORCELearning
from rcwidgets.core.trainers.online.settings import FORCESettings
from rcwidgets.live.stages.prepared import Prepared, StageCache

WAVE = np.sin(np.arange(4000) / 6)[:, None]


def looped(units=30, **knobs):
    i, r, o = Input(1), Reservoir(units, **knobs), LinearReadout(1)
    return (i >> r >> o) & (r << o)


@pytest.mark.parametrize("seed", range(4))
def test_force_goes_on_with_a_sine_by_itself(seed):
    silence = np.zeros_like(WAVE)
    trainer = FORCELearning(looped(300, spectral_radius=1.5, leak_rate=0.1), seed=seed).fit([silence[:3000], WAVE[:3000]])
    alone = trainer.predict(silence[3000:])
    assert np.corrcoef(alone[:, 0], WAVE[3000:, 0])[0, 1] >= 0.99


@pytest.mark.parametrize(("trainer", "expected"), [(FORCELearning, 1.0), (RidgeTrainer, 0.05)])
def test_the_same_as_with_the_number_given(trainer, expected, tmp_path):
    silence = np.zeros_like(WAVE)
    free, given = trainer(looped()), trainer(looped(feedback_scaling=expected))
    other = trainer(looped(feedback_scaling=0.3)).fit([silence[:500], WAVE[:500]])
    for one in (free, given):
        one.fit([silence[:500], WAVE[:500]])
    np.testing.assert_array_equal(free.state.nodes[1]["h"], given.state.nodes[1]["h"])
    assert np.abs(free.state.nodes[1]["h"] - other.state.nodes[1]["h"]).max() > 1e-3
    read = load(free.save(tmp_path / "model.npz"))
    np.testing.assert_array_equal(read.predict(silence[:50]), given.predict(silence[:50]))


def test_a_runner_of_the_trainers_model_says_the_same():
    silence = np.zeros_like(WAVE)
    trainer = FORCELearning(looped()).fit([silence[:500], WAVE[:500]])
    assert trainer.model["reservoir"].feedback_scaling == 1.0
    assert with_auto_values(trainer.model, forces=False)["reservoir"].feedback_scaling == 1.0


@pytest.mark.parametrize(("settings", "expected"), [(FORCESettings(), 1.0), (RidgeSettings(), 0.05)])
def test_the_document_leaves_it_open_and_the_run_has_the_number(settings, expected):
    i, r, o = Input(), Reservoir(10), LinearReadout()
    document = Document((i >> r >> o) & (r << o), DataTask(), settings)
    kept = json.loads(document.to_json())["nodes"][1]["knobs"]["feedback_scaling"]
    assert kept is None
    prepared = Prepared(StageCache(own_series(WAVE[:200])), document)
    assert prepared.graph["reservoir"].feedback_scaling == expected
    knob = schema()["nodes"]["Reservoir"]["knobs"]["feedback_scaling"]
    assert knob["auto"][schema()["trainers"][settings.kind]["forces"]] == expected


def test_a_number_of_ones_own_stays():
    graph = looped(feedback_scaling=0.05)
    assert with_auto_values(graph, forces=True) is graph
    assert with_auto_values(Input(1) >> Reservoir(10) >> LinearReadout(1), forces=True)["reservoir"].feedback_scaling is None


def test_weights_that_come_without_the_number_are_taken_with_a_word():
    silence = np.zeros_like(WAVE)
    trainer = FORCELearning(looped()).fit([silence[:500], WAVE[:500]])
    with pytest.warns(UserWarning, match=r"leaves reservoir.feedback_scaling to its use.* 0.05 is taken, where FORCE learning takes 1\."):
        RNNRunner(looped(), params=trainer.params)
    for runner in (RNNRunner(trainer.model, params=trainer.params), FORCELearning(looped(), params=trainer.params)):
        assert runner.model["reservoir"].feedback_scaling == 1.0
    ridge = RidgeTrainer(looped()).fit([silence[:500], WAVE[:500]])
    assert RNNRunner(ridge.model, params=ridge.params).model["reservoir"].feedback_scaling == 0.05
