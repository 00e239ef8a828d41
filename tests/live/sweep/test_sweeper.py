"""Sweeps of an experiment: equal to `rc.sweep`, behind the experiment's own runs, stopped between two stretches, errors in words."""

import threading
import time

import numpy as np
import pytest

from rcwidgets.core import metrics
from rcwidgets.core.nodes import Dense, Input, LinearReadout, Reservoir, VanillaRNN
from rcwidgets.core.trainers.closed_form.ridge import RidgeTrainer
from rcwidgets.core.trainers.gradient.bptt import BPTT
from rcwidgets.core.trainers.online.recursive import RLS
from rcwidgets.core.trainers.sweep.sweep import Sweep, sweep
from rcwidgets.live.experiment import Experiment
from rcwidgets.live.sweep import plan as plans
from rcwidgets.live.sweep.sweeping import Sweeping

KNOBS = {"reservoir.spectral_radius": [0.3, 0.6, 0.9], "beta": [1e-6, 1e-2]}


def expected(experiment, knobs, seeds, trainer, metric="nrmse"):
    """What `rc.sweep` finds on the rows that the task prepares."""
    data = experiment.task.prepare(experiment.data)
    parts = slice(0, data.warmup), slice(data.warmup, data.test_start), slice(data.test_start, data.end)
    warmup, train, test = ([data.inputs[part], data.targets[part]] for part in parts)
    return sweep(trainer, train, knobs, warmup=warmup[0], test=test, seeds=seeds, metric=metric)


@pytest.mark.parametrize("trainer", [RidgeTrainer, RLS])
def test_the_errors_are_those_of_a_sweep_in_python(series, free, trainer):
    experiment = Experiment(free, data=3 + 5 * series, trainer=trainer)
    knobs = KNOBS if trainer is RidgeTrainer else {"reservoir.leak_rate": [0.2, 1.0], "alpha": [1e-3, 1.0]}
    experiment.sweep(knobs, seeds=(3, 4, 5))
    found = experiment.wait_sweep(60)
    experiment.close()
    assert found.activity == "done" and found.done == found.total == found.sweep.errors.size and found.tested
    python = expected(experiment, knobs, (3, 4, 5), trainer(free))
    np.testing.assert_allclose(found.sweep.errors, python.errors, rtol=1e-4)
    np.testing.assert_allclose(found.medians, np.median(python.errors, axis=-1), rtol=1e-4)
    np.testing.assert_allclose(found.sweep.test_errors, python.test_errors, rtol=1e-4)
    assert found.best == found.sweep.best and found.setting(found.best_place) == found.best


def test_the_test_error_of_the_best_setting_is_that_of_the_experiment(experiment):
    experiment.sweep(KNOBS, seeds=(0, 1))
    found = experiment.wait_sweep(60)
    experiment.turn(found.best)
    results = experiment.wait(60)
    assert results.test_nrmse == pytest.approx(found.sweep.test_errors[0], rel=1e-4)
    assert found.sweep.test_error == pytest.approx(found.sweep.test_errors.mean())
    experiment.set("trainer", seed=1)
    assert experiment.wait(60).test_nrmse == pytest.approx(found.sweep.test_errors[1], rel=1e-4)


def test_the_error_of_a_setting_is_that_of_its_held_out_rows_and_it_is_set_as_one_entry(experiment):
    experiment.sweep(KNOBS)
    found = experiment.wait_sweep(60)
    assert found.sweep.seeds == (0,)
    experiment.set("trainer", beta=1e-5)
    place = 3  # radius 0.6, beta 1e-2
    experiment.turn(found.setting(place))
    assert experiment.history[0] and experiment.document.trainer.beta == 1e-2
    path, data = experiment.wait(60).path, experiment.results.data
    held = data.targets[data.test_start - 51 : data.test_start]  # a fifth of 252
    whole = data.targets[data.warmup : data.test_start]
    at = np.isclose(path.betas, 1e-2)
    share = np.sqrt((whole.var(axis=0) / held.var(axis=0)).mean())  # the path divides by the spread of all training rows
    assert found.medians.reshape(-1)[place] == pytest.approx(path.held_out[at].item() * share, rel=0.05)
    assert experiment.undo() and experiment.document.trainer.beta == 1e-5
    assert experiment.model["reservoir"].spectral_radius == Reservoir().spectral_radius


def test_data_of_the_test_part_change_neither_the_map_nor_the_choice(series, free):
    other = series.copy()
    other[300:] = np.random.default_rng(0).normal(size=other[300:].shape)  # the test part begins at row 292
    found = []
    for data in (series, other):
        experiment = Experiment(free, data=data, auto=False)
        experiment.sweep(KNOBS)
        found.append(experiment.wait_sweep(60))
        experiment.close()
    np.testing.assert_array_equal(found[0].sweep.errors, found[1].sweep.errors)
    assert found[0].best == found[1].best and found[0].sweep.test_error < 0.5 < found[1].sweep.test_error


