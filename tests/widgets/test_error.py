"""The error figure: standard deviations, its threshold, and as many points as there are pixels."""

import numpy as np

import rcwidgets as rc
from rcwidgets.widgets.error import ErrorFigure
from rcwidgets.widgets.panel import POINTS
from tests.widgets.test_prediction import made
from tests.widgets.test_views import rows_of


def test_the_error_is_in_standard_deviations_with_the_threshold_across():
    view = ErrorFigure()
    results = made()
    view.show(results)
    expected = np.abs(results.forecast - results.truth) / results.truth.std(axis=0)
    np.testing.assert_allclose(view.lines.y, expected.T)
    assert view.guide.y.tolist() == [0.3, 0.3] and view.guide.x.tolist() == [10.0, results.time[-1]]
    assert view.panel.y.min < expected.min() and view.panel.y.max > 0.3
    header, rows = rows_of(view)
    assert header == ["time", "x", "y", "z", "above 0.3"]
    np.testing.assert_allclose(np.array(rows, float)[:, 1:4], expected)
    assert "at most" in view.caption.summary and "above 0.3 on 10 % of the rows" in view.caption.summary


def test_the_error_line_is_above_the_threshold_where_prediction_has_its_band(page):
    series = np.random.default_rng(0).normal(size=(400, 2)).cumsum(axis=0)
    experiment = rc.Experiment(rc.Input() >> rc.Reservoir(20, seed=0) >> rc.LinearReadout(), data=series)
    results = experiment.wait(60)
    view = ErrorFigure()
    view.show(results)
    assert 0 < results.parts.sum() < len(results.parts)
    np.testing.assert_array_equal((view.lines.y > 0.3).any(axis=0), results.parts)
    experiment.close()


def test_a_long_error_is_drawn_with_as_many_points_as_there_are_pixels():
    view = ErrorFigure()
    view.show(made(20_000))
    assert view.lines.y.shape == (3, POINTS)
    view.resize(0, 1_062.0, 200.0)
    assert view.lines.y.shape == (3, 1_000)
    view.resize(0, 90_000.0, 200.0)
    assert view.lines.y.shape == (3, 1_500)
