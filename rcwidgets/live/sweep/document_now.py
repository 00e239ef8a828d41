"""A sweep beside the document as it is now: which of its knobs are still there, and what else has changed since."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from rcwidgets.core.document.document import Document
from rcwidgets.core.spec.knobs import knobs_of
from rcwidgets.core.trainers.lanes.settings import live_knobs
from rcwidgets.live.session.comparison import specs_by_name, specs_of, whole_key

NAMED = 2  # changed knobs that are told one by one


def names_now(swept: Document, now: Document, knobs: Collection[str]) -> dict[str, str]:
    """The names that swept knobs have in the document now, by those that they had; without those that are not there any more.

    A node is known by its id, so one that was renamed is still there.
    """
    live = live_knobs(now.graph, now.trainer)
    found: dict[str, str] = {}
    for old in knobs:
        name = _name_now(swept, now, old)
        if name in live:
            found[old] = name
    return found


def _name_now(swept: Document, now: Document, old: str) -> str:
    """The name of a knob in the document now; empty where its owner is gone."""
    node, _, knob = old.rpartition(".")
    if not node:
        return knob
    id = swept.graph.id_of(node)
    there = id in now.graph.nodes and now.graph.nodes[id].kind == swept.graph.nodes[id].kind
    return f"{now.graph.names[id]}.{knob}" if there else ""


def values_now(swept: Document, now: Document, knobs: Collection[str]) -> dict[str, float]:
    """What the swept knobs that are still there are set to, by their old names."""
    split = {old: name.rpartition(".") for old, name in names_now(swept, now, knobs).items()}
    values: dict[str, Any] = {old: specs_by_name(now)[node or "trainer"].knobs[knob] for old, (node, _, knob) in split.items()}
    return {old: float(value) for old, value in values.items() if isinstance(value, int | float)}


def changed_since(swept: Document, now: Document, knobs: Collection[str]) -> str:
    """What has changed since the sweep beside the swept knobs and the seed, in a sentence; empty where nothing that counts has."""
    if whole_key(swept) == whole_key(now):
        return ""
    before, after = (specs_of(replace(document, graph=document.graph.used())) for document in (swept, now))
    wires = {tuple(edge) for edge in swept.graph.used().edges}, {tuple(edge) for edge in now.graph.used().edges}
    if {id: spec.kind for id, spec in before.items()} != {id: spec.kind for id, spec in after.items()} or wires[0] != wires[1]:
        nodes = ", ".join(swept.graph.used().names[id] for id in swept.graph.used().nodes)
        return f"The model has changed since: this is {swept.task.label}, {swept.trainer.label}, {nodes}."
    turned = [
        f"{knob.label} {knob.show(spec.knobs[name])}, now {knob.show(value)}"
        for id, spec in before.items()
        for name, knob in knobs_of(type(spec)).items()
        if repr(value := after[id].knobs[name]) != repr(spec.knobs[name])
        and _swept_name(swept, id, name) not in knobs
        and (id, name) != ("trainer", "seed")
    ]
    more = f" and {len(turned) - NAMED} more" if len(turned) > NAMED else ""
    return f"Swept with {'; '.join(turned[:NAMED])}{more}." if turned else ""


def _swept_name(document: Document, id: str, knob: str) -> str:
    """The name that a sweep gives a knob of a node (by its id) or of the trainer; what it cannot turn has one with a space."""
    return knob if id == "trainer" else f"{document.graph.names.get(id, f'the {id}')}.{knob}"
