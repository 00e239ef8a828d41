"""Some of the features."""

import re
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from rcwidgets.core.graph.sizing import SizeError
from rcwidgets.core.nodes.base import AbstractShape, Array, Arrays, node, split_known
from rcwidgets.core.spec.knobs import text

_INTEGER = r"[+-]?\d{1,9}"
_ITEM = re.compile(rf"({_INTEGER})|(({_INTEGER})?:({_INTEGER})?(:({_INTEGER})?)?)", re.ASCII)


def canonical(value: Any) -> str:
    """The choice as text: 1, slice(0, 2) and [0, 2] are "1", "0:2" and "0,2"; several may be mixed, as in "0:2,-1"."""
    if isinstance(value, str):
        items = [re.sub(r"\s", "", item) for item in value.strip().strip("[]").split(",")]
    elif isinstance(value, list | tuple):
        items = [_word(item) for item in value]
    else:
        items = [_word(value)]
    if not items or not all(_ITEM.fullmatch(item) for item in items):
        raise ValueError("must be places and ranges such as 1, 0:2 or 0,2,-1")
    for item in items:
        if item.count(":") == 2 and int(item.rsplit(":", 1)[1] or 1) == 0:
            raise ValueError("must have ranges whose step is not 0")
    return ",".join(items)


def _word(value: Any) -> str:
    """An int or a slice as text."""
    if isinstance(value, slice):
        ends = ["" if end is None else _word(end) for end in (value.start, value.stop, value.step)]
        return ":".join(ends if value.step is not None else ends[:2])
    if isinstance(value, bool | np.bool_) or not isinstance(value, int | np.integer):
        raise TypeError("must be a place, a range or a list of them, such as 1, 0:2 or [0, 2]")
    return str(int(value))


def places(features: str, inputs: int) -> np.ndarray:
    """The places (chosen,) that the text means among `inputs` features; one that is not there is an error."""
    found: list[int] = []
    for item in features.split(","):
        if ":" in item:
            found.extend(range(inputs)[slice(*(int(end) if end else None for end in item.split(":")))])
            continue
        place = int(item)
        if not -inputs <= place < inputs:
            advice = f"Choose from 0 to {inputs - 1}, or from -{inputs} to -1 counted from the end."
            raise _size_error(f"must be among the {inputs} features that arrive, got {place}. {advice}")
        found.append(place % inputs)
    if not found:
        raise _size_error(f"must choose something of the {inputs} features that arrive, got {features!r}.")
    return np.array(found)


def _size_error(rule: str) -> SizeError:
    return SizeError(f"Select.features {rule}", "features", said=f"Features {rule}")


@node
class Select(AbstractShape):
    """Gives some of the features of its input, in the order in which they are chosen: y[t] = (u[t][i] for each chosen i).

    The choice is one place ("1"), a range ("0:2", "::2"), or several ("0,2,-1"), as Python counts: from 0, and negative from the end.
    In Python it may be an int, a slice or a list too, and `node[0:2]` is `node >> Select(slice(0, 2))`.

    Shapes: u (batch, inputs), y (batch, chosen). A place that is not there is an error once the size of the input is known.

    >>> Select([0, 2])
    Select('0,2')
    """

    aliases: ClassVar[tuple[str, ...]] = ("columns", "channels", "slice")
    group: ClassVar[str] = "Shape"
    card: ClassVar[tuple[str, ...]] = ("features",)

    features: str = text("0", "The features to give, such as 1, 0:2, ::2 or 0,2,-1; counted from 0.", form=canonical)

    def output_size(self, inputs: int) -> int | None:
        return len(places(self.features, inputs))

    def pulled(self, target: np.ndarray, known: Sequence[np.ndarray | None], sizes: Sequence[int], counted: np.ndarray) -> list[np.ndarray]:
        chosen = places(self.features, sum(sizes))
        if sorted(chosen) != list(range(sum(sizes))):
            raise ValueError("gives some of the features only")
        return split_known(target[..., np.argsort(chosen)], known, sizes)

    def step(self, params: Arrays, state: Arrays, u: Array, feedback: Array | None, key: Array | None) -> tuple[Arrays, Array]:
        return state, u[..., places(self.features, u.shape[-1])]
