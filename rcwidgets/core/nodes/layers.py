"""Layers of one step: the table of nonlinearities that all nodes share and the node that applies one, norms, and dropout."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import ClassVar

import jax
import jax.numpy as jnp
import numpy as np

from rcwidgets.core.graph.tokens import Stream
from rcwidgets.core.nodes.base import AbstractShape, Array, Arrays, OutsideError, along, knob_along, node, split_known
from rcwidgets.core.spec.knobs import choice, knob
from rcwidgets.core.spec.refusal import RefusedValue

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
# what the outputs lie between, and the way back
INVERSES: dict[str, tuple[float, float, Callable[[np.ndarray], np.ndarray]]] = {
    "tanh": (-1.0, 1.0, np.arctanh),
    "sigmoid": (0.0, 1.0, lambda y: np.log(y) - np.log1p(-y)),
    "softplus": (0.0, np.inf, lambda y: y + np.log(-np.expm1(-y))),
    "identity": (-np.inf, np.inf, lambda y: y),
}


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

    @property
    def keeps_target(self) -> bool:
        return self.activation in OVER_FEATURES

    def pulled(self, target: np.ndarray, known: Sequence[np.ndarray | None], sizes: Sequence[int], counted: np.ndarray) -> list[np.ndarray]:
        """Through softmax a target stays as it is: what is fitted are the shares themselves, or 1 for the right class."""
        if self.activation in OVER_FEATURES:
            return split_known(target, known, sizes)
        if self.activation not in INVERSES:
            raise ValueError(f"({self.activation}) cannot be turned round")
        low, high, inverse = INVERSES[self.activation]
        outside = counted[..., None] & ~((target > low) & (target < high))
        if outside.any():
            step, series, column = np.argwhere(outside)[0]
            where = f"row {step}, column {column}" + (f" of series {series}" if target.shape[1] > 1 else "")
            span = f"between {low:g} and {high:g}" if np.isfinite(high) else f"above {low:g}"
            raise OutsideError(f"must lie {span}, as {self.activation} gives, got {target[step, series, column]:g} in {where}")
        with np.errstate(divide="ignore", invalid="ignore"):
            return split_known(inverse(target), known, sizes)

    def step(self, params: Arrays, state: Arrays, u: Array, feedback: Array | None, key: Array | None) -> tuple[Arrays, Array]:
        return state, (ACTIVATIONS | OVER_FEATURES)[self.activation](u)


EACH = "In Python also an array, one for each feature."


@node
class Scale(AbstractShape):
    """Multiplies its input and shifts it: y[t] = factor u[t] + offset.

    After a readout it brings what is learned on standardised data back to the data's own unit; after a tanh, to the range of the data.

    Shapes: u, y (batch, features); factor and offset are numbers, or arrays (features,).

    >>> Scale(factor=2.0, offset=-1.0)
    Scale(factor=2.0, offset=-1.0)
    """

    aliases: ClassVar[tuple[str, ...]] = ("affine", "gain", "denormalise", "denormalize")
    group: ClassVar[str] = "Layers"
    card: ClassVar[tuple[str, ...]] = ("factor", "offset")

    takes_arrays: ClassVar[Mapping[str, tuple[str, ...]]] = {"factor": ("features",), "offset": ("features",)}

    factor: float = knob(1.0, -1e9, 1e9, f"What the input is multiplied with. {EACH}", slider=(-10.0, 10.0, 0.1), per="features")
    offset: float = knob(0.0, -1e9, 1e9, f"What is added after that. {EACH}", slider=(-10.0, 10.0, 0.1), per="features")

    def output_size(self, inputs: int) -> int | None:
        for name, own in self.arrays.items():
            if own.shape[0] != inputs:
                takes = f"{name} is for {own.shape[0]} features, {inputs} arrive."
                raise RefusedValue(f"Scale.{takes} Give one number, or {inputs}.", f"Its own {takes}")
        return inputs

    def draw(self, stream: Stream, inputs: int, feedback: int) -> dict[str, np.ndarray]:
        return {name: np.array(own) for name, own in self.arrays.items()}

    def pulled(self, target: np.ndarray, known: Sequence[np.ndarray | None], sizes: Sequence[int], counted: np.ndarray) -> list[np.ndarray]:
        factor, offset = np.asarray(self.factor), np.asarray(self.offset)
        if not factor.all():
            raise ValueError("has the factor 0")
        return split_known((target - offset) / factor, known, sizes)

    def step(self, params: Arrays, state: Arrays, u: Array, feedback: Array | None, key: Array | None) -> tuple[Arrays, Array]:
        return state, knob_along(self, "factor", params, u) * u + knob_along(self, "offset", params, u)


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
