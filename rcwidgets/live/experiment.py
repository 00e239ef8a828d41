"""The experiment that a person plays with: a document, its history, and a worker that keeps the results up to date. No Jupyter."""

import logging
import os
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path as FilePath
from typing import Any, Literal, NamedTuple

import numpy as np

from rcwidgets.core.code import to_code
from rcwidgets.core.document import Document
from rcwidgets.core.edits import apply
from rcwidgets.core.graph import Graph
from rcwidgets.core.loading import RUNNERS
from rcwidgets.core.registry import TASKS, TRAINERS, kind_named
from rcwidgets.core.saving import Snapshot
from rcwidgets.core.sizing import Problem
from rcwidgets.core.tasks import AbstractTask, Series, own_series
from rcwidgets.core.trainers.base import AbstractTrainer
from rcwidgets.core.trainers.ridge import RidgeTrainer
from rcwidgets.core.trainers.settings import AbstractTrainerSettings
from rcwidgets.live.gradient import GradientTraining
from rcwidgets.live.history import History
from rcwidgets.live.keys import fixed_key, whole_key
from rcwidgets.live.looks import Looks
from rcwidgets.live.online import OnlineTraining
from rcwidgets.live.prepared import Prepared
from rcwidgets.live.report import change_of, duration, metrics_of, node_statuses, pace, problems_of
from rcwidgets.live.results import Results
from rcwidgets.live.runs import Runs
from rcwidgets.live.stages import Stages
from rcwidgets.live.status import NodeStatus, Status
from rcwidgets.live.storage import read_file, write_file
from rcwidgets.live.training import AbstractTraining
from rcwidgets.live.worker import Overtaken, Worker

News = Literal["document", "status", "results", "runs", "looks"]
PATH_EVERY = 0.3  # seconds after which the path is drawn although a newer change waits
PATIENCE = 0.4  # seconds for which a run may go on although the hand that started it has moved on
LONGEST_TRAIL = 500  # tweaks whose error is remembered
SHOW_EVERY = 0.25  # seconds between two looks at a training that goes on
READY = "press Run to train"
TRAININGS: dict[str, type[AbstractTraining]] = {
    "RLS": OnlineTraining,
    "FORCELearning": OnlineTraining,
    "LMS": OnlineTraining,
    "BPTT": GradientTraining,
}
_log = logging.getLogger(__name__)


class Job(NamedTuple):
    """A document to compute, what it is worth knowing by, and what it was asked for; `change` is in the words of the kept run.

    `gesture` is what it belongs to, and `single` asks for one stretch only.
    """

    document: Document
    revision: int
    key: str
    label: str
    change: str = ""
    gesture: str | None = None
    single: bool = False


