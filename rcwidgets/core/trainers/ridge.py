"""Ridge regression of the readouts: streamed, in float64, by Cholesky where the conditioning allows and by QR where it does not."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from rcwidgets.core import program as programs
from rcwidgets.core.algebra.gram import Cross, Gram, Readout, solve, well_conditioned
from rcwidgets.core.algebra.orthogonal import Triangle
from rcwidgets.core.graph import Graph
from rcwidgets.core.program import Params, State
from rcwidgets.core.trainers.base import AbstractTrainer, Pairs
from rcwidgets.core.trainers.levels import levels
from rcwidgets.core.trainers.settings import RidgeSettings
from rcwidgets.core.trainers.streaming import stream


class RidgeTrainer(AbstractTrainer):
    """Fits every trainable readout by ridge regression: minimises ||X W + b - Y||^2 + beta ||W||^2.

    X are the signals that arrive at the readout, Y its targets. The states run in `dtype`; the regression is always float64, and as exact
    as an orthogonal solve of the states (to 1 % of the test error). The bias b is not penalised unless `penalize_bias`. Readouts behind
    one another are fitted in order; a readout that feeds back is replaced by its target (one step late) while it is fitted. Training memory
    does not grow with the length of the series.

    >>> from rcwidgets.core.nodes import Input, LinearReadout, Reservoir
    >>> x = np.sin(np.arange(300) / 5)[:, None]
    >>> trainer = RidgeTrainer(Input(1) >> Reservoir(50, seed=0) >> LinearReadout(1), beta=1e-6)
    >>> trainer.fit([x[:-1], x[1:]]).predict(x[-1:]).shape
    (1, 1)
    """

    settings: RidgeSettings

    def __init__(
        self,
        model: Graph,
        *,
        beta: float = 1e-6,
        penalize_bias: bool = False,
        seed: int = 0,
        dtype: str = "auto",
        params: Params | None = None,
    ) -> None:
        self.settings = RidgeSettings(beta=beta, penalize_bias=penalize_bias, seed=seed, dtype=dtype)
        super().__init__(model, params, seed=seed, dtype=dtype)

    def fit(self, data: Sequence[Any], *, reset: bool = False) -> "RidgeTrainer":
        """Fits the readouts to `data` = [x, y], arrays (batch, time, features) or (time, features), or dicts by node name.

        Starts from the state that the last call left (a warm-up by `predict`), or afresh with `reset=True`, and leaves the state after the
        last row. All series of a batch count alike.
        """
        pairs = self._pairs(data)
        program, start = pairs.program, self._begin(pairs.inputs, reset)
        for group in levels(program):
            for k, readout in self._fit_level(group, pairs, start).items():
                self._params[program.names[k]] = programs.cast({"W": readout.weights, "b": readout.bias}, self.dtype)
        self._last = {k: y for k, y in pairs.last.items() if k in program.exits}
        return self

    def _fit_level(self, group: list[int], pairs: Pairs, start: State) -> dict[int, Readout]:
        """The fits of readouts that do not wait for each other: by normal equations, and those that need it by QR in a second pass."""
        beta, penalize = self.settings.beta, self.settings.penalize_bias
        grams = self._summed(group, pairs, start, lambda x, y, mask: _Moments(Gram.of(x, mask), Cross.of(x, y, mask)))
        hard = [k for k in group if not well_conditioned(grams[k].gram, beta, penalize_bias=penalize)]
        fits = {k: solve(grams[k].gram, grams[k].cross, beta, penalize_bias=penalize) for k in group if k not in hard}
        if hard:
            triangles = self._summed(hard, pairs, start, Triangle.of)
            fits |= {k: triangles[k].project(penalize_bias=penalize).solve(beta) for k in hard}
        return fits

    def _summed(self, group: list[int], pairs: Pairs, start: State, of: Callable[..., Any]) -> dict[int, Any]:
        """`of(signals, targets, mask)` of each readout, added up over the stretches of a run from `start`; leaves the state at its end."""
        program, inputs, targets, alive, counted = pairs
        sums: dict[int, Any] = {}
        forced = {k: np.ascontiguousarray(targets[k], dtype=self.dtype) for k in program.fed_back if k in targets}
        for rows, signals, state in stream(program, self._params, start, inputs, group, self.dtype, forced=forced, alive=alive):
            for k, x in signals.items():
                mask = counted[k]
                part = of(x, targets[k][rows].reshape(len(x), -1), None if mask is None else mask[rows].reshape(-1))
                sums[k] = sums[k] + part if k in sums else part
            self._state = state
        return sums

    def restored(self, params: Params, state: State | None, last: np.ndarray | None = None) -> "RidgeTrainer":
        """This trainer with the weights, the state and the last output (batch, features) of another run of the same, sized model."""
        self._sized, self._guessed = self.model.used(), {}
        self._program = programs.compile_graph(self._sized)
        self._params, self._state = {name: dict(own) for name, own in params.items()}, state
        self._last = {} if last is None else dict.fromkeys(self._program.exits, last)
        self._flat = last is not None and len(last) == 1
        return self


class _Moments:
    """Gram and cross moments that add up together."""

    def __init__(self, gram: Gram, cross: Cross) -> None:
        self.gram, self.cross = gram, cross

    def __add__(self, other: "_Moments") -> "_Moments":
        return _Moments(self.gram + other.gram, self.cross + other.cross)
