"""The experiment that a person plays with: a document that changes, and results that follow. No Jupyter."""

import os
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from rcwidgets.core.code import to_code
from rcwidgets.core.edits import apply
from rcwidgets.core.graph import Graph
from rcwidgets.core.loading import RUNNERS
from rcwidgets.core.saving import Snapshot
from rcwidgets.core.tasks import AbstractTask, own_series
from rcwidgets.core.trainers.base import AbstractTrainer
from rcwidgets.core.trainers.ridge import RidgeTrainer
from rcwidgets.live.cache import keep_compiled
from rcwidgets.live.engine import PATIENCE, AbstractEngine
from rcwidgets.live.keys import fixed_key
from rcwidgets.live.starting import functions_of, start_document
from rcwidgets.live.storage import Storage


class Experiment(AbstractEngine):
    """A model, a task and a trainer that stay trained while they are changed.

    `model` is a graph (or None for the task's own start), `task` a task or its kind ("lorenz", "sunspots"), `trainer` a class such as
    RidgeTrainer or FORCELearning, or a trainer with settings of its own. Ridge regression trains by itself after each change; a trainer
    that learns step by step trains when it is told to `run`, can be held, and takes up live knobs that move meanwhile. `data` is the
    user's own series, (time, channels) or a data frame. With `file` the document is read from disk where the file exists, and written at
    each change; a file that something else has changed meanwhile is left alone, and the change is an OSError in words.

    Compiled programs are kept on disk for the next kernel, see the module `cache`.

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
        keep_compiled()
        own = None if data is None else own_series(data)
        self._storage = None if file is None else Storage(file)
        document = None if self._storage is None else self._storage.read()
        started = document or start_document(model, task or ("lorenz" if own is None else "data"), trainer)
        super().__init__(started, own, functions=functions_of(trainer), auto=auto, clock=clock, now=now)

    @property
    def task(self) -> AbstractTask:
        """The task."""
        return self.document.task

    @property
    def has_data(self) -> bool:
        """True where the user brought data."""
        return self._stages.own is not None

    @property
    def trainer(self) -> AbstractTrainer:
        """A detached trainer: the model and weights of the last results, and the state at the end of their training part."""
        results = self._results
        settings = self.document.trainer if results is None else results.settings
        trainer: AbstractTrainer = RUNNERS[settings.kind][0](
            self.model if results is None else results.model, **settings.knobs | self._stages.functions_of(settings)
        )
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
        if self._storage is not None:
            self._storage.write(self.document)

    def _changed_in_training(self) -> None:
        """A training that goes on takes up live knobs by itself; one that the change made void ends."""
        if self._training is not None and fixed_key(self.document) == self._training_key:
            self._publish(revision=self._revision, nodes=self._node_statuses(self.document, ()), problems=())
            return
        self._worker.cancel()
        self._training = None
        self._asked = ""
        self._await_run()
