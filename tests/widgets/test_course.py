"""The course of a training: its loss, held-out rows, and the end in words."""

from dataclasses import replace

import numpy as np

from rcwidgets.live.results.results import Curve
from rcwidgets.widgets.loss import LossFigure
from tests.widgets.test_loss import made


def course(**more):
    steps = np.arange(1.0, 41.0)
    held = {"looked": steps[3::4], "held_out": np.array([0.5, 0.3, 0.2, 0.1, 0.15, 0.2, 0.12, 0.3, 0.4, 0.2])}
    curve = Curve("update", None, 1 / steps, steps, steps, "norm of the gradient", np.array([20.0]), np.array([0.4]), **held)
    return made(path=None, curve=replace(curve, **more))


def test_held_out_rows_stand_beside_the_loss_with_a_dot_at_the_best_and_the_end_in_words():
    view = LossFigure()
    view.show(course(total=40, ending="no better for 24 updates; best weights of update 16 kept"))
    np.testing.assert_array_equal(view.course.tested.x, np.arange(4.0, 41.0, 4.0))
    np.testing.assert_array_equal(view.course.tested.y, course().curve.held_out)
    assert {*view.course.best.x.tolist()} == {16.0} and {*view.course.best.y.tolist()} == {0.1}
    assert [item["text"] for item in view.caption.legend] == ["each update", "smoothed", "held-out", "best"]
    assert view.caption.subtitle == "over updates: no better for 24 updates; best weights of update 16 kept"
    assert "at best 0.1 after update 16." in view.caption.summary and "Ended: no better for 24 updates" in view.caption.summary
    header, rows = view.table()
    assert header == ("update", "loss", "norm of the gradient", "held-out loss", "test loss")
    assert rows[15] == (16, 1 / 16, 16.0, 0.1, "") and rows[19][-1] == 0.4


def test_while_nobody_knows_the_end_the_axis_has_room_for_more():
    view = LossFigure()
    view.show(course())
    assert view.course.loss.x.max == 50.0
    assert view.caption.summary.startswith("40 updates.")
