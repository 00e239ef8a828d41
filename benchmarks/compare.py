"""Times several functions against each other, fairly on a noisy machine."""

import time
from collections.abc import Callable
from statistics import median
from typing import NamedTuple

import numpy as np


class Bar(NamedTuple):
    """A claim: `a` takes at most `most` times as long as `b`."""

    what: str
    a: str
    b: str
    most: float


def times(functions: dict[str, Callable[[int], object]], rounds: int, rest: float = 0.12, warm: int = 2) -> dict[str, list[float]]:
    """Seconds of each function in each round. A function gets the number of the round, so that it can change its setting.

    In each round all functions run once, in a new random order; before each there is a rest, since BLAS threads spin for 0.1 s after a call
    and would slow what follows. The first `warm` rounds are not counted.
    """
    generator = np.random.default_rng(0)
    taken: dict[str, list[float]] = {name: [] for name in functions}
    for round in range(warm + rounds):
        for name in generator.permutation(list(functions)):
            time.sleep(rest)
            start = time.perf_counter()
            functions[name](round)
            if round >= warm:
                taken[name].append(time.perf_counter() - start)
    return taken


def report(taken: dict[str, list[float]], bars: list[Bar]) -> bool:
    """Prints minimum and median in milliseconds and each bar's ratio (median of the ratios round by round); True where all bars are met."""
    for name, seconds in taken.items():
        print(f"  {name:<44} min {min(seconds) * 1000:8.2f} ms   median {median(seconds) * 1000:8.2f} ms")
    met = True
    for bar in bars:
        ratio = median(x / y for x, y in zip(taken[bar.a], taken[bar.b], strict=True))
        least = min(taken[bar.a]) / min(taken[bar.b])
        fine = ratio <= bar.most
        met &= fine
        print(f"  {bar.what}: {ratio:.3f} (of the minima {least:.3f}), bar {bar.most} {'met' if fine else 'MISSED'}")
    return met
