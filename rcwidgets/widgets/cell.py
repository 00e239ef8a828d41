"""The cell of a notebook that makes a widget: what it made in an earlier run is closed when it runs again."""

import weakref
from typing import NamedTuple, Protocol

from IPython.core.getipython import get_ipython


class Closable(Protocol):
    """What a cell makes."""

    def close(self) -> None:
        """Ends it."""


class CellRun(NamedTuple):
    """One run of a cell, by the ids that the page gave them."""

    cell: str
    run: str


class _Made(NamedTuple):
    run: str
    things: "weakref.WeakSet[Closable]"


_made: dict[str, _Made] = {}


def current_run() -> CellRun | None:
    """The run of a cell that asks for this; None outside of notebooks, and where the page does not name its cells."""
    shell = get_ipython()
    parent = shell.get_parent() if shell is not None and hasattr(shell, "get_parent") else None
    parent = parent if isinstance(parent, dict) else {}
    cell, run = parent.get("metadata", {}).get("cellId"), parent.get("header", {}).get("msg_id")
    return CellRun(cell, run) if isinstance(cell, str) and isinstance(run, str) else None


def close_replaced(now: CellRun | None) -> None:
    """Closes what an earlier run of the same cell made."""
    if now is None or now.cell not in _made or _made[now.cell].run == now.run:
        return
    for thing in list(_made.pop(now.cell).things):
        thing.close()


def remember(now: CellRun | None, thing: Closable) -> None:
    """Notes what this run of a cell has made."""
    if now is not None:
        _made.setdefault(now.cell, _Made(now.run, weakref.WeakSet())).things.add(thing)
