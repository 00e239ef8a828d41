"""Numbers and spans in words."""

import numpy as np
import pytest

from rcwidgets.core.short import figure
from rcwidgets.live.results.results import score_of
from rcwidgets.live.results.words import MEASURES, duration


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


def test_each_metric_of_a_score_is_defined_with_a_formula():
    values = score_of(np.zeros((2, 1)), np.ones((2, 1)), np.ones(1)).values()
    for name in values:
        assert MEASURES[name].label and MEASURES[name].formula and MEASURES[name].definition.endswith(".")


@pytest.mark.parametrize(
    ("name", "formula"),
    [
        ("nrmse", lambda mse, var: np.sqrt(np.mean(mse / var))),
        ("nmse", lambda mse, var: np.mean(mse / var)),
        ("r2", lambda mse, var: 1 - np.mean(mse / var)),
        ("rmse", lambda mse, var: np.sqrt(np.mean(mse))),
    ],
)
def test_a_formula_is_what_the_score_computes(name, formula):
    random = np.random.default_rng(0)
    targets, predictions = random.normal(size=(50, 2)), random.normal(size=(50, 2))
    mse, var = np.square(predictions - targets).mean(axis=0), targets.var(axis=0)
    np.testing.assert_allclose(score_of(predictions, targets, np.ones(2)).values()[name], formula(mse, var), rtol=1e-12)
