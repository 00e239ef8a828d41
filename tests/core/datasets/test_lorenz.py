"""The Lorenz series against the tutorial's digits, another integrator, and the system's own laws."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from rcwidgets.core.datasets import lorenz_series

FIXTURE = np.load(Path(__file__).parents[2] / "data" / "lorenz_tutorial.npz")


def columns(data):
    return np.hstack([data["x"], data["y"], data["z"]])


def test_it_is_the_tutorials_series_for_as_long_as_digits_last():
    rows = columns(lorenz_series(100, dt=0.01, inits={"x": 8, "y": 1, "z": 1}))
    assert rows.shape == FIXTURE["esn"].shape
    np.testing.assert_allclose(rows[:500], FIXTURE["esn"][:500], atol=1e-11)
    np.testing.assert_allclose(rows[:1500], FIXTURE["esn"][:1500], atol=1e-8)


def test_each_step_of_the_tutorials_other_series_is_one_of_ours():
    rows = FIXTURE["ngrc"]
    for k in range(0, 4000, 500):
        after = columns(lorenz_series(0.02, dt=0.02, inits=dict(zip("xyz", rows[k], strict=True))))
        np.testing.assert_allclose(after, rows[[k + 1]], atol=1e-13)


def test_it_agrees_with_an_adaptive_integrator():
    data = lorenz_series(5, dt=0.001)

    def flow(_, s):
        return [10 * (s[1] - s[0]), s[0] * (28 - s[2]) - s[1], s[0] * s[1] - 8 / 3 * s[2]]

    right = solve_ivp(flow, (0, 5), [8, 1, 1], rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(columns(data)[-1], right.y[:, -1], atol=1e-5)


def test_halving_the_step_divides_the_error_by_sixteen():
    ends = [columns(lorenz_series(1, dt=dt))[-1] for dt in (0.004, 0.002, 0.00025)]
    ratio = np.abs(ends[0] - ends[2]).max() / np.abs(ends[1] - ends[2]).max()
    assert 14 < ratio < 18


def test_the_rows_are_the_states_after_each_step():
    data = lorenz_series(100, dt=0.01)
    assert {name: value.shape for name, value in data.items()} == dict.fromkeys(["ts", "x", "y", "z"], (10_000, 1))
    assert all(value.dtype == np.float64 for value in data.values())
    assert data["ts"][0, 0] == 0.01
    assert data["ts"][-1, 0] == pytest.approx(100.0)
    np.testing.assert_allclose(columns(data)[0], [7.434660869, 3.053391460, 1.128101850], atol=1e-9)  # one step from (8, 1, 1)


def test_a_fixed_point_stays():
    """At (sqrt(beta (rho - 1)), the same, rho - 1) all derivatives are zero."""
    side = np.sqrt(8 / 3 * 27)
    rows = columns(lorenz_series(1, dt=0.01, inits={"x": side, "y": side, "z": 27}))
    np.testing.assert_allclose(rows, np.broadcast_to([side, side, 27], rows.shape), atol=1e-10)


def test_the_parameters_act():
    """Below rho = 1 every orbit falls to the origin; with sigma = beta = 0 and x = 0, z stays and y' = -y."""
    assert np.abs(columns(lorenz_series(100, dt=0.01, rho=0.5))[-1]).max() < 1e-6
    data = lorenz_series(1, dt=0.01, sigma=0.0, beta=0.0, inits={"x": 0.0, "y": 2.0, "z": 5.0})
    np.testing.assert_allclose(data["y"], 2.0 * np.exp(-data["ts"]), rtol=1e-9)
    np.testing.assert_array_equal(data["z"], 5.0)


def test_errors_are_in_words():
    text: Any = "28"
    with pytest.raises(ValueError, match=r"lorenz_series.dt must be above 0, got 0\."):
        lorenz_series(10, dt=0)
    with pytest.raises(ValueError, match=r"lorenz_series.duration must hold between 1 and 100000000 steps of dt = 0.5, got 0.1\."):
        lorenz_series(0.1, dt=0.5)
    with pytest.raises(ValueError, match=r"lorenz_series.inits must name variables, got 'w'. Valid names: x, y, z\."):
        lorenz_series(1, inits={"w": 1.0})
    with pytest.raises(TypeError, match=r"lorenz_series.rho must be a number, got '28'\."):
        lorenz_series(1, rho=text)
    with pytest.raises(ValueError, match=r"lorenz_series blew up, got a value that is not finite in row \d+. Take a shorter dt\."):
        lorenz_series(100, dt=0.5)


def test_starts_that_are_no_dict_are_an_error_that_names_the_variables():
    wrong: Any = [8, 1, 1]
    with pytest.raises(
        TypeError, match=r"lorenz_series.inits must be a dict of variables and numbers, got \[8, 1, 1\]. Valid names: x, y, z\."
    ):
        lorenz_series(1, dt=0.01, inits=wrong)
