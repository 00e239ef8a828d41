"""Graphs, tasks and trainers as plain JSON values and as JSON text: the counterpart of reading."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from rcwidgets.core.knobs import Spec, plain
from rcwidgets.core.reading import FORMAT, LONGEST, VERSION, Position

if TYPE_CHECKING:
    from rcwidgets.core.graph import Graph


def graph_data(graph: "Graph", positions: Mapping[str, Position] | None = None) -> dict[str, Any]:
    """The graph as plain JSON values, with all knobs, in a fixed order."""
    places = positions or {}
    return {
        "format": FORMAT,
        "version": VERSION,
        "nodes": [
            {"id": id, "name": graph.names[id], **spec_data(node), "position": list(places[id]) if id in places else None}
            for id, node in graph.nodes.items()
        ],
        "edges": [{"source": edge.source, "target": edge.target, "feedback": edge.feedback} for edge in graph.edges],
    }


def spec_data(spec: Spec) -> dict[str, Any]:
    """The kind and the knobs of a node, a task or a trainer."""
    for name, value in spec.knobs.items():
        if not isinstance(value, tuple) and np.ndim(value) > 0:
            raise TypeError(f"{spec.kind}.{name} must be one number in a document, got an array of shape {np.shape(value)}.")
    return {"kind": spec.kind, "knobs": {name: plain(value) for name, value in spec.knobs.items()}}


def to_text(data: Mapping[str, Any]) -> str:
    """The values as JSON text that can be read back: at most 256 kB."""
    text = json.dumps(data, allow_nan=False)
    if len(text) > LONGEST:
        size = f"must be at most {LONGEST // 1000} kB, got {len(text) / 1000:.0f} kB"
        raise ValueError(f"The document {size}. Take fewer nodes or shorter names.")
    return text
