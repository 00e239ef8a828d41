"""A sweep of 2,000 models in the middle of which a worker, the scheduler or the process dies, or the disk is full: nothing known is lost."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from itertools import islice
from multiprocessing import get_context
from pathlib import Path

import distributed
import numpy as np
import pytest

from rcwidgets.core.nodes import Input, LinearReadout, Reservoir
from rcwidgets.core.parts.store import Store
from rcwidgets.core.trainers.closed_form.ridge import RidgeTrainer
from rcwidgets.core.trainers.sweep.sweep import Sweep, sweep, sweep_parts

pytestmark = pytest.mark.optimised  # as the programs of the other processes are
KNOBS = {"reservoir.spectral_radius": np.linspace(0.1, 1.2, 40), "reservoir.leak_rate": np.linspace(0.2, 1.0, 50)}
MODELS = 2000
# The same sweep in a process of its own; writes a file once some of it is stored, and may limit how large its files grow.
ALONE = """
import resource, sys
from pathlib import Path
from tests.core.trainers.sweep.test_kills import KNOBS, series, trainer
from rcwidgets.core.trainers.sweep.sweep import sweep_parts
store, sign, most = sys.argv[1:]
if int(most):
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(most), resource.RLIM_INFINITY))
for found in sweep_parts(trainer(), series(), KNOBS, store=store):
    Path(sign).touch()
"""


def trainer() -> RidgeTrainer:
    return RidgeTrainer(Input(2) >> Reservoir(10) >> LinearReadout(2))


def series() -> list[np.ndarray]:
    """Two channels, column by column in memory, and the same one step later."""
    t = np.arange(400)
    x = np.asfortranarray(np.stack([np.sin(t / 5) + 0.1 * np.sin(t / 3), np.cos(t / 7)], axis=1))
    return [x[:-1], x[1:]]


@pytest.fixture(scope="module")
def whole() -> Sweep:
    """The sweep in one piece, in this process."""
    return sweep(trainer(), series(), KNOBS)


@contextmanager
def machines(folder: Path, workers: int) -> Iterator[tuple[subprocess.Popen, list[subprocess.Popen], str]]:
    """A scheduler and workers, each a process of its own, and the file that tells where the scheduler is."""
    file = str(folder / "scheduler.json")
    started: list[subprocess.Popen] = []

    def start(*words: str) -> subprocess.Popen:
        command = [sys.executable, "-m", *words, "--scheduler-file", file, "--no-dashboard"]
        started.append(subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder))
        return started[-1]

    try:
        scheduler = start("distributed.cli.dask_scheduler", "--port", "0")
        crew = [start("distributed.cli.dask_worker", "--nthreads", "1", "--no-nanny") for _ in range(workers)]
        yield scheduler, crew, file
    finally:
        for one in started:
            one.kill()
            one.wait()


def resumed(store: Path, whole: Sweep) -> int:
    """How many errors the second run took from the store; with them it is the sweep in one piece."""
    found = sweep(trainer(), series(), KNOBS, store=store)
    np.testing.assert_allclose(found.errors, whole.errors, rtol=1e-5)
    return found.stored


def test_a_worker_that_is_killed_costs_what_it_had_under_way(tmp_path: Path, whole: Sweep) -> None:
    with machines(tmp_path, 2) as (_, crew, file), distributed.Client(scheduler_file=file) as client:
        client.wait_for_workers(2, timeout=90)
        parts = sweep_parts(trainer(), series(), KNOBS, executor=client)
        some = list(islice(parts, 2))
        assert np.isnan(some[-1].errors).any()
        crew[0].send_signal(signal.SIGKILL)
        *_, last = parts
    np.testing.assert_array_equal(last.errors, whole.errors)
    assert any("went away" in note for note in last.notes)


def test_without_a_scheduler_the_sweep_ends_in_words_and_the_second_run_does_the_rest(tmp_path: Path, whole: Sweep) -> None:
    store = tmp_path / "sweep.store"
    with machines(tmp_path, 1) as (scheduler, _, file), distributed.Client(scheduler_file=file) as client:
        client.wait_for_workers(1, timeout=90)
        parts = sweep_parts(trainer(), series(), KNOBS, executor=client, store=store)
        known = next(parts)
        scheduler.send_signal(signal.SIGKILL)
        with pytest.raises(RuntimeError, match=r"scheduler .*does not answer.*go on with that"):
            while True:
                known = next(parts)
    kept = int(np.isfinite(known.errors).sum())
    assert 0 < kept <= resumed(store, whole) < MODELS


def test_a_process_that_is_killed_leaves_what_it_knew(tmp_path: Path, whole: Sweep) -> None:
    store, sign = tmp_path / "sweep.store", tmp_path / "sign"
    command = [sys.executable, "-c", ALONE, str(store), str(sign), "0"]
    with subprocess.Popen(command, cwd=Path(__file__).parents[4]) as alone:
        while not sign.exists():
            assert alone.poll() is None
            time.sleep(0.001)
        alone.send_signal(signal.SIGKILL)
    assert 0 < resumed(store, whole) <= MODELS


def test_a_disk_that_is_full_is_said_and_keeps_what_is_on_it(tmp_path: Path, whole: Sweep) -> None:
    store = tmp_path / "sweep.store"
    command = [sys.executable, "-c", ALONE, str(store), str(tmp_path / "sign"), str(64 * 1024)]
    done = subprocess.run(command, cwd=Path(__file__).parents[4], capture_output=True, text=True, timeout=240, env=unkept())
    assert done.returncode == 1
    assert "takes no more results" in done.stderr and "only what is missing is computed" in done.stderr
    with Store(store) as kept:
        assert 0 < len(kept) < MODELS
    assert 0 < resumed(store, whole) < MODELS


def unkept() -> dict[str, str]:
    """The environment without a folder for compiled programs, whose files the limit would be for, too."""
    return {**os.environ, "RCWIDGETS_CACHE": "off"}


def test_processes_give_the_bits_of_lanes(whole: Sweep) -> None:
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        found = sweep(trainer(), series(), KNOBS, executor=pool)
    np.testing.assert_array_equal(found.errors, whole.errors)
