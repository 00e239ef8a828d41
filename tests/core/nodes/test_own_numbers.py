"""A number for each unit or channel, and a state to start from: the states of NumPy, checked, saved and written as code."""

import numpy as np
import pytest

from rcwidgets.core.document.document import Document
from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.loading import load
from rcwidgets.core.model.runner import RNNRunner
from rcwidgets.core.nodes import Input, LinearReadout, Reservoir, Scale
from rcwidgets.core.tasks import DataTask
from rcwidgets.core.trainers.closed_form.ridge import RidgeSettings, RidgeTrainer
from rcwidgets.core.trainers.lanes.lanes import Lanes
from rcwidgets.core.trainers.plasticity import IntrinsicPlasticity
from rcwidgets.live.session.status import node_statuses

LEAK, SCALING, START = np.linspace(0.1, 0.9, 20), np.array([0.5, 1.5]), np.linspace(-1.0, 1.0, 20)


def model(**more):
    return Input(2) >> Reservoir(seed=0, leak_rate=LEAK, input_scaling=SCALING, initial_state=START, **more) >> LinearReadout(2)


def states_of(params, x, *, external=False):
    h, r = (np.tanh(START), START) if external else (START, START)
    found = []
    for u in x:
        drive = 0.9 * h @ params["W"] + (u * SCALING) @ params["W_in"]
        r = (1 - LEAK) * r + LEAK * (drive if external else np.tanh(drive))
        h = np.tanh(r) if external else r
        found.append(h)
    return np.array(found)


@pytest.fixture
def x(generator):
    return generator.normal(size=(30, 2))


@pytest.mark.parametrize("kind", ["internal", "external"])
def test_the_states_are_those_of_numpy(kind, x):
    runner = RNNRunner(model(activation_type=kind), dtype="float64")
    runner.predict(np.stack([x, x]), monitors=["reservoir.state"])
    expected = states_of(runner.params["reservoir"], x, external=kind == "external")
    np.testing.assert_allclose(runner.mon["reservoir.state"], np.stack([expected] * 2), atol=1e-12)


def test_the_number_of_units_is_that_of_the_array():
    assert model()["reservoir"].units == 20


def test_they_are_saved_and_written_as_code(x, tmp_path):
    trainer = RidgeTrainer(model(), dtype="float64").fit([x, x])
    again = load(trainer.save(tmp_path / "model.npz"))
    np.testing.assert_array_equal(again.predict(x, reset=True), trainer.predict(x, reset=True))
    space = {}
    exec(compile(model().to_code(), "<code>", "exec"), space)
    for read in (again.model, space["model"], Graph.from_json(model().to_json())):
        own = read["reservoir"].arrays
        np.testing.assert_array_equal(own["leak_rate"], LEAK)
        np.testing.assert_array_equal(own["input_scaling"], SCALING)
        np.testing.assert_array_equal(own["initial_state"], START)
        assert "leak_rate=<array (20,)>" in repr(read["reservoir"])


def test_a_number_takes_the_place_of_an_array_and_the_page_says_which_are_there():
    document = Document(model(), DataTask(), RidgeSettings())
    texts = [status.text for status in node_statuses(document, None, [], {}).values()]
    assert texts[1] == "own leak rate, input scaling, initial state"
    turned = document.graph.replace("reservoir", leak_rate=0.4)["reservoir"]
    assert turned.leak_rate == turned.knobs["leak_rate"] == 0.4 and "leak_rate" not in turned.arrays
    other = document.graph.replace("reservoir", spectral_radius=1.2)["reservoir"]
    np.testing.assert_array_equal(other.leak_rate, LEAK)


