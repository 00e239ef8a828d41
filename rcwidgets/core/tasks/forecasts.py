"""Tasks that forecast a known series some steps ahead: chaotic systems, the sunspots and sums of sines."""

from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from rcwidgets.core.datasets import mackey_glass_series, mso_series, sunspots
from rcwidgets.core.datasets.table import Series
from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.nodes import Input, LinearReadout, Reservoir
from rcwidgets.core.spec.knobs import knob
from rcwidgets.core.spec.registry import TASKS, listed
from rcwidgets.core.tasks.base import AbstractTask
from rcwidgets.core.tasks.knobs import TRAIN, WARMUP, ahead, rows
from rcwidgets.core.trainers.closed_form.ridge import RidgeSettings


@listed(TASKS)
@dataclass(frozen=True, repr=False)
class SunspotTask(AbstractTask):
    """Forecast the yearly mean sunspot number, 1700 to 2008; trained up to 1928, tested on the years after it."""

    kind: ClassVar[str] = "sunspots"
    label: ClassVar[str] = "Sunspots"

    horizon: int = ahead(1, 1, 11)
    warmup: int = rows(20, WARMUP, "Warm-up")
    train: int = rows(209, TRAIN, "Training part")

    def series(self, data: Series | None) -> Series:
        read = sunspots()
        return Series(read["number"], read["years"][:, 0], ("sunspot number",), "year")

    def source(self, data: Series | None = None) -> list[str]:
        return ["# The data: the yearly sunspot number, (time, channels)", "data = rc.datasets.sunspots()['number']"]

    def start(self) -> tuple[Graph, RidgeSettings]:
        return Input() >> Reservoir(50, spectral_radius=0.7, leak_rate=1.0, input_scaling=0.1) >> LinearReadout(), RidgeSettings(beta=0.1)


@lru_cache(maxsize=4)
def _mackey_glass(tau: int) -> Series:
    data = mackey_glass_series(5000, tau=tau)
    return Series(data["x"], data["ts"][:, 0], ("x",))


@listed(TASKS)
@dataclass(frozen=True, repr=False)
class MackeyGlassTask(AbstractTask):
    """Forecast the Mackey-Glass equation, 5,000 time units, a value each; chaotic from tau 17 on, the more the longer it remembers."""

    kind: ClassVar[str] = "mackey_glass"
    label: ClassVar[str] = "Mackey-Glass"

    tau: int = knob(17, 1, 300, "How long ago the past is that the equation remembers.", label="Delay tau", unit="time units")
    horizon: int = ahead(10, 1, 10, 84)
    warmup: int = rows(500, WARMUP, "Warm-up")
    train: int = rows(3000, TRAIN, "Training part")

    def series(self, data: Series | None) -> Series:
        return _mackey_glass(self.tau)

    def source(self, data: Series | None = None) -> list[str]:
        return [
            "# The data: the Mackey-Glass equation, (time, channels)",
            f"data = rc.datasets.mackey_glass_series(5000, tau={self.tau!r})['x']",
        ]

    def start(self) -> tuple[Graph, RidgeSettings]:
        return Input() >> Reservoir(200, input_scaling=0.3) >> LinearReadout(), RidgeSettings(beta=1e-6)


@listed(TASKS)
@dataclass(frozen=True, repr=False)
class SinesTask(AbstractTask):
    """Forecast a sum of sines whose periods do not fit each other, the multiple superimposed oscillator: 1,500 steps."""

    kind: ClassVar[str] = "sines"
    label: ClassVar[str] = "Sines"

    sines: int = knob(5, 1, 12, "How many sines are added.", slider=(1, 12, 1))
    warmup: int = rows(100, WARMUP, "Warm-up")
    train: int = rows(800, TRAIN, "Training part")

    def series(self, data: Series | None) -> Series:
        made = mso_series(1500, self.sines)
        return Series(made["y"], made["ts"][:, 0], ("y",), "step")

    def source(self, data: Series | None = None) -> list[str]:
        return ["# The data: a sum of sines, (time, channels)", f"data = rc.datasets.mso_series(1500, {self.sines!r})['y']"]

    def start(self) -> tuple[Graph, RidgeSettings]:
        return Input() >> Reservoir(100, leak_rate=1.0, input_scaling=0.1) >> LinearReadout(), RidgeSettings(beta=1e-8)
