"""What views ask for beyond the results: right numbers, computed when watched, and again only for other weights."""

import threading
from dataclasses import replace

import numpy as np
import pytest

from rcwidgets.core.metrics import valid_prediction_time
from rcwidgets.core.nodes import LSTM, Input, LinearReadout, Reservoir, VanillaRNN
from rcwidgets.core.tasks import LorenzTask
from rcwidgets.live.experiment import Experiment
from rcwidgets.live.on_demand import eigenvalues as modes
from rcwidgets.live.on_demand import watching as looks
from rcwidgets.live.on_demand.closed_loop import closed_loop
from rcwidgets.live.on_demand.eigenvalues import spectrum_of
from rcwidgets.live.on_demand.unit_activity import activity_of


def never():
    """A checkpoint that lets everything pass."""


@pytest.fixture(scope="module")
def lorenz():
    experiment = Experiment(Input() >> Reservoir(60, seed=1) >> LinearReadout(), LorenzTask(warmup=500, train=9000))
    yield experiment
    experiment.close()


@pytest.fixture
def waves(model, series):
    experiment = Experiment(model, data=series)
    experiment.wait(60)
    yield experiment
    experiment.close()


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


def test_the_spectrum_is_the_eigenvalues_times_the_radius(waves):
    found = waves.look("spectrum")
    expected = np.linalg.eigvals(waves.results.params["reservoir"]["W"].astype(float)) * 0.9
    np.testing.assert_allclose(np.sort(np.abs(found.eigenvalues)), np.sort(np.abs(expected)), rtol=1e-9)
    assert found.name == "reservoir" and np.abs(found.eigenvalues).max() == pytest.approx(0.9, rel=1e-6)


def test_a_slider_of_the_radius_takes_up_the_eigenvalues(waves, monkeypatch):
    before = waves.look("spectrum")
    monkeypatch.setattr(modes, "spectrum", lambda matrix: pytest.fail("computed again"))
    waves.set("reservoir", spectral_radius=0.45)
    waves.wait(60)
    np.testing.assert_allclose(waves.look("spectrum").eigenvalues, before.eigenvalues / 2)


@pytest.mark.parametrize(("node", "name"), [(VanillaRNN(8), "vanillarnn"), (LSTM(8), None)])
def test_the_spectrum_is_that_of_a_node_with_a_square_matrix(node, name, series):
    experiment = Experiment(Input() >> node >> LinearReadout(), data=series)
    results = experiment.wait(60)
    found = spectrum_of(results, None, never)
    assert found.eigenvalues.size == (8 if name else 0) and (found.problem == "") == bool(name)
    experiment.close()


def test_the_spectrum_of_a_large_reservoir_is_refused_in_words(waves, monkeypatch):
    monkeypatch.setattr(modes, "LARGEST", 19)
    assert "more than 19 units take too long, reservoir has 20" in spectrum_of(waves.results, None, never).problem


def test_the_activity_is_what_the_trainer_monitors(waves):
    found = waves.look("activity")
    trainer, data = waves.trainer, waves.results.data
    trainer.predict(data.inputs[data.test_start : data.end], monitors=["reservoir.output"])
    states = trainer.mon["reservoir.output"].reshape(-1, 20)
    np.testing.assert_allclose(found.values, states[-300:][:, found.units], rtol=1e-5)
    np.testing.assert_array_equal(found.time, waves.results.time[-300:])
    assert found.total == 20 and found.units.tolist() == list(range(20))


def test_many_units_are_shown_by_sixty_of_them(lorenz):
    found = activity_of(lorenz.wait(60), None, never)
    assert found.values.shape == (300, 60)


def test_an_unknown_look_is_an_error_with_the_names(waves):
    with pytest.raises(ValueError, match="Experiment.look must be one of closed loop, spectrum, activity, got 'aura'"):
        waves.look("aura")


@pytest.fixture
def counted(monkeypatch):
    """A look that counts how often it is computed, and of which results."""
    seen = []
    monkeypatch.setitem(looks.LOOKS, "counted", lambda results, before, checkpoint: seen.append(results.revision) or len(seen))
    return seen


def test_a_look_is_computed_only_while_it_is_watched(waves, counted):
    waves.set("reservoir", leak_rate=0.5)
    waves.wait(60)
    assert counted == []
    news = []
    waves.subscribe(news.append)
    leave = waves.looks.watch("counted")
    waves.wait(60)
    assert len(counted) == 1 and waves.looks.newest("counted") == 1 and "looks" in news
    waves.set("reservoir", leak_rate=0.6)
    waves.wait(60)
    assert len(counted) == 2 and counted[-1] == waves.revision
    leave()
    waves.set("reservoir", leak_rate=0.7)
    waves.wait(60)
    assert len(counted) == 2


def test_a_look_is_computed_once_for_the_same_weights(waves, counted):
    assert waves.look("counted") == waves.look("counted") == 1
    waves.looks.watch("counted")
    waves.wait(60)
    assert len(counted) == 1


def test_a_change_does_not_wait_for_a_look(waves, monkeypatch):
    begun, go_on = threading.Event(), threading.Event()

    def slow(results, before, checkpoint):
        begun.set()
        go_on.wait(60)
        checkpoint()
        return "done"

    monkeypatch.setitem(looks.LOOKS, "slow", slow)
    waves.looks.watch("slow")
    assert begun.wait(60)
    waves.set("reservoir", leak_rate=0.5)
    assert waves._worker.wait(60) and waves.results.revision == waves.revision  # while the look is still being computed
    go_on.set()
    waves.wait(60)
    assert waves.looks.newest("slow") == "done"


def test_a_look_that_fails_leaves_the_experiment_alive(waves, monkeypatch, caplog):
    def broken(results, before, checkpoint):
        raise ZeroDivisionError

    caplog.set_level("INFO", "rcwidgets.live.on_demand.watching")
    monkeypatch.setitem(looks.LOOKS, "broken", broken)
    waves.looks.watch("broken")
    waves.wait(60)
    assert waves.status.message == "There is no broken. Computing it failed: ZeroDivisionError."
    assert "A look at the broken failed." in caplog.messages
    waves.set("reservoir", leak_rate=0.5)
    assert waves.wait(60).revision == waves.revision
