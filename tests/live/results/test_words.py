"""Numbers and spans in words."""

import pytest

from rcwidgets.core.short import figure
from rcwidgets.live.results.words import duration


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0, "0"),
        (2.5e-5, "2.5e-5"),
        (4e-6, "4e-6"),
        (0.0012, "0.0012"),
        (0.4567, "0.457"),
        (12.34, "12.3"),
        (999.6, "1,000"),
        (3260.4, "3,260"),
        (4.1e7, "4.1e7"),
        (-0.5, "-0.5"),
        (float("inf"), "too large"),
        (float("nan"), "not a number"),
    ],
)
def test_figures_are_short(value, words):
    assert figure(value) == words


@pytest.mark.parametrize(("seconds", "words"), [(0.0624, "62 ms"), (1.94, "1.9 s")])
def test_durations_have_a_unit(seconds, words):
    assert duration(seconds) == words