@pytest.mark.parametrize(
    ("knobs", "words"),
    [
        ({"leak_rate": [0.5, 1.7]}, r"Reservoir.leak_rate must be in \[0.001, 1.0\], got 1.7 at \[1\] of the units"),
        (
            {"units": 20, "leak_rate": [0.1, 0.2]},
            "Reservoir.units must be 2, the size of leak_rate, got 20. Leave it out, or give another leak",
        ),
        ({"leak_rate": [0.1, np.nan]}, r"Reservoir.leak_rate must be finite, got nan at \[1\]"),
        ({"leak_rate": np.full((20, 1), 0.5)}, r"Reservoir.leak_rate must be one number, got an array of shape \(20, 1\)"),
        ({"input_scaling": [1.0, 2.0, 3.0]}, "Reservoir.input_scaling is for 3 channels, 2 arrive. Give one number, or 2"),
        ({"initial_state": -1.0}, r"Reservoir.initial_state must be in \[0.0, 100.0\], got -1.0"),
        ({"initial_state": [200.0]}, r"Reservoir.initial_state must be in \[-100.0, 100.0\], got 200 at \[0\] of the units"),
        ({"spectral_radius": np.array([0.1, 0.2])}, r"Reservoir.spectral_radius must be one number, got an array of shape \(2,\)"),
    ],
)
def test_what_is_wrong_is_a_sentence(knobs, words, x):
    with pytest.raises((ValueError, TypeError), match=words):
        RNNRunner(Input(2) >> Reservoir(**knobs) >> LinearReadout(2)).predict(x)


def test_a_network_of_large_radius_lives_without_input_from_a_state_of_its_own():
    silent, alive = (RNNRunner(Input(1) >> Reservoir(50, spectral_radius=1.5, seed=1, initial_state=size)) for size in (0.0, 0.5))
    nothing = np.zeros((2, 300, 1))
    for runner in (silent, alive):
        runner.predict(nothing, monitors=["reservoir.state"])
    assert not silent.mon["reservoir.state"].any()
    states = alive.mon["reservoir.state"]
    assert np.abs(states[:, -50:]).max() > 0.3
    np.testing.assert_array_equal(states[0], states[1])  # the same for each series
    start = alive.params["reservoir"]["initial_state"]
    assert 0.4 < np.abs(start).max() <= 0.5 and abs(start.mean()) < 0.15
    again = RNNRunner(alive.model)
    again.predict(nothing, monitors=["reservoir.state"])
    np.testing.assert_array_equal(again.mon["reservoir.state"], states)


def test_lanes_differ_in_other_knobs(x):
    lanes = Lanes(RidgeTrainer(model()), {"reservoir.spectral_radius": [0.5, 0.9]}).fit([x, x])
    alone = RidgeTrainer(model()).fit([x, x])
    np.testing.assert_allclose(lanes.predict(x)[1], alone.predict(x), atol=1e-4)
    with pytest.raises(ValueError, match=r"Lanes.knobs must be live knobs, got 'reservoir.leak_rate'"):
        Lanes(RidgeTrainer(model()), {"reservoir.leak_rate": [0.5, 0.9]})


def test_plasticity_leaves_them_as_they_are(x):
    adapted = IntrinsicPlasticity(model(), epochs=2).fit(x)
    for name, value in (("leak_rate", LEAK), ("input_scaling", SCALING), ("initial_state", START)):
        np.testing.assert_allclose(adapted.params["reservoir"][name], value, rtol=1e-6)


def test_each_channel_is_brought_back_to_its_own_unit(x):
    mean, spread = np.array([5.0, -300.0]), np.array([2.0, 40.0])
    graph = Input(2) >> Reservoir(20, seed=0) >> LinearReadout(2)
    scaled = RidgeTrainer(graph >> Scale(factor=spread, offset=mean), dtype="float64").fit([x, x * spread + mean])
    plain = RidgeTrainer(graph, dtype="float64").fit([x, x])
    np.testing.assert_allclose(scaled.params["readout"]["W"], plain.params["readout"]["W"], rtol=1e-6)
    np.testing.assert_allclose(scaled.predict(x), plain.predict(x) * spread + mean, rtol=1e-9)
    with pytest.raises(ValueError, match="Scale.factor is for 3 features, 2 arrive. Give one number, or 2"):
        RNNRunner(graph >> Scale(factor=[1.0, 2.0, 3.0])).predict(x)
