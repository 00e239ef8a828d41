"""Tasks: what the network is asked. Each owns its data, split, horizon, normalisation, and a model to start from."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar, NamedTuple

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
from rcwidgets.core.graph import Graph
from rcwidgets.core.knobs import Effect, Spec, knob, toggle
from rcwidgets.core.nodes import Input, LinearReadout, Reservoir
from rcwidgets.core.registry import TASKS, listed
from rcwidgets.core.series import check_finite
from rcwidgets.core.trainers.settings import RidgeSettings


class Series(NamedTuple):
    """The raw data of a task: values (time, channels) in float64, their times (time,), and what they are called."""

    values: np.ndarray
    time: np.ndarray
    channels: tuple[str, ...]
    time_label: str = "time"


@dataclass(frozen=True)
class TaskData:
    """The data as the network gets it: the input at each time and, as target, the input `horizon` steps later.

    `inputs` (time, channels) and `targets` (time, channels) are normalised as (value - mean) / scale; the last `horizon` rows of
    `targets` are NaN, since they lie past the data, so that shapes never depend on the horizon. `time` (time,) is the target's. Rows up
    to `warmup` only wash out the start; the next `train` rows train; the rows from `warmup + train` to `end` test. `lyapunov_time` is that
    of the system in the unit of `time`, where it is known.
    """

    inputs: np.ndarray
    targets: np.ndarray
    time: np.ndarray
    channels: tuple[str, ...]
    time_label: str
    warmup: int
    train: int
    end: int
    horizon: int
    mean: np.ndarray
    scale: np.ndarray
    lyapunov_time: float | None = None

    @property
    def test_start(self) -> int:
        """The first row of the test part."""
        return self.warmup + self.train

    @property
    def spread(self) -> np.ndarray:
        """The standard deviation (channels,) of the targets of the training part, in the data's own units."""
        return self.targets[self.warmup : self.test_start].std(axis=0) * self.scale


FEWEST = 10  # rows to train on: the path holds a fifth of them out
FEWEST_TESTED = 2  # rows to test on: the error is measured by the spread of the targets
HORIZON = "How many steps ahead the network forecasts."


@dataclass(frozen=True, repr=False)
class AbstractTask(Spec):
    """Forecast a series some steps ahead from its past."""

    label: ClassVar[str]
    width: ClassVar[str] = "1"  # the number of channels, as Python
    lyapunov_time: ClassVar[float | None] = None  # in the unit of the series' time
    horizon: int = knob(1, 1, 10_000, HORIZON, label="Horizon", unit="steps ahead", integer=True, presets=(1, 10, 100))
    warmup: int | None = None
    train: int | None = None
    normalise: bool = toggle(
        True,
        "Whether each channel is scaled to mean 0 and standard deviation 1 of the rows before the test part.",
        label="Standardise",
        effect=Effect.LIVE,
    )

    def series(self, data: Series | None) -> Series:
        """The raw data; `data` is the user's own."""
        raise TypeError(f"{self.kind} does not say its data.")

    def start(self) -> tuple[Graph, RidgeSettings]:
        """A model and a trainer that suit the task."""
        raise TypeError(f"{self.kind} does not say its start.")

    def source(self) -> list[str]:
        """Python that makes the raw data, `data` (time, channels)."""
        raise TypeError(f"{self.kind} does not say where its data come from.")

    def split(self, rows: int) -> tuple[int, int]:
        """The numbers of warm-up and training rows."""
        warmup = self.warmup if self.warmup is not None else rows // 10
        return warmup, self.train if self.train is not None else (rows - warmup) * 7 // 10

    def prepare(self, data: Series | None = None) -> TaskData:
        """The data, normalised and split; too few rows or numbers that are not finite are a ValueError in words."""
        series = self.series(data)
        check_finite(series.values[None], "The data")
        rows, (warmup, train) = len(series.values), self.split(len(series.values))
        if rows - self.horizon - warmup - train < FEWEST_TESTED or train < FEWEST:
            raise ValueError(
                f"The data has too few rows: {rows} rows, of which {warmup} for the warm-up, {train} to train and {self.horizon} for the "
                f"horizon, leave {max(rows - self.horizon - warmup - train, 0)} to test. Training needs {FEWEST} and testing "
                f"{FEWEST_TESTED}: take a shorter warm-up, training part or horizon."
            )
        known = series.values[: warmup + train]
        mean, scale = (known.mean(0), known.std(0)) if self.normalise else (np.zeros(known.shape[1]), np.ones(known.shape[1]))
        constant = np.flatnonzero(np.ptp(known, axis=0) == 0)
        if constant.size:
            raise ValueError(
                f"Channel {series.channels[constant[0]]!r} is constant before the test part, so there is nothing to learn. Leave it out."
            )
        inputs = (series.values - mean) / scale
        targets = np.full_like(inputs, np.nan)
        targets[: rows - self.horizon] = inputs[self.horizon :]
        end = rows - self.horizon
        for part, name in ((targets[warmup : warmup + train], "training"), (targets[warmup + train : end], "test")):
            still = np.flatnonzero(np.ptp(part, axis=0) == 0)
            if still.size:
                raise ValueError(
                    f"Channel {series.channels[still[0]]!r} is constant in the {name} part, so its error has no scale. "
                    "Leave it out, or take another warm-up or training part."
                )
        time = np.concatenate([series.time[self.horizon :], np.full(self.horizon, np.nan)])
        label, known_time = series.time_label, self.lyapunov_time
        return TaskData(inputs, targets, time, series.channels, label, warmup, train, end, self.horizon, mean, scale, known_time)


