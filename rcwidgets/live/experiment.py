"""The experiment that a person plays with: a document that changes, and results that follow. No Jupyter."""

import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from rcwidgets.core.datasets.table import Series
from rcwidgets.core.document.code import to_code
from rcwidgets.core.document.edits import apply, offer
from rcwidgets.core.document.offer import Offer
from rcwidgets.core.document.ops import Op
from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.graph.summary import in_short
from rcwidgets.core.model.saving import Snapshot
from rcwidgets.core.tasks import AbstractTask, DataTask, own_series
from rcwidgets.core.trainers.base import AbstractTrainer
from rcwidgets.core.trainers.table import RUNNERS
from rcwidgets.live.compile_cache import keep_compiled
from rcwidgets.live.engine.engine import PATIENCE, AbstractEngine
from rcwidgets.live.on_demand.metrics_table import Metrics, metrics_table
from rcwidgets.live.results.words import figure
from rcwidgets.live.session.document_file import Storage
from rcwidgets.live.session.document_key import fixed_key
from rcwidgets.live.session.first_document import functions_of, start_document
from rcwidgets.live.session.split import Split, split_of
from rcwidgets.live.stages.ridge import Stages
from rcwidgets.live.sweep.plan import Metric, plan_of
from rcwidgets.live.sweep.sweeper import Sweeping


