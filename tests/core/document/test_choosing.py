"""The choice of a task or a trainer: a start that nobody has touched gives way, and a model of one's own stays."""

from dataclasses import replace

import pytest

from rcwidgets.core.document.document import Document
from rcwidgets.core.document.edits import apply
from rcwidgets.core.starts import start_of
from rcwidgets.core.tasks import LorenzTask, SunspotTask
from tests.core.document.test_edits import edit


def started(task=None, trainer=None):
    start = start_of(task or LorenzTask(), trainer)
    return Document(start.graph, start.task, start.trainer, dict.fromkeys(start.graph.nodes, (1, 1)))


def chosen(document, owner, kind, **more):
    return apply(document, {"op": "choose", "owner": owner, "kind": kind, **more})[0]


def knobs(graph):
    return [(node.kind, node.knobs) for node in graph.nodes.values()]


def test_choosing_a_task_swaps_an_untouched_start_and_keeps_its_nodes():
    document = started()
    made, label = apply(document, {"op": "choose", "owner": "task", "kind": "sunspots"})
    expected, expected_settings = made.task.start()
    assert label == "Choose Sunspots"
    assert made.task.kind == "sunspots"
    assert knobs(made.graph) == knobs(expected)
    assert made.trainer == expected_settings
    assert list(made.graph.nodes) == list(document.graph.nodes)
    assert made.positions == document.positions
    assert knobs(chosen(made, "task", "lorenz").graph) == knobs(document.graph)


def test_choosing_a_trainer_swaps_an_untouched_start_with_its_normalisation_and_back():
    document = replace(started(), task=LorenzTask(horizon=10))
    made = chosen(document, "trainer", "BPTT")
    expected = start_of(LorenzTask(), "BPTT")
    assert knobs(made.graph) == knobs(expected.graph) and made.trainer == expected.trainer
    assert made.task == LorenzTask(horizon=10, normalise=True)
    back = chosen(made, "trainer", "RidgeTrainer")
    assert back.to_data()["task"] == document.to_data()["task"] and back.trainer == document.trainer
    assert knobs(back.graph) == knobs(document.graph)


def test_a_turned_knob_of_the_trainer_stays_where_the_next_one_has_it_too():
    document = replace(started(), trainer=replace(LorenzTask().start()[1], seed=7))
    assert chosen(document, "trainer", "BPTT").trainer.seed == 7
    assert chosen(document, "task", "sunspots").trainer == replace(SunspotTask().start()[1], seed=7)


def test_a_model_that_is_to_be_kept_is_kept_even_where_it_looks_untouched():
    document = started()
    for owner, kind in (("task", "sunspots"), ("trainer", "BPTT")):
        assert chosen(document, owner, kind, keep=True).graph is document.graph


@pytest.mark.parametrize(
    "touch",
    [
        lambda ids: {"op": "set", "owner": ids["reservoir"], "knob": "units", "value": 60},
        lambda ids: {"op": "connect", "source": ids["readout"], "target": ids["reservoir"], "feedback": True},
        lambda ids: {"op": "add", "kind": "Reservoir"},
        lambda ids: {"op": "remove", "nodes": [ids["readout"]]},
        lambda ids: {"op": "set", "owner": ids["reservoir"], "knob": "spectral_radius", "value": 1.3},
        lambda ids: {"op": "rename", "node": ids["reservoir"], "name": "mine"},
    ],
)
def test_choosing_keeps_a_model_of_ones_own_and_knobs_of_the_trainer_follow_unless_they_were_turned(touch):
    document = started()
    ids = {name: id for id, name in document.graph.names.items()}
    touched, _ = apply(document, touch(ids))
    made = chosen(touched, "task", "sunspots")
    assert made.task == SunspotTask()
    assert made.graph is touched.graph
    assert made.trainer == SunspotTask().start()[1]
    turned = replace(touched, trainer=replace(touched.trainer, beta=1e-3))
    assert chosen(turned, "task", "sunspots").trainer.beta == 1e-3
    learning = chosen(touched, "trainer", "BPTT")
    assert learning.graph is touched.graph and learning.task == touched.task
    assert learning.trainer == start_of(LorenzTask(), "BPTT").trainer


def test_choosing_what_is_chosen_keeps_its_knobs():
    turned, _ = edit(op="set", owner="task", knob="horizon", value=10)
    made, _ = apply(turned, {"op": "choose", "owner": "task", "kind": "lorenz"})
    assert made.to_data() == turned.to_data()
    turned, _ = edit(op="set", owner="trainer", knob="beta", value=0.5)
    made, label = apply(turned, {"op": "choose", "owner": "trainer", "kind": "RidgeTrainer"})
    assert (label, made.trainer.beta) == ("Choose Ridge", 0.5)
