"""Data of the user's own in an experiment: brought while it lives, its columns as inputs and targets, and what then follows."""

import pathlib
import time

import numpy as np
import pandas as pd
import pytest

from rcwidgets.core.datasets.reader.notes import DataWarning
from rcwidgets.core.nodes import Input, LinearReadout, Reservoir
from rcwidgets.core.trainers.closed_form.ridge import RidgeTrainer
from rcwidgets.core.trainers.gradient.bptt import BPTT
from rcwidgets.core.trainers.online.recursive import RLS
from rcwidgets.live.experiment import Experiment
from rcwidgets.live.runs.run import overlaid


def table(rows=400, seed=0):
    """Two inputs that are noise, and a target that adds up their last values."""
    random = np.random.default_rng(seed)
    a, b = random.normal(size=(2, rows))
    return pd.DataFrame({"a": a, "b": b, "c": 7 + 2 * a - 3 * np.roll(b, 1), "city": "Oslo"})


def model():
    """A reservoir that forgets fast, and the input beside it."""
    entry, readout = Input(), LinearReadout()
    return (entry >> Reservoir(40, leak_rate=1.0, seed=0) >> readout) & (entry >> readout)


@pytest.fixture
def experiment():
    made = Experiment(model(), "sunspots")
    made.wait(60)
    yield made
    made.close()


def choose(experiment):
    """The columns a and b as inputs of c, of the same step."""
    experiment.set("task", inputs=["a", "b"])
    experiment.set("task", targets=["c"])
    experiment.set("task", horizon=0)


def test_data_are_brought_while_it_lives_and_their_results_take_the_place_of_those_before(experiment):
    assert not experiment.has_data and experiment.data is None
    revision = experiment.revision
    assert experiment.bring(table()) == revision + 1
    assert experiment.task.kind == "data" and experiment.has_data
    results = experiment.wait(60)
    assert results.channels == ("a", "b", "c") and results.data.digest == experiment.data.digest
    data = experiment.task.prepare(experiment.data)
    np.testing.assert_allclose(results.truth, table()[["a", "b", "c"]].to_numpy()[data.test_start + 1 :])


def test_columns_are_inputs_and_targets_of_a_model_that_is_trained_on_them(experiment):
    experiment.bring(table())
    choose(experiment)
    results = experiment.wait(60)
    assert results.channels == ("c",) and results.horizon == 0 and results.test_nrmse < 0.1
    data = experiment.task.prepare(experiment.data)
    np.testing.assert_allclose(results.truth[:, 0], table()["c"].to_numpy()[data.test_start :])
    trainer = RidgeTrainer(model().sized(2, 1), beta=experiment.document.trainer.beta)
    border, test = data.warmup, data.test_start
    trainer.predict(data.inputs[:border])
    trainer.fit([data.inputs[border:test], data.targets[border:test]])
    expected = trainer.predict(data.inputs[test:]) * data.scale + data.mean
    np.testing.assert_allclose(results.forecast, expected, rtol=1e-3, atol=1e-3)
    assert experiment.model["readout"].features == 1 and experiment.model["input"].features == 2
    assert experiment.status.nodes[experiment.model.id_of("input")].text == "a, b"
    assert "at the same step" in experiment.status.metrics[1].title


def test_other_data_under_the_same_names_are_trained_anew_and_keep_the_columns(experiment):
    experiment.bring(table())
    choose(experiment)
    before = experiment.wait(60)
    document = experiment.document
    experiment.bring(table(seed=1))
    after = experiment.wait(60)
    assert experiment.document.key() == document.key() and after.revision > before.revision
    assert np.abs(after.truth - before.truth).max() > 1
    assert len({run.own.digest for run in list(experiment.runs)[-2:]}) == 2  # equal documents, and yet two runs
    assert [run.label for run in list(experiment.runs)[-2:]] == ["Horizon 0, task", "Bring data"]
    experiment.runs.pin(experiment.runs[-2].number)
    assert overlaid(experiment.runs, after) == {experiment.runs[-2].number: "not drawn: other data"}


def test_columns_that_other_data_lack_are_all_of_them_again(experiment):
    experiment.bring(table())
    experiment.set("task", inputs=["a"], targets=["c"])
    experiment.bring(table()[["a", "b"]])
    assert experiment.task.inputs == ("a",) and experiment.task.targets is None
    assert experiment.wait(60).channels == ("a", "b")


def test_undo_takes_the_choice_back_and_not_the_data(experiment):
    experiment.bring(table())
    experiment.set("task", targets=["c"])
    experiment.wait(60)
    assert experiment.undo() and experiment.task.targets is None
    assert experiment.history == ("Bring data", "Set Targets of the task")
    assert experiment.undo() and experiment.task.kind == "sunspots" and experiment.has_data
    assert experiment.wait(60).channels == ("sunspot number",)
    assert experiment.redo() and experiment.redo()
    assert experiment.wait(60).channels == ("c",)
    assert experiment.runs[-1].label == "Targets c, task"


@pytest.mark.parametrize(
    ("knobs", "words", "knob"),
    [
        ({"targets": []}, "No target is chosen. Take at least one column as target.", "targets"),
        ({"inputs": ["city"]}, "Column 'city' holds no numbers (text). Its columns of numbers: a, b, c.", "inputs"),
        ({"horizon": 0}, "'a' is an input and a target of the same step", "horizon"),
    ],
)
def test_what_is_wrong_with_the_columns_is_a_problem_at_their_knob(experiment, knobs, words, knob):
    experiment.bring(table())
    before = experiment.wait(60)
    experiment.set("task", **knobs)
    assert experiment.wait(60) is before
    problem = experiment.status.problems[0]
    assert problem.owner == "task" and problem.knob == knob and problem.text.startswith(words)


