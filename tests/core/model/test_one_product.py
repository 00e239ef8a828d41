"""Gradients by one product a matrix: those of the plain scan, for every node that learns, with fewer products on the way back."""

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax

from rcwidgets.core.model import drawing, one_product
from rcwidgets.core.model import program as programs
from rcwidgets.core.nodes import GRU, LSTM, Dense, Dropout, Input, LinearReadout, Reservoir, VanillaRNN

STEPS, BATCH = 12, 3
SCALING: Any = np.array([0.5, 2.0])


def with_feedback():
    reservoir, readout = Reservoir(6, trainable=True, feedback_scaling=0.5), LinearReadout(2)
    return (Input(2) >> reservoir >> readout) & (reservoir << readout)


MODELS = {
    "rnn": lambda: Input(2) >> VanillaRNN(6, state_trainable=True) >> Dense(2),
    "gru behind lstm": lambda: Input(2) >> LSTM(5) >> GRU(4) >> Dense(2),
    "noisy reservoir": lambda: Input(2) >> Reservoir(6, trainable=True, noise=0.1) >> LinearReadout(2),
    "channels": lambda: Input(2) >> Reservoir(6, trainable=True, input_scaling=SCALING) >> LinearReadout(2),
    "dropout": lambda: Input(2) >> VanillaRNN(6) >> Dropout(0.5) >> VanillaRNN(5) >> Dense(2),
    "feedback": with_feedback,
}


def gradients(model, monkeypatch, generator, *, plain, alive=None):
    """The gradient of a mean squared error with regard to all weights, and the text of the program on the way back."""
    program = programs.compile_graph(model())
    drawn = drawing.draw(program, 0, np.float64)
    weights = {name: {key: value for key, value in own.items() if value.dtype == np.float64} for name, own in drawn.items()}
    x, y = generator.normal(size=(2, STEPS, BATCH, 2))

    def loss(weights):
        params = {name: {**drawn[name], **own} for name, own in weights.items()}
        state = programs.init(program, params, BATCH, np.float64)
        _, found, _ = programs.run(program, params, state, {0: x}, program.exits, alive=alive, training=True)
        return jnp.mean((found[program.exits[0]] - y) ** 2)

    if plain:
        monkeypatch.setattr(programs, "_learning_scan", _plain)
    jax.clear_caches()
    with jax.enable_x64(True):
        graded = jax.jit(jax.grad(loss))
        return jax.tree.map(np.asarray, graded(weights)), str(jax.make_jaxpr(jax.grad(loss))(weights))


def _plain(places, opened, rest, carry, given, steps):
    return lax.scan(opened({}, rest), carry, given, length=steps)


@pytest.mark.parametrize("kind", MODELS)
@pytest.mark.parametrize("ragged", [False, True], ids=["whole", "ragged"])
def test_the_gradient_is_that_of_the_plain_scan(kind, ragged, monkeypatch):
    alive = np.arange(STEPS)[:, None] < np.array([STEPS, 5, 9]) if ragged else None
    found, wanted = (gradients(MODELS[kind], monkeypatch, np.random.default_rng(3), plain=plain, alive=alive)[0] for plain in (False, True))
    jax.clear_caches()
    for one, other in zip(jax.tree.leaves(found), jax.tree.leaves(wanted), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-10, atol=1e-13)
    assert any(np.abs(one).max() > 1e-3 for one in jax.tree.leaves(found))


def test_the_way_back_adds_up_no_weight_matrix_step_by_step(monkeypatch):
    """The scan of the plain way back carries a sum for W, (6, 6); ours carries none."""
    carried = []
    for plain in (False, True):
        text = gradients(MODELS["rnn"], monkeypatch, np.random.default_rng(3), plain=plain)[1]
        back = next(part for part in text.split("scan[") if "reverse=True" in part)
        carried.append(back.count("f64[6,6] = add"))
    jax.clear_caches()
    assert carried[0] == 0 < carried[1]


def test_parts_of_a_matrix_and_other_operands_are_noted():
    notes = one_product.Notes()
    matrix = jnp.arange(12.0).reshape(3, 4)
    noted = notes.wrapped({0: {"W": matrix}})[0]["W"]
    left = jnp.ones((2, 3))
    np.testing.assert_array_equal(left @ noted[:, 1:3], left @ matrix[:, 1:3])
    np.testing.assert_array_equal((2 * left) @ noted[:, 1:][:, 1:], 2 * left @ matrix[:, 2:])
    assert [site.columns for site in notes.sites] == [(1, 3), (2, 4)] and noted.shape == (3, 4) and noted.ndim == 2


def test_it_goes_through_vmap():
    def opened(weights, rest):
        def step(carry, given):
            after = jnp.tanh(carry @ weights[0]["W"] + given)
            return after, after

        return step

    def loss(scan, W, x):
        return jnp.sum(scan(opened, {0: {"W": W}}, (), x[0], x, 4)[1] ** 2)

    W, x = (np.random.default_rng(0).normal(size=shape).astype(np.float32) for shape in ((5, 3, 3), (4, 2, 3)))
    plain = partial(loss, lambda opened, weights, rest, carry, given, steps: lax.scan(opened(weights, rest), carry, given))
    found, wanted = (jax.vmap(jax.grad(one), in_axes=(0, None))(W, x) for one in (partial(loss, one_product.scan), plain))
    np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-6)
