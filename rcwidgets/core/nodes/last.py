"""The end of a series."""

from typing import Any, ClassVar

from rcwidgets.core.nodes.base import AbstractNode, node


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

    def step(self, params: Any, state: Any, u: Any, feedback: Any, key: Any) -> tuple[Any, Any]:
        return state, u
