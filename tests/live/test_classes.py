"""Whole series told apart, live: the Japanese vowels, held to what the trainers give in Python."""

import numpy as np
import pytest

import rcwidgets as rc
from rcwidgets.core.tasks import VowelsTask
from rcwidgets.live.experiment import Experiment


@pytest.fixture(scope="module")
def data():
    return VowelsTask().prepare()


@pytest.fixture
def experiment():
    made = Experiment(task="vowels")
    yield made
    made.close()


def right(model, data, **settings):
    """The share of right ones, and the outputs of the test part, of ridge regression in Python."""
    trainer = rc.RidgeTrainer(model, **settings).fit([data.series_of(slice(0, data.train)), data.targets[: data.train]])
    outputs = trainer.predict(data.series_of(slice(data.train, data.end)), reset=True)
    return np.mean(outputs.argmax(1) == data.targets[data.train :].argmax(1)), outputs


def test_the_data_are_the_published_ones_and_each_fifth_of_the_training_part_has_all_speakers(data):
    (train_x, train_y), (test_x, test_y) = rc.datasets.japanese_vowels()
    assert (data.train, data.end, data.sizes) == (270, 640, (12, 9))
    places = data.time[:270].astype(int) - 1
    np.testing.assert_array_equal(np.sort(places), np.arange(270))
    np.testing.assert_array_equal(data.targets.argmax(1), [*train_y[places], *test_y])
    every = np.concatenate(train_x)
    for series, raw in zip(data.series_of(slice(0, 640)), [*(train_x[place] for place in places), *test_x], strict=True):
        np.testing.assert_allclose(series, (raw - every.mean(0)) / every.std(0), atol=1e-12)
    assert all(set(part.argmax(1)) == set(range(9)) for part in np.split(data.targets[:270], 5))


@pytest.mark.parametrize("seed", range(3))
def test_the_defaults_tell_the_speakers_apart_as_the_trainer_in_python_does(experiment, data, seed):
    experiment.set("trainer", seed=seed)
    results = experiment.wait(120)
    assert results.accuracy >= 0.98 and results.train_accuracy >= 0.99
    share, outputs = right(results.model, data, beta=results.beta, seed=seed)
    assert results.accuracy == share
    np.testing.assert_allclose(results.forecast, outputs, atol=1e-4)
    assert experiment.status.outcome == f"Test accuracy {100 * share:.3g} %"


def test_the_confusion_counts_every_series_once(experiment, data):
    results = experiment.wait(120)
    counts = results.confusion
    np.testing.assert_array_equal(counts.sum(axis=1), data.targets[data.train :].sum(axis=0))
    assert counts.trace() / counts.sum() == results.accuracy
    wrong = results.parts
    assert wrong.sum() == counts.sum() - counts.trace()
    metrics = experiment.metrics
    assert metrics["accuracy"].test == results.accuracy and metrics["accuracy"].train == results.train_accuracy
    assert metrics["accuracy"].channels["speaker 3"][1] == counts[2, 2] / counts[2].sum()
    assert "valid_prediction_time" not in metrics


def test_the_nodes_as_they_are_dragged_are_the_start(experiment):
    dragged = Experiment(rc.Input() >> rc.Reservoir() >> rc.TimeMean() >> rc.LinearReadout(), task="vowels")
    assert dragged.wait(120).accuracy == experiment.wait(120).accuracy >= 0.98
    dragged.close()


def test_a_beta_by_itself_is_that_of_the_trainer_in_python(experiment, data):
    experiment.set("trainer", selection="blocked")
    results = experiment.wait(120)
    trainer = rc.RidgeTrainer(results.model, beta="auto").fit([data.series_of(slice(0, 270)), data.targets[:270]])
    assert np.isclose(np.log10(results.beta), np.log10(trainer.betas["readout"]), atol=0.26)  # a place of the grid, at the most


def test_bptt_learns_classes_by_cross_entropy_and_shows_probabilities():
    experiment = Experiment(task="vowels", trainer=rc.BPTT)
    experiment.run()
    results = experiment.wait(300)
    experiment.close()
    assert results.settings.loss == "cross_entropy" and results.accuracy > 0.9
    np.testing.assert_allclose(results.forecast.sum(axis=1), 1.0, atol=1e-6)
    assert (results.forecast >= 0).all()


def test_a_sweep_measures_whole_series_that_are_held_out(experiment, data):
    experiment.wait(120)
    experiment.sweep({"beta": [1e-3, 1e2]})
    sweep = experiment.wait_sweep(120).sweep
    assert sweep.errors[0, 0] < 0.6 < sweep.errors[1, 0]


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (rc.Input() >> rc.Reservoir(10) >> rc.LinearReadout(), "readout gives a value at every step, and this task asks for one a series"),
        (rc.Input() >> rc.LinearReadout(9) >> rc.TimeMean() >> rc.LinearReadout(), "readout is trained at every step, and the classes"),
    ],
)
def test_a_model_that_speaks_at_every_step_is_told_what_to_put_in(model, words):
    experiment = Experiment(model, task="vowels")
    experiment.wait(60)
    assert words in experiment.status.problems[0].text
    experiment.close()


def test_the_activity_is_that_of_the_first_utterance_of_the_test_part(experiment, data):
    experiment.wait(120)
    leave = experiment.looks.watch("activity")
    experiment.wait(120)
    seen = experiment.looks.newest("activity")
    leave()
    assert (len(seen.time), seen.time[0], seen.time_label) == (data.lengths[270], 1.0, "step of utterance 271")
    results = experiment.results
    trainer = rc.RNNRunner(results.model, params=results.params)
    trainer.predict(data.series_of(slice(270, 271)), reset=True, monitors=["reservoir.state"])
    np.testing.assert_allclose(seen.values, trainer.mon["reservoir.state"][0][:, seen.units], atol=1e-5)
