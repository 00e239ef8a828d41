"""The distance of two states in units of rounding."""

import numpy as np

from rcwidgets.core.model.forgetting import OFF, TOLERANCE, Forgetting, gap_between, gaps_between, off_by_a_little, rise_of


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


def test_a_distance_that_grows_again_has_a_rise():
    assert rise_of(np.array([900.0, 100.0, 20.0, 60.0, 30.0, 2.0])) == 3
    assert rise_of(np.array([900.0, 9.0, 1.0, TOLERANCE, 0.0])) == 1, "what is rounding counts as equal"
    assert rise_of(np.array([1.0, 4 * TOLERANCE, 2.0])) == 4
    assert rise_of(np.array([10.0, np.nan])) == rise_of(np.array([np.inf, 1.0])) == np.inf
    assert rise_of(np.zeros(0)) == 1


def test_a_state_that_is_off_by_a_little():
    one = {"h": np.array([[4.0, -0.5, 0.0]], np.float32), "seen": np.array([3])}
    other = off_by_a_little(one)
    np.testing.assert_allclose(np.abs(other["h"] - one["h"]), 4 * OFF * np.finfo(np.float32).eps, rtol=1e-2)
    assert other["h"].dtype == np.float32 and other["seen"] is one["seen"]
    assert np.abs(off_by_a_little(np.zeros(3))).min() > 0, "of a state at rest too"
