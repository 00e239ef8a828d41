"""The figure of the closed loop: run and truth, the valid time, and why there is none."""

import math
from dataclasses import replace

import numpy as np
import pytest

from rcwidgets.live.on_demand.closed_loop import FreeRun
from rcwidgets.widgets.loop import LoopFigure
from tests.widgets.test_prediction import sound
from tests.widgets.test_views import rows_of


def looped(steps=100, rows=None, channels=("x", "y"), **changes):
    time = np.arange(1.0, steps + 1) / 10
    truth = np.sin(time)[:, None] * np.arange(1.0, len(channels) + 1)
    run = (truth + 0.01 * time[:, None])[:rows]
    return replace(FreeRun(time, "Lyapunov times", truth, run, tuple(channels), 0.3, 5.4), **changes)


def test_the_run_is_drawn_beside_the_truth_with_the_valid_time_marked():
    view = LoopFigure()
    loop = looped()
    view.show(loop)
    np.testing.assert_array_equal(view.truth.y, loop.truth.T)
    np.testing.assert_array_equal(view.run.y, loop.run.T)
    assert view.guide.x.tolist() == [5.4, 5.4] and view.guide.visible
    assert view.panel.x_axis.label == "Lyapunov times from the end of training"
    assert view.caption.subtitle == "holds for 5.4 Lyapunov times" and view.caption.legend[0]["text"] == "error 0.3"
    assert "up to an error of 0.3 standard deviations, is 5.4 Lyapunov times." in view.caption.summary


def test_a_run_that_holds_to_the_end_holds_at_least_so_long():
    view = LoopFigure()
    view.show(looped(valid=10.0))
    assert "is at least 10 Lyapunov times" in view.caption.summary


def test_the_runs_of_several_series_are_stepped_through_and_stand_in_one_table():
    view, each = (
        LoopFigure(),
        {"a": looped(20, trial="a", valid=1.5), "b": looped(30, 25, trial="b", valid=2.5, problem="The run blew up.")},
    )
    whole = looped(50, each=each, valid=2.0)
    view.show(whole)
    assert view.caption.controls[0]["options"] == ["a", "b"] and view.truth.y.shape == (2, 20)
    assert view.caption.subtitle == "holds for 1.5 Lyapunov times, series a"
    assert view.panel.x_axis.label == "Lyapunov times from the end of the warm-up of series a"
    view.choose("Series", "b")
    assert view.run.y.shape == (2, 25) and view.caption.subtitle == "The run blew up."
    header, rows = view.table()
    rows = list(rows)
    assert header[:2] == ["series", "Lyapunov times"] and [row[0] for row in rows] == ["a"] * 20 + ["b"] * 30
    assert rows[-1][3] == "" and rows[0][2:4] == [each["a"].truth[0, 0], each["a"].run[0, 0]]


def test_why_there_is_no_run_is_said_and_nothing_stays_drawn():
    view = LoopFigure()
    view.show(looped())
    none = np.zeros((0, 2))
    view.show(FreeRun(np.zeros(0), "steps", none, none, ("x", "y"), 0.3, problem="Set the horizon to 1."))
    assert view.caption.subtitle == view.caption.summary == "Set the horizon to 1." and view.caption.legend == []
    assert not any(mark.visible for mark in view.panel.widget.marks) and not view.panel.x_axis.visible
    view.show(looped())
    assert view.run.visible and view.guide.visible and view.panel.x_axis.visible


@pytest.mark.parametrize("rows", [0, 1, 40])
def test_a_run_that_blew_up_is_drawn_to_its_end_with_the_sentence(rows):
    view = LoopFigure()
    view.show(looped(rows=rows, problem="The run blew up."))
    sound(view)
    assert view.caption.subtitle == "The run blew up." and view.run.visible == (rows > 0)
    header, cells = rows_of(view)
    assert header == ["Lyapunov times", "x truth", "x run", "y truth", "y run"]
    assert len(cells) == 100 and cells[-1][2] == "" and (cells[0][2] != "") == (rows > 0)


def test_without_a_valid_time_there_is_no_mark():
    view = LoopFigure()
    view.show(looped())
    view.show(looped(valid=math.nan))
    assert not view.guide.visible and view.caption.legend[0]["text"] == "truth"


def test_inputs_that_are_given_to_the_run_are_named():
    view = LoopFigure()
    view.show(looped(known=("wind", "sun")))
    assert view.caption.subtitle == "holds for 5.4 Lyapunov times, given wind, sun"
    assert "wind, sun, which the model does not forecast, are as in the data." in view.caption.summary


def test_a_run_over_dates_is_drawn_over_dates():
    hours = np.arange(100.0) + 3
    view = LoopFigure()
    loop = looped(unit="steps", time=np.arange(1.0, 101), valid=12.0, when=hours, time_label="hours since 2024-03-01")
    view.show(loop)
    np.testing.assert_array_equal(view.truth.x[0], hours)
    assert view.guide.x.tolist() == [14.0, 14.0] and view.caption.subtitle == "holds for 12 steps"
    assert any("2024" in text or "Mar" in text for text in [view.panel.x_axis.label, *view.panel.x_axis.tick_labels.values()])
    header, lines = rows_of(view)
    assert header[0] == "date" and lines[0][0] == "2024-03-01 03:00:00"
