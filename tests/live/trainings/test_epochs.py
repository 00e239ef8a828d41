"""LMS in epochs, live: what the trainer gives, knobs that move meanwhile, and the words at its end."""

import numpy as np
import pytest

from rcwidgets.core.document.document import Document
from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.nodes import Concat, Input, LinearReadout, Reservoir
from rcwidgets.core.tasks import DataTask, own_series
from rcwidgets.core.trainers.online.lms import LMS
from rcwidgets.core.trainers.online.settings import LMSSettings
from rcwidgets.live.experiment import Experiment
from rcwidgets.live.stages.prepared import Prepared, StageCache
from rcwidgets.live.trainings.epochs import EpochTraining

SETTINGS = LMSSettings(learning_rate=0.5, normalised=True, epochs=12, patience=4)


def chain() -> Graph:
    return Input() >> Reservoir(20, seed=0) >> LinearReadout()


def looped() -> Graph:
    i, r, o = Input(), Reservoir(20, seed=0, feedback_scaling=0.2), LinearReadout()
    return (i >> r >> o) & (r << o)


def behind() -> Graph:
    i, r, first = Input(), Reservoir(20, seed=0), LinearReadout(name="first")
    return (i >> r >> first) & ([r, first] >> Concat() >> LinearReadout(name="second"))


def training(series, settings, graph):
    made = EpochTraining(Prepared(StageCache(own_series(series)), Document(graph, DataTask(), settings)))
    made.stretch = 0.0  # an epoch at a time
    return made


@pytest.mark.parametrize("graph", [chain(), looped()], ids=["chain", "feedback"])
@pytest.mark.parametrize("patience", [None, 4])
def test_results_equal_those_of_the_trainer(series, graph, patience):
    settings = LMSSettings(learning_rate=0.5, normalised=True, epochs=12, patience=patience)
    live = training(series, settings, graph)
    while not live.finished:
        live.advance()
    results, data = live.results(1), live.prepared.data
    alone = LMS(graph.sized(2, 2), **settings.knobs)
    x, y, test = data.inputs, data.targets, data.test_start
    alone.predict(x[: data.warmup])
    alone.fit([x[data.warmup : test], y[data.warmup : test]])
    np.testing.assert_allclose(results.curve.losses, alone.train_losses, rtol=1e-4)
    forecast = alone.predict(x[test : data.end])
    np.testing.assert_allclose(results.forecast, forecast * data.scale + data.mean, atol=2e-4)
    np.testing.assert_allclose(results.params["readout"]["W"], alone.params["readout"]["W"], rtol=1e-4, atol=1e-6)
    assert results.part == "test" and live.done == len(alone.train_losses)


def test_readouts_behind_one_another_learn_in_order(series):
    live = training(series, SETTINGS, behind())
    live.advance()
    assert not live.results(1).params["second"]["W"].any()
    while not live.finished:
        live.advance()
    results = live.results(2)
    assert results.params["first"]["W"].any() and results.params["second"]["W"].any()
    assert len(results.curve.losses) == live.done <= live.total == 24
    assert results.test_nrmse < 1


def test_the_learning_rate_and_knobs_of_the_network_are_taken_up(series):
    live, other = training(series, SETTINGS, chain()), training(series, SETTINGS, chain())
    for one in (live, other):
        one.advance()
    graph = chain().replace("reservoir", spectral_radius=0.1)
    live.turn(Document(graph, DataTask(), LMSSettings(learning_rate=0.1, normalised=True, epochs=12, patience=4)))
    for one in (live, other):
        one.advance()
    assert live.prepared.settings.learning_rate == 0.1
    assert live.results(1).curve.losses[0] == other.results(1).curve.losses[0]
    assert live.results(1).curve.losses[1] != other.results(1).curve.losses[1]
    fresh = training(series, SETTINGS, graph)
    fresh.advance()
    state, expected = (np.asarray(one.results(1).state.nodes[1]["h"]) for one in (live, fresh))
    np.testing.assert_allclose(state, expected, atol=1e-6)


def test_it_ends_when_held_out_rows_get_no_better_and_says_so():
    noise = np.random.default_rng(0).normal(size=(300, 1))  # nothing to learn: the longer, the worse
    experiment = Experiment(chain(), data=noise, trainer=LMS(chain(), learning_rate=0.5, normalised=True, epochs=500, patience=5))
    experiment.run()
    results = experiment.wait(60)
    done = len(results.curve.losses)
    assert 5 < done < 500
    assert experiment.status.message.startswith(f"{done} epochs in ")
    assert experiment.status.message.endswith(f"; the weights of epoch {done - 5} are kept, the best on the held-out rows")
    experiment.set("trainer", epochs=20)
    assert experiment.status.message == "press Run to train"
    experiment.close()


@pytest.mark.optimised
def test_a_training_that_is_held_goes_on_where_it_was(series):
    experiment = Experiment(chain(), data=series, trainer=LMS(chain(), learning_rate=0.5, normalised=True, epochs=12))
    experiment.step()
    experiment.wait(60)
    first = experiment.results.curve.losses
    experiment.run()
    whole = experiment.wait(60).curve.losses
    assert 1 <= len(first) <= len(whole) == 12
    np.testing.assert_array_equal(whole[: len(first)], first)
    experiment.close()
