"""A series that does not fit in memory: the peak of memory over idle, and the steps a second beside those of a series in memory.

Run `python -m benchmarks.long`, with another number of steps behind it: `python -m benchmarks.long 1e8`. The series is memory-mapped, three
channels in float32, and the model has 200 units; the forecast is written into another memory-mapped array. Memory is that of the process
itself (`RssAnon`): pages of a mapped file belong to the system, which takes them back where it wants them. Both readings are made in one
process, in turn: so many rows in memory, and as many of the file.
"""

import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np

from rcwidgets.core import metrics
from rcwidgets.core.nodes import Input, LinearReadout, Reservoir
from rcwidgets.core.trainers.closed_form.ridge import RidgeTrainer

STEPS, UNITS, CHANNELS = 4_000_000, 200, 3
MEMORY, PACE = 500, 0.9  # the bars: MB over idle, and of the steps a second in memory
PIECE, ROUNDS = 1 << 20, 3


def written(path: Path, steps: int) -> np.memmap:
    """The series, on disk."""
    file = np.lib.format.open_memmap(path, mode="w+", dtype=np.float32, shape=(steps + 1, CHANNELS))
    for start in range(0, steps + 1, PIECE):
        t = np.arange(start, min(start + PIECE, steps + 1))
        file[t[0] : t[-1] + 1] = np.stack([np.sin(t / 10), np.cos(t / 7.3), np.sin(t / 31)], axis=1)
    file.flush()
    del file
    return np.load(path, mmap_mode="r")


def anonymous() -> float:
    """The memory of this process without mapped files, in MB."""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("RssAnon"))
    return int(line.split()[1]) / 1e3


class Peak:
    """The largest memory while it is open, looked at every twentieth of a second."""

    def __enter__(self) -> "Peak":
        self.most, self._over = anonymous(), threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self

    def _watch(self) -> None:
        while not self._over.wait(0.05):
            self.most = max(self.most, anonymous())

    def __exit__(self, *error: object) -> None:
        self._over.set()
        self._thread.join()


def trainer() -> RidgeTrainer:
    """The model of the reading."""
    return RidgeTrainer(Input(CHANNELS) >> Reservoir(UNITS, seed=0) >> LinearReadout(CHANNELS), beta=1e-3)


def seconds(task: Callable[[], object]) -> float:
    """How long it takes."""
    start = time.perf_counter()
    task()
    return time.perf_counter() - start


def beside(x: np.ndarray, y: np.ndarray, steps: int) -> float:
    """The steps a second of a fit to so many rows of the file, over those of a fit to the same rows in memory."""
    inside = [np.array(x[:steps]), np.array(y[:steps])]
    ways = {"file": lambda: trainer().fit([x[:steps], y[:steps]]), "memory": lambda: trainer().fit(inside)}
    found = {name: way().params["readout"] for name, way in ways.items()}
    apart = max(float(np.abs(found["file"][key] - found["memory"][key]).max()) for key in "Wb")
    print(f"{steps:,} steps of {CHANNELS} channels, {UNITS} units; the weights of both ways are {apart:.1e} apart at the most")
    return median(seconds(ways["memory"]) / seconds(ways["file"]) for _ in range(ROUNDS))


def main(words: list[str]) -> bool:
    """Prints the figures; True where the bars are met."""
    steps = int(float(words[0])) if words else STEPS
    with tempfile.TemporaryDirectory() as folder:
        series = written(Path(folder, "x.npy"), steps)
        out = np.lib.format.open_memmap(Path(folder, "y.npy"), mode="w+", dtype=np.float32, shape=(steps, CHANNELS))
        x, y = series[:-1], series[1:]
        pace = beside(x, y, min(steps, STEPS))
        idle = anonymous()
        with Peak() as peak:
            whole = trainer()
            fit = seconds(lambda: whole.fit([x, y], progress=tell))
            predict = seconds(lambda: whole.predict(x, reset=True, out=out, progress=tell))
            error = metrics.nrmse(out, y)
        over = peak.most - idle
    print(f"  fit {fit:.0f} s ({steps / fit:,.0f} steps a second), forecast {predict:.0f} s, NRMSE {error:.2e}")
    print(f"  memory over idle {over:.0f} MB, bar {MEMORY} MB: {'met' if over <= MEMORY else 'MISSED'}")
    print(f"  steps a second, of those in memory: {pace:.2f}, bar {PACE}: {'met' if pace >= PACE else 'MISSED'}")
    return over <= MEMORY and pace >= PACE


def tell(done: int, rows: int | None) -> None:
    """Says how far it is, now and then."""
    if rows is not None and done % (20 * 699_050) < 699_050 and done < rows:
        print(f"  {done:,} of {rows:,}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(0 if main(sys.argv[1:]) else 1)
