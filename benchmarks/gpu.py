"""What a GPU, or several, make of the usual tasks, beside the CPU of the same machine. Run `python -m benchmarks.gpu` where there is one.

Each backend runs in a process of its own: the default one, and JAX_PLATFORMS=cpu. First the numbers are held against each other, then a
table to paste is printed, with versions and devices: medians and minima of the seconds, compiled before. Without a GPU both are the CPU.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import jax
import numpy as np

import rcwidgets as rc

ROUNDS, APART = 3, 2e-3  # runs of each task, and how far the numbers of two backends may be apart, as a share of the largest
STEPS = 10_000


def data() -> np.ndarray:
    """The Lorenz series of the tutorial, (time, 3), in float32."""
    found = rc.datasets.lorenz_series(STEPS / 100, dt=0.01, inits={"x": 8, "y": 1, "z": 1})
    return np.hstack([found[name] for name in "xyz"]).astype(np.float32)


def tasks() -> dict[str, Callable[[], np.ndarray]]:
    """What is run, by name; each gives numbers that both backends must agree on."""
    x = data()
    batch = np.stack([x[start : start + 2000] for start in range(0, 8000, 125)])

    def ridge(units: int, **knobs: Any) -> rc.RidgeTrainer:
        return rc.RidgeTrainer(rc.Input(3) >> rc.Reservoir(units, seed=0, **knobs) >> rc.LinearReadout(3), beta=1e-4)

    fitted, wide, large = ridge(400), ridge(400), ridge(2000, connectivity=1.0)
    radii = np.linspace(0.2, 1.2, 16)

    def lanes() -> np.ndarray:
        made = rc.Lanes(ridge(400), {"reservoir.spectral_radius": radii})
        return np.asarray(made.fit([x[:8000], x[1:8001]]).predict(x[8000:-1]))

    def bptt() -> np.ndarray:
        model = rc.Input(3) >> rc.GRU(100, seed=0) >> rc.Dense(3)
        return rc.BPTT(model, num_batch=64, num_train=2, seed=0).fit([batch[:, :200], batch[:, 1:201]]).train_losses

    return {
        "400 units, one series": lambda: np.asarray(fitted.fit([x[:8000], x[1:8001]], reset=True).predict(x[8000:-1])),
        "400 units, 64 series": lambda: np.asarray(wide.fit([batch[:, :-1], batch[:, 1:]], reset=True).predict(batch[:, :500], reset=True)),
        "2,000 units, dense": lambda: np.asarray(large.fit([x[:8000], x[1:8001]], reset=True).predict(x[8000:-1])),
        "16 lanes of 400 units": lanes,
        "GRU of 100 units, 64 series": bptt,
    }


def run(path: str) -> None:
    """Runs all tasks here, and writes what they gave."""
    seconds, found = {}, {}
    for name, task in tasks().items():
        found[name] = task()
        times = []
        for _ in range(ROUNDS):
            start = time.perf_counter()
            task()
            times.append(time.perf_counter() - start)
        seconds[name] = (median(times), min(times))
    devices = [[one.platform, one.name, one.memory] for one in rc.devices()]
    arrays: dict[str, Any] = {**found, "told": json.dumps({"seconds": seconds, "devices": devices})}
    np.savez(path, **arrays)


def main() -> bool:
    """Prints the table; True where the backends agree."""
    with tempfile.TemporaryDirectory() as folder:
        paths = {name: Path(folder, f"{name}.npz") for name in ("default", "cpu")}
        for name, path in paths.items():
            chosen = {"JAX_PLATFORMS": "cpu"} if name == "cpu" else {}
            subprocess.run([sys.executable, "-m", "benchmarks.gpu", str(path)], env={**os.environ, **chosen}, check=True)
        found = {name: dict(np.load(path)) for name, path in paths.items()}
    told = {name: json.loads(str(one.pop("told"))) for name, one in found.items()}
    print(f"rcwidgets {rc.__version__}, jax {jax.__version__}")
    for name, one in told.items():
        print(f"{name}: {', '.join(f'{kind} {what}' for kind, what, _ in one['devices'])}")
    print("\n| task | default, s (minimum) | CPU, s (minimum) | CPU / default | apart |\n|---|---|---|---|---|")
    agree = True
    for name, ours in found["default"].items():
        theirs = found["cpu"][name]
        apart = float(np.abs(ours - theirs).max() / np.abs(theirs).max())
        agree &= apart <= APART
        (here, least), (there, fewest) = told["default"]["seconds"][name], told["cpu"]["seconds"][name]
        print(f"| {name} | {here:.3f} ({least:.3f}) | {there:.3f} ({fewest:.3f}) | {there / here:.2f} | {apart:.1e} |")
    print(f"\nThe numbers agree to {APART:g}: {'yes' if agree else 'NO'}")
    return agree


if __name__ == "__main__":
    if sys.argv[1:]:
        run(sys.argv[1])
    else:
        sys.exit(0 if main() else 1)
