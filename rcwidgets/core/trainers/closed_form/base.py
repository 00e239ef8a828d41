"""What the trainers that fit readouts in closed form share: sums over a streamed run, readout after readout."""

from collections.abc import Sequence
from typing import Self

from rcwidgets.core.algebra.gram import Readout
from rcwidgets.core.model import program as programs
from rcwidgets.core.model.prediction import begun
from rcwidgets.core.model.program import Params
from rcwidgets.core.series import Data
from rcwidgets.core.trainers.base import AbstractTrainer, fitting_order
from rcwidgets.core.trainers.streaming import Pass

Fits = tuple[dict[int, Readout], Params]  # by place, and what is kept beside the weights by node name


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
        held, pairs = self.pairs(self.held, data)
        program, params, memory = pairs.program, dict(held.params), dict(held.memory)
        run = Pass(pairs, params, begun(program, params, None if reset else held.state, pairs.batch, self.dtype), self.dtype)
        for group in fitting_order(program):
            fits, kept = self._fit_group(group, run)
            memory |= kept
            for k, readout in fits.items():
                params[program.names[k]] = programs.cast({"W": readout.weights, "b": readout.bias}, self.dtype)
        self.held = held._replace(params=params, state=run.end, last=pairs.last, memory=memory)
        return self

    def _fit_group(self, group: list[int], run: Pass) -> Fits:
        """The fits of readouts that do not wait for each other, and what is kept beside their weights."""
        raise TypeError(f"{type(self).__name__} does not say how it fits.")
