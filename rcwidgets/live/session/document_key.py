"""What a document is worth computing by, and what of it a training cannot take up while it goes on."""

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
    return whole_key(replace(document, graph=graph, trainer=fixed, positions={}))


def _defaults(spec: Spec, but: tuple[str, ...] = ()) -> dict[str, Any]:
    live = {name: made for name, made in knobs_of(type(spec)).items() if made.effect is Effect.LIVE}
    return {name: made.default for name, made in live.items() if name not in but}
