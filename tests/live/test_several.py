"""Several series of one's own, live: split by series, each with its own warm-up, held to what the trainers give in Python."""

import warnings

import numpy as np
import pytest

import rcwidgets as rc
from rcwidgets.core.metrics import nrmse
from rcwidgets.live.experiment import Experiment
from tests.live.conftest import wave


@pytest.fixture(scope="module")
def classes():
    random, labels = np.random.default_rng(2), ["fast", "slow"] * 10
    return {"inputs": [wave(40 + k, {"fast": 0.5, "slow": 0.2}[label], random) for k, label in enumerate(labels)], "labels": labels}


def model():
    return rc.Input() >> rc.Reservoir(40, seed=0) >> rc.LinearReadout()


@pytest.fixture
def experiment(trials):
    made = Experiment(model(), data=trials)
    yield made
    made.close()


def in_python(data, graph, beta):
    """The test NRMSE and the outputs, of ridge regression in Python after a warm-up in each series."""
    (x, y), skipped = data.pairs(slice(0, data.trained)), data.washed
    trainer = rc.RidgeTrainer(graph, beta=beta)
    trainer.predict([one[:skipped] for one in x])
    trainer.fit([[one[skipped:] for one in part] for part in (x, y)])
    later, wanted = data.pairs(slice(data.trained, len(data.names)))
    found = np.concatenate([one[skipped:] for one in trainer.predict(later, reset=True)])
    return nrmse(found, np.concatenate([one[skipped:] for one in wanted])), found


