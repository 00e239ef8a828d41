"""Normalised least mean squares, epoch after epoch: against hand-written NumPy, scale-free, held out, in lanes and saved."""

import numpy as np
import pytest

from rcwidgets.core.loading import load
from rcwidgets.core.losses import mean_squared_error
from rcwidgets.core.nodes import Input, LinearReadout, Reservoir
from rcwidgets.core.trainers.lanes.lanes import Lanes
from rcwidgets.core.trainers.online.lms import LMS
from rcwidgets.core.trainers.sweep.sweep import sweep
from tests.core.trainers.chain import chain


def looped(**knobs):
    i, r, o = Input(1), Reservoir(20, seed=0, **knobs), LinearReadout(1)
    return (i >> r >> o) & (r << o)


EPOCHS = {"learning_rate": 0.5, "normalised": True, "epochs": 4}


def by_hand(x, y, rate, epochs, w=None):
    """Normalised LMS of rows x (time, batch, features): weights of the raw signals, and the loss of each epoch."""
    flat = x.reshape(-1, x.shape[-1])
    mean, deviation = flat.mean(0), flat.std(0)
    z = np.concatenate([(x - mean) / deviation, np.ones((*x.shape[:2], 1))], axis=-1)
    v, losses = np.zeros((z.shape[-1], y.shape[-1])), []
    if w is not None:
        v = np.vstack([w[:-1] * deviation[:, None], w[-1:] + mean @ w[:-1]])
    for _ in range(epochs):
        errors = []
        for rows, wanted in zip(z, y, strict=True):
            errors.append(wanted - rows @ v)
            v = v + rate * rows.T @ errors[-1] / np.square(rows).sum()
        losses.append(np.mean(np.square(errors)))
    return np.vstack([v[:-1] / deviation[:, None], v[-1:] - (mean / deviation) @ v[:-1]]), losses


@pytest.mark.parametrize("batch", [1, 3])
def test_the_steps_are_those_of_the_equation(batch, generator):
    x, y = 3 + 5 * generator.normal(size=(2, batch, 40, 2)) * [1, 1e-3]
    trainer = LMS(Input(2) >> LinearReadout(2), **EPOCHS, dtype="float64").fit([x, y])
    w, losses = by_hand(x.swapaxes(0, 1), y.swapaxes(0, 1), 0.5, 4)
    np.testing.assert_allclose(trainer.params["readout"]["W"], w[:-1], rtol=1e-9)
    np.testing.assert_allclose(trainer.params["readout"]["b"], w[-1], rtol=1e-9)
    np.testing.assert_allclose(trainer.train_losses, losses, rtol=1e-9)
    later = trainer.fit([x, -y])
    w, _ = by_hand(x.swapaxes(0, 1), -y.swapaxes(0, 1), 0.5, 4, w)
    np.testing.assert_allclose(later.params["readout"]["W"], w[:-1], rtol=1e-9)
    assert len(later.train_losses) == 8


def test_epochs_alone_are_the_plain_rule_again_and_again(generator):
    x, y = generator.normal(size=(2, 60, 2))
    again = LMS(Input(2) >> LinearReadout(2), learning_rate=0.03, epochs=3, dtype="float64").fit([x, y])
    plain = LMS(Input(2) >> LinearReadout(2), learning_rate=0.03, dtype="float64")
    for _ in range(3):
        plain.fit([x, y])
    np.testing.assert_allclose(again.params["readout"]["W"], plain.params["readout"]["W"], rtol=1e-10)
    np.testing.assert_allclose(again.train_losses, plain.train_losses.reshape(3, 60).mean(axis=1), rtol=1e-10)


@pytest.mark.parametrize("graph", [chain(), looped(feedback_scaling=0.5)])
def test_the_states_and_the_end_are_those_of_plain_lms(graph, generator):
    x = generator.normal(size=(2, 80, 2)) if graph["input"].features == 2 else generator.normal(size=(2, 80, 1))
    one, plain = LMS(graph, **EPOCHS, dtype="float64"), LMS(graph, dtype="float64")
    for each in (one, plain):
        each.predict(x)
        each.fit([x, x])
    np.testing.assert_allclose(one.state.nodes[1]["h"], plain.state.nodes[1]["h"], rtol=1e-10)
    np.testing.assert_allclose(one.generate(1).shape, plain.generate(1).shape)


def test_the_learning_rate_suits_data_of_any_size(generator):
    x = generator.normal(size=(300, 1)).cumsum(0)
    errors = []
    for size in (1e-3, 1.0, 1e3):
        model = Input(1) >> Reservoir(20, seed=0, activation="identity") >> LinearReadout(1)
        trainer = LMS(model, **EPOCHS, dtype="float64").fit([size * x, x])
        errors.append(trainer.train_losses[-1])
    np.testing.assert_allclose(errors, errors[1], rtol=1e-6)


