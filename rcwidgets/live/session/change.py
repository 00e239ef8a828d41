"""What the last change of a document was, in words."""

from typing import Any

from rcwidgets.core.document.document import Document
from rcwidgets.core.spec.knobs import knobs_of
from rcwidgets.live.results.words import figure


def change_of(label: str | None, before: Document | None, after: Document) -> str:
    """What the last change was; knobs that were turned with their new values: "Leak rate 0.5, reservoir"."""
    if label is None or before is None:
        return "Start"
    old, new = _specs(before), _specs(after)
    turned = [
        (f"{knobs_of(type(spec))[name].label} {_shown(value, knobs_of(type(spec))[name].kind)}", after.graph.names.get(id, id))
        for id, spec in new.items()
        if id in old and old[id].kind == spec.kind
        for name, value in spec.knobs.items()
        if repr(value) != repr(old[id].knobs[name])
    ]
    if not turned or not label.startswith(("Set ", "Reset ")):
        return label
    return ", ".join([*(knob for knob, _ in turned), *dict.fromkeys(owner for _, owner in turned)])


def _specs(document: Document) -> dict[str, Any]:
    return {**document.graph.nodes, "trainer": document.trainer, "task": document.task}


def _shown(value: Any, kind: str) -> str:
    if kind == "columns":
        return "all" if value is None else ", ".join(value) or "none"
    return "automatic" if value is None else figure(value) if isinstance(value, float) else str(value)
