"""Nodes that bring signals into another form: several as one, some of the features, another order."""

from collections.abc import Sequence
from typing import ClassVar

import jax.numpy as jnp
import numpy as np

from rcwidgets.core.graph.graph import Composable
from rcwidgets.core.nodes.base import AbstractShape, Array, Arrays, node, split_known
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

    def pulled(self, target: np.ndarray, known: Sequence[np.ndarray | None], sizes: Sequence[int], counted: np.ndarray) -> list[np.ndarray]:
        return split_known(target, known, sizes)

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

    def source_size(self, size: int, others: int) -> int | None:
        return size

    def pulled(self, target: np.ndarray, known: Sequence[np.ndarray | None], sizes: Sequence[int], counted: np.ndarray) -> list[np.ndarray]:
        open_ones = sum(one is None for one in known)
        if open_ones > 1:
            raise ValueError(f"adds {open_ones} signals that training changes")
        return [target - sum((one for one in known if one is not None), np.zeros(()))]

    def step(self, params: Arrays, state: Arrays, u: Array, feedback: Array | None, key: Array | None) -> tuple[Arrays, Array]:
        return state, u


Composable.chooser = Select  # type: ignore[assignment]  # takes what a text stands for, too
