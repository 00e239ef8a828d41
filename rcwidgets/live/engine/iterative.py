"""Trainings that go on step by step in the worker's thread, until they end or are held."""

from typing import Any

from rcwidgets.core.document.document import Document
from rcwidgets.core.trainers.online.settings import LMSSettings
from rcwidgets.core.trainers.settings import AbstractTrainerSettings
from rcwidgets.live.engine.closed_form import AbstractAnswers
from rcwidgets.live.engine.job import Job
from rcwidgets.live.results.words import duration, pace
from rcwidgets.live.session.document_key import fixed_key
from rcwidgets.live.stages.prepared import Prepared
from rcwidgets.live.trainings.base import AbstractTraining
from rcwidgets.live.trainings.epochs import EpochTraining
from rcwidgets.live.trainings.gradient import GradientTraining
from rcwidgets.live.trainings.online import OnlineTraining
from rcwidgets.live.worker import Overtaken

SAY_EVERY = 0.05  # seconds between two words on how far a training is
SHOW_EVERY = 0.25  # seconds between two looks at a training that goes on
TRAININGS: dict[str, type[AbstractTraining]] = {
    "RLS": OnlineTraining,
    "FORCELearning": OnlineTraining,
    "LMS": OnlineTraining,
    "BPTT": GradientTraining,
}


def training_of(settings: AbstractTrainerSettings) -> type[AbstractTraining]:
    """The training that these settings ask for."""
    return EpochTraining if isinstance(settings, LMSSettings) and settings.in_epochs else TRAININGS[settings.kind]


class AbstractTeaching(AbstractAnswers):
    """Advances a training by stretches, hands it the knobs that were turned meanwhile, and shows it now and then."""

    def __init__(self, *words: Any, **more: Any) -> None:
        super().__init__(*words, **more)
        self._training_key = ""
        self._turned = self.document  # what the training has taken up

    @property
    def _taught(self) -> Document:
        return self._turned

    @property
    def _current(self) -> bool:
        """Also while a training goes on that takes up the knobs that are turned."""
        taught = self._training is not None and self._training is self._shown_training
        return super()._current or (taught and fixed_key(self.document) == self._training_key)

    def _train(self, job: Job) -> None:
        """Trains a document whose trainer learns step by step; where that is overtaken, it is held."""
        try:
            self._report("running", 0.0)
            self._teach(job)
        except Overtaken:
            if not self._worker.closed:  # nobody is there to see what it has learned
                self._held(job)

    def _teach(self, job: Job) -> None:
        """Goes on with the training, or starts one, until it ends or is held; shows it now and then."""
        training = self._training_of(job)
        shown = began = self._clock()
        before, said, turned = training.done, -SAY_EVERY, None
        while not training.finished:
            self._worker.checkpoint()
            with self._lock:
                document, revision = self.document, self._revision
                if self._training is not training:
                    raise Overtaken
            if document is not turned:
                training.turn(document)
                self._turned = turned = document
            training.advance()
            now = self._clock()
            if job.single:
                break
            if before == 0 and training.done and shown == began:  # the first stretch compiles: it tells nothing of the pace
                before, began = training.done, now
            if now - said > SAY_EVERY:
                said = now
                share, words = training.share, pace(training, before, now - began)
                with self._lock:
                    if not self._worker.given_up:
                        self._publish(activity="running", progress=share, message="training", pace=words, revision=revision)
            if now - shown > SHOW_EVERY and not (training.finished or self._worker.given_up):
                self._show(job, training.results(revision, self._worker.checkpoint), "")
                shown = self._clock()
        if training.finished:
            results = training.results(self._revision, self._worker.checkpoint)
            words = f"{training.done:,} {training.unit}s in {duration(self._clock() - self._began)}{training.outcome}"
            self._show(job, results, words)
            with self._lock:
                self._training = None
                change = self._change()
            self._keep(self._turned, change, None)
            self._rest(revision=results.revision, message=words)
        else:
            self._held(job)

    def _training_of(self, job: Job) -> AbstractTraining:
        """The training that is held, where nothing but live knobs has changed since, or a new one."""
        key = fixed_key(job.document)
        with self._lock:
            training = self._training if self._training_key == key else None
        if training is None:
            self._report("compiling", None, "compiling")
            training = training_of(job.document.trainer)(Prepared(self._stages, job.document))
            with self._lock:
                self._worker.checkpoint()
                self._training, self._training_key = training, key
        return training

    def _held(self, job: Job) -> None:
        """A training was held: what it has learned so far is shown; without one, it was stopped."""
        training = self._training
        if training is None or training.done == 0:
            self._rest(message="stopped")
            return
        self._show(job, training.results(self._revision), "")
        self._keep(self._turned, self._change(), None)
        with self._lock:
            self._publish(
                activity="paused",
                progress=training.share,
                message=f"held after {training.count}",
            )
