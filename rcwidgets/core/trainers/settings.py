"""The knobs of the trainers: what a document keeps of them."""

from dataclasses import dataclass, replace
from typing import ClassVar

from rcwidgets.core.losses import LOSSES
from rcwidgets.core.spec.knobs import Effect, Spec, choice, knob, toggle
from rcwidgets.core.spec.registry import TRAINERS, listed

OWN = "own"  # a function that no document can hold
PATIENCE = 30  # epochs without a better held-out loss, where a document leaves patience and the number of epochs open
EPOCHS = 30  # of BPTT.fit, where nothing else is said
MOST_EPOCHS = 1_000_000


def _seed() -> int:
    words = "Seed of all nodes that have none of their own."
    made: int = knob(0, 0, 2**32 - 1, words, label="Seed", effect=Effect.REDRAW, integer=True)
    return made


def _dtype(words: str) -> str:
    made: str = choice("auto", ("auto", "float32", "float64"), words, label="Precision")
    return made


@dataclass(frozen=True, repr=False)
class AbstractTrainerSettings(Spec):
    """The knobs of a trainer that a document can name."""

    label: ClassVar[str]
    card: ClassVar[tuple[str, ...]] = ()  # the knobs that the readout's card shows
    iterative: ClassVar[bool] = False  # trains step by step, when it is told to; the others train anew at each change
    gradient: ClassVar[bool] = False  # trains all that can learn by a gradient, not the readouts alone
    forces: ClassVar[bool] = False  # feeds the network's own output back while it learns, from the first step on
    at_start: ClassVar[tuple[str, ...]] = ()  # live knobs that count when a training starts, and not while it goes on

    @property
    def precision(self) -> str:
        """The word for the precision of the states."""
        return str(self.knobs["dtype"])

    @property
    def learning(self) -> str:
        """The precision of what an online trainer learns: float64, unless float32 is asked for."""
        return "float32" if self.precision == "float32" else "float64"


@dataclass(frozen=True, repr=False)
class RunnerSettings(Spec):
    """A model that is only run. Not for documents: it trains nothing."""

    kind: ClassVar[str] = "RNNRunner"

    seed: int = _seed()
    dtype: str = _dtype("Precision of the states.")


