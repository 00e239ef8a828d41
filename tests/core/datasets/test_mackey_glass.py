"""The Mackey-Glass equation against its exact start, another method and its own laws."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from rcwidgets.core.datasets import mackey_glass_series


def first_lag(t, birth, start):
    """While the delayed value is the start, x' = birth - 0.1 x."""
    return birth / 0.1 + (start - birth / 0.1) * np.exp(-0.1 * t)


def test_the_first_lag_is_an_exponential():
    data = mackey_glass_series(17)
    birth = 0.2 * 1.2 / (1 + 1.2**10)
    np.testing.assert_allclose(data["x"], first_lag(data["ts"], birth, 1.2), rtol=1e-10)


def test_the_second_lag_agrees_with_the_method_of_steps():
    birth = 0.2 * 1.2 / (1 + 1.2**10)

    def flow(t, x):
        past = first_lag(t - 17, birth, 1.2)
        return 0.2 * past / (1 + past**10) - 0.1 * x

    data = mackey_glass_series(34)
    right = solve_ivp(flow, (17, 34), data["x"][16], t_eval=np.arange(18.0, 35), rtol=1e-11, atol=1e-13)
    np.testing.assert_allclose(data["x"][17:], right.y.T, rtol=1e-8)


def test_halving_the_step_divides_the_error_by_sixteen():
    ends = [mackey_glass_series(90, tau=30, substeps=substeps)["x"][-1, 0] for substeps in (1, 2, 32)]
    assert 11 < (ends[0] - ends[2]) / (ends[1] - ends[2]) < 22


def test_the_fixed_point_stays():
    """x = 1 gives 0.2 / 2 = 0.1."""
    np.testing.assert_allclose(mackey_glass_series(500, start=1.0)["x"], 1.0, atol=1e-12)


@pytest.mark.parametrize(("tau", "low", "high"), [(17, 0.40, 1.33), (30, 0.20, 1.40)])
def test_the_attractor_has_its_known_range(tau, low, high):
    x = mackey_glass_series(3000, tau=tau)["x"][500:]
    assert (x.min(), x.max()) == pytest.approx((low, high), abs=0.05)


def test_rows_are_sampled_every_dt():
    coarse, fine = mackey_glass_series(100), mackey_glass_series(100, dt=0.5, substeps=5)
    np.testing.assert_array_equal(coarse["ts"], fine["ts"][1::2])
    np.testing.assert_allclose(coarse["x"], fine["x"][1::2], rtol=1e-13)


def test_errors_are_in_words():
    with pytest.raises(ValueError, match=r"mackey_glass_series.tau must be a whole number of steps of dt / substeps = 0.1, got 17.05\."):
        mackey_glass_series(100, tau=17.05)
    with pytest.raises(ValueError, match=r"mackey_glass_series.start must be at least 0, got -1\."):
        mackey_glass_series(100, start=-1)
