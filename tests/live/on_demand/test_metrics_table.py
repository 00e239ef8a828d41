"""The table of metrics: each number against NumPy by hand, and what is said where there is none."""

import csv
import io
import math

import numpy as np
import pytest

import rcwidgets as rc
from rcwidgets import metrics as functions
from rcwidgets.core.tasks import own_series
from rcwidgets.live.on_demand import watching as looks
from rcwidgets.live.on_demand.metrics_table import ERRORS, MEASURE_LOOP, metrics_table
from rcwidgets.live.results.results import score_of
from rcwidgets.live.results.words import MEASURES
from rcwidgets.live.stages.prepared import Prepared, StageCache
from rcwidgets.live.trainings import online
from rcwidgets.live.trainings.online import OnlineTraining


def experiment_on(channels, trainer=rc.RidgeTrainer):
    t = np.arange(400.0)
    series = np.stack([np.sin(t / (3 + k)) * 10**k + k for k in range(channels)], axis=1)
    series += np.random.default_rng(0).normal(scale=0.1, size=series.shape)
    model = rc.Input() >> rc.Reservoir(20, seed=0) >> rc.LinearReadout()
    return rc.Experiment(model, "data", trainer, data=series)


@pytest.fixture(scope="module")
def experiment():
    made = experiment_on(3)
    made.wait(60)
    yield made
    made.close()


def by_hand(forecast, truth):
    """The six metrics, written out."""
    mse = np.mean((forecast - truth) ** 2, axis=0)
    variance = np.mean((truth - truth.mean(axis=0)) ** 2, axis=0)
    return {
        "mse": mse.mean(),
        "rmse": np.sqrt(mse.mean()),
        "nmse": (mse / variance).mean(),
        "nrmse": np.sqrt((mse / variance).mean()),
        "r2": 1 - (mse / variance).mean(),
        "mae": np.abs(forecast - truth).mean(),
    }


@pytest.mark.parametrize("name", ERRORS)
def test_the_test_part_is_measured_in_the_datas_own_units(experiment, name):
    results, found = experiment.results, experiment.metrics[name]
    assert found.test == pytest.approx(by_hand(results.forecast, results.truth)[name], rel=1e-9)
    assert list(found.channels) == ["channel 1", "channel 2", "channel 3"]
    for k, (_, test) in enumerate(found.channels.values()):
        assert test == pytest.approx(by_hand(results.forecast[:, k : k + 1], results.truth[:, k : k + 1])[name], rel=1e-9)


@pytest.mark.parametrize("name", ERRORS)
def test_the_training_part_is_measured_on_the_rows_that_trained(experiment, name):
    data, trainer = experiment.results.data, experiment.trainer
    forecast = trainer.predict(data.inputs[: data.test_start], reset=True)[data.warmup :] * data.scale + data.mean
    truth = data.targets[data.warmup : data.test_start] * data.scale + data.mean
    assert experiment.metrics[name].train == pytest.approx(by_hand(forecast, truth)[name], rel=1e-5)
    for k, (train, _) in enumerate(experiment.metrics[name].channels.values()):
        assert train == pytest.approx(by_hand(forecast[:, k : k + 1], truth[:, k : k + 1])[name], rel=1e-5)


@pytest.mark.parametrize("name", ERRORS)
def test_a_score_agrees_with_the_functions_of_the_same_name(name):
    random = np.random.default_rng(1)
    truth, scale = random.normal(size=(50, 3)), np.array([1.0, 10.0, 0.1])
    forecast = truth + 0.3 * random.normal(size=truth.shape)
    expected = getattr(functions, name)(forecast * scale, truth * scale)
    assert score_of(forecast, truth, scale).values()[name] == pytest.approx(expected, rel=1e-12)


def test_the_footer_and_the_table_have_the_same_numbers(experiment):
    results, found = experiment.results, experiment.metrics
    assert found["nrmse"].train == pytest.approx(results.train_nrmse, rel=1e-12)
    assert found["nrmse"].test == pytest.approx(results.test_nrmse, rel=1e-12)
    assert found["mse"].test == pytest.approx(results.test_mse, rel=1e-12)
    footer = {metric.label: metric for metric in experiment.status.metrics}
    beaten = results.beaten_by
    worse = "" if beaten is None else f" (worse than {beaten.name}, {found[beaten.name].words(beaten.nrmse)})"
    assert footer["Test NRMSE"].value == found["nrmse"].words(found["nrmse"].test) + worse
    assert MEASURES["nrmse"].definition in footer["Test NRMSE"].title


