"""Which rows of the training part are held out: those that choose a setting, while the test part chooses nothing."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from rcwidgets.core.algebra.path import fitted_rows
from rcwidgets.core.series import array_of, count_of, first_of, is_list


def fitted_series(count: int) -> np.ndarray:
    """Which of so many series (count,) are fitted, where each has one target: all but every fifth, counted from the last one.

    Such series do not follow each other in time, and often stand class by class: every fifth has some of each.

    >>> fitted_series(7).tolist()
    [True, False, True, True, True, True, False]
    """
    fitted = np.ones(count, bool)
    fitted[::-5] = False
    return fitted


def blocks_of(counted: np.ndarray, count: int, *, once: bool = False) -> np.ndarray:
    """The block (time, batch), 0 to count - 1, of each row that counts, -1 where none does: equal parts of a series, in order of time.

    Of as many series or more whole ones that follow each other are a block. With `once` (one target a series) they are in turn, the last
    one in the last block, see `fitted_series`.

    >>> blocks_of(np.ones((10, 1), bool), 5)[:, 0].tolist()
    [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]
    >>> blocks_of(np.ones((2, 7), bool), 5)[0].tolist()
    [0, 0, 1, 2, 2, 3, 4]
    """
    batch = counted.shape[1]
    if once:
        blocks = np.broadcast_to((np.arange(batch) - batch) % count, counted.shape)
    elif batch >= count:
        blocks = np.broadcast_to(block_of_series(batch, count), counted.shape)
    else:
        before, rows = np.cumsum(counted, axis=0) - 1, counted.sum(axis=0)
        borders = np.array([rows * (k + 1) // count for k in range(count - 1)])  # as `fitted_rows` cuts
        blocks = (before >= borders[:, None]).sum(axis=0)
    return np.where(counted, blocks, -1)


def block_of_series(series: int, count: int) -> np.ndarray:
    """The block (series,) of each of series that follow each other, of which there are `count` at least."""
    return np.arange(series) * count // series


def held_apart(data: Sequence[Any], *, once: bool = False) -> tuple[list[Any], list[Any]]:
    """`data` = [x, y] as the rows to fit and the rows held out, each [x, y]: the first four fifths of each series, and the last fifth.

    With `once` (one target a series) whole series are fitted or held out, see `fitted_series`. Arrays, lists of series and dicts by node
    name, as trainers take them.
    """
    if not isinstance(data, list | tuple) or len(data) != 2:
        raise TypeError(f"data must be [x, y], got {type(data).__name__}.")
    x, y = data
    if once:
        fitted = fitted_series(count_of(x))
        if not fitted.any():
            raise ValueError("data must have two series or more where each has one target, got one. The others are held out, to choose by.")
        return [_each(part, _chosen(fitted)) for part in (x, y)], [_each(part, _chosen(~fitted)) for part in (x, y)]
    one = first_of(x)
    shortest = min([len(series) for series in one] if is_list(one) else [_length(one)], default=0)
    if shortest < 2:
        raise ValueError(f"data must have 2 rows or more in each series, the last fifth of which is held out, got {shortest}.")
    return [_each(part, partial(_cut, late=False)) for part in (x, y)], [_each(part, partial(_cut, late=True)) for part in (x, y)]


def _each(value: Any, cut: Callable[[Any], Any]) -> Any:
    """A cut of an array or a list of series, or of each of a dict by node name."""
    return {name: cut(one) for name, one in value.items()} if isinstance(value, Mapping) else cut(value)


def _chosen(kept: np.ndarray) -> Callable[[Any], Any]:
    def of(value: Any) -> Any:
        if isinstance(value, list | tuple):
            return [one for one, wanted in zip(value, kept, strict=True) if wanted]
        return array_of(value, "data")[kept]

    return of


def _cut(value: Any, *, late: bool) -> Any:
    """The first four fifths of each series, or the last fifth."""
    if is_list(value):
        return [_cut(one, late=late) for one in value]
    array, border = array_of(value, "data"), fitted_rows(_length(value))
    rows = slice(border, None) if late else slice(None, border)
    return array[:, rows] if array.ndim == 3 else array[rows]


def _length(value: Any) -> int:
    return int(np.shape(value)[1 if np.ndim(value) == 3 else 0])
