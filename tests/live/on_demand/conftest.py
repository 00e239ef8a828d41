"""What the tests of the looks share: two experiments to look at."""

import pytest

from rcwidgets.core.nodes import Input, LinearReadout, Reservoir
from rcwidgets.core.tasks import LorenzTask
from rcwidgets.live.experiment import Experiment


@pytest.fixture(scope="module")
def lorenz():
    """One on the Lorenz task, not waited for."""
    experiment = Experiment(Input() >> Reservoir(60, seed=1) >> LinearReadout(), LorenzTask(warmup=500, train=9000))
    yield experiment
    experiment.close()


@pytest.fixture
def waves(model, series):
    """One on the two waves, trained."""
    experiment = Experiment(model, data=series)
    experiment.wait(60)
    yield experiment
    experiment.close()
