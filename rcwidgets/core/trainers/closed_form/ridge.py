"""Ridge regression of the readouts: streamed, in float64, by Cholesky where the conditioning allows and by QR where it does not."""

from dataclasses import dataclass, replace
from typing import Any, ClassVar, Literal

import numpy as np

from rcwidgets.core.algebra.blocked import BLOCKS, Moments, choose, errors_of_rows, joined, summed
from rcwidgets.core.algebra.gram import MomentSum, Readout
from rcwidgets.core.algebra.orthogonal import Triangle, add_triangle
from rcwidgets.core.algebra.selection import BETAS, best_beta, cross_validation, held_out
from rcwidgets.core.algebra.solver import LARGE, QR, dual_form, solve, solve_rows, solve_within
from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.model.plan import Parallel
from rcwidgets.core.model.program import GivenParams
from rcwidgets.core.model.snapshot import Snapshot
from rcwidgets.core.spec.knobs import Effect, choice, dtype_knob, knob, seed_knob, toggle
from rcwidgets.core.spec.registry import TRAINERS, listed
from rcwidgets.core.trainers.base import AbstractTrainerSettings
from rcwidgets.core.trainers.closed_form.held_parts import FEWEST, check_rows, parts_of, split_rows
from rcwidgets.core.trainers.closed_form.lanes import fit_ridge
from rcwidgets.core.trainers.closed_form.large import check_fits, fit_dual, fit_dual_rows, is_large
from rcwidgets.core.trainers.closed_form.linear import AbstractClosedFormTrainer, Fits, weighted
from rcwidgets.core.trainers.held_out import blocks_of
from rcwidgets.core.trainers.lanes.alone import fit_alone, goes_on
from rcwidgets.core.trainers.lanes.side_by_side import AbstractSideBySide, Laned, Lesson
from rcwidgets.core.trainers.streaming import Pass

MATRICES = 8  # of the size of the Gram that QR, and the choice of a beta, have at once


@listed(TRAINERS)
@dataclass(frozen=True, repr=False)
class RidgeSettings(AbstractTrainerSettings):
    """Ridge regression of every trainable readout, in float64.

    Minimises ||X W + b - Y||^2 + beta ||W||^2 over the training rows. Beta is fixed, or chosen for each readout.
    """

    kind: ClassVar[str] = "RidgeTrainer"
    label: ClassVar[str] = "Ridge"
    card: ClassVar[tuple[str, ...]] = ("beta",)

    beta: float = knob(
        1e-6,
        0.0,
        1e12,
        "Penalty on large readout weights: more is smoother, less follows the data closer.",
        label="Ridge beta",
        slider=(1e-12, 100.0, 0.1),
        log=True,
    )
    selection: str = choice(
        "fixed",
        ("fixed", "blocked", "held out", "cross-validated"),
        "Where beta comes from: fixed by hand, or the one of the least error on fifths of the training part, each held out in turn "
        "(blocked), or on its last fifth alone (held out), or by generalised cross-validation (cross-validated), which trusts neighbouring "
        "rows to be independent: those of a series are not, and it then takes far too small a beta.",
        label="Choice of beta",
        effect=Effect.LIVE,
    )
    penalize_bias: bool = toggle(
        False, "Whether the readout's constant is penalised too.", label="Penalise the constant", effect=Effect.LIVE
    )
    seed: int = seed_knob()
    dtype: str = dtype_knob("Precision of the states; the readout is always solved in float64.")

    @property
    def idle(self) -> tuple[str, ...]:
        return () if self.selection == "fixed" else ("beta",)


