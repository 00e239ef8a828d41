"""The figures that must come out, as medians over seeds beside their bars. Run `python -m benchmarks.accuracy`.

Seeds draw the weights, and the data where those are random. Every setting that a row does not name is the default.
"""

import math
import sys
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from benchmarks.problems import lorenz, narma10
from benchmarks.settings import Problem, errors
from rcwidgets.core import analysis
from rcwidgets.core.datasets import japanese_vowels
from rcwidgets.core.metrics import accuracy
from rcwidgets.core.model.runner import RNNRunner
from rcwidgets.core.nodes import Input, Last, LinearReadout, Reservoir, TimeMean
from rcwidgets.core.trainers.closed_form.ridge import RidgeTrainer

SEEDS = 10
FEW = 5  # seeds of the rows whose runs are long
HORIZONS = (1, 10, 100)
LORENZ_EXPONENT = 0.9056
SPARSE = "input weights normal (0, 0.1), a tenth of them"
SLACK = 1.3  # how many times the known NMSE of NARMA10 may come out
CAPACITY_SLACK = 0.05  # units


class Row(NamedTuple):
    """A figure of each seed, and the bar for their median: from `low` to `high`, or none."""

    what: str
    figures: np.ndarray
    low: float = -math.inf
    high: float = math.inf

    @property
    def met(self) -> bool:
        """Whether the median keeps to the bar."""
        return bool(self.low <= np.median(self.figures) <= self.high)

    def __str__(self) -> str:
        least, most = (f"{bound:.5g}" if math.isfinite(bound) else "" for bound in (self.low, self.high))
        bar = f"{least} to {most}" if least and most else f"at most {most}" if most else f"at least {least}" if least else "none"
        middle, smallest, largest = (f"{value:.4g}" for value in (np.median(self.figures), self.figures.min(), self.figures.max()))
        return f"| {self.what} | {bar}{'' if self.met else ' MISSED'} | {middle} | {smallest} to {largest} | {self.figures.size} |"


def over_seeds(problem: Callable[[int], Problem], units: int, setting: dict[str, float], **fixed: Any) -> np.ndarray:
    """The test errors (seeds, questions) of one setting."""
    return np.array([errors(problem(seed), units, seed, [setting], **fixed)[0] for seed in range(SEEDS)])


def lorenz_rows() -> Iterator[Row]:
    """400 units on raw Lorenz at two spectral radii, and what forecasting the mean of the test part would cost.

    At radius 0.9 a tenth of the input weights is there, normal with the tutorial's standard deviation of 0.1. At radius 1.4 single runs
    scatter over three decades, and a hundred steps ahead they are worse than the mean.
    """
    problem = lorenz(HORIZONS)
    bars = {1: (1e-7, 2.5e-6), 10: (6e-7, 2.5e-5), 100: (13.0, 55.0)}
    sparse = over_seeds(lambda _: problem, 400, {"input_scaling": 0.1}, input_connectivity=0.1, input_distribution="normal")
    for horizon, figures in zip(HORIZONS, sparse.T, strict=True):
        yield Row(f"Lorenz, radius 0.9, {SPARSE}: MSE at {horizon}", figures, *bars[horizon])
    scattered = {1: 2e-2}
    strong = over_seeds(lambda _: problem, 400, {"spectral_radius": 1.4})
    for horizon, figures in zip(HORIZONS, strong.T, strict=True):
        yield Row(f"Lorenz, radius 1.4: MSE at {horizon}", figures, high=scattered.get(horizon, math.inf))
    yield Row("Lorenz: MSE of the mean at 100", np.array([problem.y[problem.test, -1].var(axis=0).mean()]))


def narma_rows() -> Iterator[Row]:
    """NARMA10 at three sizes. The target has no slow part, so the leak rate is 1; the inputs are much smaller than Lorenz's."""
    for units, known in ((50, 0.16), (100, 0.119), (200, 0.07)):
        found = over_seeds(narma10, units, {"leak_rate": 1.0, "input_scaling": 0.1}, spectral_radius=0.95)[:, 0]
        yield Row(f"NARMA10, {units} units, radius 0.95, leak rate 1, input scaling 0.1: NMSE", found, high=SLACK * known)


def linear_cycle(units: int, weight: float, seed: int) -> RNNRunner:
    """Linear units in a simple cycle, each taking `weight` times the state of the one before and its own share of the input."""
    knobs: dict[str, Any] = {"activation": "identity", "leak_rate": 1.0, "spectral_radius": weight, "input_scaling": 1.0}
    return RNNRunner(Input(1) >> Reservoir(units, topology="cycle", **knobs), seed=seed, dtype="float64")


def capacity_rows(steps: int = 100_000) -> Iterator[Row]:
    """The memory capacity of linear cycles against its closed form N - (1 - r^(2 N))."""
    for units, weight, lags in ((10, 0.5, 40), (20, 0.9, 80), (50, 0.9, 100)):
        known = units - (1 - weight ** (2 * units))
        cycles = [linear_cycle(units, weight, seed) for seed in range(FEW)]
        found = [analysis.memory_capacity(cycle, lags=lags, steps=steps, seed=seed).total for seed, cycle in enumerate(cycles)]
        what = f"linear cycle, {units} units, weight {weight}: memory capacity, {lags} lags, {steps} steps"
        yield Row(what, np.array(found), known - CAPACITY_SLACK, known + CAPACITY_SLACK)


def exponent_rows(steps: int = 40_000) -> Iterator[Row]:
    """The closed loop of a network that has learned Lorenz: it must be as chaotic as the system, to 5 %."""
    x = lorenz().x
    found = []
    for seed in range(FEW):
        trainer = RidgeTrainer(Input(3) >> Reservoir(400) >> LinearReadout(3), beta=1e-6, seed=seed)
        trainer.predict(x[:2000])
        trainer.fit([x[2000:8000], x[2001:8001]])
        found.append(analysis.closed_loop_exponent(trainer, steps, dt=0.01).exponent)
    what = f"Lorenz in closed loop, {steps} steps: largest Lyapunov exponent"
    yield Row(what, np.array(found), 0.95 * LORENZ_EXPONENT, 1.05 * LORENZ_EXPONENT)


def vowel_rows() -> Iterator[Row]:
    """Japanese vowels: whose voice is it? A readout of the mean state, or of the last one, of utterances of unequal length."""
    (x, speaker), (test_x, test_speaker) = japanese_vowels()
    for middle in (TimeMean, Last):
        found = []
        for seed in range(FEW):
            model = Input(12) >> Reservoir(200, input_scaling=0.5, seed=seed) >> middle() >> LinearReadout(9)
            trainer = RidgeTrainer(model, beta=1e-2).fit([x, np.eye(9)[speaker]])
            found.append(accuracy(np.asarray(trainer.predict(test_x, reset=True)), test_speaker))
        yield Row(f"Japanese vowels, 200 units, {middle.__name__}, input scaling 0.5, beta 1e-2: accuracy", np.array(found), low=0.96)


def main() -> bool:
    """Prints the table; True where all bars are met."""
    print("| what | bar | median | range | seeds |\n| --- | --- | --- | --- | --- |")
    met = True
    for rows in (lorenz_rows, narma_rows, capacity_rows, exponent_rows, vowel_rows):
        for row in rows():
            print(row, flush=True)
            met &= row.met
    return met


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
