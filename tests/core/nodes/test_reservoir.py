"""The reservoir against independent NumPy loops and another library, in both forms of its weights, with drawn and given arrays."""

import copy
import pickle

import jax
import numpy as np
import pytest
from reservoirpy.nodes import Reservoir as Peer
from reservoirpy.nodes import Ridge as PeerRidge
from scipy.sparse import coo_array, csr_array, csr_matrix

from rcwidgets.core.analysis import spectral_radius, spectrum
from rcwidgets.core.backend import precision
from rcwidgets.core.model import drawing
from rcwidgets.core.model import program as programs
from rcwidgets.core.nodes import Input, LinearReadout, Reservoir
from rcwidgets.core.nodes.topology import TOPOLOGIES
from rcwidgets.core.nodes.weights import unpack
from rcwidgets.core.spec.knobs import Effect, knobs_of
from rcwidgets.core.trainers.closed_form.ridge import RidgeTrainer

DTYPES = [np.float32, np.float64]
REDRAW = [name for name, made in knobs_of(Reservoir).items() if made.effect is Effect.REDRAW]
LIVE = [name for name, made in knobs_of(Reservoir).items() if made.effect is Effect.LIVE]
TURNED = {  # for each redraw knob: what makes it count, and two values
    "topology": ({}, "random", "orthogonal"),
    "initial_state": ({}, 0.2, 0.7),
    "connectivity": ({}, 0.2, 0.7),
    "jump_length": ({"topology": "cycle with jumps"}, 3, 5),
    "jump_weight": ({"topology": "cycle with jumps"}, 0.5, 2.0),
    "neighbours": ({"topology": "small world"}, 1, 3),
    "rewiring": ({"topology": "small world"}, 0.0, 0.5),
    "blocks": ({"topology": "block diagonal"}, 2, 4),
    "input_connectivity": ({}, 1.0, 0.3),
    "feedback_connectivity": ({}, 1.0, 0.3),
    "distribution": ({}, "normal", "bernoulli"),
    "input_distribution": ({}, "uniform", "normal"),
    "seed": ({}, 1, 2),
}
SPARSE = {"units": 1200, "connectivity": 0.01}  # in the gather form


def drawn(graph, dtype=np.float64, batch=1, seed=0):
    program = programs.compile_graph(graph)
    with precision(dtype):
        params = drawing.draw(program, seed, dtype)
        return program, params, programs.init(program, params, batch, dtype)


def states(graph, u, dtype=np.float64, *, params=None, forced=None):
    """The outputs (time, batch, units) of the node at place 1 over u (time, batch, features), and the params."""
    program, own, state = drawn(graph, dtype, u.shape[1])
    with precision(dtype):
        given = {0: np.asarray(u, dtype)}
        taught = None if forced is None else {2: np.asarray(forced, dtype)}
        _, values, _ = programs.run(program, params or own, state, given, [1], forced=taught)
    return np.asarray(values[1]), own


def dense(params):
    """The matrix W (sources, targets) of a reservoir's params, whatever their form."""
    return unpack(params).toarray() if "sources" in params else np.asarray(params["W"], float)


def loop(node, W, W_in, bias, u, W_fb=None, fed=None):
    """h[t+1] of the docstring's equation, one series and one step after the other."""
    f = {"tanh": np.tanh, "relu": lambda x: np.maximum(x, 0), "sin": np.sin}[node.activation]
    out = np.zeros((*u.shape[:2], len(W)))
    for series in range(u.shape[1]):
        h = r = np.zeros(len(W))
        for t in range(len(u)):
            d = node.spectral_radius * (h @ W) + node.input_scaling * (u[t, series] @ W_in) + node.bias_scaling * bias
            if W_fb is not None:
                late = fed[t - 1, series] if t else np.zeros(fed.shape[-1])
                d = d + node.feedback_scaling * (late @ W_fb)
            if node.activation_type == "internal":
                h = (1 - node.leak_rate) * h + node.leak_rate * f(d)
            else:
                r = (1 - node.leak_rate) * r + node.leak_rate * d
                h = f(r)
            out[t, series] = h
    return out


def near(dtype):
    return {"atol": 2e-5 if dtype == np.float32 else 1e-11, "rtol": 0}


