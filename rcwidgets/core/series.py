"""Series as the programs take them: checked, in (batch, time, features)."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np


def as_batch(value: Any, what: str) -> np.ndarray:
    """A series (time, features), a batch (batch, time, features) or one channel (time,), as (batch, time, features) of floats.

    Wrong shapes, empty series and numbers that are not finite are a ValueError that says where.
    """
    array = np.asarray(value)
    if not (np.issubdtype(array.dtype, np.floating) or np.issubdtype(array.dtype, np.integer)):
        raise TypeError(f"{what} must be numbers, got an array of {array.dtype}.")
    if array.ndim not in (1, 2, 3):
        raise ValueError(f"{what} must be (time, features) or (batch, time, features), got the shape {array.shape}.")
    if array.size == 0:
        raise ValueError(f"{what} must not be empty, got the shape {array.shape}.")
    array = array[:, None] if array.ndim == 1 else array
    array = array[None] if array.ndim == 2 else array
    if not np.issubdtype(array.dtype, np.floating):
        array = array.astype(np.float64)
    check_finite(array, what)
    return array


def check_finite(batch: np.ndarray, what: str) -> None:
    """Raises a ValueError that names the first entry of a (batch, time, features) array that is not finite."""
    if not np.isfinite(batch).all():
        series, row, column = np.argwhere(~np.isfinite(batch))[0]
        where = f"row {row}, column {column}" + (f" of series {series}" if len(batch) > 1 else "")
        raise ValueError(
            f"{what} must be finite, got {batch[series, row, column]} in {where}. Remove or fill the rows that are not numbers."
        )


def by_node(value: Any, names: list[str], what: str) -> dict[str, np.ndarray]:
    """The data of each of several nodes: a dict by node name, or one array where there is one node (or where all take the same)."""
    if isinstance(value, Mapping):
        unknown = [name for name in value if name not in names]
        missing = [name for name in names if name not in value]
        if unknown or missing:
            wrong = f"{what} for {unknown[0]!r}, which is not there" if unknown else f"no {what} for {missing[0]!r}"
            raise ValueError(f"There is {wrong}. Give {what} for: {', '.join(names)}.")
        arrays = {name: as_batch(value[name], f"{what}[{name!r}]") for name in names}
    else:
        array = as_batch(value, what)
        arrays = dict.fromkeys(names, array)
    lengths = {array.shape[:2] for array in arrays.values()}
    if len(lengths) > 1:
        raise ValueError(f"{what} must have the same (batch, time) for all nodes, got {sorted(lengths)}.")
    return arrays


def stretches(steps: int, longest: int) -> Iterator[slice]:
    """Slices that cut `steps` rows into nearly equal stretches of at most `longest`: two lengths at most, so two traces at most."""
    count = -(-steps // longest)
    base, extra = divmod(steps, count)
    start = 0
    for k in range(count):
        stop = start + base + (k < extra)
        yield slice(start, stop)
        start = stop
