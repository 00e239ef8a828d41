"""Which ridge beta is chosen."""

from collections.abc import Sequence

import numpy as np

from rcwidgets.core.algebra.blas import one_thread
from rcwidgets.core.algebra.orthogonal import Triangle
from rcwidgets.core.algebra.path import grid, stacked
from rcwidgets.core.algebra.projection import Projection

BETAS = grid(1e-12, 100.0, 4)  # among which to choose: the range of the slider


def cross_validation(projection: Projection, betas: Sequence[float] | np.ndarray = BETAS) -> np.ndarray:
    """The NRMSE to expect on new rows, one number a beta (all above 0), by generalised cross-validation.

    sqrt(mean over outputs of n RSS(beta) / (n - trace H(beta))^2 / var), where RSS are the squared residuals of the n rows fitted, H the
    matrix that turns their targets into predictions, and var each output's variance; it approximates leaving out each row in turn. With
    X = U S V.T, n - trace H = n - 1 - r + sum_i f_i and RSS = rest + sum_i f_i^2 (U.T Y)_i^2 with f_i = beta / (S_i^2 + beta) and r
    singular values: only sums of what is positive, so nothing cancels. Outputs that never change do not count; where none changes, all
    is NaN.

    Reference: Golub, Heath & Wahba (1979), Technometrics 21, 215-223.
    """
    explained = projection.explained
    if explained is None:
        raise ValueError("Projection.explained must be there, got none. Project a Triangle: moments alone cannot tell the residual.")
    free = explained.rows - (not projection.penalize_bias)  # a constant that is not penalised takes a row
    told = min(free, len(projection.eigenvalues))  # fewer rows than features leave the last singular values 0
    shift = np.asarray(betas, np.float64)[:, None]
    factor = shift / (projection.eigenvalues[:told] + shift)
    squares = explained.rest + factor**2 @ explained.coordinates[:told] ** 2
    freedom = free - told + factor.sum(axis=1)
    changes = explained.total > 0
    if not changes.any():
        return np.full(len(shift), np.nan)
    shares = squares[:, changes] / explained.total[changes]
    return explained.rows * np.sqrt(shares.mean(axis=1)) / freedom


def held_out(projection: Projection, held: Triangle, variance: np.ndarray, betas: Sequence[float] | np.ndarray = BETAS) -> np.ndarray:
    """The NRMSE on the rows of `held`, one number a beta, of the readouts of `projection`, which was fitted to other rows.

    sqrt(mean over outputs of mse / variance), the mse from R [b; w; -1] with the factor R of [1 | X | Y]. Outputs of variance (outputs,) 0
    do not count; where none varies, all is NaN.
    """
    readout = projection.solve_many(betas)
    with one_thread():
        residual = held.r @ stacked(readout)
    squares = np.einsum("tk,tk->k", residual, residual).reshape(readout.bias.shape) / max(held.count, 1)
    changes = variance > 0
    return np.sqrt((squares[:, changes] / variance[changes]).mean(axis=1)) if changes.any() else np.full(len(squares), np.nan)


def best_beta(errors: np.ndarray, betas: np.ndarray = BETAS) -> float:
    """The beta of the least error; of errors that are not numbers, a ValueError in words."""
    if not np.isfinite(errors).any():
        raise ValueError("Ridge.beta cannot be chosen by the error: the targets never change. Give beta a number.")
    return float(betas[np.nanargmin(errors)])
