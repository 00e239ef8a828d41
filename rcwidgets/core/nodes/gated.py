"""Recurrent layers with gates."""

from typing import ClassVar

import jax
import jax.numpy as jnp
import numpy as np

from rcwidgets.core.graph.tokens import Stream
from rcwidgets.core.nodes.base import Array, Arrays, node
from rcwidgets.core.nodes.initial_weights import orthogonal
from rcwidgets.core.nodes.recurrent import AbstractRecurrent


@node
class GRU(AbstractRecurrent):
    """Gated recurrent units: each unit learns when to take something new, and when to forget what it knew.

    z, r = sigmoid(d_z + h[t] W_z), sigmoid(d_r + h[t] W_r),  n = tanh(d_n + (r h[t]) W_n),  h[t+1] = z h[t] + (1 - z) n
    d = u[t] W_in + y[t-1] W_fb + b

    Of the two common variants this is the published one, in which the reset gate r acts on the state before the recurrent weights (the
    other one multiplies h[t] W_n by r).

    Shapes: u (batch, inputs), h (batch, units), W_in (inputs, 3 units), W (units, 3 units), W_fb (feedback, 3 units), b (3 units,), with
    the gates in the order z, r, n; h0 (units,). Each gate's recurrent weights are orthogonal, W_in and W_fb are Xavier normal, b and the
    initial state h0 are zero.

    Reference: Cho et al. (2014), arXiv:1406.1078.

    >>> GRU(50)
    GRU(50)
    """

    aliases: ClassVar[tuple[str, ...]] = ("gated recurrent unit",)
    gates: ClassVar[int] = 3

    def draw(self, stream: Stream, inputs: int, feedback: int) -> dict[str, np.ndarray]:
        return self.draw_weights(stream, inputs, feedback, orthogonal)

    def step(self, params: Arrays, state: Arrays, u: Array, feedback: Array | None, key: Array | None) -> tuple[Arrays, Array]:
        h, W, d, ends = state["h"], params["W"], self.drive(params, u, feedback), 2 * self.units
        z, r = jnp.split(jax.nn.sigmoid(d[..., :ends] + h @ W[:, :ends]), 2, axis=-1)
        n = jnp.tanh(d[..., ends:] + (r * h) @ W[:, ends:])
        h = z * h + (1 - z) * n
        return {"h": h}, h


@node
class LSTM(AbstractRecurrent):
    """Long short-term memory: cells c keep what the gates let in, until the forget gate lets it go.

    i, f, o = sigmoid(a_i), sigmoid(a_f + 1), sigmoid(a_o),  g = tanh(a_g),  a = u[t] W_in + y[t-1] W_fb + h[t] W + b
    c[t+1] = f c[t] + i g,  h[t+1] = o tanh(c[t+1])

    Shapes: u (batch, inputs), h, c (batch, units), W_in (inputs, 4 units), W (units, 4 units), W_fb (feedback, 4 units), b (4 units,), with
    the gates in the order i, f, g, o; h0, c0 (units,). Each gate's recurrent weights are orthogonal, W_in and W_fb are Xavier normal, b and
    the initial states h0 and c0 are zero; the offset of 1 lets an untrained cell remember.

    Reference: Hochreiter & Schmidhuber (1997), Neural Computation 9, 1735-1780; Gers, Schmidhuber & Cummins (2000), Neural Computation 12,
    2451-2471, for the forget gate.

    >>> LSTM(50)
    LSTM(50)
    """

    aliases: ClassVar[tuple[str, ...]] = ("long short-term memory",)
    gates: ClassVar[int] = 4
    starts: ClassVar[tuple[str, ...]] = ("h0", "c0")

    def draw(self, stream: Stream, inputs: int, feedback: int) -> dict[str, np.ndarray]:
        return self.draw_weights(stream, inputs, feedback, orthogonal)

    def step(self, params: Arrays, state: Arrays, u: Array, feedback: Array | None, key: Array | None) -> tuple[Arrays, Array]:
        i, f, g, o = jnp.split(self.drive(params, u, feedback) + state["h"] @ params["W"], 4, axis=-1)
        c = jax.nn.sigmoid(f + 1) * state["c"] + jax.nn.sigmoid(i) * jnp.tanh(g)
        h = jax.nn.sigmoid(o) * jnp.tanh(c)
        return {"h": h, "c": c}, h
