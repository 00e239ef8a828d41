"""The stages: right numbers, and no more work than the change asks for."""

from dataclasses import replace

import numpy as np
import pytest

from rcwidgets.core.document.document import Document
from rcwidgets.core.model import program as programs
from rcwidgets.core.nodes import Input, LinearReadout, Reservoir
from rcwidgets.core.tasks import DataTask, LorenzTask, SunspotTask, own_series
from rcwidgets.core.trainers.closed_form.ridge import RidgeSettings, RidgeTrainer
from rcwidgets.live.stages.ridge import Stages


def compute(stages, document):
    """The last results, with the path."""
    return list(stages.compute(document, 1, lambda: None, lambda *_: None))[-1]


def with_feedback():
    i, r, o = Input(), Reservoir(20, seed=0, feedback_scaling=0.3), LinearReadout()
    return (i >> r >> o) & (r << o)


@pytest.fixture
def document(model):
    return Document(model, DataTask(), RidgeSettings(beta=1e-4))


def turned(document, **knobs):
    return replace(document, graph=document.graph.replace("reservoir", **knobs))


@pytest.mark.parametrize("beta", [1e-2, 1e-6, 1e-14])
@pytest.mark.parametrize("feedback", [False, True])
def test_results_equal_those_of_the_trainer(stages, document, beta, feedback):
    document = replace(document, trainer=RidgeSettings(beta=beta, dtype="float64"), graph=with_feedback() if feedback else document.graph)
    results = compute(stages, document)
    data = document.task.prepare(stages.own)
    x, border, horizon = data.inputs, data.test_start, data.horizon
    trainer = RidgeTrainer(document.graph.sized(2, 2), beta=beta, dtype="float64")
    if feedback:  # the warm-up is taught too
        trainer.fit([x[: data.warmup], x[horizon : data.warmup + horizon]])
    else:
        trainer.predict(x[: data.warmup])
    trainer.fit([x[data.warmup : border], x[data.warmup + horizon : border + horizon]])
    expected = trainer.predict(x[border:-horizon]) * data.scale + data.mean
    np.testing.assert_allclose(results.forecast, expected, atol=1e-6)
    np.testing.assert_allclose(results.truth, stages.own.values[border + horizon :], atol=1e-12)
    np.testing.assert_array_equal(results.time, np.arange(border + horizon, len(x)))


@pytest.mark.parametrize("selection", ["blocked", "cross-validated", "held out"])
def test_a_chosen_beta_is_the_trainers(series, document, selection):
    stages = Stages(own_series(series + np.random.default_rng(1).normal(size=series.shape)))
    document = replace(document, trainer=RidgeSettings(beta=1e3, selection=selection, dtype="float64"))
    first, results = next(stages.compute(document, 1, lambda: None, lambda *_: None)), compute(stages, document)
    data = document.task.prepare(stages.own)
    x, border, horizon = data.inputs, data.test_start, data.horizon
    trainer = RidgeTrainer(document.graph.sized(2, 2), beta="auto", selection=selection, dtype="float64")
    trainer.predict(x[: data.warmup])
    trainer.fit([x[data.warmup : border], x[data.warmup + horizon : border + horizon]])
    assert trainer.betas == {"readout": first.beta} == {"readout": results.beta}
    np.testing.assert_allclose(results.forecast, trainer.predict(x[border:-horizon]) * data.scale + data.mean, atol=1e-5)
    there = np.isclose(results.path.betas, results.beta, rtol=1e-9)
    assert results.beta_held_out == pytest.approx(results.path.held_out[there][0], rel=1e-3)
    if selection == "held out":
        assert results.beta == pytest.approx(results.path.best)


def test_a_choice_of_beta_makes_no_reservoir_step_and_no_second_factor(stages, document):
    compute(stages, document)
    steps, traced = stages.counts["steps"], programs.TRACES["run"]
    chosen = replace(document, trainer=RidgeSettings(selection="held out"))
    results = compute(stages, chosen)
    again = compute(stages, replace(chosen, trainer=RidgeSettings(beta=5.0, selection="held out")))
    assert again.beta == results.beta != 5.0
    assert (stages.counts["steps"], programs.TRACES["run"]) == (steps, traced)


