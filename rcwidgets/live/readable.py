"""All that can be read of an experiment. Nothing here changes it."""

from collections.abc import Callable
from dataclasses import replace

from rcwidgets.core.datasets.table import Series
from rcwidgets.core.document.code import to_code
from rcwidgets.core.document.document import Document
from rcwidgets.core.document.offer import Offer, offer
from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.graph.structure import in_short
from rcwidgets.core.model.snapshot import Snapshot
from rcwidgets.core.short import figure
from rcwidgets.core.tasks import AbstractTask
from rcwidgets.core.trainers.base import AbstractTrainer
from rcwidgets.core.trainers.table import RUNNERS
from rcwidgets.live.engine.display import Display
from rcwidgets.live.engine.jobs import Jobs
from rcwidgets.live.on_demand.closed_loop import FreeRun
from rcwidgets.live.on_demand.eigenvalues import Modes
from rcwidgets.live.on_demand.metrics_table import Metrics, metrics_table
from rcwidgets.live.on_demand.unit_activity import UnitActivity
from rcwidgets.live.on_demand.watching import Looks
from rcwidgets.live.results.results import Results
from rcwidgets.live.results.words import asked_by, last_words
from rcwidgets.live.runs.runs import Runs
from rcwidgets.live.session.locks import Locks
from rcwidgets.live.session.session import News, Session
from rcwidgets.live.session.split import Split, split_of
from rcwidgets.live.session.status import Status
from rcwidgets.live.sweep.sweeper import Sweeper
from rcwidgets.live.sweep.sweeping import Sweeping