class Experiment(AbstractEngine):
    """A model, a task and a trainer that stay trained while they are changed.

    `model` is a graph (or None for what the task starts with under the trainer), `task` a task or its kind ("lorenz", "sunspots"),
    `trainer` a class such as RidgeTrainer or FORCELearning, a trainer with settings of its own, or None for the task's own. Ridge
    regression trains by itself after each change; a trainer that learns step by step trains when it is told to `run`, can be held, and
    takes up live knobs that move meanwhile. `data` is the user's own: an array (time, channels), a data frame or the path of a CSV file;
    see also `bring`. With `file` the document is read from disk where the file exists, and written at each change; a file that something
    else has changed meanwhile is left alone, and the change is an OSError in words.

    Compiled programs are kept on disk for the next kernel, see the module `compile_cache`.

    Every change is checked at once, in the calling thread; training runs in a worker thread of its own. Results that come to rest are
    kept as `runs`, with the time of day that `now` gives. Listeners get "document", "status", "results", "runs", "looks" or "sweep" from
    whichever thread made the news, and must return at once.

    >>> experiment = Experiment(task="sunspots")
    >>> experiment.set("reservoir", spectral_radius=0.8)
    >>> experiment.wait().channels
    ('sunspot number',)
    """

    def __init__(
        self,
        model: Graph | None = None,
        task: "str | AbstractTask | None" = None,
        trainer: Any = None,
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
        self._given = model is not None and document is None  # a model of the user's own is never replaced, whatever it looks like
        super().__init__(started, own, functions=functions_of(trainer), auto=auto, clock=clock, now=now)

    def __repr__(self) -> str:
        document, results = self.document, self._results
        error = "not trained yet" if results is None else f"test NRMSE {figure(results.test_nrmse)}"
        return f"<{type(self).__name__}: {document.task.label}, {in_short(document.graph)}, {document.trainer.label}, {error}>"

    @property
    def task(self) -> AbstractTask:
        """The task."""
        return self.document.task

    @property
    def has_data(self) -> bool:
        """True where the user brought data."""
        return self._stages.own is not None

    @property
    def data(self) -> Series | None:
        """The user's own data, as they were brought; None where there are none."""
        return self._stages.own

    @property
    def trainer(self) -> AbstractTrainer:
        """A detached trainer: the model and weights of the last results, and the state at the end of their training part."""
        results = self._results
        settings = self.document.trainer if results is None else results.settings
        trainer: AbstractTrainer = RUNNERS[settings.kind].trainer(
            self.model if results is None else results.model, **settings.knobs | self._stages.functions_of(settings)
        )
        if results is not None:
            exit = trainer.model.names[trainer.model.exits[0]]
            last = {} if results.last is None else {exit: results.last}
            trainer.restore(Snapshot(True, {}, {}, True, results.params, results.state, last, results.memory))
        return trainer

    @property
    def metrics(self) -> Metrics | None:
        """The metrics of the last results, train and test, each with its definition; None before the first.

        >>> experiment = Experiment(task="sunspots")
        >>> abs(experiment.wait().test_nrmse - experiment.metrics["nrmse"].test) < 1e-12
        True
        """
        results = self._results
        return None if results is None else metrics_table(results, self.looks.known("closed loop", results))

    @property
    def split(self) -> Split:
        """The data of the task, and how they are split into warm-up, training and test part.

        >>> Experiment(task="sunspots", auto=False).split.train
        209
        """
        with self._lock:
            document, revision = self.document, self._revision
        return split_of(document.task, self._stages.own, revision)

    def move_border(self, border: int, row: int, gesture: str | None = None) -> int:
        """Moves the end of the warm-up (0) or of the training part (1) to a row, as one entry of the history; returns the revision.

        The end of the warm-up takes its rows from the training part, so that the test part stays where it is. A split that the task
        cannot be run with is a ValueError, and nothing changes.
        """
        with self._lock:
            return self.edit(self.split.edits(border, row, self._stages.own), gesture)

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
        return to_code(replace(self.document, graph=self.model), self.data)

    # sweeps

    @property
    def sweeping(self) -> Sweeping | None:
        """The sweep that runs or ran last, with what it knows so far; None before the first."""
        return self._sweeper.newest

    def sweep(self, knobs: Mapping[str, Any], *, seeds: Sequence[int] | None = None, metric: Metric = "nrmse") -> None:
        """Begins to train the document with all combinations of values of one or two live knobs, for each seed; see `sweeping`.

        `knobs` are values by name: {"reservoir.spectral_radius": values, "beta": values}. Each model is trained on the first four fifths
        of the task's training part, normalised as the task says, and measured on the last fifth: see `rc.sweep`. The best one is then
        trained on all of it, and its test error is that which the experiment has with its knobs. `metric` is nrmse, nmse, rmse or mse
        (these two in the data's own units), or a function (predictions, targets) -> number of normalised rows. Where the model feeds back
        or learns online, in float32, errors of some 1e-6 and less differ from those of the experiment, which reads its forecast in
        float64. A sweep lets the experiment's own runs go
        first, and takes the place of one that runs. What cannot be swept is a ValueError in words.

        >>> experiment = Experiment(task="sunspots")
        >>> experiment.sweep({"beta": [1e-3, 1e-1]}, seeds=(0, 1, 2))
        >>> experiment.wait_sweep().sweep.errors.shape
        (2, 3)
        """
        self._worker.check_open()
        self._sweeper.start(plan_of(self.document, self._stages.own, knobs, seeds, metric, self._stages.functions))

    def stop_sweep(self) -> None:
        """Gives the sweep up; what it knows stays."""
        self._sweeper.stop()

    def wait_sweep(self, timeout: float | None = None) -> Sweeping | None:
        """Waits until no sweep runs and returns the last one; a TimeoutError after `timeout` seconds."""
        if not self._sweeper.wait(timeout):
            raise TimeoutError(f"The sweep took longer than {timeout} seconds. It goes on.")
        return self.sweeping

    # changes

    def bring(self, data: Any) -> int:
        """Takes data of the user's own in the place of those before, chooses the task on them, and returns the revision; it trains anew.

        `data` is an array (time, channels), a data frame or the path of a CSV file. Columns that were chosen as inputs or targets stay
        chosen where the new data have them all. One undo takes back the choice of the task and of the columns, but not the data.

        >>> import numpy as np
        >>> experiment = Experiment(task="sunspots")
        >>> _ = experiment.bring(np.sin(np.arange(300) / 5))
        >>> experiment.wait().channels
        ('channel 1',)
        """
        series = own_series(data)
        with self._lock:
            self._worker.check_open()
            document, label = self.document, f"Bring {series.name or 'data'}"
            if not isinstance(document.task, DataTask):
                document, _ = apply(document, {"op": "choose", "owner": "task", "kind": DataTask.kind, "keep": self._given})
            document = replace(document, task=_fitted(document.task, series))
            if document.key() != self.document.key():
                self._history.record(document, label)
            self._worker.cancel()
            self._stages, self._training = Stages(series, self._stages.functions), None
            self._asked = self._stopped = ""
            self._changed(label, None, brought=label)
            return self._revision

    def edit(self, edits: Iterable[Op | Mapping[str, Any]], gesture: str | None = None) -> int:
        """Applies edits as one entry of the history and returns the new revision; an impossible one is an EditError, and nothing changes.

        Edits with one `gesture` merge into one entry: a whole drag of a slider is one undo.
        """
        with self._lock:
            self._worker.check_open()
            document, labels = self.document, []
            for one in edits:
                document, label = apply(document, self._kept(one))
                labels.append(label)
            if labels and document.key() != self.document.key():
                self._history.record(document, labels[-1], gesture)
                self._changed(labels[-1], gesture)
            return self._revision

    def _kept(self, edit: Op | Mapping[str, Any]) -> Op | Mapping[str, Any]:
        """The edit; a choice keeps the model that was given in Python."""
        return {**edit, "keep": True} if self._given and isinstance(edit, Mapping) and edit.get("op") == "choose" else edit

    def set(self, name: str, **knobs: Any) -> None:
        """Turns knobs of a node (by its name), of the "trainer" or of the "task".

        >>> Experiment(auto=False).set("trainer", beta=1e-4)
        """
        owner = name if name in ("trainer", "task") else self.document.graph.id_of(name)
        self.edit([{"op": "set", "owner": owner, "knob": knob, "value": value} for knob, value in knobs.items()])

    def turn(self, setting: Mapping[str, float]) -> None:
        """Turns live knobs by the names that a sweep gives them, as one entry of the history.

        >>> Experiment(auto=False).turn({"reservoir.leak_rate": 0.5, "beta": 1e-4})
        """
        edits = []
        for name, value in setting.items():
            node, _, knob = name.rpartition(".")
            owner = self.document.graph.id_of(node) if node else "trainer"
            edits.append({"op": "set", "owner": owner, "knob": knob, "value": value})
        self.edit(edits)

    def choose(self, *, task: str | None = None, trainer: str | None = None) -> None:
        """Chooses the task or the trainer by its kind."""
        chosen = {"task": task, "trainer": trainer}
        self.edit([{"op": "choose", "owner": owner, "kind": kind} for owner, kind in chosen.items() if kind is not None])

    @property
    def offer(self) -> Offer | None:
        """What the task with the trainer would rather start from, where the model is the user's own; None where there is nothing to say.

        >>> from rcwidgets.core.nodes import Input, LinearReadout, Reservoir
        >>> from rcwidgets.core.trainers.gradient.bptt import BPTT
        >>> Experiment(Input() >> Reservoir(50) >> LinearReadout(), trainer=BPTT).offer.label
        'Use a GRU of 50 units'
        """
        with self._lock:
            return offer(self.document, chosen=(self._history.undo_label or "").startswith("Choose "))

    def take_offer(self) -> None:
        """Takes the offer: one entry of the history, that one undo takes back; without an offer it is a ValueError."""
        offered = self.offer
        if offered is None:
            raise ValueError("There is no offer: the model suits the task and the trainer.")
        self.edit([offered.edit])

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

    def _changed(self, label: str, gesture: str | None, *, brought: str = "") -> None:
        self._revision += 1
        self._brought = brought
        self._tell("document")
        same_hand = gesture is not None and gesture == self._gesture and self._clock() - self._began < PATIENCE
        self._gesture = gesture
        if self.iterative:
            self._changed_in_training()
        else:
            self._training = None
            if self._status.auto:
                known = self._key(self.document) in self._ahead and not self._reaching  # its answer costs nothing
                self._submit(label, overtake=not same_hand or known)
            elif self._results is not None and not (self._due or self._current):
                self._await_run("paused")
        self._look_again()
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


def _fitted(task: AbstractTask, series: Series) -> AbstractTask:
    """The task, with all columns where one that was chosen is not among those of the data."""
    chosen = {name: getattr(task, name) for name in ("inputs", "targets")}
    gone: dict[str, Any] = {name: None for name, names in chosen.items() if names is not None and not set(names) <= set(series.channels)}
    return replace(task, **gone)
