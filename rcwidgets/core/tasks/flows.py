"""Forecasts of chaotic flows."""

from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

import numpy as np

from rcwidgets.core.datasets import (
    LORENZ_LYAPUNOV_TIME,
    ROSSLER_LYAPUNOV_TIME,
    lorenz_series,
    rossler_series,
)
from rcwidgets.core.datasets.table import Series
from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.nodes import Input, LinearReadout, Reservoir
from rcwidgets.core.spec.registry import TASKS, listed
from rcwidgets.core.tasks.base import AbstractTask
from rcwidgets.core.tasks.knobs import HORIZON, TRAIN, WARMUP, ahead, rows, standardise
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
