"""Nodes that look along the time of a series: a delay line, the change along it, its end, and its mean."""

from collections.abc import Sequence
from typing import ClassVar

import jax.numpy as jnp
import numpy as np
from jax.typing import DTypeLike

from rcwidgets.core.nodes.base import AbstractShape, Array, Arrays, node, split_known
from rcwidgets.core.spec.knobs import Effect, knob


def line(batch: int, steps: int, features: int, dtype: DTypeLike) -> Array:
    """The inputs of the last `steps` steps, oldest first, (batch, steps, features): zeros before the start."""
    return jnp.zeros((batch, steps, features), dtype)


def window(held: Array, u: Array) -> Array:
    """The held inputs and the new one, (batch, steps + 1, features)."""
    return jnp.concatenate([held, u[:, None]], axis=1)


def history(held: Array, u: Array) -> Array:
    """The held inputs and all of u (time, batch, features), along the time, (steps + time, batch, features)."""
    return jnp.concatenate([jnp.swapaxes(held, 0, 1), u], axis=0)


@node
class Delay(AbstractShape):
    """Gives its input some steps later: y[t] = u[t - steps], and zeros before there is one.

    Shapes: u, y (batch, features); the state holds the last `steps` inputs (batch, steps, features).

    >>> Delay(5)
    Delay(5)
    """

    aliases: ClassVar[tuple[str, ...]] = ("lag", "memory")
    group: ClassVar[str] = "Time"
    card: ClassVar[tuple[str, ...]] = ("steps",)
    grows_by: ClassVar[str | None] = "steps"
    stateful: ClassVar[bool] = True
    windowed: ClassVar[bool] = True

    steps: int = knob(1, 1, 100_000, "How many steps late the input arrives.", effect=Effect.REBUILD)

    def held(self, inputs: int) -> int:
        return self.steps * inputs

    def init(self, params: Arrays, batch: int, inputs: int, dtype: DTypeLike) -> Arrays:
        return {"line": line(batch, self.steps, inputs, dtype)}

    def step(self, params: Arrays, state: Arrays, u: Array, feedback: Array | None, key: Array | None) -> tuple[Arrays, Array]:
        known = window(state["line"], u)
        return {"line": known[:, 1:]}, known[:, 0]

    def series(self, params: Arrays, state: Arrays, u: Array, key: Array | None) -> tuple[Arrays, Array]:
        known = history(state["line"], u)
        return {"line": jnp.swapaxes(known[len(u) :], 0, 1)}, known[: len(u)]


@node
class Difference(AbstractShape):
    """Gives by how much its input has changed since some steps before: y[t] = u[t] - u[t - steps], and 0 before there is one.

    A series that drifts has changes that do not. Under a readout whose target is a change too (`readout >> Sum()` with the input beside
    it), the model forecasts by how much the last value will change.

    Shapes: u, y (batch, features); the state holds the last `steps` inputs (batch, steps, features) and how many there were (batch, 1).

    Reference: Box & Jenkins (1970), Time Series Analysis, chapter 4.

    >>> Difference(12)
    Difference(12)
    """

    aliases: ClassVar[tuple[str, ...]] = ("change", "increment", "differencing")
    group: ClassVar[str] = "Time"
    card: ClassVar[tuple[str, ...]] = ("steps",)
    grows_by: ClassVar[str | None] = "steps"
    stateful: ClassVar[bool] = True
    windowed: ClassVar[bool] = True

    steps: int = knob(1, 1, 100_000, "Since how many steps before the change is taken.", effect=Effect.REBUILD)

    def held(self, inputs: int) -> int:
        return self.steps * inputs + 1

    def init(self, params: Arrays, batch: int, inputs: int, dtype: DTypeLike) -> Arrays:
        return {"line": line(batch, self.steps, inputs, dtype), "count": jnp.zeros((batch, 1), dtype)}

    def step(self, params: Arrays, state: Arrays, u: Array, feedback: Array | None, key: Array | None) -> tuple[Arrays, Array]:
        known, count = window(state["line"], u), state["count"]
        return {"line": known[:, 1:], "count": count + 1}, jnp.where(count >= self.steps, u - known[:, 0], 0)

    def series(self, params: Arrays, state: Arrays, u: Array, key: Array | None) -> tuple[Arrays, Array]:
        known = history(state["line"], u)
        counts = state["count"][None] + jnp.arange(len(u), dtype=u.dtype)[:, None, None]
        held = {"line": jnp.swapaxes(known[len(u) :], 0, 1), "count": counts[-1] + 1}
        return held, jnp.where(counts >= self.steps, u - known[: len(u)], 0)


@node
class Last(AbstractShape):
    """Gives its input at the last step of a series, once: the label of a sequence is read from where it ends.

    y = u[T - 1], with T the length of the series.

    Shapes: u (batch, time, features), y (batch, features).

    >>> Last()
    Last()
    """

    aliases: ClassVar[tuple[str, ...]] = ("end", "final state")
    group: ClassVar[str] = "Time"
    once: ClassVar[bool] = True

    def pulled(self, target: np.ndarray, known: Sequence[np.ndarray | None], sizes: Sequence[int], counted: np.ndarray) -> list[np.ndarray]:
        return split_known(target, known, sizes)

    def step(self, params: Arrays, state: Arrays, u: Array, feedback: Array | None, key: Array | None) -> tuple[Arrays, Array]:
        return state, u


@node
class TimeMean(AbstractShape):
    """Gives the mean of its input over all steps of a series, once: a sequence of any length becomes one vector.

    y = (u[0] + ... + u[T - 1]) / T, with T the length of the series, from its start on, over all calls that carry its state on.

    Shapes: u (batch, time, features), y (batch, features).

    >>> TimeMean()
    TimeMean()
    """

    aliases: ClassVar[tuple[str, ...]] = ("average", "pooling")
    group: ClassVar[str] = "Time"
    stateful: ClassVar[bool] = True
    windowed: ClassVar[bool] = True
    once: ClassVar[bool] = True

    def pulled(self, target: np.ndarray, known: Sequence[np.ndarray | None], sizes: Sequence[int], counted: np.ndarray) -> list[np.ndarray]:
        raise ValueError("mixes all steps (put it before the readout, which gives the same)")

    def init(self, params: Arrays, batch: int, inputs: int, dtype: DTypeLike) -> Arrays:
        return {"sum": jnp.zeros((batch, inputs), dtype), "count": jnp.zeros((batch, 1), dtype)}

    def step(self, params: Arrays, state: Arrays, u: Array, feedback: Array | None, key: Array | None) -> tuple[Arrays, Array]:
        total, count = state["sum"] + u, state["count"] + 1
        return {"sum": total, "count": count}, total / count

    def series(self, params: Arrays, state: Arrays, u: Array, key: Array | None) -> tuple[Arrays, Array]:
        totals = state["sum"][None] + jnp.cumsum(u, axis=0)
        counts = state["count"][None] + jnp.arange(1, len(u) + 1, dtype=u.dtype)[:, None, None]
        return {"sum": totals[-1], "count": counts[-1]}, totals / counts
