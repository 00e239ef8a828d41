"""What an experiment has before it: document, results, kept runs; and what it says when a run comes to rest, or fails."""

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import numpy as np

from rcwidgets.core.document import Document
from rcwidgets.core.graph import Graph
from rcwidgets.core.sizing import Problem
from rcwidgets.core.tasks import Series
from rcwidgets.live.failure import sentence_of
from rcwidgets.live.history import History
from rcwidgets.live.job import Job
from rcwidgets.live.keys import whole_key
from rcwidgets.live.looks import Looks
from rcwidgets.live.news import Announcer
from rcwidgets.live.report import change_of, duration, metrics_of, node_statuses, outcome_of, problems_of
from rcwidgets.live.results import Results
from rcwidgets.live.runs import Runs
from rcwidgets.live.stages import Stages
from rcwidgets.live.status import NodeStatus, Status
from rcwidgets.live.training import AbstractTraining
from rcwidgets.live.worker import Worker

LONGEST_TRAIL = 500  # tweaks whose error is remembered


class AbstractDesk(Announcer):
    """A document that changes, the results that follow it, and a worker thread that makes them by `_work(job)`."""

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
        self._revision = 1
        self._asked = ""
        self._brought = ""  # the last change, where it was data and not the document
        self._shown: Job | None = None
        self._began = 0.0
        self._trail: list[tuple[str, float]] = []
        self._training: AbstractTraining | None = None

    @abstractmethod
    def _work(self, job: Job) -> None:
        """Does a job; called in the worker's thread."""

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

    def _change(self) -> str:
        return self._brought or change_of(self._history.undo_label, self._history.before, self.document)

    def _stopped_words(self) -> dict[str, str]:
        """What a run that ends says, where it was told to stop."""
        return {"message": "stopped"} if self._asked == "" else {}

    def _trained_words(self) -> dict[str, str]:
        """What a run that ended well says."""
        if self._results is None:
            return {}
        return {"message": f"trained in {duration(self._results.seconds)}", "outcome": outcome_of(self._results)}

    def _show(self, job: Job, results: Results, message: str) -> None:
        """Shows what a training has found; the test's error enters the trail when it ends."""
        with self._lock:
            if message:
                self._trail = [*self._trail, (job.words, results.test_nrmse)][-LONGEST_TRAIL:]
            labels, errors = zip(*self._trail, strict=True) if self._trail else ((), ())
            seconds = self._clock() - self._began
            self._results = replace(results, tweaks=np.array(errors), tweak_labels=labels, seconds=seconds)
            nodes = self._node_statuses(self.document, ())
            told = {"message": message, "outcome": outcome_of(self._results)} if message else {}
            self._publish(problems=(), nodes=nodes, metrics=metrics_of(self._results), **told)
        self._tell("results")

    def _found(self, job: Job, results: Results) -> None:
        with self._lock:
            self._worker.checkpoint()
            last = self._results
            if last is None or job is not self._shown:
                if last is None or last.revision != results.revision:
                    self._trail = [*self._trail, (job.words, results.test_nrmse)][-LONGEST_TRAIL:]
                self._shown = job
                results = replace(results, seconds=self._clock() - self._began)
            else:
                results = replace(results, seconds=last.seconds)
            if results.path is None and last is not None:
                results = replace(results, path=last.path)
            labels, errors = zip(*self._trail, strict=True)
            self._results = replace(results, tweaks=np.array(errors), tweak_labels=labels)
            nodes = self._node_statuses(self.document if self._still(job) else job.document, ())
            self._publish(problems=(), nodes=nodes, metrics=metrics_of(self._results), **self._trained_words())
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
            self._publish(activity="failed", message=found[0].words, progress=None, problems=found, nodes=nodes, revision=revision)

    def _look_failed(self, name: str, error: Exception) -> None:
        with self._lock:
            self._publish(message=f"There is no {name}. {sentence_of(error, self.document.trainer, 'Computing it')}")

    def _node_statuses(self, document: Document, problems: Sequence[Problem], *, awaiting: bool = False) -> dict[str, NodeStatus]:
        params = None if self._results is None else self._results.params
        return node_statuses(document, self._stages.own, problems, params, awaiting=awaiting)

    def _report(self, activity: Any, progress: float | None, words: str = "") -> None:
        """Tells the progress; without words, the message stays."""
        with self._lock:
            self._worker.checkpoint()
            self._publish(activity=activity, progress=progress, **({"message": words} if words else {}))
