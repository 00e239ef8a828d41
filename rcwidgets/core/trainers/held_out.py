"""Which rows of the training part are held out: those that choose a setting, while the test part chooses nothing."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from rcwidgets.core.algebra.path import fitted_rows
from rcwidgets.core.series import is_list


def fitted_series(count: int) -> np.ndarray:
    """Which of so many series (count,) are fitted, where each has one target: all but every fifth, counted from the last one.

    Such series do not follow each other in time, and often stand class by class: every fifth has some of each.

    >>> fitted_series(7).tolist()
    [True, False, True, True, True, True, False]
    """
    fitted = np.ones(count, bool)
    fitted[::-5] = False
    return fitted


def held_apart(data: Sequence[Any], *, once: bool = False) -> tuple[list[Any], list[Any]]:
    """`data` = [x, y] as the rows to fit and the rows held out, each [x, y]: the first four fifths of each series, and the last fifth.

    With `once` (one target a series) whole series are fitted or held out, see `fitted_series`. Arrays, lists of series and dicts by node
    name, as trainers take them.
    """
    if not isinstance(data, list | tuple) or len(data) != 2:
        raise TypeError(f"data must be [x, y], got {type(data).__name__}.")
    x, y = data
    if once:
        one = next(iter(x.values())) if isinstance(x, Mapping) else x
        fitted = fitted_series(len(one) if is_list(one) or np.ndim(one) == 3 else 1)
        if not fitted.any():
            raise ValueError("data must have two series or more where each has one target, got one. The others are held out, to choose by.")
        return [_each(part, _chosen(fitted)) for part in (x, y)], [_each(part, _chosen(~fitted)) for part in (x, y)]
    shortest = min(_lengths(x), default=0)
    if shortest < 2:
        raise ValueError(f"data must have 2 rows or more in each series, the last fifth of which is held out, got {shortest}.")
    return [_each(part, _early) for part in (x, y)], [_each(part, _late) for part in (x, y)]


def _each(value: Any, cut: Callable[[Any], Any]) -> Any:
    """A cut of an array or a list of series, or of each of a dict by node name."""
    return {name: cut(one) for name, one in value.items()} if isinstance(value, Mapping) else cut(value)


def _chosen(kept: np.ndarray) -> Callable[[Any], Any]:
    def of(value: Any) -> Any:
        if isinstance(value, list | tuple):
            return [one for one, wanted in zip(value, kept, strict=True) if wanted]
        return np.asarray(value)[kept]

    return of


def _early(value: Any) -> Any:
    return [_early(one) for one in value] if is_list(value) else _rows(value, slice(None, fitted_rows(_length(value))))


def _late(value: Any) -> Any:
    return [_late(one) for one in value] if is_list(value) else _rows(value, slice(fitted_rows(_length(value)), None))


def _rows(value: Any, rows: slice) -> np.ndarray:
    array = np.asarray(value)
    return array[:, rows] if array.ndim == 3 else array[rows]


def _length(value: Any) -> int:
    return int(np.shape(value)[1 if np.ndim(value) == 3 else 0])


def _lengths(x: Any) -> list[int]:
    """The lengths of the series."""
    one = next(iter(x.values())) if isinstance(x, Mapping) else x
    return [len(series) for series in one] if is_list(one) else [_length(one)]
