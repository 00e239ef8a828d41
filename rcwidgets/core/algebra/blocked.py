"""The error to expect at each ridge beta, by holding out blocks of rows that follow each other, one after another.

Neighbouring rows of a series are nearly alike, so a row left out alone is told by its neighbours, and the least beta looks best. A block
left out has none. All is made of the moments of the blocks: those of the rows fitted are the sum less the block's own.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from rcwidgets.core.algebra.blas import one_thread
from rcwidgets.core.algebra.gram import Cross, Gram, Readout
from rcwidgets.core.algebra.lapack import Checkpoint, nothing
from rcwidgets.core.algebra.orthogonal import Triangle
from rcwidgets.core.algebra.path import stacked
from rcwidgets.core.algebra.selection import BETAS, best_beta
from rcwidgets.core.algebra.solver import QR, solve

BLOCKS = 5
BLURRED = 0.01  # share of an error that rounding may make: where it makes more, the moments do not tell it


@dataclass(frozen=True)
class Moments:
    """The moments of a block of rows: of its features, and of these with its targets."""

    gram: Gram
    cross: Cross

    def __add__(self, other: "Moments") -> "Moments":
        return Moments(self.gram + other.gram, self.cross + other.cross)

    def less(self, other: "Moments") -> "Moments":
        """The moments of the rows that are not in `other`, a part of these."""
        gram, cross, gone, left = self.gram, self.cross, other.gram, other.cross
        rest = Gram(gram.count - gone.count, gram.sum_x - gone.sum_x, gram.xx - gone.xx)
        return Moments(rest, Cross(cross.count - left.count, cross.sum_y - left.sum_y, cross.xy - left.xy, cross.yy - left.yy))


def summed(parts: Sequence[Moments]) -> Moments:
    """The moments of all blocks together."""
    whole = parts[0]
    for part in parts[1:]:
        whole = whole + part
    return whole


def choose(
    parts: Sequence[Moments],
    triangles: Callable[[], Sequence[Triangle]],
    *,
    penalize_bias: bool = False,
    checkpoint: Checkpoint = nothing,
) -> float:
    """The beta, of `BETAS`, of the least NRMSE on the blocks, each predicted by a readout that is fitted to all others.

    The moments `parts` tell it, unless it is the least beta that they tell: then `triangles()`, the factors of the same blocks, do.
    """
    errors = errors_of_moments(parts, BETAS, penalize_bias=penalize_bias, checkpoint=checkpoint)
    told = np.isfinite(errors)
    if not told.any() or np.nanargmin(errors) == np.flatnonzero(told)[0] > 0:
        errors = errors_of_rows(triangles(), BETAS, penalize_bias=penalize_bias, checkpoint=checkpoint)
    return best_beta(errors)


def errors_of_moments(
    parts: Sequence[Moments], betas: Sequence[float] | np.ndarray, *, penalize_bias: bool = False, checkpoint: Checkpoint = nothing
) -> np.ndarray:
    """The NRMSE on the blocks, one number a beta, by their moments; NaN at betas that these do not tell to 1 %.

    sqrt(mean over outputs of mse / var), mse the squared residuals of all blocks over the number of rows, var each output's variance over
    all rows. Outputs that never change do not count. The Gram matrix of all rows but one block is that of all less that of the block, so
    each block costs one tridiagonal form, in which each beta is nearly free. A block's squares are the sum of w.(X.T X)w - 2 w.X.T y + y.y
    with the bias among the weights: rounding moves it by some eps trace(X.T X) |w|^2.
    """
    whole, grid = summed(parts), np.asarray(betas, np.float64)
    squares, blur = np.zeros((2, len(grid), len(whole.cross.sum_y)))
    for part in parts:
        checkpoint()
        rest = whole.less(part)
        found = solve(rest.gram, rest.cross, grid, penalize_bias=penalize_bias, checkpoint=checkpoint)
        for place, readout in enumerate(found):
            if readout is None:
                squares[place] = np.nan
            else:
                made, moved = _residuals(part, readout)
                squares[place] += made
                blur[place] += moved
    variance = whole.cross.yy / whole.cross.count - (whole.cross.sum_y / whole.cross.count) ** 2
    changes = variance > np.finfo(np.float64).eps * whole.cross.yy / whole.cross.count
    if not changes.any():
        return np.full(len(grid), np.nan)
    shares, moved = (found[:, changes] / variance[changes] / whole.cross.count for found in (squares, blur))
    with np.errstate(invalid="ignore"):
        clear = moved.sum(axis=1) <= BLURRED * shares.sum(axis=1)
        return np.where(clear, np.sqrt(np.maximum(shares, 0).mean(axis=1)), np.nan)


def _residuals(part: Moments, readout: Readout) -> tuple[np.ndarray, np.ndarray]:
    """The squared residuals (outputs,) of a block, and by how much rounding may have moved them."""
    gram, cross, (weights, bias) = part.gram, part.cross, readout
    with one_thread():
        fitted = gram.xx @ weights
    along = gram.sum_x @ weights
    squares = (weights * (fitted - 2 * cross.xy)).sum(axis=0) + 2 * bias * (along - cross.sum_y) + gram.count * bias**2 + cross.yy
    size = np.trace(gram.xx) * (weights**2).sum(axis=0) + gram.count * bias**2 + cross.yy
    return squares, np.finfo(np.float64).eps * size


def errors_of_rows(
    triangles: Sequence[Triangle], betas: Sequence[float] | np.ndarray, *, penalize_bias: bool = False, checkpoint: Checkpoint = nothing
) -> np.ndarray:
    """The same NRMSE, one number a beta, by the triangular factors of the blocks, which tell it at any beta above 0."""
    whole = joined(triangles)
    squares = np.zeros((len(betas), len(whole.r) - 1 - whole.features))
    for place, held in enumerate(triangles):
        checkpoint()
        rest = joined([*triangles[:place], *triangles[place + 1 :]])
        readout = QR.init(rest, penalize_bias=penalize_bias, checkpoint=checkpoint).solve_many(betas)
        with one_thread():
            residual = held.r @ stacked(readout)
        squares += np.einsum("tk,tk->k", residual, residual).reshape(squares.shape)
    changes = whole.squares > 0
    if not changes.any():
        return np.full(len(squares), np.nan)
    errors: np.ndarray = np.sqrt((squares[:, changes] / whole.squares[changes]).mean(axis=1))
    return errors


def joined(triangles: Sequence[Triangle]) -> Triangle:
    """The factor of all blocks together."""
    whole = triangles[0]
    for one in triangles[1:]:
        whole = whole + one
    return whole
