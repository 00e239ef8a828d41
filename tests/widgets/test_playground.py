"""The Playground and its parts from Python: equal to the mouse, shared by all handles."""

import time

import ipywidgets
import numpy as np
import pytest

import rcwidgets as rc


@pytest.fixture
def series():
    """Two sine waves, (400, 2)."""
    t = np.arange(400.0)
    return np.stack([np.sin(t / 5), np.cos(t / 7)], axis=1)


@pytest.fixture
def play(page, series):
    made = rc.Playground(rc.Input() >> rc.Reservoir(20, seed=0) >> rc.LinearReadout(), data=series)
    made.wait(60)
    yield made
    made.experiment.close()


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


def test_views_of_one_experiment_share_it_and_of_a_graph_have_their_own(page, play, series):
    editor, box = rc.GraphEditor(play.experiment), rc.controls(play.experiment)
    box.knobs["reservoir", "leak_rate"].value = 0.8
    assert play.model["reservoir"].leak_rate == 0.8
    assert editor.document["nodes"][1]["knobs"]["leak_rate"] == 0.8
    own = rc.PredictionView(rc.Input() >> rc.Reservoir(10) >> rc.LinearReadout())
    assert own.experiment is not play.experiment
    own.experiment.close()
    with pytest.raises(TypeError, match="LossView takes an Experiment or a model, got int"):
        rc.LossView(3)


def test_controls_follow_and_refuse_in_words(page, play):
    box = rc.controls(play.experiment)
    radius = box.knobs["reservoir", "spectral_radius"]
    assert isinstance(radius, ipywidgets.FloatSlider) and (radius.min, radius.max) == (0.0, 2.0)
    play.set("reservoir", spectral_radius=1.5)
    assert radius.value == 1.5
    seed = box.knobs["reservoir", "seed"]
    assert seed.value == "0"
    seed.value = "many"
    assert box.children[1].children[-1].value == "Seed must be a number or empty, got 'many'."
    assert play.model["reservoir"].seed == 0
    seed.value = ""
    assert play.model["reservoir"].seed is None and box.children[1].children[-1].value == ""


def test_columns_are_written_with_commas_between(page, play):
    targets = rc.controls(play.experiment).knobs["task", "targets"]
    assert targets.value == "" and targets.placeholder == "all"
    targets.value = "channel 2, channel 1"
    assert play.experiment.task.targets == ("channel 2", "channel 1")
    play.set("task", targets=["channel 1"])
    assert targets.value == "channel 1"
    targets.value = ""
    assert play.experiment.task.targets is None


def test_bring_takes_other_data(page, play):
    play.bring(np.sin(np.arange(300) / 5))
    assert play.wait(60).channels == ("channel 1",)
    assert play._app.data["rows"] == 300 and play._app.data["name"] == ""


def test_controls_are_built_anew_when_nodes_come_and_go(page, play):
    box = rc.controls(play.experiment)
    play.experiment.edit([{"op": "add", "kind": "Reservoir", "position": [0, 0]}])
    assert "reservoir_2" in box.titles and ("reservoir_2", "units") in box.knobs


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


def test_a_drag_of_a_stock_slider_is_one_undo(page, play):
    radius = rc.controls(play.experiment).knobs["reservoir", "spectral_radius"]
    for value in (0.5, 0.6, 0.7):
        radius.value = value
    assert play.undo() and play.model["reservoir"].spectral_radius == 0.9 and play.experiment.history[0] is None


def test_stock_controls_say_what_the_disk_or_a_closed_experiment_refuse(page, play):
    box = rc.controls(play.experiment)
    play.experiment.close()
    box.knobs["reservoir", "leak_rate"].value = 0.7
    assert box.children[1].children[-1].value == "The experiment is closed. Make a new one."


def test_closed_handles_follow_no_more(page, play):
    publisher, experiment = play._publisher, play.experiment
    viewers, listeners = len(publisher._viewers), len(experiment._events.listeners)
    handles = [rc.LossView(experiment), rc.PredictionView(experiment), rc.controls(experiment), rc.GraphEditor(experiment)]
    assert len(publisher._viewers) == viewers + 8 and len(experiment._events.listeners) == listeners + 2
    for handle in handles:
        handle.close()
    assert len(publisher._viewers) == viewers and len(experiment._events.listeners) == listeners
    play.set("reservoir", leak_rate=0.7)
    play.wait(60)


def test_a_closed_playground_leaves_no_thread_and_no_listener(page, play):
    play.close()
    play.close()
    assert play._experiment._events.listeners == () and play._app.comm is None and play.children[1].children[0].comm is None
    end = time.monotonic() + 5
    threads = {play._publisher._thread, play._experiment._worker._thread}
    while threads != {None} and time.monotonic() < end:
        time.sleep(0.01)
        threads = {play._publisher._thread, play._experiment._worker._thread}
    assert threads == {None}
    assert play.wait(1) is play.results


def test_what_is_closed_leaves_the_registry_of_ipywidgets(page, series):
    before = set(ipywidgets.Widget.get_manager_state()["state"])
    play = rc.Playground(rc.Input() >> rc.Reservoir(20, seed=0) >> rc.LinearReadout(), data=series)
    place = figures(play)[0]
    for name in place.kinds:
        place.choose("Figure", name)
        play.wait(60)
    handles = [rc.GraphEditor(play.experiment), rc.ClosedLoopView(play.experiment), rc.LossView(play.experiment)]
    assert len(set(ipywidgets.Widget.get_manager_state()["state"]) - before) > 100
    for handle in (*handles, play):
        handle.close()
    assert set(ipywidgets.Widget.get_manager_state()["state"]) == before


def test_stock_controls_write_texts_and_whole_numbers(page, play):
    play.experiment.edit([{"op": "add", "kind": kind, "position": [0, 0]} for kind in ("NVAR", "Select")])
    box = rc.controls(play.experiment)
    order, features = box.knobs["nvar", "order"], box.knobs["select", "features"]
    assert (type(order), order.value, features.value) == (ipywidgets.Text, "2", "0")
    order.value = "3, 2"
    assert play.model["nvar"].order == (3, 2)
    play.set("nvar", order=(2, 3))
    play.set("select", features="::2")
    assert (order.value, features.value) == ("2, 3", "::2")
    order.value = "two"
    refusal = box.children[box.titles.index("nvar")].children[-1].value
    assert refusal == "Order must be whole numbers with commas between, such as 2, 3."
    assert play.model["nvar"].order == (2, 3)
