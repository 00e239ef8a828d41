"""Edits: what a person does to a document, as data. Pure: a document and an edit give the next document and a label for the undo."""

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import singledispatch
from typing import Any

from rcwidgets.core.document import ops
from rcwidgets.core.document.document import Document
from rcwidgets.core.document.offer import as_known, in_words, is_start
from rcwidgets.core.graph import plain
from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.graph.needs import memory_problem
from rcwidgets.core.graph.rules import MAX_EDGES, MAX_NODES, WORDS
from rcwidgets.core.spec import json_values
from rcwidgets.core.spec.json_values import shown
from rcwidgets.core.spec.knobs import Effect, Knob, Spec, knob_named, knobs_of
from rcwidgets.core.spec.refusal import said_of
from rcwidgets.core.spec.registry import NODES, RESERVED, TASKS, TRAINERS, kind_named, said_of_name
from rcwidgets.core.starts import own_trainer, start_of


class EditError(ValueError):
    """An edit that cannot be done, in words; `owner` (a node id, "task", "trainer" or None) and `knob` say where the words belong.

    `said` are the page's words, where it has its own.
    """

    def __init__(self, words: str, owner: str | None = None, knob: str | None = None, *, said: str = "") -> None:
        super().__init__(words)
        self.owner, self.knob, self.said = owner, knob, said


def apply(document: Document, edit: ops.Op | Mapping[str, Any]) -> tuple[Document, str]:
    """The document after the edit, and what was done, such as "Set Spectral radius of reservoir"; an impossible one is an EditError.

    >>> after, label = apply(Document(Graph()), {"op": "add", "kind": "Reservoir", "position": [0, 0]})
    >>> label, list(after.graph.names.values())
    ('Add reservoir', ['reservoir'])
    """
    try:
        return _done(edit if isinstance(edit, ops.Op) else ops.read_op(edit), document)
    except EditError:
        raise
    except (ValueError, TypeError) as error:
        raise EditError(str(error), said=said_of(error)) from error


@singledispatch
def _done(edit: Any, document: Document) -> tuple[Document, str]:
    """What `apply` gives, by the class of the op."""
    raise TypeError(f"Nothing is known of the op {edit!r}.")


@_done.register
def _add(edit: ops.Add, document: Document) -> tuple[Document, str]:
    graph = document.graph
    cls = kind_named(NODES, edit.kind, "node")
    id = edit.id or secrets.token_hex(6)
    if id in graph.nodes:
        raise EditError(f"There is a node with the id {id!r} already.")
    if len(graph.nodes) >= MAX_NODES:
        raise EditError(WORDS["too_many_nodes"])
    places = {} if edit.position is None else {id: edit.position}
    grown = graph.add(plain.make_node(cls(), id))
    return _fitting(replace(document, graph=grown, positions={**document.positions, **places})), f"Add {grown.names[id]}"


@_done.register
def _remove(edit: ops.Remove, document: Document) -> tuple[Document, str]:
    graph, cut = document.graph, edit.edges
    gone = [_known(graph, id) for id in edit.nodes]
    for edge in cut:
        if edge not in graph.edges:
            ends = [graph.names.get(id, id) for id in edge[:2]]
            raise EditError(f"There is no {'feedback ' if edge.feedback else ''}wire from {ends[0]} to {ends[1]}.")
    kept = {id: place for id, place in document.positions.items() if id not in gone}
    if gone or len(cut) != 1:
        label = f"Delete {_these(graph, gone)}" if gone else f"Delete {len(cut)} wires"
    else:
        label = f"Delete the wire from {graph.names[cut[0].source]} to {graph.names[cut[0].target]}"
    return replace(document, graph=graph.without(gone, cut), positions=kept), label


@_done.register
def _connect(edit: ops.Connect, document: Document) -> tuple[Document, str]:
    graph = document.graph.connect(edit.source, edit.target, feedback=edit.feedback)
    source, target = graph.names[edit.source], graph.names[edit.target]
    label = f"Feed {source} back to {target}" if edit.feedback else f"Connect {source} to {target}"
    return _fitting(replace(document, graph=graph)), label


@_done.register
def _move(edit: ops.Move, document: Document) -> tuple[Document, str]:
    moved = {_known(document.graph, id): place for id, place in edit.positions.items()}
    return replace(document, positions={**document.positions, **moved}), f"Move {_these(document.graph, list(moved))}"


@_done.register
def _set(edit: ops.Set, document: Document) -> tuple[Document, str]:
    return _turned(document, edit, "Set", lambda knob: edit.value)


@_done.register
def _reset(edit: ops.Reset, document: Document) -> tuple[Document, str]:
    return _turned(document, edit, "Reset", lambda knob: knob.default)


def _turned(document: Document, edit: ops.Set | ops.Reset, verb: str, value_of: Callable[[Knob], Any]) -> tuple[Document, str]:
    owner, name = edit.owner, edit.knob
    graph, task, trainer = document.graph, document.task, document.trainer
    spec: Spec = {"task": task, "trainer": trainer}[owner] if owner in RESERVED else graph.nodes[_known(graph, owner)]
    whose = graph.names.get(owner, f"the {owner}")
    try:
        knob = knob_named(type(spec), name)
        value = knob.read(f"{spec.kind}.{name}", value_of(knob))
        if owner == "task":
            changed = replace(document, task=replace(task, **{name: value}))
        elif owner == "trainer":
            changed = replace(document, trainer=replace(trainer, **{name: value}))
        else:
            changed = replace(document, graph=graph.replace(whose, **{name: value}))
            if knob.effect is not Effect.LIVE:
                _fitting(changed)
    except (ValueError, TypeError) as error:
        raise EditError(str(error), owner, name, said=said_of(error)) from error
    return changed, f"{verb} {knob.label} of {whose}"


