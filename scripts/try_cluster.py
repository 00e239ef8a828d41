"""Tries a sweep on a cluster as far as one machine can: `python -m scripts.try_cluster [--slurm PYTHON]`. Not a part of the tests.

A `LocalCluster` starts worker processes; two clients send sweeps to it at once, while workers are added and taken away; the errors must be
those of lanes here, to the bit. With `--slurm` and a Python that has dask-jobqueue, the batch script that it would hand to SLURM is printed
too: nothing is submitted.
"""

import subprocess
import sys
import threading

import numpy as np
from distributed import Client, LocalCluster

import rcwidgets as rc

JOB_SCRIPT = """
from dask_jobqueue import SLURMCluster
cluster = SLURMCluster(cores=4, processes=4, memory="8GB", walltime="02:00:00", job_script_prologue=["source .venv/bin/activate"])
print(cluster.job_script())
"""


def task() -> tuple[rc.RidgeTrainer, list[np.ndarray]]:
    """A small forecast."""
    t = np.arange(2001)
    x = np.stack([np.sin(t / 5), np.cos(t / 7)], axis=1)
    return rc.RidgeTrainer(rc.Input(2) >> rc.Reservoir(100) >> rc.LinearReadout(2)), [x[:-1], x[1:]]


def swept(knobs: dict[str, np.ndarray], cluster: LocalCluster | None = None) -> rc.Sweep:
    """A sweep here, or by a client of its own; workers are added after the first part and taken away again later."""
    trainer, data = task()
    if cluster is None:
        return rc.sweep(trainer, data, knobs)
    with Client(cluster) as client:
        seen: list[int] = []
        for found in rc.sweep_parts(trainer, data, knobs, executor=client):
            seen.append(found.workers)
            if len(seen) in (1, 7):
                cluster.scale(3 if len(seen) == 1 else 1)
        print(f"  {found.errors.size} models by {min(seen)} to {max(seen)} workers. {' '.join(found.notes)}")
        return found


def main(words: list[str]) -> bool:
    """Prints what was seen; True where the errors are those of lanes here."""
    radii, leaks = np.linspace(0.2, 1.3, 30), np.linspace(0.1, 1.0, 20)
    grids = [
        {"reservoir.spectral_radius": radii, "reservoir.leak_rate": leaks},
        {"reservoir.leak_rate": leaks, "reservoir.spectral_radius": radii},
    ]
    here = [swept(grid) for grid in grids]
    found: dict[int, rc.Sweep] = {}
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        clients = [threading.Thread(target=lambda k=k: found.update({k: swept(grids[k], cluster)})) for k in range(2)]
        for one in clients:
            one.start()
        for one in clients:
            one.join()
    same = [k in found and np.array_equal(found[k].errors, here[k].errors) for k in range(2)]
    print(f"Errors of both clients are those of lanes here, to the bit: {same}")
    if words[:1] == ["--slurm"]:
        print(subprocess.run([words[1], "-c", JOB_SCRIPT], capture_output=True, text=True, check=True).stdout)
    return all(same)


if __name__ == "__main__":
    sys.exit(0 if main(sys.argv[1:]) else 1)
