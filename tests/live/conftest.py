"""What the tests of the live engine share: a small model and small data."""

import numpy as np
import pytest

from rcwidgets.core.nodes import Input, LinearReadout, Reservoir
from rcwidgets.core.tasks import own_series
from rcwidgets.live.stages.ridge import Stages


def wave(length, frequency, random):
    """A sine and a cosine (length, 2) with some noise."""
    angle = frequency * np.arange(length) + random.uniform(0, 6)
    return np.stack([np.sin(angle), np.cos(angle)], axis=1) + 0.01 * random.normal(size=(length, 2))


@pytest.fixture(scope="module")
def trials():
    """Ten waves of 30 to 60 rows."""
    random = np.random.default_rng(1)
    return [wave(int(length), 0.2, random) for length in random.integers(30, 60, 10)]


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
