"""This build against another checkout of the project, in alternating processes, pair by pair.

Run `python -m benchmarks.builds PATH [TASK ...]`: PATH is a worktree of another commit, the tasks are `gru lstm bptt force dense fit`. Each
process makes a task once to compile, then again for the time; the ratio is the median of those of the pairs.
"""

import os
import subprocess
import sys
from pathlib import Path
from statistics import median

PAIRS = 7
HERE = Path(__file__).parents[1]
COMMON = """
import time, numpy as np, rcwidgets as rc
t = np.arange(1_000_001)
x = np.stack([np.sin(t / 10), np.cos(t / 7.3), np.sin(t / 31)], axis=1).astype(np.float32)
def batches():
    random = np.random.default_rng(0)
    for _ in range(500):
        u = random.normal(size=(128, 25, 1))
        yield u, u.cumsum(axis=1)
def bptt(layer):
    rc.BPTT(rc.Input(1) >> layer >> rc.Dense(1), learning_rate=1e-3).fit(batches, num_train=1, num_report=0)
def ridge(units, rows):
    rc.RidgeTrainer(rc.Input(3) >> rc.Reservoir(units, seed=0, connectivity=1.0) >> rc.LinearReadout(3)).fit([x[:rows], x[1 : rows + 1]])
def force():
    r, o = rc.Reservoir(1000, seed=0), rc.LinearReadout(3)
    rc.FORCELearning((rc.Input(3) >> r >> o) & (r << o)).fit([x[:2000], x[1:2001]])
def timed(task):
    task()
    start = time.perf_counter()
    task()
    print(time.perf_counter() - start)
"""
TASKS = {  # what is run, and the bar
    "gru": ("timed(lambda: bptt(rc.GRU(100)))", 0.8),
    "lstm": ("timed(lambda: bptt(rc.LSTM(100)))", 0.8),
    "bptt": ("timed(lambda: bptt(rc.VanillaRNN(100)))", 0.7),
    "force": ("timed(force)", 1.0),
    "dense": ("timed(lambda: ridge(2000, 8000))", 0.5),
    "fit": ("timed(lambda: ridge(500, 1_000_000))", 0.5),
}


def seconds(task: str, where: Path) -> float:
    """The time of a task in a process of its own, with the package of this checkout."""
    script, environment = f"{COMMON}\n{TASKS[task][0]}", {**os.environ, "PYTHONPATH": str(where)}
    told = subprocess.run([sys.executable, "-W", "ignore", "-c", script], env=environment, check=True, capture_output=True, text=True)
    return float(told.stdout.split()[-1])


def main(other: Path, wanted: list[str]) -> bool:
    """Prints the figures; True where all bars are met."""
    met = True
    for task in wanted or list(TASKS):
        pairs = [(seconds(task, HERE), seconds(task, other)) for _ in range(PAIRS)]
        ratio, least = median(a / b for a, b in pairs), min(a for a, _ in pairs) / min(b for _, b in pairs)
        fine = ratio <= TASKS[task][1]
        met &= fine
        print(f"{task}: {ratio:.3f} of the other build (of the minima {least:.3f}), bar {TASKS[task][1]} {'met' if fine else 'MISSED'}")
    return met


if __name__ == "__main__":
    sys.exit(0 if main(Path(sys.argv[1]).resolve(), sys.argv[2:]) else 1)
