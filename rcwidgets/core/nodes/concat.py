"""Several signals as one."""

from typing import Any, ClassVar

from rcwidgets.core.nodes.base import AbstractNode, node


@node
class Concat(AbstractNode):
    """Joins its inputs along the feature axis, in the order of the wires: y[t] = (u_1[t], u_2[t], ...).

    Shapes: u_k (batch, features_k), y (batch, sum of features_k).

    >>> Concat()
    Concat()
    """

    short_name: ClassVar[str] = "concat"
    label: ClassVar[str] = "Concat"
    family: ClassVar[str] = "shape"
    group: ClassVar[str] = "Shape"
    takes_feedback: ClassVar[bool] = False

    def output_size(self, inputs: int) -> int | None:
        return inputs

    def step(self, params: Any, state: Any, u: Any, feedback: Any, key: Any) -> tuple[Any, Any]:
        return state, u
