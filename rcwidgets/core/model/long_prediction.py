"""Outputs of a series that is read block by block, and outputs that are put where they are wanted."""

from collections.abc import Callable
from typing import Any

import numpy as np

from rcwidgets.core.long_series import LongSeries, Progress
from rcwidgets.core.series import RowsToFill


def predict_long(
    source: LongSeries, predict: Callable[[np.ndarray], Any], out: RowsToFill | None, progress: Progress | None
) -> np.ndarray | RowsToFill | None:
    """The outputs of all blocks, (time, features), each by `predict(block)`; put into `out` where that is given.

    None where the model gives nothing yet.
    """
    found: list[np.ndarray] = []
    nothing = False
    for first, (block,) in source:
        given = predict(block)
        nothing = given is None
        if not nothing:
            check_series(given, len(block))
            if out is None:
                found.append(given)
            else:
                put(out, first, given, source.rows)
        if progress is not None:
            progress(first + len(block), source.rows)
    if nothing:
        return None
    return np.concatenate(found) if out is None else out


def check_series(given: Any, rows: int) -> None:
    """Raises a ValueError where an output is not one row a step."""
    if not isinstance(given, np.ndarray) or given.ndim != 2 or len(given) != rows:
        raise ValueError(
            "Outputs are put into out, or told block by block, where the model has one of them, with a row for each step. "
            "Predict blocks by yourself, in a loop: the state carries on from call to call."
        )


def put(out: RowsToFill, first: int, given: np.ndarray, rows: int | None) -> None:
    """Puts outputs (rows, features) into `out` from a row on; one of another shape is a ValueError."""
    wanted = (first + len(given) if rows is None else rows, given.shape[1])
    shape = tuple(getattr(out, "shape", ()))
    flat = given.shape[1] == 1 and len(shape) == 1
    fits = shape[1:] == (() if flat else wanted[1:]) and len(shape) in (1, 2) and shape[0] >= wanted[0]
    if not fits or (rows is not None and shape[0] != rows):
        raise ValueError(f"out must be an array (time, features) {wanted}, got {shape or type(out).__name__}. Make it of that shape.")
    out[first : first + len(given)] = given[:, 0] if flat else given
