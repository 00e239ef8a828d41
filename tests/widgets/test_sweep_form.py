"""The form of a sweep: what is written wrong, what cannot be swept, and round values."""

import math

import numpy as np
import pytest

import rcwidgets as rc
from rcwidgets.widgets.sweep_form import form_of, span
from tests.widgets.test_sweep import ASK, X, Y


@pytest.fixture
def model():
    """A chain that is drawn by the trainer's seed."""
    return rc.Input() >> rc.Reservoir(20, input_scaling=0.3) >> rc.LinearReadout()


@pytest.fixture
def view(play):
    return play.children[3]


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"x": {**X, "knob": "reservoir.units"}}, "x.knob", "This knob is not there any more. Choose another one."),
        ({"x": None}, "x.knob", "The form's x must be an object, got NoneType."),
        ({"y": X}, "y.knob", "This is the first knob already. Choose another one, or none."),
        ({"x": {**X, "from": "low"}}, "x.from", "Spectral radius must be a number between 0 and 10."),
        ({"x": {**X, "to": "nan"}}, "x.to", "Spectral radius must lie between 0 and 10."),
        ({"y": {**Y, "from": "-1"}}, "y.from", "Ridge beta must lie between 0 and 1e12."),
        ({"y": {**Y, "from": "0"}}, "y.from", "A log scale starts above 0, got 0. Start higher, or take the linear scale."),
        ({"x": {**X, "to": "0.3"}}, "x.to", "The range must end above its start 0.3, got 0.3."),
        ({"x": {**X, "count": "41"}}, "x.count", "The number of values must be a whole number from 2 to 40, got '41'."),
        ({"y": {**Y, "count": ""}}, "y.count", "The number of values must be a whole number from 2 to 40, got ''."),
        ({"seeds": "2.5"}, "seeds", "The number of seeds must be a whole number from 1 to 10, got '2.5'."),
        ({"metric": "size"}, "metric", "The error must be one of nrmse, nmse, rmse, mse, got 'size'."),
    ],
)
def test_what_is_written_wrong_gets_a_sentence_at_its_field(page, play, view, changes, field, words):
    answer = page.say(view, {"id": 5, **ASK, **changes})
    assert answer == {"id": 5, "ok": False, "error": {"text": words, "field": field}}
    assert play.experiment.sweeping is None


def test_what_cannot_be_swept_is_said_in_the_form(page, play, view):
    assert "beta" in [choice["name"] for choice in form_of(play.experiment.document)["choices"]]
    play.set("trainer", selection="blocked")  # then beta is no knob of a sweep, and each setting gets its own
    form = form_of(play.experiment.document)
    assert "beta" not in [choice["name"] for choice in form["choices"]] and form["first"][1] == "" and form["refused"] == ""
    play.set("trainer", selection="fixed")
    play.choose(trainer="BPTT")
    form = form_of(play.experiment.document)  # each setting takes long: one knob and one seed at first
    assert form["refused"] == "" and form["first"][1] == "" and form["seeds"] == 1
    play.choose(trainer="RidgeTrainer")
    play.set("reservoir", seed=4)
    answer = page.say(view, {"id": 2, **ASK})
    assert answer["error"]["field"] == "seeds" and form_of(play.experiment.document)["seeds"] == 1
    assert page.say(view, {"id": 3, **ASK, "seeds": "1"})["ok"]


def test_values_are_round_between_exact_ends():
    np.testing.assert_array_equal(span(0.1, 1.0, 4, log=False), [0.1, 0.4, 0.7, 1.0])
    np.testing.assert_array_equal(span(1e-8, 1.0, 4, log=True), [1e-8, 4.642e-6, 2.154e-3, 1.0])
    np.testing.assert_allclose(span(1.0, 1.00001, 3, log=False), [1.0, 1.000005, 1.00001], rtol=1e-12)
    assert math.isclose(span(1 / 3, 2 / 3, 2, log=False)[0], 1 / 3, rel_tol=0)
