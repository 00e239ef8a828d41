"""The knobs of a model that is only run, which every trainer has too."""

from dataclasses import dataclass
from typing import ClassVar

from rcwidgets.core.spec.knobs import Effect, Spec, choice, knob


def seed_knob() -> int:
    """The seed of a model, as each runner and trainer has it."""
    words = "Seed of all nodes that have none of their own."
    made: int = knob(0, 0, 2**32 - 1, words, label="Seed", effect=Effect.REDRAW, integer=True)
    return made


def dtype_knob(words: str) -> str:
    """The precision; `words` say of what."""
    made: str = choice("auto", ("auto", "float32", "float64"), words, label="Precision")
    return made


@dataclass(frozen=True, repr=False)
class RunnerSettings(Spec):
    """A model that is only run. Not for documents: it trains nothing."""

    kind: ClassVar[str] = "RNNRunner"

    seed: int = seed_knob()
    dtype: str = dtype_knob("Precision of the states.")
