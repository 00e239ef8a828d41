"""The dense layer."""

from typing import ClassVar

import numpy as np

from rcwidgets.core.graph.vertex import Stream
from rcwidgets.core.nodes.base import AbstractNode, Array, Arrays, along, node
from rcwidgets.core.nodes.recurrent import xavier
from rcwidgets.core.nodes.reservoir import ACTIVATIONS
from rcwidgets.core.spec.knobs import Effect, choice, knob, toggle


@node
class Dense(AbstractNode):
    """A layer of units without memory, trained by gradients.

    y[t] = f(u[t] W + y_fb[t-1] W_fb + b)

    Shapes: u (batch, inputs), W (inputs, features), W_fb (feedback, features), b (features,), y (batch, features). `Dense()` has as many
    features as the targets. W and W_fb are drawn from Xavier's normal distribution, b is zero.

    >>> Dense(3, activation="tanh")
    Dense(3, activation='tanh')
    """

    short_name: ClassVar[str] = "dense"
    label: ClassVar[str] = "Dense"
    aliases: ClassVar[tuple[str, ...]] = ("fully connected", "mlp", "perceptron", "output")
    family: ClassVar[str] = "readout"
    group: ClassVar[str] = "Readouts"

    features: int | None = knob(
        None,
        1,
        10_000,
        "Number of output channels; empty takes as many as the target has.",
        label="Features",
        effect=Effect.REBUILD,
        integer=True,
        optional=True,
    )
    activation: str = choice("identity", tuple(ACTIVATIONS), "The layer's nonlinearity f.", label="Activation")
    trainable: bool = toggle(True, "Whether training changes the weights.", label="Trainable")

    @property
    def learned(self) -> tuple[str, ...]:
        return ("W", "W_fb", "b") if self.trainable else ()

    def output_size(self, inputs: int) -> int | None:
        return self.features

    def draw(self, stream: Stream, inputs: int, feedback: int) -> dict[str, np.ndarray]:
        features = self.features or 0
        drawn = {"W": xavier(stream("W"), inputs, features), "b": np.zeros(features)}
        return drawn | ({"W_fb": xavier(stream("W_fb"), feedback, features)} if feedback else {})

    def step(self, params: Arrays, state: Arrays, u: Array, feedback: Array | None, key: Array | None) -> tuple[Arrays, Array]:
        y = u @ params["W"]
        if feedback is not None:
            y = y + feedback @ params["W_fb"]
        return state, ACTIVATIONS[self.activation](y + along(params["b"], y))
