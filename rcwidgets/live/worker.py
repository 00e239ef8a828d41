"""One daemon thread that does the newest job and gives up those that were overtaken; and how threads are started.

The threads of this package end before the interpreter does: one that comes back from XLA after that kills the process.

At its end Python first joins the threads that are not daemons, then calls what `atexit` knows, and then finalises. By the time of `atexit`
the pools of `concurrent.futures` take no work any more, so that a job under way would fail. `threading._register_atexit`, which those
pools use themselves, comes before all of that, newest first: it is private, and there is no public way that comes as early.
"""

import concurrent.futures.thread  # noqa: F401  # registers the end of the pools, which has to come after ours
import logging
import threading
from collections.abc import Callable
from contextlib import nullcontext
from threading import _register_atexit  # type: ignore[attr-defined]  # see above
from typing import Generic, TypeVar

from rcwidgets.core.collector import old_left_alone

Item = TypeVar("Item")
_log = logging.getLogger(__name__)
IDLE = 10.0  # seconds after which a thread without a job ends, so that it does not keep what it works for alive
_lock = threading.Lock()
_living: dict[threading.Thread, Callable[[], None]] = {}
_over = False


def start(run: Callable[[], None], name: str, end: Callable[[], None]) -> threading.Thread | None:
    """Starts a daemon thread; when the interpreter is about to end, `end()` tells it to end too, and it is waited for.

    `end` returns at once, and may be called more than once. A thread ends after the stretch or the compile that it is in. Once the
    interpreter ends no thread starts any more, and this returns None.
    """

    def body() -> None:
        try:
            run()
        finally:
            with _lock:
                _living.pop(thread, None)

    thread = threading.Thread(target=body, name=name, daemon=True)
    with _lock:
        if _over:
            return None
        _living[thread] = end
        thread.start()
    return thread


def _end_all() -> None:
    """Tells every thread to end, and waits for it; also through an interrupt, since nothing can break a compile."""
    global _over
    with _lock:
        _over = True
        living = dict(_living)
    for end in living.values():
        end()
    for thread in living:
        while thread.is_alive():
            try:
                thread.join()
            except KeyboardInterrupt:
                continue


_register_atexit(_end_all)


class Overtaken(Exception):
    """Raised inside a job at a checkpoint when its result is not wanted any more."""


class Worker(Generic[Item]):
    """Holds at most one waiting job: a newer one takes its place.

    `work(job)` runs in the thread; it calls `checkpoint()` now and then, which raises `Overtaken` once `cancel()` was called or the
    worker was closed. The thread starts with the first job, and again with the first one after a rest. `next` is the job that waits,
    `busy` is True while one runs, and `closed` where nobody is there any more who would see a result.
    """

    def __init__(self, work: Callable[[Item], None]) -> None:
        self._work = work
        self._news = threading.Condition()
        self.next: Item | None = None
        self.busy = False
        self._cancelled = False
        self.closed = False
        self._compiled = False  # whether the first job is over, in which most of what the others call is compiled
        self._thread: threading.Thread | None = None

    def submit(self, job: Item, *, overtake: bool = True) -> None:
        """Puts a job in the place of the waiting one; `overtake` also gives up the one that runs."""
        with self._news:
            self.check_open()
            self.next = job
            self._cancelled = self._cancelled or (overtake and self.busy)
            if self._thread is None:
                self._thread = start(self._loop, "rcwidgets-worker", self.end)
                self.closed = self._thread is None
                self.next = None if self.closed else job
            self._news.notify_all()

    def cancel(self) -> None:
        """Gives up the job that runs and the one that waits."""
        with self._news:
            self.next = None
            self._cancelled = self.busy
            self._news.notify_all()

    def check_open(self) -> None:
        """Raises a RuntimeError after `close`."""
        if self.closed:
            raise RuntimeError("The experiment is closed. Make a new one.")

    def checkpoint(self) -> None:
        """Called by the job: raises `Overtaken` where its result is not wanted any more."""
        if self.given_up:
            raise Overtaken

    @property
    def given_up(self) -> bool:
        """True where the result of the job that runs is not wanted any more."""
        return self._cancelled or self.closed

    @property
    def waiting(self) -> bool:
        """True while a newer job waits for the running one."""
        return self.next is not None

    def linger(self, seconds: float, until: Callable[[], bool] = lambda: False) -> None:
        """Called by the job: rests so long, or `until` something (see `rouse`), it is given up, or a newer job waits."""
        with self._news:
            self._news.wait_for(lambda: self.given_up or self.next is not None or until(), seconds)

    def rouse(self) -> None:
        """Has a job that lingers look at what it waits for."""
        with self._news:
            self._news.notify_all()

    def take(self, wanted: Callable[[Item], bool]) -> Item | None:
        """The waiting job, for the running one to do beside its own, where it is `wanted`."""
        with self._news:
            job = self.next
            if job is None or self._cancelled or not wanted(job):
                return None
            self.next = None
            return job

    def wait(self, timeout: float | None = None) -> bool:
        """True when no job runs or waits; False when that took longer than `timeout` seconds."""
        with self._news:
            return self._news.wait_for(lambda: not self.busy and self.next is None, timeout)

    def end(self) -> None:
        """Ends the thread at its next checkpoint."""
        with self._news:
            self.closed = True
            self.next = None
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
                self._news.wait_for(lambda: self.closed or self.next is not None, IDLE)
                if self.closed or self.next is None:
                    self._thread = None
                    return
                job, self.next = self.next, None
                self.busy, self._cancelled = True, False
            try:
                with nullcontext() if self._compiled else old_left_alone():
                    self._work(job)
            except Exception:  # the thread lives on: without it every later job would wait for ever
                _log.exception("A job failed.")
            finally:
                self._compiled = True
                with self._news:
                    self.busy = False
                    self._news.notify_all()
