"""Least squares of readouts against numpy.linalg.lstsq on the same states."""

import numpy as np
import pytest

from rcwidgets.core.loading import load
from rcwidgets.core.nodes import Input, LinearReadout, Reservoir
from rcwidgets.core.trainers.closed_form.linear import LinearTrainer
from rcwidgets.core.trainers.closed_form.ridge import RidgeTrainer
from tests.core.trainers.chain import chain, states_of


def least_norm(x, y):
    """numpy.linalg.lstsq less the means: weights and bias."""
    mean_x, mean_y = x.mean(axis=0), y.mean(axis=0)
    w = np.linalg.lstsq(x - mean_x, y - mean_y, rcond=None)[0]
    return w, mean_y - mean_x @ w


@pytest.mark.parametrize("batch", [1, 3])
def test_weights_are_those_of_lstsq(batch, generator):
    x, y = generator.normal(size=(batch, 150, 2)), generator.normal(size=(batch, 150, 2))
    trainer = LinearTrainer(chain(input_scaling=0.5), dtype="float64").fit([x, y])
    w, b = least_norm(states_of(trainer, x), y.reshape(-1, 2))
    np.testing.assert_allclose(trainer.params["readout"]["W"], w, rtol=1e-6, atol=1e-8 * np.abs(w).max())
    np.testing.assert_allclose(trainer.params["readout"]["b"], b, rtol=1e-6, atol=1e-8 * np.abs(b).max())


def test_of_many_solutions_it_takes_the_one_of_least_norm(generator):
    """More signals than rows."""
    i, r = Input(2), Reservoir(40, seed=0, input_scaling=0.5)
    x, y = generator.normal(size=(25, 2)), generator.normal(size=(25, 2))
    trainer = LinearTrainer(i >> r >> LinearReadout(), dtype="float64").fit([x, y])
    states = states_of(trainer, x)
    w, b = least_norm(states, y)
    np.testing.assert_allclose(trainer.params["readout"]["W"], w, rtol=1e-6, atol=1e-8 * np.abs(w).max())
    np.testing.assert_allclose(states @ w + b, y, atol=1e-7)


def test_signals_that_are_all_the_same_give_the_mean():
    y = np.arange(20.0).reshape(10, 2)
    trainer = LinearTrainer(chain(input_scaling=0.0)).fit([np.ones((10, 2)), y])
    np.testing.assert_allclose(trainer.predict(np.ones((3, 2))), np.tile(y.mean(axis=0), (3, 1)), rtol=1e-6)
    assert not trainer.params["readout"]["W"].any()


def test_it_is_the_limit_of_ridge_regression(generator):
    x, y = generator.normal(size=(300, 2)), generator.normal(size=(300, 2))
    model = chain(10, input_scaling=0.5)
    plain, ridge = LinearTrainer(model, dtype="float64").fit([x, y]), RidgeTrainer(model, beta=1e-9, dtype="float64").fit([x, y])
    np.testing.assert_allclose(plain.params["readout"]["W"], ridge.params["readout"]["W"], rtol=1e-5)


def test_feedback_is_taught_by_the_targets(generator):
    i, r, o = Input(2), Reservoir(20, seed=0, feedback_scaling=0.5), LinearReadout(2)
    x, y = generator.normal(size=(100, 2)), generator.normal(size=(100, 2))
    trainer = LinearTrainer((i >> r >> o) & (r << o), dtype="float64").fit([x, y])
    np.testing.assert_array_equal(trainer.state.feedback[2], y[-1:])


@pytest.mark.optimised
def test_it_saves_and_loads(generator, tmp_path):
    x = generator.normal(size=(100, 2))
    trainer = LinearTrainer(chain(), seed=4, dtype="float64").fit([x[:-1], x[1:]])
    again = load(trainer.save(tmp_path / "model.npz"))
    assert type(again) is LinearTrainer and again.settings.knobs == trainer.settings.knobs
    np.testing.assert_array_equal(again.generate(5), trainer.generate(5))
