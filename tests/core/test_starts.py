"""Starts: every task with every trainer has a model that can be run, and what is offered where the user has another."""

from dataclasses import replace

import pytest

from rcwidgets.core.document.document import Document
from rcwidgets.core.document.edits import apply
from rcwidgets.core.document.offer import offer
from rcwidgets.core.nodes import GRU, Input, LinearReadout, Reservoir
from rcwidgets.core.spec.registry import TASKS, TRAINERS
from rcwidgets.core.starts import STARTS, own_trainer, start_of
from rcwidgets.core.tasks import LorenzTask, SunspotTask
from rcwidgets.core.trainers.online.settings import RLSSettings
from rcwidgets.live.stages.prepared import Prepared, StageCache

MADE = [kind for kind in TASKS if not TASKS[kind].takes_own]


def started(task, trainer):
    start = start_of(task, trainer)
    return Document(start.graph, start.task, start.trainer)


PAIRS = [(task, trainer) for task in MADE for trainer in TRAINERS]
LEARNS_AT_EVERY_STEP = [
    (task, kind) for task, kind in PAIRS if TASKS[task].classes and not (kind == "RidgeTrainer" or TRAINERS[kind].gradient)
]


@pytest.mark.parametrize(("task", "trainer"), [pair for pair in PAIRS if pair not in LEARNS_AT_EVERY_STEP])
def test_every_pair_starts_with_a_model_that_can_be_run(task, trainer):
    document = started(TASKS[task](), trainer)
    assert document.trainer.kind == trainer
    prepared = Prepared(StageCache(), document)
    assert set(prepared.params()) == set(document.graph.names.values())
    assert offer(document, chosen=True) is None


@pytest.mark.parametrize(("task", "trainer"), LEARNS_AT_EVERY_STEP)
def test_a_trainer_that_learns_at_every_step_says_that_classes_are_none_of_its(task, trainer):
    with pytest.raises(ValueError, match="learns at every step, and this task asks for one value a series. Take Ridge or BPTT"):
        Prepared(StageCache(), started(TASKS[task](), trainer))


@pytest.mark.parametrize("task", MADE)
def test_bptt_starts_with_a_network_that_learns_on_standardised_data_and_ends_by_itself(task):
    document = started(TASKS[task](), "BPTT")
    assert any(node.stateful and node.learned for node in document.graph.nodes.values())
    assert document.task.normalise and document.trainer.num_train is None and document.trainer.waits


def test_without_a_trainer_it_is_the_tasks_own():
    assert start_of(LorenzTask()).trainer.kind == own_trainer(LorenzTask()) == "RidgeTrainer"
    assert own_trainer(TASKS["integration"]()) == "BPTT"


def mine(task=None, trainer="BPTT", graph=None):
    settings = start_of(task or LorenzTask(), trainer).trainer
    return Document(graph or Input() >> Reservoir(20) >> LinearReadout(), task or LorenzTask(), settings)


def test_a_fixed_reservoir_under_bptt_is_offered_a_trainable_network_which_one_edit_takes():
    document = mine(LorenzTask(horizon=10))
    found = offer(document)
    assert found.label == "Use a GRU of 50 units" and "learns best with a trainable network" in found.text
    taken, label = apply(document, found.edit)
    assert label == "Use a GRU of 50 units"
    assert [node.kind for node in taken.graph.nodes.values()] == ["Input", "GRU", "LinearReadout"]
    assert taken.task == LorenzTask(horizon=10, normalise=True) and taken.trainer == start_of(LorenzTask(), "BPTT").trainer
    assert offer(taken, chosen=True) is None


def test_a_network_that_learns_on_raw_data_is_offered_standardised_ones():
    document = mine(graph=Input() >> GRU(7) >> LinearReadout())
    found = offer(document)
    assert found.label == "Standardise the data"
    taken, _ = apply(document, found.edit)
    assert taken.task.normalise and taken.graph is document.graph and offer(taken) is None


def test_another_model_is_offered_right_after_a_choice_only():
    document = mine(SunspotTask(), "RidgeTrainer")
    assert offer(document) is None
    found = offer(document, chosen=True)
    assert (found.text, found.label) == (
        "Your model stays. Sunspots with Ridge usually starts from another.",
        "Use a reservoir of 50 units",
    )
    taken, _ = apply(document, found.edit)
    assert taken.graph["reservoir"].units == 50 and taken.trainer == SunspotTask().start()[1]


def test_a_seed_of_ones_own_does_not_make_an_offer():
    document = started(LorenzTask(), "BPTT")
    assert offer(replace(document, trainer=replace(document.trainer, seed=3)), chosen=True) is None


def test_a_trainer_without_starts_of_its_own_takes_the_tasks_network_and_its_usual_settings(monkeypatch):
    monkeypatch.delitem(STARTS, "RLS")
    task = SunspotTask()
    made = start_of(task, "RLS")
    assert made.trainer == RLSSettings() and made.task == task
    assert [node.knobs for node in made.graph.nodes.values()] == [node.knobs for node in task.start()[0].nodes.values()]
