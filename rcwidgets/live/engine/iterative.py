"""Trainers that learn step by step, when they are told to: their trainings go on in the worker's thread until they end or are held."""

from dataclasses import replace

from rcwidgets.core.trainers.base import AbstractTrainerSettings
from rcwidgets.core.trainers.online.settings import LMSSettings
from rcwidgets.live.engine.display import READY, Display
from rcwidgets.live.engine.jobs import Jobs, TrainingJob
from rcwidgets.live.results.results import Results
from rcwidgets.live.results.words import duration
from rcwidgets.live.session.comparison import fixed_key
from rcwidgets.live.session.session import Session
from rcwidgets.live.stages.prepared import Prepared
from rcwidgets.live.trainings.base import AbstractTraining
from rcwidgets.live.trainings.epochs import EpochTraining
from rcwidgets.live.trainings.gradient import GradientTraining
from rcwidgets.live.trainings.online import OnlineTraining
from rcwidgets.live.worker import Overtaken

SAY_EVERY = 0.05  # seconds between two words on how far a training is
SHOW_EVERY = 0.25  # seconds between two looks at a training that goes on


def training_of(settings: AbstractTrainerSettings) -> type[AbstractTraining]:
    """The training that these settings ask for."""
    if isinstance(settings, LMSSettings) and settings.in_epochs:
        return EpochTraining
    return GradientTraining if settings.gradient else OnlineTraining


class Iterative:
    """Advances a training by stretches, hands it the knobs that were turned meanwhile, and shows it now and then.

    `training` goes on or is held; it takes up live knobs by itself, and one that a change made void ends. None where there is none.
    """

    def __init__(self, session: Session, display: Display, jobs: Jobs) -> None:
        self.session, self.display, self.jobs = session, display, jobs
        self.training: AbstractTraining | None = None
        self._worker = jobs.worker
        self._key = ""  # all that the training cannot take up
        self._turned = session.document  # what it has taken up

    def start(self) -> None:
        self.display.await_run()

    def changed(self, label: str, gesture: str | None) -> None:
        self.jobs.turned_by(gesture)
        session, display = self.session, self.display
        if self.training is not None and fixed_key(session.document) == self._key:
            display.publish(revision=session.revision, nodes=display.node_statuses(session.document), problems=())
            return
        self._worker.cancel()
        self.leave()
        self.jobs.asked = ""
        display.await_run()

    def run(self) -> None:
        if not self.jobs.under_way:
            self.jobs.again()
            self.jobs.submit("Run")

    def pause(self) -> None:
        self.jobs.give_up("holding")

    def resume(self) -> None:
        self.run()

    def stop(self) -> None:
        self.leave()
        self.jobs.stop()
        if self.display.status.activity == "paused":
            self.display.publish(activity="idle", progress=None, message="stopped")

    def step(self) -> None:
        if not self.jobs.under_way:
            self.jobs.submit_stretch("Step")

    def reset(self) -> None:
        self.leave()
        self.jobs.asked = ""
        self.display.forget_whose()
        self._worker.cancel()
        nodes = self.display.node_statuses(self.session.document, awaiting=True)
        self.display.publish(activity="idle", progress=None, message=READY, nodes=nodes)

    def leave(self) -> None:
        """Forgets the training: one that is under way ends after its stretch."""
        self.training, self.display.follows = None, ""

    def work(self, job: TrainingJob) -> None:
        try:
            self._train(job)
        except Exception:  # what is left of one that failed cannot go on: the next run starts anew
            with self.session.lock:
                self.leave()
            raise

    def _train(self, job: TrainingJob) -> None:
        """Goes on with a training, or starts one; where that is overtaken, it is held."""
        try:
            self.jobs.report("running", 0.0)
            self._advance(job)
        except Overtaken:
            if not self._worker.closed:  # nobody is there to see what it has learned
                self._hold(job)

    def _advance(self, job: TrainingJob) -> None:
        """Advances the training until it ends or is held; shows it now and then."""
        training = self._training_for(job)
        shown = began = self.jobs.clock()
        before, said, turned = training.done, -SAY_EVERY, None
        while not training.finished:
            self._worker.checkpoint()
            with self.session.lock:
                document, revision = self.session.document, self.session.revision
                if self.training is not training:
                    raise Overtaken
            if document is not turned:
                training.turn(document)
                self._turned = turned = document
            training.advance()
            now = self.jobs.clock()
            if job.single:
                break
            if before == 0 and training.done and shown == began:  # the first stretch compiles: it tells nothing of the pace
                before, began = training.done, now
            if now - said > SAY_EVERY:
                said = now
                share, words = training.share, training.pace(before, now - began)
                with self.session.lock:
                    if not self._worker.given_up:
                        self.display.publish(activity="running", progress=share, message="training", pace=words, revision=revision)
            if now - shown > SHOW_EVERY and not (training.finished or self._worker.given_up):
                self._show(job, training.results(revision, self._worker.checkpoint), "")
                shown = self.jobs.clock()
        if training.finished:
            results = training.results(self.session.revision, self._worker.checkpoint)
            words = f"{training.done:,} {training.unit}s in {duration(self.jobs.clock() - self.jobs.began)}{training.outcome}"
            self._show(job, results, words)
            with self.session.lock:
                self.leave()
                change = self.session.change
            self.display.keep(self._turned, change, None)
            with self.session.lock:
                self.display.rest(revision=results.revision, message=words)
        else:
            self._hold(job)

    def _training_for(self, job: TrainingJob) -> AbstractTraining:
        """The training that is held, where nothing but live knobs has changed since, or a new one."""
        key = fixed_key(job.document)
        with self.session.lock:
            training = self.training if self._key == key else None
        if training is None:
            self.jobs.report("compiling", None, "compiling")
            training = training_of(job.document.trainer)(Prepared(self.jobs.stages, job.document))
            with self.session.lock:
                self._worker.checkpoint()
                self.leave()  # of the one before
                self.training, self._key = training, key
        return training

    def _hold(self, job: TrainingJob) -> None:
        """A training was held: what it has learned so far is shown; without one, it was stopped."""
        training = self.training
        if training is None or training.done == 0:
            with self.session.lock:
                self.display.rest(message="stopped")
            return
        self._show(job, training.results(self.session.revision), "")
        self.display.keep(self._turned, self.session.change, None)
        with self.session.lock:
            self.display.publish(activity="paused", progress=training.share, message=f"held after {training.count}")

    def _show(self, job: TrainingJob, results: Results, message: str) -> None:
        """Shows what a training has found; the test's error enters the trail when it ends, with a message."""
        with self.session.lock:
            results = replace(results, seconds=self.jobs.clock() - self.jobs.began)
            label, follows = job.words if message else None, "" if self.training is None else self._key
            self.display.show(results, self._turned, self.session.document, message, label, follows)
        self.session.events.tell("results")