def test_a_readout_that_feeds_back_warms_up_with_its_targets_as_the_experiment_does(series):
    source, memory, readout = Input(), Reservoir(20, input_scaling=0.3, feedback_scaling=0.5), LinearReadout()
    experiment = Experiment((source >> memory >> readout) & (memory << readout), data=series[:80])
    error = experiment.wait(60).test_nrmse
    experiment.sweep({"reservoir.spectral_radius": [0.5, Reservoir().spectral_radius]})
    assert experiment.wait_sweep(60).best_place is not None
    experiment.sweep({"reservoir.spectral_radius": [Reservoir().spectral_radius]})
    assert experiment.wait_sweep(60).sweep.test_error == pytest.approx(error, rel=1e-3)
    experiment.close()


def test_errors_with_a_unit_are_in_that_of_the_data(experiment):
    for name in ("mse", "rmse"):
        experiment.sweep({"beta": [1e-3]}, metric=name)
        found = experiment.wait_sweep(60).sweep
        data = experiment.task.prepare(experiment.data)

        def measure(p, t, name=name, scale=data.scale):
            return getattr(metrics, name)(p * scale, t * scale)

        python = expected(experiment, {"beta": [1e-3]}, (0,), RidgeTrainer(experiment.model), measure)
        np.testing.assert_allclose(found.errors, python.errors, rtol=1e-4)
        np.testing.assert_allclose(found.test_errors, python.test_errors, rtol=1e-4)
        assert found.metric == name


def test_listeners_hear_of_it_while_it_fills(experiment, monkeypatch):
    monkeypatch.setattr(plans, "CHUNK", 1)
    heard = []
    experiment.subscribe(lambda news: news == "sweep" and heard.append(experiment.sweeping))
    experiment.sweep({"reservoir.spectral_radius": [0.2, 0.5, 0.8]}, seeds=(0, 1))
    experiment.wait_sweep(60)
    assert [one.done for one in heard] == [0, 1, 2, 3, 4, 5, 6, 6, 6, 6]
    assert [one.activity for one in heard] == ["running"] * 9 + ["done"]
    assert [int(np.isfinite(one.sweep.test_errors).sum()) for one in heard] == [0] * 7 + [1, 2, 2]
    assert [one.tested for one in heard] == [False] * 8 + [True] * 2
    assert heard[0].best_place is None and np.isnan(heard[0].medians).all()
    with pytest.raises(ValueError, match="knows no setting that did not diverge, so none is best. Let it run on"):
        heard[0].best  # noqa: B018
    assert heard[3].rate > 0 and heard[3].left > 0 and heard[1].rate is None
    np.testing.assert_array_equal(heard[3].medians, heard[-1].sweep.errors[:, 0])


class Held:
    """Holds the experiment's own run at its first checkpoint until it is let go."""

    def __init__(self, experiment):
        self.began, self.go = threading.Event(), threading.Event()
        compute = experiment._jobs.stages.compute

        def held(*words):
            self.began.set()
            assert self.go.wait(30)
            return compute(*words)

        experiment._jobs.stages.compute = held


def test_it_waits_while_the_experiment_runs_and_a_move_meanwhile_is_answered(experiment, monkeypatch):
    monkeypatch.setattr("rcwidgets.live.sweep.sweeper.SAY_AFTER", 0.0)
    held, waits = Held(experiment), threading.Event()
    experiment.subscribe(lambda news: news == "sweep" and experiment.sweeping.activity == "waiting" and waits.set())
    experiment.set("reservoir", spectral_radius=0.4)
    assert held.began.wait(30)
    experiment.sweep(KNOBS)
    assert waits.wait(30) and experiment.sweeping.done == 0
    held.go.set()
    experiment.set("reservoir", spectral_radius=0.5)
    assert experiment.wait(60).model["reservoir"].spectral_radius == 0.5
    assert experiment.wait_sweep(60).activity == "done"


def long(experiment):
    """Begins a sweep that no test can wait for."""
    experiment.sweep({"reservoir.spectral_radius": np.linspace(0.1, 1.2, 50), "beta": np.geomspace(1e-6, 1, 50)}, seeds=range(100))


