"""The tutorial's echo state network written by hand in JAX, for that model alone: what the library is measured against."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax


@jax.jit
def states(W, W_in, bias, u, radius, leak, scaling):
    """(time, units) of a leaky tanh reservoir over u (time, inputs)."""

    def step(h, u):
        h = (1 - leak) * h + leak * jnp.tanh(radius * (h @ W) + scaling * (u @ W_in) + bias)
        return h, h

    return lax.scan(step, jnp.zeros(W.shape[0], W.dtype), u)[1]


@partial(jax.jit, static_argnames=("warmup", "train", "horizon"))
def fit_and_predict(h, y, beta, warmup, train, horizon):
    """Float64 Gram matrix and Cholesky solve of the training rows, and the forecast of the test rows."""
    x = jnp.concatenate([h.astype(jnp.float64), jnp.ones((h.shape[0], 1))], axis=1)
    rows, target = x[warmup : warmup + train], y[warmup + horizon : warmup + train + horizon]
    gram = rows.T @ rows + jnp.diag(jnp.full(x.shape[1], beta).at[-1].set(0.0))
    w = jax.scipy.linalg.cho_solve(jax.scipy.linalg.cho_factor(gram), rows.T @ target)
    return x[warmup + train : -horizon] @ w


def run(params, u, y, radius, beta=1e-6, leak=0.3, scaling=0.05, warmup=2000, train=6000, horizon=1):
    """The whole program for one spectral radius: float32 states, float64 readout; returns the forecast as NumPy."""
    h = states(params["W"], params["W_in"], 0.0 * params["bias"], u, radius, leak, scaling)
    with jax.enable_x64(True):
        return np.asarray(fit_and_predict(h, y, beta, warmup, train, horizon))


@jax.jit
def rls(W, W_in, W_fb, u, y, radius, leak, scaling, feedback, alpha):
    """Weights (units + 1, outputs) after recursive least squares over u (time, inputs) and y (time, outputs), the bias last.

    With `W_fb` the readout's own output is fed back one step late, as in FORCE learning. The reservoir runs in the precision of W.
    """

    def step(carry, now):
        (h, z, w, P), (u, y) = carry, now
        drive = radius * (h @ W) + scaling * (u @ W_in)
        if W_fb is not None:
            drive = drive + feedback * (z @ W_fb)
        h = ((1 - leak) * h + leak * jnp.tanh(drive)).astype(W.dtype)
        x = jnp.append(h.astype(y.dtype), 1.0)
        k = P @ x
        gain = k / (1.0 + x @ k)
        z = x @ w
        return (h, z.astype(W.dtype), w + jnp.outer(gain, y - z), P - jnp.outer(gain, k)), None

    units, outputs = W.shape[0], y.shape[1]
    start = (jnp.zeros(units, W.dtype), jnp.zeros(outputs, W.dtype), jnp.zeros((units + 1, outputs), y.dtype), jnp.eye(units + 1) / alpha)
    return lax.scan(step, start, (u, y))[0][2]


def integrator_loss(learned, x, y):
    """MSE of a relu network with a linear readout over x, y (time, batch, 1), and its penalty on all that is learned."""

    def step(h, u):
        h = jax.nn.relu(u @ learned["W_in"] + h @ learned["W"] + learned["b"])
        return h, h

    start = jnp.broadcast_to(learned["h0"], (x.shape[1], learned["h0"].shape[0]))
    outputs = lax.scan(step, start, x)[1] @ learned["W_out"] + learned["b_out"]
    return jnp.mean((outputs - y) ** 2) + 2e-4 * sum(jnp.sum(p**2) for p in jax.tree.leaves(learned))


@partial(jax.jit, static_argnames=("optimizer",), donate_argnums=(0, 1))
def train_integrator(learned, state, x, y, max_norm, optimizer):
    """All updates of x, y (updates, time, batch, 1) in one scan: (learned, the optimiser's state, losses)."""

    def update(carry, batch):
        learned, state = carry
        loss, gradient = jax.value_and_grad(integrator_loss)(learned, *batch)
        norm = jnp.sqrt(sum(jnp.sum(g**2) for g in jax.tree.leaves(gradient)))
        gradient = jax.tree.map(lambda g: g * jnp.minimum(1.0, max_norm / norm), gradient)
        change, state = optimizer.update(gradient, state, learned)
        return (jax.tree.map(jnp.add, learned, change), state), loss

    (learned, state), losses = lax.scan(update, (learned, state), (x, y))
    return learned, state, losses
