"""The one validator of data from outside: files, share tokens, traits and messages. No name in the data leads to anything but a registry.

Plain JSON values go in, checked specs come out; an error names the path of the bad entry: "nodes[2].knobs.leak_rate: Reservoir.leak_rate
must be in [0.001, 1.0], got 1.7."

The counterpart, graphs, tasks and trainers as plain JSON values and as JSON text, stands below."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Literal, NamedTuple, TypedDict

import numpy as np

from rcwidgets.core.graph.rules import MAX_EDGES, MAX_NODES, WORDS, check_cycle, check_ends, cycle_of
from rcwidgets.core.graph.structure import Edge, Structure
from rcwidgets.core.spec.json_values import (
    LONGEST_JSON,
    WHOLE,
    Position,
    entry,
    fail,
    is_integer,
    read_array,
    read_flag,
    read_id,
    read_list,
    read_name,
    read_object,
    read_position,
    read_word,
    shown,
)
from rcwidgets.core.spec.knob import KnobValue, plain
from rcwidgets.core.spec.knobs import Spec, knob_named
from rcwidgets.core.spec.own_arrays import CheckedArray
from rcwidgets.core.spec.registry import NODES, TASKS, TRAINERS, kind_named

FORMAT = "rcwidgets"
VERSION = 1


class Parts(NamedTuple):
    """What a document holds, checked: nodes and names by id, wires, positions by id, and the task and trainer where they are given."""

    nodes: dict[str, Any]
    names: dict[str, str]
    wires: tuple[Edge, ...]
    positions: dict[str, Position]
    task: Any
    trainer: Any


def read_document(data: Any) -> Parts:
    """A document of plain values, checked; task and trainer may be left out."""
    fields = read_object(WHOLE, data, ("format", "version", "nodes"), ("edges", "task", "trainer"))
    if fields["format"] != FORMAT:
        fail("format", f"must be {FORMAT!r}, got {shown(fields['format'])}. This is not a document of rcwidgets.")
    version = fields["version"]
    if not is_integer(version) or version < 1:
        fail("version", f"must be a whole number from 1, got {shown(version)}.")
    if version > VERSION:
        words = f"The document is of version {version}; this rcwidgets reads up to version {VERSION}."
        fail("version", f"{words} Install a newer rcwidgets to open it.")
    nodes, names, positions = read_nodes("nodes", fields["nodes"])
    wires = read_wires("edges", fields.get("edges", []), nodes, names)
    task = read_choice("task", fields["task"], TASKS) if "task" in fields else None
    trainer = read_choice("trainer", fields["trainer"], TRAINERS) if "trainer" in fields else None
    return Parts(nodes, names, wires, positions, task, trainer)


def read_nodes(path: str, data: Any) -> tuple[dict[str, Any], dict[str, str], dict[str, Position]]:
    """A list of node objects: the specs (with the ids as their tokens), names and positions by id."""
    nodes: dict[str, Any] = {}
    names: dict[str, str] = {}
    positions: dict[str, Position] = {}
    for at, item in read_list(path, data, MAX_NODES, WORDS["too_many_nodes"]):
        fields = read_object(at, item, ("id", "name", "kind"), ("knobs", "arrays", "position"))
        id, name = read_name(f"{at}.id", fields["id"]), read_name(f"{at}.name", fields["name"])
        if id in nodes:
            fail(f"{at}.id", f"Ids must be unique: there is a node with the id {id!r} already.")
        if name in names.values():
            fail(f"{at}.name", f"Names must be unique: there is a node named {name!r} already.")
        nodes[id], names[id] = make_node(read_spec(at, fields, NODES, "node"), id, name), name
        if fields.get("position") is not None:
            positions[id] = read_position(f"{at}.position", fields["position"])
    return nodes, names, positions


def make_node(spec: Any, id: str, name: str | None = None) -> Any:
    """The node spec with this id; a name that a graph would not give by itself (as "reservoir_2") is fixed."""
    own = None if name is None or re.fullmatch(rf"{re.escape(spec.short_name)}(_\d+)?", name) else name
    return replace(spec, name=own, token=spec.token._replace(id=id))


def read_wires(path: str, data: Any, nodes: Mapping[str, Any], names: Mapping[str, str]) -> tuple[Edge, ...]:
    """A list of edge objects between known nodes: no wire twice, none that its target refuses, no forward cycle."""
    wires: dict[Edge, str] = {}
    for at, item in read_list(path, data, MAX_EDGES, WORDS["too_many_edges"]):
        wire = read_wire(at, item)
        for end, id in zip(("source", "target"), wire[:2], strict=True):
            if id not in nodes:
                fail(f"{at}.{end}", f"There is no node with the id {id!r}.")
        with entry(at):
            check_ends(wire, nodes[wire.target], names, wires)
        wires[wire] = at
    cycle = cycle_of(wires)
    with entry(wires[cycle[-1]] if cycle else path):
        check_cycle(cycle, names)
    return tuple(wires)


def read_wire(at: str, data: Any) -> Edge:
    """One edge object."""
    fields = read_object(at, data, ("source", "target"), ("feedback",))
    feedback = read_flag(f"{at}.feedback", fields.get("feedback", False))
    return Edge(read_id(f"{at}.source", fields["source"]), read_id(f"{at}.target", fields["target"]), feedback)


def read_choice(path: str, data: Any, kinds: dict[str, Any]) -> Any:
    """A task or trainer object: {kind, knobs}."""
    return read_spec(path, read_object(path, data, ("kind",), ("knobs",)), kinds, path)


def read_spec(at: str, fields: Mapping[str, Any], kinds: dict[str, Any], word: str) -> Any:
    """The spec of fields["kind"] with fields["knobs"] and fields["arrays"]; knobs that are left out take their defaults."""
    with entry(f"{at}.kind"):
        cls = kind_named(kinds, read_word(f"{at}.kind", fields["kind"]), word)
    given = fields.get("knobs", {})
    if not isinstance(given, Mapping):
        fail(f"{at}.knobs", f"must be an object, got {shown(given)}.")
    values = {}
    for name, value in given.items():
        with entry(f"{at}.knobs"):
            knob = knob_named(cls, read_word(f"{at}.knobs", name))
        with entry(f"{at}.knobs.{name}"):
            values[name] = knob.read(f"{cls.kind}.{name}", value)
    with entry(f"{at}.knobs"):
        spec = cls(**values)
    if "arrays" not in fields:
        return spec
    read = read_object(f"{at}.arrays", fields["arrays"], (), tuple(cls.takes_arrays))
    arrays = {name: read_array(f"{at}.arrays.{name}", array) for name, array in read.items()}
    with entry(f"{at}.arrays"):
        return replace(spec, **arrays)


_SHORTEST = 5  # characters of a number in a list: "0.0, "
_INSTEAD = "Save a trainer or runner of the model instead: `trainer.save` keeps arrays of any size."


class SpecData(TypedDict):
    """A task or a trainer."""

    kind: str
    knobs: dict[str, KnobValue]


class NodeData(TypedDict):
    """A node; those with arrays of the user's own have them under "arrays", which the page neither shows nor sends."""

    id: str
    name: str
    kind: str
    knobs: dict[str, KnobValue]
    position: Position | None


