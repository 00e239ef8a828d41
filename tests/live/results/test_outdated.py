"""Old results under a new question say what they are of; those of a hand that turns a knob do not."""

import threading
import time

import numpy as np
import pytest

import rcwidgets as rc
from rcwidgets.core.document.document import Document
from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.tasks import DataTask, LorenzTask, NarmaTask, own_series
from rcwidgets.live.results.words import asked_by, last_words
from rcwidgets.live.stages.ridge import Stages

WAVE = np.stack([np.sin(np.arange(300) / 5), np.cos(np.arange(300) / 7)], axis=1)
LORENZ = "of the last model: Lorenz, 1 step"
SUNSPOTS = "of the last model: Sunspots, 1 step"


def small(task="sunspots", **more):
    """A small experiment, trained."""
    experiment = rc.Experiment(rc.Input() >> rc.Reservoir(20, seed=0) >> rc.LinearReadout(), task=task, **more)
    experiment.wait()
    return experiment


@pytest.fixture
def held(monkeypatch):
    """A gate that the stages wait at: `clear()` closes it."""
    gate, known = threading.Event(), Stages.compute
    gate.set()

    def compute(self, *arguments):
        gate.wait(20)
        return known(self, *arguments)

    monkeypatch.setattr(Stages, "compute", compute)
    yield gate
    gate.set()


def heard(experiment, change):
    """All that is said of the results' age from a change until the experiment rests."""
    said = []
    leave = experiment.subscribe(lambda news: said.append(experiment.status.old))
    change()
    experiment.wait()
    leave()
    return list(dict.fromkeys(said))


@pytest.mark.parametrize(
    ("task", "words"),
    [
        (LorenzTask(), LORENZ),
        (LorenzTask(horizon=1000), "of the last model: Lorenz, 1,000 steps"),
        (NarmaTask(), "of the last model: NARMA, same step"),
        (DataTask(), "of the last model: Your data, 1 step"),
    ],
)
def test_results_are_told_by_their_task_and_horizon(task, words):
    asked = asked_by(Document(Graph(), task=task), None)
    assert last_words(asked, asked) == words


def test_another_trainer_and_other_data_are_told_too():
    document = Document(Graph(), task=DataTask())
    asked = asked_by(document, own_series(WAVE)._replace(name="tide.csv"))
    other = asked_by(document, own_series(WAVE[:200])._replace(name="tide.csv"))
    assert last_words(asked, other) == "of the last model: tide.csv, 1 step, the data before"
    assert last_words(asked, asked._replace(trainer="BPTT")) == "of the last model: tide.csv, 1 step, Ridge"


@pytest.mark.parametrize(
    "change",
    [
        lambda experiment: experiment.choose(task="lorenz"),
        lambda experiment: experiment.set("task", horizon=3),
        lambda experiment: experiment.bring(WAVE),
    ],
)
def test_another_question_ages_the_results_at_once_until_its_own_are_there(held, change):
    experiment = small()
    assert experiment.status.old == ""
    held.clear()
    change(experiment)
    assert (experiment.status.old, experiment.status.message) == (SUNSPOTS, "training")
    held.set()
    experiment.wait()
    assert experiment.status.old == "" and experiment.status.message.startswith("trained in")
    experiment.close()


def test_other_data_age_the_results_of_those_before(held):
    experiment = small("data", data=WAVE)
    held.clear()
    experiment.bring(2 * WAVE)
    assert experiment.status.old == "of the last model: Your data, 1 step, the data before"
    held.set()
    experiment.wait()
    assert experiment.status.old == ""
    experiment.close()


def test_a_knob_that_is_turned_ages_nothing():
    experiment = small()

    def drag():
        node = experiment.document.graph.id_of("reservoir")
        for place in range(40):
            experiment.edit([{"op": "set", "owner": node, "knob": "spectral_radius", "value": 0.5 + place / 100}], "drag")
            if place % 8 == 0:
                experiment.wait()

    assert heard(experiment, drag) == [""]
    assert heard(experiment, lambda: experiment.set("task", train=150)) == [""]
    experiment.close()


