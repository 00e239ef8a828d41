"""Figures of the last model say what they are of, and figures without a drawing what there is to do; stand-alone ones too."""

import numpy as np
import pytest

import rcwidgets as rc
from rcwidgets.live.on_demand.watching import LOOKS
from rcwidgets.widgets.publisher import publisher_of
from rcwidgets.widgets.runs import RunsTable

SUNSPOTS = "of the last model: Sunspots, 1 step"
NAMES = ["PredictionView", "LossView", "ErrorView", "PhaseView", "ClosedLoopView", "ResidualsView", "WeightsView", "SpectrumView"]


def small(**more):
    return rc.Experiment(rc.Input() >> rc.Reservoir(20, seed=0) >> rc.LinearReadout(), task="sunspots", **more)


def rest(experiment):
    experiment.wait(60)
    assert publisher_of(experiment).flush()


@pytest.mark.parametrize("name", [*NAMES, "ActivityView"])
def test_a_view_says_what_to_do_and_then_what_it_is_of(page, name):
    experiment = small(auto=False)
    view = getattr(rc, name)(experiment)
    rest(experiment)
    assert view.caption.empty == f"{view.nothing}: press Run" and view.nothing.endswith(("yet",))
    experiment.run()
    rest(experiment)
    assert (view.caption.old, view.caption.empty) == ("", "")
    experiment.choose(task="lorenz")
    rest(experiment)
    assert (view.caption.old, view.caption.empty) == (SUNSPOTS, "")
    experiment.run()
    rest(experiment)
    assert view.caption.old == ""
    view.close()
    experiment.close()


def test_the_split_is_always_that_of_the_document(page):
    experiment = small(auto=False)
    view = rc.SplitView(experiment)
    experiment.run()
    rest(experiment)
    experiment.choose(task="lorenz")
    rest(experiment)
    assert (view.caption.old, view.caption.empty) == ("", "")
    experiment.choose(task="data")
    rest(experiment)
    assert view.caption.empty == view.caption.subtitle != ""
    view.close()
    experiment.close()


def test_a_look_at_results_that_are_not_its_own_says_so(page, monkeypatch):
    experiment = small()
    view = rc.ClosedLoopView(experiment)
    rest(experiment)
    assert view.caption.old == ""
    monkeypatch.setattr(experiment.looks, "ask", lambda: None)  # as while it is computed
    experiment.choose(task="lorenz")
    rest(experiment)
    assert (experiment.status.old, view.caption.old) == ("", SUNSPOTS)
    monkeypatch.undo()
    experiment.looks.ask()
    rest(experiment)
    assert view.caption.old == ""
    view.close()
    experiment.close()


@pytest.mark.parametrize(("name", "look"), [("ClosedLoopView", "closed loop"), ("SpectrumView", "spectrum"), ("ActivityView", "activity")])
def test_a_look_that_is_to_come_says_that_it_is_computed_unless_it_failed(page, monkeypatch, name, look):
    experiment = small()
    rest(experiment)
    with monkeypatch.context() as before:
        before.setattr(experiment.looks, "ask", lambda: None)  # as while it is computed
        view = getattr(rc, name)(experiment)
        rest(experiment)
        view.ask()
        rest(experiment)
        assert view.caption.empty == f"{view.nothing}: computing"

    def fail(*arguments):
        raise MemoryError

    monkeypatch.setitem(LOOKS, look, fail)
    experiment.looks.ask()
    rest(experiment)
    assert view.caption.empty == view.nothing and experiment.status.message.startswith(f"There is no {look}.")
    view.close()
    experiment.close()


def test_a_figure_that_cannot_be_drawn_says_why_in_its_place(page):
    experiment = rc.Experiment(rc.Input() >> rc.NVAR(2) >> rc.LinearReadout(), task="sunspots")
    view = rc.SpectrumView(experiment)
    rest(experiment)
    assert view.caption.empty == view.caption.subtitle == view.thing.problem != ""
    view.close()
    experiment.close()


def test_the_playground_labels_figures_runs_and_metrics(page):
    t = np.arange(400.0)
    play = rc.Playground(rc.Input() >> rc.Reservoir(20, seed=0) >> rc.LinearReadout(), data=np.sin(t / 5))
    play.wait(60)
    place, loss = play.children[1].children
    table = next(child for child in play.children if isinstance(child, RunsTable))
    status = play._app.status_model
    said = [lambda: place.caption.old, lambda: loss.caption.old, lambda: table.old, lambda: status.old]
    assert [one() for one in said] == [""] * 4
    play.choose(trainer="LMS")
    play._publisher.flush()
    assert [one() for one in said] == ["of the last model: Your data, 1 step, Ridge"] * 4
    page.say(place.caption, {"id": 1, "type": "choose", "name": "Figure", "value": "Data and split"})
    play._publisher.flush()
    assert place.caption.old == ""  # it follows the document
    play.run()
    play.wait(60)
    assert [one() for one in said] == [""] * 4
    play.close()
