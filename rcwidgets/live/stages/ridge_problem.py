"""One readout's ridge problem, kept so that beta, horizon and target cost little."""

from collections.abc import Callable, Hashable, Mapping
from itertools import pairwise
from typing import Any, Literal, TypeVar

import numpy as np

from rcwidgets.core.algebra.blas import one_thread
from rcwidgets.core.algebra.blocked import BLOCKS, Moments
from rcwidgets.core.algebra.blocked import choose as choose_blocked
from rcwidgets.core.algebra.factor import Factor
from rcwidgets.core.algebra.gram import SHARED_FEATURES, SHARED_ROWS, Cross, Gram, Readout, mean_residuals
from rcwidgets.core.algebra.lapack import Checkpoint, nothing
from rcwidgets.core.algebra.orthogonal import Triangle
from rcwidgets.core.algebra.path import Path, extend, fitted_rows
from rcwidgets.core.algebra.path import measure as path_of
from rcwidgets.core.algebra.projection import Projection
from rcwidgets.core.algebra.rows import tall_product
from rcwidgets.core.algebra.selection import BETAS, best_beta, cross_validation, held_out
from rcwidgets.core.algebra.solver import EIGEN, QR, select

EXACT = 4e-12  # the least mean residual, in variances of the target, whose root the moments tell to 0.3 % (measured: 2e-14 at most)
Part = Literal["train", "fitting", "held out"] | int  # or a block of the rows to train on, the last of which is held out
PARTS: tuple[Part, Part] = ("fitting", "held out")  # of which all others are made
Made = TypeVar("Made")


