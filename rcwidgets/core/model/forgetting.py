"""Whether a run forgets its start: the distance of two states that were driven by the same data, in units of rounding."""

from typing import Any, NamedTuple

import jax
import numpy as np

from rcwidgets.core.short import in_short

TOLERANCE = 8.0  # units of rounding; runs that forget come to within 1 to 5 (measured)


@in_short
class Forgetting(NamedTuple):
    """What a run in stretches side by side found: a start is forgotten within `washout` steps.

    `gap` is the largest distance of the end of one of the `stretches` to the washed-out start of the next, in units of eps max|state|, with
    the eps of the precision of the states.
    """

    washout: int
    gap: float
    stretches: int


def gap_between(one: Any, other: Any) -> float:
    """The largest distance of two states, pytrees of arrays, in units of eps max|state|, array by array; inf where one is not finite."""
    widest = 0.0
    for a, b in zip(map(np.asarray, jax.tree.leaves(one)), map(np.asarray, jax.tree.leaves(other)), strict=True):
        if a.dtype.kind != "f" or not a.size:
            continue
        with np.errstate(invalid="ignore", over="ignore"):
            apart, size = float(np.abs(a - b).max()), float(max(np.abs(a).max(), np.abs(b).max()))
        if not np.isfinite(apart):
            return np.inf
        widest = max(widest, apart / (np.finfo(a.dtype).eps * size) if apart else 0.0)
    return widest


def gaps_between(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """The largest distance of two signals (time, ...) at each time, in units of eps max|signal|."""
    size = float(max(np.abs(one).max(initial=0.0), np.abs(other).max(initial=0.0)))
    apart = np.abs(one - other).reshape(len(one), -1).max(axis=1)
    return np.asarray(apart / (np.finfo(one.dtype).eps * size) if size else apart)
