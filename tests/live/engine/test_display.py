"""What is shown: whose document the results are of, the trail of one question, and the words of the status."""

from dataclasses import replace

import pytest

from rcwidgets.core.document.document import Document
from rcwidgets.core.tasks import DataTask, LorenzTask, own_series
from rcwidgets.live.engine.display import READY, Display
from rcwidgets.live.runs.runs import Runs
from rcwidgets.live.session.comparison import fixed_key
from rcwidgets.live.session.session import Session
from rcwidgets.live.stages.ridge import Stages


@pytest.fixture
def session(model, series):
    return Session(Document(model, DataTask()), own_series(series), users_model=True, file=None)


@pytest.fixture
def display(session):
    return Display(session, Runs(lambda: None, lambda: None), auto=True)


@pytest.fixture
def found(session):
    return next(Stages(session.own).compute(session.document, 1, lambda: None, lambda *_: None))


def turned(session, **knobs):
    document = replace(session.document, graph=session.document.graph.replace("reservoir", **knobs))
    session.history.record(document, "Set something")
    return document


def test_results_are_current_until_the_document_changes(session, display, found):
    assert not display.current and display.todo == "press Run"
    display.show(found, session.document, session.document, "trained", "Start")
    assert display.current and display.old("idle") == "" and display.todo == ""
    turned(session, leak_rate=0.5)
    assert not display.current and display.old("idle") == "of the last model: Your data, 1 step"
    display.due = True
    assert display.old("running") == ""  # the results that come by themselves are waited for
    session.history.record(replace(session.document, task=LorenzTask()), "Choose Lorenz")
    assert display.old("running") == "of the last model: Your data, 1 step"


def test_a_training_that_takes_up_knobs_keeps_its_results_current(session, display, found):
    display.show(found, session.document, session.document, "", None, fixed_key(session.document))
    turned(session, leak_rate=0.5)
    assert display.current
    turned(session, units=21)
    assert not display.current


def test_the_trail_is_that_of_one_question(session, display, found):
    document = session.document
    for label in ("Start", "Leak rate 0.5"):
        display.show(found, document, document, "trained", label)
    display.show(found, document, document, "", None)
    assert display.results.tweak_labels == ("Start", "Leak rate 0.5") and display.results.tweaks.tolist() == [found.test_nrmse] * 2
    display.show(replace(found, horizon=3), document, document, "trained", "Horizon 3")
    assert display.results.tweak_labels == ("Horizon 3",)


def test_the_pace_and_the_outcome_go_with_what_they_were_said_of(display):
    display.publish(activity="running", pace="3/s", message="training")
    assert display.status.pace == "3/s"
    display.publish(activity="idle", message="trained", outcome="Test NRMSE 0.1")
    assert (display.status.pace, display.status.outcome) == ("", "Test NRMSE 0.1")
    display.publish(message="stopped")
    assert display.status.outcome == ""


def test_awaiting_a_run_says_what_is_in_the_way(session, display):
    display.await_run()
    assert display.status.message == READY and display.status.problems == ()
    session.own = None
    display.await_run("paused")
    assert display.status.activity == "paused" and display.status.problems[0].owner == "task"
