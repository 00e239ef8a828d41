"""Documents: the round trip through JSON, and the sentence for each bad entry."""

import copy
import json

import numpy as np
import pytest

from rcwidgets.core.document.document import Document
from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.nodes import Concat, Input, LinearReadout, Reservoir
from rcwidgets.core.spec.json_values import DocumentError
from rcwidgets.core.tasks import SunspotTask
from rcwidgets.core.trainers.closed_form.ridge import RidgeSettings


def echo_state() -> Graph:
    i, r, o = Input(3), Reservoir(40, leak_rate=0.5, name="memory"), LinearReadout(3)
    return (i >> r >> o) & (r << o)


def data() -> dict:
    """A document of three nodes a -> b -> c with feedback c -> b."""
    return {
        "format": "rcwidgets",
        "version": 1,
        "nodes": [
            {"id": "a", "name": "input", "kind": "Input", "knobs": {"features": 3}, "position": [0, 0]},
            {"id": "b", "name": "reservoir", "kind": "Reservoir", "knobs": {"units": 20.0, "spectral_radius": 1}, "position": None},
            {"id": "c", "name": "out", "kind": "LinearReadout", "knobs": {}, "position": [200.5, -3]},
        ],
        "edges": [
            {"source": "a", "target": "b", "feedback": False},
            {"source": "b", "target": "c", "feedback": False},
            {"source": "c", "target": "b", "feedback": True},
        ],
        "task": {"kind": "sunspots", "knobs": {"horizon": 11}},
        "trainer": {"kind": "RidgeTrainer", "knobs": {"beta": 1}},
    }


def test_a_document_comes_back_from_json_as_it_was():
    graph = echo_state()
    positions = {id: (10.0 * k, 5.5) for k, id in enumerate(graph.nodes)}
    document = Document(graph, SunspotTask(horizon=11), RidgeSettings(beta=0.1), positions)
    back = Document.from_json(document.to_json())
    assert back.to_data() == document.to_data()
    assert back.positions == positions
    assert (back.task.kind, back.task.horizon, back.trainer.beta) == ("sunspots", 11, 0.1)
    assert back.graph.names == graph.names
    assert back.graph.edges == graph.edges
    assert [node.knobs for node in back.graph.nodes.values()] == [node.knobs for node in graph.nodes.values()]


def test_the_keys_have_a_fixed_order_and_all_knobs_are_listed():
    written = Document(echo_state()).to_data()
    assert list(written) == ["format", "version", "nodes", "edges", "task", "trainer"]
    assert list(written["nodes"][1]) == ["id", "name", "kind", "knobs", "position"]
    assert list(written["nodes"][1]["knobs"]) == list(Reservoir(40).knobs)
    assert list(written["edges"][0]) == ["source", "target", "feedback"]
    assert next(iter(written["task"]["knobs"])) == "horizon"


def test_ids_stay_so_that_a_node_meets_its_own_after_json():
    i, r, o = Input(3), Reservoir(40), LinearReadout(3)
    back = Graph.from_json((i >> r >> o).to_json())
    assert len((back & (r << o)).nodes) == 3
    assert back["reservoir"].token.id == r.token.id


def test_a_fixed_name_stays_fixed_and_a_given_one_does_not_stand_in_the_way_of_a_merge():
    back = Graph.from_json(echo_state().to_json())
    assert (back["memory"].name, back["readout"].name) == ("memory", None)
    assert "readout_2" in (back & (Reservoir(2) >> LinearReadout(1))).names.values()


def test_a_graph_is_a_document_without_task_and_trainer():
    graph = echo_state()
    assert list(json.loads(graph.to_json())) == ["format", "version", "nodes", "edges"]
    assert Document.from_json(graph.to_json()).task.kind == "lorenz"
    assert list(Graph.from_json(Document(graph).to_json()).nodes) == list(graph.nodes)


def test_numbers_are_coerced_and_missing_knobs_take_their_defaults():
    document = Document.from_data(data())
    reservoir = document.graph["reservoir"]
    assert (reservoir.units, type(reservoir.units)) == (20, int)
    assert (reservoir.spectral_radius, type(reservoir.spectral_radius)) == (1.0, float)
    assert reservoir.leak_rate == Reservoir(20).leak_rate
    assert document.trainer.beta == 1.0
    assert document.positions == {"a": (0.0, 0.0), "c": (200.5, -3.0)}


def test_a_half_wired_graph_is_a_valid_document():
    graph = Graph().add(Reservoir(5)) & Concat() & LinearReadout(2)
    assert Document.from_json(Document(graph).to_json()).graph.problems() != []


def test_reading_leaves_the_data_as_it_is():
    given = data()
    before = copy.deepcopy(given)
    Document.from_data(given)
    assert given == before


def put(path: list, value: object) -> dict:
    changed = data()
    at = changed
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    return changed


