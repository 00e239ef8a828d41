"""Edits: what each one does, and its label."""

import numpy as np
import pytest

from rcwidgets.core.document.document import Document
from rcwidgets.core.document.edits import apply, fresh_name
from rcwidgets.core.graph.graph import Edge, Graph
from rcwidgets.core.graph.plain import make_node
from rcwidgets.core.nodes import Input, LinearReadout, Reservoir
from rcwidgets.core.tasks import LorenzTask
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
