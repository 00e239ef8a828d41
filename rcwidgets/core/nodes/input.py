"""Where data enters."""

from typing import ClassVar

from rcwidgets.core.nodes.base import AbstractNode, Array, Arrays, features_knob, node


@node
class Input(AbstractNode):
    """Where data enters the graph: gives u[t] as it is.

    Shapes: u (batch, features). `Input()` has as many features as the data.

    >>> Input(3)
    Input(3)
    """

    aliases: ClassVar[tuple[str, ...]] = ("source", "data", "series")
    family: ClassVar[str] = "source"
    group: ClassVar[str] = "Sources"
    takes_input: ClassVar[bool] = False
    takes_feedback: ClassVar[bool] = False

    features: int | None = features_knob("Number of input channels; empty takes as many as the data has.")

    def output_size(self, inputs: int) -> int | None:
        return self.features

    def step(self, params: Arrays, state: Arrays, u: Array, feedback: Array | None, key: Array | None) -> tuple[Arrays, Array]:
        return state, u