BAD = {
    "knob out of range": (
        ["nodes", 1, "knobs", "leak_rate"],
        1.7,
        r"nodes[1].knobs.leak_rate: Reservoir.leak_rate must be in [0.001, 1.0], got 1.7.",
    ),
    "knob not finite": (
        ["nodes", 1, "knobs", "noise"],
        float("nan"),
        "nodes[1].knobs.noise: Reservoir.noise must be in [0.0, 10.0], got nan.",
    ),
    "knob of text": (["nodes", 1, "knobs", "noise"], "0.1", "nodes[1].knobs.noise: Reservoir.noise must be a number, got '0.1'."),
    "knob of bool": (["nodes", 1, "knobs", "noise"], True, "nodes[1].knobs.noise: Reservoir.noise must be a number, got True."),
    "knob null": (["nodes", 1, "knobs", "noise"], None, "nodes[1].knobs.noise: Reservoir.noise must be a number, got None."),
    "knob of list": (["nodes", 1, "knobs", "noise"], [0.1] * 9, "nodes[1].knobs.noise: Reservoir.noise must be a number, got a list of 9."),
    "fraction of units": (["nodes", 1, "knobs", "units"], 2.5, "nodes[1].knobs.units: Reservoir.units must be a whole number, got 2.5."),
    "huge integer": (["nodes", 1, "knobs", "units"], 10**5000, "Reservoir.units must be a number, got a number of more than 300 digits."),
    "long text": (["nodes", 1, "knobs", "activation"], "t" * 10**6, f"must be one of its values, got '{'t' * 57}...'."),
    "unknown word": (
        ["nodes", 1, "knobs", "activation"],
        "exp",
        "nodes[1].knobs.activation: Reservoir.activation must be one of tanh, relu",
    ),
    "unknown knob": (
        ["nodes", 1, "knobs", "radius"],
        1,
        "nodes[1].knobs: Reservoir has no knob 'radius'. Its knobs: units, spectral_radius",
    ),
    "private field": (["nodes", 1, "knobs", "token"], "x", "nodes[1].knobs: Reservoir has no knob 'token'."),
    "knobs of list": (["nodes", 1, "knobs"], [], "nodes[1].knobs must be an object, got a list of 0."),
    "unknown kind": (["nodes", 1, "kind"], "Resrvoir", "nodes[1].kind: Unknown node kind 'Resrvoir'. Known kinds: Input, Reservoir"),
    "kind of list": (["nodes", 1, "kind"], ["Reservoir"], "nodes[1].kind must be a short text, got a list of 1."),
    "id with a blank": (["nodes", 1, "id"], "a b", "nodes[1].id must be 1 to 64 letters, digits, '_' or '-', got 'a b'."),
    "id with a line": (["nodes", 1, "id"], "b\n", "nodes[1].id must be 1 to 64 letters"),
    "long id": (["nodes", 1, "id"], "b" * 65, "nodes[1].id must be 1 to 64 letters"),
    "id twice": (["nodes", 1, "id"], "a", "nodes[1].id: Ids must be unique: there is a node with the id 'a' already."),
    "reserved id": (["nodes", 1, "id"], "trainer", "nodes[1].id must not be 'trainer', which names the trainer itself."),
    "name twice": (["nodes", 1, "name"], "input", "nodes[1].name: Names must be unique: there is a node named 'input' already."),
    "name of markup": (["nodes", 1, "name"], "<b>", "nodes[1].name must be 1 to 64 letters, digits, '_' or '-', got '<b>'."),
    "position of one": (["nodes", 1, "position"], [1], "nodes[1].position must be [x, y], got a list of 1."),
    "position far off": (
        ["nodes", 1, "position"],
        [0, 2e6],
        "nodes[1].position must be two numbers in [-1000000, 1000000], got 2000000.0.",
    ),
    "position not finite": (
        ["nodes", 1, "position"],
        [0, float("inf")],
        "nodes[1].position must be two numbers in [-1000000, 1000000], got inf.",
    ),
    "position of bool": (["nodes", 1, "position"], [True, 0], "nodes[1].position must be two numbers in [-1000000, 1000000], got true."),
    "node of text": (["nodes", 1], "Reservoir", "nodes[1] must be an object, got 'Reservoir'."),
    "node without a name": (["nodes", 1], {"id": "b", "kind": "Reservoir"}, "nodes[1]: 'name' is missing. It needs: id, name, kind."),
    "node with another key": (
        ["nodes", 1, "code"],
        "x",
        "nodes[1]: Unknown key 'code'. Known keys: id, name, kind, knobs, arrays, position.",
    ),
    "too many nodes": (["nodes"], [{}] * 201, "nodes: A model has at most 200 nodes, got 201."),
    "nodes of text": (["nodes"], "none", "nodes must be a list, got 'none'."),
    "edge to nowhere": (["edges", 1, "target"], "z", "edges[1].target: There is no node with the id 'z'."),
    "edge twice": (["edges", 1], {"source": "a", "target": "b"}, "edges[1]: input and reservoir are wired already."),
    "edge into an input": (["edges", 1, "target"], "a", "edges[1]: input takes no input. Wire it to the nodes that follow."),
    "feedback into a readout": (["edges", 2], {"source": "b", "target": "c", "feedback": True}, "edges[2]: out takes no feedback."),
    "feedback of one": (["edges", 2, "feedback"], 1, "edges[2].feedback must be true or false, got 1."),
    "cycle": (["edges", 2, "feedback"], False, "closes a cycle: reservoir -> out -> reservoir. Make it a feedback wire (reservoir << out)"),
    "self loop": (
        ["edges", 2],
        {"source": "b", "target": "b"},
        "edges[2]: Edge reservoir -> reservoir closes a cycle: reservoir -> reservoir.",
    ),
    "too many edges": (["edges"], [{}] * 501, "edges: A model has at most 500 wires, got 501."),
    "unknown task": (["task", "kind"], "weather", "task.kind: Unknown task kind 'weather'. Known kinds: lorenz, sunspots"),
    "task knob": (["task", "knobs", "horizon"], 0, "task.knobs.horizon: sunspots.horizon must be in [1, 10000], got 0."),
    "trainer of null": (["trainer"], None, "trainer must be an object, got null."),
    "trainer knob": (["trainer", "knobs", "beta"], -1, "trainer.knobs.beta: RidgeTrainer.beta must be in [0.0, 1000000000000.0], got -1."),
    "another format": (["format"], "nodered", "format must be 'rcwidgets', got 'nodered'. This is not a document of rcwidgets."),
    "newer version": (
        ["version"],
        2,
        "version: The document is of version 2; this rcwidgets reads up to version 1. Install a newer rcwidgets to open it.",
    ),
    "version of text": (["version"], "1", "version must be a whole number from 1, got '1'."),
    "version of bool": (["version"], True, "version must be a whole number from 1, got true."),
    "another key": (["arrays"], {}, "document: Unknown key 'arrays'. Known keys: format, version, nodes, edges, task, trainer."),
    "too much memory": (
        ["nodes", 1, "knobs"],
        {"units": 20000, "connectivity": 1},
        "nodes[1].knobs.units: reservoir makes the model need 10.0 GB of memory; a model may take 4 GB.",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_entry_is_named_by_its_path(name):
    path, value, words = BAD[name]
    with pytest.raises(DocumentError) as caught:
        Document.from_data(put(path, value))
    assert words in str(caught.value)


@pytest.mark.parametrize("obj", [None, 3, "text", [], [data()]])
def test_what_is_no_object_is_no_document(obj):
    with pytest.raises(DocumentError, match="document must be an object, got"):
        Document.from_data(obj)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "document: It is not JSON: Expecting property name"),
        ('{"format": "rcwidgets", "format": "rcwidgets"}', "document: It has a key twice: 'format'."),
        ('{"version": NaN}', "document must hold finite numbers, got NaN."),
        ('{"version": Infinity}', "document must hold finite numbers, got Infinity."),
        ("[" * 100_000, "document: It is nested too deeply."),
        (" " * 300_000, "document must be at most 256 kB, got 300 kB."),
        ("é" * 128_001, "document must be at most 256 kB, got 256 kB."),
        ("\ud800", "document: It is not JSON"),
    ],
)
def test_a_bad_text_says_what_is_wrong(text, words):
    with pytest.raises(DocumentError) as caught:
        Document.from_json(text)
    assert words in str(caught.value)


