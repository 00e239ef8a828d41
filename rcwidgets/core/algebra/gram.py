"""The moments of features and targets, summed over chunks of rows: what the normal equations of ridge regression are made of."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from math import ceil
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike

from rcwidgets.core.algebra.blas import add_square_by, mirrored, one_thread
from rcwidgets.core.algebra.lapack import STEP, Checkpoint, add_square, nothing
from rcwidgets.core.algebra.rows import as_mask, as_rows, blocks, check_finite, same_length
from rcwidgets.core.cores import cores
from rcwidgets.core.short import in_short

FLOOR = 10.0  # calibrated on reservoirs and NVAR features, see `floor` and tests/core/algebra/test_conditioning.py
SHARED_FEATURES = 1000  # from which on the products of rows that come from a scan are shared by threads
SHARED_ROWS = 2048  # of their blocks: each block costs a sum of two matrices
THREADS = 8  # at most
BAND = 2**22  # numbers of the product that one thread makes at once: 32 MB


@in_short
class Readout(NamedTuple):
    """prediction = rows @ weights + bias: weights (features, outputs), bias (outputs,); of many betas, with a leading axis of betas."""

    weights: np.ndarray
    bias: np.ndarray


@in_short
@dataclass(frozen=True, eq=False)
class Gram:
    """Moments of the features X (rows, features): count, sum_x = sum_t X[t] (features,), xx = X.T X (features, features); float64.

    They know no targets, so a new horizon leaves them alone. `a + b` are the moments of both chunks together.

    >>> rows = np.random.default_rng(0).normal(size=(100, 5))
    >>> (Gram.of(rows[:60]) + Gram.of(rows[60:])).count
    100
    """

    count: int
    sum_x: np.ndarray
    xx: np.ndarray

    @classmethod
    def of(cls, rows: ArrayLike, mask: ArrayLike | None = None, *, checkpoint: Checkpoint = nothing) -> Self:
        """The moments of `rows` (rows, features), float32 or float64; rows where `mask` is False do not count.

        `checkpoint()` is called now and then where there are many features, and may raise.
        """
        x = as_rows(rows, "Gram.rows")
        kept = as_mask(mask, len(x), "Gram.mask")
        if x.shape[1] >= SHARED_FEATURES and cores() > 1:
            return cls._by_threads(x, kept, checkpoint)
        total = MomentSum(x.shape[1])
        total.add(x, mask=kept)
        gram = total.gram()
        return cls(gram.count, gram.sum_x, gram.xx)

    @classmethod
    def _by_threads(cls, x: np.ndarray, kept: np.ndarray | None, checkpoint: Checkpoint) -> Self:
        """The same by several threads: the products cost more than the scan that makes the rows, which keeps one core busy."""
        features, count, threads = x.shape[1], 0, min(cores(), THREADS)
        parts = max(threads, ceil(features**2 / 2 / BAND), ceil(min(len(x), SHARED_ROWS) * features**2 / STEP))
        sum_x, lower = np.zeros(features), np.zeros((features, features))
        with one_thread(), np.errstate(over="ignore", invalid="ignore"), ThreadPoolExecutor(threads, "rcwidgets-gram") as pool:
            for block in blocks((x,), kept, size=SHARED_ROWS):
                count += len(block)
                sum_x += block.sum(axis=0)
                add_square_by(pool, parts, block, lower, checkpoint)
        check_finite(sum_x, "Gram.rows")
        return cls(count, sum_x, mirrored(lower))

    def __add__(self, other: Self) -> Self:
        if len(self.sum_x) != len(other.sum_x):
            raise ValueError(f"Gram.features must agree, got {len(self.sum_x)} and {len(other.sum_x)}. Add moments of the same network.")
        return type(self)(self.count + other.count, self.sum_x + other.sum_x, self.xx + other.xx)

    def design(self, penalize_bias: bool) -> np.ndarray:
        """The matrix A of the normal equations (A + beta I) w = c, symmetric, a fresh array.

        The centred Gram matrix X.T X - n m m.T; with `penalize_bias` that of [X | 1] instead, not centred.
        """
        if not penalize_bias:
            outer = np.outer(self.sum_x, self.sum_x / max(self.count, 1))
            return np.subtract(self.xx, outer, out=outer)
        features = len(self.sum_x)
        whole = np.empty((features + 1, features + 1))
        whole[:features, :features] = self.xx
        whole[features, :features] = whole[:features, features] = self.sum_x
        whole[features, features] = self.count
        return whole

    def apply(self, solution: np.ndarray, penalize_bias: bool) -> np.ndarray:
        """A @ solution with the matrix A of `design`, which is not formed; solution (features [+ 1], columns)."""
        if not penalize_bias:
            return self.xx @ solution - np.outer(self.sum_x / max(self.count, 1), self.sum_x @ solution)
        weights, bias = solution[:-1], solution[-1]
        return np.vstack([self.xx @ weights + np.outer(self.sum_x, bias), self.sum_x @ weights + self.count * bias])

    def floor(self, penalize_bias: bool = False) -> float:
        """The beta from which on the normal equations are safe whatever the spectrum of X: 10 eps trace(X.T X)."""
        return FLOOR * np.finfo(np.float64).eps * (float(np.trace(self.xx)) + (self.count if penalize_bias else 0))


@in_short
@dataclass(frozen=True, eq=False)
class Cross:
    """Moments of features X (rows, features) and targets Y (rows, outputs): count, sum_y, xy = X.T Y, yy = sum_t Y[t]^2; float64."""

    count: int
    sum_y: np.ndarray
    xy: np.ndarray
    yy: np.ndarray

    @classmethod
    def of(cls, rows: ArrayLike, targets: ArrayLike, mask: ArrayLike | None = None) -> Self:
        """The moments of `rows` and `targets`; rows where `mask` is False do not count (give the Gram the same mask)."""
        x, y = as_rows(rows, "Cross.rows"), as_rows(targets, "Cross.targets")
        same_length(x, y, "Cross.targets")
        kept = as_mask(mask, len(x), "Cross.mask")
        features, outputs = x.shape[1], y.shape[1]
        sum_y, yx, yy, count = np.zeros(outputs), np.zeros((outputs, features)), np.zeros(outputs), 0
        with one_thread(), np.errstate(over="ignore", invalid="ignore"):
            for xs, ys in zip(blocks((x,), kept), blocks((y,), kept), strict=True):
                count += len(xs)
                sum_y += ys.sum(axis=0)
                yx += ys.T @ xs
                yy += np.einsum("to,to->o", ys, ys)
        check_finite(sum_y, "Cross.targets")
        check_finite(yx.sum(axis=0), "Cross.rows")
        return cls(count, sum_y, yx.T, yy)

    def __add__(self, other: Self) -> Self:
        if self.xy.shape != other.xy.shape:
            raise ValueError(
                f"Cross.xy must have the same shape on both sides, got {self.xy.shape} and {other.xy.shape}. "
                "Add moments of the same network and targets."
            )
        return type(self)(self.count + other.count, self.sum_y + other.sum_y, self.xy + other.xy, self.yy + other.yy)


class MomentSum:
    """The moments of rows (n, features), and of their targets where they have some, to which rows are added in place, by one thread.

    All is float64, and only half of X.T X is formed: `lower` is its lower triangle.
    """

    def __init__(self, features: int, outputs: int = 0) -> None:
        self.count, self.sum_x, self.lower = 0, np.zeros(features), np.zeros((features, features), order="F")
        self.sum_y, self.yx, self.yy = np.zeros(outputs), np.zeros((outputs, features)), np.zeros(outputs)

    def add(self, rows: np.ndarray, targets: np.ndarray | None = None, mask: np.ndarray | None = None) -> None:
        """Adds rows; those where `mask` is False do not count."""
        with one_thread(), np.errstate(over="ignore", invalid="ignore"):
            known = None if targets is None else blocks((targets,), mask)
            for block in blocks((rows,), mask):
                self.count += len(block)
                self.sum_x += block.sum(axis=0)
                add_square(block, self.lower)
                if known is not None:
                    y = next(known)
                    self.sum_y += y.sum(axis=0)
                    self.yx += y.T @ block
                    self.yy += np.einsum("to,to->o", y, y)

    def __iadd__(self, other: Self) -> Self:
        self.count += other.count
        for own, more in zip(self._arrays, other._arrays, strict=True):
            own += more
        return self

    @property
    def _arrays(self) -> tuple[np.ndarray, ...]:
        return self.sum_x, self.lower, self.sum_y, self.yx, self.yy

    def gram(self) -> Gram:
        """The moments of the rows, in the memory of the sum, which has its end; numbers that are not finite are a ValueError."""
        check_finite(self.sum_x, "Gram.rows")
        return Gram(self.count, self.sum_x, mirrored(self.lower).T)  # in C order

    def cross(self) -> Cross:
        """The moments of the rows with their targets, likewise."""
        check_finite(self.sum_y, "Cross.targets")
        check_finite(self.yx.sum(axis=0), "Cross.rows")
        return Cross(self.count, self.sum_y, self.yx.T, self.yy)


def right_side(gram: Gram, cross: Cross, penalize_bias: bool) -> np.ndarray:
    """The right side c of the normal equations: centred X.T Y, or [X | 1].T Y with `penalize_bias`."""
    if gram.count != cross.count or len(gram.sum_x) != len(cross.xy):
        raise ValueError(
            f"Cross.rows must be the rows of the Gram, got {cross.count} rows of {len(cross.xy)} features for "
            f"{gram.count} rows of {len(gram.sum_x)}. Make both from the same chunks and with the same mask."
        )
    if penalize_bias:
        return np.vstack([cross.xy, cross.sum_y])
    return cross.xy - np.outer(gram.sum_x, cross.sum_y / max(gram.count, 1))


def split_bias(solution: np.ndarray, mean_x: np.ndarray, mean_y: np.ndarray, penalize_bias: bool) -> Readout:
    """Weights and bias from the solution (..., features [+ 1], outputs); a bias that is not penalised is mean_y - mean_x w."""
    if penalize_bias:
        return Readout(solution[..., :-1, :], solution[..., -1, :])
    return Readout(solution, mean_y - mean_x @ solution)


def check_beta(beta: float) -> float:
    """The beta, or an error in words."""
    if not 0.0 <= beta < np.inf:
        raise ValueError(f"Ridge.beta must be at least 0 and finite, got {beta!r}. 1e-6 suits most reservoirs.")
    return float(beta)


def mean_residuals(gram: Gram, cross: Cross, readout: Readout, beta: float, *, penalize_bias: bool = False) -> np.ndarray:
    """The mean squared residuals (outputs,) of the rows that were fitted, without those rows: exact to some 2e-14 of Y's variance.

    Since (A + beta I) w = c, their sum is Y.Y - w.c - beta w.w, about the means where the bias is free.
    """
    weights, total, moments = readout.weights, cross.yy, right_side(gram, cross, penalize_bias)
    if penalize_bias:
        weights = np.vstack([weights, readout.bias])
    else:
        total = total - cross.sum_y**2 / gram.count
    squares: np.ndarray = np.maximum(total - (weights * moments).sum(axis=0) - beta * (weights**2).sum(axis=0), 0.0) / gram.count
    return squares
