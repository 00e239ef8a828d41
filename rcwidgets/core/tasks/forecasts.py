"""Tasks that forecast a known series some steps ahead: chaotic systems, the sunspots and sums of sines."""

from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

import numpy as np

from rcwidgets.core.datasets import (
    LORENZ_LYAPUNOV_TIME,
    ROSSLER_LYAPUNOV_TIME,
    lorenz_series,
    mackey_glass_series,
    mso_series,
    rossler_series,
    sunspots,
)
from rcwidgets.core.datasets.table import Series
from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.nodes import Input, LinearReadout, Reservoir
from rcwidgets.core.spec.knobs import knob
from rcwidgets.core.spec.registry import TASKS, listed
from rcwidgets.core.tasks.base import HORIZON, TRAIN, WARMUP, AbstractTask, ahead, rows, standardise
from rcwidgets.core.trainers.closed_form.ridge import RidgeSettings


@lru_cache(maxsize=1)
def _lorenz() -> Series:
    data = lorenz_series(100, dt=0.01, inits={"x": 8, "y": 1, "z": 1})
    return Series(np.concatenate([data["x"], data["y"], data["z"]], axis=1), data["ts"][:, 0], ("x", "y", "z"))


@listed(TASKS)
@dataclass(frozen=True, repr=False)
class LorenzTask(AbstractTask):
    """Forecast the Lorenz attractor: 100 time units in steps of 0.01 from (8, 1, 1), all three variables, not normalised."""

    kind: ClassVar[str] = "lorenz"
    label: ClassVar[str] = "Lorenz"
    width: ClassVar[str] = "3"
    lyapunov_time: ClassVar[float | None] = LORENZ_LYAPUNOV_TIME

    horizon: int = ahead(
        1, 1, 10, 30, doc=f"{HORIZON} Beyond some 50 a direct forecast is no better than the mean; the figure 'Closed loop' goes further."
    )
    warmup: int = rows(2000, WARMUP, "Warm-up")
    train: int = rows(6000, TRAIN, "Training part")
    normalise: bool = standardise(False)

    def series(self, data: Series | None) -> Series:
        return _lorenz()

    def source(self, data: Series | None = None) -> list[str]:
        return [
            "# The data: the Lorenz attractor, (time, channels)",
            "lorenz = rc.datasets.lorenz_series(100, dt=0.01, inits={'x': 8, 'y': 1, 'z': 1})",
            "data = np.concatenate([lorenz['x'], lorenz['y'], lorenz['z']], axis=1)",
        ]

    def start(self) -> tuple[Graph, RidgeSettings]:
        return Input() >> Reservoir(400) >> LinearReadout(), RidgeSettings(beta=1e-6)


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


@lru_cache(maxsize=1)
def _rossler() -> Series:
    data = rossler_series(1000, dt=0.1)
    return Series(np.concatenate([data["x"], data["y"], data["z"]], axis=1), data["ts"][:, 0], ("x", "y", "z"))


@listed(TASKS)
@dataclass(frozen=True, repr=False)
class RosslerTask(AbstractTask):
    """Forecast the Rossler attractor: 1,000 time units in steps of 0.1, all three variables."""

    kind: ClassVar[str] = "rossler"
    label: ClassVar[str] = "Rössler"
    width: ClassVar[str] = "3"
    lyapunov_time: ClassVar[float | None] = ROSSLER_LYAPUNOV_TIME

    warmup: int = rows(1000, WARMUP, "Warm-up")
    train: int = rows(6000, TRAIN, "Training part")

    def series(self, data: Series | None) -> Series:
        return _rossler()

    def source(self, data: Series | None = None) -> list[str]:
        return [
            "# The data: the Rossler attractor, (time, channels)",
            "rossler = rc.datasets.rossler_series(1000, dt=0.1)",
            "data = np.concatenate([rossler['x'], rossler['y'], rossler['z']], axis=1)",
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
