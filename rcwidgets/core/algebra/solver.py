"""One route to a readout: `select` says which solver a ridge problem needs; each has `init` for the features and `compute` for the rest.

The moments (a Gram matrix, and the products with the targets) cost one pass over the rows, add up, and tell the readout wherever beta
covers what rounding moves in them. Below that the rows themselves have to be factorised, which takes 2.5 times as long:

| solver | `init` takes | costs | for |
|---|---|---|---|
| `CHOLESKY` | a Gram | a factorisation each beta | a few betas |
| `TRIDIAGONAL` | a Gram | four factorisations, then each beta is nearly free | many betas of one Gram |
| `EIGEN` | a Gram | eighteen factorisations, then each beta is a rescale | a beta that a hand turns, errors at many betas |
| `QR` | a Triangle, which holds the targets | twenty times the Gram's pass | betas that moments cannot tell |

Before there is a Gram, `dual_form` says whether there shall be one: of `LARGE` features and more with fewer rows than that, the matrix of
the rows takes its place (see `dual`)."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from rcwidgets.core.algebra.blas import one_thread
from rcwidgets.core.algebra.factor import Factor
from rcwidgets.core.algebra.gram import Cross, Gram, Readout, check_beta, right_side, split_bias
from rcwidgets.core.algebra.lapack import Checkpoint, cholesky, cholesky_solve, nothing, reflect, solve_tridiagonal, tridiagonal
from rcwidgets.core.algebra.orthogonal import Triangle
from rcwidgets.core.algebra.projection import Projection


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


TRIDIAGONAL_BETAS = 5  # of one matrix, from which on its tridiagonal form costs less than a Cholesky factorisation each
CACHED = 1000  # features; from there on the tridiagonal form is limited by the memory, and costs less from `LARGE_BETAS` betas on
LARGE_BETAS = 10
PANELS = 256  # rows of a matrix that are centred at once
LARGE = 5000  # features: from there on their Gram matrix is too large to have several, and 0.2 GB and more by itself


class AbstractSolver(ABC):
    """Finds the readout that minimises ||X W + b - Y||^2 + beta ||W||^2, and with `penalize_bias` + beta ||b||^2.

    `checkpoint()` is called now and then, and may raise.
    """

    @abstractmethod
    def init(self, features: Any, *, penalize_bias: bool = False, checkpoint: Checkpoint = nothing) -> Any:
        """What is made once of the features: a state for `compute`."""

    @abstractmethod
    def compute(self, state: Any, cross: Cross | None, betas: Sequence[float], checkpoint: Checkpoint = nothing) -> list[Readout]:
        """The readouts at some betas, from the state and the moments with the targets (None where the state has them)."""


class Normal(NamedTuple):
    """The normal equations (A + beta I) w = c of a Gram: A, or its tridiagonal form."""

    gram: Gram
    penalize_bias: bool
    matrix: Any


class _AbstractNormal(AbstractSolver):
    """By the normal equations. Where A + beta I is not positive definite in float64 there is a ValueError: `select` does not go there."""

    def compute(self, state: Normal, cross: Cross | None, betas: Sequence[float], checkpoint: Checkpoint = nothing) -> list[Readout]:
        if cross is None:
            raise TypeError(f"{type(self).__name__}.compute takes the moments with the targets, got None.")
        gram, penalize = state.gram, state.penalize_bias
        known, right, count, found = [check_beta(float(beta)) for beta in betas], right_side(gram, cross, penalize), max(gram.count, 1), []
        for beta, solution in zip(known, self._solved(state.matrix, right, known, checkpoint), strict=True):
            if solution is None:
                raise ValueError(
                    f"Ridge.beta must be at least {gram.floor(penalize):.1e} for the normal equations of these features, "
                    f"got {beta!r}. Solve by the orthogonal route."
                )
            found.append(split_bias(solution, gram.sum_x / count, cross.sum_y / count, penalize))
        return found

    @abstractmethod
    def _solved(self, matrix: Any, right: np.ndarray, betas: list[float], checkpoint: Checkpoint) -> Iterable[np.ndarray | None]:
        """The solutions w at some betas; None where there is none."""


class Cholesky(_AbstractNormal):
    """By a Cholesky factorisation of A + beta I for each beta."""

    def init(self, features: Gram, *, penalize_bias: bool = False, checkpoint: Checkpoint = nothing) -> Normal:
        return Normal(features, penalize_bias, features.design(penalize_bias))

    def _solved(self, matrix: np.ndarray, right: np.ndarray, betas: list[float], checkpoint: Checkpoint) -> Iterable[np.ndarray | None]:
        for beta in betas:
            shifted = matrix.copy()
            shifted.flat[:: len(shifted) + 1] += beta
            with one_thread():
                lower = cholesky(shifted.T, checkpoint)
                yield None if lower is None else cholesky_solve(lower, right)


class Tridiagonal(_AbstractNormal):
    """By the tridiagonal form of A, see `tridiagonal`."""

    def init(self, features: Gram, *, penalize_bias: bool = False, checkpoint: Checkpoint = nothing) -> Normal:
        return Normal(features, penalize_bias, reduce(features.design(penalize_bias), checkpoint))

    def _solved(self, matrix: Reduced, right: np.ndarray, betas: list[float], checkpoint: Checkpoint) -> Iterable[np.ndarray | None]:
        return solve_reduced(matrix, right, betas, checkpoint)


class Eigen(AbstractSolver):
    """By the eigendecomposition of A, refined where beta is small, see `factor`."""

    def init(self, features: Gram, *, penalize_bias: bool = False, checkpoint: Checkpoint = nothing) -> Factor:
        return Factor.of(features, penalize_bias=penalize_bias, checkpoint=checkpoint)

    def compute(self, state: Factor, cross: Cross | None, betas: Sequence[float], checkpoint: Checkpoint = nothing) -> list[Readout]:
        if cross is None:
            raise TypeError("Eigen.compute takes the moments with the targets, got None.")
        projection = state.project(cross)
        return [projection.solve(beta) for beta in betas]


class Orthogonal(AbstractSolver):
    """By the singular values of the triangular factor of [1 | X | Y], see `orthogonal`: to full precision at any beta."""

    def init(self, features: Triangle, *, penalize_bias: bool = False, checkpoint: Checkpoint = nothing) -> Projection:
        return features.project(penalize_bias=penalize_bias, checkpoint=checkpoint)

    def compute(self, state: Projection, cross: Cross | None, betas: Sequence[float], checkpoint: Checkpoint = nothing) -> list[Readout]:
        return [state.solve(float(beta)) for beta in betas]


CHOLESKY, TRIDIAGONAL, EIGEN, QR = Cholesky(), Tridiagonal(), Eigen(), Orthogonal()


def select(gram: Gram, beta: float, *, penalize_bias: bool = False, betas: int = 1, factored: bool = False) -> AbstractSolver:
    """The solver for the features of a Gram at this beta: the only place that decides between the normal equations and the rows.

    `QR` where the normal equations do not give the orthogonal solve's test error to 1 % (see `well_conditioned`). Else `EIGEN` where
    the eigendecomposition is at hand (`factored`), and `TRIDIAGONAL` or `CHOLESKY` by how many `betas` the same Gram has.
    """
    if not well_conditioned(gram, beta, penalize_bias=penalize_bias):
        return QR
    if factored:
        return EIGEN
    features = len(gram.sum_x) + penalize_bias
    return TRIDIAGONAL if betas >= (TRIDIAGONAL_BETAS if features <= CACHED else LARGE_BETAS) else CHOLESKY


def dual_form(rows: float, features: int, beta: float, *, large: int = LARGE) -> bool:
    """Whether the readout is solved by the dual form, the matrix (rows, rows): of many features with fewer rows, at a beta above 0."""
    return features >= large and rows < features and beta > 0


def solve_within(gram: Gram, cross: Cross, beta: float) -> Readout | None:
    """The readout by Cholesky in the memory of the Gram, which has its end; None where beta needs the rows. For `LARGE` features.

    The bias is free. As `CHOLESKY`, which has three matrices of that size at once.
    """
    if not well_conditioned(gram, beta):
        return None
    right, means, matrix = right_side(gram, cross, False), gram.sum_x / max(gram.count, 1), gram.xx
    for start in range(0, len(matrix), PANELS):
        matrix[start : start + PANELS] -= np.outer(gram.sum_x[start : start + PANELS], means)
    matrix.flat[:: len(matrix) + 1] += beta
    with one_thread():
        lower = cholesky(matrix.T)
        return None if lower is None else split_bias(cholesky_solve(lower, right), means, cross.sum_y / max(cross.count, 1), False)


def well_conditioned(gram: Gram, beta: float, *, penalize_bias: bool = False) -> bool:
    """Whether the normal equations of `gram` give the orthogonal solve's test error to 1 % at this beta.

    Rounding moves X.T X by some eps trace(X.T X), and with it every direction whose eigenvalue is smaller; a beta of 10 times that covers
    it. Measured over the states of reservoirs of 400 units and over NVAR features, both on the Lorenz attractor: `CHOLESKY` and `EIGEN` are
    off by 0.2 % at most from 10 times eps trace on, by 0.7 % at 5 times, by 7 % at 2 times, and by more than 100 % at 0.03 times.
    """
    return check_beta(beta) >= gram.floor(penalize_bias) and beta > 0  # features that are all 0 have the floor 0


def solve(
    gram: Gram, cross: Cross, betas: Sequence[float] | np.ndarray, *, penalize_bias: bool = False, checkpoint: Checkpoint = nothing
) -> list[Readout | None]:
    """The readouts at some betas by the moments; None at those that need the rows, for which `QR` takes their Triangle."""
    told = [well_conditioned(gram, float(beta), penalize_bias=penalize_bias) for beta in betas]
    known = [float(beta) for beta, easy in zip(betas, told, strict=True) if easy]
    if not known:
        return [None] * len(told)
    solver = select(gram, known[0], penalize_bias=penalize_bias, betas=len(known))
    state = solver.init(gram, penalize_bias=penalize_bias, checkpoint=checkpoint)
    readouts = iter(solver.compute(state, cross, known, checkpoint))
    return [next(readouts) if easy else None for easy in told]


def solve_rows(triangle: Triangle, betas: Sequence[float] | np.ndarray, *, penalize_bias: bool = False) -> list[Readout]:
    """The readouts at some betas, however small, by the rows' triangular factor."""
    return QR.compute(QR.init(triangle, penalize_bias=penalize_bias), None, list(betas))
