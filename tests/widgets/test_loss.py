import csv
import io
from dataclasses import replace

import numpy as np
import pytest

from rcwidgets.core.algebra.path import Path
from rcwidgets.core.trainers.closed_form.ridge import RidgeSettings
from rcwidgets.live.results.results import Results
from rcwidgets.widgets.caption import csv_bytes
from rcwidgets.widgets.loss import LossFigure

BETAS = np.logspace(-12, 2, 15)
TRAINING = 1e-5 * (1 + BETAS / 1e-6) ** 0.5
HELD_OUT = TRAINING + 1e-5 * (BETAS / 1e-6) ** -0.2


def made(beta=1e-6, tweaks=(4e-3, 3e-4, 2e-4), **changes):
    results = Results(
        revision=1,
        time=np.arange(3.0),
        time_label="time",
        truth=np.zeros((3, 1)),
        forecast=np.zeros((3, 1)),
        channels=("x",),
        horizon=1,
        parts=np.zeros(3, bool),
        threshold=0.3,
        train_nrmse=1e-4,
        test_nrmse=2e-4,
        test_mse=1e-8,
        beta=beta,
        path=Path(BETAS, TRAINING, HELD_OUT, left=np.empty(0)),
        beta_held_out=float(np.interp(beta, BETAS, HELD_OUT)),
        tweaks=np.array(tweaks, float),
        tweak_labels=tuple(f"Leak rate {count}" for count in range(len(tweaks))),
    )
    return replace(results, **changes)


def path(betas=BETAS, training=TRAINING, held_out=HELD_OUT):
    return made(path=Path(np.array(betas, float), np.array(training, float), np.array(held_out, float), left=np.empty(0)))


AWKWARD = {
    "floor": path(training=np.zeros(15), held_out=np.full(15, 1e-16)),
    "flat": path(training=np.full(15, 0.1), held_out=np.full(15, 0.1)),
    "huge": path(held_out=np.full(15, 1e200)),
    "nan": path(held_out=np.where(BETAS < 1e-8, np.nan, HELD_OUT)),
    "all nan": path(training=np.full(15, np.nan), held_out=np.full(15, np.nan)),
    "one beta": path([1e-6], [1e-4], [2e-4]),
    "no beta": path([], [], []),
    "beta 0 in the path": path(np.append(0.0, BETAS[1:])),
    "slider at 0": made(0.0),
    "slider beyond the path": made(1e-30),
    "no path": made(path=None, beta_held_out=None),
    "one tweak": made(tweaks=[0.1]),
    "no tweaks": made(tweaks=[]),
    "tweaks at 0 and not finite": made(tweaks=[0.0, np.nan, np.inf, 1e-3]),
    "nothing": made(path=None, beta_held_out=None, tweaks=[]),
    "many tweaks": made(tweaks=np.linspace(1e-3, 1, 5_000)),
}


def sound(view):
    """Nothing in the figure that bqplot cannot draw."""
    for panel in (view.path, view.tweaks):
        for mark in panel.widget.marks:
            if mark.visible and mark.x.size:
                assert np.isfinite(mark.x).all() and np.isfinite(mark.y).all()
                assert mark.x.shape == mark.y.shape and mark.x.shape[-1] >= 2
                assert (mark.y > 0).all()
        assert panel.x.min < panel.x.max and 0 < panel.y.min < panel.y.max
    assert view.path.x.min > 0


@pytest.mark.parametrize("results", AWKWARD.values(), ids=AWKWARD)
def test_awkward_results_are_drawn_and_leave_the_figure_alive(results):
    view = LossFigure()
    scales = [(panel.x, panel.y) for panel in (view.path, view.tweaks)]
    for shown in (results, made(), results):
        view.show(shown)
        sound(view)
    view.show(made())
    assert view.held_out.visible and view.held_out.x.shape == (15,) and view.path.widget.layout.display is None
    assert scales == [(panel.x, panel.y) for panel in (view.path, view.tweaks)]


def test_the_path_is_drawn_as_it_is_on_log_axes():
    view = LossFigure()
    view.show(made())
    np.testing.assert_array_equal(view.training.x, BETAS)
    np.testing.assert_array_equal(view.training.y, TRAINING)
    np.testing.assert_array_equal(view.held_out.y, HELD_OUT)
    assert type(view.path.x).__name__ == type(view.path.y).__name__ == "LogScale"
    assert (view.path.x_axis.label, view.path.y_axis.label) == ("ridge beta", "NRMSE")


