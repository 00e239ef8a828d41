"""Several series of one's own, live: split by series, each with its own warm-up, held to what the trainers give in Python."""

import warnings

import numpy as np
import pytest

import rcwidgets as rc
from rcwidgets.core.document.document import Document
from rcwidgets.core.metrics import nrmse
from rcwidgets.core.tasks import own_series
from rcwidgets.core.tasks.own_start import OwnStart
from rcwidgets.core.trainers.online.settings import RLSSettings
from rcwidgets.live.experiment import Experiment
from rcwidgets.live.stages.prepared import Prepared, StageCache
from rcwidgets.live.trainings import online
from rcwidgets.live.trainings.online import OnlineTraining


def wave(length, frequency, random):
    angle = frequency * np.arange(length) + random.uniform(0, 6)
    return np.stack([np.sin(angle), np.cos(angle)], axis=1) + 0.01 * random.normal(size=(length, 2))


@pytest.fixture(scope="module")
def trials():
    random = np.random.default_rng(1)
    return [wave(int(length), 0.2, random) for length in random.integers(30, 60, 10)]


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


@pytest.mark.parametrize("trainer", [lambda graph: rc.RidgeTrainer(graph, beta=1e-3), lambda graph: rc.RLS(graph, alpha=0.1)])
def test_a_sweep_over_trials_with_feedback_gives_the_number_of_the_run(trials, trainer):
    experiment = Experiment(looped(), data=trials, trainer=trainer(looped()))
    experiment.run()
    results = experiment.wait(120)
    experiment.sweep({"reservoir.spectral_radius": [results.model["reservoir"].spectral_radius]})
    np.testing.assert_allclose(experiment.wait_sweep(120).sweep.test_errors, [results.test_nrmse], rtol=1e-3)
    experiment.close()


def test_one_value_a_series_is_no_forecast(trials):
    experiment = Experiment(rc.Input() >> rc.Reservoir(9) >> rc.TimeMean() >> rc.LinearReadout(), data=trials)
    experiment.wait(60)
    assert "a forecast needs one at every step" in experiment.status.problems[0].text
    experiment.close()


def looped(**knobs):
    i, r, o = rc.Input(), rc.Reservoir(20, seed=3, **{"feedback_scaling": 0.3, "input_scaling": 0.5, **knobs}), rc.LinearReadout()
    return (i >> r >> o) & (r << o)


def by_hand(trainer, graph, data, forget=1.0, alpha=0.1, rate=0.01):
    """The weights after one trial after another, from rest in each: rows of the warm-up run and do not learn; step by step in NumPy.

    FORCE feeds its own output back, all others the target, and zero during the warm-up, when nothing is known.
    """
    (x, y), node = data.pairs(slice(0, data.trained)), graph["reservoir"]
    drawn = rc.RNNRunner(graph, dtype="float64")
    drawn.predict(x[0])
    own, units, outputs = drawn.params["reservoir"], node.units, y[0].shape[1]
    rows = []
    for signal, wanted in zip(x, y, strict=True):
        h, fed = np.zeros(units), np.zeros(outputs)
        for t, (u, target) in enumerate(zip(signal, wanted, strict=True)):
            back = node.feedback_scaling * fed @ own["W_fb"] if "W_fb" in own else 0.0
            drive = node.spectral_radius * h @ own["W"] + node.input_scaling * u @ own["W_in"] + back
            h = (1 - node.leak_rate) * h + node.leak_rate * np.tanh(drive)
            fed = target if t >= data.washed else np.zeros(outputs)
            if t >= data.washed:
                rows.append((np.append(h, 1.0), target))
    w, inverse = np.zeros((units + 1, outputs)), np.eye(units + 1) / alpha
    for row, target in rows:
        gain = inverse @ row / (forget + row @ inverse @ row)
        w, inverse = w + np.outer(gain, target - row @ w), (inverse - np.outer(gain, row @ inverse)) / forget
    return w


