"""What an experiment shows: its results, whose document they are of, and its status."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import jax
import numpy as np

from rcwidgets.core.document.document import Document
from rcwidgets.core.graph.sizing import Problem
from rcwidgets.live.results.results import Results
from rcwidgets.live.results.words import Asked, asked_by, asked_of, last_words, metrics_of, outcome_of
from rcwidgets.live.runs.runs import Runs
from rcwidgets.live.session.comparison import fixed_key
from rcwidgets.live.session.session import Session
from rcwidgets.live.session.status import Activity, NodeStatus, Status, node_statuses, problems_of, sentence_of

READY = "press Run to train"
LONGEST_TRAIL = 500  # tweaks whose error is remembered


class Display:
    """The last good results and the status. Whoever calls a method that changes them holds the session's lock.

    `due` is True while a job runs or waits. `follows` is the fixed key of the training whose results are shown, as long as that takes up
    the knobs that are turned; empty where none does.
    """

    def __init__(self, session: Session, runs: Runs, *, auto: bool) -> None:
        self._session, self._runs = session, runs
        self.status = Status(auto=auto)
        self.results: Results | None = None
        self.due = False
        self.follows = ""
        self._document: Document | None = None  # that the results are of
        self._key = ""
        self._asked: Asked | None = None
        self._told: tuple[Any, ...] | None = None  # what the nodes were told of last: wires, kinds and columns
        self._trail: list[tuple[str, float, Any]] = []

    # the results

    def show(self, results: Results, document: Document, of: Document, message: str, label: str | None, follows: str = "") -> None:
        """Takes results of a document in the place of the last ones; the states of the nodes are those `of` the one that is seen.

        `message` says that they are done, where they are; `label` is what they enter the trail by, None where they do not.
        """
        self.results = self._with_trail(results, label)
        self._document, self._asked, self._key, self.follows = document, asked_of(results), self._session.key(document), follows
        told = {"message": message, "outcome": outcome_of(results)} if message else {}
        self.publish(problems=(), nodes=self.node_statuses(of), metrics=metrics_of(results), **told)

    def path_of_last(self, results: Results) -> Results:
        """The results with the last path, where they have none yet and answer the same question."""
        last = self.results
        keeps = results.path is None and last is not None and self._asked == asked_of(results)
        return replace(results, path=last.path) if keeps and last is not None else results

    def _with_trail(self, results: Results, label: str | None) -> Results:
        """The results with the errors of all tweaks that answered the same question, of whichever trainer; `label` adds theirs."""
        asked = asked_of(results)
        question = None if asked is None else asked[:3]
        if label is not None:
            self._trail = [*self._trail, (label, results.test_nrmse, question)][-LONGEST_TRAIL:]
        same = [(name, error) for name, error, other in self._trail if other == question]
        labels, errors = zip(*same, strict=True) if same else ((), ())
        return replace(results, tweaks=np.array(errors), tweak_labels=labels)

    def keep(self, document: Document, change: str, gesture: str | None) -> None:
        """Keeps the results, which have come to rest, as a run."""
        if self.results is not None:
            self._runs.keep(document, self._session.sized(document), change, self.results, gesture)

    def forget_whose(self) -> None:
        """Has the results be those of no document: what they were learned by is gone."""
        self._key = ""

    # whether they are of the document

    @property
    def current(self) -> bool:
        """True where the results are of the document, also while a training goes on that takes up the knobs that are turned."""
        document = self._session.document
        return self._key == self._session.key(document) or (self.follows != "" and fixed_key(document) == self.follows)

    def old(self, activity: str) -> str:
        """What the results are of, where they are another model's: at once where another question is asked or a model is compiled.

        While a knob is turned or a border dragged, the results that come by themselves are waited for: they are of the same question.
        """
        then, before, document = self._asked, self._document, self._session.document
        if then is None or before is None or self.current:
            return ""
        now = asked_by(document, self._session.own)
        if then != now or document.trainer.iterative or not self.due:
            return last_words(then, now)
        compiles = activity == "compiling" and fixed_key(replace(document, task=before.task)) != fixed_key(before)
        return last_words(then, now) if compiles else ""

    @property
    def todo(self) -> str:
        """What there is to wait for, or to do, until there are results; empty once there are."""
        status = self.status
        if self.results is not None:
            return ""
        if status.problems or status.activity == "failed":
            return status.problems[0].words if status.problems else status.message
        if status.activity == "compiling":
            return "compiling"
        return "training" if status.activity == "running" or self.due else "press Run"

    # the status

    def publish(self, **changes: Any) -> None:
        """Changes the status, and tells it."""
        status = self.status
        pace = "" if "activity" in changes and "pace" not in changes else status.pace
        outcome = "" if changes.get("message", status.message) != status.message else status.outcome
        old = self.old(changes.get("activity", status.activity))
        self.status = replace(status, **{"pace": pace, "outcome": outcome, **changes, "old": old})
        self._session.events.tell("status")

    def look_again(self) -> None:
        """Says where results have become those of the last model, or are so no more."""
        if self.old(self.status.activity) != self.status.old:
            self.publish()

    def tell_nodes(self) -> None:
        """Says what other wires or another task make of the nodes: the run may compile for seconds before it says so."""
        document, own = self._session.document, self._session.own
        kinds = [jax.tree.structure(node) for node in document.graph.nodes.values()]
        columns = [getattr(document.task, name, None) for name in ("inputs", "targets")]
        before, self._told = self._told, (document.graph.edges, kinds, columns, asked_by(document, own))
        if before not in (None, self._told):
            found = problems_of(document, own)
            self.publish(nodes=self.node_statuses(document, found, awaiting=document.trainer.iterative), problems=found)

    def await_run(self, activity: Activity = "idle") -> None:
        """Says that nothing runs until it is told to, and what would be in the way."""
        found = problems_of(self._session.document, self._session.own)
        nodes, message = self.node_statuses(self._session.document, found, awaiting=True), found[0].words if found else READY
        self.publish(activity=activity, progress=None, revision=self._session.revision, nodes=nodes, problems=found, message=message)

    def rest(self, **words: Any) -> None:
        """Says that nothing runs any more."""
        held = not (self.status.auto or self._session.document.trainer.iterative)
        self.publish(activity="paused" if held else "idle", progress=None, **words)

    def look_failed(self, name: str, error: Exception) -> None:
        """Says why a look could not be computed."""
        with self._session.lock:
            self.publish(message=f"There is no {name}. {sentence_of(error, self._session.document.trainer, 'Computing it')}")

    def node_statuses(self, document: Document, problems: Sequence[Problem] = (), *, awaiting: bool = False) -> dict[str, NodeStatus]:
        """The state of each node by id, as `session.status` tells it."""
        params = {} if self.results is None else self.results.params
        return node_statuses(document, self._session.own, problems, params, awaiting=awaiting)
