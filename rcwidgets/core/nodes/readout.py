"""The trained linear map from states to targets."""

from typing import ClassVar

import numpy as np

from rcwidgets.core.graph.vertex import Stream
from rcwidgets.core.nodes.base import AbstractNode, Array, Arrays, linear, node
from rcwidgets.core.spec.knobs import Effect, knob, toggle


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
    label: ClassVar[str] = "LinearReadout"
    aliases: ClassVar[tuple[str, ...]] = ("output", "ridge", "regression")
    family: ClassVar[str] = "readout"
    group: ClassVar[str] = "Readouts"
    takes_feedback: ClassVar[bool] = False

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
    trainable: bool = toggle(True, "Whether training changes the weights.", label="Trainable")

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
