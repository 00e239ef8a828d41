"""The features of each step at mean 0 and variance 1."""

from typing import ClassVar

import jax.numpy as jnp
import numpy as np

from rcwidgets.core.graph.vertex import Stream
from rcwidgets.core.nodes.base import AbstractNode, Array, Arrays, along, node

FLOOR = 1e-5  # added to the variance, so that equal features are no division by zero


@node
class LayerNorm(AbstractNode):
    """Brings the features of each step to mean 0 and variance 1, then scales and shifts each of them.

    y[t] = (u[t] - mean) / sqrt(var + 1e-5) scale + offset, with mean and variance (1 / features) sum (u_k - mean)^2 over the features.

    Shapes: u, y (batch, features), scale, offset (features,), which start at 1 and 0 and are learned by gradient.

    Reference: Ba, Kiros & Hinton (2016), arXiv:1607.06450.

    >>> LayerNorm()
    LayerNorm()
    """

    short_name: ClassVar[str] = "layer_norm"
    label: ClassVar[str] = "LayerNorm"
    aliases: ClassVar[tuple[str, ...]] = ("normalise", "normalize")
    family: ClassVar[str] = "shape"
    group: ClassVar[str] = "Layers"
    takes_feedback: ClassVar[bool] = False

    @property
    def learned(self) -> tuple[str, ...]:
        return ("scale", "offset")

    def output_size(self, inputs: int) -> int | None:
        return inputs

    def draw(self, stream: Stream, inputs: int, feedback: int) -> dict[str, np.ndarray]:
        return {"scale": np.ones(inputs), "offset": np.zeros(inputs)}

    def step(self, params: Arrays, state: Arrays, u: Array, feedback: Array | None, key: Array | None) -> tuple[Arrays, Array]:
        apart = u - jnp.mean(u, axis=-1, keepdims=True)
        spread = jnp.sqrt(jnp.mean(apart**2, axis=-1, keepdims=True) + FLOOR)
        return state, apart / spread * along(params["scale"], u) + along(params["offset"], u)
