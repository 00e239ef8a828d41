"""What an experiment runs: the jobs of its worker, the trainings that are told to go on, and the news of both."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import numpy as np

from rcwidgets.core.document import Document
from rcwidgets.core.graph import Graph
from rcwidgets.core.sizing import Problem
from rcwidgets.core.tasks import Series
from rcwidgets.live.ahead import Ahead
from rcwidgets.live.failure import sentence_of
from rcwidgets.live.gradient import GradientTraining
from rcwidgets.live.history import History
from rcwidgets.live.job import Job
from rcwidgets.live.keys import fixed_key, whole_key
from rcwidgets.live.looks import Looks
from rcwidgets.live.news import Announcer
from rcwidgets.live.online import OnlineTraining
from rcwidgets.live.prepared import Prepared
from rcwidgets.live.report import cannot_run, change_of, duration, metrics_of, node_statuses, pace, problems_of
from rcwidgets.live.results import Results
from rcwidgets.live.runs import Runs
from rcwidgets.live.stages import Stages
from rcwidgets.live.status import NodeStatus, Status
from rcwidgets.live.sweeping import Sweeper
from rcwidgets.live.training import AbstractTraining
from rcwidgets.live.worker import Overtaken, Worker

PATH_EVERY = 0.3  # seconds after which the path is drawn although a newer change waits
PATIENCE = 0.4  # seconds for which a run may go on although the hand that started it has moved on
LONGEST_TRAIL = 500  # tweaks whose error is remembered
SAY_EVERY = 0.05  # seconds between two words on how far a training is
SHOW_EVERY = 0.25  # seconds between two looks at a training that goes on
READY = "press Run to train"
TRAININGS: dict[str, type[AbstractTraining]] = {
    "RLS": OnlineTraining,
    "FORCELearning": OnlineTraining,
    "LMS": OnlineTraining,
    "BPTT": GradientTraining,
}


class Turned(Exception):
    """Raised while the next positions are computed, when the hand went elsewhere."""


class AbstractEngine(Announcer):
    """Keeps the results of a document that changes up to date, in a worker thread; says what it does to those who listen."""

    def __init__(
        self,
        document: Document,
        own: Series | None,
        *,
        functions: Mapping[str, Any],
        auto: bool,
        clock: Callable[[], float],
        now: Callable[[], datetime],
    ) -> None:
        super().__init__(Status(auto=auto))
        self._clock = clock
        self._runs = Runs(now, lambda: self._tell("runs"))
        self._stages = Stages(own, functions)
        self._history = History(document)
        self._worker: Worker[Job] = Worker(self._work)
        self._results: Results | None = None
        self.looks = Looks(lambda: self._results, lambda: self._tell("looks"), self._look_failed)
        self._sweeper = Sweeper(self._worker.wait, lambda: self._tell("sweep"), clock)
        self._revision = 1
        self._asked = ""
        self._stopped = ""
        self._brought = ""  # the last change, where it was data and not the document
        self._shown: Job | None = None
        self._gesture: str | None = None
        self._began = 0.0
        self._path_drawn = -PATH_EVERY
        self._trail: list[tuple[str, float]] = []
        self._ahead = Ahead()
        self._reaching = False
        self._training: AbstractTraining | None = None
        self._training_key = ""
        self._turned = document  # what the training has taken up
        if auto and not self.iterative:
            self._submit("Start", overtake=True)
        elif self.iterative:
            self._await_run()

    # what it is

    @property
    def document(self) -> Document:
        """The document now."""
        return self._history.document

    @property
    def revision(self) -> int:
        """Grows by one with each change of the document."""
        return self._revision

    @property
    def history(self) -> tuple[str | None, str | None]:
        """What the next undo takes back, and what the next redo does again."""
        return self._history.undo_label, self._history.redo_label

    @property
    def results(self) -> Results | None:
        """The last good results; None before the first."""
        return self._results

    @property
    def runs(self) -> Runs:
        """The results that came to rest, to be named, pinned, restored and exported."""
        return self._runs

    @property
    def iterative(self) -> bool:
        """True where the trainer learns step by step, when it is told to."""
        return self.document.trainer.iterative

    @property
    def model(self) -> Graph:
        """The graph, sized by the task where it can be."""
        return self._sized(self.document)

    def _sized(self, document: Document) -> Graph:
        graph = document.graph
        try:
            sizes = document.task.prepare(self._stages.own).sizes
            return graph if graph.problems(*sizes) else graph.sized(*sizes)
        except ValueError:
            return graph

    # what a person tells it

    def run(self) -> None:
        """Trains once, also while paused; a training that is held goes on, and one that has ended starts anew."""
        with self._lock:
            if self.iterative and self._goes_on:
                return
            self._asked = self._stopped = ""
            self._submit("Run", overtake=True)

    def pause(self) -> None:
        """Holds a training that learns step by step. Of the others: changes train no more until `resume`; `run` trains once."""
        if self.iterative:
            with self._lock:
                self._give_up("holding")
        else:
            self._set_auto(False)

    def resume(self) -> None:
        """Goes on with a training that is held. Of the others: changes train again by themselves."""
        if self.iterative:
            self.run()
            return
        self._set_auto(True)
        with self._lock:
            self._stopped = ""
            self._submit("Resume", overtake=True)

    def step(self) -> None:
        """Makes one stretch of a training that learns step by step, and holds it."""
        with self._lock:
            if not self.iterative:
                raise ValueError(f"{self.document.trainer.label} trains in one go. Run it.")
            if not self._goes_on:
                self._worker.submit(self._job(self._key(self.document), "Step", single=True))

    def reset(self) -> None:
        """Forgets a training that learns step by step: the next `run` starts anew."""
        with self._lock:
            if not self.iterative:
                raise ValueError(f"{self.document.trainer.label} trains anew at each change. There is nothing to reset.")
            self._training = None
            self._asked = ""
            self._worker.cancel()
            self._publish(activity="idle", progress=None, message=READY)

    def stop(self) -> None:
        """Gives up the run; the last good results stay. A compile goes on to its end, since nothing can break it; its result is dropped."""
        with self._lock:
            self._asked, self._stopped = "", self._key(self.document)
            self._training = None
            self._give_up("stopping")
            if self._status.activity == "paused" and self.iterative:
                self._publish(activity="idle", progress=None, message="stopped")

    def wait(self, timeout: float | None = None) -> Results | None:
        """Waits until nothing runs and returns the results; a TimeoutError after `timeout` seconds.

        An interrupt of the kernel ends the waiting, not the training: that goes on until `stop`.
        """
        if not (self._worker.wait(timeout) and self.looks.wait(timeout)):
            raise TimeoutError(f"The run took longer than {timeout} seconds. It goes on.")
        return self._results

    def close(self, timeout: float = 10.0) -> None:
        """Ends the threads, and waits for each `timeout` seconds at most: it ends after its stretch, or its compile."""
        self._ahead.close()
        self._worker.close(timeout)
        self._sweeper.close(timeout)
        self.looks.close(timeout)

    # jobs

    def _await_run(self) -> None:
        """Says that nothing runs until it is told to, and what would be in the way."""
        found = problems_of(self.document, self._stages.own, "") if cannot_run(self.document, self._stages.own) else ()
        nodes, message = self._node_statuses(self.document, found), found[0].text if found else READY
        self._publish(activity="idle", progress=None, revision=self._revision, nodes=nodes, problems=found, message=message)

    @property
    def _goes_on(self) -> bool:
        """True while a run goes on that nobody has given up."""
        return self._status.activity in ("running", "compiling") and not self._worker.given_up

    def _give_up(self, doing: str) -> None:
        """Gives up what runs and says so at once: the worker hears of it after its stretch, or after a compile of some seconds."""
        self._worker.cancel()
        if self._status.activity in ("running", "compiling"):
            self._publish(message=f"{doing} after the compile" if self._status.activity == "compiling" else doing)

    def _set_auto(self, auto: bool) -> None:
        with self._lock:
            at_rest = self._status.activity in ("idle", "paused")
            self._publish(auto=auto, **({"activity": "idle" if auto else "paused"} if at_rest else {}))

    def _submit(self, label: str, *, overtake: bool) -> None:
        """Asks the worker for the document now, unless it was asked for just that already, or told to stop it."""
        key = self._key(self.document)
        if key in (self._asked, self._stopped):
            self._publish(revision=self._revision, nodes=self._node_statuses(self.document, self._status.problems))
            return
        self._asked, self._stopped = key, ""
        self._worker.submit(self._job(key, label), overtake=overtake)

    def _job(self, key: str, label: str, *, single: bool = False) -> Job:
        return Job(self.document, self._revision, key, label, self._change(), self._gesture, single)

    def _change(self) -> str:
        return self._brought or change_of(self._history.undo_label, self._history.before, self.document)

    def _work(self, job: Job) -> None:
        self.looks.give_up()
        try:
            self._compute(job)
        finally:
            if not self._worker.waiting:
                self.looks.ask()

    def _compute(self, job: Job) -> None:
        self._began = self._clock()
        try:
            self._report("running", 0.0)
            if job.document.trainer.iterative:
                self._train(job)
                return
            known = self._ahead.take(job.key)
            if known is not None:
                self._found(job, replace(known, revision=job.revision))
                job = self._reach(job)
            if known is None or not self._worker.waiting:
                job = self._run_through(job, first=known is None)
            if not self._worker.waiting:
                self._keep(job.document, job.change, job.gesture)
            with self._lock:
                self._rest(revision=self._revision if self._still(job) else job.revision, **self._stopped_words())
        except Overtaken:
            if job.document.trainer.iterative:
                self._held(job)
            else:
                if self._shown is job and not self._worker.waiting:  # stopped after its forecast
                    self._keep(job.document, job.change, job.gesture)
                self._rest(**self._stopped_words())
        except Exception as error:  # the thread lives on, and the page says what happened
            self._failed(job, sentence_of(error, job.document.trainer))

    def _stopped_words(self) -> dict[str, str]:
        """What a run that ends says, where it was told to stop."""
        return {"message": "stopped"} if self._asked == "" else {}

    def _run_through(self, job: Job, first: bool) -> Job:
        """Shows what the stages give, one after the other, as long as nothing newer waits, or the path has not been drawn for long.

        Returns the job that was answered last: a knob that is dragged on is answered ahead, in between.
        """
        for results in self._stages.compute(job.document, job.revision, self._worker.checkpoint, self._report):
            self._found(job, results)
            if results.path is not None:
                self._path_drawn = self._clock()
            elif first and (latest := self._reach(job)) is not job:
                return latest if self._worker.waiting else self._run_through(latest, first=False)
            if self._worker.waiting and self._clock() - self._path_drawn < PATH_EVERY:
                break
        return job

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

        def checkpoint() -> None:
            self._worker.checkpoint()
            waiting = self._worker.next
            if left_behind() and waiting is not None and waiting.key not in places:
                raise Turned

        def left_behind() -> bool:
            waiting = self._worker.next
            return waiting is not None and waiting.key not in self._ahead

        self._reaching = True
        try:
            while not left_behind() and (places := self._ahead.plan(latest.document, latest.gesture, self._key)):
                runs = {key: Prepared(self._stages, place) for key, place in places.items()}
                checkpoint()
                if not self._ahead.compute(runs, checkpoint, meanwhile):
                    break
                meanwhile()
        except (Turned, ValueError):  # what cannot be run says so when the hand is there
            pass
        finally:
            self._reaching = False
        return latest

    def _train(self, job: Job) -> None:
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
                share, words = training.done / training.total, pace(training, before, now - began)
                with self._lock:
                    if not self._worker.given_up:
                        self._publish(activity="running", progress=share, message="training", pace=words, revision=revision)
            if now - shown > SHOW_EVERY and not (training.finished or self._worker.given_up):
                self._show(job, training.results(revision, self._worker.checkpoint), "")
                shown = self._clock()
        if training.finished:
            results = training.results(self._revision, self._worker.checkpoint)
            words = f"{training.total:,} {training.unit}s in {duration(self._clock() - self._began)}"
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
            self._report("compiling", None)
            training = TRAININGS[job.document.trainer.kind](Prepared(self._stages, job.document))
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
                progress=training.done / training.total,
                message=f"held after {training.done:,} of {training.total:,} {training.unit}s",
            )

    def _show(self, job: Job, results: Results, message: str) -> None:
        """Shows what a training has found; the test's error enters the trail when it ends."""
        with self._lock:
            if message:
                self._trail = [*self._trail, (job.label, results.test_nrmse)][-LONGEST_TRAIL:]
            labels, errors = zip(*self._trail, strict=True) if self._trail else ((), ())
            seconds = self._clock() - self._began
            self._results = replace(results, tweaks=np.array(errors), tweak_labels=labels, seconds=seconds)
            nodes = self._node_statuses(self.document, ())
            self._publish(problems=(), nodes=nodes, metrics=metrics_of(self._results), **({"message": message} if message else {}))
        self._tell("results")

    def _found(self, job: Job, results: Results) -> None:
        with self._lock:
            self._worker.checkpoint()
            last = self._results
            if last is None or job is not self._shown:
                if last is None or last.revision != results.revision:
                    self._trail = [*self._trail, (job.label, results.test_nrmse)][-LONGEST_TRAIL:]
                self._shown = job
                results = replace(results, seconds=self._clock() - self._began)
            else:
                results = replace(results, seconds=last.seconds)
            if results.path is None and last is not None:
                results = replace(results, path=last.path)
            labels, errors = zip(*self._trail, strict=True)
            self._results = replace(results, tweaks=np.array(errors), tweak_labels=labels)
            nodes = self._node_statuses(self.document if self._still(job) else job.document, ())
            message = f"trained in {duration(self._results.seconds)}"
            self._publish(problems=(), nodes=nodes, metrics=metrics_of(self._results), message=message)
        self._tell("results")

    def _keep(self, document: Document, change: str, gesture: str | None) -> None:
        """Keeps the results, which have come to rest, as a run."""
        if self._results is not None:
            self._runs.keep(document, self._sized(document), change, self._results, gesture)

    def _still(self, job: Job) -> bool:
        """True where the document has not changed since the job in anything that the results depend on."""
        return self._key(self.document) == job.key

    def _key(self, document: Document) -> str:
        """All that the results of a document depend on, the user's own data too."""
        own = self._stages.own
        return whole_key(document) if own is None else f"{own.digest} {whole_key(document)}"

    def _rest(self, **changes: Any) -> None:
        with self._lock:
            self._publish(activity="idle" if self._status.auto or self.iterative else "paused", progress=None, **changes)

    def _failed(self, job: Job, text: str) -> None:
        with self._lock:
            found = problems_of(job.document, self._stages.own, text)
            still = self._still(job)
            self._training = None  # what is left of one that failed cannot go on: the next run starts anew
            nodes = self._node_statuses(self.document if still else job.document, found)
            revision = self._revision if still else job.revision
            self._publish(activity="failed", message=found[0].text, progress=None, problems=found, nodes=nodes, revision=revision)

    def _look_failed(self, name: str, error: Exception) -> None:
        with self._lock:
            self._publish(message=f"There is no {name}. {sentence_of(error, self.document.trainer, 'Computing it')}")

    def _node_statuses(self, document: Document, problems: Sequence[Problem]) -> dict[str, NodeStatus]:
        return node_statuses(document, self._stages.own, problems, None if self._results is None else self._results.params)

    def _report(self, activity: Any, progress: float | None) -> None:
        with self._lock:
            self._worker.checkpoint()
            self._publish(activity=activity, progress=progress, **({"message": "compiling"} if activity == "compiling" else {}))
