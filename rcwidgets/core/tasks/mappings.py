"""Tasks that turn an input into a target of the same step: the target is another series than the input."""

from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

import numpy as np

from rcwidgets.core.datasets import integration_series, narma_series
from rcwidgets.core.datasets.table import Series
from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.nodes import Input, LinearReadout, Reservoir, VanillaRNN
from rcwidgets.core.spec.knobs import knob
from rcwidgets.core.spec.registry import TASKS, listed
from rcwidgets.core.tasks.base import AbstractTask
from rcwidgets.core.tasks.knobs import TRAIN, WARMUP, ahead, rows
from rcwidgets.core.trainers.base import AbstractTrainerSettings
from rcwidgets.core.trainers.closed_form.ridge import RidgeSettings
from rcwidgets.core.trainers.gradient.settings import BPTTSettings

STEPS = 4_000
_HORIZON = "How many steps before its target the input ends; 0: the target belongs to the step of the input."


@dataclass(frozen=True, repr=False)
class AbstractMapping(AbstractTask):
    """Follow a series that another one drives: the first column is the input, the second one the target."""

    horizon: int = ahead(0, 0, 1, 5, doc=_HORIZON)
    warmup: int = rows(400, WARMUP, "Warm-up")
    train: int = rows(2_500, TRAIN, "Training part")

    def columns(self, series: Series) -> tuple[list[int], list[int]]:
        return [0], [1]

    @property
    def maps(self) -> bool:
        return True


@lru_cache(maxsize=4)
def _narma(order: int) -> Series:
    data = narma_series(STEPS, order)
    return Series(np.concatenate([data["u"], data["y"]], axis=1), np.arange(float(STEPS)), ("u", "y"), "step")


@listed(TASKS)
@dataclass(frozen=True, repr=False)
class NarmaTask(AbstractMapping):
    """Follow NARMA, a nonlinear recursion of order 10 over its past that random numbers drive: from the input u give y, 4,000 steps.

    The equation is that of `rc.datasets.narma_series`, where y[t] is what follows from the inputs up to u[t].
    """

    kind: ClassVar[str] = "narma"
    label: ClassVar[str] = "NARMA"

    horizon: int = ahead(0, 0, 1, doc=f"{_HORIZON} What comes later depends on random numbers that nobody knows yet.")
    order: int = knob(10, 2, 20, "How many of its past steps the recursion adds up.", unit="steps")

    def series(self, data: Series | None) -> Series:
        return _narma(self.order)

    def source(self, data: Series | None = None) -> list[str]:
        return [
            "# The data: NARMA, from the input u to the target y, (time, 1) each",
            f"narma = rc.datasets.narma_series({STEPS}, {self.order!r})",
            "inputs, targets = narma['u'], narma['y']",
        ]

    def start(self) -> tuple[Graph, RidgeSettings]:
        return Input() >> Reservoir(300, leak_rate=1.0, bias_scaling=0.5) >> LinearReadout(), RidgeSettings(beta=1e-6)


@lru_cache(maxsize=4)
def _integration(memory: int) -> Series:
    data = integration_series(STEPS, memory=memory)
    return Series(np.concatenate([data["x"], data["y"]], axis=1), np.arange(float(STEPS)), ("x", "y"), "step")


@listed(TASKS)
@dataclass(frozen=True, repr=False)
class IntegrationTask(AbstractMapping):
    """Add up white noise with a memory that fades, y[t] = (1 - 1 / memory) y[t-1] + x[t]: from the input x give y, 4,000 steps.

    A plain running sum leaves every bound on one long series; with the decay it stays, as `rc.datasets.integration_series` says. It
    starts with BPTT, which trains all weights of a linear network on pieces of 150 steps; the first 75 steps of each run in, since they
    cannot know what came before them.
    """

    kind: ClassVar[str] = "integration"
    label: ClassVar[str] = "Integration"

    memory: int = knob(25, 2, 1_000, "Steps after which 1/e of an input is left in the sum.", unit="steps")

    def series(self, data: Series | None) -> Series:
        return _integration(self.memory)

    def source(self, data: Series | None = None) -> list[str]:
        return [
            "# The data: white noise x and its sum y with a fading memory, (time, 1) each",
            f"integration = rc.datasets.integration_series({STEPS}, memory={self.memory!r})",
            "inputs, targets = integration['x'], integration['y']",
        ]

    def start(self) -> tuple[Graph, AbstractTrainerSettings]:
        settings = BPTTSettings(
            learning_rate=1e-3, max_grad_norm=1.0, num_batch=8, window=150, washout=75, patience=40, least_gain=0.01, rate_cuts=2
        )
        return Input() >> VanillaRNN(50, activation="identity") >> LinearReadout(), settings
