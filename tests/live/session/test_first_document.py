"""The document that an experiment starts with: what was given stays, and what was not is the start of the task."""

import pytest

from rcwidgets.core.nodes import Input, LinearReadout, Reservoir
from rcwidgets.core.starts import start_of
from rcwidgets.core.tasks import LorenzTask, SunspotTask
from rcwidgets.core.trainers.closed_form.ridge import RidgeSettings, RidgeTrainer
from rcwidgets.core.trainers.gradient.bptt import BPTT
from rcwidgets.core.trainers.online.recursive import RLS
from rcwidgets.live.session.first_document import functions_of, start_document


def test_without_anything_it_is_the_start_of_the_task_under_the_trainer():
    for trainer, kind in ((None, None), (RLS, "RLS")):
        made, start = start_document(None, "sunspots", trainer), start_of(SunspotTask(), kind)
        assert (made.task, made.trainer) == (start.task, start.trainer)
        assert [node.kind for node in made.graph.nodes.values()] == [node.kind for node in start.graph.nodes.values()]


def test_what_is_given_stays_as_it_is():
    model, task, settings = Input() >> Reservoir(7) >> LinearReadout(), LorenzTask(horizon=9), RidgeSettings(beta=0.5)
    made = start_document(model, task, settings)
    assert (made.graph, made.task, made.trainer) == (model, task, settings)
    assert start_document(model, task, RidgeTrainer(model, beta=0.25)).trainer == RidgeSettings(beta=0.25)


def test_an_unknown_trainer_or_task_is_an_error_with_the_names():
    with pytest.raises(TypeError, match=r"Experiment\.trainer must be one of RidgeTrainer.*, got 3\."):
        start_document(None, "lorenz", 3)
    with pytest.raises(ValueError, match="Unknown task kind 'weather'"):
        start_document(None, "weather", None)


def test_the_functions_of_a_trainer_are_those_that_no_document_holds():
    def loss(outputs, targets):
        return abs(outputs - targets).mean()

    model = Input(1) >> Reservoir(5) >> LinearReadout(1)
    assert functions_of(BPTT(model, loss=loss)) == {"loss": loss}
    assert functions_of(BPTT(model)) == functions_of(BPTT) == functions_of(None) == {}
