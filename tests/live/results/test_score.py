"""The errors of a part, channel by channel: in the data's own units, against NumPy."""

import math

import numpy as np

from rcwidgets.live.results.score import score_of


def test_the_score_is_in_the_units_of_the_data():
    predictions, targets, scale = np.array([[1.0, 0.0], [3.0, 2.0]]), np.array([[0.0, 0.0], [4.0, 4.0]]), np.array([2.0, 10.0])
    score = score_of(predictions, targets, scale)
    assert score.rows == 2
    np.testing.assert_allclose(score.squared, [4.0, 200.0])
    np.testing.assert_allclose(score.absolute, [2.0, 10.0])
    np.testing.assert_allclose(score.variance, [16.0, 400.0])
    assert score.values()["mse"] == 102.0 and score.values()["mae"] == 6.0
    assert score.values(1)["rmse"] == math.sqrt(200.0) and score.values(1)["nmse"] == 0.5
    assert score.values(0)["r2"] == 0.75 and score.values()["nrmse"] == math.sqrt((0.25 + 0.5) / 2)


def test_a_constant_target_has_no_scale_and_a_variance_may_be_anothers():
    flat = score_of(np.ones((3, 1)), np.zeros((3, 1)), np.ones(1))
    assert math.isnan(flat.values()["nrmse"]) and flat.values()["mse"] == 1.0
    assert score_of(np.ones((3, 1)), np.zeros((3, 1)), np.ones(1), np.array([4.0])).values()["nrmse"] == 0.5


def test_a_forecast_that_ran_away_is_infinite_and_warns_nobody():
    values = score_of(np.full((2, 1), 1e200), np.array([[0.0], [1.0]]), np.ones(1)).values()
    assert values["mse"] == values["nrmse"] == math.inf
