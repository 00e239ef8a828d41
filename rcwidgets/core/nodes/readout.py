"""What maps states to targets: the linear readout, and the dense layer that gradients train."""

from typing import ClassVar

import numpy as np

from rcwidgets.core.graph.tokens import Stream
from rcwidgets.core.nodes.base import AbstractNode, Array, Arrays, along, features_knob, linear, node
from rcwidgets.core.nodes.initial_weights import xavier
from rcwidgets.core.nodes.layers import ACTIVATIONS
from rcwidgets.core.spec.knobs import choice, toggle


@node
class LinearReadout(AbstractNode):
    """The linear map that a closed-form or online trainer fits.

    y[t] = u[t] W + b

    Shapes: u (batch, inputs), W (inputs, features), b (features,), y (batch, features). `LinearReadout()` has as many features as the
    targets. Before training, W is drawn from normal(0, 1 / inputs) and b is zero.

    Reference: Jaeger (2001), GMD Report 148.

    >>> LinearReadout(3)
    LinearReadout(3)
    """

    short_name: ClassVar[str] = "readout"
    aliases: ClassVar[tuple[str, ...]] = ("output", "ridge", "regression")
    family: ClassVar[str] = "readout"
    group: ClassVar[str] = "Readouts"
    takes_feedback: ClassVar[bool] = False

    features: int | None = features_knob("Number of output channels; empty takes as many as the target has.")
    trainable: bool = toggle(True, "Whether training changes the weights.")

    @property
    def trains(self) -> bool:
        return self.trainable

    @property
    def learned(self) -> tuple[str, ...]:
        return ("W", "b") if self.trainable else ()

    def output_size(self, inputs: int) -> int | None:
        return self.features

    def draw(self, stream: Stream, inputs: int, feedback: int) -> dict[str, np.ndarray]:
        features = self.features or 0
        return {"W": stream("W").normal(0.0, 1.0 / np.sqrt(inputs), (inputs, features)), "b": np.zeros(features)}

    def step(self, params: Arrays, state: Arrays, u: Array, feedback: Array | None, key: Array | None) -> tuple[Arrays, Array]:
        return state, linear(u, params)


@node
class Dense(AbstractNode):
    """A layer of units without memory, trained by gradients.

    y[t] = f(u[t] W + y_fb[t-1] W_fb + b)

    Shapes: u (batch, inputs), W (inputs, features), W_fb (feedback, features), b (features,), y (batch, features). `Dense()` has as many
    features as the targets. W and W_fb are drawn from Xavier's normal distribution, b is zero.

    >>> Dense(3, activation="tanh")
    Dense(3, activation='tanh')
    """

    aliases: ClassVar[tuple[str, ...]] = ("fully connected", "mlp", "perceptron", "output")
    family: ClassVar[str] = "readout"
    group: ClassVar[str] = "Readouts"

    features: int | None = features_knob("Number of output channels; empty takes as many as the target has.")
    activation: str = choice("identity", tuple(ACTIVATIONS), "The layer's nonlinearity f.")
    trainable: bool = toggle(True, "Whether training changes the weights.")

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