class Experiment:
    """A model, a task and a trainer that stay trained while they are changed.

    `model` is a graph (or None for the task's own start), `task` a task or its kind ("lorenz", "sunspots"), `trainer` a class such as
    RidgeTrainer or FORCELearning, or a trainer with settings of its own. Ridge regression trains by itself after each change; a trainer
    that learns step by step trains when it is told to `run`, can be held, and takes up live knobs that move meanwhile. `data` is the
    user's own series, (time, channels) or a data frame. With `file` the document is read from disk where the file exists, and written at
    each change.

    Every change is checked at once, in the calling thread; training runs in a worker thread of its own. Results that come to rest are
    kept as `runs`, with the time of day that `now` gives. Listeners get "document", "status", "results", "runs" or "looks" from whichever
    thread made the news, and must return at once.

    >>> experiment = Experiment(task="sunspots")
    >>> experiment.set("reservoir", spectral_radius=0.8)
    >>> experiment.wait().channels
    ('sunspot number',)
    """

    def __init__(
        self,
        model: Graph | None = None,
        task: "str | AbstractTask | None" = None,
        trainer: Any = RidgeTrainer,
        *,
        data: Any = None,
        file: "str | os.PathLike[str] | None" = None,
        auto: bool = True,
        clock: Callable[[], float] = time.perf_counter,
        now: Callable[[], datetime] = datetime.now,
    ) -> None:
        self._lock = threading.RLock()
        self._listeners: list[Callable[[News], None]] = []
        self._clock = clock
        self._runs = Runs(now, lambda: self._tell("runs"))
        own = None if data is None else own_series(data)
        self._stages = Stages(own)
        self._file = None if file is None else FilePath(file).resolve()
        document = read_file(self._file) if self._file is not None and self._file.exists() else None
        self._history = History(document or _start(model, task or ("lorenz" if own is None else "data"), trainer))
        self._worker: Worker[Job] = Worker(self._work)
        self._status = Status(auto=auto)
        self._results: Results | None = None
        self.looks = Looks(lambda: self._results, lambda: self._tell("looks"))
        self._revision = 1
        self._asked = ""
        self._stopped = ""
        self._shown: Job | None = None
        self._gesture: str | None = None
        self._began = 0.0
        self._path_drawn = -PATH_EVERY
        self._trail: list[tuple[str, float]] = []
        self._training: AbstractTraining | None = None
        self._training_key = ""
        self._turned = self.document  # what the training has taken up
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
    def status(self) -> Status:
        """What the worker does, and what is known about the document."""
        return self._status

    @property
    def results(self) -> Results | None:
        """The last good results; None before the first."""
        return self._results

    @property
    def runs(self) -> Runs:
        """The results that came to rest, to be named, pinned, restored and exported."""
        return self._runs

    @property
    def model(self) -> Graph:
        """The graph, sized by the task where it can be."""
        return self._sized(self.document)

    def _sized(self, document: Document) -> Graph:
        graph = document.graph
        try:
            features = len(document.task.prepare(self._stages.own).channels)
            return graph if graph.problems(features, features) else graph.sized(features, features)
        except ValueError:
            return graph

    @property
    def task(self) -> AbstractTask:
        """The task."""
        return self.document.task

    @property
    def has_data(self) -> bool:
        """True where the user brought data."""
        return self._stages.own is not None

    @property
    def iterative(self) -> bool:
        """True where the trainer learns step by step, when it is told to."""
        return self.document.trainer.iterative

    @property
    def trainer(self) -> AbstractTrainer:
        """A detached trainer: the model and weights of the last results, and the state at the end of their training part."""
        results = self._results
        settings = self.document.trainer if results is None else results.settings
        trainer: AbstractTrainer = RUNNERS[settings.kind][0](self.model if results is None else results.model, **settings.knobs)
        if results is not None:
            exit = trainer.model.names[trainer.model.exits[0]]
            last = {} if results.last is None else {exit: results.last}
            trainer.restore(Snapshot(True, {}, {}, True, results.params, results.state, last, results.memory))
        return trainer

    def look(self, name: str) -> Any:
        """More of the last results, computed when asked for: the "closed loop" (a FreeRun), the "spectrum" (Modes) or the "activity".

        >>> experiment = Experiment(task="sunspots")
        >>> _ = experiment.wait()
        >>> experiment.look("closed loop").run.shape
        (79, 1)
        """
        return self.looks.compute(name)

    def code(self) -> str:
        """Python that builds the same model, task and trainer."""
        return to_code(replace(self.document, graph=self.model))

    # changes

    def edit(self, edits: Iterable[Mapping[str, Any]], gesture: str | None = None) -> int:
        """Applies edits as one entry of the history and returns the new revision; an impossible one is an EditError, and nothing changes.

        Edits with one `gesture` merge into one entry: a whole drag of a slider is one undo.
        """
        with self._lock:
            self._worker.check_open()
            document, labels = self.document, []
            for one in edits:
                document, label = apply(document, one)
                labels.append(label)
            if labels and document.key() != self.document.key():
                self._history.record(document, labels[-1], gesture)
                self._changed(labels[-1], gesture)
            return self._revision

    def set(self, name: str, **knobs: Any) -> None:
        """Turns knobs of a node (by its name), of the "trainer" or of the "task".

        >>> Experiment(auto=False).set("trainer", beta=1e-4)
        """
        owner = name if name in ("trainer", "task") else self.document.graph.id_of(name)
        self.edit([{"op": "set", "owner": owner, "knob": knob, "value": value} for knob, value in knobs.items()])

    def choose(self, *, task: str | None = None, trainer: str | None = None) -> None:
        """Chooses the task or the trainer by its kind."""
        chosen = {"task": task, "trainer": trainer}
        self.edit([{"op": "choose", "owner": owner, "kind": kind} for owner, kind in chosen.items() if kind is not None])

    def restore(self, number: int) -> int:
        """Brings the document of a kept run back, as one entry of the history, and returns the revision; it trains as after any change."""
        run = self._runs.numbered(number)
        with self._lock:
            self._worker.check_open()
            if run.document.key() != self.document.key():
                self._history.record(run.document, f"Restore {run.name}")
                self._changed(f"Restore {run.name}", None)
            return self._revision

    def undo(self) -> bool:
        """Takes the last gesture back; False where there is none."""
        return self._travel(self._history.undo, "Undo")

    def redo(self) -> bool:
        """Does the last undone gesture again; False where there is none."""
        return self._travel(self._history.redo, "Redo")

    def _travel(self, go: Callable[[], bool], label: str) -> bool:
        with self._lock:
            self._worker.check_open()
            moved = go()
            if moved:
                self._changed(label, None)
            return moved

    def _changed(self, label: str, gesture: str | None) -> None:
        self._revision += 1
        self._tell("document")
        same_hand = gesture is not None and gesture == self._gesture and self._clock() - self._began < PATIENCE
        self._gesture = gesture
        if self.iterative:
            self._changed_in_training()
        else:
            self._training = None
            if self._status.auto:
                self._submit(label, overtake=not same_hand)
        if self._file is not None:
            write_file(self._file, self.document)

    def _changed_in_training(self) -> None:
        """A training that goes on takes up live knobs by itself; one that the change made void ends."""
        if self._training is not None and fixed_key(self.document) == self._training_key:
            self._publish(revision=self._revision, nodes=self._node_statuses(self.document, ()), problems=())
            return
        self._worker.cancel()
        self._training = None
        self._asked = ""
        self._await_run()

    def _await_run(self) -> None:
        """Says that nothing runs until it is told to, and what would be in the way."""
        found = problems_of(self.document, self._stages.own, "") if _cannot_run(self.document, self._stages.own) else ()
        nodes, message = self._node_statuses(self.document, found), found[0].text if found else READY
        self._publish(activity="idle", progress=None, revision=self._revision, nodes=nodes, problems=found, message=message)

    # running

    def run(self) -> None:
        """Trains once, also while paused; a training that is held goes on, and one that has ended starts anew."""
        with self._lock:
            if self.iterative and self._status.activity in ("running", "compiling"):
                return
            self._asked = self._stopped = ""
            self._submit("Run", overtake=True)

    def pause(self) -> None:
        """Holds a training that learns step by step. Of the others: changes train no more until `resume`; `run` trains once."""
        if self.iterative:
            self._worker.cancel()
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
            if self._status.activity not in ("running", "compiling"):
                self._worker.submit(self._job(whole_key(self.document), "Step", single=True))

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
        """Gives up the run; the last good results stay."""
        with self._lock:
            self._asked, self._stopped = "", whole_key(self.document)
            self._training = None
            self._worker.cancel()
            if self._status.activity == "paused" and self.iterative:
                self._publish(activity="idle", progress=None, message="stopped")

    def wait(self, timeout: float | None = None) -> Results | None:
        """Waits until nothing runs and returns the results; a TimeoutError after `timeout` seconds."""
        if not (self._worker.wait(timeout) and self.looks.wait(timeout)):
            raise TimeoutError(f"The run took longer than {timeout} seconds. It goes on.")
        return self._results

    def close(self) -> None:
        """Ends the worker."""
        self._worker.close(timeout=10)
        self.looks.close()

    def _set_auto(self, auto: bool) -> None:
        with self._lock:
            at_rest = self._status.activity in ("idle", "paused")
            self._publish(auto=auto, **({"activity": "idle" if auto else "paused"} if at_rest else {}))

    def _submit(self, label: str, *, overtake: bool) -> None:
        """Asks the worker for the document now, unless it was asked for just that already, or told to stop it."""
        key = whole_key(self.document)
        if key in (self._asked, self._stopped):
            self._publish(revision=self._revision, nodes=self._node_statuses(self.document, self._status.problems))
            return
        self._asked, self._stopped = key, ""
        self._worker.submit(self._job(key, label), overtake=overtake)

    def _job(self, key: str, label: str, *, single: bool = False) -> Job:
        return Job(self.document, self._revision, key, label, self._change(), self._gesture, single)

    def _change(self) -> str:
        return change_of(self._history.undo_label, self._history.before, self.document)

    def _work(self, job: Job) -> None:
        self.looks.give_up()
        try:
            self._compute(job)
        finally:
            if not self._worker.waiting:
                self.looks.ask()

    def _compute(self, job: Job) -> None:
        self._began = self._clock()
        self._report("running", 0.0)
        try:
            if job.document.trainer.iterative:
                self._train(job)
                return
            for results in self._stages.compute(job.document, job.revision, self._worker.checkpoint, self._report):
                self._found(job, results)
                if results.path is not None:
                    self._path_drawn = self._clock()
                if self._worker.waiting and self._clock() - self._path_drawn < PATH_EVERY:
                    break
            if not self._worker.waiting:
                self._keep(job.document, job.change, job.gesture)
            with self._lock:
                self._rest(revision=self._revision if self._still(job) else job.revision)
        except Overtaken:
            if job.document.trainer.iterative:
                self._held(job)
            else:
                if self._shown is job and not self._worker.waiting:  # stopped after its forecast
                    self._keep(job.document, job.change, job.gesture)
                self._rest(**({"message": "stopped"} if self._asked == "" else {}))
        except (ValueError, FloatingPointError, MemoryError) as error:
            self._failed(job, str(error))
        except Exception as error:  # the thread lives on, and the page says what happened
            self._failed(job, f"The run failed: {type(error).__name__}: {error}")

    def _train(self, job: Job) -> None:
        """Goes on with the training, or starts one, until it ends or is held; shows it now and then."""
        training = self._training_of(job)
        shown = began = self._clock()
        before = training.done
        while not training.finished:
            self._worker.checkpoint()
            with self._lock:
                document, revision = self.document, self._revision
                if self._training is not training:
                    raise Overtaken
            training.turn(document)
            self._turned = document
            training.advance()
            now = self._clock()
            if job.single:
                break
            if before == 0 and training.done and shown == began:  # the first stretch compiles: it tells nothing of the pace
                before, began = training.done, now
            share, words = training.done / training.total, pace(training, before, now - began)
            self._publish(activity="running", progress=share, message="training", pace=words, revision=revision)
            if now - shown > SHOW_EVERY and not training.finished:
                self._show(job, training.results(revision), "")
                shown = self._clock()
        if training.finished:
            results = training.results(self._revision)
            self._show(job, results, f"{training.total:,} {training.unit}s in {duration(self._clock() - self._began)}")
            with self._lock:
                self._training = None
                change = self._change()
            self._keep(self._turned, change, None)
            self._rest(revision=results.revision)
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
        return whole_key(self.document) == job.key

    def _rest(self, **changes: Any) -> None:
        with self._lock:
            self._publish(activity="idle" if self._status.auto or self.iterative else "paused", progress=None, **changes)

    def _failed(self, job: Job, text: str) -> None:
        with self._lock:
            found = problems_of(job.document, self._stages.own, text)
            still = self._still(job)
            nodes = self._node_statuses(self.document if still else job.document, found)
            revision = self._revision if still else job.revision
            self._publish(activity="failed", message=found[0].text, progress=None, problems=found, nodes=nodes, revision=revision)

    def _node_statuses(self, document: Document, problems: Sequence[Problem]) -> dict[str, NodeStatus]:
        return node_statuses(document, self._stages.own, problems, None if self._results is None else self._results.params)

    def _report(self, activity: Any, progress: float | None) -> None:
        with self._lock:
            self._publish(activity=activity, progress=progress, **({"message": "compiling"} if activity == "compiling" else {}))

    # news

    def subscribe(self, listener: Callable[[News], None]) -> Callable[[], None]:
        """Calls `listener(news)` at each change until the returned function is called."""
        with self._lock:
            self._listeners = [*self._listeners, listener]

        def leave() -> None:
            with self._lock:
                self._listeners = [other for other in self._listeners if other is not listener]

        return leave

    def _tell(self, news: News) -> None:
        for listener in self._listeners:
            try:
                listener(news)
            except Exception:  # the others are told all the same, and the worker lives on
                _log.exception("A listener of an experiment failed at the news %r.", news)

    def _publish(self, **changes: Any) -> None:
        pace = "" if "activity" in changes and "pace" not in changes else self._status.pace
        self._status = replace(self._status, **{"pace": pace, **changes})
        self._tell("status")


def _start(model: Graph | None, task: "str | AbstractTask", trainer: Any) -> Document:
    chosen = task if isinstance(task, AbstractTask) else kind_named(TASKS, task, "task")()
    graph, settings = chosen.start()
    return Document(model if model is not None else graph, chosen, _settings(trainer, settings))


def _settings(trainer: Any, usual: AbstractTrainerSettings) -> AbstractTrainerSettings:
    """The settings of a trainer, or of its class; those that are usual for the task where it is their class."""
    given = getattr(trainer, "settings", trainer)
    if isinstance(given, AbstractTrainerSettings) and given.kind in TRAINERS:
        return given
    for kind, (runner, settings) in RUNNERS.items():
        if trainer is runner and kind in TRAINERS:
            made: AbstractTrainerSettings = usual if kind == usual.kind else settings()
            return made
    raise TypeError(f"Experiment.trainer must be one of {', '.join(TRAINERS)}, or one with settings of its own, got {trainer!r}.")


def _cannot_run(document: Document, own: Series | None) -> bool:
    try:
        features = len(document.task.prepare(own).channels)
    except ValueError:
        return True
    return bool(document.graph.problems(features, features))
