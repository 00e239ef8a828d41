"""The gated recurrent unit."""

from typing import ClassVar

import jax
import jax.numpy as jnp
import numpy as np

from rcwidgets.core.graph.vertex import Stream
from rcwidgets.core.nodes.base import Array, Arrays, node
from rcwidgets.core.nodes.recurrent import AbstractRecurrent, orthogonal


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

    short_name: ClassVar[str] = "gru"
    label: ClassVar[str] = "GRU"
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
