"""The experiment: changes, undo, newest wins, sentences, the file; no Jupyter anywhere."""

import gc
import subprocess
import sys
import threading
import time
import weakref

import numpy as np
import pytest

from rcwidgets.core.nodes import Input, LinearReadout, Reservoir
from rcwidgets.core.tasks import DataTask
from rcwidgets.core.trainers.closed_form.ridge import RidgeTrainer
from rcwidgets.live import worker
from rcwidgets.live.experiment import Experiment


class Clock:
    """A clock that goes when it is told to."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def experiment(series, model):
    made = Experiment(model, data=series)
    made.wait(60)
    yield made
    made.close()


@pytest.fixture
def still(series, model):
    """An experiment that trains only when it is told to."""
    made = Experiment(model, data=series, auto=False)
    yield made
    made.close()


def test_it_is_trained_without_being_asked(experiment):
    assert experiment.results.test_nrmse < 0.1
    assert experiment.status.activity == "idle" and experiment.status.message.startswith("trained in")
    assert experiment.status.revision == experiment.revision == 1


def test_a_turned_knob_retrains_and_undo_brings_the_old_results_back(experiment):
    before = experiment.results.test_nrmse
    experiment.set("reservoir", spectral_radius=0.2, leak_rate=0.9)
    assert experiment.wait(60).test_nrmse != before
    assert experiment.model["reservoir"].leak_rate == 0.9
    assert experiment.undo()
    assert experiment.wait(60).test_nrmse == before
    assert experiment.redo() and not experiment.redo()
    assert experiment.model["reservoir"].leak_rate == 0.9


def test_edits_of_one_gesture_are_one_undo(still):
    node = still.document.graph.id_of("reservoir")
    for value in (0.1, 0.2, 0.3):
        still.edit([{"op": "set", "owner": node, "knob": "spectral_radius", "value": value}], gesture="drag")
    still.edit([{"op": "set", "owner": node, "knob": "spectral_radius", "value": 0.4}], gesture="another")
    still.undo()
    assert still.model["reservoir"].spectral_radius == 0.3
    still.undo()
    assert still.model["reservoir"].spectral_radius == 0.9
    assert still.history[0] is None and "Spectral radius" in still.history[1]


@pytest.mark.parametrize(
    ("name", "knobs", "words"),
    [
        ("reservoir", {"spectral_radius": 11}, r"Reservoir.spectral_radius must be in \[0.0, 10.0\], got 11."),
        ("reservoir", {"radius": 1}, "Reservoir has no knob 'radius'. Its knobs: units, spectral_radius"),
        ("trainer", {"beta": -1}, r"RidgeTrainer.beta must be in \[0.0, "),
        ("task", {"horizon": -1}, "data.horizon must be in"),
        ("echo", {"units": 1}, "There is no node 'echo'. The nodes: input, reservoir, readout"),
    ],
)
def test_a_refused_value_is_a_sentence_and_changes_nothing(experiment, name, knobs, words):
    before, revision = experiment.results, experiment.revision
    with pytest.raises(ValueError, match=words):
        experiment.set(name, **knobs)
    experiment.wait(60)
    assert experiment.results is before and experiment.revision == revision and experiment.history == (None, None)


def test_a_half_wired_graph_says_so_and_keeps_the_last_results(experiment):
    before = experiment.results
    node = experiment.document.graph.id_of("reservoir")
    experiment.edit([{"op": "remove", "nodes": [node], "edges": []}])
    experiment.wait(60)
    assert experiment.status.activity == "failed"
    assert "readout has no input. Wire a node to it." in [problem.text for problem in experiment.status.problems]
    assert experiment.results is before
    assert experiment.trainer.predict(np.zeros((3, 2))).shape == (3, 2)


def test_a_node_without_use_changes_no_digit(experiment):
    before = experiment.results.forecast
    experiment.edit([{"op": "add", "kind": "Reservoir", "position": [0, 0]}])
    np.testing.assert_array_equal(experiment.wait(60).forecast, before)
    assert [node.state for node in experiment.status.nodes.values()] == ["ok", "ok", "ok", "unwired"]


def test_a_moved_node_trains_nothing(experiment):
    before = experiment.results
    node = experiment.document.graph.id_of("reservoir")
    experiment.edit([{"op": "move", "positions": {node: [10, 20]}}])
    experiment.wait(60)
    assert experiment.results is before and experiment.document.positions[node] == (10, 20)


def test_the_newest_of_many_changes_wins(experiment):
    for radius in np.linspace(0.1, 1.2, 30):
        experiment.set("reservoir", spectral_radius=radius)
    results = experiment.wait(60)
    assert results.model["reservoir"].spectral_radius == pytest.approx(1.2)
    alone = Experiment(experiment.model, DataTask(), data=experiment.data.values)
    np.testing.assert_array_equal(alone.wait(60).forecast, results.forecast)
    alone.close()


def test_paused_it_trains_only_on_run(experiment):
    before = experiment.results
    experiment.pause()
    experiment.set("trainer", beta=10.0)
    assert experiment.wait(60) is before and experiment.status.activity == "paused"
    experiment.run()
    assert experiment.wait(60).beta == 10.0
    experiment.set("trainer", beta=1.0)
    experiment.resume()
    assert experiment.wait(60).beta == 1.0 and experiment.status.activity == "idle"


def test_stop_gives_up_the_run_and_run_makes_it_again(still):
    reached = threading.Event()
    still.subscribe(lambda news: (reached.set(), still.stop()) if news == "status" and still.status.activity == "compiling" else None)
    still.run()
    assert still.wait(60) is None and reached.is_set()
    assert still.status.message == "stopped"
    still.run()
    assert still.wait(60).test_nrmse < 0.1


def test_waiting_for_a_task_that_cannot_be_made_is_an_error_with_the_words_of_the_status(tmp_path):
    path = tmp_path / "gaps.csv"
    path.write_text("time,x\n" + "".join(f"{k},{'' if k == 50 else k % 7}\n" for k in range(300)))
    experiment = Experiment(data=path)
    with pytest.raises(ValueError) as caught:
        experiment.wait(60)
    assert str(caught.value) == experiment.status.problems[0].text != ""


def test_nan_in_the_data_is_named(series):
    series[17, 1] = np.nan
    with pytest.raises(ValueError, match="The data must be finite, got nan in row 17, column 1. Remove or fill"):
        Experiment(data=series)


def test_the_tasks_problem_is_shown_at_the_task(experiment):
    before = experiment.results
    experiment.set("task", horizon=399)
    experiment.wait(60)
    assert experiment.status.problems[0].owner == "task" and "too few rows" in experiment.status.problems[0].text
    assert experiment.results is before


def test_an_error_of_the_engine_is_a_sentence_and_the_thread_lives_on(experiment, monkeypatch):
    def broken(*_):
        raise RuntimeError("out of memory")

    with monkeypatch.context() as patch:
        patch.setattr(experiment._jobs.stages, "compute", broken)
        experiment.set("trainer", beta=2.0)
        experiment.wait(60)
    assert experiment.status.activity == "failed" and experiment.status.message == "The run failed: RuntimeError: out of memory."
    experiment.set("trainer", beta=3.0)
    assert experiment.wait(60).beta == 3.0


def test_the_time_is_the_clocks_and_each_tweak_is_remembered(series, model):
    clock = Clock()
    experiment = Experiment(model, data=series, clock=clock)
    experiment.subscribe(lambda news: setattr(clock, "now", clock.now + 0.5) if news == "status" else None)
    experiment.wait(60)
    assert experiment.results.seconds >= 0
    experiment.set("trainer", beta=1.0)
    experiment.wait(60)
    assert experiment.results.seconds > 0 and experiment.results.seconds % 0.5 == 0
    assert list(experiment.results.tweak_labels) == ["Start", "Ridge beta 1, trainer"]
    assert experiment.results.tweaks[-1] == experiment.results.test_nrmse
    experiment.close()


def test_the_trainer_is_a_detached_snapshot_that_goes_on_at_the_test_part(experiment):
    data = experiment.task.prepare(experiment.data)
    trainer = experiment.trainer
    forecast = trainer.predict(data.inputs[data.test_start : data.end]) * data.scale + data.mean
    np.testing.assert_allclose(forecast, experiment.results.forecast, atol=1e-3)
    trainer.fit([data.inputs[:100], data.inputs[1:101]], reset=True)
    np.testing.assert_array_equal(experiment.trainer.params["readout"]["W"], experiment.results.params["readout"]["W"])
    assert trainer.betas == {"readout": experiment.results.beta}


def test_the_detached_trainer_closes_the_loop_at_the_test_part(experiment):
    data, results = experiment.task.prepare(experiment.data), experiment.results
    generated = experiment.trainer.generate(20) * data.scale + data.mean
    assert results.horizon == 1
    np.testing.assert_allclose(generated[0], results.forecast[0], atol=1e-5)
    np.testing.assert_allclose(generated, results.truth[:20], atol=0.1)


def test_the_file_keeps_the_drawing(tmp_path, series, model):
    path = tmp_path / "lesson.json"
    first = Experiment(model, data=series, file=path, auto=False)
    first.set("reservoir", spectral_radius=1.1)
    first.close()
    again = Experiment(data=series, file=path, auto=False)
    assert again.model["reservoir"].spectral_radius == 1.1
    assert list(tmp_path.iterdir()) == [path]


def test_a_broken_file_is_named_and_left_alone(tmp_path):
    path = tmp_path / "lesson.json"
    path.write_text('{"format": "rcwidgets"', encoding="utf-8")
    with pytest.raises(ValueError, match=r"lesson.json"):
        Experiment(file=path)
    assert path.read_text(encoding="utf-8") == '{"format": "rcwidgets"'


def test_choosing_a_task_brings_its_start(series):
    experiment = Experiment(task="sunspots", auto=False)
    assert experiment.model["input"].features == 1 and experiment.model["reservoir"].units == 50
    experiment.choose(task="lorenz")
    assert experiment.model["input"].features == 3 and experiment.model["reservoir"].units == 400
    experiment.undo()
    assert experiment.task.kind == "sunspots" and experiment.model["reservoir"].units == 50


def test_a_trainer_with_settings_of_its_own_is_taken_over(series, model):
    experiment = Experiment(model, data=series, trainer=RidgeTrainer(model, beta=0.5), auto=False)
    assert experiment.document.trainer.beta == 0.5
    with pytest.raises(TypeError, match="Experiment.trainer must be one of RidgeTrainer, "):
        Experiment(model, data=series, trainer="ridge")


def test_a_wrong_size_is_named_at_its_node(series):
    experiment = Experiment(Input(3) >> Reservoir(20) >> LinearReadout(), data=series)
    experiment.wait(60)
    problem = experiment.status.problems[0]
    assert problem.owner == experiment.document.graph.id_of("input") and problem.knob == "features"
    assert problem.text == "input has 3 features, the data has 2. Set its features to 2, or leave them empty."
    experiment.close()


def test_the_live_engine_imports_no_jupyter():
    jupyter = ("ipywidgets", "IPython", "anywidget", "bqplot", "ipykernel")
    program = f"import sys, rcwidgets.live.experiment; print([m for m in sys.modules if m.split('.')[0] in {jupyter}])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_node_added_while_it_trains_has_a_status_and_the_results_are_of_it(experiment):
    added = []

    def listen(news):
        if news == "status" and experiment.status.activity == "running" and not added:
            added.append("concat")
            experiment.edit([{"op": "add", "kind": "Concat", "position": [0, 0]}])

    experiment.subscribe(listen)
    experiment.set("trainer", beta=1.0)
    experiment.wait(60)
    assert set(experiment.status.nodes) == set(experiment.document.graph.nodes) and len(experiment.status.nodes) == 4
    assert experiment.status.revision == experiment.revision


def test_a_listener_that_fails_stops_neither_the_others_nor_the_worker(experiment, caplog):
    heard = []
    experiment.subscribe(lambda news: {}[news])
    experiment.subscribe(heard.append)
    experiment.set("trainer", beta=1.0)
    assert experiment.wait(10).beta == 1.0 and experiment.status.activity == "idle"
    assert {"document", "status", "results"} <= set(heard)
    assert "A listener of an experiment failed at the news 'document'." in caplog.messages


def test_after_stop_a_moved_node_trains_nothing_and_resume_does(experiment):
    before = experiment.results
    node = experiment.document.graph.id_of("reservoir")
    experiment.stop()
    experiment.edit([{"op": "move", "positions": {node: [10, 20]}}])
    assert experiment.wait(60) is before and experiment.status.revision == experiment.revision
    experiment.resume()
    assert experiment.wait(60) is not before


def test_nothing_of_a_stopped_run_is_shown(experiment, monkeypatch):
    before, compute = experiment.results, experiment._jobs.stages.compute

    def stopped(*arguments):
        for results in compute(*arguments):
            experiment.stop()
            yield results

    monkeypatch.setattr(experiment._jobs.stages, "compute", stopped)
    experiment.set("trainer", beta=1.0)
    assert experiment.wait(60) is before and experiment.status.message == "stopped"


def test_a_second_run_has_its_own_time_and_is_no_new_tweak(still):
    clock = Clock()
    still._jobs.clock = clock
    still.subscribe(lambda news: setattr(clock, "now", clock.now + step) if news == "status" else None)
    step = 1.0
    still.run()
    first = still.wait(60).seconds
    step = 0.001
    still.run()
    assert still.wait(60).seconds < 0.1 < first and still.results.tweak_labels == ("Run",)


def test_a_closed_experiment_takes_no_change(experiment):
    experiment.close()
    for change in (lambda: experiment.set("trainer", beta=1.0), experiment.undo):
        with pytest.raises(RuntimeError, match="The experiment is closed. Make a new one."):
            change()
    assert experiment.document.trainer.beta != 1.0 and experiment.revision == 1


def test_pause_and_resume_do_not_hide_a_failure(experiment):
    experiment.set("task", horizon=399)
    experiment.wait(60)
    experiment.pause()
    experiment.resume()
    experiment.wait(60)
    assert experiment.status.activity == "failed" and experiment.status.problems


def test_a_dropped_experiment_is_collected(series, model, monkeypatch):
    monkeypatch.setattr(worker, "IDLE", 0.01)
    experiment = Experiment(model, data=series)
    experiment.wait(60)
    dropped = weakref.ref(experiment)
    del experiment
    end = time.monotonic() + 60
    while dropped() is not None and time.monotonic() < end:
        time.sleep(0.02)
        gc.collect()
    assert dropped() is None


def test_a_file_that_cannot_be_written_is_said_and_the_change_is_told_and_trained(tmp_path, series, model):
    folder = tmp_path / "gone"
    folder.mkdir()
    experiment = Experiment(model, data=series, file=folder / "lesson.json")
    experiment.wait(60)
    folder.rmdir()
    heard = []
    experiment.subscribe(heard.append)
    with pytest.raises(OSError, match=r"lesson.json cannot be written: No such file or directory. The change is made, but it is not kept"):
        experiment.set("trainer", beta=1.0)
    assert experiment.wait(60).beta == 1.0 and heard[0] == "document"
    experiment.close()


def test_the_file_keeps_its_permissions_its_link_and_its_folder(tmp_path, series, model, monkeypatch):
    real, link, elsewhere = tmp_path / "real.json", tmp_path / "link.json", tmp_path / "elsewhere"
    elsewhere.mkdir()
    link.symlink_to(real)
    monkeypatch.chdir(tmp_path)
    experiment = Experiment(model, data=series, file="link.json", auto=False)
    experiment.set("trainer", beta=1.0)
    real.chmod(0o664)
    monkeypatch.chdir(elsewhere)
    experiment.set("trainer", beta=2.0)
    assert link.is_symlink() and '"beta": 2.0' in real.read_text(encoding="utf-8")
    assert real.stat().st_mode & 0o777 == 0o664 and list(elsewhere.iterdir()) == []
