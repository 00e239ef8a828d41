"""A panel: points, labels, ticks and limits, and the order in which they travel."""

import numpy as np
import pytest

from rcwidgets.widgets.figure import Panel, draw


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
