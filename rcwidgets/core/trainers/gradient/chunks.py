"""Cuts training into chunks of many updates: long enough that calls cost nothing, short enough that a hand feels no delay."""

import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import jax
import numpy as np

from rcwidgets.core.trainers.gradient.reading import Rows, stack
from rcwidgets.core.trainers.gradient.updates import Batch

SECONDS = 0.075  # a chunk: between 50 and 100 ms
MOST = 64  # updates in a chunk
BYTES = 64_000_000  # the most that the batches of a chunk take


class Chunk(NamedTuple):
    """What one chunk gave: whatever its launch returned, and how many updates it was of."""

    outcome: Any
    length: int


def chunks(batches: Iterator[Rows], launch: Callable[[Batch, np.ndarray], Any], dtype: Any) -> Iterator[Chunk]:
    """Yields the outcome of `launch(stacked batches, count)` for chunk after chunk, in order, each finished.

    The first chunk of a shape is one update, which is not timed: it may be compiled. The second one is one update too; from its time on,
    a chunk has as many updates as take `SECONDS`. While one chunk is computed, the next one is gathered.
    """
    wanted, seen = 1, set[Any]()
    running: tuple[Any, int, float | None] | None = None

    def finished() -> Chunk:
        nonlocal wanted
        assert running is not None
        outcome, count, began = running
        jax.block_until_ready(outcome)
        if began is not None:
            wanted = max(1, min(MOST, int(SECONDS * count / max(time.perf_counter() - began, 1e-9))))
        return Chunk(outcome, count)

    for group in _groups(batches, lambda: wanted):
        shapes = group[0].shapes
        capacity = capacity_of(group[0])
        stacked = stack(group, capacity, dtype)
        if running is not None:
            yield finished()
        began = time.perf_counter() if shapes in seen else None
        seen.add(shapes)
        running = launch(stacked, np.asarray(len(group), np.int32)), len(group), began
    if running is not None:
        yield finished()


def capacity_of(batch: Rows) -> int:
    """How many batches like this one a chunk has room for."""
    return max(1, min(MOST, BYTES // sum(array.nbytes for array in batch.arrays())))


def _groups(batches: Iterator[Rows], wanted: Callable[[], int]) -> Iterator[list[Rows]]:
    """Batches in groups of one shape, as long as `wanted` says at the time and as a chunk has room for."""
    group: list[Rows] = []
    for batch in batches:
        if group and batch.shapes != group[0].shapes:
            yield group
            group = []
        group.append(batch)
        if len(group) >= min(wanted(), capacity_of(batch)):
            yield group
            group = []
    if group:
        yield group
