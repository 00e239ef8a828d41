"""The memory that a million steps take: the peak over an idle process that has run once, on a model of 500 units.

Run `python -m benchmarks.memory`. Each task runs in a process of its own, since a process's peak never falls.
"""

import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

from rcwidgets.core.nodes import Input, LinearReadout, Reservoir
from rcwidgets.core.trainers.closed_form.linear import LinearTrainer
from rcwidgets.core.trainers.closed_form.ridge import RidgeTrainer

STEPS, UNITS, CHANNELS, MOST = 1_000_000, 500, 3, 600  # the bar in MB
SHORT = 5_000  # steps of the run before: enough for both lengths of stretches


def ridge(x: np.ndarray, steps: int) -> None:
    """A fit at a fixed beta, by the normal equations."""
    _trainer(beta=1e-3).fit([x[:steps], x[1 : steps + 1]])


def chosen(x: np.ndarray, steps: int) -> None:
    """A fit that chooses beta on rows held out: two runs, by QR."""
    _trainer(beta="auto", selection="held out").fit([x[:steps], x[1 : steps + 1]])


def linear(x: np.ndarray, steps: int) -> None:
    """Least squares."""
    LinearTrainer(_model()).fit([x[:steps], x[1 : steps + 1]])


def predict(x: np.ndarray, steps: int) -> None:
    """A forecast of all steps."""
    _trainer(beta=1e-3).fit([x[:SHORT], x[1 : SHORT + 1]]).predict(x[:steps])


TASKS: dict[str, Callable[[np.ndarray, int], None]] = {task.__name__: task for task in (ridge, chosen, linear, predict)}


def _model():
    return Input(CHANNELS) >> Reservoir(UNITS, seed=0) >> LinearReadout(CHANNELS)


def _trainer(**options) -> RidgeTrainer:
    return RidgeTrainer(_model(), **options)


def resident() -> float:
    """The memory that this process holds now, in MB; where the system does not tell, its peak so far."""
    table = Path("/proc/self/statm")
    return int(table.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6 if table.exists() else peak()


def peak() -> float:
    """The most memory that this process has held, in MB."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / 1e6 if sys.platform == "darwin" else most * 1024 / 1e6


def measure(name: str) -> None:
    """Runs a task on a short series, then on the long one; prints idle and peak memory."""
    x = np.cumsum(np.random.default_rng(0).normal(size=(STEPS + 1, CHANNELS)), axis=0) / 1000
    TASKS[name](x, SHORT)
    idle = resident()
    TASKS[name](x, STEPS)
    print(idle, peak())


def main() -> bool:
    """Prints the figures; True where all bars are met."""
    print(f"Memory of {STEPS:,} steps of {UNITS} units, float32")
    met = True
    for name, task in TASKS.items():
        done = subprocess.run([sys.executable, "-m", "benchmarks.memory", name], stdout=subprocess.PIPE, text=True, check=True)
        idle, most = map(float, done.stdout.split())
        fine = most - idle <= MOST
        met &= fine
        words = f"idle {idle:5.0f} MB, peak {most:5.0f} MB: {most - idle:5.0f} MB more, bar {MOST} {'met' if fine else 'MISSED'}"
        print(f"  {name:<8} {words}   {(task.__doc__ or '').strip()}")
    return met


if __name__ == "__main__":
    if sys.argv[1:]:
        measure(sys.argv[1])
    else:
        sys.exit(0 if main() else 1)
