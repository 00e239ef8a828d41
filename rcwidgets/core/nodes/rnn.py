"""The plain recurrent network."""

from typing import ClassVar

import numpy as np

from rcwidgets.core.graph.vertex import Stream
from rcwidgets.core.nodes.base import Array, Arrays, node
from rcwidgets.core.nodes.recurrent import AbstractRecurrent, xavier
from rcwidgets.core.nodes.reservoir import ACTIVATIONS
from rcwidgets.core.spec.knobs import choice


@node
class VanillaRNN(AbstractRecurrent):
    """A recurrent network whose weights are trained through time.

    h[t+1] = f(u[t] W_in + y[t-1] W_fb + h[t] W + b)

    Shapes: u (batch, inputs), h (batch, units), W_in (inputs, units), W (units, units), W_fb (feedback, units), b (units,), h0 (units,);
    weights are stored (sources, targets). W_in, W and W_fb are drawn from Xavier's normal distribution, b is zero, and the initial state
    h0 is uniform in [0, 1).

    Reference: Elman (1990), Cognitive Science 14, 179-211.

    >>> VanillaRNN(50, state_trainable=True)
    VanillaRNN(50, state_trainable=True)
    """

    short_name: ClassVar[str] = "rnn"
    label: ClassVar[str] = "VanillaRNN"
    aliases: ClassVar[tuple[str, ...]] = ("rnn", "elman network", "simple recurrent network")

    activation: str = choice("relu", tuple(ACTIVATIONS), "The units' nonlinearity f.", label="Activation")

    def draw(self, stream: Stream, inputs: int, feedback: int) -> dict[str, np.ndarray]:
        return self.draw_weights(stream, inputs, feedback, xavier) | {"h0": stream("h0").uniform(0.0, 1.0, self.units)}

    def step(self, params: Arrays, state: Arrays, u: Array, feedback: Array | None, key: Array | None) -> tuple[Arrays, Array]:
        h = ACTIVATIONS[self.activation](self.drive(params, u, feedback) + state["h"] @ params["W"])
        return {"h": h}, h