def test_the_best_weights_on_held_out_rows_are_kept(generator):
    x = generator.normal(size=(100, 30))
    y = x[:, :1] + 3 * generator.normal(size=(100, 1))  # 80 noisy rows for 31 weights: the longer it learns, the worse it does elsewhere
    model = Input(30) >> LinearReadout(1)
    held = LMS(model, learning_rate=0.1, normalised=True, epochs=300, patience=5).fit([x, y])
    done = len(held.train_losses)
    assert 5 < done < 300
    best = LMS(model, learning_rate=0.1, normalised=True, epochs=done - 5).fit([x[:80], y[:80]])
    np.testing.assert_allclose(held.params["readout"]["W"], best.params["readout"]["W"], rtol=1e-5)

    def error(trainer):
        return mean_squared_error(trainer.predict(x[80:], reset=True), y[80:])

    beside = [LMS(model, learning_rate=0.1, normalised=True, epochs=k).fit([x[:80], y[:80]]) for k in (max(done - 6, 1), done - 4, done)]
    assert all(error(held) <= error(other) for other in beside)


def test_rows_after_the_end_of_a_series_do_not_count(generator):
    x = [generator.normal(size=(length, 2)) for length in (30, 50)]
    ragged = LMS(Input(2) >> LinearReadout(2), **EPOCHS, dtype="float64").fit([x, x])
    rows = np.concatenate(x)
    mean, deviation = rows.mean(0), rows.std(0)
    v = np.zeros((3, 2))
    for _ in range(4):
        for t in range(50):
            alive = np.array([one[t] for one in x if t < len(one)])
            z = np.hstack([(alive - mean) / deviation, np.ones((len(alive), 1))])
            v = v + 0.5 * z.T @ (alive - z @ v) / np.square(z).sum()
    np.testing.assert_allclose(ragged.params["readout"]["W"], v[:-1] / deviation[:, None], rtol=1e-9, atol=1e-9)


def test_lanes_and_a_sweep_are_single_runs(generator):
    x = generator.normal(size=(120, 2)).cumsum(0)
    rates = [0.1, 1.0]
    settings = {**EPOCHS, "epochs": 30, "patience": 2}
    lanes = Lanes(LMS(chain(), **settings), {"learning_rate": rates, "reservoir.leak_rate": [0.3, 0.9]})
    lanes.predict(x[:20])
    lanes.fit([x[20:99], x[21:100]])
    predicted = lanes.predict(x[99:-1])
    for lane, rate in enumerate(rates):
        alone = LMS(chain().replace("reservoir", leak_rate=[0.3, 0.9][lane]), **{**settings, "learning_rate": rate})
        alone.predict(x[:20])
        alone.fit([x[20:99], x[21:100]])
        np.testing.assert_allclose(predicted[lane], alone.predict(x[99:-1]), rtol=1e-4, atol=1e-4)
        known = lanes.train_losses[lane]
        np.testing.assert_allclose(known[~np.isnan(known)], alone.train_losses, rtol=1e-5)
        np.testing.assert_allclose(lanes[lane].params["readout"]["W"], alone.params["readout"]["W"], rtol=1e-4, atol=1e-6)
    swept = sweep(LMS(chain(), **settings), [x[:99], x[1:100]], {"learning_rate": rates}, test=[x[99:-1], x[100:]])
    assert np.isfinite(swept.errors).all() and swept.errors[0] != swept.errors[1]


def test_what_was_saved_is_the_same(tmp_path, generator):
    x = generator.normal(size=(60, 2))
    one = LMS(chain(), **EPOCHS, patience=3).fit([x, x])
    other = load(one.save(tmp_path / "model.npz"))
    assert other.settings == one.settings
    np.testing.assert_array_equal(one.fit([x, -x]).predict(x), other.fit([x, -x]).predict(x))


def test_divergence_says_the_epoch_and_keeps_what_was_there(generator):
    x = generator.normal(size=(300, 2))
    trainer = LMS(chain(), **EPOCHS).fit([x, x])
    before, state = trainer.params, trainer.state
    trainer.settings = LMS(chain(), learning_rate=50.0, normalised=True, epochs=400).settings
    with pytest.raises(FloatingPointError, match=r"readout is not finite from epoch \d+ on: learning diverged. Lower the learning rate."):
        trainer.fit([x, x])
    np.testing.assert_array_equal(trainer.params["readout"]["W"], before["readout"]["W"])
    np.testing.assert_array_equal(trainer.state.nodes[1]["h"], state.nodes[1]["h"])


def test_patience_without_rows_to_hold_out_is_a_sentence(generator):
    with pytest.raises(ValueError, match=r"LMS.patience holds out the last fifth of the rows, and readout then has no targets left"):
        LMS(Input(1) >> LinearReadout(1), patience=3).fit([np.ones((1, 1)), np.ones((1, 1))])
