"""Closes a widget with all that it holds: ipywidgets keeps every widget that is not closed for as long as the kernel lives.

What the cell of a notebook made in an earlier run is closed when it runs again.
"""

import re
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from IPython.core.getipython import get_ipython
from ipywidgets import Widget


def parts(*widgets: Widget) -> list[Widget]:
    """The widgets and those that their traits hold, such as layouts, scales and marks, each once."""
    found: dict[int, Widget] = {}
    waiting = list(widgets)
    while waiting:
        one = waiting.pop()
        if id(one) not in found:
            found[id(one)] = one
            waiting += [other for name in one.traits() if one.trait_has_value(name) for other in _widgets(getattr(one, name))]
    return list(found.values())


def close_parts(widget: Widget, *others: Widget) -> None:
    """Closes what the widget's traits hold, and the others with what theirs hold; the widget itself is left to the caller."""
    for one in parts(widget, *others):
        if one is not widget:
            one.close()


@contextmanager
def unless_closed(*widgets: Widget) -> Iterator[None]:
    """Draws into these widgets, unless one of their parts is closed meanwhile, as `Widget.close_all()` closes one after another."""
    try:
        yield
    except AttributeError:  # a closed widget has no model to name
        if all(part.comm is not None for part in parts(*widgets)):
            raise


def _widgets(value: Any) -> Iterator[Widget]:
    if isinstance(value, Widget):
        yield value
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _widgets(one)
    elif isinstance(value, dict):
        yield from _widgets(list(value.values()))


class CellRun(NamedTuple):
    """One run of a cell, by the ids that the page gave them."""

    cell: str
    run: str


_made: dict[CellRun, "weakref.WeakSet[Widget]"] = {}


_PYTHON = re.compile(r"_\d+_\d+")  # how the ids of jupyter_client's messages end: process and number; pages give others


def without_a_page() -> bool:
    """Whether a program runs the cell, such as nbclient, papermill or Voila, or nobody at all: no page can ask for anything meanwhile."""
    run = _parent().get("header", {}).get("msg_id")
    return not isinstance(run, str) or _PYTHON.search(run) is not None


def current_run() -> CellRun | None:
    """The run of a cell that asks for this; None outside of notebooks, and where the page does not name its cells."""
    parent = _parent()
    cell, run = parent.get("metadata", {}).get("cellId"), parent.get("header", {}).get("msg_id")
    return CellRun(cell, run) if isinstance(cell, str) and isinstance(run, str) else None


def _parent() -> dict[str, Any]:
    """The message that asks for what runs now."""
    shell = get_ipython()
    parent = shell.get_parent() if shell is not None and hasattr(shell, "get_parent") else None
    return parent if isinstance(parent, dict) else {}


def close_replaced(now: CellRun | None) -> None:
    """Closes what an earlier run of the same cell made."""
    for earlier in [one for one in _made if now is not None and one.cell == now.cell and one.run != now.run]:
        for thing in list(_made.pop(earlier)):
            thing.close()


def remember(now: CellRun | None, thing: Widget) -> None:
    """Notes what this run of a cell has made."""
    if now is not None:
        _made.setdefault(now, weakref.WeakSet()).add(thing)
