"""The knobs of the trainers: what a document keeps of them."""

from dataclasses import dataclass
from typing import ClassVar

from rcwidgets.core.knobs import Effect, Spec, choice, knob, toggle
from rcwidgets.core.losses import LOSSES
from rcwidgets.core.registry import TRAINERS, listed

OWN = "own"  # a function that no document can hold


def _seed() -> int:
    words = "Seed of all nodes that have none of their own."
    made: int = knob(0, 0, 2**32 - 1, words, label="Seed", effect=Effect.REDRAW, integer=True)
    return made


def _dtype(words: str) -> str:
    made: str = choice("auto", ("auto", "float32", "float64"), words, label="Precision")
    return made


@dataclass(frozen=True, repr=False)
class RunnerSettings(Spec):
    """A model that is only run. Not for documents: it trains nothing."""

    kind: ClassVar[str] = "RNNRunner"

    seed: int = _seed()
    dtype: str = _dtype("Precision of the states.")


@listed(TRAINERS)
@dataclass(frozen=True, repr=False)
class RidgeSettings(Spec):
    """Ridge regression of every trainable readout, in float64.

    Minimises ||X W + b - Y||^2 + beta ||W||^2 over the training rows.
    """

    kind: ClassVar[str] = "RidgeTrainer"
    label: ClassVar[str] = "Ridge"
    card: ClassVar[tuple[str, ...]] = ("beta",)

    beta: float = knob(
        1e-6,
        0.0,
        1e12,
        "Penalty on large readout weights: more is smoother, less follows the data closer.",
        label="Ridge beta",
        slider=(1e-12, 100.0, 0.1),
        log=True,
    )
    penalize_bias: bool = toggle(
        False, "Whether the readout's constant is penalised too.", label="Penalise the constant", effect=Effect.LIVE
    )
    seed: int = _seed()
    dtype: str = _dtype("Precision of the states; the readout is always solved in float64.")


def _alpha(default: float) -> float:
    words = "Penalty on large readout weights at the start: less learns faster, more is steadier."
    made: float = knob(default, 1e-12, 1e12, words, label="Alpha", slider=(1e-6, 100.0, 0.1), log=True)
    return made


def _forgetting() -> float:
    words = "How much each step counts one step later; 1 never forgets."
    made: float = knob(1.0, 0.5, 1.0, words, label="Forgetting", slider=(0.99, 1.0, 0.0001))
    return made


@dataclass(frozen=True, repr=False)
class RLSSettings(Spec):
    """Recursive least squares of every trainable readout, step by step, with the targets on the feedback wires.

    The live experiment does not run it: it is for Python, and no document names it.
    """

    kind: ClassVar[str] = "RLS"
    label: ClassVar[str] = "RLS"
    card: ClassVar[tuple[str, ...]] = ("alpha",)

    alpha: float = _alpha(1e-3)
    forgetting: float = _forgetting()
    seed: int = _seed()
    dtype: str = _dtype("Precision of the states; the readout always learns in float64.")


@dataclass(frozen=True, repr=False)
class FORCESettings(RLSSettings):
    """Recursive least squares of every trainable readout, step by step, with its own output on the feedback wires.

    The live experiment does not run it: it is for Python, and no document names it.
    """

    kind: ClassVar[str] = "FORCELearning"
    label: ClassVar[str] = "FORCE"

    alpha: float = _alpha(1.0)


@dataclass(frozen=True, repr=False)
class LMSSettings(Spec):
    """Least mean squares of every trainable readout, step by step, with the targets on the feedback wires.

    The live experiment does not run it: it is for Python, and no document names it.
    """

    kind: ClassVar[str] = "LMS"
    label: ClassVar[str] = "LMS"
    card: ClassVar[tuple[str, ...]] = ("learning_rate",)

    learning_rate: float = knob(
        0.01, 0.0, 1e6, "Size of the step down the gradient of each error.", label="Learning rate", slider=(1e-6, 1.0, 0.1), log=True
    )
    seed: int = _seed()
    dtype: str = _dtype("Precision of the states; the readout always learns in float64.")


@dataclass(frozen=True, repr=False)
class BPTTSettings(Spec):
    """Backpropagation through time: every trainable node learns by the gradient of a loss.

    The live experiment does not run it: it is for Python, and no document names it.
    """

    kind: ClassVar[str] = "BPTT"
    label: ClassVar[str] = "BPTT"
    card: ClassVar[tuple[str, ...]] = ("learning_rate",)

    learning_rate: float = knob(
        1e-3, 0.0, 1e6, "Size of the step down the gradient; Adam's.", label="Learning rate", slider=(1e-5, 1.0, 0.1), log=True
    )
    max_grad_norm: float | None = knob(
        None,
        0.0,
        1e12,
        "Largest norm of the gradient of all weights; a longer one is shortened to it. Empty or 0: none.",
        label="Largest gradient norm",
        slider=(0.1, 100.0, 0.1),
        log=True,
        optional=True,
    )
    truncate: int | None = knob(
        None,
        1,
        1_000_000,
        "Steps that the gradient goes back in time at most; empty goes back to the start of the series.",
        label="Truncate",
        effect=Effect.REBUILD,
        integer=True,
        optional=True,
    )
    patience: int | None = knob(
        None,
        1,
        1_000_000,
        "Epochs without a better test loss after which training ends, with the best weights. Empty: trains to the end.",
        label="Patience",
        integer=True,
        optional=True,
    )
    shuffle: bool = toggle(True, "Whether a pair of data is shuffled anew each epoch.", label="Shuffle", effect=Effect.LIVE)
    loss: str = choice("mean_squared_error", (*LOSSES, OWN), "What training lowers.", label="Loss")
    optimizer: str = choice("adam", ("adam", OWN), "How a gradient becomes a step.", label="Optimizer")
    seed: int = _seed()
    dtype: str = _dtype("Precision of the states, the weights and the gradients.")
