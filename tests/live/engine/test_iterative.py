"""Trainings that go on step by step: held, resumed, turned while they run, voided by a change, and right in the end."""

import threading
import time

import numpy as np
import pytest

from rcwidgets.core.document.document import Document
from rcwidgets.core.model import program as programs
from rcwidgets.core.nodes import Dense, Input, LinearReadout, Reservoir, VanillaRNN
from rcwidgets.core.tasks import DataTask, own_series
from rcwidgets.core.trainers.gradient.bptt import BPTT
from rcwidgets.core.trainers.gradient.settings import BPTTSettings
from rcwidgets.core.trainers.online.lms import LMS
from rcwidgets.core.trainers.online.recursive import RLS, FORCELearning
from rcwidgets.core.trainers.online.settings import FORCESettings, LMSSettings, RLSSettings
from rcwidgets.live.engine.iterative import training_of
from rcwidgets.live.experiment import Experiment
from rcwidgets.live.stages.prepared import Prepared, StageCache
from rcwidgets.live.trainings.gradient import GradientTraining
from rcwidgets.live.trainings.online import OnlineTraining

TRAINERS = [
    (RLS, RLSSettings(alpha=0.1, forgetting=0.999)),
    (FORCELearning, FORCESettings(alpha=0.1)),
    (LMS, LMSSettings(learning_rate=0.05)),
]


def looped():
    i, r, o = Input(), Reservoir(20, seed=0, feedback_scaling=0.2), LinearReadout()
    return (i >> r >> o) & (r << o)


def training(series, settings, graph=None):
    graph = looped() if graph is None else graph
    return OnlineTraining(Prepared(StageCache(own_series(series)), Document(graph, DataTask(), settings)))


@pytest.fixture
def slow(monkeypatch):
    """Trainings whose stretches are short and take a while, so that a test can step in between; they end soon once the event is set."""
    advance, free = OnlineTraining.advance, threading.Event()

    def slowly(self):
        crawls = self.done >= 100 and not free.is_set()
        self.longest = 1 if crawls else 10
        free.wait(0.5 if crawls else 0.02)
        advance(self)

    monkeypatch.setattr(OnlineTraining, "advance", slowly)
    return free


@pytest.fixture
def experiment(series, model):
    made = Experiment(model, data=series, trainer=RLS)
    yield made
    made.close()


def until(condition, seconds=60.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)


@pytest.mark.parametrize(("trainer", "settings"), TRAINERS)
def test_results_equal_those_of_the_trainer(series, trainer, settings):
    live = training(series, settings)
    live.longest = 37
    while not live.finished:
        live.advance()
    results, data = live.results(1), live.prepared.data
    alone = trainer(looped().sized(2, 2), **settings.knobs)
    x, y, test = data.inputs, data.targets, data.test_start
    alone.predict(x[: data.warmup])
    alone.fit([x[data.warmup : test], y[data.warmup : test]])
    forecast = alone.predict(x[test : data.end])
    np.testing.assert_allclose(results.forecast, forecast * data.scale + data.mean, atol=2e-4)
    np.testing.assert_allclose(results.curve.losses, alone.train_losses, atol=1e-5)
    assert results.curve.sizes[-1] == pytest.approx(
        np.sqrt(sum(np.square(value).sum() for value in alone.params["readout"].values())), rel=1e-3
    )
    assert results.part == "test" and results.test_nrmse < 1


def test_while_it_learns_the_last_rows_are_shown(series):
    live = training(series, RLSSettings())
    live.longest = 50
    live.advance()
    results, data = live.results(1), live.prepared.data
    rows = slice(data.warmup, data.warmup + 50)
    np.testing.assert_allclose(results.truth, data.targets[rows] * data.scale + data.mean)
    np.testing.assert_allclose(results.truth - results.forecast, live.errors[:50, 0] * data.scale)
    assert results.part == "training" and np.isnan(results.test_nrmse)


def test_a_moved_knob_is_taken_up_without_a_trace(series):
    live = training(series, LMSSettings())
    live.longest = 20
    live.advance()
    traced = programs.TRACES["learn"]
    graph = looped().replace("reservoir", spectral_radius=0.1)
    document = Document(graph, DataTask(), LMSSettings(learning_rate=0.2))
    live.turn(document)
    live.advance()
    assert programs.TRACES["learn"] == traced
    assert live.prepared.settings.learning_rate == 0.2
    other = training(series, LMSSettings())
    other.longest = 20
    other.advance()
    other.advance()
    assert not np.allclose(other.errors[20:40], live.errors[20:40])


