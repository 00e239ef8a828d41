"""Models of ResDAG: objects that stand in for them, of recorded weights; states and outputs against those recorded."""

import numpy as np
import pytest
from scipy.sparse import csr_array

import rcwidgets as rc
from tests.core.peers.standing import RowTensor, Tensor, instance, recorded

RECORDED = recorded("resdag")
X = RECORDED[""]["x"]


class Cell:
    def __init__(self, held):
        self.held = held

    def state_dict(self):
        return self.held


def entry(features):
    return instance("SymbolicTensor", layer=None, parents=(), shape=(None, 100, features))


def after(layer, *parents):
    return instance("SymbolicTensor", layer=layer, parents=parents, shape=(None, 100, None))


def layer(case, k=0, *, leak, activation="tanh", **held):
    """An ESNLayer of the recorded weights."""
    own = {name.removesuffix(str(k)): one for name, one in RECORDED[case].items() if name.endswith(str(k))}
    W = RowTensor(csr_array(own["W"])) if k else Tensor(own["W"])
    gains = {name: Tensor(one) for name, one in (own | held).items() if name.startswith("_")}
    weights = {f"weight_{name}": Tensor(own[name]) if name in own else None for name in ("feedback", "input")}
    bias = Tensor(own["bias"]) if "bias" in own else None
    return instance("ESNLayer", cell=Cell(gains), weight_hh=W, **weights, bias_h=bias, leak_rate=leak, activation=activation)


def read(case, name=None):
    own = RECORDED[case]
    parts = {"weight": Tensor(own["weight"]), "bias": Tensor(own["bout"]), "out_features": len(own["weight"])}
    return instance("RidgeReadoutLayer", is_fitted=True, name=name, **parts)


def model(inputs, *outputs):
    return instance("ESNModel", inputs=inputs, outputs=outputs, reset_reservoirs=None)


def chain(case, layer):
    """An input, the layer, and a readout of both, as `classic_esn` is."""
    first = entry(2)
    joined = after(instance("Concatenate"), first, after(layer, first))
    return model([first], after(read(case, "read"), joined))


@pytest.mark.parametrize(("case", "leak"), [("plain", 0.3), ("gained", 0.5)])
def test_states_and_outputs_are_those_recorded(case, leak):
    runner = rc.from_resdag(chain(case, layer(case, leak=leak)))
    outputs = runner.predict(X[:, :2], monitors=["reservoir.state"])
    np.testing.assert_allclose(runner.mon["reservoir.state"][0], RECORDED[case]["states0"], rtol=0, atol=1e-6)
    np.testing.assert_allclose(outputs, RECORDED[case]["outputs"], rtol=0, atol=1e-6)
    assert runner.dtype == np.float64 and "read" in runner.params


def test_a_driver_a_sparse_second_reservoir_and_several_paths_are_read():
    own, first, driver = RECORDED["driven"], entry(2), entry(1)
    low = after(layer("driven", 0, leak=0.4), first, driver)
    high = after(layer("driven", 1, leak=0.6, activation="sigmoid"), low)
    runner = rc.from_resdag(model([first, driver], after(read("driven"), after(instance("Concatenate"), first, low, high))))
    names = list(runner.model.names.values())
    inputs, pools = names[:2], [name for name in names if "reservoir" in name]
    outputs = runner.predict({inputs[0]: X[:, :2], inputs[1]: X[:, 2:]}, monitors=[f"{name}.state" for name in pools])
    for k, name in enumerate(pools):
        np.testing.assert_allclose(runner.mon[f"{name}.state"][0], own[f"states{k}"], rtol=0, atol=1e-6)
    np.testing.assert_allclose(outputs, own["outputs"], rtol=0, atol=1e-6)


def test_a_model_of_a_reservoir_alone_gives_its_states():
    first = entry(2)
    outputs = rc.from_resdag(model([first], after(layer("plain", leak=0.3), first))).predict(X[:, :2])
    np.testing.assert_allclose(outputs, RECORDED["plain"]["states0"], rtol=0, atol=1e-6)


def other(kind):
    first = entry(2)
    return model([first], after(instance(kind), first))


START = {"_initial_state": np.full((1, 30), 0.1)}
REFUSED = {
    "leak": (lambda: chain("plain", layer("plain", leak=Tensor(np.linspace(0.1, 0.7, 30)))), "a leak rate for each unit, from 0.1 to 0.7"),
    "start": (lambda: chain("plain", layer("plain", leak=0.3, **START)), "an initial state of its own"),
    "activation": (lambda: chain("plain", layer("plain", leak=0.3, activation="elu")), "the activation 'elu', which is not here"),
    "power": (lambda: other("SelectiveExponentiation"), "a part of the kind SelectiveExponentiation, which is not read"),
    "spiking": (lambda: other("LIFLayer"), "a part of the kind LIFLayer, which is not read"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_not_here_is_refused_in_words(case):
    make, words = REFUSED[case]
    with pytest.raises(ValueError, match=r"^from_resdag\.model ") as refused:
        rc.from_resdag(make())
    assert words in str(refused.value)


def test_an_initial_state_of_zeros_is_none():
    rc.from_resdag(chain("plain", layer("plain", leak=0.3, _initial_state=np.zeros((1, 30)))))


def test_what_is_no_model_is_refused():
    with pytest.raises(TypeError, match=r"from_resdag\.model must be a resdag ESNModel of version 6, got str\."):
        rc.from_resdag("model")
