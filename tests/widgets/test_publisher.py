"""The publisher: a broken view is dropped, views are drawn one at a time, nothing is kept alive."""

import gc
import time
import weakref

import pytest

import rcwidgets as rc
from rcwidgets.live import worker
from rcwidgets.live.experiment import Experiment
from rcwidgets.widgets import publisher as publishing
from rcwidgets.widgets.publisher import publisher_of


@pytest.fixture
def experiment():
    made = Experiment(task="sunspots", auto=False)
    yield made
    made.close()


def test_a_view_that_fails_is_dropped_and_the_others_go_on(experiment, caplog):
    publisher, drawn = publisher_of(experiment), []
    publisher.add("results", lambda: None if experiment.results is None else {}["figure"])
    publisher.add("results", lambda: drawn.append(experiment.results))
    for _ in range(2):
        experiment.run()
        results = experiment.wait(60)
        assert publisher.flush(5) and drawn[-1] is results
    assert caplog.messages == ["A view of 'results' failed and is not drawn any more."]


def test_a_new_view_is_never_drawn_by_two_threads_at_once(experiment):
    publisher, inside, most = publisher_of(experiment), [], []

    def draw():
        inside.append(1)
        most.append(len(inside))
        publisher._hear("results") if len(most) == 1 else None
        time.sleep(0.2)
        inside.pop()

    publisher.add("results", draw)
    assert publisher.flush(5) and len(most) == 2 and max(most) == 1


def test_a_publisher_that_was_closed_is_replaced(experiment):
    first = publisher_of(experiment)
    assert publisher_of(experiment) is first
    first.close()
    assert publisher_of(experiment) is not first and first.flush(0.1)


def test_a_dropped_experiment_is_collected_with_its_publisher(monkeypatch):
    monkeypatch.setattr(worker, "IDLE", 0.01)
    monkeypatch.setattr(publishing, "IDLE", 0.01)
    experiment = Experiment(task="sunspots")
    publisher = weakref.ref(publisher_of(experiment))
    publisher().add("status", lambda: None)
    experiment.wait(60)
    dropped = weakref.ref(experiment)
    del experiment
    end = time.monotonic() + 10
    while dropped() is not None and time.monotonic() < end:
        time.sleep(0.02)
        gc.collect()
    assert dropped() is None and publisher() is None


def test_results_wait_for_no_other_news(experiment, monkeypatch):
    monkeypatch.setattr(publishing, "SHORTEST", 60.0)
    publisher, drawn = publisher_of(experiment), []
    publisher.add("status", lambda: drawn.append("status"))
    publisher.add("results", lambda: drawn.append("results"))
    publisher._hear("status")
    assert publisher.flush(5)
    publisher._hear("results")
    assert publisher.flush(5) and drawn == ["status", "results", "status", "results"]
    publisher._hear("results")
    assert not publisher.flush(0.2) and drawn[4:] == []


def test_results_of_a_position_that_was_left_wait_for_the_newest(experiment, monkeypatch):
    experiment.run()
    experiment.wait(60)
    monkeypatch.setattr(publishing, "SHORTEST", 0.0)
    monkeypatch.setattr(publishing, "STALE", 60.0)
    publisher, drawn = publisher_of(experiment), []
    publisher.add("results", lambda: drawn.append(experiment.results.revision))
    publisher._hear("results")
    assert publisher.flush(5) and len(drawn) == 2
    experiment.edit([{"op": "set", "owner": "trainer", "knob": "beta", "value": 1e-3}])  # paused: the results stay those of before
    publisher._hear("results")
    assert not publisher.flush(0.2) and len(drawn) == 2
    experiment.run()
    experiment.wait(60)
    assert publisher.flush(5) and drawn[-1] == experiment.revision


def test_a_page_that_says_what_it_has_drawn_gets_one_frame_at_a_time(experiment, monkeypatch):
    monkeypatch.setattr(publishing, "SHORTEST", 0.0)
    monkeypatch.setattr(publishing, "AWAIT_DRAWN", 60.0)
    publisher, drawn = publisher_of(experiment), []
    publisher.add("results", lambda: drawn.append(publisher.frame))
    for _ in range(2):  # nobody has said anything yet
        publisher._hear("results")
        assert publisher.flush(5)
    publisher.drawn(2)
    publisher._hear("results")
    assert publisher.flush(5) and drawn == [0, 1, 2, 3]
    publisher._hear("results")
    assert not publisher.flush(0.2) and drawn == [0, 1, 2, 3]
    publisher.drawn(3)
    assert publisher.flush(5) and drawn == [0, 1, 2, 3, 4]


