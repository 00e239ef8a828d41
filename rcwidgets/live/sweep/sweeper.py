"""The sweep of an experiment's document: models over a grid of settings, in a thread of its own, behind the experiment's own runs."""

import threading
from collections import deque
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace

import numpy as np

from rcwidgets.core.parts.engine import WorkersLostError
from rcwidgets.core.trainers.sweep.sweep import Sweep
from rcwidgets.live.sweep.plan import Plan
from rcwidgets.live.sweep.sweeping import SweepActivity, Sweeping
from rcwidgets.live.worker import Overtaken, Worker

LOOK = 0.02  # seconds between two looks at whether the experiment's own run is over
SAY_AFTER = 0.5  # seconds that a sweep waits before it says so
PACE = 10.0  # seconds of which the pace is told: workers come and go

STAYS = "are known, and stay in the map."
KEPT = "are kept: the same sweep computes only what is missing."


class Sweeper:
    """Runs one sweep at a time; a new one takes the place of the one that runs.

    `first(timeout)` tells whether nothing else of the experiment runs, after at most `timeout` seconds: a sweep waits for that between two
    stretches of its scan, but where an executor does the work. `tell` is called at all news. The sweep that came to an end last is kept
    when a new one fails or is stopped before it knows anything. `newest` is the one that runs or ran last; None before the first. `worker`
    is at work while one runs.
    """

    def __init__(self, first: Callable[[float], bool], tell: Callable[[], None], clock: Callable[[], float]) -> None:
        self._first, self._tell, self._clock = first, tell, clock
        self._lock = threading.Lock()
        self.worker: Worker[tuple[int, Plan]] = Worker(self._work)
        self.newest: Sweeping | None = None
        self._ended: Sweeping | None = None
        self._count = 0

    def start(self, plan: Plan) -> None:
        """Begins a sweep."""
        self.worker.check_open()
        with self._lock:
            self._count += 1
            self.newest = Sweeping(self._count, plan.document, plan.empty, store=plan.place.store)
            job = (self._count, plan)
        self.worker.submit(job)
        self._tell()

    def stop(self) -> None:
        """Gives the sweep up; what it knows stays."""
        if self.newest is not None:
            self._end(self.newest.number, "stopped")
        self.worker.cancel()

    def close(self, timeout: float) -> None:
        """Gives the sweep up and ends the thread; waits for it `timeout` seconds at most."""
        self.stop()
        self.worker.close(timeout)

    def _work(self, job: tuple[int, Plan]) -> None:
        number, plan = job
        try:
            self._run(number, plan)
        except Overtaken:
            self._end(number, "stopped")
        except WorkersLostError as error:
            rest = STAYS if plan.place.store is None else KEPT
            known = "" if self.newest is None else f" {self.newest.done:,} of {self.newest.total:,} models {rest}"
            self._end(number, "failed", f"{error.__cause__ or error}{known}")
        except (ValueError, FloatingPointError, MemoryError, OSError) as error:
            self._end(number, "failed", str(error))
        except Exception as error:  # the thread lives on, and the page says what happened
            self._end(number, "failed", f"The sweep failed: {type(error).__name__}: {error}")

    def _run(self, number: int, plan: Plan) -> None:
        began, waited, pace = self._clock(), 0.0, Pace()
        turn = threading.Lock()  # groups of lanes come here from threads of their own: one of them waits for all

        def checkpoint() -> None:
            if plan.place.executor is not None:
                self.worker.checkpoint()
                return
            with turn:
                await_turn()

        def heard(workers: int, notes: tuple[str, ...]) -> None:
            self._show(number, workers=workers, notes=notes)

        def await_turn() -> None:
            nonlocal waited
            self.worker.checkpoint()
            if self._first(0):
                return
            since, said = self._clock(), False
            while not self._first(LOOK):
                self.worker.checkpoint()
                if not said and self._clock() - since > SAY_AFTER:
                    said = True
                    self._show(number, activity="waiting")
            if said:
                self._show(number, activity="running")
            waited += self._clock() - since

        checkpoint()
        with closing(plan.parts(checkpoint=checkpoint, heard=heard)) as parts:
            for part in parts:
                self.worker.checkpoint()
                seconds = self._clock() - began - waited
                self._show(number, sweep=part, seconds=seconds, rate=pace.at(seconds, part))
        self._end(number, "done")

    def _show(self, number: int, **changes: object) -> None:
        with self._lock:
            if self.newest is None or self.newest.number != number or not self.newest.under_way:
                raise Overtaken
            self.newest = replace(self.newest, **changes)  # type: ignore[arg-type]
        self._tell()

    def _end(self, number: int, activity: SweepActivity, problem: str = "") -> None:
        with self._lock:
            newest = self.newest
            if newest is None or newest.number != number or not newest.under_way:
                return
            self.newest = replace(newest, activity=activity, problem=problem)
            if newest.done == 0:
                if self._ended is not None:
                    self.newest = replace(self._ended, activity=activity, problem=problem) if problem else self._ended
            else:
                self._ended = self.newest
        self._tell()


class Pace:
    """Models a second of the last seconds, without those that a store had."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque()

    def at(self, seconds: float, sweep: Sweep) -> float | None:
        """The pace when so much is known; None before the second result."""
        done = int(np.count_nonzero(~np.isnan(sweep.errors))) - sweep.stored
        if done:
            self._seen.append((seconds, done))
        while len(self._seen) > 2 and self._seen[1][0] < seconds - PACE:
            self._seen.popleft()
        if not self._seen or self._seen[0][1] == done or self._seen[0][0] == seconds:
            return None
        since, before = self._seen[0]
        return (done - before) / (seconds - since)
