"""Edits: what each one does, its label, and the words where it is refused."""

from dataclasses import replace

import numpy as np
import pytest

from rcwidgets.core.document.document import Document
from rcwidgets.core.document.edits import EditError, apply, fresh_name
from rcwidgets.core.graph.graph import Edge, Graph
from rcwidgets.core.graph.plain import make_node
from rcwidgets.core.nodes import Input, LinearReadout, Reservoir
from rcwidgets.core.starts import start_of
from rcwidgets.core.tasks import LorenzTask, SunspotTask
from rcwidgets.core.trainers.closed_form.ridge import RidgeSettings


def document() -> Document:
    """i >> r >> o with the ids i, r, o; the input stands at (0, 0)."""
    i, r, o = make_node(Input(3), "i"), make_node(Reservoir(40, seed=1), "r"), make_node(LinearReadout(3), "o")
    return Document(i >> r >> o, LorenzTask(), RidgeSettings(), {"i": (0, 0)})


def wires(made: Document) -> list[tuple[str, str, bool]]:
    return [(edge.source, edge.target, edge.feedback) for edge in made.graph.edges]


def edit(**fields: object) -> tuple[Document, str]:
    return apply(document(), fields)


def test_add_names_the_node_by_its_class_and_places_it():
    made, label = edit(op="add", kind="Reservoir", id="n", position=[10, 20.5])
    assert label == "Add reservoir_2"
    assert made.graph.names["n"] == "reservoir_2"
    assert made.graph.nodes["n"].knobs == Reservoir().knobs
    assert made.positions == {"i": (0.0, 0.0), "n": (10.0, 20.5)}


def test_add_without_an_id_makes_one():
    made, _ = edit(op="add", kind="Concat")
    (id,) = set(made.graph.nodes) - {"i", "r", "o"}
    assert made.graph.names[id] == "concat"
    assert id not in made.positions


def test_remove_takes_the_wires_and_places_of_the_nodes_along():
    made, label = edit(op="remove", nodes=["i"], edges=[])
    assert label == "Delete input"
    assert list(made.graph.nodes) == ["r", "o"]
    assert wires(made) == [("r", "o", False)]
    assert made.positions == {}
    assert edit(op="remove", nodes=["i", "r"], edges=[{"source": "r", "target": "o", "feedback": False}])[1] == "Delete 2 nodes"


def test_remove_cuts_wires():
    made, label = edit(op="remove", nodes=[], edges=[{"source": "r", "target": "o", "feedback": False}])
    assert label == "Delete the wire from reservoir to readout"
    assert wires(made) == [("i", "r", False)]
    both = [{"source": source, "target": target, "feedback": False} for source, target in (("i", "r"), ("r", "o"))]
    made, label = edit(op="remove", nodes=[], edges=both)
    assert (label, wires(made)) == ("Delete 2 wires", [])


def test_connect_makes_a_wire_at_the_end_of_the_order():
    made, label = edit(op="connect", source="i", target="o", feedback=False)
    assert label == "Connect input to readout"
    assert made.graph.sources("o") == ["r", "i"]


def test_connect_with_feedback():
    made, label = edit(op="connect", source="o", target="r", feedback=True)
    assert label == "Feed readout back to reservoir"
    assert made.graph.edges[-1] == Edge("o", "r", True)


def test_move_changes_places_alone():
    made, label = edit(op="move", positions={"i": [1, 2], "r": [3, 4]})
    assert label == "Move 2 nodes"
    assert made.positions == {"i": (1.0, 2.0), "r": (3.0, 4.0)}
    assert edit(op="move", positions={"r": [3, 4]})[1] == "Move reservoir"