def test_a_number_past_the_floats_is_not_finite():
    text = json.dumps(data()).replace('"spectral_radius": 1', '"spectral_radius": 1e999')
    with pytest.raises(DocumentError, match=r"nodes\[1\].knobs.spectral_radius: .* got inf"):
        Document.from_json(text)


def test_the_largest_graph_is_written_and_read_back():
    nodes = [{"id": f"n{k}", "name": f"reservoir_{k}", "kind": "Reservoir", "knobs": {"units": 2}, "position": [k, k]} for k in range(200)]
    pairs = [(f"n{k}", f"n{k + step}") for step in (1, 2, 3) for k in range(197)][:500]
    edges = [{"source": source, "target": target} for source, target in pairs]
    document = Document.from_data({"format": "rcwidgets", "version": 1, "nodes": nodes, "edges": edges})
    assert Document.from_json(document.to_json()).to_data() == document.to_data()


def test_lanes_of_a_knob_are_no_part_of_a_document():
    with pytest.raises(TypeError, match=r"Reservoir.leak_rate must be one number in a document, got an array of shape \(2, 1\)"):
        Document(Graph().add(Reservoir(5, leak_rate=np.array([[0.1], [0.2]])))).to_json()


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"graph": Reservoir(3)}, "Document.graph must be a model, got Reservoir"),
        ({"task": "lorenz"}, "Document.task must be a task, got 'lorenz'"),
        ({"trainer": 3}, "Document.trainer must be a trainer's settings, got 3"),
        ({"positions": {"a": (0, 0)}}, "Document.positions must be of nodes of the model, got one of 'a'"),
    ],
)
def test_the_parts_of_a_document_are_checked(parts, words):
    with pytest.raises((TypeError, ValueError), match=words):
        Document(**{"graph": Graph(), **parts})


def test_a_document_is_frozen():
    document = Document(Graph().add(Reservoir(5)))
    with pytest.raises(AttributeError):
        document.task = SunspotTask()
    with pytest.raises(TypeError):
        document.positions["x"] = (0, 0)
