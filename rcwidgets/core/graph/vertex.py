"""What a graph asks of a node: its identity, its sizes and its weights. No JAX and no wires."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from dataclasses import replace as dataclass_replace
from typing import Any, ClassVar, Self

import numpy as np

from rcwidgets.core.graph.tokens import Stream, Token, new_token
from rcwidgets.core.spec.knobs import Setting, Spec, knob_named, knobs_of
from rcwidgets.core.spec.own_arrays import CheckedArray, check_arrays
from rcwidgets.core.spec.registry import check_name


@dataclass(frozen=True, eq=False, repr=False)
class AbstractVertex(Spec):
    """A node as a graph knows it: knobs, a name and an identity; no arrays but those of the user's own."""

    short_name: ClassVar[str]  # what a graph names it: its class in small letters, unless it says otherwise
    label: ClassVar[str]  # what the page names it: its class, unless it says otherwise
    aliases: ClassVar[tuple[str, ...]] = ()  # what else people call it, in small letters: the search of the palette finds it by these
    family: ClassVar[str]  # a Family
    group: ClassVar[str]  # a Group
    card: ClassVar[tuple[str, ...]] = ()  # the knobs that the node's card shows
    grows_by: ClassVar[str | None] = None  # the knob that makes the node need more memory than any other
    takes_input: ClassVar[bool] = True
    takes_feedback: ClassVar[bool] = True
    stateful: ClassVar[bool] = False
    gates: ClassVar[int] = 1  # how many square matrices a stateful node has
    windowed: ClassVar[bool] = False  # stateful, but the state only gathers past inputs: all steps can be made at once
    adds: ClassVar[bool] = False  # its forward inputs are of one size and are added, not joined
    joins_feedback: ClassVar[bool] = False  # what is fed back is a part of what it gives, so it adds to its size
    once: ClassVar[bool] = False  # gives one value a series, at its end
    exact: ClassVar[bool] = False  # needs float64
    takes_arrays: ClassVar[Mapping[str, tuple[str, ...]]] = {}  # the arrays that a person may give, and what their axes are

    name: str | None = field(default=None, kw_only=True)
    token: Token = field(default_factory=new_token, kw_only=True, repr=False)

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.label = vars(cls).get("label", cls.__name__)
        cls.short_name = vars(cls).get("short_name", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", cls.__name__).lower())

    def __post_init__(self) -> None:
        Spec.__post_init__(self)
        if self.name is not None:
            check_name(f"{self.kind}.name", self.name)
        known = knobs_of(type(self))  # which check their own arrays
        check_arrays(self, {name: axes for name, axes in self.takes_arrays.items() if name not in known})

    @property
    def arrays(self) -> dict[str, CheckedArray]:
        """The arrays of the user's own, by name."""
        return {name: value for name in self.takes_arrays if isinstance(value := getattr(self, name), CheckedArray)}

    @property
    def knobs(self) -> dict[str, Setting]:
        """The value of each knob by name; its default where an array of the user's own stands in its place, see `arrays`."""
        known = knobs_of(type(self))
        return {name: known[name].default if isinstance(value, CheckedArray) else value for name, value in super().knobs.items()}

    @property
    def trains(self) -> bool:
        """True where a closed-form or online trainer fits this node's weights."""
        return False

    @property
    def keeps_target(self) -> bool:
        """True where a readout before this node is fitted to this node's targets themselves, though the node gives another thing."""
        return False

    @property
    def learned(self) -> tuple[str, ...]:
        """The names of the params that gradient training changes, where they are there (W_fb only with feedback)."""
        return ()

    def replace(self, **changes: Setting) -> Self:
        """The same node (same identity) with other knobs or arrays."""
        for name in changes.keys() - {"name", *self.takes_arrays}:
            knob_named(type(self), name)
        given: dict[str, Any] = changes
        return dataclass_replace(self, **given)

    def check_numbers(self) -> None:
        """Raises a ValueError where a knob is an array, as in lanes, and not one number."""
        for name, value in self.knobs.items():
            if not isinstance(value, tuple) and np.ndim(value) > 0:  # type: ignore[arg-type]
                raise ValueError(f"{self.kind}.{name} must be one number, got an array of shape {np.shape(value)}.")  # type: ignore[arg-type]

    def output_size(self, inputs: int) -> int | None:
        """The number of features that the node gives when it takes `inputs` of them; None where only the data can tell."""
        raise TypeError(f"{self.kind} does not say its size.")

    def source_size(self, size: int, others: int) -> int | None:
        """The number of features of the one input that is not known, where the node is to give `size` and the others are `others`.

        None where that does not follow.
        """
        return None

    def check_feedback(self, features: int) -> None:
        """Raises a ValueError where the node cannot take so many features of feedback."""

    def recurrence(self, size: int) -> int:
        """How many numbers the recurrent weights of a node with `size` units hold, for the estimate of memory."""
        return self.gates * size * size if self.stateful and not self.windowed else 0

    def held(self, inputs: int) -> int:
        """How many numbers the node keeps beside its weights when it takes `inputs` features (a delay line), for the same estimate."""
        return 0

    def draw(self, stream: Stream, inputs: int, feedback: int) -> dict[str, np.ndarray]:
        """The params, drawn in float64: `inputs` and `feedback` are the numbers of features that arrive."""
        return {}

    def counts(self, params: Mapping[str, np.ndarray]) -> tuple[int, int]:
        """How many numbers are (fixed, trained)."""
        sizes = {name: int(np.size(value)) for name, value in params.items() if np.issubdtype(value.dtype, np.floating)}
        trained = sum(size for name, size in sizes.items() if name in self.learned)
        return sum(sizes.values()) - trained, trained
