"""Ridge regression of readouts against plain NumPy, on the same states."""

import numpy as np
import pytest

from rcwidgets.core.datasets import lorenz_series
from rcwidgets.core.nodes import Input, LinearReadout, Reservoir
from rcwidgets.core.trainers.closed_form.ridge import RidgeTrainer
from tests.core.trainers.chain import chain, states_of

LORENZ = lorenz_series(100, dt=0.01, inits={"x": 8, "y": 1, "z": 1})
SERIES = np.hstack([LORENZ["x"], LORENZ["y"], LORENZ["z"]])


def orthogonal(x, y, beta):
    """Least squares of [x - mean; sqrt(beta) I] by QR: weights and bias."""
    mean_x, mean_y = x.mean(0), y.mean(0)
    stacked = np.vstack([x - mean_x, np.sqrt(beta) * np.eye(x.shape[1])])
    w = np.linalg.lstsq(stacked, np.vstack([y - mean_y, np.zeros((x.shape[1], y.shape[1]))]), rcond=None)[0]
    return w, mean_y - mean_x @ w


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("batch", [1, 3])
@pytest.mark.parametrize("beta", [1.0, 1e-4])
def test_weights_are_those_of_an_orthogonal_solve(dtype, batch, beta, generator):
    x, y = generator.normal(size=(batch, 100, 2)), generator.normal(size=(batch, 100, 2))
    trainer = RidgeTrainer(chain(), beta=beta, dtype=dtype)
    trainer.fit([x, y])
    w, b = orthogonal(states_of(trainer, x).astype(np.float64), y.reshape(-1, 2), beta)
    np.testing.assert_allclose(trainer.params["readout"]["W"], w, rtol=1e-4, atol=1e-6 * np.abs(w).max())
    np.testing.assert_allclose(trainer.params["readout"]["b"], b, rtol=1e-4, atol=1e-6 * np.abs(w).max())


def test_tiny_beta_takes_the_orthogonal_route(generator):
    """Twin inputs make the normal equations singular: by them alone the error would be of order one."""
    x = np.cumsum(generator.normal(size=(400, 2)), axis=0) * 1e-3
    y = np.roll(x, 3, axis=0)
    trainer = RidgeTrainer(chain(60, spectral_radius=0.2), beta=1e-16, dtype="float64")
    trainer.fit([x, y])
    states = states_of(trainer, x)
    own = trainer.params["readout"]
    mine, exact = (np.mean((states @ w + b - y) ** 2) for w, b in ((own["W"], own["b"]), orthogonal(states, y, 1e-16)))
    assert mine == pytest.approx(exact, rel=0.01)


def test_a_penalised_bias_is_a_feature_like_the_others(generator):
    x, y = generator.normal(size=(100, 2)), 5 + generator.normal(size=(100, 2))
    trainer = RidgeTrainer(chain(), beta=2.0, penalize_bias=True, dtype="float64")
    trainer.fit([x, y])
    design = np.hstack([states_of(trainer, x), np.ones((100, 1))])
    w = np.linalg.solve(design.T @ design + 2.0 * np.eye(31), design.T @ y)
    np.testing.assert_allclose(trainer.params["readout"]["W"], w[:-1], rtol=1e-8)
    np.testing.assert_allclose(trainer.params["readout"]["b"], w[-1], rtol=1e-8)


@pytest.mark.optimised
def test_fit_starts_from_the_state_that_the_warm_up_left(generator):
    x, y = generator.normal(size=(150, 2)), generator.normal(size=(150, 2))
    warm, cold = (RidgeTrainer(chain(), beta=0.1, dtype="float64") for _ in range(2))
    warm.predict(x[:50])
    warm.fit([x[50:], y[50:]])
    cold.fit([x[50:], y[50:]])
    states = states_of(warm, x)[50:]
    np.testing.assert_allclose(warm.params["readout"]["W"], orthogonal(states, y[50:], 0.1)[0], rtol=1e-8)
    assert not np.allclose(warm.params["readout"]["W"], cold.params["readout"]["W"], rtol=1e-3)
    cold.predict(x[:50], reset=True)
    cold.fit([x[50:], y[50:]])
    np.testing.assert_array_equal(warm.params["readout"]["W"], cold.params["readout"]["W"])


