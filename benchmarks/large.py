"""A large reservoir at 0.1 %: how long a fit and a forecast take, and the memory over an idle process; and the error against QR.

Run `python -m benchmarks.large [UNITS]`, of 20,000 units where none are given: 8,000 steps are fitted, 2,000 forecast. The error is that of
5,000 units at 0.4 % against a float64 orthogonal solve of the same states, with fewer rows than units (the dual form) and with more. There
all runs in float64: a float32 forecast of Lorenz rounds by as much as these errors are.
"""

import resource
import sys
import time

import numpy as np
from scipy.linalg import qr, solve_triangular

from benchmarks.memory import resident
from rcwidgets.core.datasets.flows import lorenz_series
from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.nodes import Input, LinearReadout, Reservoir
from rcwidgets.core.trainers.closed_form.ridge import RidgeTrainer

UNITS, FITTED, STEPS, BETA = 20_000, 8_000, 10_000, 1e-6
MOST, OFF = 1000, 0.01  # the bars: MB above the idle process, and the share by which the error may differ


def series() -> np.ndarray:
    """Lorenz (time, 3), one row more than there are steps."""
    found = lorenz_series(0.01 * (STEPS + 1), 0.01)
    return np.hstack([found[name] for name in "xyz"])[: STEPS + 1]


def model(units: int, connectivity: float) -> Graph:
    return Input(3) >> Reservoir(units, connectivity=connectivity, seed=0) >> LinearReadout(3)


def orthogonal(x: np.ndarray, y: np.ndarray, later: np.ndarray) -> np.ndarray:
    """The forecast from the states `later` by a QR factorisation of [X; sqrt(beta) I], all in float64."""
    mean_x, mean_y, features = x.mean(axis=0), y.mean(axis=0), x.shape[1]
    q, r = qr(np.vstack([x - mean_x, np.sqrt(BETA) * np.eye(features)]), mode="economic", overwrite_a=True)
    return (later - mean_x) @ solve_triangular(r, q[: len(x)].T @ (y - mean_y)) + mean_y


def error(rows: int) -> bool:
    """The test error of 5,000 units fitted to so many rows, ours over that of the orthogonal solve."""
    data, later = series(), slice(rows, rows + 1000)
    trainer = RidgeTrainer(model(5000, 0.004), beta=BETA, dtype="float64")
    trainer.fit([data[:rows], data[1 : rows + 1]])
    ours = trainer.predict(data[later], monitors=["reservoir.output"])
    after = np.asarray(trainer.mon["reservoir.output"], np.float64).reshape(1000, -1)
    trainer.predict(data[:rows], reset=True, monitors=["reservoir.output"])
    states = np.asarray(trainer.mon["reservoir.output"], np.float64).reshape(rows, -1)
    y = data[later.start + 1 : later.stop + 1]
    mine, theirs = (float(((found - y) ** 2).mean()) for found in (ours, orthogonal(states, data[1 : rows + 1], after)))
    print(f"5,000 units, {rows:,} rows: test error {mine:.4g}, by the orthogonal solve {theirs:.4g} (bar: within {OFF:.0%})")
    return abs(mine / theirs - 1) <= OFF


def reading(units: int) -> bool:
    """Time and memory of a fit and a forecast."""
    data = series()
    RidgeTrainer(model(500, 0.04), beta=BETA).fit([data[:500], data[1:501]]).predict(data[500:600])
    idle, start = resident(), time.perf_counter()
    trainer = RidgeTrainer(model(units, 0.001), beta=BETA)
    trainer.predict(data[:1])
    drawn = time.perf_counter()
    trainer.fit([data[:FITTED], data[1 : FITTED + 1]], reset=True)
    fitted = time.perf_counter()
    forecast = trainer.predict(data[FITTED:STEPS])
    done = time.perf_counter()
    off = float(np.sqrt(((forecast - data[FITTED + 1 : STEPS + 1]) ** 2).mean() / data.var()))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1024) * 1.024**2
    print(f"{units:,} units at 0.1 %: drawn in {drawn - start:.1f} s, {FITTED:,} steps fitted in {fitted - drawn:.1f} s,")
    print(f"{STEPS - FITTED:,} forecast in {done - fitted:.1f} s, NRMSE {off:.2g}; {peak - idle:.0f} MB above idle (bar {MOST})")
    return peak - idle <= MOST


if __name__ == "__main__":
    units = int(sys.argv[1].replace(",", "")) if len(sys.argv) > 1 else UNITS
    passed = [reading(units), *(error(rows) for rows in (2500, 6000))]
    sys.exit(0 if all(passed) else 1)
