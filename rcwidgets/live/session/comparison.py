"""Documents beside each other: what each is worth computing by, what of it a training can take up, and what the last change was."""

from dataclasses import replace
from typing import Any

from rcwidgets.core.document.document import Document
from rcwidgets.core.spec.knobs import Effect, Spec, knobs_of


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


def change_of(label: str | None, before: Document | None, after: Document) -> str:
    """What the last change was, in words; knobs that were turned with their new values: "Leak rate 0.5, reservoir"."""
    if label is None or before is None:
        return "Start"
    old = specs_of(before)
    turned = [
        (f"{knob.label} {knob.show(spec.knobs[name])}", after.graph.names.get(id, id))
        for id, spec in specs_of(after).items()
        if id in old and old[id].kind == spec.kind
        for name, knob in knobs_of(type(spec)).items()
        if repr(spec.knobs[name]) != repr(old[id].knobs[name])
    ]
    if not turned or not label.startswith(("Set ", "Reset ")):
        return label
    return ", ".join([*(knob for knob, _ in turned), *dict.fromkeys(owner for _, owner in turned)])
