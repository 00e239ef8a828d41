"""Several signals, added."""

from typing import ClassVar

from rcwidgets.core.nodes.base import AbstractNode, Array, Arrays, node


@node
class Sum(AbstractNode):
    """Adds its inputs, which all have as many features: y[t] = u_1[t] + u_2[t] + ...

    Shapes: u_k, y (batch, features). Signals of different sizes are an error that names both.

    >>> Sum()
    Sum()
    """

    short_name: ClassVar[str] = "sum"
    label: ClassVar[str] = "Sum"
    aliases: ClassVar[tuple[str, ...]] = ("add", "plus", "skip connection", "residual")
    family: ClassVar[str] = "shape"
    group: ClassVar[str] = "Shape"
    takes_feedback: ClassVar[bool] = False
    adds: ClassVar[bool] = True

    def output_size(self, inputs: int) -> int | None:
        return inputs

    def step(self, params: Arrays, state: Arrays, u: Array, feedback: Array | None, key: Array | None) -> tuple[Arrays, Array]:
        return state, u
