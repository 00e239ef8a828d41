"""Series that stay where they are, on a disk or with whoever makes them, and are read a block of rows at a time."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, TypeAlias

import jax
import numpy as np

from rcwidgets.core.series import array_of, check_finite, stretches

LOADED = 1 << 23  # numbers: a series of no more is read at once, 64 MB in float64
BLOCK = 1 << 21  # numbers that are read at a time of one with more
Progress: TypeAlias = Callable[[int, int | None], None]
"""progress(done, rows): so many rows are done, of so many; None where nobody knows how many there will be."""


def is_long(value: Any) -> bool:
    """Whether a series is read block by block: an iterable of blocks, or what has a shape and slices, lies elsewhere, and is large.

    Such are a memory-mapped .npy, and arrays of HDF5, zarr and dask, (time, features) or (time,).
    """
    return _is_blocks(value) or (_is_elsewhere(value) and int(np.prod(value.shape, dtype=np.float64)) > LOADED)


def _is_elsewhere(value: Any) -> bool:
    if isinstance(value, np.ndarray):
        return isinstance(value, np.memmap) and value.ndim in (1, 2)
    if isinstance(value, jax.Array) or hasattr(value, "iloc"):
        return False
    return all(hasattr(value, name) for name in ("shape", "dtype", "__getitem__", "__len__")) and len(value.shape) in (1, 2)


def _is_blocks(value: Any) -> bool:
    """Whether it gives blocks one after the other, and tells neither its length nor a shape."""
    known = isinstance(value, str | bytes | Mapping | Sequence | np.ndarray) or hasattr(value, "shape") or hasattr(value, "__len__")
    return isinstance(value, Iterable) and not known


class LongSeries:
    """One or several series of the same rows, block by block; `what` names them in errors.

    Each is an array, what has a length and slices, or an iterable of blocks (rows, features); the iterables give blocks of the same
    lengths. `rows` is how many rows there are, None where an iterable has to be asked for that. `once` is True where an iterator is among
    them, which cannot be read a second time. Rows that are not finite are a ValueError that names the row, but for those in `gaps`.
    """

    def __init__(self, series: Mapping[str, Any], *, gaps: Sequence[str] = ()) -> None:
        self._series, self._gaps = dict(series), gaps
        self._asked = {what: one for what, one in self._series.items() if _is_blocks(one)}
        self._sliced = {what: one for what, one in self._series.items() if what not in self._asked}
        self.once = any(isinstance(one, Iterator) for one in self._asked.values())
        lengths = {what: len(one) for what, one in self._sliced.items()}
        self.rows = next(iter(lengths.values())) if lengths and not self._asked else None
        if len(set(lengths.values())) > 1:
            told = " and ".join(f"{length:,} for {what}" for what, length in lengths.items())
            raise ValueError(f"{' and '.join(lengths)} must have the same rows, got {told}.")

    def __iter__(self) -> Iterator[tuple[int, list[np.ndarray]]]:
        """The number of the first row of each block, and the block of each series, (rows, features)."""
        first = 0
        for some in self._gathered() if self._asked else self._cut():
            rows = {len(one) for one in some.values()}
            if len(rows) > 1:
                told = " and ".join(f"{len(one):,} of {what}" for what, one in some.items())
                raise ValueError(f"{' and '.join(some)} must have the same rows, got {told} in the blocks from row {first:,} on.")
            for what, one in some.items():
                if what not in self._gaps and one.dtype.kind == "f":
                    check_finite(one[None], what, first)
            yield first, list(some.values())
            first += rows.pop()
        if first == 0:
            raise ValueError(f"{' and '.join(self._series)} must not be empty, got no row.")
        for what, one in self._sliced.items():
            if len(one) != first:
                raise ValueError(f"{what} must have the rows of the others, got {len(one):,} rows for {first:,}.")

    def _cut(self) -> Iterator[dict[str, np.ndarray]]:
        width = max(int(np.prod(one.shape[1:])) for one in self._sliced.values())
        for rows in stretches(len(next(iter(self._sliced.values()))), max(1, BLOCK // width)):
            yield {what: _read(one[rows], what) for what, one in self._sliced.items()}

    def _gathered(self) -> Iterator[dict[str, np.ndarray]]:
        """Blocks of iterables, short ones together; those with slices have their rows beside them."""
        held: dict[str, list[np.ndarray]] = {what: [] for what in self._asked}
        first = size = 0

        def together() -> dict[str, np.ndarray]:
            nonlocal first
            found = {what: blocks[0] if len(blocks) == 1 else np.concatenate(blocks) for what, blocks in held.items()}
            count = len(next(iter(found.values())))
            found |= {what: _read(one[first : first + count], what) for what, one in self._sliced.items()}
            first += count
            for blocks in held.values():
                blocks.clear()
            return {what: found[what] for what in self._series}

        done = object()
        sources = {what: iter(one) for what, one in self._asked.items()}
        while True:
            some = {what: next(source, done) for what, source in sources.items()}
            if any(one is done for one in some.values()):
                if not all(one is done for one in some.values()):
                    raise ValueError(f"{' and '.join(some)} must have as many blocks, got one more of one of them.")
                break
            for what, one in some.items():
                held[what].append(_read(one, what))
            size += max(blocks[-1].size for blocks in held.values())
            if size >= BLOCK:
                yield together()
                size = 0
        if any(held.values()):
            yield together()


def _read(block: Any, what: str) -> np.ndarray:
    """A block as an array (rows, features) in memory."""
    array = np.array(array_of(block, what)) if isinstance(block, np.memmap) else array_of(block, what)
    if array.ndim not in (1, 2):
        raise ValueError(f"{what} must have blocks (time, features), got one of the shape {array.shape}.")
    return array[:, None] if array.ndim == 1 else array


def long_pairs(data: Any, *, gaps: Sequence[str] = ()) -> LongSeries | None:
    """The pairs of `data` = [x, y] where one of them is long, or an iterable of blocks [x, y]; None where all is in memory."""
    if _is_blocks(data):
        first, second = _both(data)
        return LongSeries({"x": first, "y": second}, gaps=gaps)
    if isinstance(data, list | tuple) and len(data) == 2 and any(map(is_long, data)):
        odd = next((one for one in data if not (_is_blocks(one) or (hasattr(one, "shape") and len(one.shape) in (1, 2)))), None)
        if odd is not None:
            raise TypeError(f"A long series is fitted with one x and one y, (time, features), got {type(odd).__name__} beside it.")
        return LongSeries(dict(zip("xy", data, strict=True)), gaps=gaps)
    return None


def _both(blocks: Iterable[Any]) -> tuple[Iterator[Any], Iterator[Any]]:
    """The x and the y of blocks [x, y], each asked for in turn."""
    waiting: list[Any] = []

    def xs() -> Iterator[Any]:
        for block in blocks:
            if not isinstance(block, list | tuple) or len(block) != 2:
                raise TypeError(f"Blocks to fit must be [x, y], got {type(block).__name__}.")
            waiting.append(block[1])
            yield block[0]

    def ys() -> Iterator[Any]:
        while waiting:
            yield waiting.pop()

    return xs(), ys()


def opened(source: LongSeries) -> tuple[list[np.ndarray], Iterator[tuple[int, list[np.ndarray]]]]:
    """The first block, and all of them."""
    blocks = iter(source)
    head = next(blocks)
    return head[1], chain([head], blocks)
