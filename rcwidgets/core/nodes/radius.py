"""The spectral radius of recurrent weights."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from rcwidgets.core import sparse_arrays
from rcwidgets.core.algebra.blas import one_thread

_ARPACK_FROM = 401  # units: up to the 400 of a new model, dense eigenvalues take 95 ms and not 80, but no SciPy, which imports in 300
_DENSE_UP_TO = 3000  # units whose dense eigenvalues are taken where Arnoldi's method fails: a minute
_SPARSE_TOLERANCE = 1e-8  # of Arnoldi's method: the radius is then right to 1e-9, in half the products that machine precision takes
_COSTLY = 1_000_000  # connections: from there on a larger basis is worth its orthogonalisation, as it takes fewer products
_NODA_STEPS = 60
CIRCULAR_FROM = 10_000  # units of random weights, from which on their radius is told by the circular law
CIRCULAR_SOURCES = 10  # of a unit, at least
GROWN = 600  # products by which the growth of a large matrix is told
_STARTS = 4  # vectors that grow
_SPARSE = 20  # connections a unit: from there on all units of a random matrix lie on one cycle


def spectral_radius(matrix: "np.ndarray | sparse_arrays.csr_array | sparse_arrays.csc_array", *, grown_from: int | None = None) -> float:
    """The largest absolute eigenvalue of a square matrix, NumPy or scipy.sparse; a sparse one is never made dense.

    Of so many units that reach each other, `grown_from`, it is `grown_radius`, whose time is bounded.

    Where connections are few, each group of units that reach each other is taken by itself: units on no cycle add zeros, which iterative
    ways would report as numbers of any size.
    """
    if sparse_arrays.issparse(matrix) or np.count_nonzero(matrix) < _SPARSE * len(matrix):
        return max(_radii(sparse_arrays.csr_array(matrix), grown_from), default=0.0)
    return _radius(matrix, grown_from)


def grown_radius(matrix: "np.ndarray | sparse_arrays.csr_array") -> float:
    """The radius by how fast W^k x grows, (|W^2k x| / |W^k x|)^(1/k), the mean of several x: 600 products, whatever the spectrum.

    Of random matrices of 3,000 to 12,000 units it was within 0.3 % of Arnoldi's, after 400 products; those take much longer where many
    eigenvalues lie close to the edge.

    Reference: Gelfand (1941), Matematicheskii Sbornik 9, 3-24.
    """
    x = np.random.default_rng(0).normal(size=(matrix.shape[0], _STARTS))
    grown = np.zeros(_STARTS)
    for k in range(GROWN):
        x = matrix @ x
        sizes = np.linalg.norm(x, axis=0)
        if not sizes.all():
            return 0.0
        x /= sizes
        if k >= GROWN // 2:
            grown += np.log(sizes)
    return float(np.exp(grown.mean() / (GROWN - GROWN // 2)))


def circular_radius(matrix: "sparse_arrays.csr_array | sparse_arrays.csc_array") -> float:
    """The radius of a large random matrix of independent weights of zero mean, by the circular law: it is drawn to 2 %, at no cost.

    The eigenvalues fill a disc of radius s sqrt(units), s^2 the mean square of all weights, those that are zero too; the largest one lies
    outside it by a share of sqrt(g / (4 units)) with g = ln(units / (2 pi)) - 2 ln ln units. Drawn with 10 and more connections a unit,
    matrices of 5,000 units and more were within 2 % of it. Arnoldi's method takes a minute at 20,000 units, and does not converge at
    100,000: so many eigenvalues lie close to the edge.

    Reference: Tao, Vu and Krishnapur (2010), Annals of Probability 38, 2023-2065; Rider (2003), Journal of Physics A 36, 3401-3409.
    """
    units = matrix.shape[0]
    gap = max(np.log(units / (2 * np.pi)) - 2 * np.log(np.log(units)), 0.0)
    return float(np.sqrt((matrix.data**2).sum() / units) * (1 + np.sqrt(gap / (4 * units))))


def _radii(matrix: "sparse_arrays.csr_array", grown_from: int | None) -> Iterator[float]:
    """The radius of each group of units that reach each other, in closed form where its connections are one cycle."""
    from scipy.sparse.csgraph import connected_components  # at its use, as all of scipy.sparse

    matrix.eliminate_zeros()
    _, group = connected_components(matrix, connection="strong")
    counts = np.bincount(group, minlength=1)
    yield float(np.abs(matrix.diagonal()[counts[group] == 1]).max(initial=0.0))  # units by themselves
    large = np.flatnonzero(counts > 1)
    for members in (np.flatnonzero(group == one) for one in large):
        part = matrix if len(members) == matrix.shape[0] else matrix[members][:, members]
        one_cycle = part.nnz == len(members)
        yield float(np.exp(np.log(np.abs(part.data)).mean())) if one_cycle else _radius(part, grown_from)


def _radius(matrix: Any, grown_from: int | None) -> float:
    """The radius of a matrix whose units reach each other.

    Large matrices: implicitly restarted Arnoldi from a fixed start vector, with six eigenvalues of a basis of 40 (one eigenvalue alone
    misses a close pair now and then); where it does not converge, the dense eigenvalues, up to some size.
    """
    size = matrix.shape[0]
    if grown_from is not None and size >= grown_from:
        return grown_radius(matrix)
    if size < _ARPACK_FROM:
        return _dense_radius(matrix)
    if sparse_arrays.issparse(matrix) and (matrix.data > 0).all():
        return _perron(matrix)
    from scipy.sparse.linalg import ArpackNoConvergence, eigs

    start = np.random.default_rng(0).normal(size=size)
    exact = _SPARSE_TOLERANCE if sparse_arrays.issparse(matrix) else 0.0
    basis = 40 if not sparse_arrays.issparse(matrix) or matrix.nnz < _COSTLY else 120
    try:
        return float(np.abs(eigs(matrix, k=6, ncv=basis, v0=start, tol=exact, return_eigenvectors=False)).max())
    except ArpackNoConvergence:
        if size > _DENSE_UP_TO:
            words = f"The spectral radius of {size} sparsely connected units cannot be told: Arnoldi's method does not converge."
            raise ValueError(f"{words} Take other weights.") from None
    return _dense_radius(matrix)


def _dense_radius(matrix: Any) -> float:
    dense = matrix.toarray() if sparse_arrays.issparse(matrix) else matrix
    with one_thread():
        return float(np.abs(np.linalg.eigvals(dense)).max(initial=0.0))


def _perron(matrix: "sparse_arrays.csr_array") -> float:
    """The radius of a sparse matrix without negative weights whose units reach each other, to 12 digits.

    Noda's iteration: solves with a shift from above, max_i (W x)_i / x_i, which falls to the radius quadratically. Arnoldi's method does
    not converge on cycles, whose eigenvalues all have nearly the same absolute value.

    Reference: Noda (1971), Numerische Mathematik 17, 382-386.
    """
    from scipy.sparse.linalg import splu

    size = matrix.shape[0]
    one, x = sparse_arrays.eye_array(size, format="csr"), np.ones(size)
    for _ in range(_NODA_STEPS):
        ratios = (matrix @ x) / x
        high, low = ratios.max(), ratios.min()
        if high - low <= 1e-12 * high:
            break
        x = splu((one * (high * (1 + 1e-14)) - matrix).tocsc()).solve(x)
        x = np.maximum(x / x.max(), np.finfo(float).tiny)
    return float(high)
