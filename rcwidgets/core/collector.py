"""Python's garbage collector, while much is made that stays.

What is imported, traced and compiled is hundreds of thousands of objects, hardly one of them garbage, and the collector goes through all of
them again and again: a fifth of the time from a fresh kernel to the first figure.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

_lock = Lock()
_inside = 0  # blocks of `old_left_alone` that have not ended


@contextmanager
def paused() -> Iterator[None]:
    """Nothing is collected inside the block, which is short: an import. What it made is old then, and not looked through at once."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            with old_left_alone():
                gc.enable()


@contextmanager
def old_left_alone() -> Iterator[None]:
    """What there is when the block begins is not looked through until it ends; new garbage is collected as ever.

    Blocks may nest and may overlap between threads. Where the user has frozen something with `gc.freeze`, nothing is done.
    """
    global _inside
    with _lock:
        ours = _inside > 0 or gc.get_freeze_count() == 0
        if ours:
            _inside += 1
            gc.freeze()
    try:
        yield
    finally:
        with _lock:
            if ours:
                _inside -= 1
                if _inside == 0:
                    gc.unfreeze()
