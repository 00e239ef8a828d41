"""Whether a run forgets its start: the distance of two states that were driven by the same data, in units of rounding."""

from typing import Any, NamedTuple

import jax
import numpy as np

from rcwidgets.core.short import in_short

TOLERANCE = 8.0  # units of rounding; runs that forget come to within 1 to 5 (measured)
OFF = 1024  # units of rounding: how far the third start of the probe is from the true one
MOST_RISE = 2.5  # times; the tutorial's runs come to 1.6, some that spread rounding over 50 units of it to 3 and more (measured)


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


def rise_of(gaps: np.ndarray) -> float:
    """The most by which a distance (time,), in units of rounding, grew again after it had been smaller; what is rounding counts as equal.

    A run in which a distance grows again for a while does so to rounding too, wherever that happens: it may be apart from another one
    between two places where both are alike.
    """
    if not np.isfinite(gaps).all():
        return np.inf
    above = np.maximum(gaps, TOLERANCE)
    return float((above / np.minimum.accumulate(above)).max(initial=1.0))


def off_by_a_little(state: Any) -> Any:
    """A state (batch, ...) that is OFF units of rounding off this one."""
    signs = np.random.default_rng(0)

    def moved(leaf: Any) -> np.ndarray:
        value = np.asarray(leaf)
        if value.dtype.kind != "f":
            return value
        size = OFF * np.finfo(value.dtype).eps * (np.abs(value).max(initial=0.0) or 1.0)
        return np.asarray(value + size * signs.choice([-1, 1], value.shape), value.dtype)

    return jax.tree.map(moved, state)