def test_set_keeps_the_node_and_its_wires():
    before = document()
    made, label = apply(before, {"op": "set", "owner": "r", "knob": "spectral_radius", "value": 1})
    assert label == "Set Spectral radius of reservoir"
    assert (made.graph["reservoir"].spectral_radius, type(made.graph["reservoir"].spectral_radius)) == (1.0, float)
    assert made.graph["reservoir"].token == before.graph["reservoir"].token
    assert made.graph["reservoir"].seed == 1
    assert wires(made) == wires(before)
    assert before.graph["reservoir"].spectral_radius == Reservoir().spectral_radius


def test_set_turns_knobs_of_the_task_and_the_trainer():
    made, label = edit(op="set", owner="task", knob="horizon", value=10)
    assert (label, made.task.horizon, made.task.warmup) == ("Set Horizon of the task", 10, 2000)
    made, label = edit(op="set", owner="trainer", knob="beta", value=1e-3)
    assert (label, made.trainer.beta) == ("Set Ridge beta of the trainer", 1e-3)


def test_reset_goes_back_to_the_default():
    turned, _ = edit(op="set", owner="r", knob="leak_rate", value=0.9)
    made, label = apply(turned, {"op": "reset", "owner": "r", "knob": "leak_rate"})
    assert (label, made.graph["reservoir"].leak_rate) == ("Reset Leak rate of reservoir", Reservoir().leak_rate)
    assert edit(op="reset", owner="r", knob="seed")[0].graph["reservoir"].seed is None


def test_rename_fixes_the_name():
    made, label = edit(op="rename", node="r", name="memory")
    assert (label, made.graph.names["r"], made.graph["memory"].name) == ("Rename reservoir to memory", "memory", "memory")


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


def test_paste_brings_nodes_wires_and_places_under_free_names():
    nodes = [
        {"id": "p", "name": "reservoir", "kind": "Reservoir", "knobs": {"units": 7}, "position": [5, 5]},
        {"id": "q", "name": "end", "kind": "LinearReadout", "knobs": {}, "position": None},
    ]
    made, label = edit(op="paste", nodes=nodes, edges=[{"source": "p", "target": "q", "feedback": False}])
    assert label == "Paste 2 nodes"
    assert (made.graph.names["p"], made.graph.names["q"]) == ("reservoir_2", "end")
    assert made.graph.nodes["p"].units == 7
    assert wires(made)[-1] == ("p", "q", False)
    assert made.positions == {"i": (0.0, 0.0), "p": (5.0, 5.0)}
    assert edit(op="paste", nodes=nodes[:1], edges=[])[1] == "Paste reservoir_2"


def test_a_copy_has_the_arrays_of_ones_own_that_the_page_does_not_know():
    own = np.diag([0.5, 0.25, 0.125])
    document = Document(Input() >> Reservoir(W=own) >> LinearReadout())
    r = document.graph.id_of("reservoir")
    copied = {"id": "p", "name": "reservoir", "kind": "Reservoir", "knobs": {"units": 3}, "position": None}
    made, _ = apply(document, {"op": "paste", "nodes": [copied], "like": {"p": r}})
    np.testing.assert_array_equal(np.array(made.graph.nodes["p"].W), own)
    drawn, _ = apply(document, {"op": "paste", "nodes": [copied], "like": {"p": "gone"}})
    assert drawn.graph.nodes["p"].W is None
    other = {**copied, "kind": "Activation", "knobs": {}}
    assert apply(document, {"op": "paste", "nodes": [other], "like": {"p": r}})[0].graph.nodes["p"].kind == "Activation"


@pytest.mark.parametrize(
    ("taken", "name", "free"),
    [
        ([], "reservoir", "reservoir"),
        (["reservoir"], "reservoir", "reservoir_2"),
        (["reservoir_2", "reservoir_3"], "reservoir_2", "reservoir_4"),
        (["a" * 64], "a" * 64, "a" * 58 + "_2"),
    ],
)
def test_a_free_name_is_the_next_number(taken, name, free):
    graph = Graph()
    for other in taken:
        graph = graph.add(Reservoir(2, name=other))
    assert fresh_name(graph, name) == free


