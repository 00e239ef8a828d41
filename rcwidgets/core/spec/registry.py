"""The kinds that a document may name: node specs, task specs and trainer specs, each listed once by its `kind`."""

from collections.abc import Callable, Iterable
from typing import Any

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
