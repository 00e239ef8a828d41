"""Signals and moments of a run in stretches side by side: those of the run in order, whatever the order in which rows came."""

import numpy as np
import pytest

from rcwidgets.core.document.document import Document
from rcwidgets.core.model import plan
from rcwidgets.core.nodes import Input, LinearReadout, Reservoir
from rcwidgets.core.tasks import LorenzTask
from rcwidgets.core.trainers.closed_form.ridge import RidgeSettings
from rcwidgets.live.stages import ridge
from rcwidgets.live.stages.ridge import Stages

pytestmark = pytest.mark.optimised

TASK = LorenzTask()


def document(*, beta=1e-6, task=TASK, **knobs):
    return Document(Input(3) >> Reservoir(50, seed=0, **{"leak_rate": 0.6, **knobs}) >> LinearReadout(3), task, RidgeSettings(beta=beta))


def results_of(wanted, stages=None):
    told = []
    stages = Stages() if stages is None else stages
    return list(stages.compute(wanted, 1, lambda: None, lambda *words: told.append(words))), stages, told


@pytest.fixture
def _eager(monkeypatch):
    monkeypatch.setattr(plan, "LEAST", 0.0)
    monkeypatch.setattr(plan, "cores", lambda: 2)


@pytest.fixture
def pair(_eager, monkeypatch):
    """The results of the same document side by side and in order."""
    side, stages, _ = results_of(document())
    with monkeypatch.context() as patched:
        patched.setattr(ridge, "may_run_in_stretches", lambda *_: False)
        order, _, _ = results_of(document())
    return side, order, stages


def test_forecast_errors_path_and_state_are_those_of_the_run_in_order(pair):
    (one, drawn, *_), (other, wanted, *_), _ = pair
    assert one.forgetting is not None and other.forgetting is None
    spread = other.truth.std()
    np.testing.assert_allclose(one.forecast, other.forecast, atol=1e-3 * spread)
    assert one.test_nrmse == pytest.approx(other.test_nrmse, rel=1e-2)
    assert one.train_nrmse == pytest.approx(other.train_nrmse, rel=1e-2)
    np.testing.assert_allclose(drawn.path.held_out, wanted.path.held_out, rtol=0.05)
    assert int(one.state.steps) == int(other.state.steps) == TASK.prepare().test_start
    for state, known in zip(one.state.nodes, other.state.nodes, strict=True):
        for key, value in known.items():
            np.testing.assert_allclose(state[key], value, atol=1e-5)


def test_a_move_of_beta_runs_nothing_and_the_same_document_gives_the_same_bits(pair):
    (first, *_), _, stages = pair
    steps = stages.counts["steps"]
    results_of(document(beta=1e-3), stages)
    assert stages.counts["steps"] == steps == len(TASK.prepare().inputs)
    (again, *_), _, _ = results_of(document())
    np.testing.assert_array_equal(again.forecast, first.forecast)


def test_another_horizon_has_cross_moments_of_its_own(_eager, monkeypatch):
    stages = Stages()
    results_of(document(), stages)
    far = document(task=LorenzTask(horizon=20))
    (moved, *_), _, _ = results_of(far, stages)
    (fresh, *_), _, _ = results_of(far)
    np.testing.assert_allclose(moved.forecast, fresh.forecast, atol=1e-2 * fresh.truth.std())
    assert stages.counts["steps"] == len(TASK.prepare().inputs)


def test_progress_is_told_up_to_the_end(_eager):
    _, _, told = results_of(document())
    shares = [share for activity, share, _ in told if activity == "running" and share is not None]
    assert shares and max(shares) == pytest.approx(1.0) and min(shares) > 0


def test_chaos_runs_in_order_to_the_bit(_eager, monkeypatch):
    wild = document(spectral_radius=2.5, input_scaling=1e-4, bias_scaling=0.3)
    (one, *_), _, _ = results_of(wild)
    monkeypatch.setattr(ridge, "may_run_in_stretches", lambda *_: False)
    (other, *_), _, _ = results_of(wild)
    assert one.forgetting is None
    np.testing.assert_array_equal(one.forecast, other.forecast)


def test_a_run_that_is_given_up_ends(_eager):
    calls = []

    class Given(Exception):
        pass

    def checkpoint():
        calls.append(1)
        if len(calls) > 6:
            raise Given

    with pytest.raises(Given):
        next(Stages().compute(document(), 1, checkpoint, lambda *_: None))
