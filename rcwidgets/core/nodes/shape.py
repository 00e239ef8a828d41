"""Nodes that bring signals into another form: several as one, some of the features, another order."""

from typing import ClassVar

import jax.numpy as jnp

from rcwidgets.core.graph.graph import Composable
from rcwidgets.core.nodes.base import AbstractShape, Array, Arrays, node
from rcwidgets.core.nodes.select import Select


@node
class Concat(AbstractShape):
    """Joins its inputs along the feature axis, in the order of the wires: y[t] = (u_1[t], u_2[t], ..., v_1[t-1], v_2[t-1], ...).

    v_k are the outputs that are fed back to it, zeros at the first step. So feedback reaches nodes that take none themselves, such as an
    NVAR: `concat >> nvar` and `concat << readout`. A node that feeds back to it needs a size of its own.

    Shapes: u_k, v_k (batch, features_k), y (batch, sum of features_k).

    >>> Concat()
    Concat()
    """

    aliases: ClassVar[tuple[str, ...]] = ("join", "merge", "concatenate")
    group: ClassVar[str] = "Shape"
    takes_feedback: ClassVar[bool] = True
    joins_feedback: ClassVar[bool] = True

    def step(self, params: Arrays, state: Arrays, u: Array, feedback: Array | None, key: Array | None) -> tuple[Arrays, Array]:
        return state, u if feedback is None else jnp.concatenate([u, feedback], axis=-1)


@node
class Sum(AbstractShape):
    """Adds its inputs, which all have as many features: y[t] = u_1[t] + u_2[t] + ...

    Shapes: u_k, y (batch, features). Signals of different sizes are an error that names both.

    >>> Sum()
    Sum()
    """

    aliases: ClassVar[tuple[str, ...]] = ("add", "plus", "skip connection", "residual")
    group: ClassVar[str] = "Shape"
    adds: ClassVar[bool] = True

    def step(self, params: Arrays, state: Arrays, u: Array, feedback: Array | None, key: Array | None) -> tuple[Arrays, Array]:
        return state, u


Composable.chooser = Select  # type: ignore[assignment]  # takes what a text stands for, too
