"""Random weights: distributions, sparsity, the scaling to spectral radius 1; and the gather form of sparse ones.

In the gather form, of fixed in-degree, the params `sources` and `weights`, both (in-degree, units), stand in for `W` (units, units) where
that is faster: for each unit the places of its sources, and their weights. Unit j takes sum over k of weights[k, j] h[sources[k, j]].
Sources are sorted, so that neighbouring columns read neighbouring states. The in-degree is a shape: another one compiles anew.
"""

from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from rcwidgets.core import sparse_arrays
from rcwidgets.core.nodes.radius import spectral_radius

DISTRIBUTIONS = ("normal", "uniform", "bernoulli")


def sample(generator: np.random.Generator, shape: tuple[int, ...], distribution: str) -> np.ndarray:
    """Weights of zero mean: normal(0, 1), uniform(-1, 1), or +1 and -1 with equal chance ("bernoulli")."""
    if distribution == "normal":
        return generator.normal(size=shape)
    if distribution == "uniform":
        return generator.uniform(-1.0, 1.0, shape)
    return generator.integers(0, 2, shape) * 2.0 - 1.0


def sparse(generator: np.random.Generator, shape: tuple[int, ...], connectivity: float, distribution: str) -> np.ndarray:
    """Weights of which a share `connectivity` is there and the others are zero; the share holds in the mean."""
    return np.where(generator.random(shape) < connectivity, sample(generator, shape, distribution), 0.0)


def recurrent(generator: np.random.Generator, units: int, connectivity: float, distribution: str) -> np.ndarray:
    """Square sparse weights (units, units) with spectral radius 1; all zeros stay zeros.

    So sparse that no connections close a cycle, they have radius 0: then their largest singular value is 1.
    """
    drawn = sparse(generator, (units, units), connectivity, distribution)
    radius = spectral_radius(drawn) or float(np.linalg.norm(drawn[drawn.any(axis=1)][:, drawn.any(axis=0)], 2) if drawn.any() else 0.0)
    return drawn / radius if radius > 0 else drawn


ALONE, TOGETHER = 2, 8  # rows of a batch: so many run one by one, more at most so many at once
TERMS = 1 << 21  # numbers that are formed at once: more leave the cache
LEAST = 300  # units: below, a dense step takes less than 4 us
_NEAR = 1500  # units: below, W lies near the core
_SHARES = (12, 6)  # a unit's sources times this are at most the units, below `_NEAR` and from there on (measured)


def gathers(units: int, in_degree: int, least: int = LEAST) -> bool:
    """Whether the gather form is faster than a dense product: at most units / 12 sources a unit, from 1,500 units on units / 6.

    Measured in float32 for one series.
    """
    return units >= least and in_degree * _SHARES[units >= _NEAR] <= units


def pack(matrix: "sparse_arrays.csc_array", in_degree: int | None = None) -> dict[str, np.ndarray]:
    """The params of a square matrix (sources, targets); units with fewer sources are filled up with weights of zero.

    `in_degree` is at least the largest one, which it is by itself.
    """
    counts, units = np.diff(matrix.indptr), matrix.shape[1]
    depth = int(counts.max(initial=0)) if in_degree is None else in_degree
    matrix.sort_indices()
    there = np.arange(depth)[:, None] < counts
    place = (matrix.indptr[:-1] + np.arange(depth, dtype=np.int32)[:, None])[there]
    sources, weights = np.zeros((depth, units), np.int32), np.zeros((depth, units))
    sources[there], weights[there] = matrix.indices[place], matrix.data[place]
    return {"sources": sources, "weights": weights}


def unpack(params: Mapping[str, Any]) -> "sparse_arrays.csr_array":
    """The square matrix (sources, targets), scipy.sparse float64, of packed params."""
    sources, weights = np.asarray(params["sources"]), np.asarray(params["weights"], np.float64)
    units = sources.shape[1]
    there = weights != 0
    column = np.broadcast_to(np.arange(units), sources.shape)
    return sparse_arrays.csr_array((weights[there], (sources[there], column[there])), shape=(units, units))


def shares(depth: int, units: int) -> bool:
    """Whether rows share what is read of them: of larger weights each runs alone."""
    return depth * units * TOGETHER <= TERMS


def product(h: jax.Array, sources: jax.Array, weights: jax.Array) -> jax.Array:
    """h W, (batch, units), of packed weights.

    Written as a product with ones: XLA then forms all terms in one vectorised pass; its own sum of gathered terms is ten times slower.
    Several rows share what is read of them: turned round, so that a source's states lie side by side, eight rows take the time of five.
    The product keeps XLA from forming the terms row by row again.
    """
    rows, (depth, units) = h.shape[0], sources.shape
    if rows > ALONE and shares(depth, units):
        width = min(-(-rows // 4) * 4, TOGETHER)  # other numbers of rows are not vectorised, and take four times as long
        count = -(-rows // width)
        padded = jnp.pad(h, ((0, count * width - rows), (0, 0))).reshape(count, width, units)

        def some(own: jax.Array) -> jax.Array:
            terms = own.T.at[sources].get(mode="promise_in_bounds") * weights[..., None]
            summed = jnp.ones((1, depth), weights.dtype) @ terms.reshape(depth, units * width)
            return summed.reshape(units, width).T

        return (some(padded[0]) if count == 1 else lax.map(some, padded).reshape(-1, units))[:rows]
    ones = jnp.ones(sources.shape[0], weights.dtype)

    def row(own: jax.Array) -> jax.Array:
        return ones @ (own.at[sources].get(mode="promise_in_bounds") * weights)

    return row(h[0])[None] if rows == 1 else lax.map(row, h)
