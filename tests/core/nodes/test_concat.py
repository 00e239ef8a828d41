"""Concat against NumPy, with feedback that reaches what follows it."""

import numpy as np
import pytest

from rcwidgets.core.loading import load
from rcwidgets.core.model.runner import RNNRunner
from rcwidgets.core.nodes import NVAR, Activation, Concat, Input, LinearReadout, Reservoir
from rcwidgets.core.trainers.closed_form.ridge import RidgeTrainer
from rcwidgets.core.trainers.lanes.lanes import Lanes
from rcwidgets.core.trainers.online.recursive import RLS, FORCELearning


def looped(features=1):
    """A readout of the products of an input and the readout's own last output."""
    joined, readout = Concat(), LinearReadout(features)
    return (Input(2) >> joined >> NVAR(1) >> readout) & (joined << readout)


def products(u, late):
    """The taps and their products of degree 2, (..., 9), of u (..., 2) and late (..., 1)."""
    x = np.concatenate([u, late], axis=-1)
    pairs = [(0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2)]
    return np.concatenate([x, np.stack([x[..., a] * x[..., b] for a, b in pairs], axis=-1)], axis=-1)


@pytest.mark.parametrize("batch", [1, 3])
@pytest.mark.parametrize(("dtype", "close"), [("float32", 1e-5), ("float64", 1e-12)])
def test_feedback_is_joined_one_step_late(batch, dtype, close, generator):
    u = generator.normal(size=(batch, 12, 2))
    runner = RNNRunner(looped(), dtype=dtype)
    y = runner.predict(0.3 * u, monitors=["concat.output"])
    own, late, expected = runner.params["readout"], np.zeros((batch, 1)), []
    for t in range(12):
        late = products(0.3 * u[:, t], late) @ own["W"].astype(float) + own["b"]
        expected.append(late)
    expected = np.stack(expected, axis=1)
    np.testing.assert_allclose(y, expected, rtol=close, atol=close)
    before = np.concatenate([np.zeros((batch, 1, 1)), expected[:, :-1]], axis=1)
    np.testing.assert_allclose(runner.mon["concat.output"], np.concatenate([0.3 * u, before], axis=-1), rtol=close, atol=close)


def test_inputs_without_feedback_are_joined_in_the_order_of_the_wires(generator):
    one, other = Input(2, name="one"), Input(1, name="other")
    x, z = generator.normal(size=(7, 2)), generator.normal(size=(7, 1))
    y = RNNRunner([other, one] >> Concat(), dtype="float64").predict({"one": x, "other": z})
    np.testing.assert_array_equal(y, np.hstack([z, x]))


@pytest.mark.parametrize("features", [1, None])
def test_the_readout_is_replaced_by_its_target_while_it_is_fitted(features, generator):
    u, y = [generator.normal(size=(steps, 2)) for steps in (30, 20)], [generator.normal(size=(steps, 1)) for steps in (30, 20)]
    rows = np.concatenate([products(one, np.vstack([[[0.0]], target[:-1]])) for one, target in zip(u, y, strict=True)])
    rows, targets = np.hstack([rows, np.ones((50, 1))]), np.concatenate(y)
    expected = np.linalg.solve(rows.T @ rows + 0.1 * np.eye(10), rows.T @ targets)
    for trainer in (RidgeTrainer(looped(features), beta=0.1, penalize_bias=True), RLS(looped(features), alpha=0.1)):
        own = trainer.fit([u, y]).params["readout"]
        np.testing.assert_allclose(np.vstack([own["W"], own["b"]]), expected, rtol=1e-8, atol=1e-10)


def test_online_it_gets_what_the_readout_says_and_a_file_keeps_it(generator, tmp_path):
    u, y = 0.3 * generator.normal(size=(40, 2)), generator.normal(size=(40, 1))
    trainer = FORCELearning(looped(), alpha=1.0).fit([u, y])
    weights, inverse, late = np.zeros((10, 1)), np.eye(10), np.zeros((1, 1))
    for t in range(40):
        row = np.hstack([products(u[t : t + 1], late), [[1.0]]])
        late = row @ weights
        gain = inverse @ row.T / (1 + row @ inverse @ row.T)
        weights, inverse = weights + gain @ (y[t] - late), inverse - gain @ row @ inverse
    np.testing.assert_allclose(trainer.params["readout"]["W"], weights[:-1], rtol=1e-8, atol=1e-10)
    again = load(trainer.save(tmp_path / "model.npz"))
    np.testing.assert_array_equal(again.predict(u), trainer.predict(u))


def test_feedback_whose_size_is_not_known_is_a_sentence():
    joined, squashed = Concat(), Activation()
    with pytest.raises(
        ValueError, match="concat: The size of 'activation', which feeds back to it, is not known. Give it one, or feed back"
    ):
        RNNRunner((Input(2) >> joined >> squashed) & (joined << squashed)).predict(np.zeros((5, 2)))
    joined, reservoir = Concat(), Reservoir(4)
    assert RNNRunner((Input(2) >> joined >> reservoir) & (joined << reservoir)).predict(np.zeros((5, 2))).shape == (5, 4)


@pytest.mark.parametrize("trainer", [RidgeTrainer, RLS, FORCELearning])
def test_lanes_with_feedback_are_single_runs(trainer, generator):
    u, y = generator.normal(size=(2, 40, 2)), generator.normal(size=(2, 40, 1))
    joined, reservoir, readout = Concat(), Reservoir(8, seed=0, input_scaling=0.5), LinearReadout(1)
    graph = (Input(2) >> joined >> reservoir >> readout) & (joined << readout)
    rates = [0.2, 0.5, 0.9]
    found = Lanes(trainer(graph, dtype="float64"), {"reservoir.leak_rate": rates}).fit([u, y]).predict(u)
    for lane, rate in enumerate(rates):
        alone = trainer(graph.replace("reservoir", leak_rate=rate), dtype="float64").fit([u, y])
        np.testing.assert_allclose(found[lane], alone.predict(u), rtol=1e-6, atol=1e-9)
