"""What the knobs of all trainers that a document can name have in common; each trainer's own stand beside it."""

from dataclasses import dataclass
from typing import ClassVar

from rcwidgets.core.spec.knobs import Spec

OWN = "own"  # a function that no document can hold


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
