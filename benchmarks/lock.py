"""How long the interpreter's lock is held through a first run and moves of two sliders, as a thread that sleeps 10 ms sees it; and Stop.

Run `python -m benchmarks.lock`, or with numbers of units behind it. While the lock is held no cell and no slider is answered. On a busy
machine the thread comes late for other reasons: what a process beside this one comes late too is not counted, nor what is more than the
time of all cores that this process had meanwhile. Stop is pressed at even distances through a run, and timed until the thread is free for
the next one.
"""

import subprocess
import sys
import threading
import time
import traceback
from bisect import bisect_left

import numpy as np

from rcwidgets.core.nodes import Input, LinearReadout, Reservoir
from rcwidgets.live.experiment import Experiment

UNITS = (400, 1000, 2000, 5000)
SLEEP, MOST = 0.01, 0.1  # seconds: between two looks, and the bar
PATIENCE = 3600  # seconds for one run
STOPS, ANSWERED, FREE = 8, 0.3, 2.0  # through one run; seconds until Stop is answered, and until the next run may begin
BESIDE = f"""
import sys, time
last = time.monotonic()
while True:
    time.sleep({SLEEP})
    now = time.monotonic()
    if now - last > {MOST / 2}:
        print(last, now, flush=True)
    last = now
"""


class Watch:
    """Looks at the clock every 10 ms; what it saw late, with where the other threads were then, is in `late`."""

    def __init__(self) -> None:
        self.late: list[tuple[float, float, float, str]] = []
        self._beside = subprocess.Popen([sys.executable, "-c", BESIDE], stdout=subprocess.PIPE, text=True)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self._thread.start()

    def _look(self) -> None:
        last, used = time.monotonic(), time.process_time()
        while not self._over.is_set():
            time.sleep(SLEEP)
            now = time.monotonic()
            if now - last > MOST / 2:
                self.late.append((last, now, time.process_time() - used, _places()))
            last, used = time.monotonic(), time.process_time()

    def end(self) -> list[tuple[float, str]]:
        """The spans in which this process was late and the one beside it was not, longest first."""
        self._over.set()
        self._thread.join()
        self._beside.terminate()
        told, _ = self._beside.communicate()
        busy = np.array([line.split() for line in told.splitlines() if len(line.split()) == 2], float).reshape(-1, 2)
        starts, ends = list(busy[:, 0]), list(busy[:, 1])
        found = []
        for start, end, used, place in self.late:
            others = sum(
                max(0.0, min(end, ends[k]) - max(start, starts[k])) for k in range(bisect_left(ends, start), bisect_left(starts, end))
            )
            found.append((min(end - start - others, used), place))
        return sorted(found, reverse=True)


def _places() -> str:
    """Where the threads of the package are, innermost of our own lines first."""
    places = []
    for thread in threading.enumerate():
        frame = sys._current_frames().get(thread.ident or 0)
        stack = traceback.extract_stack(frame) if frame is not None and thread.name.startswith("rcwidgets") else []
        ours = [f"{line.filename.rpartition('rcwidgets/')[2]}:{line.lineno}" for line in stack if "rcwidgets/" in line.filename]
        if ours:
            places.append(" < ".join([*reversed(ours[-3:])]))
    return "; ".join(places)


def experiment_of(units: int) -> Experiment:
    """An experiment with a reservoir of so many units, which begins to run."""
    return Experiment(Input() >> Reservoir(units, seed=0) >> LinearReadout(), "lorenz")


def stops(units: int) -> tuple[float, float]:
    """The longest time from Stop to its answer, and to the end of what ran."""
    experiment = experiment_of(units)
    answered, free = [0.0], [0.0]
    try:
        experiment.wait(PATIENCE)
        began = time.perf_counter()
        experiment.set("reservoir", spectral_radius=0.7)
        experiment.wait(PATIENCE)
        whole = time.perf_counter() - began
        for k in range(STOPS):
            experiment.set("reservoir", spectral_radius=0.8 + k / 100)
            time.sleep(whole * (k + 0.5) / STOPS)
            if experiment.status.activity == "idle":
                continue
            pressed = time.perf_counter()
            experiment.stop()
            while experiment.status.activity != "idle" and not experiment.status.message.startswith("stop"):
                time.sleep(0.001)
            answered.append(time.perf_counter() - pressed)
            experiment.wait(PATIENCE)
            free.append(time.perf_counter() - pressed)
    finally:
        experiment.close()
    return max(answered), max(free)


def longest(units: int) -> list[tuple[float, str]]:
    """What was held while an experiment of so many units ran first, and followed a move of the spectral radius and one of beta."""
    watch = Watch()
    experiment = experiment_of(units)
    try:
        experiment.wait(PATIENCE)
        experiment.set("reservoir", spectral_radius=0.8)
        experiment.wait(PATIENCE)
        experiment.set("trainer", beta=1e-4)
        experiment.wait(PATIENCE)
    finally:
        experiment.close()
        found = watch.end()
    return found


def main() -> bool:
    """Prints the figures; True where the bar is met."""
    met = True
    print("The interpreter's lock through a first run and moves of the spectral radius and of beta")
    for units in [int(word) for word in sys.argv[1:] if word.isdigit()] or UNITS:
        began = time.perf_counter()
        found = longest(units)
        most = max((seconds for seconds, _ in found), default=0.0)
        fine = most <= MOST
        met &= fine
        words = f"held for {1000 * most:.0f} ms at most, bar {1000 * MOST:.0f} ms {'met' if fine else 'MISSED'}"
        print(f"  {units:>5,} units: {words}, in {time.perf_counter() - began:.0f} s", flush=True)
        for seconds, place in found:
            if seconds > MOST:
                print(f"    {1000 * seconds:.0f} ms at {place}")
        answer, free = stops(units)
        fine = answer <= ANSWERED and free <= FREE
        met &= fine
        words = f"Stop answered after {answer:.2f} s, bar {ANSWERED} s, the thread free after {free:.2f} s, bar {FREE} s"
        print(f"         {words} {'met' if fine else 'MISSED'}", flush=True)
    return met


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
