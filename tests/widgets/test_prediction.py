import csv
import io
from dataclasses import replace

import numpy as np
import pytest

from rcwidgets.live.results.results import Results
from rcwidgets.widgets.caption import csv_bytes
from rcwidgets.widgets.panel import POINTS
from rcwidgets.widgets.prediction import PredictionFigure


def made(rows=50, channels=("x", "y", "z"), **changes):
    time = 10 + 0.1 * np.arange(rows)
    truth = np.sin(time)[:, None] * np.arange(1.0, len(channels) + 1)
    parts = np.zeros(rows, bool)
    parts[-5:] = True
    results = Results(
        revision=1,
        time=time,
        time_label="time",
        truth=truth,
        forecast=truth + 0.01,
        channels=tuple(channels),
        horizon=1,
        parts=parts,
        threshold=0.3,
        train_nrmse=1e-4,
        test_nrmse=2.14e-4,
        test_mse=1e-8,
        beta=1e-6,
    )
    return replace(results, **changes)


def broken(rows=50, row=20, value=np.nan, **changes):
    results = made(rows, **changes)
    results.forecast[row, 0] = value
    return results


AWKWARD = {
    "one channel": made(channels=("x",)),
    "one row": made(1),
    "one row of one channel": made(1, channels=("x",)),
    "two rows": made(2),
    "no rows": made(0),
    "zeros": made(truth=np.zeros((50, 3)), forecast=np.zeros((50, 3))),
    "constant": made(truth=np.full((50, 3), 7.0), forecast=np.full((50, 3), 7.0)),
    "run away": made(forecast=np.full((50, 3), 1e200)),
    "nan": broken(),
    "inf in the first row": broken(row=0, value=np.inf),
    "ten channels": made(channels="abcdefghij"),
    "long": made(9_999),
    "whole numbers": made(truth=np.ones((50, 3), int), forecast=np.ones((50, 3), np.float32)),
}


def sound(view):
    """Nothing in the figure that bqplot cannot draw."""
    for mark in view.panel.widget.marks:
        if mark.visible and mark.x.size:
            assert mark.x.dtype == mark.y.dtype == np.float64
            assert np.isfinite(mark.x).all() and np.isfinite(mark.y).all()
            assert mark.x.shape == mark.y.shape and mark.x.shape[-1] >= 2
    assert view.panel.x.min < view.panel.x.max and view.panel.y.min < view.panel.y.max


@pytest.mark.parametrize("results", AWKWARD.values(), ids=AWKWARD)
def test_awkward_results_are_drawn_and_leave_the_figure_alive(results):
    view = PredictionFigure()
    scales = view.panel.x, view.panel.y
    for shown in (results, made(), results):
        view.show(shown)
        sound(view)
    view.show(made())
    assert view.forecast.visible and view.forecast.x.shape == (3, 50)
    assert all(mark.scales == {"x": scales[0], "y": scales[1]} for mark in view.panel.widget.marks)


def test_truth_and_forecast_are_drawn_as_they_are():
    view = PredictionFigure()
    view.show(made())
    np.testing.assert_array_equal(view.truth.y, made().truth.T)
    np.testing.assert_array_equal(view.forecast.y, made().forecast.T)
    np.testing.assert_array_equal(view.forecast.x[2], made().time)
    assert (view.panel.x.min, view.panel.x.max) == (10.0, made().time[-1])


def test_a_long_series_is_drawn_with_a_point_a_pixel_and_a_window_of_it_with_all_its_rows():
    view = PredictionFigure()
    results = made(20_000)
    view.show(results)
    assert view.forecast.y.shape == view.truth.y.shape == (3, POINTS)
    view.zoom(0, [0.5, 0.52, 0, 1])
    drawn, (low, high) = view.truth.x[0], (view.panel.x.min, view.panel.x.max)
    inside = results.time[(results.time >= low) & (results.time <= high)]
    assert drawn[0] < low and drawn[-1] > high and len(inside) in range(395, 406) and len(drawn) <= len(inside) + 4
    np.testing.assert_array_equal(drawn[(drawn >= low) & (drawn <= high)], inside)


def test_a_forecast_that_changes_a_little_leaves_the_axes_where_they_are():
    view = PredictionFigure()
    results = made(200)
    view.show(results)
    before = view.panel.y.min, view.panel.y.max
    view.show(replace(results, forecast=results.forecast * 1.001))
    assert (view.panel.y.min, view.panel.y.max) == before


