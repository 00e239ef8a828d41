"""Random silence while a network is trained."""

from collections.abc import Sequence
from typing import ClassVar

import jax
import jax.numpy as jnp
import numpy as np

from rcwidgets.core.graph.tokens import Stream
from rcwidgets.core.nodes.base import AbstractShape, Array, Arrays, node, split_known
from rcwidgets.core.spec.knobs import knob
from rcwidgets.core.threefry import numbers_of


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

    def pulled(self, target: np.ndarray, known: Sequence[np.ndarray | None], sizes: Sequence[int], counted: np.ndarray) -> list[np.ndarray]:
        return split_known(target, known, sizes)

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
    return jax.random.uniform(numbers_of(own, step), u.shape, u.dtype)
