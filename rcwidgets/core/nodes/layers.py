"""Layers of one step: the table of nonlinearities that all nodes share and the node that applies one, norms, and dropout."""

from collections.abc import Callable
from functools import partial
from typing import ClassVar

import jax
import jax.numpy as jnp
import numpy as np

from rcwidgets.core.graph.vertex import Stream
from rcwidgets.core.nodes.base import AbstractShape, Array, Arrays, along, node
from rcwidgets.core.spec.knobs import choice, knob

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


@node
class Dropout(AbstractShape):
    """Sets a random share of the features to zero while gradients are taken, and is the identity at all other times.

    y[t] = m[t] u[t] / (1 - rate), where each entry of m is 0 with the chance `rate` and else 1, drawn anew for each step and series: the
    mean stays that of u.

    Shapes: u, m, y (batch, features).

    Reference: Srivastava, Hinton, Krizhevsky, Sutskever & Salakhutdinov (2014), Journal of Machine Learning Research 15, 1929-1958.

    >>> Dropout(rate=0.2)
    Dropout(rate=0.2)
    """

    aliases: ClassVar[tuple[str, ...]] = ("regularisation", "regularization")
    group: ClassVar[str] = "Layers"
    card: ClassVar[tuple[str, ...]] = ("rate",)
    drops: ClassVar[bool] = True

    rate: float = knob(0.5, 0.0, 0.99, "Share of the features that are set to zero while gradients are taken.", slider=(0.0, 0.9, 0.01))

    def draw(self, stream: Stream, inputs: int, feedback: int) -> dict[str, np.ndarray]:
        return {"key": stream("dropout").integers(0, 2**32, 2, dtype=np.uint32)}

    def step(self, params: Arrays, state: Arrays, u: Array, feedback: Array | None, key: Array | None) -> tuple[Arrays, Array]:
        return state, u if key is None else self._drop(u, _uniform(params["key"], key, u))

    def series(self, params: Arrays, state: Arrays, u: Array, key: Array | None) -> tuple[Arrays, Array]:
        if key is None:
            return state, u
        steps = key + jnp.arange(len(u), dtype=jnp.uint32)
        return state, self._drop(u, jax.vmap(lambda step, row: _uniform(params["key"], step, row))(steps, u))

    def _drop(self, u: Array, drawn: Array) -> Array:
        stays = 1 - self.rate
        return jnp.where(drawn < stays, u / stays, jnp.zeros_like(u))


def _uniform(own: Array, step: Array, u: Array) -> Array:
    """Uniform numbers of one step, shaped as u (batch, features); `own` is the node's key."""
    key = jax.random.fold_in(jax.random.wrap_key_data(own, impl="threefry2x32"), step)
    return jax.random.uniform(key, u.shape, u.dtype)
