"""Outputs of a series that is read block by block, and outputs that are put where they are wanted."""

from collections.abc import Callable
from typing import Any

import numpy as np

from rcwidgets.core.long_series import LongSeries, Progress
from rcwidgets.core.series import RowsToFill


def predict_long(
    source: LongSeries, predict: Callable[[np.ndarray], Any], out: RowsToFill | None, progress: Progress | None
) -> np.ndarray | RowsToFill | None:
    """The outputs of all blocks, ([batch,] time, features), each by `predict(block)`; put into `out` where that is given.

    None where the model gives nothing yet.
    """
    found: list[np.ndarray] = []
    nothing = False
    for first, (block,) in source:
        given = predict(block)
        nothing = given is None
        if not nothing:
            check_series(given, block.shape[-2])
            if out is None:
                found.append(given)
            else:
                put(out, first, given, source.rows)
        if progress is not None:
            progress(first + block.shape[-2], source.rows)
    if nothing:
        return None
    return np.concatenate(found, axis=-2) if out is None else out


def check_series(given: Any, rows: int) -> None:
    """Raises a ValueError where an output is not one row a step."""
    if not isinstance(given, np.ndarray) or given.ndim not in (2, 3) or given.shape[-2] != rows:
        raise ValueError(
            "Outputs are put into out, or told block by block, where the model has one of them, with a row for each step. "
            "Predict blocks by yourself, in a loop: the state carries on from call to call."
        )


def put(out: RowsToFill, first: int, given: np.ndarray, rows: int | None) -> None:
    """Puts outputs ([batch,] rows, features) into `out` from a row on; one of another shape is a ValueError."""
    *batch, count, features = given.shape
    stop = first + count
    wanted = (*batch, stop if rows is None else rows, features)
    shape = tuple(getattr(out, "shape", ()))
    flat = not batch and features == 1 and len(shape) == 1
    own = (*shape, 1) if flat else shape
    fits = len(own) == len(wanted) and (*own[:-2], own[-1]) == (*batch, features) and own[-2] >= wanted[-2]
    if not fits or (rows is not None and own[-2] != rows):
        axes = "(batch, time, features)" if batch else "(time, features)"
        raise ValueError(f"out must be an array {axes} {wanted}, got {shape or type(out).__name__}. Make it of that shape.")
    if batch:
        several: Any = out
        several[:, first:stop] = given
    else:
        out[first:stop] = given[:, 0] if flat else given
