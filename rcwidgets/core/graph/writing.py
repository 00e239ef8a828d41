"""Graphs, tasks and trainers as plain JSON values and as JSON text: the counterpart of reading."""

import json
from collections.abc import Callable, Mapping
from typing import Any, Literal, TypedDict

import numpy as np

from rcwidgets.core.graph.reading import FORMAT, VERSION
from rcwidgets.core.graph.structure import Structure
from rcwidgets.core.spec.json_values import LONGEST_JSON, Position
from rcwidgets.core.spec.knob import KnobValue, plain
from rcwidgets.core.spec.knobs import Spec
from rcwidgets.core.spec.own_arrays import CheckedArray

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
