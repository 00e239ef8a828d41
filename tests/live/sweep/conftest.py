"""What the tests of sweeps share: a model that each seed draws anew, and an experiment of it."""

import pytest

from rcwidgets.core.nodes import Input, LinearReadout, Reservoir
from rcwidgets.live.experiment import Experiment


@pytest.fixture
def free():
    """A chain with 20 units that are drawn by the trainer's seed."""
    return Input() >> Reservoir(20, input_scaling=0.3) >> LinearReadout()


@pytest.fixture
def experiment(series, free):
    """One that is trained on the two waves, in other units."""
    made = Experiment(free, data=3 + 5 * series)
    made.wait(60)
    yield made
    made.close()
