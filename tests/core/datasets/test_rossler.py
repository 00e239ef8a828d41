"""The Rossler series against another integrator and the system's own laws."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from rcwidgets.core.datasets import ROSSLER_LYAPUNOV_TIME, rossler_series


def columns(data):
    return np.hstack([data["x"], data["y"], data["z"]])


def test_it_agrees_with_an_adaptive_integrator():
    start = [1.0, -2.0, 0.5]
    data = rossler_series(20, dt=0.01, inits=dict(zip("xyz", start, strict=True)), a=0.15, b=0.25, c=6.0)

    def flow(_, s):
        return [-s[1] - s[2], s[0] + 0.15 * s[1], 0.25 + s[2] * (s[0] - 6.0)]

    right = solve_ivp(flow, (0, 20), start, t_eval=data["ts"][:, 0], rtol=1e-11, atol=1e-12)
    np.testing.assert_allclose(columns(data), right.y.T, atol=1e-5)


def test_a_fixed_point_stays():
    """x = a z = -a y, with a z^2 - c z + b = 0."""
    z = (5.7 - np.sqrt(5.7**2 - 4 * 0.04)) / 0.4
    rows = columns(rossler_series(5, inits={"x": 0.2 * z, "y": -z, "z": z}))
    np.testing.assert_allclose(rows, np.broadcast_to([0.2 * z, -z, z], rows.shape), atol=1e-9)


def test_one_turn_takes_about_six_time_units():
    x = rossler_series(600, dt=0.05)["x"][2000:, 0]
    turns = np.sum((x[:-1] < 0) & (x[1:] >= 0))
    assert 500 / turns == pytest.approx(5.9, abs=0.1)


def test_the_lyapunov_time_is_14_time_units():
    assert pytest.approx(14.0, abs=0.1) == ROSSLER_LYAPUNOV_TIME
