"""The sweep of an experiment's document: models over a grid of settings, in a thread of its own, behind the experiment's own runs."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

import numpy as np

from rcwidgets.core.document.document import Document
from rcwidgets.core.trainers.sweep.sweep import Sweep
from rcwidgets.live.sweep.plan import Plan
from rcwidgets.live.worker import Overtaken, Worker

LOOK = 0.02  # seconds between two looks at whether the experiment's own run is over
SAY_AFTER = 0.5  # seconds that a sweep waits before it says so
SweepActivity = Literal["running", "waiting", "done", "stopped", "failed"]


@dataclass(frozen=True, eq=False, repr=False)
class Sweeping:
    """A sweep of `document` and how far it is.

    `sweep` has the held-out errors that are known so far, NaN for the others, and at the end the test errors of the best setting.
    `seconds` are those of work, without those that it waited for the experiment's own runs; `rate` is models a second since the first
    result, which had to compile (None before the second). `problem` says why the last sweep failed, where `activity` is "failed"; `sweep`
    is then an earlier one, if there is one.
    """

    number: int
    document: Document
    sweep: Sweep
    activity: SweepActivity = "running"
    seconds: float = 0.0
    rate: float | None = None
    problem: str = ""

    @property
    def total(self) -> int:
        """How many models there are: settings times seeds."""
        return self.sweep.errors.size

    @property
    def done(self) -> int:
        """How many models are trained and measured on the held-out rows."""
        return int(np.count_nonzero(~np.isnan(self.sweep.errors)))

    @property
    def left(self) -> float | None:
        """Seconds until the last model, where the pace is known."""
        return None if not self.rate else (self.total - self.done) / self.rate

    @property
    def under_way(self) -> bool:
        """True until the sweep has come to an end."""
        return self.activity in ("running", "waiting")

    @property
    def medians(self) -> np.ndarray:
        """The median held-out error over the seeds that are known, with one axis for each knob; NaN where none is."""
        ordered = np.sort(self.sweep.errors, axis=-1)  # NaN last
        count = np.count_nonzero(~np.isnan(ordered), axis=-1)
        low, high = np.maximum(count - 1, 0) // 2, np.minimum(count // 2, ordered.shape[-1] - 1)
        both = [np.take_along_axis(ordered, place[..., None], -1)[..., 0] for place in (low, high)]
        middle: np.ndarray = (both[0] + both[1]) / 2
        return middle

    @property
    def best_place(self) -> int | None:
        """The place, in the flat grid, of the least finite median; None where there is none."""
        medians = np.where(np.isfinite(self.medians), self.medians, np.inf).reshape(-1)
        return int(np.argmin(medians)) if np.isfinite(medians).any() else None

    @property
    def best(self) -> dict[str, float]:
        """The setting of the least finite median so far."""
        if self.best_place is None:
            raise ValueError("The sweep knows no setting that did not diverge, so none is best. Let it run on, or sweep another range.")
        return self.setting(self.best_place)

    @property
    def tested(self) -> bool:
        """True once the best setting is tested, for all seeds."""
        return not bool(np.isnan(self.sweep.test_errors).any())

    def __repr__(self) -> str:
        return f"Sweeping({self.activity}, {self.done} of {self.total} models, {self.sweep!r})"

    def setting(self, place: int) -> dict[str, float]:
        """The knobs of one place of the flat grid, by name."""
        shape = self.sweep.errors.shape[:-1]
        if isinstance(place, bool) or not isinstance(place, int) or not 0 <= place < np.prod(shape):
            raise ValueError(f"The sweep has settings 0 to {np.prod(shape) - 1}, got {place!r}.")
        places = np.unravel_index(place, shape)
        return {name: float(values[k]) for k, (name, values) in zip(places, self.sweep.knobs.items(), strict=True)}


class SweepJob(NamedTuple):
    """A plan, and the number of its sweep."""

    plan: Plan
    number: int


class Sweeper:
    """Runs one sweep at a time; a new one takes the place of the one that runs.

    `first(timeout)` tells whether nothing else of the experiment runs, after at most `timeout` seconds: a sweep waits for that between two
    stretches of its scan. `tell` is called at all news. The sweep that came to an end last is kept when a new one fails or is stopped
    before it knows anything.
    """

    def __init__(self, first: Callable[[float], bool], tell: Callable[[], None], clock: Callable[[], float]) -> None:
        self._first, self._tell, self._clock = first, tell, clock
        self._lock = threading.Lock()
        self._worker: Worker[SweepJob] = Worker(self._work)
        self._newest: Sweeping | None = None
        self._ended: Sweeping | None = None
        self._count = 0

    @property
    def newest(self) -> Sweeping | None:
        """The sweep that runs or ran last; None before the first."""
        return self._newest

    def start(self, plan: Plan) -> None:
        """Begins a sweep."""
        self._worker.check_open()
        with self._lock:
            self._count += 1
            self._newest = Sweeping(self._count, plan.document, plan.start())
            job = SweepJob(plan, self._count)
        self._worker.submit(job)
        self._tell()

    def stop(self) -> None:
        """Gives the sweep up; what it knows stays."""
        newest = self._newest
        if newest is not None:
            self._end(newest.number, "stopped")
        self._worker.cancel()

    def wait(self, timeout: float | None = None) -> bool:
        """True when no sweep runs; False after `timeout` seconds."""
        return self._worker.wait(timeout)

    def close(self, timeout: float) -> None:
        """Gives the sweep up and ends the thread; waits for it `timeout` seconds at most."""
        self.stop()
        self._worker.close(timeout)

    def _work(self, job: SweepJob) -> None:
        try:
            self._run(job)
        except Overtaken:
            self._end(job.number, "stopped")
        except (ValueError, FloatingPointError, MemoryError) as error:
            self._end(job.number, "failed", str(error))
        except Exception as error:  # the thread lives on, and the page says what happened
            self._end(job.number, "failed", f"The sweep failed: {type(error).__name__}: {error}")

    def _run(self, job: SweepJob) -> None:
        began, waited = self._clock(), 0.0
        first: tuple[int, float] | None = None  # models and seconds at the first result
        turn = threading.Lock()  # groups of lanes come here from threads of their own: one of them waits for all

        def checkpoint() -> None:
            with turn:
                await_turn()

        def await_turn() -> None:
            nonlocal waited
            self._worker.checkpoint()
            if self._first(0):
                return
            since, said = self._clock(), False
            while not self._first(LOOK):
                self._worker.checkpoint()
                if not said and self._clock() - since > SAY_AFTER:
                    said = True
                    self._show(job, activity="waiting")
            if said:
                self._show(job, activity="running")
            waited += self._clock() - since

        checkpoint()
        for part in job.plan.parts(checkpoint):
            self._worker.checkpoint()
            seconds, done = self._clock() - began - waited, int(np.count_nonzero(~np.isnan(part.errors)))
            first = first or (done, seconds)
            rate = (done - first[0]) / (seconds - first[1]) if done > first[0] and seconds > first[1] else None
            self._show(job, sweep=part, seconds=seconds, rate=rate)
        self._end(job.number, "done")

    def _show(self, job: SweepJob, **changes: object) -> None:
        with self._lock:
            if self._newest is None or self._newest.number != job.number or not self._newest.under_way:
                raise Overtaken
            self._newest = replace(self._newest, **changes)  # type: ignore[arg-type]
        self._tell()

    def _end(self, number: int, activity: SweepActivity, problem: str = "") -> None:
        with self._lock:
            newest = self._newest
            if newest is None or newest.number != number or not newest.under_way:
                return
            self._newest = replace(newest, activity=activity, problem=problem)
            if activity == "failed" or newest.done == 0:
                if self._ended is not None:
                    self._newest = replace(self._ended, activity=activity, problem=problem) if problem else self._ended
            else:
                self._ended = self._newest
        self._tell()
