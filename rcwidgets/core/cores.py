"""How much of the machine there is for this process."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_COUNTED: ContextVar[int | None] = ContextVar("counted", default=None)


def cores() -> int:
    """How many cores this process may use; inside `counted_as` the number that is given there."""
    counted = _COUNTED.get()
    if counted is not None:
        return counted
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def counted_as(count: int) -> Iterator[None]:
    """Inside the block, in this thread, all plans are made for so many cores: those of another process, whose numbers are to come out."""
    before = _COUNTED.set(count)
    try:
        yield
    finally:
        _COUNTED.reset(before)