class EdgeData(TypedDict):
    """A wire."""

    source: str
    target: str
    feedback: bool


class DocumentData(TypedDict):
    """A document; a graph alone has neither task nor trainer."""

    format: Literal["rcwidgets"]
    version: Literal[1]
    nodes: list[NodeData]
    edges: list[EdgeData]
    task: SpecData
    trainer: SpecData


def nested(array: CheckedArray) -> Any:
    """An array as nested lists; one that no document can hold is a ValueError."""
    if array.size * _SHORTEST > LONGEST_JSON:
        most = f"{LONGEST_JSON // 1000} kB"
        raise ValueError(f"The document must be at most {most}: an array of shape {array.shape} is too large. {_INSTEAD}")
    return np.asarray(array).tolist()


def graph_data(
    graph: Structure, positions: Mapping[str, Position] | None = None, arrays: Callable[[CheckedArray], Any] | None = nested
) -> dict[str, Any]:
    """The graph as plain JSON values, with all knobs, in a fixed order.

    Nodes with arrays of the user's own have them under "arrays", each as `arrays` writes it; None leaves them out.
    """
    places = positions or {}
    return {
        "format": FORMAT,
        "version": VERSION,
        "nodes": [
            {
                "id": id,
                "name": graph.names[id],
                **spec_data(node),
                **({"arrays": {name: arrays(own) for name, own in node.arrays.items()}} if arrays and node.arrays else {}),
                "position": list(places[id]) if id in places else None,
            }
            for id, node in graph.nodes.items()
        ],
        "edges": [edge._asdict() for edge in graph.edges],
    }


def spec_data(spec: Spec) -> dict[str, Any]:
    """The kind and the knobs of a node, a task or a trainer."""
    known: dict[str, Any] = spec.knobs
    for name, value in known.items():
        if not isinstance(value, tuple) and np.ndim(value) > 0:
            raise TypeError(f"{spec.kind}.{name} must be one number in a document, got an array of shape {np.shape(value)}.")
    return {"kind": spec.kind, "knobs": {name: plain(value) for name, value in known.items()}}


def to_text(data: Mapping[str, Any]) -> str:
    """The values as JSON text that can be read back: at most 256 kB."""
    text = json.dumps(data, allow_nan=False)
    if len(text) > LONGEST_JSON:
        size = f"must be at most {LONGEST_JSON // 1000} kB, got {len(text) / 1000:.0f} kB"
        own = any("arrays" in node for node in data.get("nodes", ()))
        raise ValueError(f"The document {size}. {_INSTEAD if own else 'Take fewer nodes or shorter names.'}")
    return text
