"""What a worker does with a part: in another thread, process or machine, which imports this module by its name."""

import os
import socket
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from pathlib import Path
from typing import Any, TypeVar

from rcwidgets.core.compile_cache import keep_compiled
from rcwidgets.core.cores import counted_as
from rcwidgets.core.parts.plain import unpack
from rcwidgets.core.version import __version__

T = TypeVar("T")
KEPT = 2  # data sets in a worker
MADE = 4  # things that were made of one of them
KINDS: dict[str, type[Exception]] = {kind.__name__: kind for kind in (ValueError, TypeError, FloatingPointError, MemoryError)}
_BORN = os.getpid()  # of the process that imported this
_lock = threading.Lock()


class Latest(OrderedDict[Any, Any]):
    """The latest few things by key, each made once, by whichever thread is first."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most, self._guard = most, threading.Lock()

    def made(self, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` gives, kept under the key."""
        with self._guard:  # a second thread that wants the same waits for the first
            if key not in self:
                self[key] = make()
                while len(self) > self._most:
                    self.popitem(last=False)
            self.move_to_end(key)
            found: T = self[key]
            return found


class Shared:
    """The data of all parts, in one worker; what is made of them there is kept for the next part."""

    def __init__(self, data: Any) -> None:
        self.data = data
        self._made = Latest(MADE)

    def made(self, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` gives, once for all parts with this key, of which the latest few are kept."""
        return self._made.made(key, make)


_KEPT = Latest(KEPT)
Part = Any  # plain values
Work = Callable[[Shared, Part], Any]


def do(work: Work, name: str, source: bytes | str | None, part: Part, version: str, cores: int, caller: int) -> dict[str, Any]:
    """The result of `work(shared, part)`, or why there is none, as plain values.

    `name` is the digest of the shared data and `source` their bytes, or the path of a file that holds them. All plans are made for `cores`
    cores, those of the process `caller`.
    """
    here = {"worker": f"{socket.gethostname()}:{os.getpid()}:{threading.get_ident()}"}
    if os.getpid() not in (_BORN, caller):
        return {"refused": FORKED}
    if version != __version__:
        return {"refused": f"A worker has rcwidgets {__version__}, this process {version}. Install the same on both."}
    try:
        shared = _KEPT.made(name, lambda: Shared(unpack(source if isinstance(source, bytes) else Path(source or "").read_bytes())))
    except OSError:
        return {"missing": True}
    if os.getpid() != caller:
        keep_compiled()
    try:
        with counted_as(cores):
            return {"result": work(shared, part), **here}
    except tuple(KINDS.values()) as error:
        kind = next(name for name, kind in KINDS.items() if isinstance(error, kind))
        return {"error": kind, "words": str(error)}
    except Exception as error:
        return {"error": "RuntimeError", "words": f"A worker failed: {type(error).__name__}: {error}"}


FORKED = (
    "The executor starts its processes by fork, which JAX's threads do not survive: the copy may hang for ever. Make it as "
    'ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")).'
)
