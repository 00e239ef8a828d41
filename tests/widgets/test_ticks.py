import numpy as np
import pytest

from rcwidgets.widgets.ticks import javascript_key, linear_limits, linear_ticks, log_limits, log_ticks, number, tick_labels


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (0.5, "0.5"),
        (1950, "1950"),
        (1e-6, "1e-6"),
        (2.5e-7, "2.5e-7"),
        (-3e-4, "-3e-4"),
        (2e7, "2e7"),
        (float("nan"), "not finite"),
    ],
)
def test_numbers_are_short(value, text):
    assert number(value) == text


@pytest.mark.parametrize(("low", "high"), [(0, 1), (80.01, 100), (-20, 50), (1700, 1988), (1e-9, 3e-9), (-1e8, 1e8), (6.58, 7.42)])
def test_linear_ticks_are_two_to_six_round_numbers_within_the_limits(low, high):
    ticks = linear_ticks(low, high)
    assert 2 <= ticks.size <= 6
    assert low <= ticks[0] and ticks[-1] <= high
    np.testing.assert_allclose(np.diff(ticks), ticks[1] - ticks[0])
    assert all(len(number(tick).lstrip("-")) <= 6 for tick in ticks)


def test_whole_ticks_are_whole():
    assert linear_ticks(0.5, 2.5, 4, whole=True).tolist() == [1, 2]


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (1e-12, 1e2, [1e-12, 1e-9, 1e-6, 1e-3, 1]),
        (0.1, 1, [0.1, 1]),
        (1e-4, 3e-4, [1e-4, 2e-4]),
        (1e-16, 10, [1e-16, 1e-12, 1e-8, 1e-4, 1]),
    ],
)
def test_log_ticks_are_at_most_five_powers(low, high, expected):
    assert log_ticks(low, high).tolist() == expected


def test_labels_of_a_long_log_axis_are_all_powers_below_one():
    assert list(tick_labels(np.array([1e-6, 1e-3, 1.0, 100.0]), log=True).values()) == ["1e-6", "1e-3", "1", "100"]


@pytest.mark.parametrize(
    ("value", "key"), [(1e-6, "0.000001"), (1e-7, "1e-7"), (2e-12, "2e-12"), (100.0, "100"), (-0.3, "-0.3"), (0.0, "0"), (1e21, "1e+21")]
)
def test_keys_are_spelled_as_javascript_spells_numbers(value, key):
    assert javascript_key(value) == key


@pytest.mark.parametrize("values", [np.zeros(0), np.zeros(4), np.full(3, 7.0), np.array([-1e-300, 1e-300]), np.array([1.0, 2.0])])
def test_linear_limits_are_a_range_around_the_values(values):
    low, high = linear_limits(values)
    assert low < high and np.isfinite([low, high]).all()
    assert all(low < value < high for value in values)


@pytest.mark.parametrize(
    "values", [np.zeros(0), np.zeros(4), np.array([np.nan, np.inf]), np.array([1e-16]), np.array([2e-4, 3e-4]), np.array([1e3, 1e9])]
)
def test_log_limits_are_a_positive_range(values):
    low, high = log_limits(values)
    assert 0 < low < high < np.inf


def test_log_limits_hold_the_values_and_cut_what_says_nothing():
    low, high = log_limits(np.array([2e-4, 3e-2]))
    assert low < 2e-4 and 3e-2 < high
    assert log_limits(np.array([1e-3, 1e9]))[1] < 100
