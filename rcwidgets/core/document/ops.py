"""Ops: what a person can do to a document, as data, one record each. `edits` does them."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Annotated, Any, Literal, get_args

from rcwidgets.core.graph import plain
from rcwidgets.core.graph.graph import Edge
from rcwidgets.core.graph.plain import EdgeData, NodeData
from rcwidgets.core.graph.rules import MAX_EDGES, MAX_NODES, WORDS
from rcwidgets.core.spec import json_values
from rcwidgets.core.spec.json_values import Position, as_given, defaults, kinds_of, read_record, readers, shown
from rcwidgets.core.spec.knob import KnobValue


def _read_ids(path: str, data: Any) -> tuple[Any, ...]:
    return tuple(item for _, item in json_values.read_list(path, data, MAX_NODES, WORDS["too_many_nodes"]))


def _read_edges(path: str, data: Any) -> tuple[Edge, ...]:
    return tuple(plain.read_wire(at, item) for at, item in json_values.read_list(path, data, MAX_EDGES, WORDS["too_many_edges"]))


def _read_places(path: str, data: Any) -> dict[str, Position]:
    if not isinstance(data, Mapping) or len(data) > MAX_NODES:
        raise ValueError(f"{path} must be an object of at most {MAX_NODES} places, got {shown(data)}.")
    return {id: json_values.read_position(f"{path}.{id}", place) for id, place in data.items()}


def _read_owner(path: str, data: Any) -> Any:
    if data not in ("task", "trainer"):
        raise ValueError(f"{path} must be task or trainer, got {shown(data)}.")
    return data


def _read_like(path: str, data: Any) -> dict[str, str]:
    if not isinstance(data, Mapping) or not all(isinstance(id, str) for id in data.values()):
        raise ValueError(f"{path} must be an object of ids, got {shown(data)}.")
    return dict(data)


Word = Annotated[str, json_values.read_word]
Id = Annotated[str, json_values.read_id]
Flag = Annotated[bool, json_values.read_flag]


@dataclass(frozen=True)
class Add:
    """A node of a kind."""

    kind: Word
    id: Annotated[str | None, json_values.read_name] = None
    position: Annotated[Position | None, json_values.read_position] = None


@dataclass(frozen=True)
class Remove:
    """Nodes with their wires, and other wires."""

    nodes: Annotated[tuple[str, ...], _read_ids] = ()
    edges: Annotated[tuple[Edge, ...], _read_edges] = ()


@dataclass(frozen=True)
class Connect:
    """A wire."""

    source: Id
    target: Id
    feedback: Flag = False


@dataclass(frozen=True)
class Move:
    """Places of nodes on the canvas, by id."""

    positions: Annotated[dict[str, Position], _read_places]


@dataclass(frozen=True)
class Set:
    """The value of a knob of a node (by id), the task or the trainer."""

    owner: Id
    knob: Word
    value: Annotated[KnobValue, as_given]


@dataclass(frozen=True)
class Reset:
    """A knob back to its default."""

    owner: Id
    knob: Word


@dataclass(frozen=True)
class Rename:
    """The name of a node."""

    node: Annotated[str, as_given]
    name: Annotated[str, as_given]


@dataclass(frozen=True)
class Choose:
    """Another task or trainer; the model follows where it is what these start with, unless it is to `keep`."""

    owner: Annotated[Literal["task", "trainer"], _read_owner]
    kind: Annotated[str, as_given]
    keep: Flag = False


@dataclass(frozen=True)
class Start:
    """What task and trainer start with, in the place of the model."""


@dataclass(frozen=True)
class Paste:
    """Copies. `like` tells by id which node each is a copy of: the page has no arrays, so those of the user's own come from there."""

    nodes: Annotated[tuple[NodeData, ...], as_given]
    edges: Annotated[tuple[EdgeData, ...], as_given] = ()
    like: Annotated[dict[str, str] | None, _read_like] = None


Op = Add | Remove | Connect | Move | Set | Reset | Rename | Choose | Start | Paste
OPS = kinds_of(*get_args(Op))


def read_op(data: Any) -> Op:
    """The op of an edit as plain data: {"op": its word, and its fields}."""
    word = data.get("op") if isinstance(data, Mapping) else None
    if not isinstance(word, str) or word not in OPS:
        raise ValueError(f"An edit must have one of the ops {', '.join(OPS)}, got {shown(data if word is None else word)}.")
    op, at = OPS[word], f"Edit {word}"
    optional = tuple(defaults(op))
    json_values.read_object(at, data, ("op", *(name for name in readers(op) if name not in optional)), optional)
    return read_record(op, at, data)


def op_data(op: Op) -> dict[str, Any]:
    """The op as plain data."""
    return {"op": type(op).__name__.lower(), **asdict(op)}
