"""Online learning against NumPy loops, against ridge regression, and under its own feedback."""

import numpy as np
import pytest

from rcwidgets.core.loading import load
from rcwidgets.core.model import program as programs
from rcwidgets.core.nodes import Concat, Input, LinearReadout, Reservoir
from rcwidgets.core.trainers.closed_form.ridge import RidgeTrainer
from rcwidgets.core.trainers.online.lms import LMS
from rcwidgets.core.trainers.online.recursive import RLS, FORCELearning

TRAINERS = [RLS, FORCELearning, LMS]


def chain(units=30):
    return Input(2) >> Reservoir(units, seed=1, input_scaling=0.5) >> LinearReadout(2)


def looped(units=30, **knobs):
    i, r, o = Input(1), Reservoir(units, seed=2, **{"feedback_scaling": 0.6, "input_scaling": 0.5, **knobs}), LinearReadout(1)
    return (i >> r >> o) & (r << o)


def difference(one, other):
    weights = [np.vstack([t.params["readout"]["W"], t.params["readout"]["b"]]) for t in (one, other)]
    return np.linalg.norm(weights[0] - weights[1]) / np.linalg.norm(weights[1])


@pytest.mark.parametrize("trainer", [RLS, FORCELearning])
@pytest.mark.parametrize("batch", [1, 4])
@pytest.mark.parametrize("alpha", [1e-2, 1.0])
def test_recursive_least_squares_is_ridge_with_a_penalised_bias(trainer, batch, alpha, generator):
    x, y = generator.normal(size=(2, batch, 200, 2))
    online = trainer(chain(), alpha=alpha, dtype="float64").fit([x, y + 0.5])
    ridge = RidgeTrainer(chain(), beta=alpha, penalize_bias=True, dtype="float64").fit([x, y + 0.5])
    assert difference(online, ridge) < 1e-8
    free = RidgeTrainer(chain(), beta=alpha, dtype="float64").fit([x, y + 0.5])
    assert difference(online, free) > 1e-6


def test_with_targets_on_the_feedback_wires_it_is_ridge_too(generator):
    x = generator.normal(size=(300, 1))
    online = RLS(looped(), alpha=0.1, dtype="float64").fit([x[:-1], x[1:]])
    ridge = RidgeTrainer(looped(), beta=0.1, penalize_bias=True, dtype="float64").fit([x[:-1], x[1:]])
    assert difference(online, ridge) < 1e-8
    np.testing.assert_allclose(online.generate(5), ridge.generate(5), atol=1e-8)


@pytest.mark.parametrize(("dtype", "learning", "most"), [("auto", np.float64, 1e-5), ("float32", np.float32, 1e-3)])
def test_single_precision_states_are_learned_in_double_unless_single_is_asked_for(dtype, learning, most, generator):
    x, y = generator.normal(size=(2, 200, 2))
    online = RLS(chain(), alpha=1e-2, dtype=dtype).fit([x, y])
    ridge = RidgeTrainer(chain(), beta=1e-2, penalize_bias=True, dtype=dtype).fit([x, y])
    assert online.params["readout"]["W"].dtype == np.float32
    assert {value.dtype for value in online.held.memory["readout"].values()} == {np.dtype(learning)}
    assert difference(online, ridge) < most


@pytest.mark.optimised
def test_two_fits_are_one_and_reset_forgets(generator):
    x, y = generator.normal(size=(2, 200, 2))
    whole, parts = RLS(chain(), dtype="float64").fit([x, y]), RLS(chain(), dtype="float64").fit([x[:80], y[:80]])
    parts.fit([x[80:], y[80:]])
    assert difference(parts, whole) < 1e-10
    np.testing.assert_allclose(parts.train_losses, whole.train_losses, rtol=1e-6)
    parts.fit([x, y], reset=True)
    assert difference(parts, whole) == 0.0
    np.testing.assert_array_equal(parts.train_losses, whole.train_losses)


