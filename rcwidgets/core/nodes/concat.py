"""Several signals as one."""

from typing import ClassVar

import jax.numpy as jnp

from rcwidgets.core.nodes.base import AbstractNode, Array, Arrays, node


@node
class Concat(AbstractNode):
    """Joins its inputs along the feature axis, in the order of the wires: y[t] = (u_1[t], u_2[t], ..., v_1[t-1], v_2[t-1], ...).

    v_k are the outputs that are fed back to it, zeros at the first step. So feedback reaches nodes that take none themselves, such as an
    NVAR: `concat >> nvar` and `concat << readout`. A node that feeds back to it needs a size of its own.

    Shapes: u_k, v_k (batch, features_k), y (batch, sum of features_k).

    >>> Concat()
    Concat()
    """

    short_name: ClassVar[str] = "concat"
    label: ClassVar[str] = "Concat"
    aliases: ClassVar[tuple[str, ...]] = ("join", "merge", "concatenate")
    family: ClassVar[str] = "shape"
    group: ClassVar[str] = "Shape"
    joins_feedback: ClassVar[bool] = True

    def output_size(self, inputs: int) -> int | None:
        return inputs

    def step(self, params: Arrays, state: Arrays, u: Array, feedback: Array | None, key: Array | None) -> tuple[Arrays, Array]:
        return state, u if feedback is None else jnp.concatenate([u, feedback], axis=-1)
