"""VanillaRNN, GRU and LSTM against NumPy loops of their equations, and how their weights are drawn."""

import numpy as np
import pytest

from rcwidgets.core.backend import precision
from rcwidgets.core.graph.needs import memory_estimate
from rcwidgets.core.model import drawing
from rcwidgets.core.model import program as programs
from rcwidgets.core.model.runner import RNNRunner
from rcwidgets.core.nodes import GRU, LSTM, Dense, Input, VanillaRNN
from rcwidgets.core.nodes.initial_weights import orthogonal, xavier

KINDS = [VanillaRNN, GRU, LSTM]
UNITS = 7


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def rnn(own, state, a, f=lambda x: np.maximum(x, 0)):
    return {"h": f(a + state["h"] @ own["W"])}


def gru(own, state, a):
    h, W = state["h"], own["W"]
    z = sigmoid(a[:, :UNITS] + h @ W[:, :UNITS])
    r = sigmoid(a[:, UNITS : 2 * UNITS] + h @ W[:, UNITS : 2 * UNITS])
    n = np.tanh(a[:, 2 * UNITS :] + (r * h) @ W[:, 2 * UNITS :])
    return {"h": z * h + (1 - z) * n}


def lstm(own, state, a):
    a = a + state["h"] @ own["W"]
    i, f, g, o = a[:, :UNITS], a[:, UNITS : 2 * UNITS], a[:, 2 * UNITS : 3 * UNITS], a[:, 3 * UNITS :]
    c = sigmoid(f + 1) * state["c"] + sigmoid(i) * np.tanh(g)
    return {"h": sigmoid(o) * np.tanh(c), "c": c}


BY_HAND = {VanillaRNN: rnn, GRU: gru, LSTM: lstm}


def filled(program, dtype, generator):
    """Params of every name with values, so that no bias and no initial state is zero."""
    drawn = drawing.draw(program, 0, np.float64)
    return {name: {key: generator.normal(0, 0.4, value.shape).astype(dtype) for key, value in own.items()} for name, own in drawn.items()}


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("batch", [1, 3])
@pytest.mark.parametrize("kind", KINDS)
def test_a_node_follows_its_equation_with_feedback_and_from_its_initial_state(kind, batch, dtype, generator):
    node, out = kind(UNITS), Dense(2, activation="tanh")
    program = programs.compile_graph((Input(3) >> node >> out) & (node << out))
    params, name = filled(program, dtype, generator), node.short_name
    u = generator.normal(size=(20, batch, 3)).astype(dtype)
    with precision(dtype):
        state, values, seen = programs.run(program, params, programs.init(program, params, batch, dtype), {0: u}, [2], observe=[1])
    own, last = ({key: value.astype(float) for key, value in params[each].items()} for each in (name, "dense"))
    now = {key.removesuffix("0"): np.tile(own[key], (batch, 1)) for key in node.starts}
    fed = np.zeros((batch, 2))
    for t in range(20):
        now = BY_HAND[kind](own, now, u[t].astype(float) @ own["W_in"] + fed @ own["W_fb"] + own["b"])
        fed = np.tanh(now["h"] @ last["W"] + last["b"])
        np.testing.assert_allclose(seen[1][t], now["h"], atol=2e-5 if dtype == np.float32 else 1e-12)
        np.testing.assert_allclose(values[2][t], fed, atol=2e-5 if dtype == np.float32 else 1e-12)
    assert seen[1].dtype == dtype
    for key, value in now.items():
        np.testing.assert_allclose(state.nodes[1][key], value, atol=2e-5 if dtype == np.float32 else 1e-12)


