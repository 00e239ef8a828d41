"""The executors of the notebook on the page: who is listed and by what words, and what the key of one does."""

import asyncio
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from types import SimpleNamespace

import distributed
import pytest
from IPython.core.events import EventManager, available_events

import rcwidgets as rc
from rcwidgets.core.parts import about as known
from rcwidgets.live.sweep.plan import HERE, Place, SweepError
from rcwidgets.widgets import executors
from rcwidgets.widgets.executors import Executors
from rcwidgets.widgets.sweep import SweepView
from tests.widgets.test_sweep import ASK

ALONE = {"key": "", "label": "this machine", "refused": ""}


@pytest.fixture
def model():
    """A chain that is drawn by the trainer's seed."""
    return rc.Input() >> rc.Reservoir(20, input_scaling=0.3) >> rc.LinearReadout()


@pytest.fixture
def names(monkeypatch):
    """What the names of a notebook stand for; its shell tells of each cell."""
    shell = SimpleNamespace(user_ns={"x": 1, "In": ["client"]})
    shell.events = EventManager(shell, available_events)
    monkeypatch.setattr(executors, "get_ipython", lambda: shell)
    shell.user_ns["shell"] = shell
    return shell.user_ns


def labels(found):
    return [one["label"] for one in found.offered()]


def test_pools_are_listed_by_their_kind_and_size_and_by_name_where_two_are_alike(names):
    found = Executors()
    assert found.offered() == [ALONE]
    spawn = {"mp_context": get_context("spawn")}
    with ProcessPoolExecutor(4, **spawn) as pool, ThreadPoolExecutor(1) as threads:
        names |= {"pool": pool, "same": pool, "_": threads, "threads": threads}
        assert labels(found) == ["this machine", "processes: 4 workers", "threads: 1 worker"]
        first = found.offered()[1]["key"]
        with ProcessPoolExecutor(4, **spawn) as other:
            names["other"] = other
            assert labels(found) == ["this machine", "processes: 4 workers (pool)", "threads: 1 worker", "processes: 4 workers (other)"]
            assert found.offered()[1]["key"] == first and first not in ("", "pool")
            assert found.place(first, "a.store") == Place(pool, "a.store")
            kept = found.place(first, None)
            assert kept.executor is pool and kept.store.parent.is_dir() and kept.store == found.place(first, None).store
        assert labels(found) == ["this machine", "processes: 4 workers", "threads: 1 worker"]
    assert found.offered() == [ALONE]  # all are shut down
    for key in (first, "pool", "nobody"):
        with pytest.raises(SweepError, match="This executor is not there any more. Choose another one.") as error:
            found.place(key, None)
        assert error.value.field == "executor"
    assert found.place("", None) is HERE and found.place("", "a.store") == Place(store="a.store")
    found.close()
    assert not kept.store.parent.exists()


def test_what_cannot_be_chosen_says_why(names, monkeypatch):
    found = Executors()
    with ProcessPoolExecutor(2, mp_context=get_context("fork")) as pool:
        names["pool"] = pool
        _, offer = found.offered()
        assert offer["label"] == "processes: 2 workers"
        assert offer["refused"].startswith("processes: 2 workers cannot be chosen: it starts its processes by fork: give it mp_context=")
        with pytest.raises(SweepError, match="This executor cannot be chosen: it starts its processes by fork"):
            found.place(offer["key"], None)


def test_clients_of_dask_are_listed_with_their_workers_now_until_they_are_closed(names):
    found = Executors()
    with distributed.LocalCluster(1, processes=False, dashboard_address="127.0.0.1:0") as cluster, distributed.Client(cluster) as client:
        names["client"] = client
        assert labels(found) == ["this machine", "dask: 1 worker"]
        cluster.scale(2)
        client.wait_for_workers(2, timeout=30)
        assert labels(found) == ["this machine", "dask: 2 workers"]
    assert found.offered() == [ALONE]
    waiting = SimpleNamespace(status="running", asynchronous=False, nthreads=lambda **_: (_ for _ in ()).throw(asyncio.TimeoutError))
    assert known._about_client(waiting) == ("dask", None, "its scheduler does not answer")


def test_the_page_hears_of_a_pool_after_its_cell_and_has_it_do_the_sweep(names, page, play):
    asked, view = {"id": 1, **ASK}, play.children[3]
    with ThreadPoolExecutor(2) as pool:
        assert view.executors == [ALONE]
        names["pool"] = pool
        names["shell"].events.trigger("post_run_cell", None)
        view._publisher.flush()
        key = view.executors[1]["key"]
        assert page.say(view, asked | {"executor": key}) == {"id": 1, "ok": True, "result": {}}
        found = play.wait_sweep(60)
        assert found.activity == "done" and 1 <= found.workers <= 2 and found.sweep.stored == 0
        assert page.say(view, asked | {"executor": key})["ok"]
        again = play.wait_sweep(60)
        play.wait(60)
        assert again.sweep.stored == 12 and view.progress["words"].endswith(", 12 of them known before")
        assert view.progress["lost"] == ""
    page.say(view, {"id": 2, "type": "look"})
    view._publisher.flush()
    assert view.executors == [ALONE]
    answer = page.say(view, asked | {"executor": key})
    assert answer["error"] == {"text": "This executor is not there any more. Choose another one.", "field": "executor"}
    view.close()
    assert not names["shell"].events.callbacks["post_run_cell"] and not found.store.parent.exists()
    other = SweepView(play.experiment)  # of the same experiment, whose last store went with the view
    assert page.say(other, asked)["ok"] and play.wait_sweep(60).store is None
    other.close()
