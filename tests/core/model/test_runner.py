"""The runner: shapes, state, monitors, and the sentences of refusal."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from rcwidgets.core.model.runner import RNNRunner
from rcwidgets.core.nodes import Input, LinearReadout, Reservoir
from rcwidgets.core.trainers.closed_form.ridge import RidgeTrainer


def chain():
    return Input(2) >> Reservoir(20, seed=0) >> LinearReadout(3)


def test_rank_and_batch_are_those_of_the_input(generator):
    x = generator.normal(size=(4, 30, 2))
    batch = RNNRunner(chain()).predict(x)
    assert batch.shape == (4, 30, 3)
    for row in range(4):
        single = RNNRunner(chain()).predict(x[row])
        assert single.shape == (30, 3)
        np.testing.assert_allclose(single, batch[row], atol=1e-5)


def test_the_state_carries_on_and_reset_starts_afresh(generator):
    x = generator.normal(size=(30, 2))
    whole, parts = RNNRunner(chain(), dtype="float64"), RNNRunner(chain(), dtype="float64")
    expected = whole.predict(x)
    np.testing.assert_allclose(np.vstack([parts.predict(x[:13]), parts.predict(x[13:])]), expected, rtol=1e-10)
    np.testing.assert_array_equal(parts.predict(x, reset=True), expected)


def test_monitors_keep_states_and_outputs(generator):
    x = generator.normal(size=(2, 30, 2))
    runner = RNNRunner(chain(), dtype="float64")
    y = runner.predict(x, monitors=["reservoir.state", "readout.output"])
    states, weights = runner.mon["reservoir.state"], runner.params["readout"]
    assert states.shape == (2, 30, 20)
    np.testing.assert_allclose(states @ weights["W"] + weights["b"], y, rtol=1e-10)
    np.testing.assert_array_equal(runner.mon["readout.output"], y)


def test_given_params_are_used_and_wrong_shapes_are_named(generator):
    x = generator.normal(size=(30, 2))
    first = RNNRunner(chain())
    expected = first.predict(x)
    np.testing.assert_array_equal(RNNRunner(chain(), params=first.params, seed=9).predict(x), expected)
    broken = first.params
    broken["readout"]["W"] = np.zeros((5, 3))
    with pytest.raises(ValueError, match=r"params\['readout'\] must have the shapes \{'W': \(20, 3\), 'b': \(3,\)\}"):
        RNNRunner(chain(), params=broken).predict(x)


def test_params_may_be_a_part_and_the_rest_is_drawn(generator):
    x = generator.normal(size=(30, 2))
    whole = RNNRunner(chain(), seed=3)
    whole.predict(x)
    win, readout = 2 * whole.params["reservoir"]["W_in"], whole.params["readout"]
    one = RNNRunner(chain(), params={"reservoir": {"W_in": win}}, seed=3)
    one.predict(x)
    np.testing.assert_array_equal(one.params["reservoir"]["W_in"], win)
    for node, name in (("reservoir", "W"), ("readout", "W"), ("readout", "b")):
        np.testing.assert_array_equal(one.params[node][name], whole.params[node][name])
    other = RNNRunner(chain(), params={"readout": readout}, seed=4)
    other.predict(x)
    np.testing.assert_array_equal(other.params["readout"]["W"], readout["W"])


def test_params_of_a_node_that_is_not_there_are_an_error_that_lists_the_nodes():
    with pytest.raises(ValueError, match=r"params must be of nodes of the model, got 'readuot'\. Its nodes: input, reservoir, readout\."):
        RNNRunner(chain(), params={"readuot": {"W": np.zeros((20, 3))}}).predict(np.zeros((5, 2)))
    with pytest.raises(ValueError, match=r"params\['readout'\] must have the shapes"):
        RNNRunner(chain(), params={"readout": {"Wout": np.zeros((20, 3))}}).predict(np.zeros((5, 2)))


@pytest.mark.parametrize(
    ("params", "error", "words"),
    [
        ("weights.npz", TypeError, "RNNRunner.params must be {node name: {name: array}}, got str"),
        ({"readout": {"W": np.full((20, 3), np.nan), "b": np.zeros(3)}}, ValueError, r"params\['readout'\]\['W'\] must be finite, got NaN"),
    ],
)
def test_params_that_no_run_can_use_are_a_sentence(params, error, words):
    with pytest.raises(error, match=words):
        fixed = RNNRunner(chain())
        fixed.predict(np.zeros((5, 2)))
        RNNRunner(chain(), params={**fixed.params, **params} if isinstance(params, dict) else params).predict(np.zeros((5, 2)))


def test_params_are_copies(generator):
    runner = RNNRunner(chain())
    x = generator.normal(size=(30, 2))
    before = runner.predict(x)
    runner.params["readout"]["W"][:] = 0
    np.testing.assert_array_equal(runner.predict(x, reset=True), before)


def test_the_process_stays_in_single_precision(generator):
    assert RNNRunner(chain(), dtype="float64").predict(generator.normal(size=(5, 2))).dtype == np.float64
    assert jnp.ones(1).dtype == np.float32


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda r: r.predict(np.zeros((5, 3))), "input has 2 features, the data has 3"),
        (lambda r: (r.predict(np.zeros((5, 2))), r.predict(np.zeros((3, 5, 2)))), "x has 3 series, the state is of 1. Give as many"),
        (lambda r: r.predict(np.zeros((5, 2)), monitors=["echo.state"]), "There is no monitor 'echo.state'"),
        (lambda r: r.predict(np.zeros((5, 2)), monitors=["readout.state"]), "readout has no state. Use 'readout.output'"),
        (lambda r: r.predict(np.zeros((1, 5, 2, 1))), r"x must be \(time, features\) or \(batch, time, features\)"),
        (lambda r: r.predict({"u": np.zeros((5, 2))}), "There is x for 'u', which is not there. Give x for: input"),
        (lambda r: r.predict([np.zeros(5), np.zeros(4)]), r"x must be .* got rows of different lengths. Give each series of one channel as \(time, 1\)"),
        (lambda r: r.predict(np.full((5, 2), 1e300)), 'x must fit float32, got 1e\\+300. Scale the data, or choose dtype="float64"'),
        (lambda r: r.predict(np.zeros((5, 2)), forced={"readout": np.zeros((5, 3))}), "forced must be of nodes that feed back, got 'readout'"),
    ],
)  # fmt: skip
def test_a_wrong_call_is_a_sentence(call, words):
    with pytest.raises(ValueError, match=words):
        call(RNNRunner(chain()))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda r: r.predict(np.zeros((5, 2)), monitors="reservoir.state"), r"monitors must be a list of names, got 'reservoir.state'. Write \['res"),
        (lambda r: r.predict(np.zeros((5, 2)), forced=np.zeros((5, 3))), "forced must be a dict of series by node name such as .*, got ndarray"),
        (lambda r: r.predict(None), "x must be numbers, got an array of object"),
    ],
)  # fmt: skip
def test_a_wrong_kind_in_a_call_is_a_sentence(call, words):
    with pytest.raises(TypeError, match=words):
        call(RNNRunner(chain()))


@pytest.mark.parametrize(
    ("seed", "error", "words"),
    [
        (-1, ValueError, r"RNNRunner.seed must be in \[0, 4294967295\], got -1"),
        ("x", TypeError, "RNNRunner.seed must be a number, got 'x'"),
    ],
)
def test_a_wrong_seed_is_a_sentence(seed, error, words):
    with pytest.raises(error, match=words):
        RNNRunner(chain(), seed=seed)


def test_a_wrong_model_or_dtype_is_a_sentence():
    with pytest.raises(TypeError, match="RNNRunner.model must be a model such as"):
        RNNRunner(Reservoir(3))
    with pytest.raises(ValueError, match="RNNRunner.dtype must be one of auto, float32, float64, got 'half'"):
        RNNRunner(chain(), dtype="half")


def test_a_run_that_blows_up_says_where():
    wild = Input(1) >> Reservoir(20, activation="identity", spectral_radius=9.0, leak_rate=1.0, seed=0) >> LinearReadout(1)
    with pytest.raises(FloatingPointError, match=r"readout is not finite from step \d+ on: the run diverged"):
        RNNRunner(wild).predict(np.ones((400, 1)))


def test_a_readout_without_a_size_lets_a_warm_up_through(generator):
    x, y = generator.normal(size=(60, 2)), generator.normal(size=(40, 3))
    runs = []
    for readout in (LinearReadout(), LinearReadout(3)):
        trainer = RidgeTrainer(Input() >> Reservoir(20, seed=0) >> readout, dtype="float64")
        warmed = trainer.predict(x[:20])
        assert (warmed is None) == (readout.features is None)
        trainer.fit([x[20:], y])
        runs.append(trainer.predict(x[:5]))
    np.testing.assert_array_equal(*runs)
    i, r, o = Input(), Reservoir(20), LinearReadout()
    with pytest.raises(ValueError, match="The size of readout is not known before it sees data"):
        RNNRunner((i >> r >> o) & (r << o)).predict(x)


def test_params_of_a_trainer_give_a_readout_without_a_size_its_size(generator):
    x, y = generator.normal(size=(60, 2)), generator.normal(size=(60, 3))
    model = Input() >> Reservoir(20, seed=0) >> LinearReadout()
    trainer = RidgeTrainer(model, beta=1e-2).fit([x, y])
    runner = RNNRunner(model, params=trainer.params)
    np.testing.assert_array_equal(runner.predict(x), trainer.predict(x, reset=True))


@pytest.mark.parametrize("unequal", [False, True])
def test_a_long_series_runs_in_stretches_and_gives_the_same(unequal, generator, monkeypatch):
    i, r, o = Input(2), Reservoir(20, seed=0, noise=0.01), LinearReadout(3)
    graph = (i >> r >> o) & (r << o)
    x = [generator.normal(size=(length, 2)) for length in (50, 31 if unequal else 50)]
    monitors = ["reservoir.state", "readout.output"]
    whole, parts = RNNRunner(graph, dtype="float64"), RNNRunner(graph, dtype="float64")
    expected = whole.predict(x, monitors=monitors)
    monkeypatch.setattr("rcwidgets.core.model.prediction.SIGNALS", 25 * 2 * 7)
    found = parts.predict(x, monitors=monitors)
    for one, other in [
        *zip(found, expected, strict=True),
        *[pair for name in monitors for pair in zip(parts.mon[name], whole.mon[name], strict=True)],
    ]:
        np.testing.assert_allclose(one, other, rtol=1e-12)
    for one, other in zip(jax.tree.leaves(parts.state), jax.tree.leaves(whole.state), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12)
