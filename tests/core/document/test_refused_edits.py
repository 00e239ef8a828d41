"""Edits that are refused: the words, and where they belong."""

import pytest

from rcwidgets.core.document.document import Document
from rcwidgets.core.document.edits import EditError, apply
from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.nodes import Reservoir
from tests.core.document.test_edits import document

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
        "nodes[0].knobs.units: Reservoir.units must be in [1, 100000], got 0.",
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
