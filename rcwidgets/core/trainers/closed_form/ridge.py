"""Ridge regression of the readouts: streamed, in float64, by Cholesky where the conditioning allows and by QR where it does not."""

from typing import Literal

import numpy as np

from rcwidgets.core.algebra.gram import Cross, Gram, Readout, solve, well_conditioned
from rcwidgets.core.algebra.orthogonal import Triangle
from rcwidgets.core.algebra.path import fitted_rows
from rcwidgets.core.algebra.selection import best_beta, cross_validation, held_out
from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.model.program import GivenParams, Params, State
from rcwidgets.core.trainers.base import Pairs
from rcwidgets.core.trainers.closed_form.base import AbstractClosedFormTrainer
from rcwidgets.core.trainers.closed_form.settings import RidgeSettings
from rcwidgets.core.trainers.held_out import fitted_series


class RidgeTrainer(AbstractClosedFormTrainer):
    """Fits every trainable readout by ridge regression: minimises ||X W + b - Y||^2 + beta ||W||^2.

    X are the signals that arrive at the readout, Y its targets. The states run in `dtype`; the regression is always float64, and as exact
    as an orthogonal solve of the states (to 1 % of the test error). The bias b is not penalised unless `penalize_bias`. Readouts behind
    one another are fitted in order; a readout that feeds back is replaced by its target (one step late) while it is fitted. Training memory
    does not grow with the length of the series.

    With beta="auto" each readout gets the beta, among 1e-12 to 100 at four a decade, of the least error on the last fifth of the rows of
    a fit to the others (on every fifth series, where each has one target); with a readout that feeds back, its targets are on the wire
    there too. With selection="cross-validated" it is that of the least generalised cross-validation over all rows, which takes the rows
    of a series for independent, and so a smaller beta. The readout is then fitted to all rows at that beta. A number for beta with a
    selection is not used. `betas` has what was used, by name.

    >>> from rcwidgets.core.nodes import Input, LinearReadout, Reservoir
    >>> x = np.sin(np.arange(300) / 5)[:, None]
    >>> trainer = RidgeTrainer(Input(1) >> Reservoir(50, seed=0) >> LinearReadout(1), beta=1e-6)
    >>> trainer.fit([x[:-1], x[1:]]).predict(x[-1:]).shape
    (1, 1)
    >>> trainer.betas
    {'readout': 1e-06}
    """

    settings: RidgeSettings

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
    ) -> None:
        if isinstance(beta, str):
            if beta != "auto":
                raise ValueError(f'RidgeTrainer.beta must be a number or "auto", got {beta!r}.')
            if selection == "fixed":
                raise ValueError('RidgeTrainer.selection must not be "fixed" where beta is "auto". Leave it out, or give beta a number.')
            beta, selection = RidgeSettings().beta, selection or "held out"
        self.settings = RidgeSettings(
            beta=beta, selection="fixed" if selection is None else selection, penalize_bias=penalize_bias, seed=seed, dtype=dtype
        )
        self.betas: dict[str, float] = {}
        super().__init__(model, params, seed=seed, dtype=dtype)

    def _fit_level(self, group: list[int], pairs: Pairs, start: State) -> dict[int, Readout]:
        """By normal equations, and where a readout needs it by QR in a second pass; where beta is to be chosen, by QR alone."""
        beta, penalize = self.settings.beta, self.settings.penalize_bias
        if self.settings.selection != "fixed":
            return self._selected(group, pairs, start)
        self.betas |= {pairs.program.names[k]: beta for k in group}
        grams = self._summed(group, pairs, start, lambda x, y, mask: _Moments(Gram.of(x, mask), Cross.of(x, y, mask)))
        hard = [k for k in group if not well_conditioned(grams[k].gram, beta, penalize_bias=penalize)]
        fits = {k: solve(grams[k].gram, grams[k].cross, beta, penalize_bias=penalize) for k in group if k not in hard}
        if hard:
            triangles = self._summed(hard, pairs, start, Triangle.of)
            fits |= {k: triangles[k].project(penalize_bias=penalize).solve(beta) for k in hard}
        return fits

    def _selected(self, group: list[int], pairs: Pairs, start: State) -> dict[int, Readout]:
        """The fits to all rows, at the betas of the least error to expect."""
        penalize, split = self.settings.penalize_bias, self.settings.selection == "held out"
        first, last = _split(pairs) if split else (pairs, None)
        factors = self._summed(group, first, start, Triangle.of)
        later = {} if last is None else self._summed(group, last, start, Triangle.of)
        fits = {}
        for k, factor in factors.items():
            whole = factor + later[k] if split else factor
            if whole.count < 5 or factor.count == 0:
                raise ValueError(f"RidgeTrainer.beta cannot be chosen from {whole.count} rows. Train on at least 5, or give beta a number.")
            projection = whole.project(penalize_bias=penalize)
            if split:
                errors = held_out(factor.project(penalize_bias=penalize), later[k], whole.squares / whole.count)
            else:
                errors = cross_validation(projection)
            chosen = best_beta(errors)
            self.betas[pairs.program.names[k]] = chosen
            fits[k] = projection.solve(chosen)
        return fits

    def _memory(self) -> Params:
        return {name: {"beta": np.float64(beta)} for name, beta in self.betas.items()}

    def _remember(self, memory: Params) -> None:
        for name, own in memory.items():
            if own.keys() != {"beta"} or np.shape(own["beta"]) != ():
                raise ValueError(f"memory/{name} must be the beta that RidgeTrainer used, got {', '.join(own)}.")
        self.betas = {name: float(own["beta"]) for name, own in memory.items()}


def _split(pairs: Pairs) -> tuple[Pairs, Pairs]:
    """The same run with only the rows to fit that count, and with only those that are held out: the last fifth of each series.

    Of targets with one row a series, every fifth series is held out.
    """
    steps, batch = next(iter(pairs.inputs.values())).shape[:2]
    fitted, later = dict(pairs.counted), dict(pairs.counted)
    for k, mask in pairs.counted.items():
        known = np.ones((steps, batch), bool) if mask is None else mask
        if k in pairs.program.once:
            early = np.broadcast_to(fitted_series(batch), known.shape)
        else:
            early = np.arange(steps)[:, None] < fitted_rows(known.sum(axis=0))
        fitted[k], later[k] = known & early, known & ~early
    return pairs._replace(counted=fitted), pairs._replace(counted=later)


class _Moments:
    """Gram and cross moments that add up together."""

    def __init__(self, gram: Gram, cross: Cross) -> None:
        self.gram, self.cross = gram, cross

    def __add__(self, other: "_Moments") -> "_Moments":
        return _Moments(self.gram + other.gram, self.cross + other.cross)