class Signals:
    """The signals (rows, features) that arrive at one readout, and the Gram matrices of their training rows in float64.

    The rows to "train" on are split for the regularisation path, into those for "fitting" and those "held out"; the former are the first
    blocks of which a beta may be chosen, the latter the last one. Targets are no part of it, but which rows have one is: only those
    that are `known` (rows,) count, or all where it is None. `starts` are the first rows of the blocks, where these are not fifths.
    """

    def __init__(
        self,
        rows: int,
        features: int,
        train: slice,
        dtype: Any = np.float64,
        known: np.ndarray | None = None,
        starts: np.ndarray | None = None,
    ) -> None:
        self.known = known
        every = np.arange(train.start, train.stop) if known is None else train.start + np.flatnonzero(known[train])
        places = np.append(every, train.stop)  # of the rows that count, the first row of a part
        borders = [int(places[len(every) * k // BLOCKS]) for k in range(BLOCKS)] if starts is None else starts.tolist()
        border = int(places[fitted_rows(len(every))]) if starts is None else borders[-1]
        self.blocks = len(borders)
        self.x = np.empty((rows, features), dtype)
        self.rows: dict[Part, slice] = {"train": train, "fitting": slice(train.start, border), "held out": slice(border, train.stop)}
        self.rows |= {k: slice(start, stop) for k, (start, stop) in enumerate(pairwise(borders))}
        self._summed: dict[Part, int] = {"fitting": train.start, "held out": border}  # the row up to which their Gram goes
        self._grams: dict[Part, Gram] = {}
        self._factors: dict[tuple[Part, bool], Factor] = {}

    def will_sum(self, rows: slice) -> bool:
        """Whether `take` of these rows adds to a Gram matrix."""
        return any(self._ready(part, rows) for part in self._summed)

    def _ready(self, part: Part, rows: slice) -> bool:
        """Whether enough rows of a part are there, or its last one."""
        here, end = self._summed[part], self.rows[part].stop
        stop = min(rows.stop, end)
        return here < stop and (stop == end or self.x.shape[1] < SHARED_FEATURES or stop - here >= SHARED_ROWS)

    def take(self, rows: slice, signals: np.ndarray, checkpoint: Checkpoint = nothing) -> None:
        """Keeps the signals of the next stretch and adds them to the Gram matrices of their parts.

        Of many features the rows of several stretches are added at once, since each time the whole matrix is read and written.
        """
        self.x[rows] = signals
        for part, here in self._summed.items():
            if self._ready(part, rows):
                stop = min(rows.stop, self.rows[part].stop)
                gram = Gram.of(self.x[here:stop], self.mask(slice(here, stop)), checkpoint=checkpoint)
                self._grams[part] = self._grams[part] + gram if part in self._grams else gram
                self._summed[part] = stop

    def mask(self, rows: slice) -> np.ndarray | None:
        """Which of these rows count; None where all do."""
        return None if self.known is None else self.known[rows]

    def counted(self, part: Part) -> slice | np.ndarray:
        """The rows of a part that count."""
        rows = self.rows[part]
        return rows if self.known is None else rows.start + np.flatnonzero(self.known[rows])

    def know(self, part: Part, gram: Gram) -> None:
        """Takes over the Gram matrix of a part, of which all signals are there."""
        self._grams[part], self._summed[part] = gram, self.rows[part].stop

    def gram(self, part: Part) -> Gram:
        """The Gram matrix of a part of the rows; that of a block is made when it is first asked for."""
        if part not in self._grams and isinstance(part, int):
            self._grams[part] = Gram.of(self.x[self.rows[part]], self.mask(self.rows[part]))
        if part not in self._grams:
            self._grams[part] = self._grams["fitting"] + self._grams["held out"]
        return self._grams[part]

    def factor(self, part: Part, penalize_bias: bool, checkpoint: Checkpoint = nothing) -> Factor:
        """The eigendecomposition of a part's Gram matrix, made once."""
        key = (part, penalize_bias)
        if key not in self._factors:
            self._factors[key] = EIGEN.init(self.gram(part), penalize_bias=penalize_bias, checkpoint=checkpoint)
        return self._factors[key]

    def factored(self, part: Part, penalize_bias: bool) -> bool:
        """True where the eigendecomposition is there already."""
        return (part, penalize_bias) in self._factors


class Fit:
    """The signals of one readout with one target (rows, outputs); rows past the training part may be NaN in the target.

    `checkpoint`, of the run that uses it now, is called between the steps of what takes long, and may raise.
    """

    checkpoint: Checkpoint = staticmethod(nothing)

    def __init__(self, signals: Signals, targets: np.ndarray) -> None:
        self.signals, self.targets = signals, targets
        self._made: dict[tuple[Hashable, ...], Any] = {}
        self.readout: Readout | None = None

    def _once(self, key: tuple[Hashable, ...], make: Callable[[], Made]) -> Made:
        """The value of this key, made when it is first asked for."""
        if key not in self._made:
            self._made[key] = make()
        return self._made[key]

    def know(self, crosses: Mapping[Part, Cross]) -> None:
        """Takes over the cross moments of parts with these targets."""
        self._made |= {("cross", part): cross for part, cross in crosses.items()}

    def cross(self, part: Part) -> Cross:
        """The cross moments of a part, made once; those of all training rows are made of the other two, where these are there."""
        rows = self.signals.rows[part]
        if part == "train" and all(("cross", one) in self._made for one in PARTS):
            return self._once(("cross", part), lambda: self.cross("fitting") + self.cross("held out"))
        return self._once(("cross", part), lambda: Cross.of(self.signals.x[rows], self.targets[rows], self.signals.mask(rows)))

    def choose(self, selection: str, penalize_bias: bool) -> float:
        """The beta of the least error to expect, found once: on each block of the training rows in turn ("blocked"), on those "held out",
        or "cross-validated" over all of them."""

        def made() -> float:
            if selection == "blocked":
                parts: list[Part] = [*range(self.signals.blocks - 1), "held out"]
                moments = [Moments(self.signals.gram(part), self.cross(part)) for part in parts]
                return choose_blocked(
                    moments, lambda: [self.triangle(part) for part in parts], penalize_bias=penalize_bias, checkpoint=self.checkpoint
                )
            split = selection == "held out"
            return best_beta(self._held_out(BETAS, penalize_bias) if split else cross_validation(self.exact("train", penalize_bias)))

        return self._once((selection, penalize_bias), made)

    def held_out(self, beta: float, penalize_bias: bool) -> float:
        """The NRMSE of the rows held out at one beta, fitted to the others."""
        return float(self._held_out(np.array([beta]), penalize_bias)[0])

    def _held_out(self, betas: np.ndarray, penalize_bias: bool) -> np.ndarray:
        whole = self.triangle("train")
        return held_out(self.exact("fitting", penalize_bias), self.triangle("held out"), whole.squares / whole.count, betas)

    def solve(self, beta: float, penalize_bias: bool) -> Readout:
        """The readout at this beta: a rescale where the factor is there, else Cholesky; by QR where the conditioning asks for it."""
        gram = self.signals.gram("train")
        solver = select(gram, beta, penalize_bias=penalize_bias, factored=self.signals.factored("train", penalize_bias))
        if solver in (QR, EIGEN):  # of which the problem of this target is kept
            self.readout = (self.exact if solver is QR else self.projection)("train", penalize_bias).solve(beta)
        else:
            state = solver.init(gram, penalize_bias=penalize_bias)
            (self.readout,) = solver.compute(state, self.cross("train"), [beta], self.checkpoint)
        return self.readout

    def projection(self, part: Part, penalize_bias: bool) -> Projection:
        """The problem of a part in the eigenbasis of its Gram matrix, made once."""
        key = ("gram", part, penalize_bias)
        return self._once(key, lambda: self.signals.factor(part, penalize_bias, self.checkpoint).project(self.cross(part)))

    def exact(self, part: Part, penalize_bias: bool) -> Projection:
        """The problem of a part in the singular basis of its rows, made once."""
        key = ("rows", part, penalize_bias)
        return self._once(key, lambda: QR.init(self.triangle(part), penalize_bias=penalize_bias, checkpoint=self.checkpoint))

    def triangle(self, part: Part) -> Triangle:
        """The triangular factor of a part's rows, made once; that of all training rows is made of the other two."""
        if part == "train":
            return self._once(("triangle", part), lambda: self.triangle("fitting") + self.triangle("held out"))
        rows = self.signals.rows[part]
        return self._once(
            ("triangle", part),
            lambda: Triangle.of(self.signals.x[rows], self.targets[rows], self.signals.mask(rows), checkpoint=self.checkpoint),
        )

    def train_nrmse(self, beta: float, penalize_bias: bool) -> float | None:
        """The NRMSE of the training rows by the last solution, from the moments; None where these do not tell it well."""
        gram, cross = self.signals.gram("train"), self.cross("train")
        if self.readout is None or select(gram, beta, penalize_bias=penalize_bias) is QR:
            return None
        variance = cross.yy / cross.count - (cross.sum_y / cross.count) ** 2
        parts = mean_residuals(gram, cross, self.readout, beta, penalize_bias=penalize_bias) / variance
        return float(np.sqrt(parts.mean())) if parts.mean() > EXACT else None

    def predict(self, rows: slice) -> np.ndarray:
        """The readout's output (rows, outputs) by the last solution."""
        return self.apply(self.signals.x[rows])

    def apply(self, signals: np.ndarray) -> np.ndarray:
        """The last solution's output (rows, outputs) for signals (rows, features)."""
        if self.readout is None:
            raise ValueError("Solve before you predict.")
        with one_thread():
            return tall_product(signals, self.readout.weights) + self.readout.bias

    def path(self, penalize_bias: bool) -> Path:
        """The regularisation path over the betas that the normal equations can tell, made once."""

        def made() -> Path:
            rows = self.signals.counted("train")
            fitted = self.signals.factor("fitting", penalize_bias, self.checkpoint).project(self.cross("fitting"))
            cut = self.signals.gram("fitting").count
            return path_of(fitted, self.signals.x[rows], self.targets[rows], BETAS, checkpoint=self.checkpoint, cut=cut)

        return self._once(("path", penalize_bias), made)

    def whole_path(self, penalize_bias: bool) -> Path:
        """The path over all its betas, the small ones by the orthogonal route; kept in the place of the short one."""
        rows, short = self.signals.counted("train"), self.path(penalize_bias)
        x, y, cut = self.signals.x[rows], self.targets[rows], self.signals.gram("fitting").count
        whole = extend(short, x, y, penalize_bias=penalize_bias, checkpoint=self.checkpoint, cut=cut)
        self._made["path", penalize_bias] = whole
        return whole
