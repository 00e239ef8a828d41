"""Jobs: what is asked for twice is done once, what is stopped stays stopped, and a hand that turns on is let go on."""

import threading

import pytest

from rcwidgets.core.document.document import Document
from rcwidgets.core.tasks import DataTask, own_series
from rcwidgets.live.engine.display import Display
from rcwidgets.live.engine.jobs import STILL_TURNING, Jobs, TrainingJob
from rcwidgets.live.on_demand.watching import Looks
from rcwidgets.live.runs.runs import Runs
from rcwidgets.live.session.session import Session
from rcwidgets.live.stages.ridge import Stages


class Desk:
    """Jobs of a session whose work is to wait until it may go on, with a clock that stands."""

    def __init__(self, model, series):
        own = own_series(series)
        self.session = Session(Document(model, DataTask()), own, users_model=True, file=None)
        self.display = Display(self.session, Runs(lambda: None, lambda: None), auto=True)
        looks = Looks(lambda: None, lambda: None, self.display.look_failed)
        self.fails: Exception | None = None
        self.now, self.done, self.go = 0.0, [], threading.Event()
        self.jobs = Jobs(self.session, self.display, looks, Stages(own), self.work, lambda: self.now)

    def work(self, job):
        assert self.go.wait(60)
        if self.fails is not None:
            raise self.fails
        self.done.append(job)

    def turn(self, radius):
        document = self.session.document
        self.session.history.record(
            Document(document.graph.replace("reservoir", spectral_radius=radius), document.task), "Set Spectral radius of reservoir"
        )
        self.session.revise()

    def finish(self):
        self.go.set()
        assert self.jobs.worker.wait(60)


@pytest.fixture
def desk(model, series):
    made = Desk(model, series)
    yield made
    made.go.set()
    made.jobs.worker.close()


def test_the_same_document_is_asked_for_once_and_again_when_told_so(desk):
    desk.jobs.submit("Start")
    desk.jobs.submit("Start")
    desk.finish()
    desk.jobs.submit("Start")
    assert desk.jobs.worker.wait(60) and [job.label for job in desk.done] == ["Start"]
    desk.jobs.again()
    desk.jobs.submit("Run")
    assert desk.jobs.worker.wait(60) and [job.label for job in desk.done] == ["Start", "Run"] and not desk.display.due


def test_a_job_is_named_by_what_was_turned(desk):
    desk.go.set()
    desk.turn(0.5)
    desk.jobs.submit("Set Spectral radius of reservoir")
    assert desk.jobs.worker.wait(60) and desk.done[0].words == "Spectral radius 0.5, reservoir" and desk.done[0].revision == 2


def test_what_was_stopped_is_not_done_until_it_may_go_on(desk):
    desk.go.set()
    desk.jobs.stop()
    desk.jobs.submit("Move")
    assert desk.done == [] and desk.jobs.stopped_words() == {"message": "stopped"}
    desk.jobs.go_on()
    desk.jobs.submit("Resume")
    assert desk.jobs.worker.wait(60) and len(desk.done) == 1 and desk.jobs.stopped_words() == {}


def test_a_hand_turns_on_for_a_moment(desk):
    assert not desk.jobs.turned_by("drag") and desk.jobs.turned_by("drag")
    desk.now = STILL_TURNING
    assert not desk.jobs.turned_by("drag")
    desk.now = 0.0
    assert not desk.jobs.turned_by("another") and not desk.jobs.turned_by(None) and not desk.jobs.turned_by(None)


def test_a_job_that_fails_is_said_and_the_next_one_is_done(desk):
    desk.go.set()
    desk.fails = ValueError("Not today.")
    desk.jobs.submit("Start")
    assert desk.jobs.worker.wait(60) and (desk.display.status.activity, desk.display.status.message) == ("failed", "Not today.")
    desk.fails = None
    desk.jobs.again()
    desk.jobs.submit("Run")
    assert desk.jobs.worker.wait(60) and [job.label for job in desk.done] == ["Run"]


def test_other_data_leave_nothing_of_what_there_was(desk):
    stages, desk.jobs.asked = desk.jobs.stages, "something"
    desk.jobs.begin_anew()
    assert desk.jobs.stages is not stages and desk.jobs.asked == "" and desk.jobs.stages.own is desk.session.own


@pytest.mark.parametrize(
    ("label", "change", "words"),
    [
        ("Set Leak rate of reservoir", "Leak rate 0.5, reservoir", "Leak rate 0.5, reservoir"),
        ("Reset Leak rate of reservoir", "Leak rate 0.3, reservoir", "Leak rate 0.3, reservoir"),
        ("Set Leak rate of reservoir", "", "Set Leak rate of reservoir"),
        ("Add reservoir", "Add reservoir", "Add reservoir"),
        ("Undo", "Leak rate 0.5, reservoir", "Undo"),
    ],
)
def test_knobs_that_were_turned_are_told_with_their_values(model, label, change, words):
    assert TrainingJob(Document(model), 3, "key", label, change).words == words
