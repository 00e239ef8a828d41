"""What an experiment has before it: document, results, kept runs; and what it says when a run comes to rest, or fails."""

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import numpy as np

from rcwidgets.core.document.document import Document
from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.graph.sizing import Problem
from rcwidgets.core.tasks import Series
from rcwidgets.live.engine.job import Job
from rcwidgets.live.failure import sentence_of
from rcwidgets.live.on_demand.watching import Looks
from rcwidgets.live.results.outdated import Asked, asked_by, asked_of, last_words
from rcwidgets.live.results.results import Results
from rcwidgets.live.results.words import change_of, duration, metrics_of, node_statuses, outcome_of, problems_of
from rcwidgets.live.runs.runs import Runs
from rcwidgets.live.session.document_key import fixed_key, whole_key
from rcwidgets.live.session.events import Announcer
from rcwidgets.live.session.history import History
from rcwidgets.live.session.status import NodeStatus, Status
from rcwidgets.live.stages.ridge import Stages
from rcwidgets.live.trainings.base import AbstractTraining
from rcwidgets.live.worker import Worker

READY = "press Run to train"
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
        self._results_document: Document | None = None  # that they are of
        self._results_key = ""
        self._results_asked: Asked | None = None
        self._due = False  # whether a job runs or waits
        self._keyed: tuple[Document, Stages, str] | None = None
        self.looks = Looks(lambda: self._results, lambda: self._tell("looks"), self._look_failed)
        self._revision = 1
        self._asked = ""
        self._brought = ""  # the last change, where it was data and not the document
        self._shown: Job | None = None
        self._began = 0.0
        self._trail: list[tuple[str, float, Any]] = []
        self._training: AbstractTraining | None = None
        self._shown_training: AbstractTraining | None = None  # whose results are shown

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
            results = self._with_trail(replace(results, seconds=self._clock() - self._began), job.words if message else None)
            self._shown_training = self._training
            self._take(results, self._taught)
            nodes = self._node_statuses(self.document, ())
            told = {"message": message, "outcome": outcome_of(results)} if message else {}
            self._publish(problems=(), nodes=nodes, metrics=metrics_of(results), **told)
        self._tell("results")

    def _found(self, job: Job, results: Results) -> None:
        with self._lock:
            self._worker.checkpoint()
            last = self._results
            label = None
            if last is None or job is not self._shown:
                label = job.words if last is None or last.revision != results.revision else None
                self._shown = job
                results = replace(results, seconds=self._clock() - self._began)
            else:
                results = replace(results, seconds=last.seconds)
            if results.path is None and last is not None and self._results_asked == asked_of(results):
                results = replace(results, path=last.path)
            results = self._with_trail(results, label)
            self._shown_training = None
            self._take(results, job.document)
            nodes = self._node_statuses(self.document if self._still(job) else job.document, ())
            self._publish(problems=(), nodes=nodes, metrics=metrics_of(results), **self._trained_words())
        self._tell("results")

    def _with_trail(self, results: Results, label: str | None) -> Results:
        """The results with the errors of all tweaks that answered the same question, of whichever trainer; `label` adds theirs."""
        asked = asked_of(results)
        question = None if asked is None else asked[:3]
        if label is not None:
            self._trail = [*self._trail, (label, results.test_nrmse, question)][-LONGEST_TRAIL:]
        same = [(name, error) for name, error, other in self._trail if other == question]
        labels, errors = zip(*same, strict=True) if same else ((), ())
        return replace(results, tweaks=np.array(errors), tweak_labels=labels)

    def _keep(self, document: Document, change: str, gesture: str | None) -> None:
        """Keeps the results, which have come to rest, as a run."""
        if self._results is not None:
            self._runs.keep(document, self._sized(document), change, self._results, gesture)

    def _still(self, job: Job) -> bool:
        """True where the document has not changed since the job in anything that the results depend on."""
        return self._key(self.document) == job.key

    def _key(self, document: Document) -> str:
        """All that the results of a document depend on, the user's own data too."""
        known, stages = self._keyed, self._stages
        if known is None or known[0] is not document or known[1] is not stages:
            key = whole_key(document) if stages.own is None else f"{stages.own.digest} {whole_key(document)}"
            self._keyed = known = (document, stages, key)
        return known[2]

    # whether the results are of the document

    @property
    def todo(self) -> str:
        """What there is to wait for, or to do, until there are results; empty once there are."""
        status = self._status
        if self._results is not None:
            return ""
        if status.problems or status.activity == "failed":
            return status.problems[0].words if status.problems else status.message
        if status.activity == "compiling":
            return "compiling"
        return "training" if status.activity == "running" or self._due else "press Run"

    def of_last(self, look: str | None = None) -> str:
        """What the results, or a look, are of, where they are not of the document now: "of the last model: Lorenz, 1 step"; else empty."""
        with self._lock:
            then, now = self.looks.asked(look) if look is not None else None, asked_by(self.document, self._stages.own)
            return self._status.old if then is None or then == now else last_words(then, now)

    @property
    def _taught(self) -> Document:
        """The document whose results a training shows."""
        return self.document

    @property
    def _current(self) -> bool:
        """True where the results are of the document."""
        return self._results_key == self._key(self.document)

    def _take(self, results: Results, document: Document) -> None:
        """Takes results of a document in the place of the last ones."""
        self._results, self._results_document, self._results_asked = results, document, asked_of(results)
        self._results_key = self._key(document)

    def _old(self, activity: str) -> str:
        """What the results are of, where they are another model's: at once where another question is asked or a model is compiled.

        While a knob is turned or a border dragged, the results that come by themselves are waited for: they are of the same question.
        """
        then, before, document = self._results_asked, self._results_document, self.document
        if then is None or before is None or self._current:
            return ""
        now = asked_by(document, self._stages.own)
        if then != now or self.iterative or not self._due:
            return last_words(then, now)
        compiles = activity == "compiling" and fixed_key(replace(document, task=before.task)) != fixed_key(before)
        return last_words(then, now) if compiles else ""

    def _publish(self, **changes: Any) -> None:
        super()._publish(**changes, old=self._old(changes.get("activity", self._status.activity)))

    def _look_again(self) -> None:
        """Says where results have become those of the last model, or are so no more."""
        with self._lock:
            if self._old(self._status.activity) != self._status.old:
                self._publish()

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
