"""The dual form of rows that have weights, and the beta of the least error on rows that are held out of it.

K = X X.T of all rows holds that of some of them, about whatever point: with weights w of mean mu over the rows fitted, about their mean
K_c = K - K mu - (K mu).T + mu.T K mu, and with D = diag(sqrt(w)) the readout is X_c.T D a, where (D K_c D + beta I) a = D Y.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from rcwidgets.core.algebra.blas import one_thread
from rcwidgets.core.algebra.gram import FLOOR
from rcwidgets.core.algebra.lapack import Checkpoint, cholesky, cholesky_solve, nothing
from rcwidgets.core.algebra.solver import reduce, solve_reduced


class Rows(NamedTuple):
    """All rows: K (n, n), about any point where the bias is free, targets Y (n, outputs), and how much each row counts (n,), above 0."""

    kernel: np.ndarray
    targets: np.ndarray
    weights: np.ndarray
    penalize_bias: bool = False


class _System(NamedTuple):
    """Some rows of all: D K_c D, D Y_c, the means of Y that were taken off, and what turns products with K into those with K_c."""

    matrix: np.ndarray
    right: np.ndarray
    mean: np.ndarray
    roots: np.ndarray
    along: np.ndarray
    offset: float

    @property
    def floor(self) -> float:
        """The beta from which on D K_c D + beta I is safe, as a Gram has it."""
        return FLOOR * float(np.finfo(np.float64).eps * np.trace(self.matrix))


def _system(rows: Rows, some: np.ndarray) -> _System:
    """That of the rows with the numbers `some`."""
    weights, y = rows.weights[some], rows.targets[some]
    matrix, roots = rows.kernel[np.ix_(some, some)], np.sqrt(weights)
    share = np.zeros_like(weights) if rows.penalize_bias else weights / weights.sum()
    along = rows.kernel[:, some] @ share
    offset, mean = float(share @ along[some]), share @ y
    for place, row in enumerate(matrix):
        row += offset - along[some] - along[some[place]]
        row *= roots * roots[place]
    return _System(matrix, roots[:, None] * (y - mean), mean, roots, along, offset)


def errors_held_out(rows: Rows, parts: Sequence[np.ndarray], betas: np.ndarray, checkpoint: Checkpoint = nothing) -> np.ndarray:
    """The NRMSE on parts of the rows (their numbers), each by a fit to all other rows, one number a beta; NaN below what K tells.

    sqrt(mean over outputs of mse / var), with weighted squares and variances over all rows. Each part costs a tridiagonal form, and the
    memory of one matrix more.
    """
    count, outputs = rows.targets.shape
    squares = np.zeros((len(betas), outputs))
    for held in parts:
        some = np.setdiff1d(np.arange(count), held)
        own = _system(rows, some)
        told = betas >= own.floor
        right, mean, roots, along, offset, squares[~told] = *own[1:], np.nan
        found = solve_reduced(reduce(own.matrix, checkpoint), right, betas[told], checkpoint)
        del own
        near = rows.kernel[np.ix_(held, some)]
        for place, solution in zip(np.flatnonzero(told), found, strict=True):
            if solution is None:
                squares[place] = np.nan
                continue
            a = roots[:, None] * solution
            with one_thread():
                predicted = near @ a
            if not rows.penalize_bias:
                predicted += (offset - along[held])[:, None] * a.sum(axis=0) - along[some] @ a
            squares[place] += rows.weights[held] @ (predicted + mean - rows.targets[held]) ** 2
    told_by = rows.weights[np.concatenate(list(parts))].sum() / rows.weights.sum()
    centre = rows.weights @ rows.targets / rows.weights.sum()
    variance = told_by * (rows.weights @ (rows.targets - centre) ** 2)
    changes = variance > 0
    if not changes.any():
        return np.full(len(betas), np.nan)
    return np.sqrt((squares[:, changes] / variance[changes]).mean(axis=1))


def solve_weighted(rows: Rows, beta: float, checkpoint: Checkpoint = nothing) -> np.ndarray | None:
    """D a (n, outputs) of all rows: the weights are X_c.T (D a). None where beta is below what K tells."""
    own = _system(rows, np.arange(len(rows.targets)))
    if not (beta > 0 and beta >= own.floor):
        return None
    own.matrix.flat[:: len(own.matrix) + 1] += beta
    with one_thread():
        lower = cholesky(own.matrix.T, checkpoint)
        return None if lower is None else own.roots[:, None] * cholesky_solve(lower, own.right)