class RidgeTrainer(AbstractClosedFormTrainer, AbstractSideBySide):
    """Fits every trainable readout by ridge regression: minimises ||X W + b - Y||^2 + beta ||W||^2.

    X are the signals that arrive at the readout, Y its targets. The states run in `dtype`; the regression is always float64, and as exact
    as an orthogonal solve of the states (to 1 % of the test error). The bias b is not penalised unless `penalize_bias`. Readouts behind
    one another are fitted in order; a readout that feeds back is replaced by its target (one step late) while it is fitted. Training memory
    does not grow with the length of the series. From 5,000 signals on, fewer rows than signals are solved by the dual form, whose matrix
    is (rows, rows), at the same precision; what needs more than 4 GB is refused in words before anything is run. A beta that is chosen
    there is no smaller than what rounding leaves of that matrix (some 1e-8 of 5,000 rows).

    With beta="auto" each readout gets the beta, among 1e-12 to 100 at four a decade, of the least error on fifths of the rows that
    follow each other: each fifth is predicted by a fit to the other four, all in one run (of five series and more such a part is whole
    ones; of targets with one row a series it is every fifth series). With a readout that feeds back, its targets are on the wire there
    too. selection="held out" looks at the last fifth alone. selection="cross-validated" is generalised cross-validation over all rows,
    which trusts neighbouring rows to be independent. Those of a series are not, so it mostly takes far too small a beta: on the yearly
    sunspots, with 200 units, 1e-12 and a test NRMSE of 37, where the blocks give 0.5. The readout is then fitted to all rows at that
    beta. A number for beta with a selection is not used.
    `betas` has what was used, by name.

    >>> from rcwidgets.core.nodes import Input, LinearReadout, Reservoir
    >>> x = np.sin(np.arange(300) / 5)[:, None]
    >>> trainer = RidgeTrainer(Input(1) >> Reservoir(50, seed=0) >> LinearReadout(1), beta=1e-6)
    >>> trainer.fit([x[:-1], x[1:]]).predict(x[-1:]).shape
    (1, 1)
    >>> trainer.betas
    {'readout': 1e-06}
    """

    settings: RidgeSettings
    few_rows: ClassVar[bool] = True

    def __init__(
        self,
        model: Graph,
        *,
        beta: float | Literal["auto"] = 1e-6,
        selection: str | None = None,
        penalize_bias: bool = False,
        seed: int = 0,
        dtype: str = "auto",
        params: GivenParams | None = None,
        parallel: Parallel = "auto",
    ) -> None:
        if isinstance(beta, str):
            if beta != "auto":
                raise ValueError(f'RidgeTrainer.beta must be a number or "auto", got {beta!r}.')
            if selection == "fixed":
                raise ValueError('RidgeTrainer.selection must not be "fixed" where beta is "auto". Leave it out, or give beta a number.')
            beta, selection = RidgeSettings().beta, selection or "blocked"
        self.settings = RidgeSettings(
            beta=beta, selection="fixed" if selection is None else selection, penalize_bias=penalize_bias, seed=seed, dtype=dtype
        )
        super().__init__(model, params, seed=seed, dtype=dtype, parallel=parallel)

    def _fit_group(self, group: list[int], run: Pass) -> Fits:
        """By normal equations, and where a readout needs it by QR in a second pass; by QR alone on the last fifth.

        Of very many features by the dual form, where there are fewer rows.
        """
        beta, penalize = self.settings.beta, self.settings.penalize_bias
        if self.settings.selection != "fixed":
            every = np.ones(next(iter(run.pairs.inputs.values())).shape[:2])
            fits, kept = self._dual_rows(group, run, every, ", each beta tried")
            left = [k for k in group if k not in fits]
            choose = self._blocked if self.settings.selection == "blocked" else self._selected
            more = choose(left, run) if left else ({}, {})
            return fits | more[0], kept | more[1]
        for k in group:
            check_fits(run, k, beta=beta, matrices=3 if penalize else 1)
        dual = [k for k in group if dual_form(run.rows(k), run.pairs.program.taken(k)[0], beta)]
        fits = {k: fit_dual(run, k, beta, penalize_bias=penalize) for k in dual}
        moments = [k for k in group if k not in fits]
        sums = run.summed(moments, _moments, ordered=any(is_large(run, k) for k in moments)) if moments else {}
        for k in moments:
            gram, cross = sums[k].gram(), sums.pop(k).cross()
            if is_large(run, k) and not penalize:
                readout = solve_within(gram, cross, beta)
            else:
                readout = solve(gram, cross, [beta], penalize_bias=penalize)[0]
            if readout is not None:
                fits[k] = readout
        if hard := [k for k in group if k not in fits]:
            for k in hard:
                check_fits(run, k, matrices=MATRICES, how=f" at a beta as small as {beta:g}")
            triangles = run.summed(hard, add_triangle)
            fits |= {k: solve_rows(triangle, [beta], penalize_bias=penalize)[0] for k, triangle in triangles.items()}
        return fits, {run.pairs.program.names[k]: {"beta": np.float64(beta)} for k in group}

    def check_one_look(self) -> None:
        if self.settings.selection != "fixed":
            raise ValueError(
                "RidgeTrainer.beta can be chosen of rows in memory alone, and this series is read in blocks. "
                "Choose it on a part of the series first, or give it a number."
            )

    def _dual_rows(self, group: list[int], run: Pass, weights: np.ndarray, how: str) -> Fits:
        """The fits by the dual form of those readouts that it takes, with weights or a beta that is chosen; all are checked for memory."""
        selection, fits, kept = self.settings.selection, dict[int, Readout](), dict[str, dict[str, Any]]()
        for k in group:
            beta = 0.0 if selection == "cross-validated" else self.settings.beta if selection == "fixed" else 1.0
            check_fits(run, k, beta=beta, matrices=MATRICES, of_rows=2, how=how)
            if dual_form(run.rows(k), run.pairs.program.taken(k)[0], beta):
                parts = None if selection == "fixed" else parts_of(run.pairs, k, weights, selection)
                if parts is not None:
                    check_rows(int((parts >= 0).sum()), len(np.unique(parts[parts >= 0])))
                fits[k], chosen = fit_dual_rows(
                    run, k, weights, parts, self.settings.beta, last=selection == "held out", penalize_bias=self.settings.penalize_bias
                )
                kept[run.pairs.program.names[k]] = {"beta": np.float64(chosen)}
        return fits, kept

    def _fit_weighted(self, group: list[int], run: Pass, weights: np.ndarray) -> Fits:
        """By QR, or the dual form. Where beta is chosen, rows that are held out count as their weights say too."""
        penalize, selection, pairs = self.settings.penalize_bias, self.settings.selection, run.pairs
        fits, kept = self._dual_rows(group, run, weights, " that have weights")
        group = [k for k in group if k not in fits]
        parts = None if selection == "fixed" else {k: parts_of(pairs, k, weights, selection) for k in group}
        for k, factors in weighted(group, run, weights, parts).items():
            chosen = self.settings.beta if parts is None else _by_parts(factors, int((parts[k] >= 0).sum()), selection, penalize)
            fits[k] = solve_rows(joined(factors), [chosen], penalize_bias=penalize)[0]
            kept[pairs.program.names[k]] = {"beta": np.float64(chosen)}
        return fits, kept

    def _blocked(self, group: list[int], run: Pass) -> Fits:
        """The fits to all rows, at the betas of the least error on blocks; by QR, in a second pass, where moments do not tell it."""
        penalize, pairs, fits, kept = self.settings.penalize_bias, run.pairs, {}, {}
        steps, batch = next(iter(pairs.inputs.values())).shape[:2]
        every = np.ones((steps, batch), bool)
        masks = {k: every if (mask := pairs.counted[k]) is None else mask for k in group}
        blocks = {k: blocks_of(mask, BLOCKS, once=k in pairs.program.once) for k, mask in masks.items()}
        for k, mask in masks.items():
            check_rows(int(mask.sum()), len(np.unique(blocks[k][mask])))
        parts = run.apart(group, _moments, blocks, BLOCKS)
        for k, sums in parts.items():
            own = [Moments(part.gram(), part.cross()) for part in sums]
            factors: list[Triangle] = []

            def rows(k: int = k, factors: list[Triangle] = factors) -> list[Triangle]:
                factors += run.apart([k], add_triangle, blocks, BLOCKS)[k]
                return factors

            chosen = choose(own, rows, penalize_bias=penalize)
            whole = summed(own)
            readout = solve(whole.gram, whole.cross, [chosen], penalize_bias=penalize)[0]
            if readout is None:
                readout = solve_rows(joined(factors or rows()), [chosen], penalize_bias=penalize)[0]
            fits[k], kept[pairs.program.names[k]] = readout, {"beta": np.float64(chosen)}
        return fits, kept

    def _selected(self, group: list[int], run: Pass) -> Fits:
        """The fits to all rows, at the betas of the least error to expect."""
        penalize, split = self.settings.penalize_bias, self.settings.selection == "held out"
        first, last = split_rows(run.pairs) if split else (run.pairs.counted, {})
        factors = run.summed(group, add_triangle, first)
        later = run.summed(group, add_triangle, last) if split else {}
        fits, kept = {}, {}
        for k, factor in factors.items():
            whole = factor + later[k] if split else factor
            check_rows(whole.count, 0 if factor.count == 0 else FEWEST)
            projection = QR.init(whole, penalize_bias=penalize)
            if split:
                errors = held_out(QR.init(factor, penalize_bias=penalize), later[k], whole.squares / whole.count)
            else:
                errors = cross_validation(projection)
            chosen = best_beta(errors)
            kept[run.pairs.program.names[k]] = {"beta": np.float64(chosen)}
            fits[k] = QR.compute(projection, None, [chosen])[0]
        return fits, kept

    @property
    def betas(self) -> dict[str, float]:
        """The beta that each readout was fitted with, by name."""
        return {name: float(own["beta"]) for name, own in self.held.memory.items()}

    def fit_lanes(self, lesson: Lesson) -> Laned:
        program = lesson.pairs.program
        large = any(program.taken(k)[0] >= LARGE for k in program.trained)
        if self.settings.selection != "fixed" or large or goes_on(program):
            return fit_alone(lesson)
        return fit_ridge(lesson, self.settings.beta, self.settings.penalize_bias)

    def check_memory(self, held: Snapshot) -> None:
        for name, own in held.memory.items():
            if own.keys() != {"beta"} or np.shape(own["beta"]) != ():
                raise ValueError(f"memory/{name} must be the beta that RidgeTrainer used, got {', '.join(own)}.")


def _by_parts(factors: list[Triangle], rows: int, selection: str, penalize_bias: bool) -> float:
    """The beta of the least error to expect, by the factors of parts of so many rows; the last one is held out, where it is one of two."""
    check_rows(rows, len(factors) if selection != "cross-validated" else FEWEST)
    if selection == "blocked":
        return best_beta(errors_of_rows(factors, BETAS, penalize_bias=penalize_bias))
    if selection == "held out":
        whole = joined(factors)
        return best_beta(held_out(QR.init(factors[0], penalize_bias=penalize_bias), factors[-1], whole.squares / whole.count))
    projection = QR.init(joined(factors), penalize_bias=penalize_bias)
    assert projection.explained is not None
    return best_beta(cross_validation(replace(projection, explained=projection.explained._replace(rows=rows))))


def _moments(total: MomentSum | None, x: np.ndarray, y: np.ndarray, mask: np.ndarray | None) -> MomentSum:
    """The moments with more rows."""
    total = MomentSum(x.shape[1], y.shape[1]) if total is None else total
    total.add(x, y, mask)
    return total
