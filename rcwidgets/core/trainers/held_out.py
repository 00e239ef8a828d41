"""Which rows of the training part are held out: those that choose a setting, while the test part chooses nothing."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import pairwise
from typing import Any, Literal

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


Split = tuple[list[Any], list[Any]]  # rows to fit and rows held out, each [x, y]
FIRST = 0.4  # the share of each series that walk-forward validation fits first


def held_apart(data: Sequence[Any], *, once: bool = False) -> Split:
    """`data` = [x, y] as the rows to fit and the rows held out, each [x, y]: the first four fifths of each series, and the last fifth.

    With `once` (one target a series) whole series are fitted or held out, see `fitted_series`. Arrays, lists of series and dicts by node
    name, as trainers take them.
    """
    x, _ = _pair(data)
    if once:
        fitted = fitted_series(_series_of(x))
        return _some(data, _chosen(fitted)), _some(data, _chosen(~fitted))
    _check_length(x, 2)
    return _some(data, _cut(0, fitted_rows)), _some(data, _cut(fitted_rows, None))


def walk_forward(data: Sequence[Any], folds: int) -> Iterator[Split]:
    """Each of `folds` equal stretches behind the first 40 % of each series, with all rows before it, which are fitted.

    >>> [(len(fitted), len(held)) for (fitted, _), (held, _) in walk_forward([np.zeros((100, 1)), np.zeros((100, 1))], 3)]
    [(40, 20), (60, 20), (80, 20)]
    """
    _check_length(_pair(data)[0], 3 * folds)
    borders = [partial(_share, share=FIRST + (1 - FIRST) * k / folds) for k in range(folds)]
    for start, stop in pairwise([*borders, None]):
        yield _some(data, _cut(0, start)), _some(data, _cut(start, stop))


def in_blocks(data: Sequence[Any], folds: int, *, once: bool = False) -> Iterator[Split]:
    """Each of `folds` equal parts of each series held out, while the others are fitted: targets that do not count are NaN.

    Inputs stay whole, since a network runs over all of them. With `once` (one target a series) every so many-th series is held out.
    """
    x, y = _pair(data)
    if once:
        count = _series_of(x)
        turns = (np.arange(count) - count) % folds
        if count < folds:
            raise ValueError(f"data must have a series or more for each of {folds} blocks, got {count}. Take fewer folds.")
        yield from ((_some(data, _chosen(turns != k)), _some(data, _chosen(turns == k))) for k in range(folds))
        return
    _check_length(x, 2 * folds)
    for k in range(folds):
        first, last = (partial(_share, share=border / folds) for border in (k, k + 1))
        yield [x, _each(y, _without(first, last, inside=True))], [x, _each(y, _without(first, last, inside=False))]


def _pair(data: Any) -> tuple[Any, Any]:
    if not isinstance(data, list | tuple) or len(data) != 2:
        raise TypeError(f"data must be [x, y], got {type(data).__name__}.")
    return data[0], data[1]


def _series_of(x: Any) -> int:
    """How many series there are, each with one target."""
    count = count_of(x)
    if count < 2:
        raise ValueError("data must have two series or more where each has one target, got one. The others are held out, to choose by.")
    return count


def _check_length(x: Any, least: int) -> None:
    one = first_of(x)
    shortest = min([len(series) for series in one] if is_list(one) else [_length(one)], default=0)
    if shortest < least:
        held = "the last fifth of which is held out" if least == 2 else "of which some are held out in turn"
        raise ValueError(f"data must have {least} rows or more in each series, {held}, got {shortest}.")


def _some(data: Sequence[Any], cut: Callable[[Any], Any]) -> list[Any]:
    return [_each(part, cut) for part in data]


def _each(value: Any, cut: Callable[[Any], Any]) -> Any:
    """A cut of an array or a list of series, or of each of a dict by node name."""
    return {name: cut(one) for name, one in value.items()} if isinstance(value, Mapping) else cut(value)


def _chosen(kept: np.ndarray) -> Callable[[Any], Any]:
    def of(value: Any) -> Any:
        if isinstance(value, list | tuple):
            return [one for one, wanted in zip(value, kept, strict=True) if wanted]
        return array_of(value, "data")[kept]

    return of


Border = Callable[[int], int] | Literal[0] | None  # a row by the length of a series; 0 is its start, None its end


def _share(rows: int, *, share: float) -> int:
    return int(rows * share + 1e-9)


def _row(border: Border, rows: int) -> int:
    return border(rows) if callable(border) else 0 if border == 0 else rows


def _cut(first: Border, last: Border) -> Callable[[Any], Any]:
    """A cut of each series from one border to another."""

    def of(value: Any) -> Any:
        if is_list(value):
            return [of(one) for one in value]
        array, length = array_of(value, "data"), _length(value)
        rows = slice(_row(first, length), _row(last, length))
        return array[:, rows] if array.ndim == 3 else array[rows]

    return of


def _without(first: Border, last: Border, *, inside: bool) -> Callable[[Any], Any]:
    """Targets with NaN `inside` two borders of each series, or outside of them."""

    def of(value: Any) -> Any:
        if is_list(value):
            return [of(one) for one in value]
        array, length = np.array(array_of(value, "data"), np.float64), _length(value)
        gone = np.full(length, not inside)
        gone[_row(first, length) : _row(last, length)] = inside
        array[..., gone, :] = np.nan
        return array

    return of


def _length(value: Any) -> int:
    return int(np.shape(value)[1 if np.ndim(value) == 3 else 0])
