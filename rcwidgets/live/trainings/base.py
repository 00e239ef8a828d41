"""A training that goes on in stretches: it can be held between any two of them, and takes up live knobs that were moved."""

from abc import ABC, abstractmethod

import numpy as np

from rcwidgets.core.algebra.lapack import Checkpoint, nothing
from rcwidgets.core.document.document import Document
from rcwidgets.core.metrics import mse
from rcwidgets.core.short import figure
from rcwidgets.live.results.results import Results
from rcwidgets.live.results.words import duration
from rcwidgets.live.stages.prepared import Prepared

STRETCH = 0.06  # seconds that a stretch should take: a Stop waits no longer than that


class AbstractTraining(ABC):
    """One training of a prepared document. `done` of `total` steps are made (None: nobody knows yet how many); a step is called `unit`."""

    unit: str
    total: int | None

    def __init__(self, prepared: Prepared) -> None:
        self.prepared = prepared
        self.done = 0
        self.tested: list[int] = []
        self.tests: list[float] = []

    def tests_with(self, forecast: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The steps after which the test part was forecast, and its losses, with a forecast (rows, channels) of now."""
        data = self.prepared.data
        if not self.tested or self.tested[-1] != self.done:
            self.tested.append(self.done)
            self.tests.append(mse(forecast, data.targets[data.test_start : data.end], gaps="drop"))
        return np.array(self.tested, float), np.array(self.tests)

    @property
    def finished(self) -> bool:
        """True when all steps are made."""
        return self.total is not None and self.done >= self.total

    @property
    def share(self) -> float | None:
        """How much of it is done, where that is known."""
        return None if self.total is None else self.done / self.total

    @property
    def count(self) -> str:
        """How many steps are made, in words."""
        return f"{self.done:,} {self.unit}s" if self.total is None else f"{self.done:,} of {self.total:,} {self.unit}s"

    @property
    def standing(self) -> str:
        """What is to be said of it while it goes on, where the end is not known."""
        return ""

    @property
    def outcome(self) -> str:
        """What there is to say at the end beside the number of steps, as the rest of a sentence."""
        return ""

    def pace(self, before: int, seconds: float) -> str:
        """How far it is, how fast it goes since step `before`, and how long it will take, or how it stands."""
        if self.done == before or seconds <= 0:
            return self.count
        rate = (self.done - before) / seconds
        left = self.standing if self.total is None else f"{duration((self.total - self.done) / rate)} left"
        return ", ".join(word for word in (self.count, f"{figure(rate)}/s", left) if word)

    def turn(self, document: Document) -> None:
        """Takes over the document's live knobs; the next stretch uses them, without a trace."""
        self.prepared.turn(document)

    @abstractmethod
    def advance(self) -> None:
        """Makes one stretch; a run that diverges is a FloatingPointError in words, and leaves what was learned before it."""

    @abstractmethod
    def results(self, revision: int, checkpoint: Checkpoint = nothing) -> Results:
        """What there is to see now; `checkpoint()` is called between the stretches of a forecast and may raise."""