def test_a_model_that_is_compiled_ages_the_results_of_the_one_before():
    experiment = small()
    assert heard(experiment, lambda: experiment.set("reservoir", units=21)) == ["", SUNSPOTS]
    assert experiment.status.old == ""
    experiment.close()


def states(experiment):
    """The state of each node by its name, and its size."""
    names = experiment.document.graph.names
    return {names[id]: (status.state, status.size) for id, status in experiment.status.nodes.items()}


def test_the_cards_know_other_wires_and_another_task_before_a_run_that_compiles_does(held):
    experiment = small()
    ids = experiment.document.graph.id_of
    experiment.edit([{"op": "add", "kind": "Reservoir", "id": "second", "position": [0, 0]}])
    experiment.edit([{"op": "set", "owner": "second", "knob": "units", "value": 30}])
    experiment.edit([{"op": "connect", "source": ids("input"), "target": "second", "feedback": False}])
    assert states(experiment)["reservoir_2"] == ("unwired", 30)
    held.clear()
    experiment.edit([{"op": "connect", "source": "second", "target": ids("readout"), "feedback": False}])
    assert states(experiment)["reservoir_2"] == ("ok", 30)
    experiment.choose(task="lorenz")
    assert states(experiment)["input"] == ("ok", 3) and experiment.status.nodes[ids("input")].text == "x, y, z"
    experiment.edit([{"op": "remove", "nodes": [ids("input")], "edges": []}])
    assert states(experiment)["reservoir_2"][0] == "unwired" and experiment.status.problems != ()
    held.set()
    experiment.close()


def test_the_cards_of_a_trainer_that_is_run_say_that_nothing_is_trained_until_it_is(held):
    experiment = small()
    experiment.choose(trainer="LMS")
    assert states(experiment)["readout"][0] == "untrained"
    told = []
    leave = experiment.subscribe(lambda news: told.append((experiment.results.settings.kind, states(experiment)["readout"][0])))
    experiment.run()
    assert states(experiment)["readout"][0] == "untrained"
    experiment.wait(60)
    leave()
    assert ("RidgeTrainer", "ok") not in told and told[-1] == ("LMS", "ok")
    experiment.close()


def test_what_cannot_be_run_ages_the_results_for_good():
    experiment = small()
    nodes = list(experiment.document.graph.nodes)
    experiment.edit([{"op": "remove", "nodes": nodes, "edges": []}])
    experiment.wait()
    assert (experiment.status.activity, experiment.status.old) == ("failed", SUNSPOTS)
    experiment.undo()
    experiment.wait()
    assert (experiment.status.activity, experiment.status.old) == ("idle", "")
    experiment.choose(task="data")  # and there are none
    experiment.wait()
    assert (experiment.status.activity, experiment.status.old) == ("failed", SUNSPOTS)
    experiment.close()


@pytest.mark.parametrize("begun", [False, True])
def test_a_run_that_is_stopped_before_its_first_result_ages_the_last_one(held, begun):
    experiment = small()
    held.clear()
    experiment.set("reservoir", spectral_radius=1.1)
    assert experiment.status.old == ""
    if begun:
        while experiment.status.activity != "running":
            time.sleep(0.001)
    experiment.stop()
    held.set()
    experiment.wait()
    assert (experiment.status.message, experiment.status.old) == ("stopped", SUNSPOTS)
    experiment.run()
    experiment.wait()
    assert experiment.status.old == ""
    experiment.close()


def test_a_run_that_fails_ages_the_last_one(monkeypatch):
    experiment = small()

    def fail(self, *arguments):
        raise FloatingPointError("The forecast is not finite.")

    with monkeypatch.context() as patch:
        patch.setattr(Stages, "compute", fail)
        experiment.set("reservoir", spectral_radius=1.1)
        experiment.wait()
        assert (experiment.status.activity, experiment.status.old) == ("failed", SUNSPOTS)
    experiment.set("reservoir", spectral_radius=1.2)
    experiment.wait()
    assert (experiment.status.activity, experiment.status.old) == ("idle", "")
    experiment.close()