def test_rows_weights_and_time(experiment):
    found, data = experiment.metrics, experiment.results.data
    assert (found["rows"].train, found["rows"].test) == (data.train, len(experiment.results.truth)) == (252, 107)
    assert found["rows"].note == "After 40 rows of warm-up, which are in neither."
    assert found["trained_weights"].train == (20 + 1) * 3
    assert found["seconds"].train == experiment.results.seconds > 0


def test_the_closed_loop_is_not_run_for_the_table_and_is_shown_once_it_is_known(experiment, monkeypatch):
    monkeypatch.setitem(looks.LOOKS, "closed loop", None)  # whoever runs it fails
    found = experiment.metrics["valid_prediction_time"]
    assert math.isnan(found.test) and found.note == MEASURE_LOOP
    monkeypatch.undo()
    loop = experiment.look("closed loop")
    found = experiment.metrics["valid_prediction_time"]
    assert found.test == loop.valid and found.unit == "steps" and "Threshold 0.3 standard deviations." in found.note
    experiment.set("reservoir", leak_rate=0.35)
    experiment.wait(60)
    assert experiment.metrics["valid_prediction_time"].note == MEASURE_LOOP
    experiment.undo()
    experiment.wait(60)


@pytest.mark.parametrize(("channels", "listed"), [(1, 0), (2, 2), (6, 6), (7, 0)])
def test_two_to_six_channels_are_listed(channels, listed):
    made = experiment_on(channels)
    made.wait(60)
    assert [len(made.metrics[name].channels) for name in ERRORS] == [listed] * 6
    made.close()


def test_before_the_first_results_there_is_no_table():
    made = rc.Experiment(task="sunspots", auto=False)
    assert made.metrics is None
    made.close()


def test_an_online_training_says_which_rows_its_errors_are_of(monkeypatch):
    monkeypatch.setattr(online, "SHOWN", 100)
    made = experiment_on(2, rc.RLS)
    made.run()
    results = made.wait(60)
    found = made.metrics
    assert found["nrmse"].test == pytest.approx(results.test_nrmse) and found["nrmse"].train == pytest.approx(results.train_nrmse)
    assert found["nrmse"].note == "Train: the last 100 rows as they were learned." and found["rows"].train == 252
    assert found["trained_weights"].train == 42
    made.close()


def test_a_training_that_still_learns_has_no_test():
    made = experiment_on(2, rc.RLS)
    training = OnlineTraining(Prepared(StageCache(own_series(made.data.values)), made.document))
    training.longest = 50
    training.advance()
    results = training.results(1)
    found = metrics_table(results, None)
    assert found["nrmse"].train == pytest.approx(results.train_nrmse) and math.isnan(found["nrmse"].test)
    assert found["nrmse"].note == "Train: the last 50 rows as they were learned. Test: when learning is off."
    differences = results.forecast - results.truth
    assert found["mae"].train == pytest.approx(np.abs(differences).mean()) and found["mse"].train == pytest.approx(
        np.square(differences).mean()
    )
    made.close()


def test_the_table_has_a_line_for_each_number_with_all_its_digits(experiment):
    header, lines = experiment.metrics.table()
    out = io.StringIO()
    csv.writer(out).writerows([header, *lines])
    read = list(csv.DictReader(io.StringIO(out.getvalue())))
    assert len(read) == 6 * 4 + len(experiment.results.baselines) + 4
    assert float(read[0]["test"]) == experiment.metrics["nrmse"].test and read[0]["formula"] == MEASURES["nrmse"].formula
    assert read[2]["channel"] == "channel 2" and float(read[2]["train"]) == experiment.metrics["nrmse"].channels["channel 2"][0]


def test_a_notebook_shows_the_table_with_texts_as_texts(experiment):
    html = experiment.metrics._repr_html_()
    assert '<th style="text-align:left">NRMSE</th>' in html and "first t at which" in html and "&gt; threshold" in html
    assert html.count("<tr>") == 1 + 6 * 4 + len(experiment.results.baselines) + 4


def test_an_unknown_metric_is_named(experiment):
    with pytest.raises(KeyError, match="Metrics must be one of nrmse, rmse, .* got 'vpt'"):
        experiment.metrics["vpt"]


def test_a_constant_target_has_no_scale_and_the_other_metrics_stand():
    values = score_of(np.ones((4, 1)), np.zeros((4, 1)), np.ones(1)).values()
    assert math.isnan(values["nrmse"]) and math.isnan(values["r2"]) and values["mae"] == values["mse"] == 1