@pytest.mark.parametrize("batch", [1, 3])
def test_forgetting_weighs_the_rows_by_their_age(batch, generator):
    x, y = generator.normal(size=(2, batch, 60, 2))
    trainer = RLS(chain(10), alpha=0.1, forgetting=0.95, dtype="float64").fit([x, y])
    states = RLS(chain(10), dtype="float64")
    states.predict(x, monitors=["reservoir.state"])
    h = states.mon["reservoir.state"]
    rows = np.concatenate([h, np.ones((batch, 60, 1))], axis=-1)
    age = 0.95 ** np.arange(60)[::-1]
    moments = np.einsum("btf,t,btg->fg", rows, age, rows) + 0.95**60 * 0.1 * np.eye(11)
    expected = np.linalg.solve(moments, np.einsum("btf,t,bto->fo", rows, age, y))
    np.testing.assert_allclose(trainer.params["readout"]["W"], expected[:-1], rtol=1e-7)
    np.testing.assert_allclose(trainer.params["readout"]["b"], expected[-1], rtol=1e-7)


@pytest.mark.parametrize("batch", [1, 3])
def test_lms_multiplies_the_error_by_the_input(batch, generator):
    x, y = generator.normal(size=(2, batch, 50, 2))
    trainer = LMS(Input(2) >> LinearReadout(2), learning_rate=0.03, dtype="float64").fit([x, y])
    w, losses = np.zeros((3, 2)), []
    for t in range(50):
        rows = np.hstack([x[:, t], np.ones((batch, 1))])
        error = y[:, t] - rows @ w
        losses.append(np.mean(error**2))
        w = w + 0.03 * sum(np.outer(rows[b], error[b]) for b in range(batch))
    np.testing.assert_allclose(trainer.params["readout"]["W"], w[:2], rtol=1e-10)
    np.testing.assert_allclose(trainer.params["readout"]["b"], w[2], rtol=1e-10)
    np.testing.assert_allclose(trainer.train_losses, losses, rtol=1e-10)


@pytest.mark.parametrize("forces", [True, False])
def test_while_it_learns_force_feeds_its_own_output_back_and_the_others_the_target(forces, generator):
    graph, (x, y) = looped(8), generator.normal(size=(2, 30, 1))
    trainer = (FORCELearning if forces else RLS)(graph, alpha=0.5, dtype="float64").fit([x, y])
    node, own = graph["reservoir"], trainer.params["reservoir"]
    h, fed, w, inverse = np.zeros((1, 8)), np.zeros((1, 1)), np.zeros((9, 1)), np.eye(9) / 0.5
    for t in range(30):
        drive = (
            node.spectral_radius * h @ own["W"]
            + node.input_scaling * x[t : t + 1] @ own["W_in"]
            + node.feedback_scaling * fed @ own["W_fb"]
        )
        h = (1 - node.leak_rate) * h + node.leak_rate * np.tanh(drive)
        row = np.append(h, 1.0)[None]
        z = row @ w
        gain = inverse @ row.T / (1 + row @ inverse @ row.T)
        w, inverse = w + gain * (y[t] - z), inverse - gain @ row @ inverse
        fed = z if forces else y[t : t + 1]
    np.testing.assert_allclose(trainer.params["readout"]["W"], w[:-1], rtol=1e-8)
    np.testing.assert_allclose(trainer.state.feedback[2], fed, rtol=1e-8)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_force_learns_to_go_on_by_itself(dtype):
    silence, wave = np.zeros((2000, 1)), np.sin(np.arange(2300) / 6)[:, None]
    graph = looped(150, spectral_radius=1.5, feedback_scaling=2.0)
    trainer = FORCELearning(graph, alpha=0.01, dtype=dtype).fit([silence, wave[:2000]])
    assert trainer.train_losses[:20].mean() > 1e-3
    assert trainer.train_losses[-200:].mean() < 1e-4
    np.testing.assert_allclose(trainer.predict(silence[:300]), wave[2000:], atol=0.04)


