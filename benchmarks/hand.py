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
