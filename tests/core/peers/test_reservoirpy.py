"""Models of ReservoirPy: built from recorded weights with the library itself, states against those recorded."""

from pathlib import Path

import numpy as np
import pytest
import reservoirpy.nodes as peers
from reservoirpy import ESN, Model, activationsfunc
from scipy.sparse import csr_array

import rcwidgets as rc

RECORDED = np.load(Path(__file__).parents[2] / "data" / "reservoirpy.npz")
CASES = {"plain": "sigmoid", "sparse": "tanh", "feedback": "tanh", "esn": "tanh"}


def rebuilt(case):
    """ReservoirPy's model of the recorded weights."""
    own = {name.removeprefix(f"{case} "): RECORDED[name] for name in RECORDED.files if name.startswith(f"{case} ")}
    W = csr_array(own["W"]) if case == "sparse" else own["W"]
    pool = peers.Reservoir(W=W, Win=own["Win"], bias=own["bias"], lr=0.4, activation=CASES[case], name="pool")
    read = peers.Ridge(Wout=own["Wout"], bias=own["bout"], name="read")
    if case == "esn":
        model = ESN(reservoir=pool, readout=read, input_to_readout=True, feedback=True)
    else:
        model = pool >> read
        if case == "feedback":
            model = model & (pool << read)
    model.initialize(RECORDED["x"][:1], own["outputs"][:1].astype(np.float64))
    return model, own


def pool_of(model):
    return next(node for node in model.nodes if node.name == "pool")


@pytest.mark.parametrize("case", CASES)
def test_states_and_outputs_are_those_recorded(case):
    model, own = rebuilt(case)
    runner = rc.from_reservoirpy(model)
    outputs = runner.predict(RECORDED["x"], monitors=["pool.state"])
    np.testing.assert_allclose(runner.mon["pool.state"][0], own["states"], rtol=0, atol=1e-6)
    np.testing.assert_allclose(outputs, own["outputs"], rtol=0, atol=1e-6)
    assert runner.dtype == np.float64 and set(runner.params) >= {"pool", "read"}


def test_w_untransposed_has_other_states():
    model, own = rebuilt("plain")
    pool_of(model).W = pool_of(model).W.T
    runner = rc.from_reservoirpy(model)
    runner.predict(RECORDED["x"], monitors=["pool.state"])
    assert np.abs(runner.mon["pool.state"][0] - own["states"]).max() > 0.01


def test_the_model_can_be_trained_anew_on_its_reservoir():
    model, own = rebuilt("sparse")
    trainer = rc.RidgeTrainer(rc.from_reservoirpy(model).model, beta=1e-12, dtype="float64")
    trainer.fit([RECORDED["x"], own["outputs"]])
    np.testing.assert_allclose(trainer.predict(RECORDED["x"], reset=True), own["outputs"], rtol=0, atol=1e-3)
    np.testing.assert_allclose(np.asarray(trainer.params["pool"]["W_in"]), own["Win"].T)


def leaky(x):
    return np.where(x > 0, x, 0.1 * x)


leaky.__name__ = "relu"  # as a user's own function may be called


@pytest.mark.parametrize("name", ["tanh", "sigmoid", "relu", "softplus", "identity"])
def test_an_activation_is_known_by_its_values(name):
    model, _ = rebuilt("plain")
    pool_of(model).activation = activationsfunc.get_function(name)
    assert [node.activation for node in rc.from_reservoirpy(model).model.nodes.values() if hasattr(node, "activation")] == [name]


def run(*nodes):
    """A model of nodes in a row that has run."""
    model = nodes[0]
    for node in nodes[1:]:
        model = model >> node
    model.run(RECORDED["x"])
    return model


def late():
    """A model whose reservoir hears the readout two steps late."""
    pool, read = peers.Reservoir(9, rc_connectivity=0.5, seed=1), peers.Ridge(1e-3)
    model = Model([pool, read], [(pool, 0, read), (read, 2, pool)])
    return model.fit(RECORDED["x"], RECORDED["x"])


def back_to_readout():
    first, second = peers.Ridge(1e-3, name="first"), peers.Ridge(1e-3, name="second")
    pool = peers.Reservoir(9, rc_connectivity=0.5, seed=1)
    model = (pool >> first >> second) & (first << second)
    return model.fit(RECORDED["x"], {"first": RECORDED["x"], "second": RECORDED["x"]})


REFUSED = {
    "leak": (
        lambda: run(peers.Reservoir(3, rc_connectivity=1.0, seed=1, lr=np.array([0.1, 0.2, 0.5])), peers.Output()),
        "a leak rate for each unit, from 0.1 to 0.5",
    ),
    "activation": (
        lambda: run(peers.Reservoir(3, rc_connectivity=1.0, seed=1, activation=leaky), peers.Output()),
        "the activation 'relu', which is not here",
    ),
    "softmax": (
        lambda: run(peers.Reservoir(3, rc_connectivity=1.0, seed=1, activation="softmax"), peers.Output()),
        "the activation 'softmax', which is not here",
    ),
    "kind": (lambda: run(peers.NVAR(2, 2), peers.Output()), "a part of the kind NVAR, which is not read"),
    "delay": (late, "an edge that is 2 steps late"),
    "readout": (back_to_readout, "feeds back to its Ridge"),
    "waiting": (lambda: peers.Reservoir(3) >> peers.Ridge(), "no weights yet: its Reservoir has seen no data. Fit or run it first."),
    "outputs": (
        lambda: run(peers.Input(), [peers.Reservoir(9, seed=1), peers.Reservoir(9, seed=2)], peers.Output()),
        "an Output of 2 nodes",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_not_here_is_refused_in_words(case):
    make, words = REFUSED[case]
    with pytest.raises(ValueError, match=r"^from_reservoirpy\.model ") as refused:
        rc.from_reservoirpy(make())
    assert words in str(refused.value)


def test_what_is_no_model_is_refused():
    with pytest.raises(TypeError, match=r"from_reservoirpy\.model must be a reservoirpy Model or ESN of version 0\.4, got Reservoir\."):
        rc.from_reservoirpy(peers.Reservoir(3))
