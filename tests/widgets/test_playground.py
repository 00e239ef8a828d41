"""The Playground and its parts from Python: equal to the mouse, shared by all handles."""

import time

import numpy as np
import pytest

import rcwidgets as rc


def figures(play):
    return play.children[1].children


def curve(view):
    return np.concatenate([np.ravel(mark.y) for figure in view.children[1].children for mark in figure.marks])


def test_both_figures_show_the_results_and_follow_a_knob(play):
    before = [curve(view) for view in figures(play)]
    play.set("reservoir", spectral_radius=0.2)
    play.wait(60)
    for view, old in zip(figures(play), before, strict=True):
        new = curve(view)
        assert np.isfinite(new).all()
        assert new.shape != old.shape or not np.allclose(new, old)


def test_every_call_does_what_the_mouse_does(play):
    play.set("trainer", beta=0.5)
    assert play.wait(60).beta == 0.5
    assert play.undo() and play.redo() and play.model["reservoir"].units == 20
    play.pause()
    play.set("trainer", beta=0.7)
    assert play.wait(60).beta == 0.5
    play.run()
    assert play.wait(60).beta == 0.7
    play.resume()
    play.stop()
    assert play.trainer.predict(np.zeros((3, 2))).shape == (3, 2)
    assert "RidgeTrainer" in play.code()


def test_bring_takes_other_data(page, play):
    play.bring(np.sin(np.arange(300) / 5))
    assert play.wait(60).channels == ("channel 1",)
    assert play._app.data["rows"] == 300 and play._app.data["name"] == ""


def test_the_file_is_there_again(page, tmp_path, series):
    first = rc.Playground(data=series, file=tmp_path / "lesson.json")
    first.set("reservoir", spectral_radius=1.25)
    first.experiment.close()
    again = rc.Playground(data=series, file=tmp_path / "lesson.json")
    assert again.model["reservoir"].spectral_radius == 1.25
    again.experiment.close()


def test_bad_data_is_a_sentence_in_the_cell(page, series):
    series[3, 1] = np.nan
    with pytest.raises(ValueError, match="The data must be finite, got nan in row 3, column 1"):
        rc.Playground(data=series)


def test_a_closed_playground_leaves_no_thread_and_no_listener(page, play):
    play.close()
    play.close()
    assert play.experiment._session.events.listeners == () and play._app.comm is None and play.children[1].children[0].comm is None
    end = time.monotonic() + 5
    threads = {play._publisher._thread, play.experiment._worker._thread}
    while threads != {None} and time.monotonic() < end:
        time.sleep(0.01)
        threads = {play._publisher._thread, play.experiment._worker._thread}
    assert threads == {None}
    assert play.wait(1) is play.results


def test_a_lesson_hides_parts_of_the_box():
    play = rc.Playground(task="sunspots", hide=["loss", "runs", "sweep"])
    try:
        kinds = [type(child).__name__ for child in play.children]
        assert kinds == ["App", "HBox", "StatusModel"]
        assert [type(child).__name__ for child in play.children[1].children] == ["FigurePlace"]
        assert play.children[0].locks == {"locked": [], "hidden": ["loss", "runs", "sweep"]}
    finally:
        play.close()


def test_a_playground_names_its_boxes_where_its_state_is_to_be_in_no_file(play):
    assert play.children[0].unsaved == []
    left = rc.Playground(save_state=False)
    try:
        left.wait(60)
        before = left.children[0].unsaved
        place = figures(left)[0]
        assert before[0] == left.model_id
        place.choose("Figure", "Residuals")
        left.wait(60)
        assert {place.figures[name].row.model_id for name in ("Prediction", "Residuals")} <= {*left.children[0].unsaved}
    finally:
        left.close()