def test_the_slider_stands_as_a_guide_with_a_dot_on_the_held_out_curve():
    view = LossFigure()
    view.show(made(beta=1e-3))
    np.testing.assert_allclose(view.guide.x, 1e-3)
    np.testing.assert_allclose(view.guide.y, [view.path.y.min, view.path.y.max])
    np.testing.assert_allclose([view.now.x[0], view.now.y[0]], [1e-3, HELD_OUT[9]])


def test_the_dot_lies_on_the_curve_between_its_points_though_the_path_is_an_older_one():
    view = LossFigure()
    view.show(made(beta=10**-2.5, beta_held_out=9.0))
    np.testing.assert_allclose(view.now.y[0], np.sqrt(HELD_OUT[9] * HELD_OUT[10]))


def test_beyond_the_path_the_dot_stands_at_the_error_of_its_own_beta():
    view = LossFigure()
    view.show(made(beta=1e-13, beta_held_out=3e-4))
    np.testing.assert_allclose([view.now.x[0], view.now.y[0]], [1e-13, 3e-4])
    assert view.path.x.min == 1e-13


def test_betas_still_to_be_computed_keep_their_room_on_the_axis():
    view = LossFigure()
    view.show(made(path=Path(BETAS[4:], TRAINING[4:], HELD_OUT[4:], left=BETAS[:4])))
    assert view.path.x.min == 1e-12 and view.held_out.x.size == 11


def test_each_tweak_is_a_dot_and_the_last_stands_out():
    view = LossFigure()
    view.show(made(tweaks=[4e-3, 3e-4, 2e-4]))
    np.testing.assert_array_equal(view.trail.x, [1, 2, 3])
    np.testing.assert_array_equal(view.trail.y, [4e-3, 3e-4, 2e-4])
    np.testing.assert_array_equal([view.last.x[0], view.last.y[0]], [3, 2e-4])
    assert (view.tweaks.y.min, view.tweaks.y.max) == (view.path.y.min, view.path.y.max)


def test_a_change_is_named_on_its_axis_and_told_in_words_under_the_pointer():
    view = LossFigure()
    view.show(made())
    path, changes = view.caption.panels
    assert (path["across"], changes["across"]) == ("ridge beta", "change")
    assert changes["words"] == ["Leak rate 0", "Leak rate 1", "Leak rate 2"] and path["words"] == []
    assert [one["kind"] for one in path["marks"]] == ["training", "held-out"]
    assert changes["marks"] == [{"id": view.trail.model_id, "kind": "test NRMSE", "names": []}]
    assert (changes["x"], changes["y"]) == (view.tweaks.x.model_id, view.tweaks.y.model_id)


def test_without_a_path_the_tweaks_have_the_figure_and_an_axis_of_their_own():
    view = LossFigure()
    view.show(made())
    assert view.tweaks.y_axis.label == ""
    view.show(AWKWARD["no path"])
    assert view.path.widget.layout.display == "none"
    assert view.tweaks.y_axis.label == "NRMSE" and any(view.tweaks.y_axis.tick_labels.values())
    assert [item["text"] for item in view.caption.legend] == ["now"]


def test_the_text_alternative_says_what_the_figure_shows():
    view = LossFigure()
    assert view.caption.label == "Loss"
    view.show(made())
    assert view.caption.summary == (
        "NRMSE against ridge beta from 1e-12 to 100: the held-out error is least, 2.4e-5, at 1e-6. "
        "At the slider's 1e-6 it is 2.4e-5. "
        "3 changes: test NRMSE first 0.004, least 2e-4, last 2e-4."
    )


def test_the_text_alternative_tells_a_chosen_beta_from_that_of_the_slider():
    view = LossFigure()
    view.show(made(settings=RidgeSettings(selection="held out")))
    assert "At the chosen 1e-6 it is 2.4e-5." in view.caption.summary


def test_where_nodes_follow_the_readout_it_says_whose_errors_these_are():
    view = LossFigure()
    view.show(made(followed=True, shown="readout"))
    assert "by ridge beta of readout, before what follows it, and by change" in view.caption.subtitle
    assert view.caption.summary.startswith("NRMSE of readout, before what follows it, against ridge beta from")


def test_the_csv_holds_both_curves_and_each_tweak_with_its_name():
    view = LossFigure()
    view.show(made())
    header, *rows = csv.reader(io.StringIO(csv_bytes(*view.table()).decode()))
    assert header == ["curve", "ridge beta", "number", "change", "NRMSE"]
    assert [row[0] for row in rows] == ["training"] * 15 + ["held-out"] * 15 + ["test"] * 3
    np.testing.assert_array_equal(np.array([row[4] for row in rows], float), np.concatenate([TRAINING, HELD_OUT, [4e-3, 3e-4, 2e-4]]))
    assert rows[-1] == ["test", "", "3", "Leak rate 2", "0.0002"]
