"""Closes a widget with all that it holds: ipywidgets keeps every widget that is not closed for as long as the kernel lives."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

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
