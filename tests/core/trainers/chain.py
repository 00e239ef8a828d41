"""A model and its states, for the trainers that fit in closed form."""

import numpy as np

from rcwidgets.core.model.runner import RNNRunner
from rcwidgets.core.nodes import Input, LinearReadout, Reservoir


def chain(units=30, outputs=2, **knobs):
    return Input(2) >> Reservoir(units, seed=0, **knobs) >> LinearReadout(outputs)


def states_of(trainer, x, **options):
    """The reservoir's states (batch * time, units) of a model with the same weights."""
    runner = RNNRunner(trainer.model, params=trainer.params, dtype=trainer.dtype.name)
    runner.predict(x, monitors=["reservoir.state"], **options)
    return runner.mon["reservoir.state"].reshape(-1, trainer.params["readout"]["W"].shape[0]).astype(np.float64)
