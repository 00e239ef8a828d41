"""Random weights: distributions, sparsity, the scaling to spectral radius 1; and the gather form of sparse ones.

In the gather form, of fixed in-degree, the params `sources` and `weights`, both (in-degree, units), stand in for `W` (units, units) where
that is faster: for each unit the places of its sources, and their weights. Unit j takes sum over k of weights[k, j] h[sources[k, j]].
Sources are sorted, so that neighbouring columns read neighbouring states. The in-degree is a shape: another one compiles anew.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from scipy.sparse import csc_array, csr_array, eye_array, issparse
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import ArpackNoConvergence, eigs, splu

DISTRIBUTIONS = ("normal", "uniform", "bernoulli")
_ARPACK_FROM = 100  # units: below, the dense eigenvalues are as fast
_DENSE_UP_TO = 3000  # units whose dense eigenvalues are taken where Arnoldi's method fails: a minute
_SPARSE_TOLERANCE = 1e-8  # of Arnoldi's method: the radius is then right to 1e-9, in half the products that machine precision takes
_COSTLY = 1_000_000  # connections: from there on a larger basis is worth its orthogonalisation, as it takes fewer products
_NODA_STEPS = 60
_SPARSE = 20  # connections a unit: from there on all units of a random matrix lie on one cycle


def sample(generator: np.random.Generator, shape: tuple[int, ...], distribution: str) -> np.ndarray:
    """Weights of zero mean: normal(0, 1), uniform(-1, 1), or +1 and -1 with equal chance ("bernoulli")."""
    if distribution == "normal":
        return generator.normal(size=shape)
    if distribution == "uniform":
        return generator.uniform(-1.0, 1.0, shape)
    return generator.integers(0, 2, shape) * 2.0 - 1.0


def sparse(generator: np.random.Generator, shape: tuple[int, ...], connectivity: float, distribution: str) -> np.ndarray:
    """Weights of which a share `connectivity` is there and the others are zero; the share holds in the mean."""
    kept = generator.random(shape) < connectivity
    return np.where(kept, sample(generator, shape, distribution), 0.0)


def recurrent(generator: np.random.Generator, units: int, connectivity: float, distribution: str) -> np.ndarray:
    """Square sparse weights (units, units) with spectral radius 1; all zeros stay zeros.

    So sparse that no connections close a cycle, they have radius 0: then their largest singular value is 1.
    """
    drawn = sparse(generator, (units, units), connectivity, distribution)
    radius = spectral_radius(drawn) or float(np.linalg.norm(drawn[drawn.any(axis=1)][:, drawn.any(axis=0)], 2) if drawn.any() else 0.0)
    return drawn / radius if radius > 0 else drawn


def spectral_radius(matrix: np.ndarray | csr_array | csc_array) -> float:
    """The largest absolute eigenvalue of a square matrix, NumPy or scipy.sparse; a sparse one is never made dense.

    Where connections are few, each group of units that reach each other is taken by itself: units on no cycle add zeros, which iterative
    ways would report as numbers of any size.
    """
    if issparse(matrix) or np.count_nonzero(matrix) < _SPARSE * len(matrix):
        return max(_radii(csr_array(matrix)), default=0.0)
    return _radius(matrix)


def _radii(matrix: csr_array) -> Iterator[float]:
    """The radius of each group of units that reach each other, in closed form where its connections are one cycle."""
    matrix.eliminate_zeros()
    _, group = connected_components(matrix, connection="strong")
    counts = np.bincount(group, minlength=1)
    yield float(np.abs(matrix.diagonal()[counts[group] == 1]).max(initial=0.0))  # units by themselves
    large = np.flatnonzero(counts > 1)
    for members in (np.flatnonzero(group == one) for one in large):
        part = matrix if len(members) == matrix.shape[0] else matrix[members][:, members]
        one_cycle = part.nnz == len(members)
        yield float(np.exp(np.log(np.abs(part.data)).mean())) if one_cycle else _radius(part)


def _radius(matrix: Any) -> float:
    """The radius of a matrix whose units reach each other.

    Large matrices: implicitly restarted Arnoldi from a fixed start vector, with six eigenvalues of a basis of 40 (one eigenvalue alone
    misses a close pair now and then); where it does not converge, the dense eigenvalues, up to some size.
    """
    size = matrix.shape[0]
    if size < _ARPACK_FROM:
        return _dense_radius(matrix)
    if issparse(matrix) and (matrix.data > 0).all():
        return _perron(matrix)
    start = np.random.default_rng(0).normal(size=size)
    exact = _SPARSE_TOLERANCE if issparse(matrix) else 0.0
    basis = 40 if not issparse(matrix) or matrix.nnz < _COSTLY else 120
    try:
        return float(np.abs(eigs(matrix, k=6, ncv=basis, v0=start, tol=exact, return_eigenvectors=False)).max())
    except ArpackNoConvergence:
        if size > _DENSE_UP_TO:
            words = f"The spectral radius of {size} sparsely connected units cannot be told: Arnoldi's method does not converge."
            raise ValueError(f"{words} Take other weights.") from None
    return _dense_radius(matrix)


def _dense_radius(matrix: Any) -> float:
    return float(np.abs(np.linalg.eigvals(matrix.toarray() if issparse(matrix) else matrix)).max(initial=0.0))


def _perron(matrix: csr_array) -> float:
    """The radius of a sparse matrix without negative weights whose units reach each other, to 12 digits.

    Noda's iteration: solves with a shift from above, max_i (W x)_i / x_i, which falls to the radius quadratically. Arnoldi's method does
    not converge on cycles, whose eigenvalues all have nearly the same absolute value.

    Reference: Noda (1971), Numerische Mathematik 17, 382-386.
    """
    size = matrix.shape[0]
    one, x = eye_array(size, format="csr"), np.ones(size)
    for _ in range(_NODA_STEPS):
        ratios = (matrix @ x) / x
        high, low = ratios.max(), ratios.min()
        if high - low <= 1e-12 * high:
            break
        x = splu((one * (high * (1 + 1e-14)) - matrix).tocsc()).solve(x)
        x = np.maximum(x / x.max(), np.finfo(float).tiny)
    return float(high)


LEAST = 300  # units: below, a dense step takes less than 4 us
_NEAR = 1500  # units: below, W lies near the core
_SHARES = (12, 6)  # a unit's sources times this are at most the units, below `_NEAR` and from there on (measured)


def gathers(units: int, in_degree: int, least: int = LEAST) -> bool:
    """Whether the gather form is faster than a dense product: at most units / 12 sources a unit, from 1,500 units on units / 6.

    Measured in float32 for one series. A batch runs row by row here, and as one product with a dense W.
    """
    return units >= least and in_degree * _SHARES[units >= _NEAR] <= units


def pack(matrix: csc_array, in_degree: int | None = None) -> dict[str, np.ndarray]:
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


def unpack(params: Mapping[str, Any]) -> csr_array:
    """The square matrix (sources, targets), scipy.sparse float64, of packed params."""
    sources, weights = np.asarray(params["sources"]), np.asarray(params["weights"], np.float64)
    units = sources.shape[1]
    there = weights != 0
    column = np.broadcast_to(np.arange(units), sources.shape)
    return csr_array((weights[there], (sources[there], column[there])), shape=(units, units))


def product(h: jax.Array, sources: jax.Array, weights: jax.Array) -> jax.Array:
    """h W, (batch, units), of packed weights.

    Written as a product with ones: XLA then forms all terms in one vectorised pass; its own sum of gathered terms is ten times slower.
    """
    ones = jnp.ones(sources.shape[0], weights.dtype)

    def row(own: jax.Array) -> jax.Array:
        return ones @ (own.at[sources].get(mode="promise_in_bounds") * weights)

    return row(h[0])[None] if h.shape[0] == 1 else lax.map(row, h)
