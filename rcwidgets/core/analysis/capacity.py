"""How much of its past input a reservoir holds: the input itself, its square, or a higher power."""

import math
import warnings
from typing import NamedTuple

import numpy as np
from numpy.polynomial import Legendre

from rcwidgets.core.algebra.blas import one_thread
from rcwidgets.core.analysis.subject import Subject, one_input, positive, subject, whole
from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.model.runner import RNNRunner
from rcwidgets.core.short import in_short

SCATTER = 4.0  # the tail of a capacity counts as memory above so many deviations of chance
NUMBERS = 1 << 23  # of the past inputs that are in memory at once: 67 MB


@in_short
class MemoryCapacity(NamedTuple):
    """The memory capacity `total`, from the lags 1 to `lags`, estimated over `steps` steps from `rank` independent states.

    `by_lag` (lags,) is the squared correlation of the best linear readout with the input, or its polynomial, of that many steps ago, its
    bias taken off: it scatters about zero where there is no memory.
    """

    total: float
    by_lag: np.ndarray
    lags: int
    steps: int
    rank: int


def memory_capacity(
    model: Graph | RNNRunner,
    *,
    lags: int | None = None,
    steps: int = 20_000,
    washout: int = 200,
    amplitude: float = 1.0,
    degree: int = 1,
    node: str | None = None,
    seed: int = 0,
) -> MemoryCapacity:
    """The memory capacity: the sum over the lags k = 1, 2, ... of how well a readout of h[t] gives u[t - k], or a polynomial of it.

    r2[k] = max_w corr(h[t] w, P(u[t - k] / amplitude))^2,  by_lag[k] = 1 - (1 - r2[k]) (T - 1) / (T - 1 - rank),  total = sum_k by_lag[k]

    u is uniform in [-amplitude, amplitude] and independent from step to step, h[t] has seen u[t], T = `steps` after `washout` (and at
    least `lags`) steps. A readout of `rank` states over T steps reaches r2 = rank / (T - 1) by chance at every lag; the adjusted r2 takes
    that off, so that the total does not grow with the number of lags; what is left is scatter, which is small where T is several times the
    rank. `lags` is twice the units unless given, and is doubled for as long as the last half of them still holds more than that scatter;
    where T / 4 lags are too few for a memory, a UserWarning says so. States with a long memory are alike from step to step, which widens
    the scatter: give T some hundred times the lags. In theory the capacity is at most the number of units; a linear cycle of N units with
    weight r and generic input weights has N - (1 - r^(2 N)). All states are kept and decomposed, O(T units^2): minutes for 5,000 units.

    P is the Legendre polynomial of `degree`: P(v) = v for 1, the linear capacity; (3 v^2 - 1) / 2 for 2, the quadratic one. Polynomials of
    different degree are uncorrelated, so that all degrees together keep to the number of units. Products of different lags do not count.
    Units that are odd functions of the input (tanh without a bias) have none of even degree.

    Reference: Jaeger (2002), GMD Report 152; Rodan and Tino (2011), IEEE Transactions on Neural Networks 22, 131-144; Dambre, Verstraeten,
    Schrauwen and Massar (2012), Scientific Reports 2, 514, for the polynomials.

    >>> from rcwidgets.core.nodes import Input, Reservoir
    >>> found = memory_capacity(Input(1) >> Reservoir(20), lags=30, steps=2000)
    >>> found.lags, bool(0 < found.total < 20.5)
    (30, True)
    """
    held = subject(model, seed)
    if one_input(held) != 1:
        raise ValueError(f"memory_capacity takes a model with one input feature, got {one_input(held)}.")
    place = held.place(node)
    units = held.program.wires[place].size
    length = whole("memory_capacity.steps", steps, units + 2)
    washout = whole("memory_capacity.washout", washout, 0)
    polynomial = Legendre.basis(whole("memory_capacity.degree", degree, 1))
    wide = positive("memory_capacity.amplitude", amplitude, " 1.0 is usual.")
    count = whole("memory_capacity.lags", 2 * units if lags is None else lags, 1)
    while True:
        by_lag, rank = _by_lag(held, place, count, length, max(washout, count), polynomial, wide, seed)
        later, total = float(by_lag[count // 2 :].sum()), float(by_lag.sum())
        scatter = math.sqrt(rank * count) / length  # of a sum over half of the lags, where there is no memory
        if lags is not None or later <= max(SCATTER * scatter, 1e-3 * total):
            break
        if 2 * count > length // 4:
            warnings.warn(
                f"memory_capacity stops at {count} lags, of which the last half still holds {later:.3g}. Give more steps, such as "
                f"steps={16 * count}, or lags.",
                UserWarning,
                stacklevel=2,
            )
            break
        count *= 2
    return MemoryCapacity(total, by_lag, count, length, rank)


def _by_lag(
    held: Subject, place: int, count: int, length: int, skipped: int, polynomial: Legendre, wide: float, seed: int
) -> tuple[np.ndarray, int]:
    """The capacity (lags,) at each lag, and the rank of the states, of a run of `length` steps after those that are skipped."""
    u = np.random.default_rng(seed).uniform(-wide, wide, skipped + length)
    (states,) = held.states(u[:, None, None], [place])
    h = states[skipped:, 0].astype(np.float64)
    found = np.empty(count)
    with one_thread():
        basis, values, _ = np.linalg.svd(h - h.mean(axis=0), full_matrices=False)
        rank = int(np.sum(values > values[0] * max(h.shape) * np.finfo(held.dtype).eps)) if values[0] > 0 else 0
        wanted = polynomial(u / wide)
        block = max(NUMBERS // length, 1)
        for start in range(0, count, block):
            past = np.stack([wanted[skipped - k : skipped - k + length] for k in range(start + 1, min(start + block, count) + 1)], axis=1)
            past -= past.mean(axis=0)
            found[start : start + block] = np.sum((basis[:, :rank].T @ past) ** 2, axis=0) / np.sum(past**2, axis=0)
    return 1 - (1 - found) * (length - 1) / (length - 1 - rank), rank