@pytest.mark.parametrize("activation", ["tanh", "identity", "sigmoid"])
def test_the_plain_network_has_a_choice_of_activations(activation, generator):
    f = {"tanh": np.tanh, "identity": lambda x: x, "sigmoid": sigmoid}[activation]
    program = programs.compile_graph(Input(2) >> VanillaRNN(UNITS, activation=activation))
    params, u = filled(program, np.float64, generator), generator.normal(size=(6, 1, 2))
    with precision(np.float64):
        _, values, _ = programs.run(program, params, programs.init(program, params, 1, np.float64), {0: u}, [1])
    own, state = params["rnn"], {"h": params["rnn"]["h0"][None]}
    for t in range(6):
        state = rnn(own, state, u[t] @ own["W_in"] + own["b"], f)
        np.testing.assert_allclose(values[1][t], state["h"], atol=1e-12)


@pytest.mark.parametrize("kind", KINDS)
def test_the_state_can_be_monitored_and_starts_at_h0_again_after_a_reset(kind, generator):
    runner, x = RNNRunner(Input(2) >> kind(UNITS) >> Dense(1), dtype="float64"), generator.normal(size=(3, 10, 2))
    whole = runner.predict(x, monitors=[f"{kind.short_name}.state"])
    assert runner.mon[f"{kind.short_name}.state"].shape == (3, 10, UNITS)
    assert not np.allclose(runner.predict(x), whole)
    np.testing.assert_array_equal(runner.predict(x, reset=True), whole)
    parts = [runner.predict(x[:, :4], reset=True), runner.predict(x[:, 4:])]
    np.testing.assert_allclose(np.concatenate(parts, axis=1), whole, atol=1e-12)


def test_xavier_weights_have_their_variance():
    drawn = xavier(np.random.default_rng(0), 300, 100)
    assert drawn.shape == (300, 100)
    assert drawn.std() == pytest.approx(np.sqrt(2 / 400), rel=0.02)


def test_orthogonal_weights_are_orthogonal_with_either_determinant():
    drawn = [orthogonal(np.random.default_rng(k), 6, 6) for k in range(20)]
    for q in drawn:
        np.testing.assert_allclose(q @ q.T, np.eye(6), atol=1e-12)
    assert {round(np.linalg.det(q)) for q in drawn} == {-1, 1}


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_drawn(kind):
    program = programs.compile_graph(Input(3) >> kind(200, seed=5))
    own = drawing.draw(program, 0, np.float64)[kind.short_name]
    gates = kind.gates
    assert {key: value.shape for key, value in own.items()} == {
        "W_in": (3, 200 * gates), "W": (200, 200 * gates), "b": (200 * gates,), **dict.fromkeys(kind.starts, (200,)),
    }  # fmt: skip
    assert own["W_in"].std() == pytest.approx(np.sqrt(2 / 203), rel=0.08)
    assert not own["b"].any()
    if kind is VanillaRNN:
        assert own["W"].std() == pytest.approx(np.sqrt(2 / 400), rel=0.02)
        assert own["h0"].min() >= 0 and own["h0"].max() < 1 and own["h0"].mean() == pytest.approx(0.5, abs=0.06)
    else:
        parts = np.split(own["W"], gates, axis=1)
        for q in parts:
            np.testing.assert_allclose(q @ q.T, np.eye(200), atol=1e-10)
        assert not np.allclose(parts[0], parts[1])
        assert not any(own[key].any() for key in kind.starts)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_learned(kind):
    weights = {"W_in", "W", "W_fb", "b"}
    assert set(kind(5).learned) == weights
    assert set(kind(5, state_trainable=True).learned) == weights | set(kind.starts)
    assert set(kind(5, trainable=False, state_trainable=True).learned) == set(kind.starts)
    assert kind(5, trainable=False).learned == ()
    own = drawing.draw(programs.compile_graph(Input(3) >> kind(5)), 0, np.float64)[kind.short_name]
    assert kind(5).counts(own) == (5 * len(kind.starts), kind.gates * 5 * (3 + 5 + 1))


def test_the_memory_of_gates_counts():
    bytes = [memory_estimate(Input(3) >> kind(2000)) for kind in KINDS]
    assert bytes[1] / bytes[0] == pytest.approx(3, rel=0.01)
    assert bytes[2] / bytes[0] == pytest.approx(4, rel=0.01)
