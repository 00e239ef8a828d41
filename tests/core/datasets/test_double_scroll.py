"""The double-scroll series against another integrator and the circuit's own laws."""

from typing import Any

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.optimize import brentq

from rcwidgets.core.datasets import double_scroll_series


def current(v):
    return v / 3.44 + 2 * 2.25e-5 * np.sinh(11.6 * v)


def flow(_, s):
    return [s[0] / 1.2 - current(s[0] - s[1]), current(s[0] - s[1]) - s[2], s[1] - 0.193 * s[2]]


def columns(data):
    return np.hstack([data["x"], data["y"], data["z"]])


def test_it_agrees_with_an_adaptive_integrator():
    data = double_scroll_series(20)
    right = solve_ivp(flow, (0, 20), [0.37926545, 0.058339, -0.08167691], t_eval=data["ts"][:, 0], rtol=1e-11, atol=1e-12)
    np.testing.assert_allclose(columns(data), right.y.T, atol=1e-6)


def test_the_rows_are_a_dt_apart_whatever_the_substeps():
    coarse, fine = double_scroll_series(10), double_scroll_series(10, substeps=40)
    assert coarse["ts"][0, 0] == fine["ts"][0, 0] == 0.25
    np.testing.assert_allclose(columns(coarse), columns(fine), atol=1e-5)


def test_the_middle_of_a_scroll_stays():
    """There z = x / r1, y = r4 z, and the current through the diodes is z."""
    x = brentq(lambda x: current(x - 0.193 * x / 1.2) - x / 1.2, 0.1, 3)
    rest = [x, 0.193 * x / 1.2, x / 1.2]
    rows = columns(double_scroll_series(2, inits=dict(zip("xyz", rest, strict=True))))
    np.testing.assert_allclose(rows, np.broadcast_to(rest, rows.shape), atol=1e-9)


def test_the_mirrored_start_gives_the_mirrored_series():
    start = {"x": 0.3, "y": 0.1, "z": -0.2}
    mirrored = {name: -value for name, value in start.items()}
    np.testing.assert_allclose(columns(double_scroll_series(5, inits=start)), -columns(double_scroll_series(5, inits=mirrored)), rtol=1e-12)


def test_it_visits_both_scrolls():
    x = double_scroll_series(1000)["x"]
    assert 0.3 < np.mean(x > 0) < 0.7


def test_an_overflow_is_said_in_words():
    with pytest.raises(ValueError, match=r"double_scroll_series blew up, got a value that is not finite in row \d+\."):
        double_scroll_series(100, inits={"x": 20.0}, dt=5.0, substeps=1)


def test_half_a_substep_is_refused():
    halves: Any = 2.5
    with pytest.raises(TypeError, match=r"double_scroll_series.substeps must be a whole number, got 2.5\."):
        double_scroll_series(10, substeps=halves)