def test_learning_that_diverges_is_a_sentence_and_keeps_the_last_results(experiment):
    experiment.run()
    good = experiment.wait(60)
    experiment.choose(trainer="LMS")
    experiment.set("trainer", learning_rate=1e5)
    experiment.run()
    experiment.wait(60)
    assert experiment.status.activity == "failed"
    assert "learning diverged. Lower the learning rate." in experiment.status.message
    assert experiment.results is good


def test_it_trains_when_told_and_not_before(experiment):
    assert experiment.status.revision == experiment.revision
    assert [node.state for node in experiment.status.nodes.values()] == ["ok", "ok", "untrained"]
    experiment.set("reservoir", leak_rate=0.9)
    assert experiment.wait(60) is None
    assert experiment.status.message == "press Run to train"
    experiment.run()
    results = experiment.wait(60)
    assert results.part == "test" and results.curve.losses.size == results.curve.total
    assert experiment.status.activity == "idle" and experiment.status.message.startswith(f"{results.curve.total:,} steps in ")
    assert experiment.trainer.predict(np.zeros((3, 2))).shape == (3, 2)
    assert isinstance(experiment.trainer, RLS)


@pytest.mark.optimised
def test_held_it_waits_and_goes_on_where_it_was(experiment, slow):
    experiment.run()
    until(lambda: experiment.status.pace)
    experiment.pause()
    held = experiment.wait(60)
    assert experiment.status.activity == "paused" and experiment.status.message.startswith("held after ")
    done = held.curve.losses.size
    assert 0 < done < held.curve.total
    experiment.set("reservoir", spectral_radius=0.5)
    assert experiment.status.activity == "paused"
    slow.set()
    experiment.resume()
    results = experiment.wait(60)
    np.testing.assert_array_equal(results.curve.losses[:done], held.curve.losses)
    assert results.model["reservoir"].spectral_radius == 0.5


def test_a_step_is_one_stretch(experiment, slow):
    experiment.step()
    assert experiment.wait(60).curve.losses.size == 10
    experiment.step()
    assert experiment.wait(60).curve.losses.size == 20
    experiment.reset()
    experiment.step()
    assert experiment.wait(60).curve.losses.size == 10


def test_stop_ends_it_and_run_starts_anew(experiment, slow):
    experiment.run()
    until(lambda: experiment.status.pace)
    experiment.stop()
    experiment.wait(60)
    assert experiment.status.activity == "idle" and experiment.status.message == "stopped"
    experiment.step()
    assert experiment.wait(60).curve.losses.size == 10


@pytest.mark.parametrize(
    "change",
    [
        lambda e: e.set("reservoir", units=30),
        lambda e: e.set("reservoir", seed=5),
        lambda e: e.set("trainer", alpha=2.0),
        lambda e: e.set("task", horizon=2),
        lambda e: e.choose(trainer="LMS"),
    ],
    ids=["structure", "seed", "alpha", "horizon", "trainer"],
)
def test_what_a_training_cannot_take_up_ends_it(experiment, slow, change):
    experiment.run()
    until(lambda: experiment.status.pace)
    change(experiment)
    experiment.wait(60)
    until(lambda: experiment.status.activity == "idle")
    experiment.step()
    curve = experiment.wait(60).curve
    if curve.unit == "epoch":  # LMS makes as many epochs as fit into a stretch
        assert 0 < curve.losses.size < curve.total
    else:
        assert curve.losses.size == 10


def test_a_change_back_to_ridge_trains_by_itself(experiment, slow):
    experiment.run()
    until(lambda: experiment.status.pace)
    experiment.choose(trainer="RidgeTrainer")
    assert experiment.wait(60).curve is None
    assert experiment.status.activity == "idle" and experiment.status.message.startswith("trained in")


def test_what_only_iterative_trainers_can_do_is_refused_in_words(series, model):
    ridge = Experiment(model, data=series, auto=False)
    with pytest.raises(ValueError, match=r"Ridge trains in one go\. Run it\."):
        ridge.step()
    with pytest.raises(ValueError, match=r"Ridge trains anew at each change\. There is nothing to reset\."):
        ridge.reset()
    ridge.close()


