"""The garbage collector rests while much is made that stays, and is as it was afterwards."""

import gc
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from rcwidgets.core.collector import old_left_alone, paused


@pytest.fixture(autouse=True)
def enabled() -> Iterator[None]:
    deadline = time.monotonic() + 60
    while gc.get_freeze_count():  # a worker of an earlier test is at its first job
        assert time.monotonic() < deadline
        time.sleep(0.01)
    yield
    gc.unfreeze()
    gc.enable()


class Cycle:
    """Garbage that only the collector frees."""

    freed = 0

    def __init__(self) -> None:
        self.me = self

    def __del__(self) -> None:
        Cycle.freed += 1


def test_nothing_is_collected_in_a_pause_and_all_of_it_after() -> None:
    before = Cycle.freed
    with paused():
        assert not gc.isenabled()
        Cycle()
        [[] for _ in range(100_000)]
        assert Cycle.freed == before
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0
    gc.collect()
    assert Cycle.freed == before + 1


def test_a_collector_that_was_off_stays_off() -> None:
    gc.disable()
    with paused():
        pass
    assert not gc.isenabled()


def test_a_pause_ends_with_an_error() -> None:
    with pytest.raises(ZeroDivisionError), paused():
        raise ZeroDivisionError
    assert gc.isenabled()


def test_only_what_is_new_is_looked_through() -> None:
    before = Cycle.freed
    Cycle()
    with old_left_alone():
        Cycle()
        gc.collect()
        assert Cycle.freed == before + 1
    gc.collect()
    assert Cycle.freed == before + 2


def test_blocks_that_overlap_between_threads_end_with_the_last() -> None:
    inside, leave = threading.Event(), threading.Event()

    def other() -> None:
        with old_left_alone():
            inside.set()
            leave.wait(10)

    thread = threading.Thread(target=other)
    with old_left_alone():
        thread.start()
        inside.wait(10)
    assert gc.get_freeze_count() > 0
    leave.set()
    thread.join()
    assert gc.get_freeze_count() == 0


def test_what_the_user_froze_stays_frozen() -> None:
    gc.freeze()
    frozen = gc.get_freeze_count()
    with old_left_alone():
        pass
    with paused():
        pass
    assert gc.get_freeze_count() == pytest.approx(frozen, abs=100)


def test_an_import_and_a_first_training_leave_the_collector_as_it_was() -> None:
    code = """if True:
        import gc
        counted = []
        gc.callbacks.append(lambda phase, info: counted.append(phase))
        import rcwidgets
        assert len(counted) < 40, counted  # those of what is imported before the pause
        rcwidgets.Playground
        assert len(counted) < 40, counted
        experiment = rcwidgets.Experiment(task="sines")
        assert experiment.wait() is not None
        assert gc.isenabled() and gc.get_freeze_count() == 0
    """
    subprocess.run([sys.executable, "-c", code], check=True)
