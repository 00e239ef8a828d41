"""The experiment that a person plays with: a document, its history, and a worker that keeps the results up to date. No Jupyter."""

import logging
import os
import secrets
import shutil
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path as FilePath
from typing import Any, Literal, NamedTuple

import numpy as np

from rcwidgets.core.code import to_code
from rcwidgets.core.document import Document
from rcwidgets.core.edits import apply
from rcwidgets.core.graph import Graph
from rcwidgets.core.registry import TASKS, kind_named
from rcwidgets.core.sizing import Problem
from rcwidgets.core.tasks import AbstractTask, own_series
from rcwidgets.core.trainers.ridge import RidgeTrainer
from rcwidgets.core.trainers.settings import RidgeSettings
from rcwidgets.live.history import History
from rcwidgets.live.report import duration, metrics_of, node_statuses, problems_of
from rcwidgets.live.results import Results
from rcwidgets.live.stages import Stages
from rcwidgets.live.status import NodeStatus, Status
from rcwidgets.live.worker import Overtaken, Worker

News = Literal["document", "status", "results"]
PATH_EVERY = 0.3  # seconds after which the path is drawn although a newer change waits
PATIENCE = 0.4  # seconds for which a run may go on although the hand that started it has moved on
LONGEST_TRAIL = 500  # tweaks whose error is remembered
_log = logging.getLogger(__name__)


class Job(NamedTuple):
    """A document to compute, what it is worth knowing by, and the change that led to it."""

    document: Document
    revision: int
    key: str
    label: str


