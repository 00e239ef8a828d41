"""Features as an array of another shape."""

from collections.abc import Sequence
from math import prod
from typing import ClassVar

import numpy as np

from rcwidgets.core.graph.sizing import SizeError
from rcwidgets.core.nodes.base import AbstractShape, Array, Arrays, node, split_known
from rcwidgets.core.spec.knobs import ints


def sizes_of_array(value: tuple[int, ...]) -> tuple[int, ...]:
    """The sizes, or an error where one is 0 or two are left open."""
    if 0 in value or value.count(-1) > 1:
        raise ValueError("must be sizes from 1, of which one may be -1 (what is left)")
    return value


@node
class Reshape(AbstractShape):
    """Turns its features round: reads them as an array of this shape, row by row, and gives them column by column.

    y[t] = u[t] read in C order as an array of `shape` and given in Fortran order. Signals are vectors, so a shape alone would change
    nothing: this takes them from (taps, channels) to (channels, taps). One size may be -1, which means what is left.

    Shapes: u, y (batch, features) with as many features as the sizes of `shape` multiply to.

    >>> Reshape((2, -1))
    Reshape((2, -1))
    """

    aliases: ClassVar[tuple[str, ...]] = ("flatten",)
    group: ClassVar[str] = "Shape"
    card: ClassVar[tuple[str, ...]] = ("shape",)

    shape: int | tuple[int, ...] = ints(
        (1, -1),
        -1,
        10_000,
        "Sizes of the array that the features are read as, row by row; they are given column by column. -1 is what is left.",
        form=sizes_of_array,
    )

    def _sizes(self) -> tuple[int, ...]:
        return self.shape if isinstance(self.shape, tuple) else (self.shape,)

    def output_size(self, inputs: int) -> int | None:
        known = prod(size for size in self._sizes() if size > 0)
        if inputs != known and not (-1 in self._sizes() and inputs % known == 0):
            makes = f"{'a multiple of ' if -1 in self._sizes() else ''}{known}. Choose sizes that multiply to {inputs}."
            rule, written = f"must fit the {inputs} features that arrive", ", ".join(map(str, self._sizes()))
            words = f"Reshape.shape {rule}, got {self.shape!r}, which is {makes}"
            raise SizeError(words, "shape", said=f"Shape {rule}: {written} is {makes}")
        return inputs

    def pulled(self, target: np.ndarray, known: Sequence[np.ndarray | None], sizes: Sequence[int], counted: np.ndarray) -> list[np.ndarray]:
        order = np.arange(target.shape[-1]).reshape(self._sizes()).ravel(order="F")
        return split_known(target[..., np.argsort(order)], known, sizes)

    def step(self, params: Arrays, state: Arrays, u: Array, feedback: Array | None, key: Array | None) -> tuple[Arrays, Array]:
        return state, u[..., np.arange(u.shape[-1]).reshape(self._sizes()).ravel(order="F")]
