"""What every node is: a frozen spec, a JAX pytree whose leaves are the live knobs and whose treedef is the compile key."""

import itertools
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from dataclasses import replace as dataclass_replace
from typing import Any, ClassVar, Literal, NamedTuple, Protocol, dataclass_transform, get_args

import jax
import jax.numpy as jnp
import numpy as np

from rcwidgets.core.graph.graph import Composable
from rcwidgets.core.spec.knobs import Effect, Spec, knob_named, knobs_of
from rcwidgets.core.spec.naming import check_name
from rcwidgets.core.spec.own_arrays import Given, check_arrays
from rcwidgets.core.spec.registry import NODES, listed

Family = Literal["source", "state", "readout", "shape"]  # each has a mark of its own on the page
Group = Literal["Sources", "Reservoirs", "Recurrent", "Readouts", "Shape", "Layers", "Time"]  # the headings of the palette
FAMILIES, GROUPS = get_args(Family), get_args(Group)
_order = itertools.count()


class Token(NamedTuple):
    """Who a node is: an id that `replace`, copies and JSON keep, and its place in the order of creation."""

    id: str
    order: int


def new_token(id: str | None = None) -> Token:
    """A token with a fresh id, or with the given one (from a document)."""
    return Token(id or secrets.token_hex(6), next(_order))


class Unseen:
    """Data that travels in a treedef without being part of the compile key: any two compare equal."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Unseen)

    def __hash__(self) -> int:
        return 0


class Stream(Protocol):
    """Gives an independent random generator for each named matrix, so that one matrix never depends on another's size."""

    def __call__(self, name: str) -> np.random.Generator: ...


def along(vector: Any, like: Any) -> Any:
    """A vector (features,) with leading axes of one, to be added to `like` (..., features)."""
    return vector.reshape((1,) * (like.ndim - 1) + vector.shape)


def linear(u: Any, params: Any) -> Any:
    """u W + b for u (..., rows, inputs) with W (inputs, outputs), b (outputs,); or one W (lanes, inputs, outputs) and b (lanes, outputs)
    for each lane, where the rows are lane by lane."""
    if params["W"].ndim == 2:
        return u @ params["W"] + along(params["b"], u)
    lanes, _, outputs = params["W"].shape
    apart = u.reshape(*u.shape[:-2], lanes, -1, u.shape[-1])
    y = jnp.einsum("...lbi,lio->...lbo", apart, params["W"])
    return (y + params["b"].reshape((1,) * (y.ndim - 3) + (lanes, 1, outputs))).reshape(*u.shape[:-1], outputs)


@dataclass(frozen=True, eq=False, repr=False)
class AbstractNode(Spec, Composable):
    """A node of a graph: structure and redraw knobs, live knobs, a name and an identity; no arrays but those of the user's own.

    A node is final or abstract; it defines `output_size`, `draw`, `init` and `step`. Steps are written over any leading axes, so that
    the same lines run one series, a batch, lanes of settings, and (for nodes without a state) a whole series at once. A node whose state
    only looks back on its input (`windowed`) also defines `series`, which makes all steps at once. In lanes a live knob is an array with
    the axes of the signal: (rows, 1) in a step, (1, rows, 1) in a series.
    """

    short_name: ClassVar[str]
    label: ClassVar[str]
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
    drops: ClassVar[bool] = False  # draws random numbers while gradients are taken, and only then
    takes_arrays: ClassVar[Mapping[str, tuple[str, ...]]] = {}  # the arrays that a person may give, and what their axes are

    name: str | None = field(default=None, kw_only=True)
    token: Token = field(default_factory=new_token, kw_only=True, repr=False)

    def __post_init__(self) -> None:
        Spec.__post_init__(self)
        if self.name is not None:
            check_name(f"{self.kind}.name", self.name)
        check_arrays(self, self.takes_arrays)

    @property
    def arrays(self) -> dict[str, Given]:
        """The arrays of the user's own, by name."""
        return {name: value for name in self.takes_arrays if (value := getattr(self, name)) is not None}

    @property
    def trains(self) -> bool:
        """True where a closed-form or online trainer fits this node's weights."""
        return False

    @property
    def learned(self) -> tuple[str, ...]:
        """The names of the params that gradient training changes, where they are there (W_fb only with feedback)."""
        return ()

    def replace(self, **changes: Any) -> "AbstractNode":
        """The same node (same identity) with other knobs or arrays."""
        for name in changes.keys() - {"name", *self.takes_arrays}:
            knob_named(type(self), name)
        return dataclass_replace(self, **changes)

    def output_size(self, inputs: int) -> int | None:
        """The number of features that the node gives when it takes `inputs` of them; None where only the data can tell."""
        raise TypeError(f"{self.kind} does not say its size.")

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

    def init(self, params: Any, batch: int, inputs: int, dtype: Any) -> dict[str, jax.Array]:
        """The state before the first step, each array (batch, ...); `inputs` is the number of features that arrive."""
        return {}

    def step(self, params: Any, state: Any, u: Any, feedback: Any, key: Any) -> tuple[Any, Any]:
        """One time step: (state, input (..., inputs), feedback (..., features) or None, key or None) -> (state, output)."""
        raise TypeError(f"{self.kind} does not say its step.")

    def series(self, params: Any, state: Any, u: Any, key: Any) -> tuple[Any, Any]:
        """All steps at once, of a node without feedback that has no state or is windowed: u (time, batch, inputs) -> (state, output)."""
        return self.step(params, state, u, None, key)

    def loudness(self) -> Any:
        """The largest amplitude of the node's noise, or None where it has no noise knob. Without noise no random number is drawn."""
        return None

    def counts(self, params: dict[str, Any]) -> tuple[int, int]:
        """How many numbers are (fixed, trained)."""
        sizes = {name: int(np.size(value)) for name, value in params.items() if np.issubdtype(value.dtype, np.floating)}
        trained = sum(size for name, size in sizes.items() if name in self.learned)
        return sum(sizes.values()) - trained, trained


@dataclass_transform(eq_default=False, frozen_default=True, field_specifiers=(field,))
def node(cls: type) -> type:
    """Makes a node spec of a class: frozen dataclass, registered pytree, listed kind.

    The leaves are the live knobs. Rebuild knobs are the compile key. What only the draw needs (redraw knobs), the name and the token
    travel unseen: they never cost a trace.
    """
    made: Any = dataclass(frozen=True, eq=False, repr=False)(cls)
    knobs = knobs_of(made)
    live = tuple(name for name, k in knobs.items() if k.effect is Effect.LIVE)
    built = tuple(name for name, k in knobs.items() if k.effect is Effect.REBUILD)
    unseen = tuple(f.name for f in fields(made) if f.name not in live and f.name not in built)

    def flatten(spec: Any) -> tuple[tuple[Any, ...], Any]:
        leaves = tuple(getattr(spec, name) for name in live)
        return leaves, (tuple(getattr(spec, name) for name in built), Unseen(tuple(getattr(spec, name) for name in unseen)))

    def unflatten(aux: Any, leaves: Any) -> Any:
        spec = object.__new__(made)
        for names, values in ((live, leaves), (built, aux[0]), (unseen, aux[1].value)):
            for name, value in zip(names, values, strict=True):
                object.__setattr__(spec, name, value)
        return spec

    jax.tree_util.register_pytree_node(made, flatten, unflatten)
    return listed(NODES)(made)