def test_data_that_cannot_be_read_change_nothing(experiment):
    document = experiment.document
    with pytest.raises(TypeError, match="The data must be numbers"):
        experiment.bring(["a", "b"])
    assert experiment.document is document and not experiment.has_data


def test_the_closed_loop_needs_targets_that_are_among_the_inputs(experiment):
    experiment.bring(table())
    experiment.wait(60)
    assert "The targets are not among the inputs" not in experiment.look("closed loop").problem
    experiment.set("task", targets=["c"])
    experiment.wait(60)
    loop = experiment.look("closed loop")
    assert loop.problem == "" and loop.known == ("a", "b") and loop.channels == ("c",)
    experiment.set("task", inputs=["a", "b"])
    experiment.wait(60)
    words = (
        "The targets are not among the inputs, so there is no loop to close: this task goes from a, b to c. Take a task that forecasts its"
    )
    assert experiment.look("closed loop").problem == f"{words} inputs."
    assert experiment.look("activity").problem == ""


@pytest.mark.parametrize("trainer", [RLS, BPTT])
def test_trainers_that_learn_step_by_step_take_columns_too(trainer):
    experiment = Experiment(model(), data=table(), trainer=trainer)
    choose(experiment)
    if trainer is BPTT:
        experiment.set("trainer", num_train=60, num_batch=4, learning_rate=0.01, window=25)
    experiment.run()
    results = experiment.wait(120)
    assert results.part == "test" and results.channels == ("c",) and results.test_nrmse < 0.3
    experiment.bring(table(seed=1))  # the training on the old data is void
    assert experiment.status.message == "press Run to train"
    experiment.run()
    assert experiment.wait(120).data.digest == experiment.data.digest
    experiment.close()


def test_data_that_are_brought_while_a_training_goes_on_end_it():
    experiment = Experiment(model(), data=table(), trainer=BPTT)
    experiment.set("trainer", num_train=100_000, window=25)
    experiment.run()
    for _ in range(6_000):
        if experiment.status.pace:
            break
        time.sleep(0.01)
    experiment.bring(table(seed=1))
    experiment.wait(60)
    assert experiment.status.activity == "idle" and experiment.status.problems == ()
    experiment.set("trainer", num_train=2)
    experiment.run()
    assert experiment.wait(60).data.digest == experiment.data.digest
    experiment.close()


def test_a_document_on_disk_asks_for_its_data_again(tmp_path):
    file = tmp_path / "model.json"
    first = Experiment(model(), data=table(), file=file)
    first.set("task", inputs=["a"], targets=["c"])
    first.wait(60)
    first.close()
    again = Experiment(file=file)
    assert again.wait(60) is None and again.status.problems[0].owner == "task"
    assert again.status.message.startswith("This task needs data of your own. Load a CSV file")
    again.bring(table())
    assert again.wait(60).channels == ("c",) and again.task.inputs == ("a",)
    again.close()


def test_the_code_of_a_kept_run_knows_its_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    table().to_csv("weather.csv", index=False)
    with pytest.warns(DataWarning, match="weather.csv: Left out: 'city'"):
        experiment = Experiment(model(), data="weather.csv")
    choose(experiment)
    results = experiment.wait(60)
    experiment.bring(np.sin(np.arange(300)))
    code = next(run for run in reversed(list(experiment.runs)) if run.channels == ("c",)).code()
    assert "rc.datasets.from_csv('weather.csv', inputs=['a', 'b'], targets=['c'])" in code
    space = {}
    exec(code, space)
    assert space["nrmse"] == pytest.approx(results.test_nrmse, rel=1e-3)
    experiment.close()


@pytest.mark.parametrize("kind", [str, pathlib.Path])
def test_exported_code_keeps_the_folder_of_a_file_as_it_was_given(kind, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    table().to_csv("folder/weather.csv", index=False)
    with pytest.warns(DataWarning, match="weather.csv: Left out: 'city'"):
        experiment = Experiment(model(), data=kind("folder/weather.csv"))
    choose(experiment)
    results = experiment.wait(60)
    code = experiment.code()
    assert "rc.datasets.from_csv('folder/weather.csv', inputs=['a', 'b'], targets=['c'])" in code and "uploaded" not in code
    assert experiment.data.name == "weather.csv" and experiment.data.path == str(pathlib.Path("folder/weather.csv"))
    assert experiment.runs.export(1) == code
    space = {}
    exec(code, space)
    assert space["nrmse"] == pytest.approx(results.test_nrmse, rel=1e-3)
    whole = tmp_path / "folder" / "weather.csv"
    with pytest.warns(DataWarning, match="weather.csv: Left out: 'city'"):
        experiment.bring(whole)
    assert f"rc.datasets.from_csv({str(whole)!r}, " in experiment.code()
    experiment.close()


def test_a_model_that_loses_to_a_line_is_told_so():
    values = np.cumsum(np.random.default_rng(0).normal(size=400))
    experiment = Experiment(Input() >> Reservoir(5, input_scaling=1e-3) >> LinearReadout(), data=values)
    results = experiment.wait(60)
    beaten = results.beaten_by
    assert beaten is not None and beaten.nrmse == min(one.nrmse for one in results.baselines) < results.test_nrmse
    assert experiment.status.outcome.endswith(f"(worse than {beaten.name}, {beaten.nrmse:.3g})")
    assert experiment.metrics["AR(12)"].test == next(one.nrmse for one in results.baselines if one.name == "AR(12)")
    experiment.choose(task="sines")
    assert experiment.wait(60).baselines == ()
    experiment.close()
