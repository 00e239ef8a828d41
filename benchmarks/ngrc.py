"""Next-generation reservoir computing: z of the Lorenz attractor from x and y, the whole program.

Run `python -m benchmarks.ngrc`. The trajectory is that of the tests; BLAS runs on one thread.
"""

import sys
from pathlib import Path
from statistics import median

import numpy as np

from benchmarks.compare import times
from rcwidgets.core import metrics
from rcwidgets.core.algebra.blas import one_thread
from rcwidgets.core.datasets import lorenz_series
from rcwidgets.core.nodes import NVAR, Input, LinearReadout
from rcwidgets.core.trainers.closed_form.ridge import RidgeTrainer

ROUNDS = 25
DATA = Path(__file__).parents[1] / "tests" / "data" / "lorenz_tutorial.npz"
EXPECTED = {True: 0.3374, False: 0.3378}  # the test error with and without a penalty on the constant
MOST_SECONDS = 5e-3  # for model, warm-up, fit and prediction, once it is compiled
MOST_ERROR = 1e-10  # one step ahead


def forecast(x: np.ndarray, y: np.ndarray, warmup: int, end: int, beta: float, penalize_bias: bool = False) -> np.ndarray:
    """Builds the model, warms it up, fits it to the rows up to `end`, and predicts the rest."""
    model = Input(x.shape[1]) >> NVAR(delay=4, order=2, stride=5) >> LinearReadout(y.shape[1])
    trainer = RidgeTrainer(model, beta=beta, penalize_bias=penalize_bias)
    trainer.predict(x[:warmup])
    return np.asarray(trainer.fit([x[warmup:end], y[warmup:end]]).predict(x[end:]))


def main() -> bool:
    """Prints the figures; True where all bars are met."""
    data = np.load(DATA)["ngrc"]
    x, y, warmup, end = data[:, :2], data[:, 2:], 500, 1500
    met = True
    print("z from x and y, 1,000 rows to train on and 2,500 to predict")
    for penalize_bias, expected in EXPECTED.items():
        error = metrics.mse(forecast(x, y, warmup, end, 0.05, penalize_bias), y[end:])
        print(f"  constant {'penalised' if penalize_bias else 'free'}: test MSE {error:.4f} (bar {expected} within 0.001)")
        met &= abs(error - expected) <= 1e-3
    with one_thread():
        taken = times({"program": lambda _: forecast(x, y, warmup, end, 0.05)}, ROUNDS)["program"]
    print(f"  the whole program: min {min(taken) * 1000:.2f} ms, median {median(taken) * 1000:.2f} ms (bar {MOST_SECONDS * 1000:.0f} ms)")
    met &= median(taken) <= MOST_SECONDS

    lorenz = lorenz_series(100, dt=0.01, inits={"x": 8, "y": 1, "z": 1})
    series = np.concatenate([lorenz["x"], lorenz["y"], lorenz["z"]], axis=1)
    inputs, targets = series[:-1], series[1:]
    error = metrics.mse(forecast(inputs, targets, 2000, 8000, 1e-6), targets[8000:])
    print(f"One step of Lorenz, beta 1e-6: test MSE {error:.1e} (bar {MOST_ERROR:.0e})")
    return met and bool(error < MOST_ERROR)


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
