"""The first run of a fresh process with the compiled programs of an earlier one on disk, against one without.

Run `python -m benchmarks.first`. Each run is a process of its own; the time counts from the making of the experiment to what it shows
first, without the imports.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from threading import Event

from rcwidgets.core.compile_cache import VARIABLE
from rcwidgets.core.nodes import Dense, Input, VanillaRNN
from rcwidgets.core.trainers.gradient.bptt import BPTT
from rcwidgets.core.trainers.online.recursive import FORCELearning
from rcwidgets.live.experiment import Experiment

ROUNDS, MOST = 5, 0.5


def ridge() -> None:
    """The playground as it opens: 400 units on the Lorenz task, to the first forecast; the path behind it compiles nothing."""
    shown = Event()
    experiment = Experiment(auto=False)
    experiment.subscribe(lambda news: shown.set() if news == "results" else None)
    experiment.run()
    shown.wait()


def force() -> None:
    """FORCE learning, its first stretch."""
    _first_stretch(Experiment(trainer=FORCELearning))


def bptt() -> None:
    """Backpropagation through time of 100 units, its first stretch."""
    model = Input() >> VanillaRNN(100) >> Dense()
    _first_stretch(Experiment(model, trainer=BPTT(model, num_train=1)))


TASKS: dict[str, Callable[[], None]] = {task.__name__: task for task in (ridge, force, bptt)}


def _first_stretch(experiment: Experiment) -> None:
    experiment.step()
    experiment.wait()


def seconds(name: str, folder: Path) -> float:
    """The time of a task in a process of its own, with the programs kept in a folder."""
    command = [sys.executable, "-m", "benchmarks.first", name]
    environment = {**os.environ, VARIABLE: str(folder)}
    return float(subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True).stdout)


def main() -> bool:
    """Prints the figures; True where the bars are met."""
    print(f"The first run of a process, {ROUNDS} rounds: with compiled programs on disk against without")
    met = True
    for name, task in TASKS.items():
        with tempfile.TemporaryDirectory() as home:
            filled = Path(home, "filled")
            seconds(name, filled)
            pairs = [(seconds(name, Path(home, str(k))), seconds(name, filled)) for k in range(ROUNDS)]
        ratio = median(warm / cold for cold, warm in pairs)
        fine = ratio <= MOST
        met &= fine
        cold, warm = (median(side) for side in zip(*pairs, strict=True))
        words = f"without {cold:.2f} s, with {warm:.2f} s, ratio {ratio:.2f}, bar {MOST} {'met' if fine else 'MISSED'}"
        print(f"  {name:<6} {words}   {(task.__doc__ or '').strip()}")
    return met


if __name__ == "__main__":
    if sys.argv[1:]:
        begun = time.perf_counter()
        TASKS[sys.argv[1]]()
        print(time.perf_counter() - begun)
    else:
        sys.exit(0 if main() else 1)
