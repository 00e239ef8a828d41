"""Mixtures of sines."""

import numpy as np
import pytest

from rcwidgets.core.datasets import mso_series


def test_the_default_is_the_two_superimposed_oscillators():
    data = mso_series(200)
    t = np.arange(1.0, 201)
    np.testing.assert_allclose(data["y"][:, 0], np.sin(0.2 * t) + np.sin(0.311 * t), atol=1e-13)


def test_frequencies_and_amplitudes_of_ones_own():
    data = mso_series(50, [0.5, 1.5], amplitudes=[2.0, -1.0])
    np.testing.assert_allclose(data["y"], 2 * np.sin(0.5 * data["ts"]) - np.sin(1.5 * data["ts"]), atol=1e-13)


def test_twice_as_many_recursion_terms_as_sines_predict_it_exactly():
    """Each sine obeys y[t+1] = 2 cos(f) y[t] - y[t-1]; the sum of three obeys a linear recursion of order six."""
    y = mso_series(300, 3)["y"][:, 0]
    past = np.stack([y[k : len(y) - 6 + k] for k in range(6)], axis=1)
    _, residual, rank, _ = np.linalg.lstsq(past, y[6:], rcond=None)
    assert rank == 6
    assert residual[0] < 1e-18


def test_the_number_of_sines_may_be_numpys():
    np.testing.assert_array_equal(mso_series(50, np.int64(3))["y"], mso_series(50, 3)["y"])


def test_errors_are_in_words():
    with pytest.raises(ValueError, match=r"mso_series.frequencies must be in \[1, 12\], got 13\."):
        mso_series(10, 13)
    with pytest.raises(ValueError, match=r"mso_series.amplitudes must be as many as the frequencies, got 1 for 2\."):
        mso_series(10, 2, amplitudes=[1.0])
    with pytest.raises(ValueError, match=r"mso_series.frequencies must hold a number, got \[\]\."):
        mso_series(10, [])
    with pytest.raises(ValueError, match=r"mso_series.frequencies\[1\] must be finite, got nan\."):
        mso_series(10, [0.1, float("nan")])
