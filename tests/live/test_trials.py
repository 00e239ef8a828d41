"""Several series, live: learned step by step, with feedback, run on by themselves, and what they start with."""

import numpy as np
import pytest

import rcwidgets as rc
from rcwidgets.core.document.document import Document
from rcwidgets.core.tasks import own_series
from rcwidgets.core.tasks.own_start import OwnStart
from rcwidgets.core.trainers.online.settings import RLSSettings
from rcwidgets.live.experiment import Experiment
from rcwidgets.live.stages.prepared import Prepared, StageCache
from rcwidgets.live.trainings import online
from rcwidgets.live.trainings.online import OnlineTraining


def model():
    return rc.Input() >> rc.Reservoir(40, seed=0) >> rc.LinearReadout()


def looped(**knobs):
    i, r, o = rc.Input(), rc.Reservoir(20, seed=3, **{"feedback_scaling": 0.3, "input_scaling": 0.5, **knobs}), rc.LinearReadout()
    return (i >> r >> o) & (r << o)


@pytest.mark.parametrize("trainer", [lambda graph: rc.RidgeTrainer(graph, beta=1e-3), lambda graph: rc.RLS(graph, alpha=0.1)])
def test_a_sweep_over_trials_with_feedback_gives_the_number_of_the_run(trials, trainer):
    experiment = Experiment(looped(), data=trials, trainer=trainer(looped()))
    experiment.run()
    results = experiment.wait(120)
    experiment.sweep({"reservoir.spectral_radius": [results.model["reservoir"].spectral_radius]})
    np.testing.assert_allclose(experiment.wait_sweep(120).sweep.test_errors, [results.test_nrmse], rtol=1e-3)
    experiment.close()


def by_hand(graph, data, alpha):
    """The weights of RLS after one trial after another, from rest in each, row by row in NumPy. Rows of the warm-up run and do not learn.

    The target is fed back, and zero during the warm-up, when nothing is known.
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
        gain = inverse @ row / (1 + row @ inverse @ row)
        w, inverse = w + np.outer(gain, target - row @ w), inverse - np.outer(gain, row @ inverse)
    return w


@pytest.mark.parametrize("graph", [model, looped])
def test_recursive_least_squares_over_trials_is_that_over_the_rows_after_each_warm_up_with_states_reset(trials, graph):
    experiment = Experiment(graph(), data=trials, trainer=rc.RLS(graph(), alpha=0.1, dtype="float64"))
    experiment.run()
    results = experiment.wait(120)
    experiment.close()
    assert not experiment.status.problems
    found = np.vstack([results.params["readout"]["W"], results.params["readout"]["b"]])
    np.testing.assert_allclose(found, by_hand(results.model, results.data, 0.1), rtol=1e-6, atol=1e-8)
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


def test_a_trainer_of_several_series_has_no_end_to_go_on_from(trials):
    experiment = Experiment(model(), data=trials)
    experiment.wait(120)
    with pytest.raises(ValueError, match="no output to start the closed loop from"):
        experiment.trainer.generate(5)
    experiment.close()


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
    assert "changes (differenced)" in experiment.chosen and "of series 1 to 14, each told by the others" in experiment.chosen
    assert results.test_nrmse < 1.05 * persistence
    names = {"series": walks}
    exec(experiment.code(), names)
    assert names["nrmse"] == pytest.approx(results.test_nrmse, rel=1e-4)
    chosen = experiment.chosen
    other = [*walks[:14], *(one + 100 * random.normal(size=(60, 1)) for one in walks[14:])]
    experiment.bring(other)
    assert experiment.chosen == chosen  # the test part tells nothing
    experiment.close()


def test_a_start_that_was_chosen_gives_way_to_that_of_classes_and_comes_back(trials):
    experiment = Experiment(data=trials)
    chosen = experiment.chosen
    assert chosen
    experiment.bring({"inputs": trials, "labels": ["a", "b"] * 5})
    assert experiment.chosen == "" and experiment.task.kind == "classes"
    experiment.bring(trials)
    assert experiment.task.kind == "data" and experiment.chosen == chosen
    experiment.close()


def test_a_curve_in_several_series_is_chosen_better_than_the_usual_start(trials):
    chosen, usual = Experiment(data=trials), Experiment(OwnStart().graph(), data=trials)
    assert chosen.chosen and not usual.chosen
    assert chosen.wait(120).test_nrmse < usual.wait(120).test_nrmse
    chosen.close()
    usual.close()
