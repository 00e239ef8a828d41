"""BPTT in an experiment: it trains until it no longer gets better, by rows of the training part, and the code does the same."""

import re
import time

import numpy as np
import pytest

from rcwidgets.core.nodes import GRU, Dense, Input, LinearReadout, Reservoir, VanillaRNN
from rcwidgets.core.trainers.gradient.bptt import BPTT
from rcwidgets.core.trainers.gradient.settings import PATIENCE, BPTTSettings
from rcwidgets.live.experiment import Experiment

SETTINGS = BPTTSettings(learning_rate=0.05, num_batch=4, window=25, washout=5, patience=4, rate_cuts=1, least_gain=0.02)


@pytest.fixture
def network():
    return Input() >> VanillaRNN(8, activation="tanh") >> Dense()


def trained(network, series, settings=SETTINGS):
    """The results, the last message, and the code, when it has come to its end."""
    experiment = Experiment(network, data=series, trainer=settings)
    experiment.run()
    results = experiment.wait(300)
    message, code = experiment.status.message, experiment.code()
    told = {metric.label: metric.value for metric in experiment.status.metrics}
    assert told["Ended"] == results.curve.ending.split(";")[0]
    experiment.close()
    return results, message, code


def test_it_ends_by_itself_says_why_and_its_code_gives_the_same(series, network):
    results, message, code = trained(network, series)
    curve = results.curve
    said = re.search(r"([\d,]+) updates in .+: no better for (\d+) updates; best weights of update ([\d,]+) kept$", message)
    assert said is not None, message
    assert int(said[1]) == curve.losses.size == curve.total and int(said[3]) == curve.best == curve.looked[np.argmin(curve.held_out)]
    assert curve.ending and curve.ending in message
    scope = {"data": series}
    exec(code, scope)
    assert scope["nrmse"] == pytest.approx(results.test_nrmse, rel=1e-3)
    assert "num_train=1_000_000)  # until it no longer gets better" in code


@pytest.mark.optimised
def test_the_test_part_chooses_nothing(series, network):
    other = series.copy()
    other[-80:] += np.random.default_rng(0).normal(size=(80, 2))  # of the test part: the last 108 rows
    (one, _, _), (two, _, _) = trained(network, series), trained(network, other)
    assert one.data.test_start < 320 and not np.allclose(one.truth, two.truth)
    np.testing.assert_array_equal(one.curve.held_out, two.curve.held_out)
    for name, own in one.params.items():
        for key, value in own.items():
            np.testing.assert_array_equal(value, two.params[name][key])


def test_where_nothing_is_said_it_has_a_patience_of_its_own(series, network):
    assert BPTTSettings().waits == PATIENCE and BPTTSettings(num_train=30).waits is None
    assert BPTTSettings(num_train=30, patience=2).waits == 2
    results, message, _ = trained(network, series, BPTTSettings(learning_rate=0.2, num_batch=4))
    assert "no better for" in message and results.curve.losses.size > PATIENCE


def test_a_number_of_epochs_is_made_to_the_end_and_the_page_says_so(series, network):
    results, message, _ = trained(network, series, BPTTSettings(num_train=2, num_batch=100))
    assert results.curve.losses.size == results.curve.total == 2 and results.curve.best is None
    assert "the 2 epochs that were asked for, with nothing held out; leave Epochs empty to train until" in message


@pytest.mark.optimised
def test_held_it_shows_the_best_weights_so_far_and_goes_on(series, network):
    settings = BPTTSettings(learning_rate=0.05, num_batch=4, window=25, patience=10_000)
    experiment = Experiment(network, data=series, trainer=settings)
    experiment.run()
    end = time.monotonic() + 120
    while "best so far after" not in experiment.status.pace:
        assert time.monotonic() < end
        time.sleep(0.01)
    assert experiment.status.progress is None
    experiment.pause()
    held = experiment.wait(60)
    assert re.fullmatch(r"held after [\d,]+ updates", experiment.status.message)
    assert held.curve.total is None and held.curve.best <= held.curve.losses.size
    experiment.set("trainer", learning_rate=0.01)
    experiment.resume()
    while experiment.results.curve.losses.size == held.curve.losses.size:
        assert time.monotonic() < end
        time.sleep(0.01)
    experiment.stop()
    results = experiment.wait(60)
    np.testing.assert_array_equal(results.curve.losses[: held.curve.losses.size], held.curve.losses)
    assert results.curve.held_out.min() <= held.curve.held_out.min()
    experiment.close()


def test_a_model_given_in_python_stays_and_the_offer_is_one_undo():
    given = Input() >> Reservoir(400) >> LinearReadout()
    experiment = Experiment(given, task="lorenz", auto=False)  # it looks like the start of the task, and is the user's all the same
    assert experiment.offer is None
    experiment.choose(trainer="BPTT")
    kinds = [node.kind for node in experiment.document.graph.nodes.values()]
    assert kinds == ["Input", "Reservoir", "LinearReadout"] and experiment.offer.label == "Use a GRU of 50 units"
    before = experiment.document.key()
    experiment.take_offer()
    assert isinstance(experiment.document.graph["gru"], GRU) and experiment.task.normalise and experiment.offer is None
    with pytest.raises(ValueError, match="There is no offer: the model suits the task and the trainer"):
        experiment.take_offer()
    experiment.undo()
    assert experiment.document.key() == before
    experiment.close()


def test_without_a_model_the_pair_has_its_own():
    experiment = Experiment(task="lorenz", trainer=BPTT)
    assert isinstance(experiment.document.graph["gru"], GRU) and experiment.task.normalise
    experiment.choose(trainer="RidgeTrainer")
    assert experiment.document.graph["reservoir"].units == 400 and not experiment.task.normalise
    experiment.close()
