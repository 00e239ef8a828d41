"""A panel: points, labels, ticks and limits, and the order in which they travel."""

import numpy as np
import pytest

from rcwidgets.widgets.figure import Panel, draw
from rcwidgets.widgets.panel import decimate, finite_rows, steps


def states(sent, widget):
    return [data["state"] for id, data, _ in sent if id == widget.model_id and data["method"] == "update"]


def test_x_and_y_travel_in_one_message(sent):
    mark = Panel("x", "y", 100).add(2, "red")
    draw(mark, np.arange(3.0), np.arange(3.0))
    assert [set(state) for state in states(sent, mark)] == [{"x", "y"}]


def test_points_are_copied_so_that_a_changed_source_changes_nothing(sent):
    mark = Panel("x", "y", 100).add(2, "red")
    source = np.arange(3.0)
    draw(mark, source, source)
    source[:] = np.nan
    assert mark.x.tolist() == mark.y.tolist() == [0, 1, 2]


def test_an_emptied_mark_hides_and_sends_no_empty_array(sent):
    mark = Panel("x", "y", 100).add(2, "red")
    draw(mark, np.arange(3.0), np.arange(3.0))
    draw(mark, np.zeros((2, 0)), np.zeros((2, 0)))
    assert states(sent, mark)[1:] == [{"visible": False}]
    draw(mark, np.arange(2.0), np.arange(2.0))
    assert mark.visible and mark.x.size == 2


@pytest.mark.parametrize(("shape", "drawn"), [((1,), (2,)), ((3, 1), (3, 2))])
def test_a_single_point_is_a_line_without_length(shape, drawn):
    mark = Panel("x", "y", 100).add(2, "red")
    draw(mark, np.ones(shape), np.ones(shape))
    assert mark.x.shape == mark.y.shape == drawn


def test_labels_come_before_the_ticks_and_the_ticks_before_the_limits(sent):
    panel = Panel("x", "y", 100, log_x=True)
    panel.look((1e-6, 1), (0, 1))
    order = [key for id, data, _ in sent for key in data["state"] if id in (panel.x.model_id, panel.x_axis.model_id)]
    assert order.index("tick_labels") < order.index("tick_values") < order.index("min")
    assert panel.x_axis.tick_labels["0.000001"] == "1e-6"


@pytest.mark.parametrize(("width", "powers"), [(560, [-12, -9, -6, -3, 0]), (205, [-10, -5, 0]), (30, [-7, 0])])
def test_the_powers_of_ten_below_an_axis_have_room(width, powers):
    panel = Panel("ridge beta", "y", 100, log_x=True, ticks=5)
    assert panel.resize(width) == (width < 560)
    panel.look((1e-12, 100), (0, 1))
    assert np.log10(panel.x_axis.tick_values).round().tolist() == powers


def test_a_second_look_at_the_same_limits_sends_nothing(sent):
    panel = Panel("x", "y", 100)
    panel.look((0, 1), (0, 1))
    sent.clear()
    panel.look((0, 1), (0, 1))
    assert sent == []


def test_a_panel_beside_another_has_no_labels_on_its_y_axis():
    panel = Panel("x", "y", 100)
    panel.stand_alone(False)
    panel.look((0, 1), (0, 1))
    assert set(panel.y_axis.tick_labels.values()) == {""} and panel.y_axis.label == ""
    panel.stand_alone(True)
    panel.look((0, 1), (0, 1))
    assert "0.5" in panel.y_axis.tick_labels.values() or "0.4" in panel.y_axis.tick_labels.values()
    assert panel.y_axis.label == "y"


def test_a_panel_does_not_animate_and_has_no_toolbar():
    figure = Panel("x", "y", 100).widget
    assert figure.animation_duration == 0 and not figure.display_toolbar


def test_a_short_series_is_kept_whole_channel_by_channel():
    x, y = decimate(np.array([1, 2, 3]), np.array([[1, 10], [2, 20], [3, 30]]))
    np.testing.assert_array_equal(x, [[1.0, 2, 3], [1, 2, 3]])
    np.testing.assert_array_equal(y, [[1.0, 2, 3], [10, 20, 30]])


@pytest.mark.parametrize("rows", [101, 999, 1000, 1001, 4321])
def test_a_long_series_keeps_its_ends_and_every_peak_within_the_points(rows):
    time = np.arange(rows) * 0.1
    values = np.sin(time)[:, None] * [1.0, 2.0]
    values[rows // 3, 0], values[rows // 2, 1] = 50.0, -70.0
    x, y = decimate(time, values, points=100)
    assert x.shape == y.shape == (2, 100)
    assert (np.diff(x) >= 0).all()
    assert y[0].max() == 50.0 and x[0, y[0].argmax()] == time[rows // 3]
    assert y[1].min() == -70.0 and x[1, y[1].argmin()] == time[rows // 2]
    assert (x[:, 0] == time[0]).all() and (x[:, -1] == time[-1]).all()
    for channel in range(2):  # every kept point is a point of the series
        np.testing.assert_array_equal(values[np.rint(x[channel] / 0.1).astype(int), channel], y[channel])


@pytest.mark.parametrize("rows", [0, 5, 5000])
def test_the_result_shares_no_memory_with_the_series(rows):
    time, values = np.arange(float(rows)), np.zeros((rows, 1))
    x, y = decimate(time, values)
    assert not np.shares_memory(x, time) and not np.shares_memory(y, values)
    assert x.dtype == y.dtype == np.float64


def test_finite_rows_stops_at_the_first_value_that_is_not_finite_in_any_series():
    time, values = np.arange(6.0), np.zeros((6, 2))
    assert finite_rows(time, values) == 6
    values[4, 1] = np.inf
    assert finite_rows(time, values) == 4
    time[2] = np.nan
    assert finite_rows(time, values) == 2
    assert finite_rows(np.zeros(0), np.zeros((0, 3))) == 0


def test_steps_turn_where_the_marks_turn():
    marked = np.array([False, False, True, True, False, True])
    x, level = steps(np.arange(10.0, 16.0), marked)
    np.testing.assert_array_equal(x, [10, 12, 14, 15, 15])
    np.testing.assert_array_equal(level, [0, 1, 0, 1, 1])


def test_steps_keep_a_single_marked_row_of_a_long_series_and_make_it_wide_enough_to_see():
    marked = np.zeros(100_000, bool)
    marked[77_777] = True
    x, level = steps(np.arange(100_000.0), marked, buckets=500)
    np.testing.assert_array_equal(level, [0, 1, 0, 0])
    assert x[1] <= 77_777 < x[2] and x[2] - x[1] == 200


def test_steps_of_nothing_are_empty_and_of_one_row_are_one_level():
    assert [part.size for part in steps(np.zeros(0), np.zeros(0, bool))] == [0, 0]
    assert [part.tolist() for part in steps(np.array([3.0]), np.array([True]))] == [[3.0, 3.0], [1.0, 1.0]]
