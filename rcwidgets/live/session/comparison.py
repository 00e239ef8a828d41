"""Documents beside each other: what each is worth computing by, what of it a training can take up, and what the last change was."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from rcwidgets.core.document.document import Document
from rcwidgets.core.document.ops import Set
from rcwidgets.core.spec.knobs import Effect, Knob, Spec, knobs_of
from rcwidgets.core.spec.registry import RESERVED


def whole_key(document: Document) -> str:
    """All but the positions and the nodes that lead nowhere."""
    return replace(document, graph=document.graph.used(), positions={}).key()


def fixed_key(document: Document) -> str:
    """All of it but the live knobs of nodes and trainer; those that only count at the start belong to it."""
    graph, trainer = document.graph.used(), document.trainer
    for name, node in graph.by_name().items():
        graph = graph.replace(name, **_defaults(node))
    fixed = replace(trainer, **_defaults(trainer, but=trainer.at_start))
    return whole_key(replace(document, graph=graph, trainer=fixed))


def _defaults(spec: Spec, but: tuple[str, ...] = ()) -> dict[str, Any]:
    live = {name: made for name, made in knobs_of(type(spec)).items() if made.effect is Effect.LIVE}
    return {name: made.default for name, made in live.items() if name not in but}


def specs_of(document: Document) -> dict[str, Spec]:
    """All that has knobs: the nodes by id, the trainer and the task."""
    return {**document.graph.nodes, "trainer": document.trainer, "task": document.task}


def specs_by_name(document: Document) -> dict[str, Spec]:
    """All that has knobs, the nodes by name."""
    return {**document.graph.by_name(), "trainer": document.trainer, "task": document.task}


def set_edits(document: Document, owner: str, knobs: Mapping[str, Any]) -> list[Set]:
    """What turns knobs of a node (by its name), of the "trainer" or of the "task"."""
    whose = owner if owner in RESERVED else document.graph.id_of(owner)
    return [Set(whose, knob, value) for knob, value in knobs.items()]


def turned(before: Mapping[str, Spec], after: Mapping[str, Spec]) -> Iterator[tuple[str, str, Knob, Any, Any]]:
    """Each knob that is set otherwise, of all that stayed: its owner's id, its name, what is known of it, what it was, and what it is."""
    for id, spec in after.items():
        if id in before and before[id].kind == spec.kind:
            values = ((name, knob, before[id].knobs[name], spec.knobs[name]) for name, knob in knobs_of(type(spec)).items())
            yield from ((id, name, knob, old, new) for name, knob, old, new in values if repr(old) != repr(new))


def change_of(label: str | None, before: Document | None, after: Document) -> str:
    """What the last change was, in words; knobs that were turned with their new values: "Leak rate 0.5, reservoir"."""
    if label is None or before is None:
        return "Start"
    found = [(f"{knob.label} {knob.show(new)}", id) for id, _, knob, _, new in turned(specs_of(before), specs_of(after))]
    if not found or not label.startswith(("Set ", "Reset ")):
        return label
    return ", ".join([*(words for words, _ in found), *dict.fromkeys(after.graph.names.get(id, id) for _, id in found)])
