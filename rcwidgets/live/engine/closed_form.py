"""Answers to a hand that turns a knob of a model which trains in one go: the newest position, and those ahead of it."""

from collections.abc import Hashable
from dataclasses import replace
from itertools import islice
from typing import Any

from rcwidgets.core.document.document import Document
from rcwidgets.live.engine.desk import AbstractDesk
from rcwidgets.live.engine.job import Job
from rcwidgets.live.engine.next_positions import Ahead
from rcwidgets.live.stages.prepared import Prepared
from rcwidgets.live.worker import Overtaken

PATH_EVERY = 0.3  # seconds after which the path is drawn although a newer change waits
BREATH = 0.04  # seconds in which the page draws an answer, before the next is computed
LONGEST_BREATH = 0.15  # where the page says that it is still drawing
QUICK = 0.25  # seconds that an answer may take where the next ones are computed ahead: the hand may wait for all of them


class Turned(Exception):
    """Raised while the next positions are computed, when the hand went elsewhere."""


class AbstractAnswers(AbstractDesk):
    """Computes the stages of ridge regression; of a knob that is dragged steadily, the next positions too."""

    def __init__(self, *words: Any, **more: Any) -> None:
        super().__init__(*words, **more)
        self._path_drawn = -PATH_EVERY
        self._ahead = Ahead()
        self._reaching = False
        self._page_draws = False

    def page_draws(self, draws: bool) -> None:
        """A page begins to draw the newest results, or has done so: until then it has the cores."""
        if self._page_draws != draws:
            self._page_draws = draws
            self._worker.rouse()

    def _answer(self, job: Job) -> None:
        """Trains a document whose trainer does that in one go, and shows what it finds."""
        try:
            self._report("running", 0.0)
            known = self._ahead.take(job.key)
            if known is not None:
                self._found(job, replace(known, revision=job.revision))
                self._breathe()
                job = self._reach(job)
            if known is None or not self._worker.waiting:
                job = self._run_through(job, first=known is None)
            if not self._worker.waiting:
                self._keep(job.document, job.change, job.gesture)
            with self._lock:
                words = self._stopped_words() or self._trained_words()
                self._rest(revision=self._revision if self._still(job) else job.revision, **words)
        except Overtaken:
            if self._shown is job and not self._worker.waiting:  # stopped after its forecast
                self._keep(job.document, job.change, job.gesture)
            self._rest(**self._stopped_words())

    def _run_through(self, job: Job, first: bool) -> Job:
        """Shows what the stages give, one after the other, as long as nothing newer waits, or the path has not been drawn for long.

        Returns the job that was answered last: a knob that is dragged on is answered ahead, in between.
        """
        for results in self._stages.compute(job.document, job.revision, self._worker.checkpoint, self._report):
            self._found(job, results)
            if results.path is None:
                self._breathe()
            if results.path is not None:
                self._path_drawn = self._clock()
            elif first and self._clock() - self._began < QUICK and (latest := self._reach(job)) is not job:
                return latest if self._worker.waiting else self._run_through(latest, first=False)
            if self._worker.waiting and self._clock() - self._path_drawn < PATH_EVERY:
                break
        return job

    def _breathe(self) -> None:
        """Leaves the cores to the page, where there is one, which draws what was found."""
        if self._listeners:
            self._worker.linger(BREATH)
            self._worker.linger(LONGEST_BREATH - BREATH, lambda: not self._page_draws)

    def _reach(self, job: Job) -> Job:
        """Computes the next positions of a knob that is dragged, and answers the hand as it gets there, until it is elsewhere or rests.

        Not where the hand is faster than one answer: it would wait for positions that it has passed. Returns the job answered last.
        """
        latest = job

        def meanwhile() -> None:
            nonlocal latest
            taken = self._worker.take(lambda waiting: waiting.key in self._ahead)
            known = None if taken is None else self._ahead.take(taken.key)
            if taken is not None and known is not None:
                latest, self._began = taken, self._clock()
                self._found(taken, replace(known, revision=taken.revision))

        def passed(places: dict[Hashable, Document]) -> bool:
            """Whether the hand is elsewhere than at a known position or at one of `places`."""
            waiting = self._worker.next
            return waiting is not None and waiting.key not in self._ahead and waiting.key not in places

        def checkpoint() -> None:
            self._worker.checkpoint()
            if passed(places):
                raise Turned

        self._reaching = True
        try:
            while places := self._ahead.plan(latest.document, latest.gesture, self._key):
                if passed(dict(islice(places.items(), 1))):
                    break
                runs = {key: Prepared(self._stages, place) for key, place in places.items()}
                checkpoint()
                if not self._ahead.compute(runs, checkpoint, meanwhile):
                    break
                meanwhile()
        except (Turned, ValueError):  # what cannot be run says so when the hand is there
            return latest
        finally:
            self._reaching = False
        return latest
