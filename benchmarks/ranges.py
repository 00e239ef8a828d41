"""Random settings of a trainer and its network: what they are drawn from, and the model that each makes."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, NamedTuple

import numpy as np

from rcwidgets.core.algebra.path import fitted_rows
from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.nodes import GRU, LSTM, Input, LinearReadout, Reservoir, VanillaRNN
from rcwidgets.core.spec.registry import TRAINERS
from rcwidgets.core.tasks import AbstractTask
from rcwidgets.core.trainers.base import AbstractTrainerSettings
from rcwidgets.core.trainers.gradient.batches import count_pieces


@dataclass(frozen=True)
class Between:
    """Numbers between two bounds, all equally likely, or with `log` all orders of magnitude."""

    low: float
    high: float
    log: bool = False

    def draw(self, generator: np.random.Generator) -> float:
        """One of them."""
        if self.log:
            return math.exp(generator.uniform(math.log(self.low), math.log(self.high)))
        return generator.uniform(self.low, self.high)

    def __str__(self) -> str:
        return f"{self.low:g} to {self.high:g}{' (log)' if self.log else ''}"


@dataclass(frozen=True)
class OneOf:
    """One of several values."""

    values: tuple[Any, ...]

    def draw(self, generator: np.random.Generator) -> Any:
        """One of them."""
        return self.values[generator.integers(len(self.values))]

    def __str__(self) -> str:
        return " or ".join(map(str, self.values))


class Setting(NamedTuple):
    """A model and the settings of its trainer, with words for both, and the task, standardised where the trainer needs it."""

    model: Graph
    settings: AbstractTrainerSettings
    words: str
    task: AbstractTask


RESERVOIR: Mapping[str, Between | OneOf] = {
    "units": OneOf((100, 200, 400)),
    "spectral_radius": Between(0.1, 1.4),
    "leak_rate": Between(0.03, 1.0, log=True),
    "input_scaling": Between(0.02, 2.0, log=True),
    "bias_scaling": OneOf((0.0, 0.2, 1.0)),
}
RECURRENT: Mapping[str, Between | OneOf] = {"node": OneOf(("GRU", "LSTM", "VanillaRNN", "Reservoir")), "units": OneOf((20, 50, 100))}
UPDATES = "updates"  # the budget of BPTT: epochs are as many as make so many of them
FORGETTING = OneOf((1.0, 0.9999, 0.999))
RANGES: Mapping[str, Mapping[str, Between | OneOf]] = {
    "RidgeTrainer": {**RESERVOIR, "beta": Between(1e-9, 10.0, log=True)},
    "RLS": {**RESERVOIR, "alpha": Between(1e-6, 10.0, log=True), "forgetting": FORGETTING},
    "FORCELearning": {
        **RESERVOIR,
        "feedback_scaling": Between(0.05, 2.0, log=True),
        "alpha": Between(1e-6, 10.0, log=True),
        "forgetting": FORGETTING,
    },
    "LMS": {
        **RESERVOIR,
        "learning_rate": Between(0.01, 1.0, log=True),
        "normalised": OneOf((True,)),
        "epochs": OneOf((200,)),
        "patience": OneOf((20,)),
    },
    "BPTT": {
        **RECURRENT,
        "learning_rate": Between(1e-3, 3e-2, log=True),
        "window": OneOf((50, 100, 150)),
        "washout": OneOf((0, 20, 40)),
        "num_batch": OneOf((4, 16)),
        UPDATES: OneOf((1000, 3000)),
        "patience": OneOf((20, 60)),
        "rate_cuts": OneOf((0, 2)),
        "max_grad_norm": OneOf((1.0, 5.0)),
    },
}
SCALINGS = ("input_scaling", "feedback_scaling")  # drawn for data of standard deviation 1
CELLS: Mapping[str, Callable[[int], Any]] = {
    "GRU": GRU,
    "LSTM": LSTM,
    "VanillaRNN": VanillaRNN,
    "Reservoir": lambda units: Reservoir(units, leak_rate=1.0, trainable=True),
}


def drawn(task: AbstractTask, trainer: str, count: int) -> Iterator[Setting]:
    """So many random settings of a trainer on a task, the same ones each time."""
    data, generator = task.prepare(), np.random.default_rng(0)
    spreads = {
        "input_scaling": float(data.inputs[: data.test_start].std(axis=0).mean()),
        "feedback_scaling": float(data.targets[: data.test_start].std(axis=0).mean()),
    }
    known = {field.name for field in fields(TRAINERS[trainer])}
    for _ in range(count):
        values = {name: one.draw(generator) for name, one in RANGES[trainer].items()}
        words = ", ".join(f"{name} {value:.3g}" if isinstance(value, float) else f"{name} {value}" for name, value in values.items())
        if UPDATES in values:
            pieces = count_pieces(fitted_rows(data.train), int(values["window"]), int(values["washout"]))
            values["num_train"] = max(1, values.pop(UPDATES) // -(-pieces // values["num_batch"]))
        scaled = {name: value / spreads[name] if name in SCALINGS else value for name, value in values.items()}
        settings = TRAINERS[trainer](**{name: value for name, value in values.items() if name in known})
        asked = replace(task, normalise=True) if settings.gradient else task
        yield Setting(_model({name: value for name, value in scaled.items() if name not in known}, trainer), settings, words, asked)


def _model(values: dict[str, Any], trainer: str) -> Graph:
    """The network; that of FORCE has its output fed back."""
    readout = LinearReadout()
    if "node" in values:
        return Input() >> CELLS[values["node"]](values["units"]) >> readout
    reservoir = Reservoir(**values)
    forward = Input() >> reservoir >> readout
    return forward & (reservoir << readout) if trainer == "FORCELearning" else forward
