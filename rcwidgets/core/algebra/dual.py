"""Ridge regression by its dual form: where there are fewer rows than features, the square matrix of the rows is the smaller one.

With the rows X (n, p), about their means where the bias is free, the weights are w = X.T a, where (X X.T + beta I) a = Y.
"""

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from math import ceil

import numpy as np

from rcwidgets.core.algebra.blas import mirrored, one_thread
from rcwidgets.core.algebra.gram import FLOOR, THREADS, Readout
from rcwidgets.core.algebra.lapack import STEP, Checkpoint, absorb, add_product, cholesky, cholesky_solve, nothing
from rcwidgets.core.algebra.rows import check_finite
from rcwidgets.core.cores import cores

COLUMNS = 256  # that are turned to float64 at once


def _columns(x: np.ndarray, penalize_bias: bool, room: np.ndarray | None = None, weights: np.ndarray | None = None) -> np.ndarray:
    """Some columns of X as rows (columns, n) in float64, in `room` where it is given, less their means where the bias is free.

    With `weights` (n,) the means are of rows that count so much, and each row is multiplied by the root of its own.
    """
    rows = np.empty((x.shape[1], len(x))) if room is None else room[: x.shape[1]]
    rows[:] = x.T
    if not penalize_bias:
        rows -= rows.mean(axis=1, keepdims=True) if weights is None else (rows @ weights / weights.sum())[:, None]
    return rows if weights is None else np.multiply(rows, np.sqrt(weights), out=rows)


def weights_of_columns(
    x: np.ndarray, found: np.ndarray, mean_y: np.ndarray, share: np.ndarray | None = None, *, penalize_bias: bool = False
) -> Readout:
    """The readout w = X.T a of all columns X (n, p), and the bias; X about its means (with `share` (n,) of rows) where the bias is free."""
    weights, mean_x = np.empty((x.shape[1], found.shape[1])), np.empty(x.shape[1])
    for start in range(0, x.shape[1], COLUMNS):
        rows = x[:, start : start + COLUMNS].T.astype(np.float64)
        means = mean_x[start : start + COLUMNS] = rows.mean(axis=1) if share is None else rows @ share
        weights[start : start + COLUMNS] = (rows if penalize_bias else rows - means[:, None]) @ found
    return Readout(weights, found.sum(axis=0) if penalize_bias else mean_y - mean_x @ weights)


class Kernel:
    """K = X X.T (n, n) of n rows in float64, to which columns of X are added group by group, each with all rows.

    With `penalize_bias` X has a column of ones besides, else each column counts less its mean.
    """

    def __init__(self, rows: int, *, penalize_bias: bool = False, checkpoint: Checkpoint = nothing) -> None:
        self.matrix = np.full((rows, rows), float(penalize_bias))
        self._room = np.empty((COLUMNS, rows))
        self._penalize, self._checkpoint = penalize_bias, checkpoint

    def add(self, x: np.ndarray) -> None:
        """Adds columns (n, columns), float32 or float64."""
        size, threads = len(x), max(1, min(cores(), THREADS))
        edges = np.round(size * np.sqrt(np.linspace(0, 1, max(threads, ceil(COLUMNS * size**2 / STEP)) + 1))).astype(int).tolist()

        def band(ends: tuple[int, int]) -> None:
            start, stop = ends
            add_product(part.T[:stop], part.T[start:stop], self.matrix.T[:stop, start:stop])

        with one_thread(), ThreadPoolExecutor(threads, "rcwidgets-kernel") as pool:
            for start in range(0, x.shape[1], COLUMNS):
                part = _columns(x[:, start : start + COLUMNS], self._penalize, self._room)
                check_finite(part.sum(axis=1), "Kernel.columns")
                for _ in pool.map(band, [ends for ends in pairwise(edges) if ends[0] < ends[1]]):
                    self._checkpoint()

    @property
    def floor(self) -> float:
        """The beta from which on K + beta I is safe whatever the spectrum of X: 10 eps trace(X X.T), as a Gram has it."""
        return FLOOR * float(np.finfo(np.float64).eps * np.trace(self.matrix))

    def solve(self, targets: np.ndarray, beta: float) -> np.ndarray | None:
        """a (n, outputs) with (K + beta I) a = Y, in the memory of the kernel, which has its end; None where beta is below its floor.

        `targets` are Y, about their means where the bias is free.
        """
        if not (beta > 0 and beta >= self.floor):
            return None
        matrix = mirrored(self.matrix).T
        matrix.flat[:: len(matrix) + 1] += beta
        with one_thread():
            lower = cholesky(matrix, self._checkpoint)
            return None if lower is None else cholesky_solve(lower, targets)


class RowsFactor:
    """The triangular factor R (n, n) of [X | sqrt(beta) I].T: R.T R = K + beta I to full precision, for any beta above 0.

    With `weights` (n,) the rows of X about their weighted means are multiplied by the roots of these. It costs eight times as much as a
    `Kernel`, and twice its memory.

    Reference: Bjorck (1996), Numerical Methods for Least Squares Problems, section 2.5 (minimum norm by semi-normal equations).
    """

    def __init__(
        self,
        rows: int,
        beta: float,
        weights: np.ndarray | None = None,
        *,
        penalize_bias: bool = False,
        checkpoint: Checkpoint = nothing,
    ) -> None:
        self._weights = weights
        self._r = np.zeros((rows, rows), order="F")
        self._penalize, self._checkpoint = penalize_bias, checkpoint
        self._r.flat[:: rows + 1] = np.sqrt(beta)
        if penalize_bias:
            self._absorb((np.ones(rows) if weights is None else np.sqrt(weights))[:, None])

    def add(self, x: np.ndarray) -> None:
        """Adds columns (n, columns), float32 or float64."""
        for start in range(0, x.shape[1], COLUMNS):
            self._absorb(_columns(x[:, start : start + COLUMNS], self._penalize, weights=self._weights).T)

    def _absorb(self, columns: np.ndarray) -> None:
        with one_thread():
            absorb(self._r, np.array(columns.T, order="F"), checkpoint=self._checkpoint)

    def solve(self, targets: np.ndarray) -> np.ndarray:
        """a (n, outputs) with R.T R a = Y."""
        with one_thread():
            return cholesky_solve(np.asfortranarray(self._r.T), targets)
