"""Nonlinearities: the table that all nodes share, and the node that applies one of them."""

from collections.abc import Callable
from functools import partial
from typing import ClassVar

import jax
import jax.numpy as jnp

from rcwidgets.core.nodes.base import AbstractNode, Array, Arrays, node
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
class Activation(AbstractNode):
    """Applies a nonlinearity to its input: y[t] = f(u[t]).

    tanh, relu: max(u, 0), sigmoid: 1 / (1 + exp(-u)), sin, identity, softplus: log(1 + exp(u)), gelu: u Phi(u) with the normal
    distribution function Phi, of each feature by itself; softmax: exp(u_k) / sum_j exp(u_j) over the features.

    Shapes: u, y (batch, features).

    >>> Activation("relu")
    Activation('relu')
    """

    short_name: ClassVar[str] = "activation"
    label: ClassVar[str] = "Activation"
    aliases: ClassVar[tuple[str, ...]] = ("nonlinearity", "tanh", "relu", "sigmoid", "softmax")
    family: ClassVar[str] = "shape"
    group: ClassVar[str] = "Layers"
    card: ClassVar[tuple[str, ...]] = ("activation",)
    takes_feedback: ClassVar[bool] = False

    activation: str = choice("tanh", (*ACTIVATIONS, *OVER_FEATURES), "The nonlinearity f.", label="Activation")

    def output_size(self, inputs: int) -> int | None:
        return inputs

    def step(self, params: Arrays, state: Arrays, u: Array, feedback: Array | None, key: Array | None) -> tuple[Arrays, Array]:
        return state, (ACTIVATIONS | OVER_FEATURES)[self.activation](u)
