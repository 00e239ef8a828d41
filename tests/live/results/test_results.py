"""Results: errors in standard deviations, their question, and the best step of a curve."""

import numpy as np

from rcwidgets.core.tasks import LorenzTask
from rcwidgets.live.results.results import Curve, Results


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
