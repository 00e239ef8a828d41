"""What every node is: a frozen spec, a JAX pytree whose leaves are the live knobs and whose treedef is the compile key."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, Literal, TypeAlias, dataclass_transform, get_args

import jax
import jax.numpy as jnp
import numpy as np
from jax.typing import DTypeLike
from numpy.typing import ArrayLike

from rcwidgets.core.graph.graph import ComposableVertex
from rcwidgets.core.spec.knobs import Effect, knob, knobs_of
from rcwidgets.core.spec.own_arrays import CheckedArray
from rcwidgets.core.spec.registry import NODES, listed

Family = Literal["source", "state", "readout", "shape"]  # each has a mark of its own on the page
Group = Literal["Sources", "Reservoirs", "Recurrent", "Readouts", "Shape", "Layers", "Time"]  # the headings of the palette
Array: TypeAlias = jax.Array  # of a signal or of weights: traced in a step
Arrays: TypeAlias = Mapping[str, Array]  # of one node, by name: its params, or its state
FAMILIES, GROUPS = get_args(Family), get_args(Group)


class Unseen:
    """Data that travels in a treedef without being part of the compile key: any two compare equal."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Unseen)

    def __hash__(self) -> int:
        return 0


def knob_along(node: Any, name: str, params: Arrays, like: Array) -> Any:
    """A knob as `like` (..., features) takes it: the number, or where it is an array of the user's own, one for each feature."""
    return along(params[name], like) if name in params else getattr(node, name)


def along(vector: Array, like: Array) -> Array:
    """A vector (features,) with leading axes of one, to be added to `like` (..., features)."""
    return vector.reshape((1,) * (like.ndim - 1) + vector.shape)


def linear(u: Array, params: Arrays) -> Array:
    """u W + b for u (..., rows, inputs) with W (inputs, outputs), b (outputs,); or one W (lanes, inputs, outputs) and b (lanes, outputs)
    for each lane, where the rows are lane by lane."""
    if params["W"].ndim == 2:
        return u @ params["W"] + along(params["b"], u)
    lanes, _, outputs = params["W"].shape
    apart = u.reshape(*u.shape[:-2], lanes, -1, u.shape[-1])
    y = jnp.einsum("...lbi,lio->...lbo", apart, params["W"])
    return (y + params["b"].reshape((1,) * (y.ndim - 3) + (lanes, 1, outputs))).reshape(*u.shape[:-1], outputs)


class OutsideError(ValueError):
    """Targets that a node can never give, as the rest of a sentence."""


def split_known(joined: np.ndarray, known: Sequence[np.ndarray | None], sizes: Sequence[int]) -> list[np.ndarray]:
    """The parts (..., size) of a joined signal that belong to inputs which are not known."""
    borders = np.cumsum([0, *sizes])
    return [joined[..., start : start + size] for start, size, one in zip(borders, sizes, known, strict=False) if one is None]


@dataclass(frozen=True, eq=False, repr=False)
class AbstractNode(ComposableVertex):
    """A vertex with operators and JAX: structure and redraw knobs, live knobs, a name and an identity; no arrays but the user's own.

    A node is final or abstract; it defines `output_size`, `draw`, `init` and `step`. Steps are written over any leading axes, so that
    the same lines run one series, a batch, lanes of settings, and (for nodes without a state) a whole series at once. A node whose state
    only looks back on its input (`windowed`) also defines `series`, which makes all steps at once. In lanes a live knob is an array with
    the axes of the signal: (rows, 1) in a step, (1, rows, 1) in a series.
    """

    drops: ClassVar[bool] = False  # draws random numbers while gradients are taken, and only then

    def init(self, params: Arrays, batch: int, inputs: int, dtype: DTypeLike) -> Arrays:
        """The state before the first step, each array (batch, ...); `inputs` is the number of features that arrive."""
        return {}

    def step(self, params: Arrays, state: Arrays, u: Array, feedback: Array | None, key: Array | None) -> tuple[Arrays, Array]:
        """One time step: (state, input (..., inputs), feedback (..., features) or None, key or None) -> (state, output)."""
        raise TypeError(f"{self.kind} does not say its step.")

    def series(self, params: Arrays, state: Arrays, u: Array, key: Array | None) -> tuple[Arrays, Array]:
        """All steps at once, of a node without feedback that has no state or is windowed: u (time, batch, inputs) -> (state, output)."""
        return self.step(params, state, u, None, key)

    def pulled(self, target: np.ndarray, known: Sequence[np.ndarray | None], sizes: Sequence[int], counted: np.ndarray) -> list[np.ndarray]:
        """The targets of the inputs that are not known, in their order, which make the node give `target` (time, batch, features).

        `known` are the input signals of these rows, None where training changes them, and `sizes` their features. Rows that are not
        `counted` (time, batch) do not matter. Where there is no way back, a ValueError with the rest of the sentence "<node> ...".
        """
        raise ValueError("cannot be turned round")

    def noises(self) -> tuple[ArrayLike, ...]:
        """The amplitudes of the node's noise, numbers or arrays; none without such a knob. Without noise no random number is drawn."""
        return ()


@dataclass(frozen=True, eq=False, repr=False)
class AbstractShape(AbstractNode):
    """A node that gives its input in another form: it takes no feedback and gives as many features as arrive, unless it says otherwise."""

    family: ClassVar[str] = "shape"
    takes_feedback: ClassVar[bool] = False

    def output_size(self, inputs: int) -> int | None:
        return inputs

    def source_size(self, size: int, others: int) -> int | None:
        return size - others


def features_knob(words: str) -> int | None:
    """The features of a node that data may tell; `words` say of what and by what."""
    made: int | None = knob(None, 1, 10_000, words, effect=Effect.REBUILD, optional=True)
    return made


@dataclass_transform(eq_default=False, frozen_default=True, field_specifiers=(field,))
def node(cls: type) -> type:
    """Makes a node spec of a class: frozen dataclass, registered pytree, listed kind.

    The leaves are the live knobs. Rebuild knobs are the compile key. What only the draw needs (redraw knobs), the name and the token
    travel unseen: they never cost a trace.
    """
    made: Any = dataclass(frozen=True, eq=False, repr=False)(cls)
    knobs = knobs_of(made)
    # an array of the user's own is no leaf: the draw copies it into the params, and the step finds it there
    live = tuple(name for name, k in knobs.items() if k.effect is Effect.LIVE)
    built = tuple(name for name, k in knobs.items() if k.effect is Effect.REBUILD)
    unseen = tuple(f.name for f in fields(made) if f.name not in live and f.name not in built)

    def flatten(spec: Any) -> tuple[tuple[Any, ...], Any]:
        leaves = tuple(knobs[name].default if isinstance(getattr(spec, name), CheckedArray) else getattr(spec, name) for name in live)
        return leaves, (tuple(getattr(spec, name) for name in built), Unseen(tuple(getattr(spec, name) for name in unseen)))

    def unflatten(aux: Any, leaves: Any) -> Any:
        spec = object.__new__(made)
        for names, values in ((live, leaves), (built, aux[0]), (unseen, aux[1].value)):
            for name, value in zip(names, values, strict=True):
                object.__setattr__(spec, name, value)
        return spec

    jax.tree_util.register_pytree_node(made, flatten, unflatten)
    return listed(NODES)(made)
