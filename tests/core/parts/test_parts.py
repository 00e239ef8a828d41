"""Parts that an executor does: what holds for any work."""

import threading
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from types import SimpleNamespace

import distributed
import numpy as np
import pytest

from rcwidgets.core.cores import cores, counted_as
from rcwidgets.core.parts import cluster
from rcwidgets.core.parts.engine import Again, WorkersLostError
from rcwidgets.core.parts.parts import Parts, is_executor
from rcwidgets.core.parts.worker import Latest


@pytest.fixture
def threads():
    with ThreadPoolExecutor(2) as pool:
        yield pool


def scaled(shared, part):
    return {"sum": float(shared.data["x"].sum()) * part, "cores": cores()}


def test_each_part_is_done_once_with_the_data_and_the_callers_cores(threads):
    with counted_as(7), Parts(threads, scaled, {"x": np.arange(4.0)}) as parts:
        found = dict(parts.run(range(100)))
    assert found == {k: {"sum": 6.0 * k, "cores": 7} for k in range(100)}
    assert 1 <= parts.workers <= 2 and parts.word == "threads" and parts.notes == ()


def test_parts_are_asked_for_when_there_is_room(threads):
    told, seen = [], []

    def asked():
        for k in range(5):
            seen.append(len(told))
            yield k

    with Parts(threads, scaled, {"x": np.ones(1)}, window=1) as parts:
        for part, _ in parts.run(asked()):
            told.append(part)
    assert told == [0, 1, 2, 3, 4] and seen == [0, 1, 2, 3, 4]


def failing(shared, part):
    if part == 3:
        raise {"ValueError": ValueError, "KeyError": KeyError}[shared.data]("no such value")
    return part


@pytest.mark.parametrize(
    ("kind", "error", "words"), [("ValueError", ValueError, "no such value"), ("KeyError", RuntimeError, "A worker failed: KeyError")]
)
def test_an_error_of_the_work_is_raised_here_in_words(threads, kind, error, words):
    with Parts(threads, failing, kind) as parts, pytest.raises(error, match=words):
        list(parts.run(range(10)))


STARTED, GO = threading.Event(), threading.Event()


def waiting(shared, part):
    STARTED.set()
    GO.wait(60)
    shared.data.append(part)
    return part


def test_a_checkpoint_that_raises_gives_up_what_nobody_has_begun(threads):
    def stop():
        if STARTED.is_set():
            raise KeyboardInterrupt

    with Parts(threads, waiting, ["parts"], checkpoint=stop) as parts, pytest.raises(KeyboardInterrupt):
        list(parts.run(range(50)))
    GO.set()
    threads.shutdown(wait=True)  # of 50 no more than the threads had
    with pytest.raises(RuntimeError, match="It was shut down, so make a new one"), Parts(threads, scaled, {"x": np.ones(1)}) as parts:
        list(parts.run([1]))


def test_what_forks_and_what_is_no_executor_is_refused():
    with ProcessPoolExecutor(1, mp_context=get_context("fork")) as pool, pytest.raises(ValueError, match="starts its processes by fork"):
        Parts(pool, scaled, {})
    with pytest.raises(TypeError, match="executor must be a dask.distributed.Client or a concurrent.futures.Executor, got int"):
        Parts(3, scaled, {})
    assert not is_executor(3) and is_executor(ThreadPoolExecutor(1))


def test_the_latest_things_are_kept_and_made_once():
    kept, made = Latest(2), []
    for key in (1, 2, 1, 3, 1, 2):
        assert kept.made(key, lambda key=key: made.append(key) or key) == key
    assert made == [1, 2, 3, 2]


def test_a_part_that_cannot_be_sent_comes_again_and_no_more_than_five_times(threads):
    with Parts(threads, scaled, {"x": np.ones(1)}) as parts:
        submit, lost = parts._engine.submit, [Again("Data were lost.")] * 4
        parts._engine.submit = lambda part: submit(part) if not lost else (_ for _ in ()).throw(lost.pop())
        assert sorted(part for part, _ in parts.run(range(3))) == [0, 1, 2] and parts.notes == ("Data were lost.",)
        parts._engine.submit = lambda part: (_ for _ in ()).throw(Again("Data were lost."))
        with pytest.raises(WorkersLostError, match="given up after 5 tries"):
            list(parts.run(range(1)))


def test_data_that_break_off_wait_for_workers_and_a_scheduler_that_closes_is_said():
    client = SimpleNamespace(asynchronous=False, status="running", nthreads=lambda **_: {"one": 2})
    broken: list[Exception] = []

    def scatter(*_, **__):
        raise broken[-1]

    client.scatter = scatter
    for error in (OSError("Stream is closed"), ValueError("Can not use replicate to delete data")):
        broken.append(error)
        engine = cluster.Cluster(client, scaled, {"x": np.ones(1)})
        engine.look()
        assert engine.window == 4
        with pytest.raises(Again, match="sent anew"):
            engine.submit(1)
        assert engine.window == engine.workers == 0  # until the next look
    client.status = "closed"
    with pytest.raises(WorkersLostError, match="The scheduler of the executor does not answer any more"):
        engine.submit(1)


def test_a_scheduler_in_this_process_prints_nothing_of_a_sending_that_is_answered_here(caplog, monkeypatch):
    monkeypatch.setattr(cluster, "PATIENCE", 0.1)
    with distributed.Client(n_workers=0, processes=False, dashboard_address=None) as client:
        engine = cluster.Cluster(client, scaled, {"x": np.ones(1)})
        with pytest.raises(Again, match="sent anew"):
            engine.submit(1)
        assert not [record for record in caplog.records if record.levelname == "ERROR"]
        with pytest.raises(TimeoutError):
            client.scatter({"x": 1}, timeout=0.1)
        assert "Exception while handling op scatter" in caplog.text  # what is not ours is still told