NOWHERE = "There is no node with the id 'z'."
REFUSED = {
    "no object": (
        3,
        "An edit must have one of the ops add, remove, connect, move, set, reset, rename, choose, start, paste, got 3.",
        None,
        None,
    ),
    "no op": ({}, "An edit must have one of the ops add, remove", None, None),
    "unknown op": ({"op": "eval", "code": "1"}, "An edit must have one of the ops add, remove", None, None),
    "op of list": ({"op": ["add"]}, "got a list of 1.", None, None),
    "unknown field": (
        {"op": "add", "kind": "Input", "name": "x"},
        "Edit add: Unknown key 'name'. Known keys: op, kind, id, position.",
        None,
        None,
    ),
    "missing field": (
        {"op": "set", "owner": "r", "knob": "units"},
        "Edit set: 'value' is missing. It needs: op, owner, knob, value.",
        None,
        None,
    ),
    "add of an unknown kind": (
        {"op": "add", "kind": "Resrvoir"},
        "Unknown node kind 'Resrvoir'. Known kinds: Input, Reservoir",
        None,
        None,
    ),
    "add with a taken id": ({"op": "add", "kind": "Input", "id": "r"}, "There is a node with the id 'r' already.", None, None),
    "add with a bad id": (
        {"op": "add", "kind": "Input", "id": "a.b"},
        "Edit add.id must be 1 to 64 letters, digits, '_' or '-', got 'a.b'.",
        None,
        None,
    ),
    "add as the task": ({"op": "add", "kind": "Input", "id": "task"}, "Edit add.id must not be 'task'", None, None),
    "add far away": (
        {"op": "add", "kind": "Input", "position": [0, 1e9]},
        "Edit add.position must be two numbers in [-1000000, 1000000]",
        None,
        None,
    ),
    "remove of nothing": ({"op": "remove", "nodes": ["z"]}, NOWHERE, None, None),
    "remove of a wire that is not there": (
        {"op": "remove", "edges": [{"source": "o", "target": "r", "feedback": True}]},
        "There is no feedback wire from readout to reservoir.",
        None,
        None,
    ),
    "remove of too many": (
        {"op": "remove", "nodes": ["r"] * 201},
        "Edit remove.nodes: A model has at most 200 nodes, got 201.",
        None,
        None,
    ),
    "connect to nothing": ({"op": "connect", "source": "i", "target": "z"}, NOWHERE, None, None),
    "connect twice": ({"op": "connect", "source": "i", "target": "r"}, "input and reservoir are wired already.", None, None),
    "connect in a circle": (
        {"op": "connect", "source": "o", "target": "r"},
        "Edge readout -> reservoir closes a cycle: reservoir -> readout -> reservoir. Make it a feedback wire (reservoir << readout)",
        None,
        None,
    ),
    "connect into an input": ({"op": "connect", "source": "r", "target": "i"}, "input takes no input.", None, None),
    "connect with a word": (
        {"op": "connect", "source": "i", "target": "o", "feedback": "no"},
        "must be true or false, got 'no'.",
        None,
        None,
    ),
    "move of nothing": ({"op": "move", "positions": {"z": [0, 0]}}, NOWHERE, None, None),
    "move to nowhere": ({"op": "move", "positions": {"r": [0, None]}}, "Edit move.positions.r must be two numbers", None, None),
    "move of a list": ({"op": "move", "positions": [1, 2]}, "must be an object of at most 200 places, got a list of 2.", None, None),
    "set out of range": (
        {"op": "set", "owner": "r", "knob": "leak_rate", "value": 1.7},
        "Reservoir.leak_rate must be in [0.001, 1.0], got 1.7.",
        "r",
        "leak_rate",
    ),
    "set to a list": (
        {"op": "set", "owner": "r", "knob": "leak_rate", "value": [1] * 500},
        "must be a number, got a list of 500.",
        "r",
        "leak_rate",
    ),
    "set of an unknown knob": ({"op": "set", "owner": "r", "knob": "token", "value": 1}, "Reservoir has no knob 'token'.", "r", "token"),
    "set of an unknown owner": ({"op": "set", "owner": "z", "knob": "units", "value": 1}, NOWHERE, None, None),
    "set of a list's knob": (
        {"op": "set", "owner": ["r"], "knob": "units", "value": 1},
        "Edit set.owner must be 1 to 64 letters",
        None,
        None,
    ),
    "set of too many units": (
        {"op": "set", "owner": "r", "knob": "units", "value": 20000},
        "reservoir makes the model need 5.2 GB of memory; a model may take 4 GB. Choose fewer units.",
        "r",
        "units",
    ),
    "set of the task": (
        {"op": "set", "owner": "task", "knob": "horizon", "value": 0},
        "lorenz.horizon must be in [1, 10000], got 0.",
        "task",
        "horizon",
    ),
    "set of the trainer": (
        {"op": "set", "owner": "trainer", "knob": "beta", "value": -1},
        "RidgeTrainer.beta must be in",
        "trainer",
        "beta",
    ),
    "rename to a taken name": (
        {"op": "rename", "node": "r", "name": "input"},
        "Names must be unique: there is a node named 'input' already.",
        "r",
        None,
    ),
    "rename with a blank": (
        {"op": "rename", "node": "r", "name": "my net"},
        "1 to 64 letters, digits, '_' or '-', got 'my net'.",
        "r",
        None,
    ),
    "rename to the trainer": (
        {"op": "rename", "node": "r", "name": "trainer"},
        "must not be 'trainer', which names the trainer itself.",
        "r",
        None,
    ),
    "rename of nothing": ({"op": "rename", "node": "z", "name": "a"}, NOWHERE, None, None),
    "choose of a node": (
        {"op": "choose", "owner": "r", "kind": "lorenz"},
        "Edit choose.owner must be task or trainer, got 'r'.",
        None,
        None,
    ),
    "choose of an unknown task": (
        {"op": "choose", "owner": "task", "kind": "x"},
        "Unknown task kind 'x'. Known kinds: lorenz",
        "task",
        None,
    ),
    "paste of a taken id": (
        {"op": "paste", "nodes": [{"id": "r", "name": "a", "kind": "Input"}]},
        "There is a node with the id 'r' already.",
        None,
        None,
    ),
    "paste of a bad knob": (
        {"op": "paste", "nodes": [{"id": "p", "name": "a", "kind": "Reservoir", "knobs": {"units": 0}}]},
        "nodes[0].knobs.units: Reservoir.units must be in [1, 20000], got 0.",
        None,
        None,
    ),
    "paste like no ids": (
        {"op": "paste", "nodes": [], "like": ["r"]},
        "Edit paste.like must be an object of ids, got a list of 1.",
        None,
        None,
    ),
    "paste of a bad wire": (
        {"op": "paste", "nodes": [], "edges": [{"source": "i", "target": "r"}]},
        "edges[0]: input and reservoir are wired already.",
        None,
        None,
    ),
    "paste of too many": ({"op": "paste", "nodes": [{}] * 201}, "nodes: A model has at most 200 nodes, got 201.", None, None),
}


@pytest.mark.parametrize("name", REFUSED)
def test_an_impossible_edit_says_why_and_where(name):
    given, words, owner, knob = REFUSED[name]
    with pytest.raises(EditError) as caught:
        apply(document(), given)
    assert words in str(caught.value)
    assert (caught.value.owner, caught.value.knob) == (owner, knob)


def test_a_full_model_takes_no_more_nodes():
    full = Graph()
    for _ in range(200):
        full = full.add(Reservoir(1))
    with pytest.raises(EditError, match="A model has at most 200 nodes"):
        apply(Document(full), {"op": "add", "kind": "Input"})
    with pytest.raises(EditError, match="A model has at most 200 nodes"):
        apply(Document(full), {"op": "paste", "nodes": [{"id": "p", "name": "p", "kind": "Input"}]})
