"""The knobs of the trainers that learn at every step."""

from dataclasses import dataclass
from typing import ClassVar

from rcwidgets.core.spec.knobs import Effect, dtype_knob, knob, seed_knob, toggle
from rcwidgets.core.spec.registry import TRAINERS, listed
from rcwidgets.core.trainers.base import AbstractTrainerSettings


def _alpha(default: float) -> float:
    words = "Penalty on large readout weights at the start: less learns faster, more is steadier."
    made: float = knob(default, 1e-12, 1e12, words, slider=(1e-6, 100.0, 0.1), log=True)
    return made


@listed(TRAINERS)
@dataclass(frozen=True, repr=False)
class RLSSettings(AbstractTrainerSettings):
    """Recursive least squares of every trainable readout, step by step, with the targets on the feedback wires."""

    kind: ClassVar[str] = "RLS"
    label: ClassVar[str] = "RLS"
    card: ClassVar[tuple[str, ...]] = ("alpha",)
    iterative: ClassVar[bool] = True
    at_start: ClassVar[tuple[str, ...]] = ("alpha",)

    alpha: float = _alpha(1e-3)
    forgetting: float = knob(1.0, 0.5, 1.0, "How much each step counts one step later; 1 never forgets.", slider=(0.99, 1.0, 0.0001))
    seed: int = seed_knob()
    dtype: str = dtype_knob("Precision of the states; the readout learns in float64, or where this is float32 in that: faster, less exact.")


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

    learning_rate: float = knob(0.01, 0.0, 1e6, "Size of the step down the gradient of each error.", slider=(1e-6, 1.0, 0.1), log=True)
    normalised: bool = toggle(
        False,
        "Whether the signals are brought to mean 0 and standard deviation 1, and each step is divided by their power: the learning rate "
        "then suits any data, and is stable below 2.",
        effect=Effect.LIVE,
    )
    epochs: int = knob(1, 1, 100_000, "How often the training part is gone through, at most.", slider=(1, 1000, 1))
    patience: int | None = knob(
        None,
        1,
        100_000,
        "Epochs without a better error on the last fifth of the training part, which is then held out, after which learning ends and keeps "
        "the best weights. Empty: learns from all rows, to the end.",
        optional=True,
    )
    seed: int = seed_knob()
    dtype: str = dtype_knob("Precision of the states; the readout learns in float64, or where this is float32 in that: faster, less exact.")

    @property
    def in_epochs(self) -> bool:
        """Whether the signals are kept and gone through, in place of one step with each step of the run."""
        return self.normalised or self.epochs > 1 or self.patience is not None
