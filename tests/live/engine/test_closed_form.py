"""Training in one go: at each change, once for the newest one, and with a moment for the page that draws."""

import threading

import pytest

from rcwidgets.live.engine import closed_form
from rcwidgets.live.experiment import Experiment


@pytest.fixture
def experiment(model, series):
    made = Experiment(model, data=series)
    made.wait(60)
    yield made
    made.close()


def test_each_change_is_answered_and_the_run_is_kept(experiment):
    before = experiment.results
    experiment.set("trainer", beta=0.5)
    after = experiment.wait(60)
    assert after.beta == 0.5 != before.beta and after.path is not None and after.revision == experiment.revision
    assert [run.number for run in experiment.runs] == [1, 2] and experiment.status.message.startswith("trained in ")


def test_nothing_is_computed_anew_for_a_document_that_is_answered(experiment):
    steps, solves = (experiment._jobs.stages.counts[name] for name in ("steps", "solves"))
    node = experiment.document.graph.id_of("reservoir")
    experiment.edit([{"op": "move", "positions": {node: [3, 4]}}])
    experiment.wait(60)
    assert (experiment._jobs.stages.counts["steps"], experiment._jobs.stages.counts["solves"]) == (steps, solves)


def test_the_worker_rests_as_long_as_the_page_draws(experiment, monkeypatch):
    monkeypatch.setattr(closed_form, "BREATH", 0.0)
    monkeypatch.setattr(closed_form, "LONGEST_BREATH", 60.0)
    answered = threading.Event()
    experiment.subscribe(lambda news: answered.set() if news == "results" else None)
    experiment.page_draws(True)
    experiment.set("trainer", beta=0.5)
    assert answered.wait(60) and not experiment._worker.wait(0.3)  # it waits for the page before it draws the path
    experiment.page_draws(False)
    assert experiment.wait(60).path is not None
