"""The Lorenz-96 model against another integrator and its own laws."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from rcwidgets.core.datasets import lorenz96_series


def test_it_agrees_with_an_adaptive_integrator(generator):
    start = generator.normal(size=5)

    def flow(_, x):
        return [(x[(k + 1) % 5] - x[k - 2]) * x[k - 1] - x[k] + 4.0 for k in range(5)]

    data = lorenz96_series(3, dt=0.005, variables=5, forcing=4.0, start=start)
    right = solve_ivp(flow, (0, 3), start, t_eval=data["ts"][:, 0], rtol=1e-11, atol=1e-12)
    np.testing.assert_allclose(data["x"], right.y.T, atol=1e-6)


def test_without_forcing_the_energy_decays_at_twice_the_friction(generator):
    """The products move energy between variables and make none: sum x^2 falls as exp(-2 t)."""
    start = generator.normal(size=36)
    data = lorenz96_series(1, dt=0.005, forcing=0.0, start=start)
    np.testing.assert_allclose(np.square(data["x"]).sum(axis=1), np.square(start).sum() * np.exp(-2 * data["ts"][:, 0]), rtol=1e-7)


def test_an_even_ring_stays_at_the_forcing():
    np.testing.assert_allclose(lorenz96_series(1, variables=8, start=np.full(8, 8.0))["x"], 8.0, atol=1e-12)


def test_the_default_start_leads_to_chaos():
    x = lorenz96_series(20, dt=0.02)["x"]
    assert x.shape == (1000, 36)
    assert x[500:].mean() == pytest.approx(2.3, abs=0.5)
    assert x[500:].std() == pytest.approx(3.6, abs=0.5)


def test_errors_are_in_words():
    with pytest.raises(ValueError, match=r"lorenz96_series.variables must be in \[4, 100000\], got 3\."):
        lorenz96_series(1, variables=3)
    with pytest.raises(ValueError, match=r"lorenz96_series.start must have the shape \(36,\), got \(3,\). Give one number a variable\."):
        lorenz96_series(1, start=np.zeros(3))
    with pytest.raises(ValueError, match=r"lorenz96_series blew up, got a value that is not finite in row \d+. Take a shorter dt\."):
        lorenz96_series(1000, dt=1.0)
