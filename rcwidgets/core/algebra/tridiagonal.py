"""One symmetric matrix with many betas: its tridiagonal form, which costs as much as four Cholesky factorisations, serves them all."""

from collections.abc import Sequence

import numpy as np
from scipy.linalg import lapack

from rcwidgets.core.algebra.blas import one_thread


def solve_shifted(matrix: np.ndarray, right: np.ndarray, betas: Sequence[float] | np.ndarray) -> list[np.ndarray | None]:
    """The solutions (n, columns) of (A + beta I) w = c at some betas; None where A + beta I is not positive definite.

    `matrix` is A (n, n), symmetric and in C order, which is written over; `right` is c (n, columns). A = Q T Q.T with T tridiagonal, by
    Householder reflections, so (A + beta I)^-1 c = Q (T + beta I)^-1 Q.T c, and only T is factorised for each beta.

    Reference: Eldén (1977), BIT 17, 134-145. SciPy's LAPACK holds the interpreter's lock meanwhile: some 3 ms at 400 features.

    >>> solve_shifted(np.diag([1.0, 3.0]), np.array([[2.0], [2.0]]), [1.0])[0].tolist()
    [[1.0], [0.5]]
    """
    size = len(matrix)
    if size < 3:  # nothing to reflect
        return [_direct(matrix + beta * np.eye(size), right) for beta in betas]
    with one_thread():
        work = int(lapack.dsytrd_lwork(size, lower=1)[0])
        reflected, diagonal, beside, scales, _ = lapack.dsytrd(matrix.T, lower=1, lwork=work, overwrite_a=1)
        reflectors = np.asfortranarray(reflected[1:, :-1])  # the first row stays, so Q is 1 beside the Q of a QR
        turned = np.array(right, order="F")
        turned[1:] = _reflect(reflectors, scales, turned[1:], "T")
        found: list[np.ndarray | None] = []
        for beta in betas:
            lower, off, failed = lapack.dpttrf(diagonal + beta, beside)
            found.append(None if failed else lapack.dpttrs(lower, off, turned)[0])
        good = [place for place, solution in enumerate(found) if solution is not None]
        if good:
            columns = right.shape[1]
            stacked = np.concatenate([found[place] for place in good], axis=1)
            stacked[1:] = _reflect(reflectors, scales, stacked[1:], "N")
            for k, place in enumerate(good):
                found[place] = stacked[:, k * columns : (k + 1) * columns]
    return found


def _reflect(reflectors: np.ndarray, scales: np.ndarray, columns: np.ndarray, way: str) -> np.ndarray:
    """Q @ columns (`way` "N") or Q.T @ columns ("T")."""
    product: np.ndarray = lapack.dormqr("L", way, reflectors, scales, columns, max(64 * columns.shape[1], 1))[0]
    return product


def _direct(matrix: np.ndarray, right: np.ndarray) -> np.ndarray | None:
    lower, failed = lapack.dpotrf(matrix, lower=1)
    return None if failed else lapack.dpotrs(lower, right, lower=1)[0]