@listed(TRAINERS)
@dataclass(frozen=True, repr=False)
class RidgeSettings(AbstractTrainerSettings):
    """Ridge regression of every trainable readout, in float64.

    Minimises ||X W + b - Y||^2 + beta ||W||^2 over the training rows. Beta is fixed, or chosen for each readout.
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
    selection: str = choice(
        "fixed",
        ("fixed", "cross-validated", "held out"),
        "Where beta comes from: fixed by hand, or the one of the least error on the last fifth of the training part, or by generalised "
        "cross-validation, which takes neighbouring rows for independent.",
        label="Choice of beta",
        effect=Effect.LIVE,
    )
    penalize_bias: bool = toggle(
        False, "Whether the readout's constant is penalised too.", label="Penalise the constant", effect=Effect.LIVE
    )
    seed: int = _seed()
    dtype: str = _dtype("Precision of the states; the readout is always solved in float64.")


@dataclass(frozen=True, repr=False)
class LinearSettings(Spec):
    """Least squares of every trainable readout, in float64.

    The live experiment does not run it: it is for Python, and no document names it.
    """

    kind: ClassVar[str] = "LinearTrainer"
    label: ClassVar[str] = "Least squares"

    seed: int = _seed()
    dtype: str = _dtype("Precision of the states; the readout is always solved in float64.")


@dataclass(frozen=True, repr=False)
class PlasticitySettings(Spec):
    """Intrinsic plasticity of tanh and sigmoid reservoirs, before the readout is trained.

    The live experiment does not run it: it is for Python, and no document names it.
    """

    kind: ClassVar[str] = "IntrinsicPlasticity"
    label: ClassVar[str] = "Intrinsic plasticity"

    mean: float = knob(0.0, -0.99, 0.99, "Mean of each unit's output that is aimed at.", label="Mean", slider=(-0.5, 0.5, 0.01))
    deviation: float = knob(
        0.2, 0.001, 1.0, "Standard deviation of each unit's output that is aimed at.", label="Deviation", slider=(0.05, 0.8, 0.01)
    )
    learning_rate: float = knob(
        5e-4, 0.0, 1.0, "Size of each step of the gains and biases.", label="Learning rate", slider=(1e-5, 0.1, 0.1), log=True
    )
    epochs: int = knob(10, 1, 100_000, "How often the series is gone through.", label="Epochs", slider=(1, 100, 1), integer=True)
    seed: int = _seed()
    dtype: str = _dtype("Precision of the states, gains and biases.")


def _alpha(default: float) -> float:
    words = "Penalty on large readout weights at the start: less learns faster, more is steadier."
    made: float = knob(default, 1e-12, 1e12, words, label="Alpha", slider=(1e-6, 100.0, 0.1), log=True)
    return made


def _forgetting() -> float:
    words = "How much each step counts one step later; 1 never forgets."
    made: float = knob(1.0, 0.5, 1.0, words, label="Forgetting", slider=(0.99, 1.0, 0.0001))
    return made


@listed(TRAINERS)
@dataclass(frozen=True, repr=False)
class RLSSettings(AbstractTrainerSettings):
    """Recursive least squares of every trainable readout, step by step, with the targets on the feedback wires."""

    kind: ClassVar[str] = "RLS"
    label: ClassVar[str] = "RLS"
    card: ClassVar[tuple[str, ...]] = ("alpha",)
    iterative: ClassVar[bool] = True
    gradient: ClassVar[bool] = False  # trains all that can learn by a gradient, not the readouts alone
    at_start: ClassVar[tuple[str, ...]] = ("alpha",)

    alpha: float = _alpha(1e-3)
    forgetting: float = _forgetting()
    seed: int = _seed()
    dtype: str = _dtype("Precision of the states; the readout learns in float64, or where this is float32 in that: faster, less exact.")


@listed(TRAINERS)
@dataclass(frozen=True, repr=False)
class FORCESettings(RLSSettings):
    """Recursive least squares of every trainable readout, step by step, with its own output on the feedback wires."""

    kind: ClassVar[str] = "FORCELearning"
    label: ClassVar[str] = "FORCE"
    forces: ClassVar[bool] = True

    alpha: float = _alpha(1.0)


@listed(TRAINERS)
@dataclass(frozen=True, repr=False)
class LMSSettings(AbstractTrainerSettings):
    """Least mean squares of every trainable readout, step by step, with the targets on the feedback wires."""

    kind: ClassVar[str] = "LMS"
    label: ClassVar[str] = "LMS"
    card: ClassVar[tuple[str, ...]] = ("learning_rate",)
    iterative: ClassVar[bool] = True
    at_start: ClassVar[tuple[str, ...]] = ("normalised", "epochs", "patience")

    learning_rate: float = knob(
        0.01, 0.0, 1e6, "Size of the step down the gradient of each error.", label="Learning rate", slider=(1e-6, 1.0, 0.1), log=True
    )
    normalised: bool = toggle(
        False,
        "Whether the signals are brought to mean 0 and standard deviation 1, and each step is divided by their power: the learning rate "
        "then suits any data, and is stable below 2.",
        label="Normalised",
        effect=Effect.LIVE,
    )
    epochs: int = knob(
        1, 1, 100_000, "How often the training part is gone through, at most.", label="Epochs", slider=(1, 1000, 1), integer=True
    )
    patience: int | None = knob(
        None,
        1,
        100_000,
        "Epochs without a better error on the last fifth of the training part, which is then held out, after which learning ends and keeps "
        "the best weights. Empty: learns from all rows, to the end.",
        label="Patience",
        integer=True,
        optional=True,
    )
    seed: int = _seed()
    dtype: str = _dtype("Precision of the states; the readout learns in float64, or where this is float32 in that: faster, less exact.")

    @property
    def in_epochs(self) -> bool:
        """Whether the signals are kept and gone through, in place of one step with each step of the run."""
        return self.normalised or self.epochs > 1 or self.patience is not None


@listed(TRAINERS)
@dataclass(frozen=True, repr=False)
class BPTTSettings(AbstractTrainerSettings):
    """Backpropagation through time: every trainable node learns by the gradient of a loss."""

    kind: ClassVar[str] = "BPTT"
    label: ClassVar[str] = "BPTT"
    card: ClassVar[tuple[str, ...]] = ("learning_rate",)
    iterative: ClassVar[bool] = True
    gradient: ClassVar[bool] = True

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
    num_train: int | None = knob(
        None,
        1,
        1_000_000,
        "How often training goes through the data at most. Empty: until it no longer gets better; by `fit` in Python 30 times.",
        label="Epochs",
        effect=Effect.REBUILD,
        integer=True,
        optional=True,
    )
    num_batch: int = knob(
        128, 1, 1_000_000, "Series in a batch: each update learns from one batch.", label="Batch", effect=Effect.REBUILD, integer=True
    )
    window: int | None = knob(
        50,
        1,
        1_000_000,
        "Steps of the pieces that one long series is cut into; empty leaves it whole.",
        label="Window",
        unit="steps",
        effect=Effect.REBUILD,
        integer=True,
        optional=True,
    )
    washout: int = knob(
        0,
        0,
        1_000_000,
        "Steps at the start of each piece that only run in: they do not count in the loss, and pieces overlap by them.",
        label="Run-in",
        unit="steps",
        effect=Effect.REBUILD,
        integer=True,
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
        "Epochs without a better loss on held-out rows, the last fifth of the training part, after which training ends, with the best "
        "weights. Empty: 30 where Epochs is empty too, else it trains to the last epoch and holds nothing out.",
        label="Patience",
        unit="epochs",
        integer=True,
        optional=True,
    )
    least_gain: float = knob(
        0.0,
        0.0,
        0.5,
        "Share by which the held-out loss must fall to count as better, for patience; the best weights are kept whatever they gain.",
        label="Least gain",
        effect=Effect.REBUILD,
        slider=(0.0, 0.1, 0.001),
    )
    rate_cuts: int = knob(
        0,
        0,
        20,
        "How often training that no longer gets better goes back to its best weights with a third of the learning rate, before it ends.",
        label="Cuts of the learning rate",
        integer=True,
    )
    shuffle: bool = toggle(True, "Whether a pair of data is shuffled anew each epoch.", label="Shuffle", effect=Effect.LIVE)
    loss: str = choice("mean_squared_error", (*LOSSES, OWN), "What training lowers.", label="Loss")
    optimizer: str = choice("adam", ("adam", OWN), "How a gradient becomes a step.", label="Optimizer")
    seed: int = _seed()
    dtype: str = _dtype("Precision of the states, the weights and the gradients.")

    @property
    def waits(self) -> int | None:
        """The patience of an experiment, in epochs; None where it trains for as many epochs as it is told."""
        return PATIENCE if self.patience is None and self.num_train is None else self.patience

    @property
    def in_experiment(self) -> "BPTTSettings":
        """The settings with nothing left open: without a number of epochs training goes on until it no longer gets better."""
        return replace(self, patience=self.waits, num_train=self.num_train or MOST_EPOCHS)