def test_whole_series_train_and_others_test_each_after_its_own_warm_up(experiment, trials):
    results = experiment.wait(120)
    data = results.data
    lengths = [len(one) for one in trials]
    assert (data.trained, data.washed) == (7, min(lengths) // 10)
    assert data.train == sum(length - 1 - data.washed for length in lengths[:7])
    assert results.trials == dict(data.trials()) and list(results.trials) == ["8", "9", "10"]
    error, outputs = in_python(data, results.model, results.beta)
    np.testing.assert_allclose((results.forecast - data.mean) / data.scale, outputs, atol=1e-5)
    assert results.test_nrmse == pytest.approx(error, rel=1e-4) and error < 0.1
    first = results.of_trial("9")
    np.testing.assert_allclose(first.truth, trials[8][1 + data.washed :], atol=1e-12)
    assert first.time.tolist() == list(range(1 + data.washed, len(trials[8]))) and first.test_nrmse == results.test_nrmse


def test_the_split_is_moved_from_series_to_series(experiment, trials):
    experiment.wait(120)
    starts = np.cumsum([0, *map(len, trials)])
    split = experiment.split
    assert (split.warmup, split.train, split.rows) == (0, starts[7], starts[-1])
    experiment.move_border(1, int(starts[4]) + 2)
    assert experiment.task.train_series == 4 and experiment.wait(120).data.trained == 4
    with pytest.raises(ValueError, match="each has a warm-up of its own"):
        experiment.move_border(0, 5)


@pytest.mark.parametrize(
    ("knobs", "words"),
    [
        ({"train_series": 10}, "Of 10 series 10 are to train. At least one trains and at least one tests: take 1 to 9"),
        ({"warmup": 60}, "is too short: of its .* rows 60 are for the warm-up and 1 for the horizon"),
    ],
)
def test_a_split_that_leaves_nothing_is_a_problem_at_its_knob(experiment, knobs, words):
    experiment.wait(120)
    experiment.set("task", **knobs)
    experiment.wait(120)
    (problem,) = experiment.status.problems
    assert problem.owner == "task" and problem.knob == next(iter(knobs))
    with pytest.raises(ValueError, match=words):
        experiment.task.prepare(experiment.data)


def test_a_sweep_and_the_code_give_the_numbers_of_the_figure(experiment, trials, capsys):
    results = experiment.wait(120)
    names = {"series": trials}
    exec(experiment.code(), names)
    assert names["nrmse"] == pytest.approx(results.test_nrmse, rel=1e-4)
    experiment.sweep({"beta": [results.beta, 10.0]})
    sweep = experiment.wait_sweep(120).sweep
    assert sweep.errors[0, 0] < sweep.errors[1, 0]
    np.testing.assert_allclose(sweep.test_errors, [results.test_nrmse], rtol=1e-4)


def test_bptt_learns_from_series_of_unequal_length(trials, capsys):
    experiment = Experiment(rc.Input() >> rc.GRU(20) >> rc.LinearReadout(), data=trials, trainer=rc.BPTT)
    experiment.set("trainer", num_train=40, patience=None)
    experiment.run()
    results = experiment.wait(300)
    assert not experiment.status.problems and results.test_nrmse < 0.3
    names = {"series": trials}
    exec(experiment.code(), names)
    assert names["nrmse"] == pytest.approx(results.test_nrmse, rel=1e-3)
    experiment.close()


def test_one_value_a_series_is_no_forecast(trials):
    experiment = Experiment(rc.Input() >> rc.Reservoir(9) >> rc.TimeMean() >> rc.LinearReadout(), data=trials)
    experiment.wait(60)
    assert "a forecast needs one at every step" in experiment.status.problems[0].text
    experiment.close()


def test_the_activity_is_that_of_the_first_tested_series(experiment):
    experiment.wait(120)
    seen = experiment.look("activity")
    assert seen.time_label == "step of series 8" and seen.problem == ""


def test_classes_of_ones_own_are_split_by_class_and_told_apart(classes, capsys):
    experiment = Experiment(data=classes)
    assert experiment.task.kind == "classes"
    results = experiment.wait(120)
    data = results.data
    assert results.channels == ("fast", "slow") and data.train == 14
    assert data.targets[:14].sum(axis=0).tolist() == [7, 7] and data.targets[14:].sum(axis=0).tolist() == [3, 3]
    assert results.accuracy == 1.0 and results.confusion.tolist() == [[3, 0], [0, 3]]
    names = {"series": classes["inputs"], "labels": np.array(classes["labels"])}
    exec(experiment.code(), names)
    assert names["accuracy"] == results.accuracy
    np.testing.assert_allclose(np.sort(names["scores"], axis=0), np.sort(results.forecast, axis=0), atol=1e-4)
    experiment.close()


def test_data_without_classes_say_how_to_give_them(trials, classes):
    experiment = Experiment(task="classes", data=trials)
    with pytest.raises(ValueError, match="these data have no class for each. Choose the column"):
        experiment.wait(60)
    experiment.bring(classes)
    assert experiment.wait(120).accuracy == 1.0
    experiment.bring(trials)
    assert experiment.task.kind == "data" and experiment.wait(120).data.trained == 7
    experiment.close()


def test_a_table_of_trials_is_saved_with_its_task_and_written_as_code(tmp_path, trials, capsys):
    path, lesson = tmp_path / "trials.csv", tmp_path / "lesson.json"
    rows = [f"{k},{step},{x!r},{y!r}" for k, one in enumerate(trials) for step, (x, y) in enumerate(one.tolist())]
    path.write_text("\n".join(["trial,time,x,y", *rows]))
    file = rc.datasets.DataFile(path, id="trial")
    task = rc.DataTask(train_series=6, targets=["y"])
    experiment = Experiment(model(), task=task, data=file, file=lesson)
    experiment.set("task", train_series=5)
    results = experiment.wait(120)
    names = {}
    exec(experiment.code(), names)
    assert names["nrmse"] == pytest.approx(results.test_nrmse, rel=1e-4) and "id='trial'" in experiment.code()
    again = Experiment(data=file, file=lesson)
    assert again.task.train_series == 5 and again.wait(120).test_nrmse == results.test_nrmse
    experiment.close()
    again.close()


@pytest.mark.parametrize("gaps", [False, True])
def test_nodes_after_a_readout_are_computed_series_by_series(gaps):
    random = np.random.default_rng(7)
    parts = [np.sin(np.arange(40 + 5 * k) / 4 + k)[:, None] + 0.05 * random.normal(size=(40 + 5 * k, 1)) for k in range(6)]
    parts = [np.column_stack([one, 0.5 * np.tanh(one + np.roll(one, 1))]) for one in parts]
    if gaps:
        parts[1][20:23, 1] = np.nan

    def model():
        signal, readout, total = rc.Input(), rc.LinearReadout(), rc.Sum()
        graph = signal >> rc.Reservoir(20, seed=0) >> readout >> rc.Activation("tanh") >> total
        return graph & (signal >> rc.Delay(1) >> rc.Scale(factor=0.1) >> total)

    task = rc.DataTask(inputs=["channel 1"], targets=["channel 2"], horizon=0, gaps="drop" if gaps else "as read", normalise=False)
    experiment = Experiment(model(), task, rc.RidgeTrainer(model(), beta=1e-3, dtype="float64"), data=parts)
    results = experiment.wait(120)
    experiment.close()
    warm, alone = 4, rc.RidgeTrainer(model(), beta=1e-3, dtype="float64")
    x, y = ([one[:, place : place + 1] for one in parts[:4]] for place in (0, 1))
    alone.predict(np.stack([one[:warm] for one in x]))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", rc.datasets.DataWarning)
        alone.fit([[one[warm:] for one in x], [one[warm:] for one in y]], gaps="drop" if gaps else "error")
    np.testing.assert_allclose(results.params["readout"]["W"], alone.params["readout"]["W"], rtol=1e-6, atol=1e-8)
    told = alone.predict([one[:, :1] for one in parts[4:]], reset=True)
    np.testing.assert_allclose(results.forecast, np.concatenate([one[warm:] for one in told]), rtol=1e-6, atol=1e-8)
    assert results.followed and results.test_nrmse < 1
