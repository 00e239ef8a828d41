"""BLAS on one thread, and sums of squares by several threads."""

from concurrent.futures import Executor
from contextlib import AbstractContextManager
from math import sqrt
from threading import Lock
from typing import Any

import numpy as np
from threadpoolctl import ThreadpoolController

from rcwidgets.core.algebra.lapack import Checkpoint, nothing

TILE = 256  # rows and columns that are mirrored at once: they fit the cache of a core


class _Limit(AbstractContextManager[None]):
    """Counts who is inside: the first one in sets the limit, the last one out lifts it, each from whichever thread it runs on."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.inside = 0
        self.controller: ThreadpoolController | None = None
        self.limiter: Any = None

    def __enter__(self) -> None:
        with self.lock:
            if self.inside == 0:
                if self.controller is None:
                    self.controller = ThreadpoolController()
                _let_any_thread_set(self.controller)
                self.limiter = self.controller.limit(limits=1, user_api="blas")
                _let_any_thread_set(self.controller)
            self.inside += 1

    def __exit__(self, *error: object) -> None:
        with self.lock:
            self.inside -= 1
            if self.inside == 0:
                self.limiter.restore_original_limits()
                _let_any_thread_set(self.controller)


def _let_any_thread_set(controller: ThreadpoolController | None) -> None:
    """In newer threadpoolctl the first thread that sets a limit owns OpenBLAS, and all others silently set nothing; this ends that."""
    for library in controller.lib_controllers if controller else ():
        release = getattr(library, "clear_controlling_thread", None)
        if release is not None:
            release(force=True)


_LIMIT = _Limit()


def one_thread() -> AbstractContextManager[None]:
    """BLAS runs on one thread inside the block; the process gets its own number back afterwards.

    OpenBLAS threads spin for a while after each call and take the core from the scan that follows at once, which then needs almost
    twice the time. The limit belongs to the process; blocks may nest and may overlap between threads. Listing the libraries costs
    some 6 ms, once; entering costs 0.02 ms after that.
    """
    return _LIMIT


def add_square_by(pool: Executor, parts: int, rows: np.ndarray, total: np.ndarray, checkpoint: Checkpoint = nothing) -> None:
    """Adds rows.T @ rows to the lower triangle of `total` (p, p), in place; what is above the diagonal means nothing.

    The pool's threads take `parts` bands of rows of the triangle, all of one area. `checkpoint()` is called between them, and may raise.
    """
    size = len(total)
    edges = [round(size * sqrt(part / parts)) for part in range(parts + 1)]

    def band(part: int) -> None:
        start, stop = edges[part], edges[part + 1]
        total[start:stop, :stop] += rows[:, start:stop].T @ rows[:, :stop]

    bands = [pool.submit(band, part) for part in range(parts)]
    try:
        for one in bands:
            one.result()
            checkpoint()
    finally:
        for one in bands:
            one.cancel()


def mirrored(total: np.ndarray) -> np.ndarray:
    """`total` (p, p), its upper triangle written over by the lower one, tile by tile."""
    for start in range(0, len(total), TILE):
        stop = start + TILE
        corner = np.tril(total[start:stop, start:stop])
        total[start:stop, start:stop] = corner + np.tril(corner, -1).T
        total[start:stop, stop:] = total[stop:, start:stop].T
    return total
