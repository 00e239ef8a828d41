"""The mean of a series."""

from typing import ClassVar

import jax.numpy as jnp
from jax.typing import DTypeLike

from rcwidgets.core.nodes.base import AbstractNode, Array, Arrays, node


@node
class TimeMean(AbstractNode):
    """Gives the mean of its input over all steps of a series, once: a sequence of any length becomes one vector.

    y = (u[0] + ... + u[T - 1]) / T, with T the length of the series, from its start on, over all calls that carry its state on.

    Shapes: u (batch, time, features), y (batch, features).

    >>> TimeMean()
    TimeMean()
    """

    short_name: ClassVar[str] = "time_mean"
    label: ClassVar[str] = "TimeMean"
    aliases: ClassVar[tuple[str, ...]] = ("average", "pooling")
    family: ClassVar[str] = "shape"
    group: ClassVar[str] = "Time"
    takes_feedback: ClassVar[bool] = False
    stateful: ClassVar[bool] = True
    windowed: ClassVar[bool] = True
    once: ClassVar[bool] = True

    def output_size(self, inputs: int) -> int | None:
        return inputs

    def init(self, params: Arrays, batch: int, inputs: int, dtype: DTypeLike) -> Arrays:
        return {"sum": jnp.zeros((batch, inputs), dtype), "count": jnp.zeros((batch, 1), dtype)}

    def step(self, params: Arrays, state: Arrays, u: Array, feedback: Array | None, key: Array | None) -> tuple[Arrays, Array]:
        total, count = state["sum"] + u, state["count"] + 1
        return {"sum": total, "count": count}, total / count

    def series(self, params: Arrays, state: Arrays, u: Array, key: Array | None) -> tuple[Arrays, Array]:
        totals = state["sum"][None] + jnp.cumsum(u, axis=0)
        counts = state["count"][None] + jnp.arange(1, len(u) + 1, dtype=u.dtype)[:, None, None]
        return {"sum": totals[-1], "count": counts[-1]}, totals / counts