def test_a_move_of_beta_makes_no_reservoir_step(stages, document):
    compute(stages, document)
    steps, draws = stages.counts["steps"], stages.counts["draws"]
    first = compute(stages, document)
    second = compute(stages, replace(document, trainer=RidgeSettings(beta=1.0)))
    assert first.test_nrmse != second.test_nrmse
    assert (stages.counts["steps"], stages.counts["draws"]) == (steps, draws)


def test_with_feedback_a_move_of_beta_runs_the_test_part_again(stages, document):
    document = replace(document, graph=with_feedback())
    compute(stages, document)
    steps = stages.counts["steps"]
    compute(stages, replace(document, trainer=RidgeSettings(beta=1.0)))
    data = document.task.prepare(stages.own)
    assert stages.counts["steps"] - steps == data.end - data.test_start


def test_a_move_of_the_horizon_makes_no_reservoir_step(stages, document):
    compute(stages, document)
    steps = stages.counts["steps"]
    moved = compute(stages, replace(document, task=DataTask(horizon=7)))
    assert moved.horizon == 7 and stages.counts["steps"] == steps
    fresh = compute(Stages(stages.own), replace(document, task=DataTask(horizon=7)))
    np.testing.assert_allclose(moved.forecast, fresh.forecast)


def test_twenty_moves_of_live_knobs_are_one_trace_and_no_draw(stages, document):
    compute(stages, document)
    traced, draws = programs.TRACES["run"], stages.counts["draws"]
    errors = set()
    for k in range(10):
        errors.add(compute(stages, turned(document, spectral_radius=0.5 + 0.1 * k)).test_nrmse)
        errors.add(compute(stages, turned(document, leak_rate=0.1 + 0.05 * k, input_scaling=0.1 + k)).test_nrmse)
    assert len(errors) == 20
    assert programs.TRACES["run"] == traced and stages.counts["draws"] == draws


def test_a_redraw_knob_draws_one_node_and_compiles_nothing(stages, document):
    compute(stages, document)
    traced, draws = programs.TRACES["run"], stages.counts["draws"]
    compute(stages, turned(document, seed=5))
    assert programs.TRACES["run"] == traced and stages.counts["draws"] == draws + 1


def test_other_arrays_of_the_users_own_are_drawn_anew_and_the_same_ones_are_not(stages, document):
    first = np.random.default_rng(0).normal(size=(20, 20)) * 0.1
    with_array = turned(document, W=first)
    results = compute(stages, with_array)
    draws = stages.counts["draws"]
    again = compute(stages, turned(document, W=first.copy()))
    assert stages.counts["draws"] == draws
    np.testing.assert_allclose(again.forecast, results.forecast, rtol=1e-9)
    other = compute(stages, turned(document, W=first.T))
    assert stages.counts["draws"] == draws + 1
    assert not np.allclose(other.forecast, results.forecast, rtol=1e-6)
    np.testing.assert_array_equal(other.params["reservoir"]["W"], first.T.astype(np.float32))


def test_going_back_gives_the_same_digits(stages, document):
    before = compute(stages, document)
    compute(stages, turned(document, spectral_radius=0.3))
    np.testing.assert_array_equal(compute(stages, document).forecast, before.forecast)


def test_the_path_is_that_of_single_fits(stages, document):
    results = compute(stages, document)
    data = document.task.prepare(stages.own)
    x, border = data.inputs, data.test_start
    cut = data.warmup + (border - data.warmup) * 4 // 5
    place = 20
    trainer = RidgeTrainer(document.graph.sized(2, 2), beta=float(results.path.betas[place]))
    trainer.predict(x[: data.warmup])
    trainer.fit([x[data.warmup : cut], x[data.warmup + 1 : cut + 1]])
    wrong = trainer.predict(x[cut:border]) - x[cut + 1 : border + 1]
    variance = x[data.warmup + 1 : border + 1].var(axis=0)
    assert results.path.held_out[place] == pytest.approx(np.sqrt((np.mean(wrong**2, axis=0) / variance).mean()), rel=1e-3)


