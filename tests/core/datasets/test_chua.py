"""Chua's circuit against another integrator and its own laws."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from rcwidgets.core.datasets import chua_series


def columns(data):
    return np.hstack([data["x"], data["y"], data["z"]])


def test_it_agrees_with_an_adaptive_integrator():
    def flow(_, s):
        h = 2 / 7 * s[0] + (-1 / 7 - 2 / 7) / 2 * (abs(s[0] + 1) - abs(s[0] - 1))
        return [9 * (s[1] - h), s[0] - s[1] + s[2], -100 / 7 * s[1]]

    data = chua_series(10, dt=0.002)
    right = solve_ivp(flow, (0, 10), [0.1, 0, 0], t_eval=data["ts"][:, 0], rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(columns(data), right.y.T, atol=1e-4)


@pytest.mark.parametrize("side", [-1.0, 0.0, 1.0])
def test_the_three_equilibria_stay(side):
    """h(x) = 0 at x = 0 and at x = +-(1 - m0 / m1) = +-1.5."""
    rows = columns(chua_series(0.5, inits={"x": 1.5 * side, "y": 0, "z": -1.5 * side}))
    np.testing.assert_allclose(rows, np.broadcast_to([1.5 * side, 0.0, -1.5 * side], rows.shape), atol=1e-9)


def test_it_visits_both_scrolls_and_stays_bounded():
    x = chua_series(300)["x"]
    assert 0.2 < np.mean(x > 0) < 0.8
    assert np.abs(x).max() < 2.5


def test_unbounded_parameters_are_said_in_words():
    with pytest.raises(ValueError, match=r"chua_series blew up, got a value that is not finite in row \d+\."):
        chua_series(500, m1=-2.0)