@_done.register
def _rename(edit: ops.Rename, document: Document) -> tuple[Document, str]:
    id, graph = _known(document.graph, edit.node), document.graph
    old = graph.names[id]
    try:
        new = json_values.read_name("A name", edit.name)
        return replace(document, graph=graph.rename(old, new)), f"Rename {old} to {new}"
    except ValueError as error:
        raise EditError(str(error), id, said=said_of_name(edit.name) or said_of(error)) from error


@_done.register
def _choose(edit: ops.Choose, document: Document) -> tuple[Document, str]:
    owner = edit.owner
    try:
        cls = kind_named(TASKS if owner == "task" else TRAINERS, json_values.read_word("Edit choose.kind", edit.kind), owner)
    except ValueError as error:
        raise EditError(str(error), owner) from error
    here = document.task if owner == "task" else document.trainer
    if type(here) is cls:
        return document, f"Choose {cls.label}"
    return _started(document, owner, cls, keep=edit.keep), f"Choose {cls.label}"


def _started(document: Document, owner: str, cls: type[Spec], *, keep: bool) -> Document:
    """The document with another task or trainer: the model follows where it is what task and trainer start with, unless it is to `keep`.

    Knobs of the trainer (and with the model those of a task that stays) follow where nobody has turned them.
    """
    usual = type(document.task)()
    before = start_of(usual, document.trainer.kind)
    untouched = not keep and is_start(document.graph, before)
    if owner == "trainer":
        after = start_of(usual, cls.kind)
    else:
        by_itself = untouched and document.trainer == before.trainer and before.trainer.kind == own_trainer(usual)
        after = start_of(TASKS[cls.kind](), None if by_itself else document.trainer.kind)
    trainer = _followed(document.trainer, before.trainer, after.trainer)
    if not untouched:
        return replace(document, task=document.task if owner == "trainer" else TASKS[cls.kind](), trainer=trainer)
    graph = as_known(document.graph, after.graph)
    positions = document.positions if set(graph.nodes) == set(document.graph.nodes) else {}
    task = _followed(document.task, before.task, after.task) if owner == "trainer" else after.task
    return replace(document, graph=graph, task=task, trainer=trainer, positions=positions)


@_done.register
def _start(edit: ops.Start, document: Document) -> tuple[Document, str]:
    usual = type(document.task)()
    start = start_of(usual, document.trainer.kind)
    before = start_of(usual, None if document.trainer.kind != own_trainer(usual) else document.trainer.kind)
    task = _followed(document.task, before.task, start.task)
    return replace(document, graph=start.graph, task=task, trainer=start.trainer, positions={}), f"Use {in_words(start)}"


@_done.register
def _paste(edit: ops.Paste, document: Document) -> tuple[Document, str]:
    nodes, names, places = plain.read_nodes("nodes", edit.nodes)
    graph, like = document.graph, edit.like or {}
    if len(graph.nodes) + len(nodes) > MAX_NODES:
        raise EditError(WORDS["too_many_nodes"])
    for id, node in nodes.items():
        if id in graph.nodes:
            raise EditError(f"There is a node with the id {id!r} already.")
        origin = document.graph.nodes.get(like.get(id, ""))
        own = origin.arrays if origin is not None and origin.kind == node.kind else {}
        graph = graph.add(replace(node, name=None, **own), fresh_name(graph, names[id]))
    listed = json_values.read_list("edges", edit.edges, MAX_EDGES, WORDS["too_many_edges"])
    for at, item in listed:
        edge = plain.read_wire(at, item)
        with json_values.entry(at):
            graph = graph.connect(edge.source, edge.target, feedback=edge.feedback)
    pasted = replace(document, graph=graph, positions={**document.positions, **places})
    return _fitting(pasted), f"Paste {_these(graph, list(nodes))}"


def fresh_name(graph: Graph, name: str) -> str:
    """The name, or with "_2", "_3", ... at its end where it is taken."""
    taken = set(graph.names.values())
    base, number, fresh = re.sub(r"_\d+$", "", name)[:58] or name, 1, name
    while fresh in taken:
        number += 1
        fresh = f"{base}_{number}"
    return fresh


def _known(graph: Graph, id: Any) -> str:
    """The id of a node of the graph."""
    if not isinstance(id, str) or id not in graph.nodes:
        raise EditError(f"There is no node with the id {shown(id)}.")
    return id


def _these(graph: Graph, ids: list[str]) -> str:
    return graph.names[ids[0]] if len(ids) == 1 else f"{len(ids)} nodes"


def _fitting(document: Document) -> Document:
    """The document, or an EditError where the model is too large for most machines."""
    problem = memory_problem(document.graph)
    if problem:
        raise EditError(problem.text)
    return document


def _followed(now: Any, before: Any, after: Any) -> Any:
    """The settings `after`, with the knobs that were turned: those `now` that are not as they were `before`, where both kinds know them."""
    ours, theirs = knobs_of(type(now)), knobs_of(type(after))
    turned = {name: value for name, value in now.knobs.items() if value != before.knobs[name]}
    same = type(now) is type(after)
    return replace(after, **{name: value for name, value in turned.items() if same or ours[name] == theirs.get(name)})
