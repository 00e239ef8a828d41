"""What a person tells an experiment, and the jobs that come of it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import jax

from rcwidgets.core.document.document import Document
from rcwidgets.core.tasks import Series
from rcwidgets.live.engine.desk import READY
from rcwidgets.live.engine.iterative import AbstractTeaching
from rcwidgets.live.engine.job import Job
from rcwidgets.live.failure import sentence_of
from rcwidgets.live.results.outdated import asked_by
from rcwidgets.live.results.results import Results
from rcwidgets.live.results.words import cannot_run, problems_of
from rcwidgets.live.session.status import Activity
from rcwidgets.live.sweep.sweeper import Sweeper

PATIENCE = 0.4  # seconds for which a run may go on although the hand that started it has moved on


class AbstractEngine(AbstractTeaching):
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
        super().__init__(document, own, functions=functions, auto=auto, clock=clock, now=now)
        self._stopped = ""
        self._gesture: str | None = None
        self._cards: tuple[Any, ...] | None = None  # of what the nodes were told last
        self._sweeper = Sweeper(self._worker.wait, lambda: self._tell("sweep"), clock)
        if auto and not self.iterative:
            self._submit("Start", overtake=True)
        elif self.iterative:
            self._await_run()

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
                self._due = True
                self._worker.submit(self._job(self._key(self.document), "Step", single=True))

    def reset(self) -> None:
        """Forgets a training that learns step by step: the next `run` starts anew."""
        with self._lock:
            if not self.iterative:
                raise ValueError(f"{self.document.trainer.label} trains anew at each change. There is nothing to reset.")
            self._training = None
            self._asked = self._results_key = ""
            self._worker.cancel()
            self._publish(activity="idle", progress=None, message=READY, nodes=self._node_statuses(self.document, (), awaiting=True))

    def stop(self) -> None:
        """Gives up the run; the last good results stay. A compile goes on to its end, since nothing can break it; its result is dropped."""
        with self._lock:
            self._asked, self._stopped = "", self._key(self.document)
            self._training = None
            self._give_up("stopping")
            if self._due and not self._worker.busy:  # it had not begun
                self._due = False
                self._publish(message="stopped")
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

    def _await_run(self, activity: Activity = "idle") -> None:
        """Says that nothing runs until it is told to, and what would be in the way."""
        found = problems_of(self.document, self._stages.own, "") if cannot_run(self.document, self._stages.own) else ()
        nodes, message = self._node_statuses(self.document, found, awaiting=True), found[0].words if found else READY
        self._publish(activity=activity, progress=None, revision=self._revision, nodes=nodes, problems=found, message=message)

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
        self._asked, self._stopped, self._due = key, "", True
        self._tell_cards()
        if self._old("running"):
            self._publish(message="training")  # what was said was said of the last model
        self._worker.submit(self._job(key, label), overtake=overtake)

    def _tell_cards(self) -> None:
        """Says what other wires or another task make of the nodes: the run may compile for seconds before it says so."""
        graph, task = self.document.graph, self.document.task
        kinds = [jax.tree.structure(node) for node in graph.nodes.values()]
        columns = [getattr(task, name, None) for name in ("inputs", "targets")]
        before, self._cards = self._cards, (graph.edges, kinds, columns, asked_by(self.document, self._stages.own))
        if before not in (None, self._cards):
            found = problems_of(self.document, self._stages.own, "") if cannot_run(self.document, self._stages.own) else ()
            self._publish(nodes=self._node_statuses(self.document, found), problems=found)

    def _job(self, key: str, label: str, *, single: bool = False) -> Job:
        return Job(self.document, self._revision, key, label, self._change(), self._gesture, single)

    def _work(self, job: Job) -> None:
        self.looks.give_up()
        try:
            self._compute(job)
        finally:
            with self._lock:
                self._due = self._worker.waiting
                self._look_again()
            if not self._worker.waiting:
                self.looks.ask()

    def _compute(self, job: Job) -> None:
        self._began = self._clock()
        try:
            if job.document.trainer.iterative:
                self._train(job)
            else:
                self._answer(job)
        except Exception as error:  # the thread lives on, and the page says what happened
            self._failed(job, sentence_of(error, job.document.trainer))
