"""What a teacher has locked or hidden: the hand on the page is bound by it, Python is not.

What is locked is seen on the page and cannot be changed there; what is hidden is not there. Both are nodes by name, "task", "trainer", and
knobs of these ("reservoir.units"). "model" locks all nodes and wires, while the knobs stay free. Parts of the page can be hidden too:
"palette", "inspector", "data", "code", "loss", "runs", "sweep". A hidden node stays drawn, since its wires do; its settings are not there.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TypedDict

from rcwidgets.core.document.document import Document
from rcwidgets.core.document.edits import EditError
from rcwidgets.core.spec.knobs import knobs_of
from rcwidgets.core.spec.registry import RESERVED
from rcwidgets.live.session.comparison import specs_of, turned

MODEL = "model"  # all nodes and wires; the knobs stay free
PANELS = ("palette", "inspector", "data", "code", "loss", "runs", "sweep")  # parts of the page that can be hidden and hold no knob
_hand: ContextVar[bool] = ContextVar("hand", default=False)


@contextmanager
def by_hand() -> Iterator[None]:
    """What is asked for inside the block comes from the page."""
    token = _hand.set(True)
    try:
        yield
    finally:
        _hand.reset(token)


class LocksShown(TypedDict):
    """Nodes by id, "task", "trainer", a knob of one of these as "owner.knob", "model" for all nodes and wires, and parts of the page."""

    locked: list[str]
    hidden: list[str]


@dataclass(frozen=True)
class Locks:
    """The words as the page has them, nodes by id. What is hidden is locked too, but for the parts of the page that hold no knob."""

    locked: frozenset[str] = field(default_factory=frozenset)
    hidden: frozenset[str] = field(default_factory=frozenset)

    @property
    def shown(self) -> LocksShown:
        """As plain data."""
        return {"locked": sorted(self.locked), "hidden": sorted(self.hidden)}

    def check(self, before: Document, after: Document) -> None:
        """Refuses a change of the hand that touches what is locked, as an EditError at its place."""
        fixed = self.locked | self.hidden
        if not _hand.get() or not fixed:
            return
        for id, name, knob, _, _ in turned(specs_of(before), specs_of(after)):
            if id in fixed or f"{id}.{name}" in fixed:
                raise _refusal(f"{knob.label} of {_name(before, id)} is", id, name)
        held = {word.partition(".")[0] for word in fixed}
        for id in held & set(specs_of(before)):
            was, now = _face(before, id), _face(after, id)
            if was[:1] != now[:1] or (id in fixed and was != now):
                raise _refusal(f"{_name(before, id).capitalize() if id in RESERVED else _name(before, id)} is", id)
        if MODEL in fixed and _drawn(before) != _drawn(after):
            raise _refusal("The nodes and wires are")

    def check_data(self) -> None:
        """Refuses data that the hand brings where the task or its data are locked."""
        if _hand.get() and {"task", "data"} & (self.locked | self.hidden):
            raise _refusal("The data are", "task")


def locks_of(document: Document, locked: Iterable[str], hide: Iterable[str]) -> Locks:
    """The locks by the names that a person writes; what is none of a node, a knob or a part is a ValueError."""
    return Locks(
        frozenset(_word(document, "locked", word, (MODEL,)) for word in _words("locked", locked)),
        frozenset(_word(document, "hide", word, PANELS) for word in _words("hide", hide)),
    )


def _words(name: str, given: Iterable[str]) -> list[str]:
    if isinstance(given, str):
        raise TypeError(f"Playground.{name} must be a list of names, got the text {given!r}. Write [{given!r}].")
    words = list(given)
    for word in words:
        if not isinstance(word, str):
            raise TypeError(f"Playground.{name} must be a list of names, got {word!r} in it.")
    return words


def _word(document: Document, name: str, word: str, others: tuple[str, ...]) -> str:
    """A word with the node's id in the place of its name."""
    ids = {**{found: id for id, found in document.graph.names.items()}, **{owner: owner for owner in RESERVED}}
    owner, dot, knob = word.partition(".")
    if word in others:
        return word
    if owner not in ids:
        raise ValueError(f"Playground.{name} must name a node, a knob as node.knob, or one of {', '.join((*ids, *others))}, got {word!r}.")
    knobs = knobs_of(type(specs_of(document)[ids[owner]]))
    if dot and knob not in knobs:
        raise ValueError(f"Playground.{name} must name a knob of {owner}, one of {', '.join(knobs)}, got {word!r}.")
    return ids[owner] + dot + knob


def _name(document: Document, owner: str) -> str:
    return f"the {owner}" if owner in RESERVED else document.graph.names[owner]


def _face(document: Document, id: str) -> tuple[object, ...]:
    """What is seen of an owner beside its knobs: its kind, its name and its wires."""
    spec = specs_of(document).get(id)
    wires = frozenset(edge for edge in document.graph.edges if id in (edge.source, edge.target))
    return (None if spec is None else spec.kind, document.graph.names.get(id), wires)


def _drawn(document: Document) -> tuple[object, ...]:
    graph = document.graph
    return ({id: node.kind for id, node in graph.nodes.items()}, dict(graph.names), frozenset(graph.edges))


def _refusal(what: str, owner: str | None = None, knob: str | None = None) -> EditError:
    return EditError(f"{what} locked in this lesson.", owner, knob)