# the equation


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("batch", [1, 3])
@pytest.mark.parametrize("activation_type", ["internal", "external"])
@pytest.mark.parametrize("units", [30, 400])
def test_states_with_feedback_and_bias_follow_the_equation(dtype, batch, activation_type, units, generator):
    node = Reservoir(
        units, spectral_radius=0.8, leak_rate=0.6, input_scaling=0.5, bias_scaling=0.3, feedback_scaling=0.7,
        topology="small world", activation_type=activation_type,
    )  # fmt: skip
    out = LinearReadout(2)
    u, fed = generator.normal(size=(25, batch, 2)), generator.normal(size=(25, batch, 2))
    found, params = states((Input(2) >> node >> out) & (node << out), u, dtype, forced=fed)
    own = params["reservoir"]
    assert ("sources" in own) == (units == 400)
    expected = loop(node, dense(own), own["W_in"], own["bias"], u, own["W_fb"], fed)
    assert found.dtype == dtype
    assert np.abs(expected).max() > 0.1
    np.testing.assert_allclose(found, expected, **near(dtype))


@pytest.mark.parametrize("batch", [1, 3])
@pytest.mark.parametrize("activation", ["relu", "sin"])
def test_the_gather_form_equals_the_dense_one_to_rounding(batch, activation, generator):
    packed, whole = (
        Reservoir(**SPARSE, seed=4, activation=activation, input_scaling=0.5, noise=0.01, trainable=trainable)
        for trainable in (False, True)
    )
    u = generator.normal(size=(20, batch, 2))
    (one, first), (other, second) = (states(Input(2) >> node, u) for node in (packed, whole))
    assert "sources" in first["reservoir"] and "W" in second["reservoir"]
    np.testing.assert_array_equal(dense(first["reservoir"]), second["reservoir"]["W"])
    np.testing.assert_allclose(one, other, atol=1e-12)


def test_lanes_of_a_knob_run_in_the_gather_form(generator):
    radii = np.array([[0.3], [0.9]])
    u = generator.normal(size=(20, 1, 2))
    lanes, _ = states(Input(2) >> Reservoir(**SPARSE, seed=4, spectral_radius=radii), np.repeat(u, 2, axis=1))
    for lane, radius in enumerate(radii[:, 0]):
        alone, _ = states(Input(2) >> Reservoir(**SPARSE, seed=4, spectral_radius=radius), u)
        np.testing.assert_allclose(lanes[:, lane], alone[:, 0], atol=1e-12)


# traces


@pytest.mark.parametrize("live", LIVE)
@pytest.mark.parametrize("knobs", [{"units": 20}, {"units": 400, "topology": "cycle"}], ids=["dense", "gather"])
def test_a_live_knob_changes_the_states_and_keeps_the_program(live, knobs, generator):
    node, out = Reservoir(**knobs, bias_scaling=0.1), LinearReadout(2)
    graph, u = (Input(2) >> node >> out) & (node << out), generator.normal(size=(30, 1, 2))
    before, params = states(graph, u)
    traced = programs.TRACES["run"]
    after, _ = states(graph.replace("reservoir", **{live: 0.77}), u, params=params)
    assert not np.allclose(before, after, atol=1e-6)
    assert programs.TRACES["run"] == traced


def test_all_redraw_knobs_are_turned():
    assert sorted(TURNED) == sorted(REDRAW)


@pytest.mark.parametrize("name", REDRAW)
def test_a_redraw_knob_draws_other_weights_and_keeps_the_program(name, generator):
    knobs, first, second = TURNED[name]
    node, out = Reservoir(20, bias_scaling=0.5, **{**knobs, name: first}), LinearReadout(2)
    graph, u = (Input(2) >> node >> out) & (node << out), generator.normal(size=(30, 1, 2))
    before, _ = states(graph, u)
    traced = programs.TRACES["run"]
    after, _ = states(graph.replace("reservoir", **{name: second}), u)
    assert not np.allclose(before, after, atol=1e-6)
    assert programs.TRACES["run"] == traced


@pytest.mark.parametrize("topology", TOPOLOGIES)
def test_every_topology_keeps_the_program_in_the_dense_form(topology, generator):
    u = generator.normal(size=(10, 1, 2))
    states(Input(2) >> Reservoir(20), u)
    traced = programs.TRACES["run"]
    states(Input(2) >> Reservoir(20, topology=topology), u)
    assert programs.TRACES["run"] == traced


def test_the_in_degree_is_a_shape_and_the_wiring_is_none(generator):
    def structure(**knobs):
        _, params, _ = drawn(Input(2) >> Reservoir(600, **knobs))
        return {key: value.shape for key, value in params["reservoir"].items()}

    world = structure(topology="small world")
    assert world["sources"] == world["weights"] == (4, 600)
    assert structure(topology="small world", rewiring=1.0) == world
    assert structure(topology="small world", neighbours=3)["sources"] == (6, 600)
    assert structure(topology="cycle with jumps", jump_length=7) == structure(topology="cycle with jumps", jump_length=599)
    assert structure(topology="cycle", trainable=True)["W"] == (600, 600)