def test_readouts_behind_one_another_are_fitted_in_order(stages, document):
    graph = Input() >> Reservoir(20, seed=0) >> LinearReadout() >> Reservoir(10, seed=1) >> LinearReadout()
    results = compute(stages, replace(document, graph=graph))
    data = document.task.prepare(stages.own)
    x, border = data.inputs, data.test_start
    trainer = RidgeTrainer(graph.sized(2, 2), beta=1e-4)
    trainer.predict(x[: data.warmup])
    np.testing.assert_allclose(results.params["readout"]["W"].shape, (20, 2))
    trainer.fit([x[data.warmup : border], x[data.warmup + 1 : border + 1]])
    np.testing.assert_allclose(results.params["readout"]["W"], trainer.params["readout"]["W"], rtol=1e-3, atol=1e-4)


def test_a_run_is_given_up_between_stretches(stages, document):
    class Enough(Exception):
        pass

    calls = []

    def checkpoint():
        calls.append(1)
        if len(calls) == 2:
            raise Enough

    with pytest.raises(Enough):
        list(stages.compute(document, 1, checkpoint, lambda *_: None))
    assert compute(stages, document).test_nrmse < 1


@pytest.mark.parametrize(
    ("task", "words"),
    [
        (DataTask(warmup=390), "too few rows: 400 rows, of which 390 for the warm-up"),
        (DataTask(horizon=395), "too few rows"),
    ],
)
def test_too_few_rows_are_a_sentence(stages, document, task, words):
    with pytest.raises(ValueError, match=words):
        compute(stages, replace(document, task=task))


def test_a_run_that_blows_up_says_where(stages, document):
    wild = replace(document, graph=Input() >> Reservoir(20, activation="identity", spectral_radius=9.0, leak_rate=1.0) >> LinearReadout())
    with pytest.raises(FloatingPointError, match=r"reservoir is not finite from step \d+ on: the run diverged"):
        compute(stages, wild)


def test_without_a_readout_there_is_nothing_to_train(stages, document):
    with pytest.raises(ValueError, match="There is nothing to train. Add a LinearReadout"):
        compute(stages, replace(document, graph=Input() >> Reservoir(10)))


@pytest.mark.parametrize(("task", "most"), [(LorenzTask(), 1e-3), (SunspotTask(), 0.6), (SunspotTask(horizon=11), 0.9)])
def test_each_task_starts_with_a_model_that_learns_it(task, most):
    graph, settings = task.start()
    assert compute(Stages(), Document(graph, task, settings)).test_nrmse < most


def test_sunspots_test_on_years_that_were_never_shown():
    graph, settings = SunspotTask().start()
    results = compute(Stages(), Document(graph, SunspotTask(), settings))
    assert results.time[0] == 1930 and results.time[-1] == 2008
    assert results.truth.min() >= 0 and results.truth.max() > 180


@pytest.mark.parametrize("penalize", [False, True])
def test_the_first_answer_has_the_training_error_of_the_moments_and_the_next_that_of_the_rows(stages, document, penalize):
    document = replace(document, trainer=RidgeSettings(beta=1e-3, dtype="float64", penalize_bias=penalize))
    first, *_, last = stages.compute(document, 1, lambda: None, lambda *_: None)
    data = last.data
    learned = data.targets[data.warmup : data.test_start]
    exact = np.sqrt(np.mean(last.train_score.squared / data.scale**2 / learned.var(axis=0)))
    assert first.train_score is None and last.train_score.rows == data.train
    np.testing.assert_allclose([first.train_nrmse, last.train_nrmse], [exact, exact], rtol=1e-6)


def test_an_error_too_small_for_the_moments_is_that_of_the_rows(stages, document):
    results = next(stages.compute(replace(document, trainer=RidgeSettings(beta=1e-14)), 1, lambda: None, lambda *_: None))
    assert results.train_score is not None


@pytest.mark.parametrize("selection", ["fixed", "held out"])
def test_the_whole_path_takes_nothing_away_from_the_results_with_the_short_one(selection):
    graph = Input(3) >> Reservoir(200, seed=0) >> LinearReadout(3)
    document = Document(graph, LorenzTask(), RidgeSettings(beta=1e-6, selection=selection))
    _, second, third = Stages().compute(document, 1, lambda: None, lambda *_: None)
    assert len(second.path.left) > 0 and len(third.path.left) == 0
    assert third.train_score is second.train_score is not None
    assert (third.train_nrmse, third.beta_held_out) == (second.train_nrmse, second.beta_held_out)
    assert (third.beta_held_out is None) == (selection == "fixed")
