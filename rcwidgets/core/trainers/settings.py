"""The knobs of the trainers: what a document keeps of them."""

from dataclasses import dataclass
from typing import ClassVar

from rcwidgets.core.knobs import Effect, Spec, choice, knob, toggle
from rcwidgets.core.registry import TRAINERS, listed


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
    seed: int = knob(0, 0, 2**32 - 1, "Seed of all nodes that have none of their own.", label="Seed", effect=Effect.REDRAW, integer=True)
    dtype: str = choice(
        "auto", ("auto", "float32", "float64"), "Precision of the states; the readout is always solved in float64.", label="Precision"
    )
