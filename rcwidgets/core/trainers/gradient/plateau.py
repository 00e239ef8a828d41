"""When training no longer gets better: what the held-out loss after each epoch says about going on."""

import math
from enum import Enum
from typing import Literal, NamedTuple

Reason = Literal["no better", "epochs"]


class Advice(Enum):
    """What comes after a look at the held-out loss."""

    BEST = "these are the best weights so far"
    ON = "go on"
    BACK = "go back to the best weights, with a smaller learning rate"
    END = "end"


class Ending(NamedTuple):
    """Why training ended: it was `waited` updates "no better", or had gone through its last epoch; `best` is the update of its weights."""

    reason: Reason
    updates: int
    best: int
    waited: int


class Plateau:
    """Follows the held-out loss from epoch to epoch.

    After `patience` epochs without a loss that is better by the share `least_gain` the learning rate is cut to a third, `cuts` times at
    most, and then it ends.
    """

    def __init__(self, least_gain: float = 0.0) -> None:
        self.least_gain = least_gain
        self.best = self.mark = math.inf
        self.waited = self.cut = 0

    def look(self, loss: float, patience: int, cuts: int) -> Advice:
        """What to do after an epoch with this held-out loss."""
        better = loss < self.best
        self.best = min(loss, self.best) if better else self.best
        self.waited += 1
        if loss < self.mark * (1 - self.least_gain):
            self.mark, self.waited = loss, 0
        if self.waited < patience or better:
            return Advice.BEST if better else Advice.ON
        if self.cut >= cuts:
            return Advice.END
        self.cut, self.waited = self.cut + 1, 0
        return Advice.BACK

    @property
    def share(self) -> float:
        """What is left of the learning rate."""
        return float(3.0**-self.cut)