def test_a_network_that_cannot_run_says_so_before_run(experiment):
    node = experiment.document.graph.id_of("reservoir")
    experiment.edit([{"op": "remove", "nodes": [node], "edges": []}])
    assert "readout has no input. Wire a node to it." in [problem.text for problem in experiment.status.problems]
    experiment.run()
    experiment.wait(60)
    assert experiment.status.activity == "failed"


@pytest.fixture
def recurrent():
    """A network that learns by gradients, of 8 units."""
    return Input() >> VanillaRNN(8, activation="tanh") >> Dense()


SMALL = BPTTSettings(learning_rate=0.01, num_train=4, num_batch=3, window=20)


def test_bptt_equals_the_trainer_over_pieces_of_the_training_part(series, recurrent):
    experiment = Experiment(recurrent, data=series, trainer=SMALL)
    experiment.run()
    results = experiment.wait(120)
    data = experiment.task.prepare(own_series(series))
    rows = slice(data.warmup, data.test_start)
    alone = BPTT(recurrent.sized(2, 2), **SMALL.knobs)
    alone.fit((data.inputs[rows], data.targets[rows]), num_report=0)
    np.testing.assert_allclose(results.curve.losses, alone.train_losses, rtol=1e-4)
    assert results.curve.total == alone.updates == 4 * -(-(data.train // 20) // 3)
    alone.predict(data.inputs[: data.test_start])
    forecast = alone.predict(data.inputs[data.test_start : data.end]) * data.scale + data.mean
    np.testing.assert_allclose(results.forecast, forecast, atol=1e-4)
    assert results.curve.tests[-1] == pytest.approx(np.mean(((results.forecast - results.truth) / data.scale) ** 2), rel=1e-4)
    again = experiment.trainer.predict(data.inputs[data.test_start : data.end])
    np.testing.assert_allclose(again * data.scale + data.mean, forecast, atol=1e-4)
    experiment.close()


@pytest.mark.optimised
def test_bptt_takes_up_a_learning_rate_that_moves_and_a_new_run_starts_anew(series, recurrent):
    experiment = Experiment(recurrent, data=series, trainer=SMALL)
    experiment.step()
    first = experiment.wait(120)
    experiment.set("trainer", learning_rate=0.5)
    experiment.run()
    results = experiment.wait(120)
    made = first.curve.losses.size
    np.testing.assert_array_equal(results.curve.losses[:made], first.curve.losses)
    alone = Experiment(recurrent, data=series, trainer=SMALL)
    alone.run()
    assert not np.allclose(alone.wait(120).curve.losses[made + 1 :], results.curve.losses[made + 1 :])
    experiment.run()
    assert experiment.wait(120).curve.losses.size == results.curve.total
    experiment.close()
    alone.close()


def test_bptt_that_diverges_is_a_sentence_and_keeps_the_last_results(series, recurrent):
    experiment = Experiment(recurrent.replace("rnn", activation="relu"), data=series, trainer=SMALL)
    experiment.run()
    good = experiment.wait(120)
    experiment.set("trainer", learning_rate=1e6)
    experiment.run()
    experiment.wait(120)
    assert experiment.status.activity == "failed"
    assert "Lower the learning rate" in experiment.status.message
    assert experiment.results is good
    experiment.close()


@pytest.mark.parametrize(
    ("graph", "words"),
    [
        (lambda: Input() >> Reservoir(5), "There is nothing to train. Add a node that learns, such as VanillaRNN, Dense or LinearReadout."),
        (lambda: Input() >> VanillaRNN(5), "rnn gives 5 features, the target has 2. Put a Dense or a LinearReadout after it."),
    ],
)
def test_what_bptt_cannot_train_is_said(series, graph, words):
    experiment = Experiment(graph(), data=series, trainer=SMALL)
    experiment.run()
    experiment.wait(60)
    assert words in experiment.status.message
    experiment.close()


def test_how_a_trainer_learns_decides_its_training():
    assert training_of(BPTTSettings()) is GradientTraining
    assert training_of(RLSSettings()) is training_of(FORCESettings()) is OnlineTraining
