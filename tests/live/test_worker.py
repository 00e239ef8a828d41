"""The worker: newest job only, given up between checkpoints, alive after each."""

import threading

import pytest

from rcwidgets.live.worker import Overtaken, Worker


class Recorder:
    """A job that checks in until it is let go, and writes down how it ended."""

    def __init__(self):
        self.started, self.go, self.ended = threading.Semaphore(0), threading.Event(), []
        self.worker = Worker(self.work)

    def work(self, job):
        self.started.release()
        try:
            while not self.go.wait(0.001):
                self.worker.checkpoint()
            self.ended.append(job)
        except Overtaken:
            self.ended.append(f"{job} overtaken")


@pytest.fixture
def recorder():
    made = Recorder()
    yield made
    made.go.set()
    made.worker.close(5)


def test_a_newer_job_overtakes_the_running_one_and_the_waiting_one(recorder):
    recorder.worker.submit("first")
    assert recorder.started.acquire(timeout=5)
    recorder.worker.submit("second", overtake=False)
    recorder.worker.submit("third")
    assert recorder.started.acquire(timeout=5)
    recorder.go.set()
    assert recorder.worker.wait(5)
    assert recorder.ended == ["first overtaken", "third"]


def test_a_patient_job_lets_the_running_one_end(recorder):
    recorder.worker.submit("first")
    assert recorder.started.acquire(timeout=5)
    recorder.worker.submit("second", overtake=False)
    recorder.go.set()
    assert recorder.worker.wait(5)
    assert recorder.ended == ["first", "second"]


def test_cancel_drops_what_runs_and_what_waits(recorder):
    recorder.worker.submit("first")
    assert recorder.started.acquire(timeout=5)
    recorder.worker.submit("second", overtake=False)
    recorder.worker.cancel()
    assert recorder.worker.wait(5)
    assert recorder.ended == ["first overtaken"]


def test_close_ends_the_thread(recorder):
    recorder.worker.submit("first")
    assert recorder.started.acquire(timeout=5)
    recorder.worker.close(5)
    assert "rcwidgets-worker" not in [thread.name for thread in threading.enumerate()]
    with pytest.raises(RuntimeError, match="The experiment is closed"):
        recorder.worker.submit("second")


def test_wait_gives_up_after_its_timeout(recorder):
    recorder.worker.submit("first")
    assert not recorder.worker.wait(0.01)


def test_a_job_that_fails_does_not_end_the_thread(recorder, caplog):
    recorder.worker._work = lambda job: {}[job]
    recorder.worker.submit("broken")
    assert recorder.worker.wait(5) and "A job failed." in caplog.messages
    recorder.worker._work = recorder.work
    recorder.go.set()
    recorder.worker.submit("next")
    assert recorder.worker.wait(5) and recorder.ended == ["next"]


def test_a_job_that_lingers_goes_on_when_what_it_waits_for_has_come():
    there, lingered = threading.Event(), []

    def work(job):
        worker.linger(60, there.is_set)
        lingered.append(there.is_set())

    worker = Worker(work)
    worker.submit(1)
    assert not worker.wait(0.1)
    there.set()
    worker.rouse()
    assert worker.wait(10) and lingered == [True]
    worker.close()
