"""The Henon and the logistic map, by hand and against closed forms."""

import numpy as np
import pytest

from rcwidgets.core.datasets import henon_series, logistic_series


def test_the_first_henon_steps_by_hand():
    data = henon_series(4)
    np.testing.assert_allclose(data["x"][:, 0], [1.0, 1 - 1.4, 1 - 1.4 * 0.16 + 0.3, 1 - 1.4 * 1.076**2 - 0.12])
    np.testing.assert_allclose(data["y"][:, 0], [0.0, 0.3, -0.12, 0.3 * 1.076])
    np.testing.assert_array_equal(data["ts"][:, 0], [1, 2, 3, 4])


def test_the_henon_fixed_point_stays():
    x = (-0.7 + np.sqrt(0.49 + 5.6)) / 2.8
    np.testing.assert_allclose(henon_series(10, inits={"x": x, "y": 0.3 * x})["x"], x, atol=1e-9)


def test_each_henon_step_shrinks_areas_by_b():
    """The determinant of the map's derivative is -b everywhere."""
    step, base = 1e-6, {"x": 0.2, "y": 0.1}

    def after(dx, dy):
        data = henon_series(1, inits={"x": base["x"] + dx, "y": base["y"] + dy}, b=0.25)
        return np.array([data["x"].item(), data["y"].item()])

    derivative = np.stack([after(step, 0) - after(-step, 0), after(0, step) - after(0, -step)], axis=1) / (2 * step)
    assert np.linalg.det(derivative) == pytest.approx(-0.25, rel=1e-6)


def test_a_henon_start_outside_the_basin_is_said_in_words():
    with pytest.raises(ValueError, match=r"henon_series blew up, got a value that is not finite in row \d+. Start nearer to the origin"):
        henon_series(100, inits={"x": 10.0})


def test_the_logistic_map_at_rate_4_is_the_doubling_of_an_angle():
    """x[t] = sin(2^t a)^2 from x[0] = sin(a)^2."""
    angle = 0.3
    data = logistic_series(15, start=np.sin(angle) ** 2, rate=4.0)
    np.testing.assert_allclose(data["x"], np.sin(2.0 ** data["ts"] * angle) ** 2, atol=1e-9)


def test_below_3_the_logistic_map_settles_at_1_minus_1_over_the_rate():
    assert logistic_series(500, start=0.1, rate=2.5)["x"][-1, 0] == pytest.approx(0.6)


def test_logistic_errors_are_in_words():
    with pytest.raises(ValueError, match=r"logistic_series.rate must be in \[0, 4\], got 4.5\."):
        logistic_series(10, rate=4.5)
    with pytest.raises(ValueError, match=r"logistic_series.start must be in \[0, 1\], got -0.1\."):
        logistic_series(10, start=-0.1)
