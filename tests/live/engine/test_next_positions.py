"""The positions ahead of the hand: which they are, that their answers are right, and that they cost the hand nothing."""

import threading
import time
from dataclasses import replace

import numpy as np
import pytest

from rcwidgets.core.document.document import Document
from rcwidgets.core.nodes import Input, LinearReadout, Reservoir
from rcwidgets.core.spec.knobs import knobs_of
from rcwidgets.core.tasks import DataTask, own_series
from rcwidgets.core.trainers.closed_form.ridge import RidgeSettings
from rcwidgets.live.engine import closed_form as answers
from rcwidgets.live.engine.next_positions import POSITIONS, Dragged, NextPositions, slider_values
from rcwidgets.live.experiment import Experiment
from rcwidgets.live.stages.prepared import Prepared
from rcwidgets.live.stages.ridge import Stages

pytestmark = pytest.mark.optimised

LIVE = knobs_of(Reservoir)


@pytest.fixture
def document(model):
    return Document(model, DataTask(), RidgeSettings(beta=1e-4, dtype="float64"))


def turned(document, **knobs):
    return replace(document, graph=document.graph.replace("reservoir", **knobs))


def settled(ahead, stages, places):
    """What is known once the program is compiled."""
    runs = {place.key(): Prepared(stages, place) for place in places}
    end = time.monotonic() + 60
    while not all(key in ahead for key in runs):
        assert time.monotonic() < end, "the positions ahead were never computed"
        ahead.compute(runs, lambda: None, lambda: None)
        time.sleep(0.01)


@pytest.mark.parametrize(
    ("name", "value", "direction", "expected"),
    [
        ("spectral_radius", 0.9, 1, [0.91, 0.92, 0.93]),
        ("spectral_radius", 0.29, -1, [0.28, 0.27, 0.26]),
        ("spectral_radius", 0.02, -1, [0.01, 0.0]),
        ("input_scaling", 0.05, 1, None),
    ],
)
def test_the_next_values_are_those_of_the_pages_slider(name, value, direction, expected):
    knob = LIVE[name]
    found = slider_values(knob, value, direction, 3)
    if expected is None:  # a log slider: two digits, one step of the exponent apart
        low, _, step = knob.slider
        place = round((np.log10(value) - np.log10(low)) / step)
        expected = [float(f"{low * 10 ** ((place + k) * step):.2g}") for k in (1, 2, 3)]
    assert found == expected


def test_only_one_live_knob_of_one_node_is_followed(document):
    assert Dragged.between(document, turned(document, leak_rate=0.5)).next(2) == [0.51, 0.52]
    assert Dragged.between(document, document) is None
    assert Dragged.between(document, turned(document, leak_rate=0.5, spectral_radius=0.5)) is None
    assert Dragged.between(document, turned(document, units=30)) is None
    assert Dragged.between(document, replace(turned(document, leak_rate=0.5), trainer=RidgeSettings(beta=1e-3))) is None
    assert Dragged.between(document, turned(document, connectivity=0.5)) is None


def test_nothing_is_planned_before_the_direction_is_known_nor_where_enough_is_known(document, series):
    ahead, stages = NextPositions(), Stages(own_series(series))
    radii = [0.5, 0.51, 0.52, 0.53]
    assert ahead.plan(turned(document, spectral_radius=0.5), "drag", Document.key) == {}
    places = ahead.plan(turned(document, spectral_radius=0.51), "drag", Document.key)
    expected = [turned(document, spectral_radius=value) for value in (0.52, 0.53, 0.54, 0.55, 0.56, 0.57, 0.58, 0.59)]
    assert list(places) == [place.key() for place in expected] and len(places) == POSITIONS
    settled(ahead, stages, places.values())
    further = ahead.plan(turned(document, spectral_radius=radii[2]), "drag", Document.key)  # seven of eight are still ahead
    assert list(further) == [turned(document, spectral_radius=round(0.6 + 0.01 * k, 2)).key() for k in range(POSITIONS)]
    settled(ahead, stages, further.values())
    assert ahead.plan(turned(document, spectral_radius=radii[3]), "drag", Document.key) == {}
    assert ahead.plan(turned(document, spectral_radius=0.54), "another", Document.key) == {}
    assert ahead.plan(turned(document, spectral_radius=0.6), None, Document.key) == {}


def test_the_answers_are_those_of_a_run_alone(document, series):
    ahead, stages, alone = NextPositions(), Stages(own_series(series)), Stages(own_series(series))
    places = [turned(document, spectral_radius=value) for value in (0.6, 0.61, 0.62)]
    settled(ahead, stages, places)
    for place in places:
        found, wanted = ahead.take(place.key()), next(alone.compute(place, 1, lambda: None, lambda *_: None))
        np.testing.assert_allclose(found.forecast, wanted.forecast, atol=1e-7)
        np.testing.assert_allclose(
            [found.train_nrmse, found.test_nrmse, found.test_mse], [wanted.train_nrmse, wanted.test_nrmse, wanted.test_mse], rtol=1e-6
        )
        np.testing.assert_allclose(found.params["readout"]["W"], wanted.params["readout"]["W"], rtol=1e-5, atol=1e-8)
        for mine, theirs in zip(found.state.nodes[1].values(), wanted.state.nodes[1].values(), strict=True):
            np.testing.assert_allclose(mine, theirs, atol=1e-9)
        assert found.model.by_name()["reservoir"].spectral_radius == place.graph.by_name()["reservoir"].spectral_radius
        np.testing.assert_array_equal(found.last, wanted.last)


