"""A sweep of 1,000 models by two worker processes, against one process with lanes on all cores. Run `python -m benchmarks.cluster`.

The workers (dask, one thread each) are up and have imported rcwidgets, and what all of them compile is on disk: they run the sweep once
before. Both ways take turns; the first result is what `sweep_parts` yields first. Needs `rcwidgets[cluster]`.
"""

import sys
import time
from collections.abc import Callable

import numpy as np
from distributed import Client, LocalCluster

from benchmarks.compare import Bar, report, times
from rcwidgets.core.nodes import Input, LinearReadout, Reservoir
from rcwidgets.core.tasks import LorenzTask
from rcwidgets.core.trainers.closed_form.ridge import RidgeTrainer
from rcwidgets.core.trainers.sweep.sweep import Sweep, sweep, sweep_parts

UNITS, STEPS, ROUNDS = 100, 2000, 5
MOST, FIRST = 1.10, 3.0  # times the time of one process, and the seconds to the first result


def main() -> bool:
    """Prints the figures; True where the bars are met."""
    data = LorenzTask().prepare().inputs[: STEPS + 1]
    trainer = RidgeTrainer(Input(3) >> Reservoir(UNITS) >> LinearReadout(3))
    knobs = {"reservoir.spectral_radius": np.linspace(0.2, 1.4, 25), "reservoir.leak_rate": np.linspace(0.1, 1.0, 40)}

    def way(executor: Client | None) -> Callable[[int], Sweep]:
        return lambda k: sweep(trainer, [data[:-1], data[1:]], {**knobs, "beta": [1e-6 * (1 + k)]}, executor=executor)

    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster, Client(cluster) as client:
        ways: dict[str, Callable[[int], object]] = {"two processes": way(client), "lanes here": way(None)}
        both = [way(executor)(0).errors for executor in (client, None)]
        print(f"{both[0].size:,} models of {UNITS} units over {STEPS:,} steps; equal to the bit: {np.array_equal(both[0], both[1])}")
        start = time.perf_counter()
        parts = sweep_parts(trainer, [data[:-1], data[1:]], {**knobs, "beta": [3e-6]}, executor=client)
        next(parts)
        first = time.perf_counter() - start
        for _ in parts:
            pass
        print(f"  first result after {first:.2f} s, bar {FIRST} s: {'met' if first <= FIRST else 'MISSED'}")
        taken = times(ways, ROUNDS)
    return report(taken, [Bar("two processes / lanes here", "two processes", "lanes here", MOST)]) and first <= FIRST


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
