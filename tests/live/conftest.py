"""What the tests of the live engine share: a small model and small data."""

import numpy as np
import pytest

from rcwidgets.core.nodes import Input, LinearReadout, Reservoir
from rcwidgets.core.tasks import own_series
from rcwidgets.live.stages.ridge import Stages


@pytest.fixture
def series():
    """Two sine waves, (400, 2)."""
    t = np.arange(400.0)
    return np.stack([np.sin(t / 5), np.cos(t / 7)], axis=1)


@pytest.fixture
def model():
    """A chain with 20 units."""
    return Input() >> Reservoir(20, seed=0) >> LinearReadout()


@pytest.fixture
def stages(series):
    """Stages without anything kept, for the two waves."""
    return Stages(own_series(series))
