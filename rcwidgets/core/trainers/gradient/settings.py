"""The knobs of backpropagation through time."""

from dataclasses import dataclass, replace
from typing import ClassVar

from rcwidgets.core.losses import LOSSES
from rcwidgets.core.spec.knobs import Effect, choice, dtype_knob, knob, seed_knob, toggle
from rcwidgets.core.spec.registry import TRAINERS, listed
from rcwidgets.core.trainers.base import OWN, AbstractTrainerSettings

PATIENCE = 30  # epochs without a better held-out loss, where a document leaves patience and the number of epochs open
EPOCHS = 30  # of BPTT.fit, where nothing else is said
MOST_EPOCHS = 1_000_000


@listed(TRAINERS)
@dataclass(frozen=True, repr=False)
class BPTTSettings(AbstractTrainerSettings):
    """Backpropagation through time: every trainable node learns by the gradient of a loss."""

    kind: ClassVar[str] = "BPTT"
    label: ClassVar[str] = "BPTT"
    card: ClassVar[tuple[str, ...]] = ("learning_rate",)
    iterative: ClassVar[bool] = True
    gradient: ClassVar[bool] = True

    learning_rate: float = knob(1e-3, 0.0, 1e6, "Size of the step down the gradient; Adam's.", slider=(1e-5, 1.0, 0.1), log=True)
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
        optional=True,
    )
    num_batch: int = knob(128, 1, 1_000_000, "Series in a batch: each update learns from one batch.", label="Batch", effect=Effect.REBUILD)
    window: int | None = knob(
        50,
        1,
        1_000_000,
        "Steps of the pieces that one long series is cut into; empty leaves it whole.",
        unit="steps",
        effect=Effect.REBUILD,
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
    )
    truncate: int | None = knob(
        None,
        1,
        1_000_000,
        "Steps that the gradient goes back in time at most; empty goes back to the start of the series.",
        effect=Effect.REBUILD,
        optional=True,
    )
    patience: int | None = knob(
        None,
        1,
        1_000_000,
        "Epochs without a better loss on held-out rows, the last fifth of the training part, after which training ends, with the best "
        "weights. Empty: 30 where Epochs is empty too, else it trains to the last epoch and holds nothing out.",
        unit="epochs",
        optional=True,
    )
    least_gain: float = knob(
        0.0,
        0.0,
        0.5,
        "Share by which the held-out loss must fall to count as better, for patience; the best weights are kept whatever they gain.",
        effect=Effect.REBUILD,
        slider=(0.0, 0.1, 0.001),
    )
    rate_cuts: int = knob(
        0,
        0,
        20,
        "How often training that no longer gets better goes back to its best weights with a third of the learning rate, before it ends.",
        label="Cuts of the learning rate",
    )
    shuffle: bool = toggle(True, "Whether a pair of data is shuffled anew each epoch.", effect=Effect.LIVE)
    loss: str = choice("mean_squared_error", (*LOSSES, OWN), "What training lowers.", hidden=(OWN,))
    optimizer: str = choice("adam", ("adam", OWN), "How a gradient becomes a step.", hidden=(OWN,))
    seed: int = seed_knob()
    dtype: str = dtype_knob("Precision of the states, the weights and the gradients.")

    @property
    def waits(self) -> int | None:
        """The patience of an experiment, in epochs; None where it trains for as many epochs as it is told."""
        return PATIENCE if self.patience is None and self.num_train is None else self.patience

    @property
    def in_experiment(self) -> "BPTTSettings":
        """The settings with nothing left open: without a number of epochs training goes on until it no longer gets better."""
        return replace(self, patience=self.waits, num_train=self.num_train or MOST_EPOCHS)
