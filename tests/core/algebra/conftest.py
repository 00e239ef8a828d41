"""Features of the Lorenz attractor on which conditioning shows: states of a reservoir and NVAR monomials."""

from itertools import combinations_with_replacement
from pathlib import Path

import numpy as np
import pytest

DATA = Path(__file__).parents[2] / "data" / "lorenz_tutorial.npz"


@pytest.fixture(scope="session")
def lorenz():
    """The trajectory `esn`, (10000, 3), dt 0.01."""
    return np.load(DATA)["esn"]


@pytest.fixture(scope="session")
def states(lorenz):
    """States (10000, 400) in float32 of leaky tanh units, leak 0.3 and spectral radius 0.9, driven by the raw series at scale 0.1."""
    random = np.random.default_rng(0)
    recurrent = random.normal(size=(400, 400)) * (random.random((400, 400)) < 0.1)
    recurrent = (0.9 * recurrent / np.abs(np.linalg.eigvals(recurrent)).max()).astype(np.float32)
    drive = (lorenz @ (0.1 * random.normal(size=(3, 400)) * (random.random((3, 400)) < 0.1))).astype(np.float32)
    state, rows = np.zeros(400, np.float32), np.empty((len(lorenz), 400), np.float32)
    for t in range(len(lorenz)):
        state = np.float32(0.7) * state + np.float32(0.3) * np.tanh(state @ recurrent + drive[t])
        rows[t] = state
    return rows


def monomials(series, *, delay, stride, order):
    """Taps t, t - stride, ... of the series (time, inputs), then all their monomials of the order; zeros before the start."""
    taps = [np.vstack([np.zeros((k * stride, series.shape[1])), series[: len(series) - k * stride]]) for k in range(delay)]
    linear = np.hstack(taps)
    products = [linear[:, list(chosen)].prod(axis=1) for chosen in combinations_with_replacement(range(linear.shape[1]), order)]
    return np.hstack([linear, np.stack(products, axis=1)])


@pytest.fixture(scope="session")
def nvar(lorenz):
    """NVAR features (10000, 90) of the raw series: 4 taps 5 steps apart, and their products of order 2."""
    return monomials(lorenz, delay=4, stride=5, order=2)


@pytest.fixture(scope="session")
def observer():
    """The NG-RC task, z from x and y: features (4000, 44) and target (4000, 1) of the trajectory `ngrc`, dt 0.02."""
    series = np.load(DATA)["ngrc"]
    return monomials(series[:, :2], delay=4, stride=5, order=2), series[:, 2:]