def test_feedback_is_taught_by_the_targets_and_then_runs_by_itself(generator):
    i, r, o = Input(2), Reservoir(30, seed=0, feedback_scaling=0.5), LinearReadout(2)
    trainer = RidgeTrainer((i >> r >> o) & (r << o), beta=0.1, dtype="float64")
    x, y = generator.normal(size=(100, 2)), generator.normal(size=(100, 2))
    trainer.fit([x, y])
    np.testing.assert_array_equal(trainer.state.feedback[2], y[-1:])
    late = np.vstack([np.zeros((1, 2)), y[:-1]])
    node, h, states = trainer.params["reservoir"], np.zeros(30), []
    for u, fed in zip(x, late, strict=True):
        h = 0.7 * h + 0.3 * np.tanh(0.9 * h @ node["W"] + 0.05 * u @ node["W_in"] + 0.5 * fed @ node["W_fb"])
        states.append(h)
    w, b = orthogonal(np.array(states), y, 0.1)
    np.testing.assert_allclose(trainer.params["readout"]["W"], w, rtol=1e-7, atol=1e-9)
    free = trainer.predict(x[:2])
    h = 0.7 * h + 0.3 * np.tanh(0.9 * h @ node["W"] + 0.05 * x[0] @ node["W_in"] + 0.5 * y[-1] @ node["W_fb"])
    np.testing.assert_allclose(free[0], h @ w + b, rtol=1e-6)
    h = 0.7 * h + 0.3 * np.tanh(0.9 * h @ node["W"] + 0.05 * x[1] @ node["W_in"] + 0.5 * free[0] @ node["W_fb"])
    np.testing.assert_allclose(free[1], h @ w + b, rtol=1e-6)


def test_several_readouts_take_targets_by_name(generator):
    i, r = Input(2), Reservoir(30, seed=0)
    graph = (i >> r >> LinearReadout(name="place")) & (r >> LinearReadout(name="speed"))
    x, place, speed = generator.normal(size=(100, 2)), generator.normal(size=(100, 1)), generator.normal(size=(100, 3))
    trainer = RidgeTrainer(graph, dtype="float64")
    trainer.fit([x, {"place": place, "speed": speed}])
    y = trainer.predict(x[:5])
    assert {name: value.shape for name, value in y.items()} == {"place": (5, 1), "speed": (5, 3)}
    with pytest.raises(ValueError, match="There is y for 'sped', which is not there. Give y for: place, speed"):
        trainer.fit([x, {"place": place, "sped": speed}])


def test_lorenz_one_step_ahead_with_the_defaults():
    """The bar of the first notebook: the median of five seeds at spectral radius 0.9."""
    errors = []
    for seed in range(5):
        trainer = RidgeTrainer(Input(3) >> Reservoir(400, spectral_radius=0.9, seed=seed) >> LinearReadout(3), beta=1e-6)
        trainer.predict(SERIES[:2000])
        trainer.fit([SERIES[2000:8000], SERIES[2001:8001]])
        errors.append(np.mean((trainer.predict(SERIES[8000:-1]) - SERIES[8001:]) ** 2))
    assert np.median(errors) < 2e-6


def test_without_a_penalty_signals_of_zeros_give_the_mean():
    y = np.arange(20.0).reshape(10, 2)
    trainer = RidgeTrainer(chain(input_scaling=0.0), beta=0.0).fit([np.ones((10, 2)), y])
    np.testing.assert_allclose(trainer.predict(np.ones((3, 2))), np.tile(y.mean(0), (3, 1)), rtol=1e-6)
