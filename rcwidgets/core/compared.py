"""Predictions and targets as rows that belong to each other, for the errors of `metrics`."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from rcwidgets.core.error_sums import constant_channel
from rcwidgets.core.real_numbers import check_numbers
from rcwidgets.core.series import LongData


def rows_of(
    owner: str, predictions: ArrayLike | LongData, targets: ArrayLike | LongData, gaps: str = "error"
) -> tuple[np.ndarray, np.ndarray]:
    """Both as float64 of one shape (..., time, channels); where gaps are dropped, (rows, channels) of those that have all their targets."""
    predictions, targets = _joined(owner, predictions, targets)
    check_numbers(f"{owner}.predictions", predictions)
    if gaps == "drop" and isinstance(targets, np.ma.MaskedArray):
        targets = np.ma.filled(targets.astype(np.float64), np.nan)
    check_numbers(f"{owner}.targets", targets)
    p, t = np.asarray(predictions, np.float64), np.asarray(targets, np.float64)
    if p.shape != t.shape:
        raise ValueError(f"{owner}.targets must have the shape of the predictions {p.shape}, got {t.shape}. Cut or reshape one of them.")
    if p.size == 0 or p.ndim == 0:
        raise ValueError(f"{owner}.predictions must be (time, channels), got the shape {p.shape}. Check the split of the data.")
    p, t = (p, t) if p.ndim > 1 else (p[:, None], t[:, None])
    if gaps == "error":
        return p, t
    known = ~np.isnan(t).any(axis=-1)
    if not known.any():
        raise ValueError(f"{owner}.targets must have a row with a number, got none. Check the split of the data.")
    return p[known], t[known]


def _joined(owner: str, predictions: Any, targets: Any) -> tuple[Any, Any]:
    """Both as they are; lists of series of unequal length as one, in order. Data frames whose columns differ are an error."""
    names = [[str(name) for name in one.columns] if hasattr(one, "columns") else None for one in (predictions, targets)]
    if None not in names and names[0] != names[1]:
        raise ValueError(f"{owner}.targets must have the columns of the predictions in their order, {names[0]}, got {names[1]}.")
    lengths = [_lengths(one) for one in (predictions, targets)]
    if lengths == [None, None]:
        return predictions, targets
    if lengths[0] != lengths[1]:
        told = ["other data" if one is None else f"series of {one} rows" for one in lengths]
        raise ValueError(f"{owner}.targets must be series as long as those of the predictions, {told[0]}, got {told[1]}.")
    return _behind(predictions), _behind(targets)


def _lengths(value: Any) -> list[int] | None:
    """The lengths of a list of series of unequal length; None of anything else."""
    several = isinstance(value, list | tuple) and all(np.ndim(one) == 2 for one in value if hasattr(one, "shape"))
    if not several or not all(hasattr(one, "shape") for one in value):
        return None
    lengths = [len(one) for one in value]
    return lengths if len(set(lengths)) > 1 else None


def _behind(series: Sequence[Any]) -> Any:
    """The rows of several series, one behind the other."""
    return (np.ma if any(map(np.ma.isMaskedArray, series)) else np).concatenate(series)


def variance_of(owner: str, targets: np.ndarray) -> np.ndarray:
    """The variance (channels,) of the targets over all other axes; a constant channel is an error."""
    flat = targets.reshape(-1, targets.shape[-1])
    constant = np.flatnonzero(np.ptp(flat, axis=0) == 0)
    if constant.size:
        channel = int(constant[0])
        raise ValueError(constant_channel(owner, flat[0, channel], channel))
    return flat.var(axis=0)
