"""Layers of one step: the table of nonlinearities that all nodes share and the node that applies one, norms, and dropout."""

from collections.abc import Callable
from functools import partial
from typing import ClassVar

import jax
import jax.numpy as jnp
import numpy as np

from rcwidgets.core.graph.tokens import Stream
from rcwidgets.core.nodes.base import AbstractShape, Array, Arrays, along, node
from rcwidgets.core.spec.knobs import choice

ACTIVATIONS: dict[str, Callable[[Array], Array]] = {
    "tanh": jnp.tanh,
    "relu": jax.nn.relu,
    "sigmoid": jax.nn.sigmoid,
    "sin": jnp.sin,
    "identity": lambda x: x,
    "softplus": jax.nn.softplus,
    "gelu": partial(jax.nn.gelu, approximate=False),
}  # of one feature each
OVER_FEATURES: dict[str, Callable[[Array], Array]] = {"softmax": partial(jax.nn.softmax, axis=-1)}  # each output depends on all features


@node
class Activation(AbstractShape):
    """Applies a nonlinearity to its input: y[t] = f(u[t]).

    tanh, relu: max(u, 0), sigmoid: 1 / (1 + exp(-u)), sin, identity, softplus: log(1 + exp(u)), gelu: u Phi(u) with the normal
    distribution function Phi, of each feature by itself; softmax: exp(u_k) / sum_j exp(u_j) over the features.

    Shapes: u, y (batch, features).

    >>> Activation("relu")
    Activation('relu')
    """

    aliases: ClassVar[tuple[str, ...]] = ("nonlinearity", "tanh", "relu", "sigmoid", "softmax")
    group: ClassVar[str] = "Layers"
    card: ClassVar[tuple[str, ...]] = ("activation",)

    activation: str = choice("tanh", (*ACTIVATIONS, *OVER_FEATURES), "The nonlinearity f.")

    def step(self, params: Arrays, state: Arrays, u: Array, feedback: Array | None, key: Array | None) -> tuple[Arrays, Array]:
        return state, (ACTIVATIONS | OVER_FEATURES)[self.activation](u)


FLOOR = 1e-5  # added to the variance, so that equal features are no division by zero


@node
class LayerNorm(AbstractShape):
    """Brings the features of each step to mean 0 and variance 1, then scales and shifts each of them.

    y[t] = (u[t] - mean) / sqrt(var + 1e-5) scale + offset, with mean and variance (1 / features) sum (u_k - mean)^2 over the features.

    Shapes: u, y (batch, features), scale, offset (features,), which start at 1 and 0 and are learned by gradient.

    Reference: Ba, Kiros & Hinton (2016), arXiv:1607.06450.

    >>> LayerNorm()
    LayerNorm()
    """

    aliases: ClassVar[tuple[str, ...]] = ("normalise", "normalize")
    group: ClassVar[str] = "Layers"

    @property
    def learned(self) -> tuple[str, ...]:
        return ("scale", "offset")

    def draw(self, stream: Stream, inputs: int, feedback: int) -> dict[str, np.ndarray]:
        return {"scale": np.ones(inputs), "offset": np.zeros(inputs)}

    def step(self, params: Arrays, state: Arrays, u: Array, feedback: Array | None, key: Array | None) -> tuple[Arrays, Array]:
        apart = u - jnp.mean(u, axis=-1, keepdims=True)
        spread = jnp.sqrt(jnp.mean(apart**2, axis=-1, keepdims=True) + FLOOR)
        return state, apart / spread * along(params["scale"], u) + along(params["offset"], u)
