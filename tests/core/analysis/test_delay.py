"""The delay of a portrait of one series."""

import numpy as np
import pytest

from rcwidgets.core.series import embedding_delay


@pytest.mark.parametrize("period", [40, 125, 300])
def test_a_sine_is_below_one_over_e_where_its_cosine_is(period):
    series = np.sin(2 * np.pi * np.arange(100 * period) / period)
    expected = int(np.ceil(period * np.arccos(1 / np.e) / (2 * np.pi)))
    assert embedding_delay(series) == expected


def test_noise_forgets_at_once_and_a_trend_takes_a_tenth():
    assert embedding_delay(np.random.default_rng(0).normal(size=1000)) == 1
    assert embedding_delay(np.arange(1000.0)) == 100


@pytest.mark.parametrize("series", [np.zeros((3, 2)), np.zeros(1), np.array([0.0, np.nan, 1.0])])
def test_what_is_no_series_is_refused(series):
    with pytest.raises(ValueError, match="embedding_delay.series must be"):
        embedding_delay(series)


def test_a_constant_has_some_delay():
    assert embedding_delay(np.ones(50)) == 5
