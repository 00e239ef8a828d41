"""Series that stay where they are, on a disk or with whoever makes them, and are read a block of rows at a time."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, TypeAlias

import numpy as np

from rcwidgets.core.series import array_of, check_finite, lies_elsewhere, stretches

LOADED = 1 << 23  # numbers: a series of no more is read at once, 64 MB in float64
BLOCK = 1 << 21  # numbers that are read at a time of one with more
Progress: TypeAlias = Callable[[int, int | None], None]
"""progress(done, rows): so many rows are done, of so many; None where nobody knows how many there will be."""


def is_long(value: Any) -> bool:
    """Whether a series is read block by block: an iterable of blocks, or what has a shape and slices, lies elsewhere, and is large.

    Such are a memory-mapped .npy, and arrays of HDF5, zarr and dask, (time, features), (time,) or (batch, time, features).
    """
    return is_blocks(value) or (lies_elsewhere(value) and int(np.prod(value.shape, dtype=np.float64)) > LOADED)


def is_blocks(value: Any) -> bool:
    """Whether it gives blocks one after the other, and tells neither its length nor a shape."""
    known = isinstance(value, str | bytes | Mapping | Sequence | np.ndarray) or hasattr(value, "shape") or hasattr(value, "__len__")
    return isinstance(value, Iterable) and not known


class LongSeries:
    """One or several series of the same rows, block by block; `what` names them in errors.

    Each is an array, what has a length and slices, or an iterable of blocks (rows, features); the iterables give blocks of the same
    lengths. Several series (batch, time, features) are cut along time, and have slices of both axes. `rows` is how many rows there are,
    None where an iterable has to be asked for that. `once` is True where an iterator is among them, which cannot be read a second time.
    Rows that are not finite are a ValueError that names the row, but for those in `gaps`: how many of these have none is `missing`.
    """

    def __init__(self, series: Mapping[str, Any], *, gaps: Sequence[str] = ()) -> None:
        self._series, self._gaps = dict(series), gaps
        self._asked = {what: one for what, one in self._series.items() if is_blocks(one)}
        self._sliced = {what: one for what, one in self._series.items() if what not in self._asked}
        self.missing = 0
        self.once = any(isinstance(one, Iterator) for one in self._asked.values())
        batches = {what: one.shape for what, one in self._sliced.items() if len(one.shape) == 3}
        if batches and len(batches) < len(self._series):
            what, shape = next(iter(batches.items()))
            others = " and ".join(name for name in self._series if name not in batches)
            raise ValueError(f"{others} must be (batch, time, features) as {what} is, {shape}, to be read in blocks. Give it that shape.")
        lengths = {what: _count(one) for what, one in self._sliced.items()}
        self.rows = next(iter(lengths.values())) if lengths and not self._asked else None
        if len(set(lengths.values())) > 1:
            told = " and ".join(f"{length:,} for {what}" for what, length in lengths.items())
            raise ValueError(f"{' and '.join(lengths)} must have the same rows, got {told}.")

    def __iter__(self) -> Iterator[tuple[int, list[np.ndarray]]]:
        """The number of the first row of each block, and the block of each series, ([batch,] rows, features)."""
        first = self.missing = 0
        for some in self._gathered() if self._asked else self._cut():
            rows = {one.shape[-2] for one in some.values()}
            if len(rows) > 1:
                told = " and ".join(f"{one.shape[-2]:,} of {what}" for what, one in some.items())
                raise ValueError(f"{' and '.join(some)} must have the same rows, got {told} in the blocks from row {first:,} on.")
            for what, one in some.items():
                if what in self._gaps:
                    self.missing += int(np.isnan(one).any(axis=-1).sum()) if one.dtype.kind == "f" else 0
                elif one.dtype.kind == "f":
                    check_finite(one if one.ndim == 3 else one[None], what, first)
            yield first, list(some.values())
            first += rows.pop()
        if first == 0:
            raise ValueError(f"{' and '.join(self._series)} must not be empty, got no row.")
        for what, one in self._sliced.items():
            if _count(one) != first:
                raise ValueError(f"{what} must have the rows of the others, got {_count(one):,} rows for {first:,}.")

    def _cut(self) -> Iterator[dict[str, np.ndarray]]:
        series = self._sliced
        width = max(int(np.prod(one.shape[1:] if len(one.shape) < 3 else one.shape[::2])) for one in series.values())
        for rows in stretches(_count(next(iter(series.values()))), max(1, BLOCK // max(width, 1))):
            yield {what: _read(one[:, rows] if len(one.shape) == 3 else one[rows], what) for what, one in series.items()}

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


def _count(one: Any) -> int:
    """How many rows a series has."""
    return int(one.shape[1]) if len(one.shape) == 3 else len(one)


def _read(block: Any, what: str) -> np.ndarray:
    """A block as an array ([batch,] rows, features) in memory."""
    array = np.array(array_of(block, what)) if isinstance(block, np.memmap) else array_of(block, what)
    if array.ndim not in (1, 2, 3):
        raise ValueError(f"{what} must have blocks (time, features), got one of the shape {array.shape}.")
    return array[:, None] if array.ndim == 1 else array


def long_pairs(data: Any, *, gaps: Sequence[str] = ()) -> LongSeries | None:
    """The pairs of `data` = [x, y] where one of them is long, or an iterable of blocks [x, y]; None where all is in memory."""
    if is_blocks(data):
        first, second = _both(data)
        return LongSeries({"x": first, "y": second}, gaps=gaps)
    if is_long_pair(data):
        odd = next((one for one in data if not (is_blocks(one) or (hasattr(one, "shape") and len(one.shape) in (1, 2, 3)))), None)
        if odd is not None:
            raise TypeError(f"A long series is fitted with one x and one y, (time, features), got {type(odd).__name__} beside it.")
        return LongSeries(dict(zip("xy", data, strict=True)), gaps=gaps)
    return None


def is_long_pair(data: Any) -> bool:
    """Whether data are a pair (x, y) of which one is long."""
    return isinstance(data, list | tuple) and len(data) == 2 and any(map(is_long, data))


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


Blocks: TypeAlias = Iterator[tuple[int, list[np.ndarray]]]
"""The number of the first row of each block, and the block of each series, ([batch,] rows, features)."""


def recut(blocks: Blocks, length: int) -> Blocks:
    """The same rows in blocks of `length`, the last one of what is left."""
    first, left = 0, list[np.ndarray]()
    for _, some in blocks:
        left = [np.concatenate(both, axis=-2) for both in zip(left, some, strict=True)] if left and left[0].size else some
        rows = left[0].shape[-2]
        for start in range(0, rows - length + 1, length):
            yield first, [one[..., start : start + length, :] for one in left]
            first += length
        left = [one[..., rows - rows % length :, :] for one in left]
    if left[0].shape[-2]:
        yield first, left


def opened(source: LongSeries) -> tuple[list[np.ndarray], Blocks]:
    """The first block, and all of them."""
    blocks = iter(source)
    head = next(blocks)
    return head[1], chain([head], blocks)
