"""A sweep beside the document as it is now: which of its knobs are still there, and what else has changed since."""

from collections.abc import Collection, Mapping

from rcwidgets.core.document.document import Document
from rcwidgets.core.spec.knobs import Spec, knobs_of
from rcwidgets.core.trainers.lanes.settings import live_knobs
from rcwidgets.live.results.words import figure
from rcwidgets.live.session.document_key import whole_key

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
    known = names_now(swept, now, knobs)
    return {old: float(value) for old, name in known.items() if isinstance(value := _value(now, name), int | float)}


def _value(document: Document, name: str) -> object:
    node, _, knob = name.rpartition(".")
    owner: Spec = document.graph.by_name()[node] if node else document.trainer
    return owner.knobs[knob]


def changed_since(swept: Document, now: Document, knobs: Collection[str]) -> str:
    """What has changed since the sweep beside the swept knobs and the seed, in a sentence; empty where nothing that counts has."""
    if whole_key(swept) == whole_key(now):
        return ""
    before, after = _specs(swept), _specs(now)
    wires = {tuple(edge) for edge in swept.graph.used().edges}, {tuple(edge) for edge in now.graph.used().edges}
    if {id: spec.kind for id, spec in before.items()} != {id: spec.kind for id, spec in after.items()} or wires[0] != wires[1]:
        nodes = ", ".join(swept.graph.used().names[id] for id in swept.graph.used().nodes)
        return f"The model has changed since: this is {swept.task.label}, {swept.trainer.label}, {nodes}."
    turned = [
        f"{knobs_of(type(spec))[knob].label} {_shown(spec.knobs[knob])}, now {_shown(value)}"
        for id, spec in before.items()
        for knob, value in after[id].knobs.items()
        if repr(value) != repr(spec.knobs[knob]) and _swept_name(swept, id, knob) not in knobs and (id, knob) != ("trainer", "seed")
    ]
    more = f" and {len(turned) - NAMED} more" if len(turned) > NAMED else ""
    return f"Swept with {'; '.join(turned[:NAMED])}{more}." if turned else ""


def _swept_name(document: Document, id: str, knob: str) -> str:
    """The name that a sweep gives a knob of a node (by its id) or of the trainer; what it cannot turn has one with a space."""
    return knob if id == "trainer" else f"{document.graph.names.get(id, f'the {id}')}.{knob}"


def _specs(document: Document) -> Mapping[str, Spec]:
    return {**document.graph.used().nodes, "trainer": document.trainer, "task": document.task}


def _shown(value: object) -> str:
    return "automatic" if value is None else figure(value) if isinstance(value, float) else str(value)
