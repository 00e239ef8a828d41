"""The error over a grid of betas, and which of them to take: the regularisation path, generalised cross-validation, held-out rows.

The moments of the normal equations tell the residual down to some 1e-8, and at 1e-10 half of it (400 units on the Lorenz attractor). The
best beta of data without noise lies further down, so only triangular factors of the rows can find it, without the rows themselves; they
take 2.5 times as long as the moments.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rcwidgets.core.algebra.blas import one_thread
from rcwidgets.core.algebra.gram import Readout
from rcwidgets.core.algebra.lapack import Checkpoint, nothing
from rcwidgets.core.algebra.orthogonal import Triangle
from rcwidgets.core.algebra.projection import Projection
from rcwidgets.core.algebra.rows import blocks
from rcwidgets.core.algebra.solver import QR
from rcwidgets.core.short import in_short


@in_short
@dataclass(frozen=True, eq=False)
class Path:
    """Errors over a grid of betas, in rising order: NRMSE of the rows fitted and of the rows held out, one number a beta.

    NRMSE = sqrt(mean over outputs of mse / var), where var is the variance of that output's target over all rows given. `left` are the
    betas of the grid below what the normal equations can tell; `extend` computes them.
    """

    betas: np.ndarray
    training: np.ndarray
    held_out: np.ndarray
    left: np.ndarray

    @property
    def best(self) -> float:
        """The beta of the least held-out error."""
        if not len(self.betas):
            raise ValueError(f"Path.betas must hold a beta that is computed, got none of {len(self.left)}. Extend the path first.")
        return float(self.betas[np.argmin(self.held_out)])


def grid(low: float = 1e-8, high: float = 1e2, per_decade: int = 4) -> np.ndarray:
    """Betas evenly spaced in their exponent, `per_decade` a decade, both ends in."""
    return np.logspace(np.log10(low), np.log10(high), round(np.log10(high / low) * per_decade) + 1)


def fitted_rows(rows: int) -> int:
    """How many of the training rows the path fits on: the first four fifths; the last fifth is held out."""
    return rows * 4 // 5


def measure(
    projection: Projection,
    x: np.ndarray,
    y: np.ndarray,
    betas: Sequence[float] | np.ndarray,
    checkpoint: Checkpoint = nothing,
    *,
    cut: int | None = None,
) -> Path:
    """The path of rows x (rows, features) and targets y (rows, outputs), over the betas that the projection tells; the others are `left`.

    `projection` is that of the first `cut` rows, the first four fifths where it is None; both parts are measured by their residuals. At 400
    features, 6,000 rows, 3 outputs and 41 betas, half of the time goes into the residuals. `checkpoint()` is called now and then, and may
    raise.
    """
    order = np.sort(np.asarray(betas, np.float64))
    safe = projection.tells(order)
    return _measured(projection, x, y, order[safe], order[~safe], checkpoint, fitted_rows(len(x)) if cut is None else cut)


def extend(
    done: Path, x: np.ndarray, y: np.ndarray, *, penalize_bias: bool = False, checkpoint: Checkpoint = nothing, cut: int | None = None
) -> Path:
    """The path with the betas that were left, by the orthogonal route; the same rows and targets as before."""
    if not len(done.left):
        return done
    cut = fitted_rows(len(x)) if cut is None else cut
    triangle = Triangle.of(x[:cut], y[:cut], checkpoint=checkpoint)
    projection = QR.init(triangle, penalize_bias=penalize_bias, checkpoint=checkpoint)
    below = _measured(projection, x, y, done.left, np.empty(0), checkpoint, cut)
    betas, training, held = (np.concatenate([getattr(one, name) for one in (below, done)]) for name in ("betas", "training", "held_out"))
    return Path(betas, training, held, np.empty(0))


def _measured(
    projection: Projection, x: np.ndarray, y: np.ndarray, betas: np.ndarray, left: np.ndarray, checkpoint: Checkpoint, cut: int
) -> Path:
    """The errors of both parts at all betas."""
    variance = y.var(axis=0, dtype=np.float64)
    if not (variance > 0).all():
        output = int(np.flatnonzero(~(variance > 0))[0])
        raise ValueError(f"Path.targets must vary, got a constant or no number in output {output}. Leave that output out.")
    readout = projection.solve_many(betas)

    def error(part: slice) -> np.ndarray:
        return np.sqrt((mean_squares(readout, x[part], y[part], checkpoint) / variance).mean(axis=1))

    return Path(betas, error(slice(0, cut)), error(slice(cut, None)), left)


def mean_squares(readout: Readout, rows: np.ndarray, targets: np.ndarray, checkpoint: Checkpoint = nothing) -> np.ndarray:
    """The mean squared residual (betas, outputs) of many readouts on the same rows, one product a block."""
    weights = stacked(readout)
    total = np.zeros(weights.shape[1])
    with one_thread():
        for block in blocks((rows, targets), None, ones=True):
            checkpoint()
            residual = block @ weights
            total += np.einsum("tk,tk->k", residual, residual)
    return (total / len(rows)).reshape(readout.bias.shape)


def stacked(readout: Readout) -> np.ndarray:
    """[b; w; -1] of many readouts (1 + features + outputs, betas * outputs): times [1 | X | Y] it gives their residuals."""
    weights, bias = readout
    betas, features, outputs = weights.shape
    made = np.concatenate([bias[:, None], weights, np.broadcast_to(-np.eye(outputs), (betas, outputs, outputs))], axis=1)
    return made.transpose(1, 0, 2).reshape(1 + features + outputs, betas * outputs)