def test_several_readouts_learn_at_once_and_join(generator):
    i, r, a = Input(1), Reservoir(20, seed=0), LinearReadout(1, name="a")
    graph = (i >> r >> a) & ([r, a] >> Concat() >> LinearReadout(1, name="b"))
    x = generator.normal(size=(100, 1))
    trainer = RLS(graph, dtype="float64").fit([x, {"a": x, "b": 2 * x}])
    alone = RLS(i >> r >> a, dtype="float64").fit([x, x])
    np.testing.assert_allclose(trainer.params["a"]["W"], alone.params["a"]["W"], rtol=1e-9)
    assert trainer.params["b"]["W"].shape == (21, 1) and np.abs(trainer.params["b"]["W"]).max() > 0


@pytest.mark.parametrize("trainer", TRAINERS)
def test_weights_start_at_zero_or_as_given(trainer, generator):
    x = generator.normal(size=(20, 1))
    fresh = trainer(looped())
    np.testing.assert_array_equal(fresh.predict(x), np.zeros((20, 1)))
    drawn = RidgeTrainer(looped())
    drawn.predict(x)
    given = trainer(looped(), params=drawn.params)
    assert np.abs(given.predict(x)).max() > 0


@pytest.mark.parametrize("trainer", TRAINERS)
def test_a_knob_and_a_second_fit_cost_no_trace(trainer, generator):
    x = generator.normal(size=(50, 1))
    first = "learning_rate" if trainer is LMS else "alpha"
    trainer(looped(), **{first: 0.01}).fit([x, x])
    before = programs.TRACES["learn"]
    trainer(looped(spectral_radius=0.5), **{first: 0.02}).fit([x, x]).fit([x, x])
    assert programs.TRACES["learn"] == before


@pytest.mark.optimised
@pytest.mark.parametrize("trainer", TRAINERS)
def test_what_was_saved_learns_on_bit_for_bit(trainer, generator, tmp_path):
    x = generator.normal(size=(60, 1))
    one = trainer(looped(), dtype="float32").fit([x, x])
    other = load(one.save(tmp_path / "model.npz"))
    assert type(other) is trainer
    for each in (one, other):
        each.fit([x, -x])
    np.testing.assert_array_equal(one.params["readout"]["W"], other.params["readout"]["W"])
    np.testing.assert_array_equal(one.predict(x), other.predict(x))


@pytest.mark.parametrize("batch", [1, 2])
def test_learning_that_diverges_says_where_and_keeps_the_weights(batch, generator):
    x = generator.normal(size=(batch, 600, 2))
    trainer = LMS(chain(), learning_rate=0.001).fit([x, x])
    before = trainer.params
    trainer.settings = LMS(chain(), learning_rate=50.0).settings
    with pytest.raises(FloatingPointError, match=r"readout is not finite from step \d+ on: learning diverged. Lower the learning rate"):
        trainer.fit([x, x])
    np.testing.assert_array_equal(trainer.params["readout"]["W"], before["readout"]["W"])


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: RLS(chain(), alpha=0.0), r"RLS.alpha must be in \[1e-12, "),
        (lambda: FORCELearning(chain(), forgetting=1.1), r"FORCELearning.forgetting must be in \[0.5, 1.0\], got 1.1"),
        (lambda: LMS(chain(), learning_rate=-1.0), r"LMS.learning_rate must be in \[0.0, "),
        (lambda: LMS(chain()).fit([np.zeros((5, 2)), np.zeros((4, 2))]), "x and y must have the same rows"),
        (lambda: RLS(Input(2) >> Reservoir(5)).fit([np.zeros((5, 2)), np.zeros((5, 2))]), "There is no"),
    ],
)
def test_a_wrong_call_is_a_sentence(call, words):
    with pytest.raises(ValueError, match=words):
        call()
