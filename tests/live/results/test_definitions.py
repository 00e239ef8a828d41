"""What the metrics are: each that a score has is defined, and the formulas give its numbers."""

import numpy as np
import pytest

from rcwidgets.live.results.definitions import MEASURES
from rcwidgets.live.results.score import score_of


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
