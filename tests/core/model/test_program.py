"""The program against plain NumPy loops: values, feedback, noise, chunks and traces."""

import jax
import numpy as np
import pytest

from rcwidgets.core.backend import precision
from rcwidgets.core.model import drawing
from rcwidgets.core.model import program as programs
from rcwidgets.core.nodes import Concat, Input, LinearReadout, Reservoir
from rcwidgets.core.spec.knobs import Effect, knobs_of

DTYPES = [np.float32, np.float64]
LIVE = [name for name, made in knobs_of(Reservoir).items() if made.effect is Effect.LIVE]


def drawn(graph, dtype=np.float64, batch=1):
    program = programs.compile_graph(graph)
    with precision(dtype):
        params = drawing.draw(program, 0, dtype)
        return program, params, programs.init(program, params, batch, dtype)


def run(program, params, state, inputs, collect, dtype=np.float64, **options):
    with precision(dtype):
        state, values, seen = programs.run(program, params, state, inputs, collect, **options)
    return state, {k: np.asarray(v) for k, v in values.items()}, seen


def by_hand(reservoir, params, u, fed=None):
    """The reservoir's equations as a NumPy loop over (time, batch, features)."""
    f = {"tanh": np.tanh, "relu": lambda x: np.maximum(x, 0)}[reservoir.activation]
    h = r = np.zeros((u.shape[1], reservoir.units))
    out = []
    for t in range(len(u)):
        d = (
            reservoir.spectral_radius * h @ params["W"]
            + reservoir.input_scaling * u[t] @ params["W_in"]
            + reservoir.bias_scaling * params["bias"]
        )
        if fed is not None:
            d = d + reservoir.feedback_scaling * (fed[t - 1] if t else np.zeros_like(fed[0])) @ params["W_fb"]
        if reservoir.activation_type == "internal":
            h = (1 - reservoir.leak_rate) * h + reservoir.leak_rate * f(d)
        else:
            r = (1 - reservoir.leak_rate) * r + reservoir.leak_rate * d
            h = f(r)
        out.append(h)
    return np.array(out)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("batch", [1, 3])
@pytest.mark.parametrize("activation_type", ["internal", "external"])
@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_reservoir_follows_its_equation(dtype, batch, activation_type, activation, generator):
    node = Reservoir(20, spectral_radius=0.8, input_scaling=0.5, bias_scaling=0.3, activation_type=activation_type, activation=activation)
    program, params, state = drawn(Input(2) >> node, dtype, batch)
    u = generator.normal(size=(30, batch, 2)).astype(dtype)
    _, values, _ = run(program, params, state, {0: u}, [1], dtype)
    expected = by_hand(node, params["reservoir"], u.astype(float))
    assert values[1].dtype == dtype
    np.testing.assert_allclose(values[1], expected, atol=2e-5 if dtype == np.float32 else 1e-12)


@pytest.mark.parametrize("batch", [1, 3])
def test_feedback_arrives_one_step_late_and_starts_with_zeros(batch, generator):
    node, out = Reservoir(20, feedback_scaling=0.7), LinearReadout(2)
    program, params, state = drawn((Input(2) >> node >> out) & (node << out), batch=batch)
    u = generator.normal(size=(30, batch, 2))
    _, values, _ = run(program, params, state, {0: u}, [1, 2])
    W, b = params["readout"]["W"], params["readout"]["b"]
    np.testing.assert_allclose(values[1], by_hand(node, params["reservoir"], u, values[1] @ W + b), atol=1e-12)


def test_forced_feedback_takes_the_place_of_the_output(generator):
    node, out = Reservoir(20, feedback_scaling=0.7), LinearReadout(2)
    program, params, state = drawn((Input(2) >> node >> out) & (node << out))
    u, taught = generator.normal(size=(30, 1, 2)), generator.normal(size=(30, 1, 2))
    end, values, _ = run(program, params, state, {0: u}, [1], forced={2: taught})
    np.testing.assert_allclose(values[1], by_hand(node, params["reservoir"], u, taught), atol=1e-12)
    np.testing.assert_array_equal(end.feedback[2], taught[-1])


def test_several_inputs_are_joined_in_the_order_of_the_wires(generator):
    first, second = Input(1), Input(2)
    program, params, state = drawn([second, first] >> Concat() >> LinearReadout(1))
    places = {name: k for k, name in enumerate(program.names)}
    a, b = generator.normal(size=(5, 1, 1)), generator.normal(size=(5, 1, 2))
    given = {places["input"]: b, places["input_2"]: a}
    _, values, _ = run(program, params, state, given, [places["concat"]])
    np.testing.assert_array_equal(values[places["concat"]], np.concatenate([b, a], axis=-1))


