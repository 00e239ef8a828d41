"""What the page needs to know about the kinds and their knobs: made from the registries, sent once.

Every order stands in a list, `order`: a notebook is saved with the keys of its widgets' state sorted.
"""

import inspect
from typing import Any, Literal, TypedDict, cast

from rcwidgets.core.graph.rules import MAX_EDGES, MAX_NODES, WORDS, Word, refused
from rcwidgets.core.nodes.base import Family, Group
from rcwidgets.core.spec.knob import Effect, KnobKind, KnobValue
from rcwidgets.core.spec.knobs import knobs_of
from rcwidgets.core.spec.registry import NODES, TASKS, TRAINERS


class KnobSchema(TypedDict):
    """A knob, as `Knob.schema` makes it."""

    label: str
    doc: str
    unit: str
    effect: Effect
    kind: KnobKind
    default: KnobValue
    low: float | None
    high: float | None
    slider: tuple[float, float, float] | None
    log: bool
    choices: list[str] | None
    presets: list[float] | None
    optional: bool
    auto: tuple[float, float] | None
    says: dict[Literal["number", "range", "span"], str] | None


class TaskKind(TypedDict):
    """A kind of task."""

    kind: str
    label: str
    doc: str
    knobs: dict[str, KnobSchema]
    order: list[str]


class NodeKind(TaskKind):
    """A kind of node: its place in the palette, what it takes, and the knobs on its card.

    `refuses` has the word of `WORDS` that says why no such wire ends at it.
    """

    aliases: list[str]
    family: Family
    group: Group
    refuses: dict[Literal["forward", "feedback"], Word | None]
    card: list[str]


class TrainerKind(TaskKind):
    """A kind of trainer."""

    card: list[str]
    iterative: bool
    forces: bool


class Schema(TypedDict):
    """All that the page knows of kinds and rules."""

    nodes: dict[str, NodeKind]
    tasks: dict[str, TaskKind]
    trainers: dict[str, TrainerKind]
    order: dict[Literal["nodes", "tasks", "trainers"], list[str]]
    words: dict[Word, str]
    limits: dict[Literal["nodes", "edges"], int]


def schema() -> Schema:
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


def _spec(cls: Any) -> TaskKind:
    return {
        "kind": cls.kind,
        "label": cls.label,
        "doc": summary(cls),
        "knobs": {name: cast(KnobSchema, knob.schema()) for name, knob in knobs_of(cls).items()},
        "order": list(knobs_of(cls)),
    }


def _node(cls: Any) -> NodeKind:
    return {
        **_spec(cls),
        "aliases": list(cls.aliases),
        "family": cls.family,
        "group": cls.group,
        "refuses": {"forward": refused(cls, feedback=False), "feedback": refused(cls, feedback=True)},
        "card": list(cls.card),
    }


def summary(cls: type) -> str:
    """The first paragraph of a docstring, on one line."""
    return " ".join(inspect.cleandoc(cls.__doc__ or "").split("\n\n")[0].split())