def until(look):
    end = time.monotonic() + 30
    while not look():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_it_is_stopped_and_what_it_knows_stays(experiment):
    long(experiment)
    until(lambda: experiment.sweeping.done)
    experiment.stop_sweep()
    stopped = experiment.wait_sweep(30)
    assert stopped.activity == "stopped" and 0 < stopped.done < stopped.total
    assert experiment.sweeping is stopped
    experiment.stop_sweep()
    assert experiment.sweeping is stopped


def test_one_that_is_stopped_before_it_knows_anything_gives_the_last_one_back(experiment):
    experiment.sweep(KNOBS)
    done = experiment.wait_sweep(60)
    held = Held(experiment)
    experiment.set("reservoir", spectral_radius=0.4)
    assert held.began.wait(30)
    experiment.sweep(KNOBS)
    assert experiment.sweeping is not done
    experiment.stop_sweep()
    assert experiment.sweeping is done
    held.go.set()


def test_a_new_one_takes_the_place_of_one_that_runs(experiment):
    long(experiment)
    experiment.sweep(KNOBS)
    found = experiment.wait_sweep(60)
    assert found.number == 2 and found.activity == "done" and found.sweep.errors.shape == (3, 2, 1)


def test_one_that_fails_keeps_the_last_and_says_why(experiment, monkeypatch):
    experiment.sweep(KNOBS)
    done = experiment.wait_sweep(60)

    def fail(predictions, targets):
        raise ValueError("no such number")

    experiment.sweep({"beta": [1.0]}, metric=fail)
    failed = experiment.wait_sweep(60)
    assert (failed.activity, failed.problem) == ("failed", "no such number")
    assert failed.sweep is done.sweep and failed.number == done.number

    def break_down(predictions, targets):
        raise KeyError("x")

    experiment.sweep({"beta": [1.0]}, metric=break_down)
    assert experiment.wait_sweep(60).problem == "The sweep failed: KeyError: 'x'"
    experiment.sweep(KNOBS)
    assert experiment.wait_sweep(60).problem == ""


def test_a_setting_that_diverges_is_inf_and_never_best(series):
    experiment = Experiment(Input() >> Reservoir(20, activation="identity") >> LinearReadout(), data=series)
    experiment.sweep({"reservoir.spectral_radius": [9.0, 0.5]}, seeds=(0, 1, 2))
    found = experiment.wait_sweep(60)
    experiment.close()
    assert np.isinf(found.medians[0]) and found.best == {"reservoir.spectral_radius": 0.5}


def test_medians_are_of_the_seeds_that_are_known():
    errors = np.array([[4.0, 1.0, 2.0], [4.0, 1.0, np.nan], [np.inf, 3.0, np.nan], [np.nan] * 3])
    made = Sweeping(1, None, Sweep({"beta": np.arange(4.0)}, (0, 1, 2), "nrmse", errors))
    np.testing.assert_array_equal(made.medians, [2.0, 2.5, np.inf, np.nan])
    assert made.best_place == 0 and made.done == 7
    with pytest.raises(ValueError, match="settings 0 to 3, got 4"):
        made.setting(4)


def test_backpropagation_is_swept_as_it_trains_and_stops_between_two_chunks(series):
    experiment = Experiment(Input() >> VanillaRNN(5) >> Dense(), data=series, trainer=BPTT, auto=False)
    experiment.set("trainer", num_train=3, learning_rate=0.01)
    experiment.sweep({"learning_rate": [0.01, 1e5]})
    found = experiment.wait_sweep(300)
    assert found.activity == "done" and found.sweep.errors[1, 0] > 10
    experiment.run()
    np.testing.assert_allclose(found.sweep.test_error, experiment.wait(300).test_nrmse, rtol=1e-4)
    experiment.set("trainer", num_train=10**6)
    experiment.sweep({"learning_rate": [0.01, 0.02]})
    experiment.stop_sweep()
    assert experiment._sweeper.worker.wait(20)
    experiment.close()


def test_a_loss_of_ones_own_is_swept(series):
    trainer = BPTT(
        Input() >> VanillaRNN(5) >> Dense(), loss=lambda predictions, targets: ((predictions - targets) ** 4).mean(), num_train=2
    )
    experiment = Experiment(data=series, trainer=trainer, auto=False)
    experiment.sweep({"learning_rate": [1e-3, 1e-2]}, seeds=(0, 1))
    assert np.isfinite(experiment.wait_sweep(300).sweep.errors).all()
    experiment.close()


def test_the_threads_end_with_the_experiment(series, free):
    before = threading.active_count()
    experiment = Experiment(free, data=series)
    long(experiment)
    until(lambda: experiment.sweeping.done)
    experiment.close()
    assert threading.active_count() == before
    with pytest.raises(RuntimeError, match="The experiment is closed. Make a new one"):
        experiment.sweep(KNOBS)
