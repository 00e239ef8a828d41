"""One daemon thread that does the newest job and gives up those that were overtaken."""

import logging
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from rcwidgets.live import threads

Item = TypeVar("Item")
_log = logging.getLogger(__name__)
IDLE = 10.0  # seconds after which a thread without a job ends, so that it does not keep what it works for alive


class Overtaken(Exception):
    """Raised inside a job at a checkpoint when its result is not wanted any more."""


class Worker(Generic[Item]):
    """Holds at most one waiting job: a newer one takes its place.

    `work(job)` runs in the thread; it calls `checkpoint()` now and then, which raises `Overtaken` once `cancel()` was called or the
    worker was closed. The thread starts with the first job, and again with the first one after a rest.
    """

    def __init__(self, work: Callable[[Item], None]) -> None:
        self._work = work
        self._news = threading.Condition()
        self._waiting: Item | None = None
        self._busy = False
        self._cancelled = False
        self._closed = False
        self._thread: threading.Thread | None = None

    def submit(self, job: Item, *, overtake: bool = True) -> None:
        """Puts a job in the place of the waiting one; `overtake` also gives up the one that runs."""
        with self._news:
            self.check_open()
            self._waiting = job
            self._cancelled = self._cancelled or (overtake and self._busy)
            if self._thread is None:
                self._thread = threads.start(self._loop, "rcwidgets-worker", self.end)
                self._closed = self._thread is None
                self._waiting = None if self._closed else job
            self._news.notify_all()

    def cancel(self) -> None:
        """Gives up the job that runs and the one that waits."""
        with self._news:
            self._waiting = None
            self._cancelled = self._busy
            self._news.notify_all()

    def check_open(self) -> None:
        """Raises a RuntimeError after `close`."""
        if self._closed:
            raise RuntimeError("The experiment is closed. Make a new one.")

    def checkpoint(self) -> None:
        """Called by the job: raises `Overtaken` where its result is not wanted any more."""
        if self.given_up:
            raise Overtaken

    @property
    def given_up(self) -> bool:
        """True where the result of the job that runs is not wanted any more."""
        return self._cancelled or self._closed

    @property
    def closed(self) -> bool:
        """True where nobody is there any more who would see a result."""
        return self._closed

    @property
    def busy(self) -> bool:
        """True while a job runs."""
        return self._busy

    @property
    def waiting(self) -> bool:
        """True while a newer job waits for the running one."""
        return self._waiting is not None

    @property
    def next(self) -> Item | None:
        """The job that waits."""
        return self._waiting

    def linger(self, seconds: float, until: Callable[[], bool] = lambda: False) -> None:
        """Called by the job: rests so long, or `until` something (see `rouse`), it is given up, or a newer job waits."""
        with self._news:
            self._news.wait_for(lambda: self.given_up or self._waiting is not None or until(), seconds)

    def rouse(self) -> None:
        """Has a job that lingers look at what it waits for."""
        with self._news:
            self._news.notify_all()

    def take(self, wanted: Callable[[Item], bool]) -> Item | None:
        """The waiting job, for the running one to do beside its own, where it is `wanted`."""
        with self._news:
            job = self._waiting
            if job is None or self._cancelled or not wanted(job):
                return None
            self._waiting = None
            return job

    def wait(self, timeout: float | None = None) -> bool:
        """True when no job runs or waits; False when that took longer than `timeout` seconds."""
        with self._news:
            return self._news.wait_for(lambda: not self._busy and self._waiting is None, timeout)

    def end(self) -> None:
        """Ends the thread at its next checkpoint."""
        with self._news:
            self._closed = True
            self._waiting = None
            self._news.notify_all()

    def close(self, timeout: float | None = None) -> None:
        """Ends the thread at its next checkpoint and waits for it, unless it is the caller."""
        self.end()
        thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join(timeout)

    def _loop(self) -> None:
        while True:
            with self._news:
                self._news.wait_for(lambda: self._closed or self._waiting is not None, IDLE)
                if self._closed or self._waiting is None:
                    self._thread = None
                    return
                job, self._waiting = self._waiting, None
                self._busy, self._cancelled = True, False
            try:
                self._work(job)
            except Exception:  # the thread lives on: without it every later job would wait for ever
                _log.exception("A job failed.")
            finally:
                with self._news:
                    self._busy = False
                    self._news.notify_all()
