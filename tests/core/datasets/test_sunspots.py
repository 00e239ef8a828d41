"""The sunspot numbers that ship with the package."""

import numpy as np

from rcwidgets.core.datasets import sunspots


def test_the_years_run_from_1700_to_2008_without_a_gap():
    data = sunspots()
    np.testing.assert_array_equal(data["years"][:, 0], np.arange(1700, 2009))
    assert data["number"].shape == (309, 1)
    assert data["number"].dtype == np.float64


def test_known_years_have_their_numbers():
    data = dict(zip(sunspots()["years"][:, 0], sunspots()["number"][:, 0], strict=True))
    assert (data[1700], data[1957], data[1712], data[2008]) == (5.0, 190.2, 0.0, 2.9)


def test_the_cycle_lasts_some_eleven_years():
    number = sunspots()["number"][:, 0]
    power = np.abs(np.fft.rfft(number - number.mean())) ** 2
    assert 10 < 309 / np.argmax(power) < 12