class Experiment:
    """A model, a task and a trainer that stay trained while they are changed.

    `model` is a graph (or None for the task's own start), `task` a task or its kind ("lorenz", "sunspots"), `trainer` RidgeTrainer or
    one with settings of its own. `data` is the user's own series, (time, channels) or a data frame. With `file` the document is read
    from disk where the file exists, and written at each change.

    Every change is checked at once, in the calling thread; training runs in a worker thread of its own. Listeners get "document",
    "status" or "results" from whichever thread made the news, and must return at once.

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
    ) -> None:
        self._lock = threading.RLock()
        self._listeners: list[Callable[[News], None]] = []
        self._clock = clock
        own = None if data is None else own_series(data)
        self._stages = Stages(own)
        self._file = None if file is None else FilePath(file).resolve()
        document = self._read() if self._file is not None and self._file.exists() else None
        self._history = History(document or _start(model, task or ("lorenz" if own is None else "data"), trainer))
        self._worker: Worker[Job] = Worker(self._work)
        self._status = Status(auto=auto)
        self._results: Results | None = None
        self._revision = 1
        self._asked = ""
        self._stopped = ""
        self._shown: Job | None = None
        self._gesture: str | None = None
        self._began = 0.0
        self._path_drawn = -PATH_EVERY
        self._trail: list[tuple[str, float]] = []
        if auto:
            self._submit("Start", overtake=True)

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
    def model(self) -> Graph:
        """The graph, sized by the task where it can be."""
        graph = self.document.graph
        try:
            features = len(self.document.task.prepare(self._stages.own).channels)
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
    def trainer(self) -> RidgeTrainer:
        """A detached trainer: the model and weights of the last results, and the state at the end of their training part."""
        results = self._results
        if results is None:
            return RidgeTrainer(self.model, **self.document.trainer.knobs)
        return RidgeTrainer(results.model, **results.settings.knobs).restored(results.params, results.state, results.last)

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
        if self._status.auto:
            self._submit(label, overtake=not same_hand)
        self._write()

    # running

    def run(self) -> None:
        """Trains once, also while paused."""
        with self._lock:
            self._asked = self._stopped = ""
            self._submit("Run", overtake=True)

    def pause(self) -> None:
        """Changes train no more until `resume`; `run` trains once."""
        self._set_auto(False)

    def resume(self) -> None:
        """Changes train again by themselves."""
        self._set_auto(True)
        with self._lock:
            self._stopped = ""
            self._submit("Resume", overtake=True)

    def stop(self) -> None:
        """Gives up the run; the last good results stay."""
        with self._lock:
            self._asked, self._stopped = "", _key(self.document)
            self._worker.cancel()

    def wait(self, timeout: float | None = None) -> Results | None:
        """Waits until nothing runs and returns the results; a TimeoutError after `timeout` seconds."""
        if not self._worker.wait(timeout):
            raise TimeoutError(f"The run took longer than {timeout} seconds. It goes on.")
        return self._results

    def close(self) -> None:
        """Ends the worker."""
        self._worker.close(timeout=10)

    def _set_auto(self, auto: bool) -> None:
        with self._lock:
            at_rest = self._status.activity in ("idle", "paused")
            self._publish(auto=auto, **({"activity": "idle" if auto else "paused"} if at_rest else {}))

    def _submit(self, label: str, *, overtake: bool) -> None:
        """Asks the worker for the document now, unless it was asked for just that already, or told to stop it."""
        key = _key(self.document)
        if key in (self._asked, self._stopped):
            self._publish(revision=self._revision, nodes=self._node_statuses(self.document, self._status.problems))
            return
        self._asked, self._stopped = key, ""
        self._worker.submit(Job(self.document, self._revision, key, label), overtake=overtake)

    def _work(self, job: Job) -> None:
        self._began = self._clock()
        self._report("running", 0.0)
        try:
            for results in self._stages.compute(job.document, job.revision, self._worker.checkpoint, self._report):
                self._found(job, results)
                if results.path is not None:
                    self._path_drawn = self._clock()
                if self._worker.waiting and self._clock() - self._path_drawn < PATH_EVERY:
                    break
            with self._lock:
                self._rest(revision=self._revision if self._still(job) else job.revision)
        except Overtaken:
            self._rest(**({"message": "stopped"} if self._asked == "" else {}))
        except (ValueError, FloatingPointError, MemoryError) as error:
            self._failed(job, str(error))
        except Exception as error:  # the thread lives on, and the page says what happened
            self._failed(job, f"The run failed: {type(error).__name__}: {error}")

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

    def _still(self, job: Job) -> bool:
        """True where the document has not changed since the job in anything that the results depend on."""
        return _key(self.document) == job.key

    def _rest(self, **changes: Any) -> None:
        with self._lock:
            self._publish(activity="idle" if self._status.auto else "paused", progress=None, **changes)

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
        self._status = replace(self._status, **changes)
        self._tell("status")

    # the file

    def _read(self) -> Document:
        try:
            return Document.from_json(self._file.read_text(encoding="utf-8"))  # type: ignore[union-attr]
        except ValueError as error:
            raise ValueError(f"{self._file} cannot be read: {error} The file is left as it is.") from error

    def _write(self) -> None:
        """Writes the document beside the file and moves it into its place, so that a crash leaves the old one or the new one."""
        if self._file is None:
            return
        beside = self._file.with_name(f"{self._file.name}.{secrets.token_hex(4)}.tmp")
        try:
            beside.write_text(self.document.to_json(), encoding="utf-8")
            if self._file.exists():
                shutil.copymode(self._file, beside)
            os.replace(beside, self._file)
        except OSError as error:
            with suppress(OSError):
                beside.unlink(missing_ok=True)
            words = f"{self._file} cannot be written: {error.strerror}. The change is made, but it is not kept on disk."
            raise OSError(f"{words} Make room, or take another file.") from error


def _start(model: Graph | None, task: "str | AbstractTask", trainer: Any) -> Document:
    chosen = task if isinstance(task, AbstractTask) else kind_named(TASKS, task, "task")()
    graph, settings = chosen.start()
    if isinstance(trainer, RidgeTrainer):
        settings = trainer.settings
    elif isinstance(trainer, RidgeSettings):
        settings = trainer
    elif trainer is not RidgeTrainer:
        raise TypeError(f"Experiment.trainer must be RidgeTrainer, or one with settings of its own, got {trainer!r}.")
    return Document(model if model is not None else graph, chosen, settings)


def _key(document: Document) -> str:
    """What a document is worth computing by: all but the positions and the nodes that lead nowhere."""
    return replace(document, graph=document.graph.used(), positions={}).key()