def test_trainable_is_structure():
    kept, changed = (jax.tree.structure(programs.compile_graph(Input(2) >> Reservoir(20, trainable=on))) for on in (False, True))
    assert kept != changed
    assert knobs_of(Reservoir)["trainable"].effect is Effect.REBUILD


# another library


@pytest.mark.parametrize("knobs", [{"units": 60}, SPARSE], ids=["dense", "gather"])
def test_states_and_forecast_are_those_of_reservoirpy(knobs, generator):
    node = Reservoir(**knobs, seed=1, spectral_radius=0.9, leak_rate=0.4, input_scaling=0.5, bias_scaling=0.2)
    x = np.stack([np.sin(np.arange(160) / 7), np.cos(np.arange(160) / 5)], axis=1)
    trainer = RidgeTrainer(Input(2) >> node >> LinearReadout(2), beta=1e-4, dtype="float64")
    trainer.fit([x[:119], x[1:120]])
    found = trainer.predict(x[119:-1], monitors=["reservoir.state"])
    own = trainer.params["reservoir"]
    peer = Peer(
        W=csr_array(node.spectral_radius * dense(own).T),
        Win=node.input_scaling * own["W_in"].T,
        bias=node.bias_scaling * own["bias"],
        lr=node.leak_rate,
        units=node.units,
    )
    model = peer >> PeerRidge(ridge=1e-4)
    model.fit(x[:119], x[1:120])
    expected = model.run(x[119:-1])
    fresh = Peer(W=peer.W, Win=peer.Win, bias=peer.bias, lr=peer.lr, units=node.units)
    np.testing.assert_allclose(trainer.mon["reservoir.state"][0], fresh.run(x[:-1])[119:], atol=1e-6, rtol=0)
    np.testing.assert_allclose(found, expected, atol=1e-6, rtol=0)


# arrays of the user's own


@pytest.fixture
def own(generator):
    """W, W_in, W_fb and bias of 12 units, 2 inputs and 3 features of feedback."""
    shapes = {"W": (12, 12), "W_in": (2, 12), "W_fb": (3, 12), "bias": (12,)}
    return {name: generator.normal(size=shape) * 0.3 for name, shape in shapes.items()}


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("sparse", [False, True])
def test_given_arrays_are_taken_as_they_are(dtype, sparse, own, generator):
    W = np.where(generator.random((12, 12)) < 0.3, own["W"], 0)
    node = Reservoir(
        **{**own, "W": csr_matrix(W) if sparse else W}, spectral_radius=1.0, input_scaling=1.0, bias_scaling=1.0, feedback_scaling=0.7
    )
    out = LinearReadout(3)
    u, fed = generator.normal(size=(20, 2, 2)), generator.normal(size=(20, 2, 3))
    found, params = states((Input(2) >> node >> out) & (node << out), u, dtype, forced=fed)
    assert node.units == 12
    np.testing.assert_array_equal(params["reservoir"]["W"], W.astype(dtype))
    np.testing.assert_allclose(found, loop(node, W, own["W_in"], own["bias"], u, own["W_fb"], fed), **near(dtype))


@pytest.mark.parametrize("batch", [1, 3])
def test_given_sparse_weights_of_uneven_in_degrees_are_gathered(batch, generator):
    rows, columns = generator.integers(0, 500, 900), generator.integers(0, 500, 900) // 2 * 2  # the odd units have no source
    W = coo_array((generator.normal(size=900), (rows, columns)), shape=(500, 500))  # some entries twice: they add up
    node = Reservoir(W=W, spectral_radius=0.4, input_scaling=0.5)
    u = generator.normal(size=(15, batch, 2))
    found, params = states(Input(2) >> node, u)
    held = params["reservoir"]
    assert held["sources"].shape == (np.count_nonzero(W.toarray(), axis=0).max(), 500)
    np.testing.assert_allclose(found, loop(node, W.toarray(), held["W_in"], held["bias"], u), atol=1e-12)
    same, _ = states(Input(2) >> Reservoir(W=W.toarray(), spectral_radius=0.4, input_scaling=0.5), u)
    np.testing.assert_array_equal(found, same)
    expected = np.abs(np.linalg.eigvals(0.4 * W.toarray())).max()
    assert spectral_radius(Input(2) >> node) == pytest.approx(expected, rel=1e-6)
    assert np.abs(spectrum(Input(2) >> node)).max() == pytest.approx(expected, rel=1e-9)