@pytest.mark.parametrize("graph", [model, looped])
def test_recursive_least_squares_over_trials_is_that_over_the_rows_after_each_warm_up_with_states_reset(trials, graph):
    experiment = Experiment(graph(), data=trials, trainer=rc.RLS(graph(), alpha=0.1, dtype="float64"))
    experiment.run()
    results = experiment.wait(120)
    experiment.close()
    assert not experiment.status.problems
    found = np.vstack([results.params["readout"]["W"], results.params["readout"]["b"]])
    np.testing.assert_allclose(found, by_hand(rc.RLS, results.model, results.data), rtol=1e-6, atol=1e-8)
    assert results.test_nrmse < 0.5 and list(results.trials) == ["8", "9", "10"]
    losses = results.curve.losses
    lengths = [len(one) - 1 - results.data.washed for one in trials[:7]]
    assert len(losses) == max(lengths) == results.curve.total


def trained(graph, trials, trainer):
    """Results of a training on the canvas, and the names that its code leaves."""
    experiment = Experiment(graph, data=trials, trainer=trainer)
    experiment.run()
    results = experiment.wait(120)
    assert not experiment.status.problems
    names = {"series": trials}
    exec(experiment.code(), names)
    experiment.close()
    return results, names


@pytest.mark.parametrize(
    "trainer",
    [
        lambda graph: rc.RidgeTrainer(graph, beta=1e-3, dtype="float64"),
        lambda graph: rc.RLS(graph, alpha=0.1, forgetting=0.99, dtype="float64"),
        lambda graph: rc.FORCELearning(graph, alpha=0.5, dtype="float64"),
        lambda graph: rc.LMS(graph, learning_rate=0.01, dtype="float64"),
        lambda graph: rc.LMS(graph, learning_rate=0.3, normalised=True, epochs=3, dtype="float64"),
        lambda graph: rc.BPTT(graph, num_train=2, learning_rate=0.01, dtype="float64"),
    ],
    ids=["ridge", "RLS", "FORCE", "LMS", "LMS in epochs", "BPTT"],
)
def test_a_readout_that_feeds_back_is_taught_trial_by_trial_as_in_python(trials, trainer, capsys):
    results, names = trained(looped(), trials, trainer(looped()))
    python = names["trainer"]
    np.testing.assert_allclose(results.params["readout"]["W"], python.params["readout"]["W"], rtol=1e-6, atol=1e-9)
    assert names["nrmse"] == pytest.approx(results.test_nrmse, rel=1e-6)
    told = np.concatenate([one[results.data.washed :] for one in python.predict(names["x"][names["train"] :], reset=True)])
    np.testing.assert_allclose((results.forecast - results.data.mean) / results.data.scale, told, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("graph", [model, looped])
def test_the_closed_loop_runs_each_tested_series_on_from_its_own_warm_up(trials, graph):
    experiment = Experiment(graph(), data=trials, trainer=rc.RidgeTrainer(graph(), beta=1e-4, dtype="float64"))
    results = experiment.wait(120)
    loop, data, trainer = experiment.look("closed loop"), results.data, experiment.trainer
    assert list(loop.trials) == ["8", "9", "10"] and loop.problem == ""
    valid = []
    for place, (name, rows) in enumerate(data.trials(), data.trained):
        one, values = loop.of_trial(name), data.series_of(slice(place, place + 1))[0]
        first = trainer.predict(values[: data.washed + 1], reset=True)[-1:]  # into the first row after the warm-up
        alone = np.concatenate([first, trainer.generate(len(one.truth) - 1)]) * data.scale + data.mean
        np.testing.assert_allclose(one.run, alone, atol=1e-8)
        np.testing.assert_array_equal(one.truth, results.truth[rows])
        np.testing.assert_allclose(one.truth, trials[place][data.washed + 1 :], atol=1e-12)
        valid.append(one.valid)
    assert loop.valid == np.median(valid) and experiment.metrics["valid_prediction_time"].test == loop.valid
    assert len(loop.run) == len(loop.truth) == len(results.truth)
    experiment.close()


def test_the_closed_loop_of_several_series_is_given_the_inputs_that_are_known(trials):
    known = [np.column_stack([one, np.cos(np.arange(len(one)) / 3)]) for one in trials]
    task = rc.DataTask(inputs=["channel 3", "channel 1"], targets=["channel 1"])
    experiment = Experiment(model(), task, rc.RidgeTrainer(model(), beta=1e-4, dtype="float64"), data=known)
    data, trainer = experiment.wait(120).data, experiment.trainer
    one = experiment.look("closed loop").of_trial("9")
    values, washed, steps = data.series_of(slice(8, 9))[0], data.washed, len(one.truth)
    first = trainer.predict(values[: washed + 1], reset=True)[-1:]
    drive = values[washed + 1 : washed + steps].copy()
    drive[:, 1] = np.nan
    alone = np.concatenate([first, trainer.generate(steps - 1, drive=drive)]) * data.scale + data.mean
    np.testing.assert_allclose(one.run, alone, atol=1e-8)
    assert one.known == ("channel 3",)
    experiment.close()


def test_a_trainer_of_several_series_has_no_end_to_go_on_from(experiment):
    experiment.wait(120)
    with pytest.raises(ValueError, match="no output to start the closed loop from"):
        experiment.trainer.generate(5)


def test_while_several_series_are_learned_the_rows_of_each_are_shown(trials, monkeypatch):
    monkeypatch.setattr(online, "STEPS", 0.05)  # sixteen steps a stretch
    prepared = Prepared(StageCache(own_series(trials)), Document(model(), rc.DataTask(), RLSSettings()))
    training = OnlineTraining(prepared)
    training.advance()
    early = training.results(1)
    assert early.part == "training" and list(early.trials) == list("1234567")
    data, steps = prepared.data, training.done
    some = early.of_trial("3")
    np.testing.assert_allclose(some.truth, trials[2][data.washed + 1 : data.washed + 1 + steps], atol=1e-12)
    while not training.finished:
        training.advance()
    assert list(training.results(2).trials) == ["8", "9", "10"]


def test_a_gap_in_the_targets_of_a_readout_that_feeds_back_is_refused_in_words(trials):
    some = [one.copy() for one in trials]
    some[1][9, 0] = np.nan
    task = rc.DataTask(gaps="drop", inputs=["channel 2"], targets=["channel 1"])
    experiment = Experiment(looped(), task, data=some)
    experiment.wait(60)
    assert "feeds back, and row 8 of its targets has no number" in experiment.status.problems[0].text
    experiment.close()


def test_the_start_on_several_series_is_chosen_by_those_that_train():
    random = np.random.default_rng(5)
    walks = [np.cumsum(random.normal(size=60))[:, None] for _ in range(20)]
    experiment = Experiment(data=walks)
    results = experiment.wait(120)
    persistence = next(one.nrmse for one in results.baselines if one.name == "Persistence")
    assert "changes (differenced)" in experiment.chosen and "of series 1 to 14, each told by those before it" in experiment.chosen
    assert results.test_nrmse < 1.05 * persistence
    names = {"series": walks}
    exec(experiment.code(), names)
    assert names["nrmse"] == pytest.approx(results.test_nrmse, rel=1e-4)
    chosen = experiment.chosen
    other = [*walks[:14], *(one + 100 * random.normal(size=(60, 1)) for one in walks[14:])]
    experiment.bring(other)
    assert experiment.chosen == chosen  # the test part tells nothing
    experiment.close()


def test_a_curve_in_several_series_is_chosen_better_than_the_usual_start(trials):
    chosen, usual = Experiment(data=trials), Experiment(OwnStart().graph(), data=trials)
    assert chosen.chosen and not usual.chosen
    assert chosen.wait(120).test_nrmse < usual.wait(120).test_nrmse
    chosen.close()
    usual.close()


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