def test_a_page_that_went_away_holds_nothing_up(experiment, monkeypatch):
    monkeypatch.setattr(publishing, "SHORTEST", 0.0)
    monkeypatch.setattr(publishing, "AWAIT_DRAWN", 0.05)
    publisher, drawn = publisher_of(experiment), []
    publisher.add("results", lambda: drawn.append(publisher.frame))
    publisher.drawn(0)
    publisher._hear("results")
    assert publisher.flush(5)
    publisher._hear("results")
    assert publisher.flush(5) and drawn[-1] == 2  # after the page's patience
    monkeypatch.setattr(publishing, "AWAIT_DRAWN", 60.0)
    publisher._hear("results")
    assert publisher.flush(5) and drawn[-1] == 3


def test_what_is_looked_at_first_has_the_page_for_itself_until_it_is_on_the_screen(experiment, monkeypatch):
    monkeypatch.setattr(publishing, "SHORTEST", 0.0)
    monkeypatch.setattr(publishing, "GLANCE", 60.0)
    publisher, drawn = publisher_of(experiment), []
    publisher.add("results", lambda: drawn.append("later"))
    publisher.add("status", lambda: drawn.append("status"))
    publisher.add("results", lambda: drawn.append(publisher.frame), "frame")
    publisher.add("results", lambda: drawn.append("first"), "first")
    drawn.clear()
    publisher.drawn(0)
    publisher._hear("results")
    publisher._hear("status")
    assert not publisher.flush(0.2) and drawn == ["first", 1] and experiment._strategy.page_draws
    publisher.drawn(1)
    assert publisher.flush(5) and drawn == ["first", 1, "later", "status"] and not experiment._strategy.page_draws


def test_without_a_page_that_says_what_it_has_drawn_nothing_waits_for_one(experiment, monkeypatch):
    monkeypatch.setattr(publishing, "GLANCE", 60.0)
    publisher, drawn = publisher_of(experiment), []
    publisher.add("results", lambda: drawn.append("later"))
    publisher.add("results", lambda: drawn.append("first"), "first")
    publisher._hear("results")
    assert publisher.flush(5) and drawn[2:] == ["first", "later"]


def test_a_page_that_is_slow_holds_the_rest_up_for_a_glance_only(experiment, monkeypatch):
    monkeypatch.setattr(publishing, "GLANCE", 0.05)
    publisher, drawn = publisher_of(experiment), []
    publisher.add("results", lambda: drawn.append("later"))
    publisher.drawn(0)
    publisher._hear("results")
    assert publisher.flush(5) and drawn == ["later"] * 2 and not experiment._strategy.page_draws


def test_views_of_one_experiment_share_it_and_of_a_graph_have_their_own(page, play, series):
    editor, box = rc.GraphEditor(play.experiment), rc.controls(play.experiment)
    box.knobs["reservoir", "leak_rate"].value = 0.8
    assert play.model["reservoir"].leak_rate == 0.8
    assert editor.document["nodes"][1]["knobs"]["leak_rate"] == 0.8
    own = rc.PredictionView(rc.Input() >> rc.Reservoir(10) >> rc.LinearReadout())
    assert own.experiment is not play.experiment
    own.experiment.close()
    with pytest.raises(TypeError, match="LossView takes an Experiment or a model, got int"):
        rc.LossView(3)


def test_closed_handles_follow_no_more(page, play):
    publisher, experiment = play._publisher, play.experiment
    viewers, listeners = len(publisher._viewers), len(experiment._session.events.listeners)
    handles = [rc.LossView(experiment), rc.PredictionView(experiment), rc.controls(experiment), rc.GraphEditor(experiment)]
    assert len(publisher._viewers) == viewers + 8 and len(experiment._session.events.listeners) == listeners + 2
    for handle in handles:
        handle.close()
    assert len(publisher._viewers) == viewers and len(experiment._session.events.listeners) == listeners
    play.set("reservoir", leak_rate=0.7)
    play.wait(60)