def test_a_model_with_feedback_and_a_beta_that_is_chosen_are_not_tried(document, series):
    stages, ahead = Stages(own_series(series)), NextPositions()
    i, r, o = Input(), Reservoir(20, seed=0, feedback_scaling=0.3), LinearReadout()
    looped = replace(document, graph=(i >> r >> o) & (r << o))
    for place in (looped, replace(document, trainer=RidgeSettings(beta=1e-4, selection="held out"))):
        assert not ahead.compute({place.key(): Prepared(stages, place)}, lambda: None, lambda: None)
        assert place.key() not in ahead
    assert not [thread for thread in threading.enumerate() if thread.name == "rcwidgets-compile"]


def test_a_hand_that_drags_on_is_answered_without_a_step_and_one_that_turns_back_by_a_run(series):
    experiment = Experiment(Input() >> Reservoir(20, seed=0) >> LinearReadout(), data=series)
    node = experiment.document.graph.id_of("reservoir")

    def drag(value, gesture="drag"):
        experiment.edit([{"op": "set", "owner": node, "knob": "spectral_radius", "value": value}], gesture)
        return experiment.wait(60)

    drag(0.5)
    end = time.monotonic() + 60
    radius = 0.5
    ahead = experiment._strategy.next_positions
    while not ahead._found:
        assert time.monotonic() < end, "nothing was computed ahead"
        radius = round(radius + 0.01, 2) if radius < 1.5 else 0.5
        drag(radius)
    known = len(ahead._found)
    next_one = round(radius + 0.01, 2)
    answers = []
    experiment.subscribe(lambda news: answers.append((news, experiment.results.revision, experiment._jobs.stages.counts["steps"])))
    steps = experiment._jobs.stages.counts["steps"]
    results = drag(next_one)
    assert known and results.revision == experiment.revision and results.path is not None
    first = next(counted for news, revision, counted in answers if news == "results" and revision == experiment.revision)
    assert first == steps  # the answer came before any step of a run; the run that follows draws the path
    assert experiment._jobs.stages.counts["steps"] > steps
    assert results.model.by_name()["reservoir"].spectral_radius == next_one
    assert drag(0.3).model.by_name()["reservoir"].spectral_radius == 0.3
    experiment.close()
    assert experiment.status.activity == "idle"


def test_a_hand_that_waits_for_each_answer_is_answered_ahead_also_while_the_page_draws_it(series, monkeypatch):
    """The next position is there before the worker has left the page its moment, and is the first of those computed ahead."""
    monkeypatch.setattr(answers, "BREATH", 60.0)
    experiment = Experiment(Input() >> Reservoir(22, seed=0) >> LinearReadout(), data=series)
    node, heard = experiment.document.graph.id_of("reservoir"), threading.Condition()

    def hear(_):
        with heard:
            heard.notify_all()

    def drag(value):
        revision = experiment.edit([{"op": "set", "owner": node, "knob": "spectral_radius", "value": value}], "drag")
        with heard:
            assert heard.wait_for(lambda: experiment.results is not None and experiment.results.revision >= revision, 60)

    experiment.subscribe(hear)
    end, place = time.monotonic() + 60, 0
    while not experiment._strategy.next_positions._found:
        assert time.monotonic() < end, "nothing was computed ahead"
        drag(round(0.3 + 0.01 * (place % 100), 2))
        place += 1
    experiment.close()


def test_closing_ends_the_thread_that_compiles(series):
    experiment = Experiment(Input() >> Reservoir(23, seed=0) >> LinearReadout(), data=series)
    node = experiment.document.graph.id_of("reservoir")
    for value in (0.5, 0.51):
        experiment.edit([{"op": "set", "owner": node, "knob": "spectral_radius", "value": value}], "drag")
        experiment.wait(60)
    threads = [thread for thread in threading.enumerate() if thread.name == "rcwidgets-compile"]
    experiment.close()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()


def test_a_model_that_is_slow_to_answer_is_not_computed_ahead(series, monkeypatch):
    monkeypatch.setattr(answers, "QUICK", 0.0)
    experiment = Experiment(Input() >> Reservoir(21, seed=0) >> LinearReadout(), data=series)
    node = experiment.document.graph.id_of("reservoir")
    for value in (0.5, 0.51, 0.52):
        experiment.edit([{"op": "set", "owner": node, "knob": "spectral_radius", "value": value}], "drag")
        experiment.wait(60)
    assert not experiment._strategy.next_positions._found and not experiment._strategy.next_positions._compiled
    experiment.close()
