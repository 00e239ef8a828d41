"""The closed loop: right numbers, its valid time, and why there is none."""

from dataclasses import replace

import numpy as np
import pytest

from rcwidgets.core.metrics import valid_prediction_time
from rcwidgets.core.nodes import Input, LinearReadout, Reservoir
from rcwidgets.core.tasks import DataTask
from rcwidgets.live.experiment import Experiment
from rcwidgets.live.on_demand.closed_loop import closed_loop

pytestmark = pytest.mark.optimised


def never():
    """A checkpoint that lets everything pass."""


def test_the_closed_loop_is_what_the_trainer_generates_beside_the_truth(lorenz):
    results = lorenz.wait(60)
    loop = lorenz.look("closed loop")
    steps = len(results.truth)
    np.testing.assert_array_equal(loop.run, lorenz.trainer.generate(steps))
    np.testing.assert_array_equal(loop.truth, results.truth)
    values = lorenz.task.series(None).values
    np.testing.assert_allclose(loop.truth, values[9501:], atol=1e-12)
    np.testing.assert_allclose(loop.time, np.arange(1, steps + 1) * 0.01 * 0.9056)
    assert loop.unit == "Lyapunov times" and loop.threshold == 0.3 and loop.problem == ""


def test_the_valid_time_is_where_the_error_first_passes_the_threshold(lorenz):
    lorenz.wait(60)
    loop = lorenz.look("closed loop")
    error = np.sqrt((np.square(loop.run - loop.truth) / loop.truth.var(axis=0)).mean(axis=1))
    first = int(np.argmax(error > 0.3))
    assert error[first] > 0.3 and 0 < first
    assert loop.valid == pytest.approx(first * 0.01 * 0.9056)
    assert loop.valid == pytest.approx(valid_prediction_time(loop.run, loop.truth, dt=0.01, lyapunov_time=1 / 0.9056))
    assert not loop.held_to_the_end


def test_normalised_data_are_put_back_into_their_own_units(waves):
    loop = waves.look("closed loop")
    data = waves.results.data
    np.testing.assert_allclose(loop.run, waves.trainer.generate(len(loop.run)) * data.scale + data.mean, atol=1e-12)
    assert loop.unit == "steps" and loop.time[0] == 1


def test_the_readouts_own_feedback_runs_in_the_closed_loop_too(series):
    i, r, o = Input(), Reservoir(20, seed=0, feedback_scaling=0.3), LinearReadout()
    experiment = Experiment((i >> r >> o) & (r << o), data=series)
    data = experiment.wait(60).data
    loop = experiment.look("closed loop")
    np.testing.assert_allclose(loop.run, experiment.trainer.generate(len(loop.run)) * data.scale + data.mean, atol=1e-12)
    experiment.close()


def test_a_longer_horizon_has_no_closed_loop_and_says_what_is_needed(waves):
    waves.set("task", horizon=5)
    waves.wait(60)
    loop = waves.look("closed loop")
    assert loop.problem == "The closed loop needs a forecast 1 step ahead, this one is 5. Set the horizon to 1."
    assert loop.run.shape == loop.truth.shape == (0, 2)


def test_a_model_that_cannot_run_in_closed_loop_says_why(series):
    i, j = Input(name="a"), Input(name="b")
    experiment = Experiment((i & j) >> Reservoir(20, seed=0) >> LinearReadout(), data=series)
    experiment.wait(60)
    assert "needs one Input and one output, got 2 inputs" in experiment.look("closed loop").problem
    experiment.close()


def test_a_run_that_blows_up_is_kept_to_its_last_finite_row(waves):
    results = waves.results
    params = {name: dict(own) for name, own in results.params.items()}
    params["readout"]["W"] = np.full_like(params["readout"]["W"], 1e38)
    loop = closed_loop(replace(results, params=params), None, never)
    assert len(loop.run) < len(loop.truth) and np.isfinite(loop.run).all()
    assert loop.problem == f"The run blew up at step {len(loop.run) + 1}. Train with a larger beta or some noise."
    assert loop.valid == 0


def test_a_training_that_goes_on_has_no_closed_loop_yet(waves):
    assert "Let the training run to its end" in closed_loop(replace(waves.results, part="training"), None, never).problem


def test_inputs_that_are_no_targets_are_given_to_the_run_from_the_data():
    u = np.sin(np.arange(700) / 7) * np.cos(np.arange(700) / 31)
    y = np.zeros(700)
    for t in range(699):
        y[t + 1] = 0.8 * y[t] + 0.3 * np.tanh(u[t])
    task = DataTask(targets=["channel 2"], warmup=50)
    experiment = Experiment(
        Input() >> Reservoir(80, seed=0, input_scaling=0.4) >> LinearReadout(), task=task, data=np.stack([u, y], axis=1)
    )
    data = experiment.wait(60).data
    loop = experiment.look("closed loop")
    assert loop.problem == "" and loop.known == ("channel 1",) and loop.channels == ("channel 2",)
    rows = slice(data.test_start, data.end)
    drive = np.where([True, False], data.inputs[rows], np.nan)
    own = experiment.trainer.generate(len(loop.run), drive=drive) * data.scale + data.mean
    np.testing.assert_allclose(loop.run, own, atol=1e-6)
    np.testing.assert_allclose(loop.truth[:, 0], y[data.test_start + 1 :], atol=1e-12)
    assert np.abs(loop.run - loop.truth).max() < 0.02 * loop.truth.std()
    experiment.close()


def test_targets_in_another_order_than_the_inputs_close_the_loop_by_name(series):
    experiment = Experiment(
        Input() >> Reservoir(30, seed=0) >> LinearReadout(), task=DataTask(targets=["channel 2", "channel 1"]), data=series
    )
    straight = Experiment(Input() >> Reservoir(30, seed=0) >> LinearReadout(), task="data", data=series)
    for one in (experiment, straight):
        one.wait(60)
    turned, plain = experiment.look("closed loop"), straight.look("closed loop")
    assert turned.channels == ("channel 2", "channel 1") and turned.known == ()
    np.testing.assert_allclose(turned.run[:20], plain.run[:20, ::-1], rtol=1e-3)
    experiment.close()
    straight.close()
