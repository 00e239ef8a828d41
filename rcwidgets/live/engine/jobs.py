"""The jobs that come of what a person tells an experiment: at most one runs, and at most one waits."""

from collections.abc import Callable
from typing import Any, NamedTuple

from rcwidgets.core.document.document import Document
from rcwidgets.live.engine.display import Display
from rcwidgets.live.on_demand.watching import Looks
from rcwidgets.live.printed import Printed
from rcwidgets.live.session.session import Session
from rcwidgets.live.session.status import problems_of, sentence_of
from rcwidgets.live.stages.ridge import Stages
from rcwidgets.live.worker import Worker

STILL_TURNING = 0.4  # seconds for which a run may go on although the hand that started it has moved on


class TrainingJob(NamedTuple):
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

    @property
    def words(self) -> str:
        """What it was asked for, with the values of knobs that were turned: "Spectral radius 1.1, reservoir"."""
        return self.change if self.change and self.label.startswith(("Set ", "Reset ")) else self.label


class Jobs:
    """Asks the worker for the document as it is now; `work(job)` is called in the worker's thread.

    `stages` are what earlier jobs left for later ones, and `began` is when the job that runs began, or when the hand was answered last.
    Whoever calls a method holds the session's lock, but for `report`.
    """

    def __init__(
        self,
        session: Session,
        display: Display,
        looks: Looks,
        stages: Stages,
        work: Callable[[TrainingJob], None],
        clock: Callable[[], float],
    ) -> None:
        self._session, self._display, self._looks, self._do = session, display, looks, work
        self.stages, self.clock = stages, clock
        self.worker: Worker[TrainingJob] = Worker(self._work)
        self.printed = Printed()
        self.began = 0.0
        self.asked = ""  # the key of what the worker was asked for last, empty where it was told to stop
        self._stopped = ""  # the key of what it was told to stop
        self._gesture: str | None = None

    def submit(self, label: str, *, overtake: bool = True) -> None:
        """Asks for the document now, unless it was asked for just that already, or told to stop it."""
        session, display = self._session, self._display
        key = session.key(session.document)
        if key in (self.asked, self._stopped):
            display.publish(revision=session.revision, nodes=display.node_statuses(session.document, display.status.problems))
            return
        self.asked, self._stopped, display.due = key, "", True
        display.tell_nodes()
        if display.old("running"):
            display.publish(message="training")  # what was said was said of the last model
        self.worker.submit(self._job(key, label), overtake=overtake)

    def submit_stretch(self, label: str) -> None:
        """Asks for one stretch of a training."""
        self._display.due = True
        self.worker.submit(self._job(self._session.key(self._session.document), label, single=True))

    def _job(self, key: str, label: str, *, single: bool = False) -> TrainingJob:
        session = self._session
        return TrainingJob(session.document, session.revision, key, label, session.change, self._gesture, single)

    def again(self) -> None:
        """Lets the same be asked for once more."""
        self.asked = self._stopped = ""

    def go_on(self) -> None:
        """Takes back that the worker was told to stop."""
        self._stopped = ""

    def turned_by(self, gesture: str | None) -> bool:
        """Notes whose change this is; True while the hand that began the run turns on."""
        same = gesture is not None and gesture == self._gesture and self.clock() - self.began < STILL_TURNING
        self._gesture = gesture
        return same

    @property
    def under_way(self) -> bool:
        """True while a run goes on that nobody has given up."""
        return self._display.status.activity in ("running", "compiling") and not self.worker.given_up

    def stop(self) -> None:
        """Gives up the run, and what it was asked for."""
        display = self._display
        self.asked, self._stopped = "", self._session.key(self._session.document)
        self.give_up("stopping")
        if display.due and not self.worker.busy:  # it had not begun
            display.due = False
            display.publish(message="stopped")

    def give_up(self, doing: str) -> None:
        """Gives up what runs and says so at once: the worker hears of it after its stretch, or after a compile of some seconds."""
        display = self._display
        self.worker.cancel()
        if display.status.activity in ("running", "compiling"):
            display.publish(message=f"{doing} after the compile" if display.status.activity == "compiling" else doing)

    def begin_anew(self) -> None:
        """Gives up the run, and forgets what earlier ones left: the data are others."""
        self.worker.cancel()
        self.stages = Stages(self._session.own, self.stages.functions)
        self.again()

    # in the worker's thread

    def stopped_words(self) -> dict[str, str]:
        """What a run that ends says, where it was told to stop."""
        return {"message": "stopped"} if self.asked == "" else {}

    def report(self, activity: Any, progress: float | None, words: str = "") -> None:
        """Tells the progress; without words, the message stays."""
        with self._session.lock:
            self.worker.checkpoint()
            told = {"message": words} if words else {}
            self._display.publish(activity=activity, progress=progress, output=self.printed.text, **told)

    def _work(self, job: TrainingJob) -> None:
        self._looks.worker.cancel()
        try:
            self.began = self.clock()
            with self.printed.caught():
                self._do(job)
        except Exception as error:  # the thread lives on, and the page says what happened
            self.printed.add_error(error)
            with self._session.lock:
                self._failed(job, error)
        finally:
            with self._session.lock:
                if self.printed.text != self._display.status.output:
                    self._display.publish(output=self.printed.text)
                self._display.due = self.worker.waiting
                self._display.look_again()
            if not self.worker.waiting:
                self._looks.ask()

    def _failed(self, job: TrainingJob, error: Exception) -> None:
        """Says why a job failed."""
        session, display = self._session, self._display
        found = problems_of(job.document, session.own, sentence_of(error, job.document.trainer))
        still = session.key(session.document) == job.key
        nodes = display.node_statuses(session.document if still else job.document, found)
        revision = session.revision if still else job.revision
        display.publish(activity="failed", message=found[0].words, progress=None, problems=found, nodes=nodes, revision=revision)
