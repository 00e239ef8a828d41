"""Long short-term memory."""

from typing import ClassVar

import jax
import jax.numpy as jnp
import numpy as np

from rcwidgets.core.graph.vertex import Stream
from rcwidgets.core.nodes.base import Array, Arrays, node
from rcwidgets.core.nodes.recurrent import AbstractRecurrent, orthogonal


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

    short_name: ClassVar[str] = "lstm"
    label: ClassVar[str] = "LSTM"
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
