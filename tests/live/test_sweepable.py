"""Sweeps of an experiment by an executor: the bits of those here, what dies is a sentence, and what was known is not lost."""

import os
import signal
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import distributed
import numpy as np
import pytest

from rcwidgets.core.nodes import Input, LinearReadout, Reservoir
from rcwidgets.live.experiment import Experiment
from rcwidgets.live.sweep.plan import SweepError

pytestmark = pytest.mark.optimised  # as the programs of the other processes are
KNOBS = {"reservoir.spectral_radius": [0.3, 0.6, 0.9], "beta": [1e-6, 1e-2]}
MANY = {"reservoir.spectral_radius": np.linspace(0.1, 1.2, 40), "reservoir.leak_rate": np.linspace(0.2, 1.0, 40)}


@pytest.fixture
def experiment(series):
    made = Experiment(Input() >> Reservoir(10, input_scaling=0.3) >> LinearReadout(), data=3 + 5 * series)
    made.wait(60)
    yield made
    made.close()


def until(look):
    end = time.monotonic() + 120
    while not look():
        assert time.monotonic() < end
        time.sleep(0.005)


def test_processes_give_the_bits_of_here_and_one_that_is_killed_costs_what_was_under_way(experiment, tmp_path):
    store = tmp_path / "sweep.store"
    experiment.sweep(KNOBS, seeds=(0, 1))
    here = experiment.wait_sweep(60)
    pool = ProcessPoolExecutor(2, mp_context=get_context("spawn"))
    experiment.sweep(KNOBS, seeds=(0, 1), executor=pool, store=store)
    there = experiment.wait_sweep(120)
    assert (there.activity, there.notes, here.workers) == ("done", (), None) and 1 <= there.workers <= 2
    np.testing.assert_array_equal(there.sweep.errors, here.sweep.errors)
    np.testing.assert_array_equal(there.sweep.test_errors, here.sweep.test_errors)

    experiment.sweep(MANY, executor=pool, store=store)
    until(lambda: experiment.sweeping.done)
    os.kill(next(iter(pool._processes)), signal.SIGKILL)
    lost = experiment.wait_sweep(60)
    pool.shutdown()
    assert lost.activity == "failed" and 0 < lost.done < lost.total == 1600 and lost.best_place is not None
    assert lost.problem == (
        "The executor takes no more work. A process of it has ended, so make a new one, and go on with that. "
        f"{lost.done:,} of 1,600 models are kept: the same sweep computes only what is missing."
    )
    experiment.sweep(MANY, store=store)
    rest = experiment.wait_sweep(120)
    assert rest.activity == "done" and lost.done <= rest.sweep.stored < rest.total and rest.rate > 0


def test_a_worker_of_dask_that_goes_is_told_at_once_and_a_scheduler_that_goes_ends_it_in_words(experiment):
    cluster = distributed.LocalCluster(2, threads_per_worker=1, dashboard_address="127.0.0.1:0")
    client = distributed.Client(cluster)
    heard = []
    experiment.subscribe(lambda news: news == "sweep" and heard.append(experiment.sweeping))
    experiment.sweep(MANY, seeds=(0, 1), executor=client)
    until(lambda: experiment.sweeping.done)
    os.kill(next(iter(client.run(os.getpid).values())), signal.SIGKILL)
    until(lambda: experiment.sweeping.notes)
    assert experiment.sweeping.under_way and "went away. What it had is computed by the others." in experiment.sweeping.notes[0]
    cluster.close()
    lost = experiment.wait_sweep(60)
    client.close()
    assert lost.activity == "failed" and 0 < lost.done < lost.total
    assert lost.problem.startswith("The scheduler of the executor does not answer any more. Start a cluster and connect a new Client, and")
    assert {one.workers for one in heard} >= {None, 2, 1}


def test_a_full_disk_and_what_no_executor_can_do_are_sentences(experiment, tmp_path, monkeypatch):
    for field, words, more in (
        ("executor", "must be a dask.distributed.Client or a concurrent.futures.Executor, got int", {"executor": 2}),
        ("store", "There is no folder", {"store": tmp_path / "none" / "sweep.store"}),
        ("metric", "must be one of .* got a function", {"store": tmp_path / "s", "metric": lambda predictions, targets: 0.0}),
    ):
        with pytest.raises(SweepError, match=words) as error:
            experiment.sweep(KNOBS, **more)
        assert error.value.field == field and experiment.sweeping is None
    full = OSError("The store takes no more results.")

    written = []

    def put(self, results):
        written.append(results)
        if len(written) == 2:
            raise full

    monkeypatch.setattr("rcwidgets.core.parts.store.Store.put", put)
    experiment.sweep(MANY, store=tmp_path / "s")
    found = experiment.wait_sweep(60)
    assert (found.activity, found.problem) == ("failed", str(full)) and 0 < found.done < found.total
