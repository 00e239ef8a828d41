"""Results: errors in standard deviations, their question, and the best step of a curve."""

import math

import numpy as np
import pytest

from rcwidgets.core.tasks import LorenzTask
from rcwidgets.live.experiment import Experiment
from rcwidgets.live.results.results import Curve, Results, score_of


def results(truth, forecast, **more):
    rows = len(truth)
    time = np.arange(float(rows))
    return Results(1, time, "time", truth, forecast, ("a",), 1, np.zeros(rows, bool), 0.3, 0.1, 0.2, 0.04, **more)


def test_errors_are_in_standard_deviations_of_each_channel():
    truth = np.array([[0.0, 5.0], [2.0, 5.0], [0.0, 5.0], [2.0, 5.0]])
    np.testing.assert_allclose(results(truth, truth - 3).errors, np.tile([3.0, 3.0], (4, 1)))
    assert results(np.zeros((0, 1)), np.zeros((0, 1))).errors.shape == (0, 1)


def test_errors_are_measured_by_the_spread_of_the_data_where_they_are_known():
    data = LorenzTask(train=500, warmup=100).prepare(None)
    truth = np.zeros((3, data.spread.size))
    np.testing.assert_allclose(results(truth, truth + data.spread, data=data).errors, np.ones_like(truth))
    assert results(truth, truth, data=data).question.horizon == 1 and results(truth, truth).question is None


def test_the_best_step_is_that_of_the_least_held_out_loss():
    marks = np.array([10.0, 20.0, 30.0])
    curve = Curve("update", 30, np.ones(30), marks, marks, "norm", looked=marks, held_out=np.array([0.3, np.nan, 0.1]))
    assert curve.best == 30 and Curve("update", 30, np.ones(3), marks, marks, "norm").best is None
    assert "array" in repr(curve) and len(repr(curve)) <= 300


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


def test_a_data_frame_has_times_truth_and_forecast_with_dates_where_the_data_have_some():
    pandas = pytest.importorskip("pandas")
    days = pandas.date_range("2024-03-01", periods=200, freq="h")
    experiment = Experiment(data=pandas.DataFrame({"when": days, "v": np.sin(np.arange(200) / 7)}))
    results = experiment.wait(60)
    frame = results.to_frame()
    assert list(frame) == ["time", "v truth", "v forecast"] and frame["time"].tolist() == days[-len(frame) :].tolist()
    np.testing.assert_array_equal(frame["v forecast"], results.forecast[:, 0])
    loop = experiment.look("closed loop")
    experiment.close()
    np.testing.assert_array_equal(loop.when, results.time[: len(loop.truth)])
    assert loop.time_label == results.time_label == "days since 2024-03-01" and loop.unit == "steps"
