"""What the tests of the core share."""

import numpy as np
import pytest


@pytest.fixture
def generator():
    """Random numbers that are the same in every run."""
    return np.random.default_rng(0)