class ReadableExperiment:
    """A document, the results that follow it, and what has been done with them.

    `runs` are the results that came to rest, to be named, pinned, restored and exported; `looks` keeps what is computed on demand.
    """

    def __init__(self, session: Session, display: Display, jobs: Jobs, runs: Runs, looks: Looks, sweeper: Sweeper) -> None:
        self._session, self._display, self._jobs, self._sweeper = session, display, jobs, sweeper
        self.runs, self.looks = runs, looks

    def __repr__(self) -> str:
        document, results = self.document, self.results
        error = "not trained yet" if results is None else f"test NRMSE {figure(results.test_nrmse)}"
        return f"<{type(self).__name__}: {document.task.label}, {in_short(document.graph)}, {document.trainer.label}, {error}>"

    def subscribe(self, listener: Callable[[News], None]) -> Callable[[], None]:
        """Calls `listener(news)` at each change until the returned function is called."""
        return self._session.events.subscribe(listener)

    # the document

    @property
    def document(self) -> Document:
        """The document now."""
        return self._session.document

    @property
    def revision(self) -> int:
        """Grows by one with each change of the document."""
        return self._session.revision

    @property
    def history(self) -> tuple[str | None, str | None]:
        """What the next undo takes back, and what the next redo does again."""
        return self._session.history.undo_label, self._session.history.redo_label

    @property
    def locks(self) -> Locks:
        """What the page may not change, or does not show; see `Experiment.lock`."""
        return self._session.locks

    @property
    def kept(self) -> bool:
        """True where the document is kept in a file."""
        return self._session.kept

    @property
    def task(self) -> AbstractTask:
        """The task."""
        return self.document.task

    @property
    def model(self) -> Graph:
        """The graph, sized by the task where it can be."""
        return self._session.sized(self.document)

    @property
    def iterative(self) -> bool:
        """True where the trainer learns step by step, when it is told to."""
        return self.document.trainer.iterative

    @property
    def has_data(self) -> bool:
        """True where the user brought data."""
        return self.data is not None

    @property
    def data(self) -> Series | None:
        """The user's own data, as they were brought; None where there are none."""
        return self._session.own

    @property
    def chosen(self) -> str:
        """How the model was chosen by data of the user's own, on their training part; "" where it was not, or was changed since.

        >>> import numpy as np
        >>> from rcwidgets.live.experiment import Experiment
        >>> Experiment(data=np.cumsum(np.random.default_rng(0).normal(size=200)), auto=False).chosen[:57]
        'Chosen on the training part alone: changes (differenced),'
        """
        with self._session.lock:
            return self._session.choosing.words(self.document)

    @property
    def split(self) -> Split:
        """The data of the task, and how they are split into warm-up, training and test part.

        >>> from rcwidgets.live.experiment import Experiment
        >>> Experiment(task="sunspots", auto=False).split.train
        209
        """
        with self._session.lock:
            task, own, revision = self.task, self.data, self.revision
        return split_of(task, own, revision)

    @property
    def offer(self) -> Offer | None:
        """What the task with the trainer would rather start from, where the model is the user's own; None where there is nothing to say.

        >>> from rcwidgets.core.nodes import Input, LinearReadout, Reservoir
        >>> from rcwidgets.core.trainers.gradient.bptt import BPTT
        >>> from rcwidgets.live.experiment import Experiment
        >>> Experiment(Input() >> Reservoir(50) >> LinearReadout(), trainer=BPTT).offer.label
        'Use a GRU of 50 units'
        """
        with self._session.lock:
            return offer(self.document, chosen=(self.history[0] or "").startswith("Choose "))

    def code(self) -> str:
        """Python that builds the same model, task and trainer."""
        return to_code(replace(self.document, graph=self.model), self.data, self.chosen)

    # the results

    @property
    def status(self) -> Status:
        """What the worker does, and what is known about the document."""
        return self._display.status

    @property
    def todo(self) -> str:
        """What there is to wait for, or to do, until there are results; empty once there are."""
        return self._display.todo

    @property
    def results(self) -> Results | None:
        """The last good results; None before the first."""
        return self._display.results

    def of_last(self, look: str | None = None) -> str:
        """What the results, or a look, are of, where they are not of the document now: "of the last model: Lorenz, 1 step"; else empty."""
        with self._session.lock:
            then, now = self.looks.asked(look) if look is not None else None, asked_by(self.document, self.data)
            return self.status.old if then is None or then == now else last_words(then, now)

    @property
    def trainer(self) -> AbstractTrainer:
        """A detached trainer: the model and weights of the last results, and the state at the end of their training part."""
        results = self.results
        settings = self.document.trainer if results is None else results.settings
        trainer: AbstractTrainer = RUNNERS[settings.kind].trainer(
            self.model if results is None else results.model, **settings.knobs | self._jobs.stages.functions_of(settings)
        )
        if results is not None:
            exit = trainer.model.names[trainer.model.exits[0]]
            last = {} if results.last is None else {exit: results.last}
            held = Snapshot.of_sizes(trainer.model, {}, {})._replace(params=results.params, state=results.state, last=last, flat=True)
            trainer.restore(held._replace(memory=results.memory))
        return trainer

    @property
    def metrics(self) -> Metrics | None:
        """The metrics of the last results, train and test, each with its definition; None before the first.

        >>> from rcwidgets.live.experiment import Experiment
        >>> experiment = Experiment(task="sunspots")
        >>> abs(experiment.wait().test_nrmse - experiment.metrics["nrmse"].test) < 1e-12
        True
        """
        results = self.results
        return None if results is None else metrics_table(results, self.looks.known("closed loop", results))

    def look(self, name: str) -> FreeRun | Modes | UnitActivity:
        """More of the last results, computed when asked for: the "closed loop" (a FreeRun), the "spectrum" (Modes) or the "activity".

        >>> from rcwidgets.live.experiment import Experiment
        >>> experiment = Experiment(task="sunspots")
        >>> _ = experiment.wait()
        >>> experiment.look("closed loop").run.shape
        (79, 1)
        """
        return self.looks.compute(name)

    # sweeps

    @property
    def sweeping(self) -> Sweeping | None:
        """The sweep that runs or ran last, with what it knows so far; None before the first."""
        return self._sweeper.newest