def test_a_series_is_drawn_up_to_its_first_value_that_is_not_finite():
    view = PredictionFigure()
    view.show(broken(row=20))
    assert view.forecast.x.shape == (3, 20) and "not finite from row 20" in view.caption.subtitle
    assert "not finite from row 20" in view.caption.summary


def test_the_y_axis_follows_the_truth_not_a_forecast_that_runs_away():
    view = PredictionFigure()
    view.show(made(forecast=np.full((50, 3), 1e6)))
    span = np.ptp(made().truth)
    assert view.panel.y.max < made().truth.max() + 1.3 * span
    assert view.forecast.y.max() < 100 * span


def test_the_band_stands_where_the_results_say_that_the_two_part():
    view = PredictionFigure()
    view.show(made())
    low, high = view.panel.y.min, view.panel.y.max
    np.testing.assert_allclose(view.parts.x, made().time[[0, 45, 49]])
    np.testing.assert_allclose(view.parts.y, [low, high, high])


def test_the_legend_names_truth_channels_and_the_band_only_where_there_is_one():
    view = PredictionFigure()
    view.show(made(channels=("x", "y")))
    assert [item["text"] for item in view.caption.legend] == ["error above 0.3", "truth", "x", "y"]
    assert view.caption.legend[2]["color"] == view.forecast.colors[0] == "var(--rcw-channel-1)"
    view.show(made(channels=("x", "y"), parts=np.zeros(50, bool)))
    assert [item["text"] for item in view.caption.legend] == ["truth", "x", "y"]


def test_more_channels_than_colors_are_counted_in_words():
    view = PredictionFigure()
    view.show(made(channels="abcdefghij"))
    assert view.forecast.x.shape == (6, 50)
    assert view.caption.legend[-1]["text"] == "of 10 channels"
    assert view.caption.summary.startswith("a, b, c, d, e, f and 4 more: ")


def test_the_text_alternative_says_what_the_figure_shows():
    view = PredictionFigure()
    assert view.caption.label == "Prediction"
    view.show(made(2_000))
    expected = "x, y, z: forecast 1 step ahead over 2,000 test rows, NRMSE 2.1e-4; the error is above 0.3 on 0.25 % of the rows, first at time 209.5."
    assert view.caption.summary == expected
    view.show(made(horizon=10, time_label="year"))
    assert "10 steps ahead" in view.caption.subtitle and view.panel.x_axis.label == "year"


def test_the_csv_holds_every_row_and_channel():
    view = PredictionFigure()
    results = made(3_000)
    view.show(results)
    header, *rows = csv.reader(io.StringIO(csv_bytes(*view.table()).decode()))
    assert header == ["time", "x truth", "x forecast", "y truth", "y forecast", "z truth", "z forecast", "error above 0.3"]
    numbers = np.array(rows, float)
    np.testing.assert_array_equal(numbers[:, 0], results.time)
    np.testing.assert_array_equal(numbers[:, [1, 3, 5]], results.truth)
    np.testing.assert_array_equal(numbers[:, [2, 4, 6]], results.forecast)
    np.testing.assert_array_equal(numbers[:, 7], results.parts)


def test_rows_without_a_target_are_covered_under_the_forecast_and_named():
    truth = np.sin(10 + 0.1 * np.arange(50))[:, None]
    truth[[10, 11, 12, 30]] = np.nan
    view = PredictionFigure()
    view.show(made(channels=("x",), truth=truth, forecast=np.nan_to_num(truth)))
    marks = list(view.panel.widget.marks)
    assert marks.index(view.truth) < marks.index(view.gaps) < marks.index(view.forecast)
    assert view.truth.x.shape[-1] == 46 and np.isfinite(view.truth.y).all() and view.forecast.x.shape[-1] == 50
    low, high = view.panel.y.min, view.panel.y.max
    np.testing.assert_allclose(view.gaps.x, 10 + 0.1 * np.array([0, 9, 13, 29, 31, 49]))
    np.testing.assert_allclose(view.gaps.y, [low, high, low, high, low, low])  # from the row before to the row after
    assert [item["text"] for item in view.caption.legend][-3:] == [
        "truth",
        "no target",
        "x",
    ] and "; 4 rows have no target" in view.caption.summary
    cells = list(csv.reader(io.StringIO(csv_bytes(*view.table_of(view.thing)).decode())))
    assert [row[1] for row in cells[10:13]] == [str(truth[9, 0]), "", ""]
    view.show(made(channels=("x",)))
    assert not view.gaps.visible and "no target" not in [item["text"] for item in view.caption.legend]
