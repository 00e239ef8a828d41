"""What has a name: the kinds that a document may name, each listed once by its `kind`, and the nodes, by a rule."""

import re
from collections.abc import Callable, Iterable
from typing import Any

from rcwidgets.core.spec.refusal import RefusedValue

NODES: dict[str, Any] = {}
TASKS: dict[str, Any] = {}
TRAINERS: dict[str, Any] = {}


def listed(kinds: dict[str, Any]) -> Callable[[Any], Any]:
    """A decorator that lists a spec class under its kind."""

    def enter(cls: Any) -> Any:
        if cls.kind in kinds:
            raise ValueError(f"{cls.kind} is listed already.")
        kinds[cls.kind] = cls
        return cls

    return enter


def arrange(kinds: dict[str, Any], order: Iterable[Any]) -> None:
    """Puts the listed classes in this order, whatever order they were imported in; those that it leaves out come last."""
    first = [cls.kind for cls in order]
    for kind in [*first, *(kind for kind in kinds if kind not in first)]:
        kinds[kind] = kinds.pop(kind)


def kind_named(kinds: dict[str, Any], kind: object, word: str) -> Any:
    """The class listed as `kind`, or an error that lists the known kinds; `word` says what it is ("node", "task", "trainer")."""
    if not isinstance(kind, str) or kind not in kinds:
        raise ValueError(f"Unknown {word} kind {kind!r}. Known kinds: {', '.join(kinds)}.")
    return kinds[kind]


RESERVED = ("task", "trainer")  # they own knobs too, so no node has their name
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


def is_name(value: object) -> bool:
    """True for a text of 1 to 64 letters, digits, '_' or '-'."""
    return isinstance(value, str) and _NAME.fullmatch(value) is not None


def said_of_name(name: object) -> str:
    """What the page says of a name that no node can have; empty where one can."""
    if not is_name(name):
        return "A name must be 1 to 64 letters, digits, _ or -, without spaces."
    return f"{name} is the {name} itself. Choose another name." if name in RESERVED else ""


def check_name(where: str, name: object) -> None:
    """Raises a ValueError unless `name` can be the name of a node."""
    if not is_name(name):
        raise RefusedValue(f"{where} must be 1 to 64 letters, digits, '_' or '-', got {name!r}.", said_of_name(name))
    if name in RESERVED:
        words = f"{where} must not be one of {', '.join(RESERVED)}, got {name!r}. These names are taken."
        raise RefusedValue(words, said_of_name(name))