def _rows(default: int | None, doc: str, label: str) -> Any:
    return knob(default, 0, 10_000_000, doc, label=label, unit="rows", integer=True, optional=default is None, effect=Effect.LIVE)


WARMUP = "Rows at the start that only wash out the network's initial state."
TRAIN = "Rows after the warm-up that the readout is trained on; the rest tests it."


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

    warmup: int = _rows(2000, WARMUP, "Warm-up")
    train: int = _rows(6000, TRAIN, "Training part")
    normalise: bool = toggle(
        False,
        "Whether each channel is scaled to mean 0 and standard deviation 1 of the rows before the test part.",
        label="Standardise",
        effect=Effect.LIVE,
    )

    def series(self, data: Series | None) -> Series:
        return _lorenz()

    def source(self) -> list[str]:
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

    horizon: int = knob(1, 1, 10_000, HORIZON, label="Horizon", unit="steps ahead", integer=True, presets=(1, 11))
    warmup: int = _rows(20, WARMUP, "Warm-up")
    train: int = _rows(209, TRAIN, "Training part")

    def series(self, data: Series | None) -> Series:
        read = sunspots()
        return Series(read["number"], read["years"][:, 0], ("sunspot number",), "year")

    def source(self) -> list[str]:
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

    tau: int = knob(17, 1, 300, "How long ago the past is that the equation remembers.", label="Delay tau", unit="time units", integer=True)
    horizon: int = knob(10, 1, 10_000, HORIZON, label="Horizon", unit="steps ahead", integer=True, presets=(1, 10, 84))
    warmup: int = _rows(500, WARMUP, "Warm-up")
    train: int = _rows(3000, TRAIN, "Training part")

    def series(self, data: Series | None) -> Series:
        return _mackey_glass(self.tau)

    def source(self) -> list[str]:
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

    warmup: int = _rows(1000, WARMUP, "Warm-up")
    train: int = _rows(6000, TRAIN, "Training part")

    def series(self, data: Series | None) -> Series:
        return _rossler()

    def source(self) -> list[str]:
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

    sines: int = knob(5, 1, 12, "How many sines are added.", label="Sines", slider=(1, 12, 1), integer=True)
    warmup: int = _rows(100, WARMUP, "Warm-up")
    train: int = _rows(800, TRAIN, "Training part")

    def series(self, data: Series | None) -> Series:
        made = mso_series(1500, self.sines)
        return Series(made["y"], made["ts"][:, 0], ("y",), "step")

    def source(self) -> list[str]:
        return ["# The data: a sum of sines, (time, channels)", f"data = rc.datasets.mso_series(1500, {self.sines!r})['y']"]

    def start(self) -> tuple[Graph, RidgeSettings]:
        return Input() >> Reservoir(100, leak_rate=1.0, input_scaling=0.1) >> LinearReadout(), RidgeSettings(beta=1e-8)


@listed(TASKS)
@dataclass(frozen=True, repr=False)
class DataTask(AbstractTask):
    """Forecast a series of your own."""

    kind: ClassVar[str] = "data"
    label: ClassVar[str] = "Your data"
    width: ClassVar[str] = "data.shape[1]"

    warmup: int | None = _rows(None, WARMUP + " Empty: a tenth.", "Warm-up")
    train: int | None = _rows(None, TRAIN + " Empty: seven tenths of the rest.", "Training part")

    def series(self, data: Series | None) -> Series:
        if data is None:
            raise ValueError("This task needs data of your own. Give it: Playground(data=array), rows are times and columns are channels.")
        return data

    def source(self) -> list[str]:
        return [
            "# The data: load your own here, one row for each time and one column for each channel",
            "# data = np.loadtxt('my_data.csv', delimiter=',')",
            "data = np.asarray(data, dtype=float).reshape(len(data), -1)",
        ]

    def start(self) -> tuple[Graph, RidgeSettings]:
        return Input() >> Reservoir(100) >> LinearReadout(), RidgeSettings(beta=1e-4)


def own_series(data: Any) -> Series:
    """The user's array (time, channels) or (time,), or data frame, as a Series; anything else is an error in words."""
    columns = getattr(data, "columns", None)
    values = np.asarray(data)
    if not (np.issubdtype(values.dtype, np.number) and not np.issubdtype(values.dtype, np.complexfloating)):
        raise TypeError(f"The data must be numbers, got an array of {values.dtype}. Leave out the columns that are text.")
    if values.ndim not in (1, 2) or values.size == 0:
        raise ValueError(f"The data must be (time, channels) or (time,), got the shape {values.shape}.")
    values = values.astype(np.float64).reshape(len(values), -1)
    check_finite(values[None], "The data")
    channels = tuple(str(name) for name in columns) if columns is not None else tuple(f"channel {k + 1}" for k in range(values.shape[1]))
    return Series(values, np.arange(len(values), dtype=np.float64), channels, "row")
