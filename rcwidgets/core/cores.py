"""How much of the machine there is for this process."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

_COUNTED: ContextVar[int | None] = ContextVar("counted", default=None)


def cores() -> int:
    """How many cores this process may use; inside `counted_as` the number that is given there."""
    counted = _COUNTED.get()
    if counted is not None:
        return counted
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def memory() -> int | None:
    """The memory of this machine, or of the container, in bytes; None where nobody tells."""
    known = hasattr(os, "sysconf") and {"SC_PAGE_SIZE", "SC_PHYS_PAGES"} <= set(os.sysconf_names)
    whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") if known else None
    return min((most for most in (whole, _allowed()) if most is not None), default=None)


def _allowed() -> int | None:
    """What a container may take, where it is told (cgroup v2 of Linux)."""
    try:
        told = Path("/sys/fs/cgroup/memory.max").read_text(encoding="ascii").strip()
    except OSError:
        return None
    return int(told) if told.isdecimal() else None


@contextmanager
def counted_as(count: int) -> Iterator[None]:
    """Inside the block, in this thread, all plans are made for so many cores: those of another process, whose numbers are to come out."""
    before = _COUNTED.set(count)
    try:
        yield
    finally:
        _COUNTED.reset(before)
