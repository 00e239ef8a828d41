"""What every trainer does with its data before it learns."""

from typing import Any

import numpy as np

from rcwidgets.core.knobs import Spec
from rcwidgets.core.program import Program
from rcwidgets.core.runner import RNNRunner, is_flat
from rcwidgets.core.series import by_node

Series = dict[int, np.ndarray]  # (time, batch, features) by place


class AbstractTrainer(RNNRunner):
    """A runner that fits the trainable nodes of its model."""

    settings: Spec

    def options(self) -> Spec:
        return self.settings

    def _pairs(self, data: Any) -> tuple[Program, Series, Series]:
        """The program, sized by the data, and inputs and targets by place, time-major, from [x, y]."""
        if not isinstance(data, list | tuple) or len(data) != 2:
            raise TypeError(f"{type(self).__name__}.fit takes [x, y], got {type(data).__name__}.")
        x, y = data
        self._prepare(x, y)
        program = self._ready()
        if not program.trained:
            raise ValueError("There is nothing to train. Add a LinearReadout (trainable=True) to the model.")
        inputs = self._inputs(x)
        named = by_node(y, [program.names[k] for k in program.trained], "y")
        targets = {program.names.index(name): np.swapaxes(batch, 0, 1) for name, batch in named.items()}
        given, wanted = next(iter(inputs.values())).shape[:2], next(iter(targets.values())).shape[:2]
        if given != wanted:
            raise ValueError(f"x and y must have the same rows, got (time, batch) {given} for x and {wanted} for y.")
        self._flat = is_flat(x)
        return program, inputs, targets
