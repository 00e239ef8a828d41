"""A trainer that trains in one go: at each change, the newest position of the hand, and of a knob that is dragged those ahead of it."""

from collections.abc import Hashable
from dataclasses import replace
from itertools import islice

from rcwidgets.core.document.document import Document
from rcwidgets.live.engine.display import Display
from rcwidgets.live.engine.jobs import Jobs, TrainingJob
from rcwidgets.live.engine.next_positions import NextPositions
from rcwidgets.live.results.results import Results
from rcwidgets.live.results.words import duration, outcome_of
from rcwidgets.live.session.session import Session
from rcwidgets.live.stages.prepared import Prepared
from rcwidgets.live.worker import Overtaken

PATH_EVERY = 0.3  # seconds after which the path is drawn although a newer change waits
BREATH = 0.04  # seconds in which the page draws an answer, before the next is computed
LONGEST_BREATH = 0.15  # where the page says that it is still drawing
QUICK = 0.25  # seconds that an answer may take where the next ones are computed ahead: the hand may wait for all of them


class Turned(Exception):
    """Raised while the next positions are computed, when the hand went elsewhere."""


class ClosedForm:
    """Computes the stages of ridge regression; of a knob that is dragged steadily, the next positions too.

    `page_draws` is True while a page draws the newest results: until it has done so it has the cores.
    """

    def __init__(self, session: Session, display: Display, jobs: Jobs) -> None:
        self.session, self.display, self.jobs = session, display, jobs
        self.next_positions = NextPositions()
        self.page_draws = False
        self._worker = jobs.worker
        self._path_drawn = -PATH_EVERY
        self._reaching = False
        self._shown: TrainingJob | None = None

    def start(self) -> None:
        if self.display.status.auto:
            self.jobs.submit("Start")

    def changed(self, label: str, gesture: str | None) -> None:
        same_hand, display = self.jobs.turned_by(gesture), self.display
        if display.status.auto:
            known = self.session.key(self.session.document) in self.next_positions and not self._reaching  # its answer costs nothing
            self.jobs.submit(label, overtake=not same_hand or known)
        elif display.results is not None and not (display.due or display.current):
            display.await_run("paused")

    def run(self) -> None:
        self.jobs.again()
        self.jobs.submit("Run")

    def pause(self) -> None:
        self._set_auto(False)

    def resume(self) -> None:
        self._set_auto(True)
        self.jobs.go_on()
        self.jobs.submit("Resume")

    def _set_auto(self, auto: bool) -> None:
        at_rest = self.display.status.activity in ("idle", "paused")
        self.display.publish(auto=auto, **({"activity": "idle" if auto else "paused"} if at_rest else {}))

    def stop(self) -> None:
        self.jobs.stop()

    def step(self) -> None:
        raise ValueError(f"{self.session.document.trainer.label} trains in one go. Run it.")

    def reset(self) -> None:
        raise ValueError(f"{self.session.document.trainer.label} trains anew at each change. There is nothing to reset.")

    def leave(self) -> None:
        """Nothing goes on that could not be left: the next job takes its place."""

    def work(self, job: TrainingJob) -> None:
        """Trains a document, and shows what it finds."""
        try:
            self.jobs.report("running", 0.0)
            known = self.next_positions.take(job.key)
            if known is not None:
                self._found(job, replace(known, revision=job.revision))
                self._breathe()
                job = self._reach(job)
            if known is None or not self._worker.waiting:
                job = self._run_through(job, first=known is None)
            if not self._worker.waiting:
                self.display.keep(job.document, job.change, job.gesture)
            with self.session.lock:
                words, results = self.jobs.stopped_words(), self.display.results
                if not words and results is not None:
                    words = {"message": f"trained in {duration(results.seconds)}", "outcome": outcome_of(results)}
                self.display.rest(revision=self.session.revision if self._still(job) else job.revision, **words)
        except Overtaken:
            if self._shown is job and not self._worker.waiting:  # stopped after its forecast
                self.display.keep(job.document, job.change, job.gesture)
            with self.session.lock:
                self.display.rest(**self.jobs.stopped_words())

    def _run_through(self, job: TrainingJob, first: bool) -> TrainingJob:
        """Shows what the stages give, one after the other, as long as nothing newer waits, or the path has not been drawn for long.

        Returns the job that was answered last: a knob that is dragged on is answered ahead, in between.
        """
        for results in self.jobs.stages.compute(job.document, job.revision, self._worker.checkpoint, self.jobs.report):
            self._found(job, results)
            if results.path is None:
                self._breathe()
            if results.path is not None:
                self._path_drawn = self.jobs.clock()
            elif first and self.jobs.clock() - self.jobs.began < QUICK and (latest := self._reach(job)) is not job:
                return latest if self._worker.waiting else self._run_through(latest, first=False)
            if self._worker.waiting and self.jobs.clock() - self._path_drawn < PATH_EVERY:
                break
        return job

    def _breathe(self) -> None:
        """Leaves the cores to the page, where there is one, which draws what was found."""
        if self.session.events.listeners:
            self._worker.linger(BREATH)
            self._worker.linger(LONGEST_BREATH - BREATH, lambda: not self.page_draws)

    def _reach(self, job: TrainingJob) -> TrainingJob:
        """Computes the next positions of a knob that is dragged, and answers the hand as it gets there, until it is elsewhere or rests.

        Not where the hand is faster than one answer: it would wait for positions that it has passed. Returns the job answered last.
        """
        latest = job

        def meanwhile() -> None:
            nonlocal latest
            taken = self._worker.take(lambda waiting: waiting.key in self.next_positions)
            known = None if taken is None else self.next_positions.take(taken.key)
            if taken is not None and known is not None:
                latest, self.jobs.began = taken, self.jobs.clock()
                self._found(taken, replace(known, revision=taken.revision))

        def passed(places: dict[Hashable, Document]) -> bool:
            """Whether the hand is elsewhere than at a known position or at one of `places`."""
            waiting = self._worker.next
            return waiting is not None and waiting.key not in self.next_positions and waiting.key not in places

        def checkpoint() -> None:
            self._worker.checkpoint()
            if passed(places):
                raise Turned

        self._reaching = True
        try:
            while places := self.next_positions.plan(latest.document, latest.gesture, self.session.key):
                if passed(dict(islice(places.items(), 1))):
                    break
                runs = {key: Prepared(self.jobs.stages, place) for key, place in places.items()}
                checkpoint()
                if not self.next_positions.compute(runs, checkpoint, meanwhile):
                    break
                meanwhile()
        except (Turned, ValueError):  # what cannot be run says so when the hand is there
            return latest
        finally:
            self._reaching = False
        return latest

    def _still(self, job: TrainingJob) -> bool:
        """True where the document has not changed since the job in anything that the results depend on."""
        return self.session.key(self.session.document) == job.key

    def _found(self, job: TrainingJob, results: Results) -> None:
        """Shows the results of a job; the first ones enter the trail and tell the time, those with the path come later."""
        with self.session.lock:
            self._worker.checkpoint()
            last, label = self.display.results, None
            if last is None or job is not self._shown:
                label = job.words if last is None or last.revision != results.revision else None
                self._shown = job
                results = replace(results, seconds=self.jobs.clock() - self.jobs.began)
            else:
                results = replace(results, seconds=last.seconds)
            seen = self.session.document if self._still(job) else job.document
            words = f"trained in {duration(results.seconds)}"
            self.display.show(self.display.path_of_last(results), job.document, seen, words, label)
        self.session.events.tell("results")
