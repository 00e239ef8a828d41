"""Estimators of PyRCN: objects that stand in for them, of recorded weights; states and outputs against those recorded."""

import numpy as np
import pytest
from scipy.sparse import csr_matrix

import rcwidgets as rc
from tests.core.peers.standing import Tensor, instance, recorded

RECORDED = recorded("pyrcn")
X = RECORDED[""]["x"]
SCALED = {"input_scaling": 0.7, "input_shift": 0.1, "bias_scaling": 0.3, "bias_shift": -0.2}
PLAIN = {"input_scaling": 1.0, "input_shift": 0.0, "bias_scaling": 1.0, "bias_shift": 0.0}
CASES = {  # scalings, g, f
    "plain": (SCALED, "tanh", "tanh"),
    "trained": (SCALED, "tanh", "tanh"),
    "blocks": (SCALED, "identity", "tanh"),
    "other": (PLAIN, "logistic", "relu"),
    "labels": (PLAIN, "identity", "tanh"),
}


def blocks(case, **changed):
    """The parts of an estimator of the recorded weights."""
    own, (scalings, g, f) = RECORDED[case], CASES[case]
    W = csr_matrix(own["recurrent_weights"]) if case == "blocks" else own["recurrent_weights"]
    first = {"input_weights": own["input_weights"], "bias_weights": own["bias_weights"], "input_activation": g, **scalings}
    second = {"recurrent_weights": W, "spectral_radius": 0.9, "leakage": 0.4, "reservoir_activation": f, "bidirectional": False}
    last = {"coef_": own["coef"], "intercept_": own["intercept"]} if "coef" in own else {"normalize": False}
    return {
        "input_to_node": instance("InputToNode", **first | changed.get("first", {})),
        "node_to_node": instance("NodeToNode", **second | changed.get("second", {})),
        "regressor": instance("Ridge" if "coef" in own else "IncrementalRegression", **last | changed.get("last", {})),
    }


def stand_in(case, **changed):
    """PyRCN's estimator of the recorded weights, with its modules of PyTorch where it has them."""
    own, parts = RECORDED[case], blocks(case, **changed)
    _, g, f = CASES[case]
    if "weight_hh" not in own:
        return instance("ESNRegressor", **parts, _use_torch=False)
    first = instance("InputFeatureMap", weight=Tensor(own["weight"]), bias=Tensor(own["bias"]), activation=g)
    pool = instance("Reservoir", cell=instance("LeakyESNCell", weight_hh=Tensor(own["weight_hh"]), leakage=0.4, activation=f))
    if "linear_weight" in own:
        linear = instance("Linear", weight=Tensor(own["linear_weight"]), bias=Tensor(own["linear_bias"]))
        last = instance("LinearReadout", linear=linear)
    else:
        last = instance("IncrementalRidge", output_weights=Tensor(own["output_weights"]), fit_intercept=True)
    return instance("ESNRegressor", **parts, _use_torch=True, _torch_input_map=first, _torch_reservoir=pool, _torch_readout=last)


@pytest.mark.parametrize("case", CASES)
def test_states_and_outputs_are_those_recorded(case):
    runner = rc.from_pyrcn(stand_in(case))
    outputs = runner.predict(X, monitors=["reservoir.state"])
    np.testing.assert_allclose(runner.mon["reservoir.state"][0], RECORDED[case]["states"], rtol=0, atol=1e-6)
    expected = RECORDED[case]["outputs"].reshape(len(X), -1)
    np.testing.assert_allclose(outputs, expected, rtol=0, atol=1e-6)
    assert runner.dtype == np.float64 and ("features" in runner.params) == (CASES[case][1] != "identity")


def test_weights_that_gradients_trained_are_those_read():
    own = RECORDED["trained"]
    runner = rc.from_pyrcn(stand_in("trained"))
    runner.predict(X)
    assert np.abs(runner.params["reservoir"]["W"] - 0.9 * own["recurrent_weights"]).max() > 0.01
    np.testing.assert_allclose(runner.params["reservoir"]["W"], own["weight_hh"].T)


UNFITTED = {"input_weights": np.ndarray([]), "bias_weights": np.ndarray([])}
REFUSED = {
    "bidirectional": ({"second": {"bidirectional": True}}, "is bidirectional: its states know the future"),
    "activation": ({"second": {"reservoir_activation": "bounded_relu"}}, "the activation 'bounded_relu', which is not here"),
    "input activation": ({"first": {"input_activation": "bounded_relu"}}, "the activation 'bounded_relu', which is not here"),
    "leak": ({"second": {"leakage": np.linspace(0.1, 0.4, 30)}}, "a leak rate for each unit, from 0.1 to 0.4"),
    "unfitted": ({"first": UNFITTED}, "has no weights yet: it has seen no data. Fit it first."),
    "normalize": ({"last": {"normalize": True}}, "scales states by those of the very data that it predicts"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_not_here_is_refused_in_words(case):
    changed, words = REFUSED[case]
    with pytest.raises(ValueError, match=r"^from_pyrcn\.estimator ") as refused:
        rc.from_pyrcn(stand_in("blocks", **changed))
    assert words in str(refused.value)


@pytest.mark.parametrize(
    ("part", "name"), [("input_to_node", "FeatureUnion"), ("node_to_node", "EulerNodeToNode"), ("regressor", "KNeighborsRegressor")]
)
def test_a_part_of_another_kind_is_refused(part, name):
    held = blocks("blocks")
    kept = {key: value for key, value in vars(held[part]).items() if part != "regressor"}
    with pytest.raises(ValueError, match=rf"from_pyrcn\.estimator has a part of the kind {name}, which is not read"):
        rc.from_pyrcn(instance("ESNRegressor", **held | {part: instance(name, **kept)}))


def test_what_is_no_estimator_is_refused():
    with pytest.raises(TypeError, match=r"from_pyrcn\.estimator must be an ESNRegressor or ESNClassifier of pyrcn, got dict\."):
        rc.from_pyrcn({})
