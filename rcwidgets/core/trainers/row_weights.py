"""How much each row of the targets counts, as a person gives it."""

from typing import Any

import numpy as np


def weights_of_rows(given: Any, steps: int, ends: np.ndarray, owner: str) -> np.ndarray:
    """How much each row counts, (time, batch), of weights as a person gives them; others are a ValueError in words.

    They are one number a series, or one a row: (batch, time), (time,) of one series, or a list of (time_k,). `ends` (batch,) are the last
    rows of the series, of which the longest has so many `steps`.
    """
    batch, what = len(ends), f"{owner}.sample_weight"
    several = isinstance(given, list | tuple) and len(given) == batch and all(np.ndim(one) == 1 for one in given)
    weights = np.zeros((steps, batch))
    if several and batch > 1:
        for place, one in enumerate(given):
            if len(one) != ends[place] + 1:
                raise ValueError(
                    f"{what} must have a number for each row of a series, got {len(one)} for {ends[place] + 1} in series {place}."
                )
            weights[: len(one), place] = one
    else:
        array = np.asarray(given, np.float64)
        array = (
            array[..., 0] if array.ndim > 1 and array.shape[-1] == 1 and array.shape[:-1] in ((batch, steps), (steps,), (batch,)) else array
        )
        if array.shape == (batch, steps):
            weights = array.T.copy()
        elif array.shape == (steps,) and batch == 1:
            weights = array[:, None].copy()
        elif array.shape == (batch,):
            weights += array
        else:
            shapes = f"({steps},)" if batch == 1 else f"({batch}, {steps}) or ({batch},)"
            raise ValueError(f"{what} must be {shapes}, a number for each row of the targets, got the shape {array.shape}.")
    if not (np.isfinite(weights).all() and (weights >= 0).all()):
        raise ValueError(f"{what} must be finite and at least 0, got {weights[~((weights >= 0) & np.isfinite(weights))][0]:g}.")
    if not weights.any():
        raise ValueError(f"{what} must be above 0 somewhere, got 0 everywhere. Then there is nothing to fit.")
    return weights
