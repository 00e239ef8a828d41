"""One symmetric matrix with many betas: its tridiagonal form, which costs as much as four Cholesky factorisations, serves them all."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from rcwidgets.core.algebra.blas import one_thread
from rcwidgets.core.algebra.lapack import Checkpoint, nothing, reflect, solve_tridiagonal, tridiagonal


class Reduced(NamedTuple):
    """A = Q T Q.T: Q as the reflections below the diagonal (n, n) with their `scales`, T as its `diagonal` and the numbers `beside` it."""

    reflectors: np.ndarray
    scales: np.ndarray
    diagonal: np.ndarray
    beside: np.ndarray


def reduce(matrix: np.ndarray, checkpoint: Checkpoint = nothing) -> Reduced:
    """The tridiagonal form of A (n, n), symmetric and in C order, which is written over, by Householder reflections."""
    with one_thread():
        diagonal, beside, scales = tridiagonal(matrix.T, checkpoint)
    return Reduced(matrix.T, scales, diagonal, beside)


def solve_reduced(
    form: Reduced, right: np.ndarray, betas: Sequence[float] | np.ndarray, checkpoint: Checkpoint = nothing
) -> list[np.ndarray | None]:
    """The solutions (n, columns) of (A + beta I) w = c at some betas; None where A + beta I is not positive definite.

    `right` is c (n, columns). (A + beta I)^-1 c = Q (T + beta I)^-1 Q.T c, so only T is factorised for each beta. `checkpoint()` is called
    now and then, and may raise.

    Reference: Eldén (1977), BIT 17, 134-145.

    >>> solve_reduced(reduce(np.diag([1.0, 3.0])), np.array([[2.0], [2.0]]), [1.0])[0].tolist()
    [[1.0], [0.5]]
    """
    with one_thread():
        turned = reflect(form.reflectors, form.scales, np.array(right, np.float64, order="F"), back=False)
        found = [solve_tridiagonal(form.diagonal + beta, form.beside, turned) for beta in betas]
        good = [place for place, solution in enumerate(found) if solution is not None]
        if good:
            columns = right.shape[1]
            stacked = np.asfortranarray(np.concatenate([found[place] for place in good], axis=1))
            stacked = reflect(form.reflectors, form.scales, stacked, back=True, checkpoint=checkpoint)
            for k, place in enumerate(good):
                found[place] = stacked[:, k * columns : (k + 1) * columns]
    return found
