"""What the trainers that fit readouts in closed form share: sums over a streamed run, level by level."""

from collections.abc import Callable, Sequence
from typing import Any, Self

import numpy as np

from rcwidgets.core.algebra.gram import Readout
from rcwidgets.core.model import program as programs
from rcwidgets.core.model.levels import levels
from rcwidgets.core.model.program import State
from rcwidgets.core.series import Data
from rcwidgets.core.trainers.base import AbstractTrainer, Pairs
from rcwidgets.core.trainers.streaming import stream


class AbstractClosedFormTrainer(AbstractTrainer):
    """Fits every trainable readout at once to all rows given; a second `fit` starts over.

    Readouts behind one another are fitted in order; a readout that feeds back is replaced by its target (one step late) while it is
    fitted. Training memory does not grow with the length of the series.
    """

    def fit(self, data: Sequence[Data], *, reset: bool = False) -> Self:
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
        """The fits of readouts that do not wait for each other, by place; leaves the state at the end of the run."""
        raise TypeError(f"{type(self).__name__} does not say how it fits.")

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