def test_changes_while_it_is_paused_wait_for_run_and_say_so():
    experiment = small()
    experiment.pause()
    assert experiment.status.old == ""
    experiment.set("reservoir", spectral_radius=1.1)
    status = experiment.status
    assert (status.activity, status.message, status.old, status.revision) == ("paused", "press Run to train", SUNSPOTS, experiment.revision)
    experiment.undo()
    assert experiment.status.old == ""
    experiment.redo()
    experiment.run()
    experiment.wait()
    assert (experiment.status.activity, experiment.status.old) == ("paused", "")
    experiment.close()


def test_a_run_that_is_brought_back_is_a_question_of_its_own(held):
    experiment = small()
    experiment.set("task", horizon=3)
    experiment.wait()
    held.clear()
    experiment.restore(1)
    assert experiment.status.old == "of the last model: Sunspots, 3 steps"
    held.set()
    experiment.wait()
    assert experiment.status.old == ""
    experiment.close()


def test_a_trainer_that_waits_for_run_ages_the_results_until_it_has_its_own():
    experiment = small()
    experiment.choose(trainer="RLS")
    assert (experiment.status.message, experiment.status.old) == ("press Run to train", f"{SUNSPOTS}, Ridge")
    experiment.run()
    experiment.wait()
    assert experiment.status.old == ""
    experiment.set("reservoir", spectral_radius=1.1)  # which the training, that has ended, does not take up
    assert (experiment.status.message, experiment.status.old) == ("press Run to train", SUNSPOTS)
    experiment.run()
    experiment.wait()
    assert experiment.status.old == ""
    experiment.reset()
    assert (experiment.status.message, experiment.status.old) == ("press Run to train", SUNSPOTS)
    experiment.close()


def test_a_training_takes_up_knobs_and_its_results_stay_its_own():
    experiment = rc.Experiment(rc.Input() >> rc.Reservoir(20, seed=0) >> rc.LinearReadout(), task="lorenz", trainer=rc.FORCELearning)
    experiment.step()
    experiment.wait()
    assert experiment.status.activity == "paused" and experiment.results is not None
    experiment.set("reservoir", spectral_radius=1.1)
    assert experiment.status.old == ""
    experiment.step()
    experiment.wait()
    assert experiment.status.old == ""
    experiment.set("reservoir", units=21)  # which it cannot take up
    assert experiment.status.old == LORENZ
    experiment.close()


def test_a_look_is_told_by_what_it_was_computed_from():
    experiment = small()
    experiment.look("closed loop")
    assert experiment.of_last("closed loop") == experiment.of_last() == ""
    experiment.set("task", horizon=3)
    experiment.wait()
    assert (experiment.of_last(), experiment.of_last("closed loop")) == ("", SUNSPOTS)
    assert experiment.of_last("spectrum") == ""  # there is none
    experiment.look("closed loop")
    assert experiment.of_last("closed loop") == ""
    experiment.close()


def test_before_the_first_results_there_is_something_to_do(held):
    held.clear()
    experiment = rc.Experiment(rc.Input() >> rc.Reservoir(20, seed=0) >> rc.LinearReadout(), task="sunspots")
    assert experiment.todo == "training"
    held.set()
    experiment.wait()
    assert experiment.todo == ""
    experiment.close()
    assert rc.Experiment(task="sunspots", auto=False).todo == "press Run"
    assert rc.Experiment(task="sunspots", trainer=rc.LMS).todo == "press Run"
    empty = rc.Experiment(task="data")
    empty.wait()
    assert empty.todo == empty.status.problems[0].text
    empty.close()


def test_the_path_and_the_tweaks_of_another_question_are_not_drawn_beside_the_results():
    experiment = small()
    experiment.set("reservoir", spectral_radius=1.1)
    experiment.wait()
    sunspots = experiment.results
    assert sunspots.path is not None and len(sunspots.tweaks) == 2
    found = []
    leave = experiment.subscribe(lambda news: found.append(experiment.results) if news == "results" else None)
    experiment.choose(task="lorenz")
    experiment.wait()
    leave()
    assert found[0].path is None and all(len(results.tweaks) == 1 for results in found)
    assert experiment.results.path is not None
    experiment.undo()
    experiment.wait()
    assert experiment.results.tweaks[:2].tolist() == sunspots.tweaks.tolist() and len(experiment.results.tweaks) == 3
    experiment.close()
