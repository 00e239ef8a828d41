"""The knobs of ridge regression."""

from dataclasses import dataclass
from typing import ClassVar

from rcwidgets.core.model.settings import dtype_knob, seed_knob
from rcwidgets.core.spec.knobs import Effect, choice, knob, toggle
from rcwidgets.core.spec.registry import TRAINERS, listed
from rcwidgets.core.trainers.settings import AbstractTrainerSettings


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
    seed: int = seed_knob()
    dtype: str = dtype_knob("Precision of the states; the readout is always solved in float64.")
