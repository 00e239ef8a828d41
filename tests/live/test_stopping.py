"""Stop and hold: said at once, also while a compile goes on, and obeyed after the stretch that runs."""

import threading

import pytest

from rcwidgets.core.algebra import lapack
from rcwidgets.core.nodes import Dense, Input, VanillaRNN
from rcwidgets.core.trainers.gradient.settings import BPTTSettings
from rcwidgets.core.trainers.online.recursive import FORCELearning
from rcwidgets.live.engine.jobs import Jobs
from rcwidgets.live.experiment import Experiment
from rcwidgets.live.results.words import duration
from rcwidgets.live.stages import ridge as stages
from rcwidgets.live.stages import ridge_problem as fits
from rcwidgets.live.trainings.gradient import GradientTraining
from rcwidgets.live.trainings.online import OnlineTraining


class Gate:
    """Holds each stretch of a training until the test lets it go, and counts them."""

    def __init__(self, monkeypatch, training):
        self.entered, self.go, self.count = threading.Semaphore(0), threading.Semaphore(0), 0
        advance = training.advance

        def held(own):
            self.count += 1
            own.longest = 10  # steps of an online stretch
            self.entered.release()
            assert self.go.acquire(timeout=60)
            advance(own)

        monkeypatch.setattr(training, "advance", held)

    def enter(self):
        """Waits until the worker stands before a stretch."""
        assert self.entered.acquire(timeout=60)

    def leave(self, count=1):
        """Lets it make some stretches."""
        self.go.release(count)


def force(series, model):
    return Experiment(model, data=series, trainer=FORCELearning), OnlineTraining


def bptt(series, model):
    settings = BPTTSettings(learning_rate=0.01, num_train=200, num_batch=3, window=20)
    return Experiment(Input() >> VanillaRNN(8, activation="tanh") >> Dense(), data=series, trainer=settings), GradientTraining


@pytest.fixture(params=[force, bptt], ids=["FORCE", "BPTT"])
def held(request, series, model, monkeypatch):
    """An experiment whose training stands before its first stretch, which compiles, and the gate that holds it there."""
    experiment, training = request.param(series, model)
    gate = Gate(monkeypatch, training)
    experiment.run()
    gate.enter()
    yield experiment, gate
    gate.leave(1000)
    experiment.close()


def test_stop_is_said_at_once_while_it_compiles_and_obeyed_after_it(held):
    experiment, gate = held
    assert (experiment.status.activity, experiment.status.message) == ("compiling", "compiling")
    experiment.stop()
    assert experiment.status.message == "stopping after the compile"
    gate.leave()
    experiment.wait(60)
    assert (experiment.status.activity, experiment.status.message) == ("idle", "stopped")
    assert gate.count == 1 and experiment.results is None


def test_stop_and_hold_wait_for_no_more_than_the_stretch_that_runs(held):
    experiment, gate = held
    gate.leave()
    gate.enter()
    experiment.pause()
    assert experiment.status.message == "holding"
    gate.leave()
    kept = experiment.wait(60)
    assert gate.count == 2 and experiment.status.message.startswith("held after ")
    experiment.resume()
    gate.enter()
    said = []
    experiment.subscribe(lambda news: said.append(experiment.status.message) if news == "status" else None)
    experiment.stop()
    gate.leave()
    experiment.wait(60)
    assert gate.count == 3 and list(dict.fromkeys(said)) == ["stopping", "stopped"]
    assert experiment.results is kept


def test_run_after_stop_in_a_compile_starts_anew(held):
    experiment, gate = held
    experiment.stop()
    experiment.run()
    gate.leave(1000)
    results = experiment.wait(120)
    assert results.curve.losses.size == results.curve.total
    assert experiment.status.message.startswith(f"{results.curve.total:,} ")


@pytest.mark.parametrize(("early", "words"), [(True, "stopping"), (False, "stopping after the compile")], ids=["before", "within"])
def test_stop_in_the_compile_of_ridge_is_said_at_once_and_stays_said(series, model, monkeypatch, early, words):
    entered, go, report = threading.Event(), threading.Event(), Jobs.report

    def held(self, activity, progress, words=""):
        for before in (True, False):
            if activity == "compiling" and before is early:
                entered.set()
                assert go.wait(60)
            if before:
                report(self, activity, progress, words)

    monkeypatch.setattr(Jobs, "report", held)
    experiment = Experiment(model, data=series)
    assert entered.wait(60)
    said = []
    experiment.subscribe(lambda news: said.append(experiment.status.message) if news == "status" else None)
    experiment.stop()
    go.set()
    experiment.wait(60)
    assert list(dict.fromkeys(said)) == [words, "stopped"] and experiment.status.activity == "idle"
    experiment.close()


def test_the_words_are_those_of_the_stage_that_runs(series, model, monkeypatch):
    """Of a model as large as one that takes long; the words for compiling go once it is over."""
    monkeypatch.setattr(stages, "SHARED_FEATURES", 10)
    experiment, said = Experiment(model, data=series, auto=False), []
    experiment.subscribe(lambda news: said.append((experiment.status.activity, experiment.status.message)) if news == "status" else None)
    experiment.run()
    experiment.wait(60)
    words = list(dict.fromkeys(said))
    stage = [words.index(("running", text)) for text in ("drawing weights", "running the network", "summing the Gram matrix", "solving")]
    compiling = words.index(("compiling", "compiling"))
    assert stage == sorted(stage) and stage[0] < compiling < stage[1]
    assert ("running", "compiling") not in words and ("running", "drawing the loss over beta") in words
    assert words[-1] == ("paused", f"trained in {duration(experiment.results.seconds)}")
    experiment.close()


def test_stop_breaks_a_decomposition_between_two_steps_and_nothing_of_it_is_shown(series, model, monkeypatch):
    monkeypatch.setattr(stages, "SHARED_FEATURES", 10)
    monkeypatch.setattr(lapack, "STEP", 1e3)  # as many steps as a large matrix takes
    eigen, entered = fits.Factor.of, []

    def stopped(gram, *, penalize_bias, checkpoint):
        entered.append("begun")
        if len(entered) == 1:
            experiment.stop()
        made = eigen(gram, penalize_bias=penalize_bias, checkpoint=checkpoint)
        entered.append("made")
        return made

    monkeypatch.setattr(fits.Factor, "of", stopped)
    experiment = Experiment(model, data=series)
    results = experiment.wait(60)
    assert entered == ["begun"] and results.path is None
    assert (experiment.status.activity, experiment.status.message) == ("idle", "stopped")
    experiment.run()
    assert experiment.wait(60).path is not None
    experiment.close()
