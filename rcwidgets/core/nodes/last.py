"""The end of a series."""

from typing import ClassVar

from rcwidgets.core.nodes.base import AbstractNode, Array, Arrays, node


@node
class Last(AbstractNode):
    """Gives its input at the last step of a series, once: the label of a sequence is read from where it ends.

    y = u[T - 1], with T the length of the series.

    Shapes: u (batch, time, features), y (batch, features).

    >>> Last()
    Last()
    """

    short_name: ClassVar[str] = "last"
    label: ClassVar[str] = "Last"
    aliases: ClassVar[tuple[str, ...]] = ("end", "final state")
    family: ClassVar[str] = "shape"
    group: ClassVar[str] = "Time"
    takes_feedback: ClassVar[bool] = False
    once: ClassVar[bool] = True

    def output_size(self, inputs: int) -> int | None:
        return inputs

    def step(self, params: Arrays, state: Arrays, u: Array, feedback: Array | None, key: Array | None) -> tuple[Arrays, Array]:
        return state, u