@pytest.mark.parametrize("noise", [0.0, 0.1])
def test_two_stretches_equal_one(noise, generator):
    node, out = Reservoir(20, noise=noise), LinearReadout(2)
    program, params, state = drawn((Input(2) >> node >> out) & (node << out))
    u = generator.normal(size=(30, 1, 2))
    _, whole, _ = run(program, params, state, {0: u}, [1])
    middle, first, _ = run(program, params, state, {0: u[:11]}, [1])
    _, second, _ = run(program, params, middle, {0: u[11:]}, [1])
    np.testing.assert_allclose(np.concatenate([first[1], second[1]]), whole[1], atol=1e-12)


def test_noise_differs_by_row_and_step_and_has_its_standard_deviation(generator):
    node = Reservoir(500, spectral_radius=0.0, leak_rate=1.0, input_scaling=0.0, noise=0.1, activation="identity")
    program, params, state = drawn(Input(1) >> node, batch=2)
    _, values, _ = run(program, params, state, {0: np.zeros((40, 2, 1))}, [1])
    assert values[1].std() == pytest.approx(0.1, rel=0.02)
    assert abs(np.corrcoef(values[1][:, 0].ravel(), values[1][:, 1].ravel())[0, 1]) < 0.03
    assert abs(np.corrcoef(values[1][:-1].ravel(), values[1][1:].ravel())[0, 1]) < 0.03


@pytest.mark.parametrize("live", LIVE)
def test_live_knob_changes_the_output_and_keeps_the_program(live, generator):
    node, out = Reservoir(20, bias_scaling=0.1), LinearReadout(2)
    graph = (Input(2) >> node >> out) & (node << out)
    program, params, state = drawn(graph)
    u = generator.normal(size=(30, 1, 2))
    _, before, _ = run(program, params, state, {0: u}, [1])
    traced = programs.TRACES["run"]
    turned = programs.compile_graph(graph.replace("reservoir", **{live: 0.77}))
    _, after, _ = run(turned, params, state, {0: u}, [1])
    assert not np.allclose(before[1], after[1], atol=1e-6)
    assert programs.TRACES["run"] == traced


@pytest.mark.parametrize("change", [{"seed": 7}, {"connectivity": 0.5}, {"distribution": "bernoulli"}, {"input_connectivity": 0.5}])
def test_redraw_knob_changes_the_weights_and_keeps_the_program(change):
    graph = Input(2) >> Reservoir(20)
    program, params, _ = drawn(graph)
    other, changed, _ = drawn(graph.replace("reservoir", **change))
    assert jax.tree.structure(program) == jax.tree.structure(other)
    assert not all(np.array_equal(params["reservoir"][key], changed["reservoir"][key]) for key in params["reservoir"])


def test_a_rename_keeps_the_program_and_a_rebuild_knob_does_not():
    graph = Input(2) >> Reservoir(20)
    kept = jax.tree.structure(programs.compile_graph(graph))
    assert jax.tree.structure(programs.compile_graph(graph.rename("reservoir", "echo"))) == kept
    assert jax.tree.structure(programs.compile_graph(graph.replace("reservoir", activation="sin"))) != kept


def test_the_seed_of_the_node_goes_before_the_common_one():
    own, common = Input(1) >> Reservoir(20, seed=3), Input(1) >> Reservoir(20)
    W = [drawing.draw(programs.compile_graph(g), seed, np.float64)["reservoir"]["W"] for g in (own, common) for seed in (0, 1)]
    assert np.array_equal(W[0], W[1]) and not np.array_equal(W[2], W[3])


def test_lanes_of_a_knob_equal_single_runs(generator):
    radii = np.linspace(0.2, 1.2, 4)
    graph = Input(2) >> Reservoir(30)
    u = generator.normal(size=(40, 1, 2))
    program, params, state = drawn(graph.replace("reservoir", spectral_radius=radii[:, None]), batch=4)
    _, lanes, _ = run(program, params, state, {0: np.repeat(u, 4, axis=1)}, [1])
    for lane, radius in enumerate(radii):
        program, params, state = drawn(graph.replace("reservoir", spectral_radius=radius))
        _, alone, _ = run(program, params, state, {0: u}, [1])
        np.testing.assert_allclose(lanes[1][:, lane], alone[1][:, 0], atol=1e-10)