def test_arrays_stay_through_replace_copies_and_pickle_and_show_their_shape(own):
    node = Reservoir(**own, leak_rate=0.5, name="mine")
    assert repr(node) == (
        "Reservoir(12, leak_rate=0.5, W=<array (12, 12)>, W_in=<array (2, 12)>, W_fb=<array (3, 12)>, bias=<array (12,)>, name='mine')"
    )
    for other in (node.replace(leak_rate=0.7), copy.copy(node), copy.deepcopy(node), pickle.loads(pickle.dumps(node))):
        assert {name: array.digest for name, array in other.arrays.items()} == {name: a.digest for name, a in node.arrays.items()}
        np.testing.assert_array_equal(other.W, own["W"])
    assert node.replace(W=None).arrays.keys() == {"W_in", "W_fb", "bias"}


def test_arrays_are_neither_leaves_nor_part_of_the_compile_key(own):
    given, bare = Reservoir(W=own["W"]), Reservoir(12)
    assert jax.tree.leaves(given) == jax.tree.leaves(bare)
    assert jax.tree.structure(given) == jax.tree.structure(bare)


def test_a_later_change_of_the_users_array_changes_nothing(own):
    node, kept = Reservoir(W=own["W"]), own["W"].copy()
    own["W"][:] = 0
    np.testing.assert_array_equal(node.W, kept)
    with pytest.raises(ValueError, match="read-only"):
        node.W.value[0, 0] = 1.0


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Reservoir(W=np.ones((3, 4))), r"Reservoir.W must be square \(sources, targets\), got the shape \(3, 4\)"),
        (lambda: Reservoir(W=np.ones(3)), r"Reservoir.W must have 2 axes \(sources, targets\), got the shape \(3,\)"),
        (lambda: Reservoir(bias=np.ones((3, 1))), r"Reservoir.bias must have 1 axis \(units\), got the shape \(3, 1\)"),
        (lambda: Reservoir(W=np.ones((0, 0))), r"Reservoir.W must not be empty"),
        (lambda: Reservoir(W=[[1.0], [1.0, 2.0]]), "Reservoir.W must be an array .* got rows of different lengths"),
        (lambda: Reservoir(W=np.array([[1, np.nan], [0, 1]])), r"Reservoir.W must be finite, got nan at \[0, 1\]"),
        (lambda: Reservoir(W=csr_array(np.array([[1, np.inf], [0, 1]]))), "Reservoir.W must be finite, got inf"),
        (lambda: Reservoir(50, W=np.eye(40)), "Reservoir.units must be 40, the size of W, got 50. Leave it out, or give another W"),
        (lambda: Reservoir(50, bias=np.ones(40)), "Reservoir.units must be 40, the size of bias, got 50"),
        (lambda: Reservoir(W=np.eye(40), bias=np.ones(41)), "Reservoir.bias must have as many units as Reservoir.W, 40, got 41"),
        (lambda: Reservoir(W=np.eye(4)).replace(units=5), "Reservoir.units must be 4, the size of W, got 5"),
        (lambda: Reservoir(W=csr_array((100_001, 100_001))), r"Reservoir.units must be in \[1, 100000\], got 100001"),
        (lambda: programs.compile_graph(Input(3) >> Reservoir(W_in=np.ones((2, 7)))),
         r"reservoir: Reservoir.W_in takes 2 features, 3 arrive. Give a W_in of \(3, 7\)"),
        (lambda: programs.compile_graph((Input(3) >> (r := Reservoir(W_fb=np.ones((2, 7)))) >> (o := LinearReadout(1))) & (r << o)),
         r"reservoir: Reservoir.W_fb takes 2 features, 1 are fed back. Give a W_fb of \(1, 7\)"),
    ],
)  # fmt: skip
def test_wrong_arrays_are_sentences(make, words):
    with pytest.raises(ValueError, match=words):
        make()


@pytest.mark.parametrize("wrong", [np.eye(2) * 1j, csr_array(np.eye(2) * 1j), np.eye(2, dtype=bool), np.array([["a"]]), {"a": 1}])
def test_what_is_no_array_of_real_numbers_is_a_kind(wrong):
    with pytest.raises(TypeError, match=r"Reservoir.W must hold real numbers, got an array of"):
        Reservoir(W=wrong)


def test_data_of_another_width_name_the_node(own):
    trainer = RidgeTrainer(Input() >> Reservoir(W_in=own["W_in"]) >> LinearReadout())
    with pytest.raises(ValueError, match=r"reservoir: Reservoir.W_in takes 2 features, 3 arrive"):
        trainer.predict(np.zeros((5, 3)))
