"""One pass over warm-up, training and test rows: the same as one trainer after another."""

import threading

import jax.numpy as jnp
import numpy as np
import pytest

from rcwidgets.core.cores import cores
from rcwidgets.core.model import drawing
from rcwidgets.core.model import program as programs
from rcwidgets.core.model.prediction import inputs_of
from rcwidgets.core.nodes import Concat, Dense, Input, LinearReadout, Reservoir
from rcwidgets.core.trainers.closed_form.one_pass import LANES, MOMENTS, Trial, best_size, crew, in_one_pass, tried
from rcwidgets.core.trainers.closed_form.ridge import RidgeTrainer
from rcwidgets.core.trainers.lanes.settings import LaneSettings

MODEL = Input(1) >> Reservoir(30, input_scaling=0.5) >> LinearReadout(1)
SERIES = np.sin(np.arange(421) / 5)[:, None] * np.cos(np.arange(421) / 17)[:, None]
WARMUP, STOP = 37, 301
BETAS = [1e-3, 1e-1]


def trial(trainer=None, checkpoint=lambda: None, **changes):
    trainer = trainer or RidgeTrainer(MODEL)
    trainer.held, pairs = trainer.pairs(trainer.held, [SERIES[WARMUP:STOP], SERIES[WARMUP + 1 : STOP + 1]])
    made = Trial(
        pairs.program, trainer.held.params, inputs_of(pairs.program, SERIES[:-1], trainer.dtype), SERIES[WARMUP + 1 : STOP + 1], slice(WARMUP, STOP), 1e-6,
        trainer.settings.penalize_bias, trainer.dtype, checkpoint,
    )  # fmt: skip
    return made._replace(**changes), trainer


def settings_of(trainer, count):
    leaks = np.repeat(np.linspace(0.2, 0.9, count), len(BETAS))
    return LaneSettings.read(trainer.model, trainer.settings, {"reservoir.leak_rate": leaks, "beta": np.tile(BETAS, count)})


@pytest.mark.parametrize(("count", "most"), [(1, LANES), (3, LANES), (5, 2)])
@pytest.mark.parametrize("free", [True, False])
def test_every_lane_is_what_its_trainer_is_alone(count, most, free):
    made, trainer = trial(RidgeTrainer(MODEL, penalize_bias=not free, dtype="float64"))
    settings = settings_of(trainer, count)
    groups = list(tried(made, settings, most=most))
    found = sorted((one for group in groups for one in group), key=lambda one: one.lane)
    assert [one.lane for one in found] == list(range(2 * count)) and len(groups) == -(-count // crew(count, 30, cores(), most)[1])
    for one in found:
        alone = RidgeTrainer(settings.model(MODEL, one.lane), **settings.settings(trainer.settings, one.lane).knobs)
        alone.predict(SERIES[:WARMUP])
        fitted = alone.fit([SERIES[WARMUP:STOP], SERIES[WARMUP + 1 : STOP + 1]])
        trained = [np.asarray(value) for value in alone.state.nodes[1].values()]
        np.testing.assert_allclose(np.asarray(one.state.nodes[1]["h"]), trained[0], rtol=1e-9)
        np.testing.assert_allclose(one.forecast, fitted.predict(SERIES[STOP:-1]), rtol=1e-6, atol=1e-9)
        own = alone.params["linear_readout"] if "linear_readout" in alone.params else alone.params["readout"]
        np.testing.assert_allclose(one.readout.weights, np.asarray(own["W"]), rtol=1e-6, atol=1e-9)
        alone.predict(SERIES[:WARMUP], reset=True)
        residual = alone.predict(SERIES[WARMUP:STOP]) - SERIES[WARMUP + 1 : STOP + 1]
        np.testing.assert_allclose(one.squares, np.mean(residual**2, axis=0), rtol=1e-6)


def test_a_lane_that_diverges_and_a_beta_too_small_are_told_apart():
    trainer = RidgeTrainer(Input(1) >> Reservoir(30, activation="identity", leak_rate=1.0) >> LinearReadout(1))
    made, trainer = trial(trainer)
    radii, betas = [0.5, 10.0, 0.6], [1e-3, 1e-3, 0.0]
    settings = LaneSettings.read(trainer.model, trainer.settings, {"reservoir.spectral_radius": radii, "beta": betas})
    found = [one for group in tried(made, settings) for one in group]
    assert [one.diverged for one in found] == [False, True, False]
    assert [one.readout is None for one in found] == [False, True, True]
    assert np.isfinite(found[0].forecast).all() and np.isnan(found[1].forecast).all()


def test_a_checkpoint_that_raises_ends_all_groups_and_their_threads():
    class Enough(Exception):
        pass

    def checkpoint():
        raise Enough

    made, trainer = trial(checkpoint=checkpoint)
    with pytest.raises(Enough):
        list(tried(made, settings_of(trainer, 9), most=1))
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("rcwidgets-lanes")]


def test_groups_are_as_large_as_keeps_all_cores_busy():
    assert best_size(8, 2) == 4 and best_size(1, 2) == 1 and best_size(8, 8) == 1
    assert best_size(14, 1) == 7 and best_size(32, 2) in (4, 6) and best_size(5, 2, most=2) <= 2


def test_groups_of_one_size_share_one_trace():
    made, trainer = trial()
    list(tried(made, settings_of(trainer, 6), most=3))
    before = programs.TRACES["run"]
    list(tried(made, settings_of(trainer, 9), most=3))
    assert programs.TRACES["run"] == before


@pytest.mark.parametrize(
    ("model", "simple"),
    [
        (MODEL, True),
        (Input(1) >> [Reservoir(5), Reservoir(6)] >> Concat() >> LinearReadout(1), True),
        (Input(1) >> Reservoir(5) >> LinearReadout(1) >> Reservoir(6) >> LinearReadout(1), False),
        (Input(1) >> Reservoir(5) >> LinearReadout(1) >> Dense(1), False),
    ],
)
def test_which_models_take_one_pass(model, simple):
    assert in_one_pass(programs.compile_graph(model.sized(1, 1))) is simple


def test_the_option_for_one_core_changes_no_number():
    program = programs.compile_graph(MODEL.sized(1, 1))
    params = drawing.draw(program, 0, np.float32)
    start = programs.init(program, params, 1, np.float32)
    inputs = {0: jnp.asarray(SERIES[:50, None], jnp.float32)}
    one, all = (programs.run(program, params, start, inputs, [1], one_core=alone)[1][1] for alone in (True, False))
    np.testing.assert_allclose(one, all, atol=1e-6)


@pytest.mark.parametrize(("features", "cores"), [(400, 2), (400, 64), (2000, 2), (2000, 16), (5000, 8), (20_000, 2)])
def test_groups_under_way_keep_their_moments_within_bounds(features, cores):
    workers, size = crew(1000, features, cores)
    assert workers >= 1 and 1 <= size <= LANES and workers <= cores + 1
    assert workers * size * 8 * features**2 <= MOMENTS or workers * size == 1
    assert (features > 400) or (workers == cores + 1)
