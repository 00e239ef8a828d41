"""Random weights: distributions, sparsity, and the scaling to spectral radius 1. NumPy float64, no JAX."""

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import ArpackNoConvergence, eigs

DISTRIBUTIONS = ("normal", "uniform", "bernoulli")
_ARPACK_FROM = 100  # units: below, the dense eigenvalues are as fast
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


def spectral_radius(matrix: np.ndarray) -> float:
    """The largest absolute eigenvalue of a square matrix.

    Large matrices: implicitly restarted Arnoldi from a fixed start vector, with six eigenvalues of a basis of 40 (one eigenvalue alone
    misses a close pair now and then); where it does not converge, the dense eigenvalues. Where connections are few, only the units on a
    cycle count: the others add zeros, which both ways would report as numbers of any size.
    """
    if np.count_nonzero(matrix) < _SPARSE * len(matrix):
        _, part = connected_components(csr_array(matrix), connection="strong")
        cyclic = (np.bincount(part)[part] > 1) | (np.diag(matrix) != 0)
        matrix = np.where(part[:, None] == part, matrix, 0.0)[np.ix_(cyclic, cyclic)]
    size = matrix.shape[0]
    if size < _ARPACK_FROM or not matrix.any():
        return float(np.abs(np.linalg.eigvals(matrix)).max(initial=0.0))
    start = np.random.default_rng(0).normal(size=size)
    try:
        values = eigs(matrix, k=6, ncv=40, v0=start, return_eigenvectors=False)
    except ArpackNoConvergence:
        values = np.linalg.eigvals(matrix)
    return float(np.abs(values).max())
