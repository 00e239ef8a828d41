"""The distance of two states in units of rounding."""

import numpy as np

from rcwidgets.core.model.forgetting import Forgetting, gap_between, gaps_between


def test_it_counts_units_of_rounding_of_the_largest_number():
    one = {"h": np.array([[4.0, 0.5]], np.float32)}
    other = {"h": np.array([[4.0, 0.5 + 3 * 4 * np.finfo(np.float32).eps]], np.float32)}
    assert gap_between(one, other) == 3
    assert gap_between(({"h": one["h"]}, one), ({"h": one["h"]}, other)) == 3
    assert gap_between(one, one) == 0


def test_each_array_has_its_own_size():
    large, small = np.array([1e6]), np.array([1e-6])
    assert gap_between([large, small], [large, small * (1 + 1e-3)]) > 1e12


def test_integers_do_not_count_and_what_is_not_finite_is_endless():
    assert gap_between([np.array([1, 2])], [np.array([3, 4])]) == 0
    for bad in (np.nan, np.inf):
        assert gap_between([np.array([1.0])], [np.array([bad])]) == np.inf
    assert gap_between([np.zeros(2)], [np.zeros(2)]) == 0


def test_it_shows_itself_in_short():
    assert repr(Forgetting(200, 1.25, 10)) == "Forgetting(washout=200, gap=1.25, stretches=10)"


def test_signals_have_a_distance_at_each_time():
    eps = np.finfo(np.float32).eps
    one = np.array([[[1.0, 2.0]], [[1.0, 1.0]], [[0.5, 0.5]]], np.float32)
    other = one + np.array([[[0.0, 4 * eps]], [[2 * eps, 0.0]], [[0.0, 0.0]]], np.float32)
    np.testing.assert_allclose(gaps_between(one, other), [2, 1, 0], rtol=1e-5)
    np.testing.assert_array_equal(gaps_between(0 * one, 0 * one), [0, 0, 0])
