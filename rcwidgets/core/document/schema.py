"""What the page needs to know about the kinds and their knobs: made from the registries, sent once.

Every order stands in a list, `order`: a notebook is saved with the keys of its widgets' state sorted.
"""

import inspect
from typing import Any

from rcwidgets.core.graph.rules import MAX_EDGES, MAX_NODES, WORDS
from rcwidgets.core.spec.knobs import Spec, knobs_of
from rcwidgets.core.spec.registry import NODES, TASKS, TRAINERS


def schema() -> dict[str, Any]:
    """All kinds with their knobs, the sentences that refuse a wire, and the limits, as plain JSON values."""
    return {
        "nodes": {kind: _node(cls) for kind, cls in NODES.items()},
        "tasks": {kind: _spec(cls) for kind, cls in TASKS.items()},
        "trainers": {
            kind: {**_spec(cls), "card": list(cls.card), "iterative": cls.iterative, "forces": cls.forces} for kind, cls in TRAINERS.items()
        },
        "order": {"nodes": list(NODES), "tasks": list(TASKS), "trainers": list(TRAINERS)},
        "words": dict(WORDS),
        "limits": {"nodes": MAX_NODES, "edges": MAX_EDGES},
    }


def _spec(cls: type[Spec]) -> dict[str, Any]:
    return {
        "kind": cls.kind,
        "label": cls.label,  # type: ignore[attr-defined]
        "doc": summary(cls),
        "knobs": {name: knob.schema() for name, knob in knobs_of(cls).items()},
        "order": list(knobs_of(cls)),
    }


def _node(cls: Any) -> dict[str, Any]:
    return {
        **_spec(cls),
        "aliases": list(cls.aliases),
        "family": cls.family,
        "group": cls.group,
        "takes": "any" if cls.takes_input else "none",
        "feedback": cls.takes_feedback,
        "card": list(cls.card),
    }


def summary(cls: type) -> str:
    """The first paragraph of a docstring, on one line."""
    return " ".join(inspect.cleandoc(cls.__doc__ or "").split("\n\n")[0].split())
