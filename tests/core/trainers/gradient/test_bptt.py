"""Backpropagation through time against finite differences, against optax by hand, and over its data, knobs and ends."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from rcwidgets.core.backend import precision
from rcwidgets.core.datasets import integration_batches, japanese_vowels
from rcwidgets.core.loading import load
from rcwidgets.core.losses import cross_entropy, l2_norm, mean_squared_error
from rcwidgets.core.model import program as programs
from rcwidgets.core.nodes import GRU, LSTM, Concat, Dense, Input, Last, LinearReadout, Reservoir, TimeMean, VanillaRNN
from rcwidgets.core.trainers.gradient.bptt import BPTT
from rcwidgets.core.trainers.gradient.objective import Objective
from rcwidgets.core.trainers.gradient.reading import Reader
from rcwidgets.core.trainers.gradient.updates import Batch, parted, predicted

WRONG: Any = 3
FRACTION: Any = 2.5


def chain(units=6, features=2, **knobs):
    return Input(2) >> VanillaRNN(units, activation="tanh", **knobs) >> Dense(features)


def looped(units=5):
    i, r, o = Input(2), VanillaRNN(units, activation="tanh", state_trainable=True), Dense(2)
    return (i >> r >> o) & (r << o) & (o << o)


def data(generator, series=12, steps=9, features=2):
    x = generator.normal(size=(series, steps, 2))
    return x, np.cumsum(x, axis=1)[:, :, :features] * 0.3


def by_hand(own, dense, x):
    """The outputs (batch, time, features) of `chain` as a JAX loop of its own."""
    h, out = jnp.broadcast_to(own["h0"], (x.shape[0], len(own["h0"]))), []
    for t in range(x.shape[1]):
        h = jnp.tanh(x[:, t] @ own["W_in"] + h @ own["W"] + own["b"][None])
        out.append(h @ dense["W"] + dense["b"][None])
    return jnp.stack(out, axis=1)


def trained_by_hand(start, batches, optimizer, learned=("W_in", "W", "b"), limit=None):
    """Params and losses of a loop over batches with optax, outside of any scan."""
    fixed = {key: jnp.asarray(value) for key, value in start["rnn"].items() if key not in learned}
    params = {"rnn": {key: jnp.asarray(start["rnn"][key]) for key in learned}, "dense": jax.tree.map(jnp.asarray, start["dense"])}
    chained = optimizer if limit is None else optax.chain(optax.clip_by_global_norm(limit), optimizer)

    @jax.jit
    def update(params, state, x, y):
        loss, g = jax.value_and_grad(lambda p: jnp.mean((by_hand({**fixed, **p["rnn"]}, p["dense"], x) - y) ** 2))(params)
        change, state = chained.update(g, state, params)
        return optax.apply_updates(params, change), state, loss, optax.tree.norm(g)

    losses, norms = [], []
    with jax.numpy_dtype_promotion("standard"):
        state = chained.init(params)
        for x, y in batches:
            params, state, loss, norm = update(params, state, x, y)
            losses.append(float(loss))
            norms.append(float(norm))
    return params, losses, norms


def started(graph, x, **options):
    """A trainer that has drawn its weights, and these."""
    trainer = BPTT(graph, dtype="float64", **options)
    trainer.predict(x[:1])
    return trainer, trainer.params


MODELS = {
    "rnn": lambda: chain(state_trainable=True),
    "feedback": looped,
    "gru": lambda: Input(2) >> GRU(4, state_trainable=True) >> Dense(2, activation="tanh"),
    "lstm": lambda: Input(2) >> LSTM(4, state_trainable=True) >> LinearReadout(2),
    "reservoir": lambda: Input(2) >> Reservoir(8) >> Dense(3, activation="tanh") >> Dense(2),
    "mean": lambda: Input(2) >> VanillaRNN(4, activation="tanh") >> TimeMean() >> Dense(2),
    "last": lambda: Input(2) >> GRU(4) >> Last() >> Dense(2),
}


@pytest.mark.parametrize(("name", "unequal"), [*((name, False) for name in MODELS), ("mean", True), ("last", True)])
def test_gradients_are_those_of_finite_differences(name, unequal, generator):
    x, y = data(generator, 3, 6)
    graph = MODELS[name]()
    trainer, params = started(graph, x)
    program = trainer.program
    once = bool(program.once)
    reader = Reader(program, Objective.of("mean_squared_error", program))
    rows = reader.read([each[:n] for each, n in zip(x, (6, 3, 4), strict=True)] if unequal else x, y[:, -1] if once else y)
    batch = Batch({0: rows.inputs[0].swapaxes(0, 1)}, rows.targets, rows.lengths)
    with precision(np.float64):
        learned, fixed = parted(program, params)

        @jax.jit
        def loss(learned):
            predictions = predicted(program, learned, fixed, batch, jnp.uint32(0), None, training=True)
            return reader.objective(predictions, batch.targets, learned)

        gradient = jax.grad(loss)(learned)
        assert sum(len(own) for own in learned) >= 2
        for k, own in enumerate(learned):
            for key, value in own.items():
                direction = generator.normal(size=value.shape)
                ends = []
                for sign in (1, -1):
                    moved = [dict(each) for each in learned]
                    moved[k][key] = value + sign * 1e-6 * direction
                    ends.append(float(loss(tuple(moved))))
                slope = (ends[0] - ends[1]) / 2e-6
                np.testing.assert_allclose(np.sum(gradient[k][key] * direction), slope, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("limit", [None, 0.2])
@pytest.mark.parametrize("own", [True, False])
def test_updates_are_those_of_optax_by_hand(own, limit, generator):
    x, y = data(generator)
    options = {"optimizer": optax.adam(0.02)} if own else {"learning_rate": 0.02}
    trainer, start = started(chain(), x, max_grad_norm=limit, shuffle=False, **options)
    trainer.fit((x, y), num_train=3, num_batch=5, num_report=0)
    batches = [(x[k : k + 5], y[k : k + 5]) for _ in range(3) for k in (0, 5, 10)]
    with precision(np.float64):
        params, losses, norms = trained_by_hand(start, batches, optax.adam(0.02), limit=limit)
    np.testing.assert_allclose(trainer.train_losses, losses, rtol=1e-10)
    np.testing.assert_allclose(trainer.grad_norms, norms, rtol=1e-9)
    assert (max(norms) > 0.2) and np.isnan(trainer.learning_rates).all() == own
    for node, theirs in params.items():
        for key, value in theirs.items():
            np.testing.assert_allclose(trainer.params[node][key], value, atol=1e-10)
    np.testing.assert_array_equal(trainer.params["rnn"]["h0"], start["rnn"]["h0"])


def test_the_initial_state_is_learned_where_the_node_says_so(generator):
    x, y = data(generator)
    trainer, start = started(chain(state_trainable=True), x, learning_rate=0.02, shuffle=False)
    trainer.fit((x, y), num_train=4, num_report=0)
    with precision(np.float64):
        params, _, _ = trained_by_hand(start, [(x, y)] * 4, optax.adam(0.02), ("W_in", "W", "b", "h0"))
    np.testing.assert_allclose(trainer.params["rnn"]["h0"], params["rnn"]["h0"], atol=1e-10)
    assert np.abs(trainer.params["rnn"]["h0"] - start["rnn"]["h0"]).min() > 1e-3
    trainer.predict(x, monitors=["rnn.state"])
    own = trainer.params["rnn"]
    np.testing.assert_allclose(trainer.mon["rnn.state"][:, 0], np.tanh(x[:, 0] @ own["W_in"] + own["h0"] @ own["W"] + own["b"]), atol=1e-12)


@pytest.mark.parametrize("steps", [6, 7])
def test_a_truncated_gradient_stops_between_stretches(steps, generator):
    x, y = data(generator, 4, steps)
    trainer, start = started(chain(state_trainable=True), x, truncate=3, optimizer=optax.sgd(1.0))
    trainer.fit((x, y), num_train=1, num_report=0)
    with precision(np.float64):

        def loss(params):
            own, dense = params["rnn"], params["dense"]
            h, out = jnp.broadcast_to(own["h0"], (4, 6)), []
            for t in range(steps):
                if t in (3, 6):
                    h = jax.lax.stop_gradient(h)
                h = jnp.tanh(x[:, t] @ own["W_in"] + h @ own["W"] + own["b"][None])
                out.append(h @ dense["W"] + dense["b"][None])
            return jnp.mean((jnp.stack(out, axis=1) - y) ** 2)

        start = jax.tree.map(jnp.asarray, {"rnn": start["rnn"], "dense": start["dense"]})
        value, gradient = jax.jit(jax.value_and_grad(loss))(start)
    assert trainer.train_losses[0] == pytest.approx(float(value), rel=1e-12)
    for node, own in gradient.items():
        for key, g in own.items():
            np.testing.assert_allclose(trainer.params[node][key], start[node][key] - g, atol=1e-12)
    whole = BPTT(chain(state_trainable=True), dtype="float64", optimizer=optax.sgd(1.0)).fit((x, y), num_train=1, num_report=0)
    assert not np.allclose(whole.params["rnn"]["W"], trainer.params["rnn"]["W"], atol=1e-6)


def test_two_fits_are_one_and_reset_starts_anew(generator):
    x, y = data(generator, 20)
    whole = BPTT(chain(), dtype="float64", learning_rate=0.01).fit((x, y), num_train=6, num_batch=8, num_report=0)
    parts = BPTT(chain(), dtype="float64", learning_rate=0.01)
    for _ in range(2):
        parts.fit((x, y), num_train=3, num_batch=8, num_report=0)
    np.testing.assert_allclose(parts.train_losses, whole.train_losses, rtol=1e-12)
    np.testing.assert_allclose(parts.params["rnn"]["W"], whole.params["rnn"]["W"], rtol=1e-10)
    parts.fit((x, y), num_train=6, num_batch=8, num_report=0, reset=True)
    np.testing.assert_allclose(parts.train_losses, whole.train_losses, rtol=1e-12)
    assert len(whole.train_losses) == len(whole.grad_norms) == len(whole.learning_rates) == 18


def test_shuffling_depends_on_the_seed_alone(generator):
    x, y = data(generator, 20)

    def losses(**options):
        return BPTT(chain(seed=1), dtype="float64", **options).fit((x, y), num_train=2, num_batch=5, num_report=0).train_losses

    np.testing.assert_allclose(losses(), losses(), rtol=1e-12)
    orders = [losses(), losses(seed=1), losses(shuffle=False)]
    assert not any(np.allclose(orders[a], orders[b]) for a, b in ((0, 1), (0, 2), (1, 2)))
    first, second = np.split(orders[2], 2)
    by_one = BPTT(chain(seed=1), dtype="float64", learning_rate=0.0).fit((x, y), num_train=2, num_batch=1, num_report=0).train_losses
    np.testing.assert_allclose(np.sort(by_one[:20]), np.sort(by_one[20:]))
    assert not np.allclose(by_one[:20], by_one[20:])
    assert len(first) == len(second) == 4


def test_a_function_is_called_anew_for_each_epoch(generator):
    x, y = data(generator, 20)
    calls = []

    def batches():
        calls.append(1)
        for start in (0, 5, 10, 15):
            yield x[start : start + 5], y[start : start + 5]

    from_function = BPTT(chain(), dtype="float64").fit(batches, num_train=3, num_report=0)
    from_pair = BPTT(chain(), dtype="float64", shuffle=False).fit((x, y), num_train=3, num_batch=5, num_report=0)
    np.testing.assert_allclose(from_function.train_losses, from_pair.train_losses, rtol=1e-12)
    assert len(calls) == 3


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_short_training_lowers_the_loss_of_the_integrator(dtype):
    def loss(predictions, targets, params):
        assert set(params) == {"rnn", "dense"} and "h0" in params["rnn"]
        return mean_squared_error(predictions, targets) + 2e-4 * l2_norm(params) ** 2

    model = Input(1) >> VanillaRNN(30, state_trainable=True) >> Dense(1)
    optimizer = optax.adam(optax.exponential_decay(0.025, 1, 0.99975), eps=0.1)
    bptt = BPTT(model, loss=loss, optimizer=optimizer, max_grad_norm=5.0, dtype=dtype)
    bptt.fit(integration_batches(40, batch=32), num_train=5, num_report=0)
    assert bptt.train_losses[-10:].mean() < 0.5 * bptt.train_losses[:10].mean()
    x, y = next(integration_batches(1, batch=50, seed=3)())
    assert np.mean((bptt.predict(x) - y) ** 2) < 0.05 * np.var(y)
    assert bptt.params["rnn"]["W"].dtype == np.dtype(dtype)


def test_progress_is_printed_every_so_many_updates(generator, capsys):
    x, y = data(generator, 20)
    bptt = BPTT(chain()).fit((x, y), num_train=6, num_batch=4, num_report=12)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["12", "24"]
    assert f"loss {bptt.train_losses[12:24].mean():.4g} (mean of 12 updates)" in lines[1]


def test_the_learning_rate_and_the_norm_are_live(generator):
    x, y = data(generator, 16)
    bptt = BPTT(chain(), learning_rate=0.01)
    bptt.fit((x, y), num_train=2, num_batch=4, num_report=0)
    traced, rates = programs.TRACES["updates"], [0.02, 0.005]
    for rate in rates:
        bptt.set(learning_rate=rate, max_grad_norm=rate)
        bptt.fit((x, y), num_train=2, num_batch=4, num_report=0)
    assert programs.TRACES["updates"] == traced
    np.testing.assert_array_equal(bptt.learning_rates, np.repeat(np.float32([0.01, *rates]), 8))
    before = bptt.params["rnn"]["W"]
    bptt.set(learning_rate=0.0)
    bptt.fit((x, y), num_train=1, num_report=0)
    np.testing.assert_array_equal(bptt.params["rnn"]["W"], before)
    with pytest.raises(ValueError, match=r"BPTT.truncate cannot change in training. Make a new BPTT"):
        bptt.set(truncate=3)


def test_training_yields_its_progress_and_takes_a_new_rate_with_the_next_chunk(generator):
    x, y = data(generator, 16)
    bptt, made = BPTT(chain(), learning_rate=0.01), 0
    for progress in bptt.training((x, y), num_train=50, num_batch=4):
        made += len(progress.losses)
        assert made == progress.updates
        bptt.set(learning_rate=0.02)
        if made > 20:
            break
    assert len(bptt.train_losses) == made < 200
    assert bptt.learning_rates[0] == pytest.approx(0.01) and bptt.learning_rates[-1] == pytest.approx(0.02)
    assert bptt.predict(x).shape == (16, 9, 2)


def test_a_live_knob_of_a_node_costs_no_trace(generator):
    x, y = data(generator, 8)
    graphs = [Input(2) >> Reservoir(10, spectral_radius=radius, seed=0) >> Dense(2) for radius in (0.5, 0.9)]
    losses = []
    for graph in graphs:
        traced = programs.TRACES["updates"]
        losses.append(BPTT(graph).fit((x, y), num_train=1, num_report=0).train_losses)
    assert programs.TRACES["updates"] == traced
    assert not np.allclose(*losses)


def test_noise_differs_from_update_to_update(generator):
    x = np.zeros((4, 9, 2))
    graph = Input(2) >> Reservoir(10, noise=0.1, seed=0) >> Dense(2)
    bptt = BPTT(graph, learning_rate=0.0).fit((x, x), num_train=6, num_report=0)
    assert len(set(bptt.train_losses)) == 6
    again = BPTT(graph, learning_rate=0.0).fit((x, x), num_train=3, num_report=0).fit((x, x), num_train=3, num_report=0)
    np.testing.assert_allclose(again.train_losses, bptt.train_losses, rtol=1e-5)


def test_training_ends_early_and_keeps_the_best(generator):
    x, y = data(generator, 16)
    test = (x[:4], y[:4])
    options = {"learning_rate": 0.5, "dtype": "float64"}
    bptt = BPTT(chain(20), patience=3, **options).fit((x[4:], y[4:]), num_train=60, num_report=0, test_data=test)
    best = int(np.argmin(bptt.test_losses))
    assert len(bptt.test_losses) == best + 4 < 60
    assert np.mean((bptt.predict(test[0]) - test[1]) ** 2) == pytest.approx(bptt.test_losses[best], rel=1e-10)
    short = BPTT(chain(20), **options).fit((x[4:], y[4:]), num_train=best + 1, num_report=0, test_data=test)
    np.testing.assert_allclose(short.params["rnn"]["W"], bptt.params["rnn"]["W"], rtol=1e-10)
    np.testing.assert_allclose(short.test_losses, bptt.test_losses[: best + 1], rtol=1e-10)


def test_the_test_loss_weighs_every_series_alike(generator):
    x, y = data(generator, 12)
    bptt = BPTT(chain(), dtype="float64").fit((x, y), num_train=1, num_batch=5, num_report=0, test_data=(x, y))
    assert bptt.test_losses[0] == pytest.approx(np.mean((bptt.predict(x) - y) ** 2), rel=1e-10)


@pytest.mark.parametrize("kind", [GRU, LSTM])
def test_speakers_are_told_apart_by_their_vowels(kind):
    (train_x, train_y), (test_x, test_y) = japanese_vowels()
    bptt = BPTT(Input() >> kind(24) >> Last() >> Dense(9), loss="cross_entropy", learning_rate=0.02, max_grad_norm=5.0)
    bptt.fit((train_x, train_y), num_train=12, num_batch=30, num_report=0)
    assert bptt.train_losses[:3].mean() > 2.0 and bptt.train_losses[-9:].mean() < 0.5
    assert np.mean(bptt.predict(test_x, reset=True).argmax(axis=1) == test_y) > 0.8


def test_series_of_unequal_length_learn_as_each_alone(generator):
    x, y = [generator.normal(size=(n, 2)) for n in (5, 8, 6)], generator.normal(size=(3, 2))
    graph = Input(2) >> GRU(4, seed=0) >> TimeMean() >> Dense(2)

    def one_at_a_time():
        for a, b in zip(x, y, strict=True):
            yield [a], b[None]

    bptt = BPTT(graph, dtype="float64", learning_rate=0.0).fit((x, y), num_train=1, num_report=0)
    alone = [np.mean((bptt.predict(a[None], reset=True) - b) ** 2) for a, b in zip(x, y, strict=True)]
    assert bptt.train_losses[0] == pytest.approx(np.mean(alone), rel=1e-12)
    traced = programs.TRACES["updates"]
    streamed = BPTT(graph, dtype="float64", learning_rate=0.0).fit(one_at_a_time, num_train=1, num_report=0)
    np.testing.assert_allclose(streamed.train_losses, alone, rtol=1e-12)
    assert programs.TRACES["updates"] == traced + 1  # padded to eight steps each


def test_labels_at_every_step(generator):
    x = generator.normal(size=(6, 8, 2))
    labels = (x.sum(axis=-1) > 0).astype(int)
    bptt = BPTT(Input(2) >> VanillaRNN(8) >> Dense(2), loss=cross_entropy, learning_rate=0.05, dtype="float64")
    bptt.fit((x, labels), num_train=60, num_report=0)
    assert np.mean(bptt.predict(x).argmax(axis=-1) == labels) > 0.95
    flat = BPTT(Input(2) >> VanillaRNN(8) >> Dense(2), loss="cross_entropy").fit((x[0], labels[0]), num_train=2, num_report=0)
    assert flat.train_losses.shape == (2,) and flat.predict(x[0]).shape == (8, 2)
    once = BPTT(Input(2) >> Last() >> LinearReadout(2), loss="cross_entropy").fit((x[0], 1), num_train=2, num_report=0)
    assert once.train_losses[1] < once.train_losses[0] and once.predict(x[0]).shape == (2,)


def test_several_outputs_are_dicts_by_name(generator):
    x, y = data(generator)
    i, r = Input(2), VanillaRNN(5, seed=0)
    graph = i >> r >> [Dense(2, name="a"), LinearReadout(name="b")]
    seen = []

    def loss(predictions, targets):
        seen.append((sorted(predictions), sorted(targets)))
        return mean_squared_error(predictions["a"], targets["a"]) + mean_squared_error(predictions["b"], targets["b"])

    wanted = {"a": y, "b": y[..., :1]}
    own, named = (
        BPTT(graph, loss=each, dtype="float64").fit((x, wanted), num_train=2, num_report=0) for each in (loss, "mean_squared_error")
    )
    np.testing.assert_allclose(own.train_losses, named.train_losses, rtol=1e-12)
    assert seen[0] == (["a", "b"], ["a", "b"])
    assert own.params["b"]["W"].shape == (5, 1)


def test_a_frozen_part_stays(generator):
    x, y = data(generator)
    graph = Input(2) >> VanillaRNN(5, trainable=False) >> Dense(4, trainable=False) >> Dense(2)
    trainer, start = started(graph, x)
    trainer.fit((x, y), num_train=2, num_report=0)
    after = trainer.params
    for name in ("rnn", "dense"):
        for key, value in start[name].items():
            np.testing.assert_array_equal(after[name][key], value)
    assert not np.allclose(after["dense_2"]["W"], start["dense_2"]["W"])


def test_a_diverging_run_says_at_which_update_and_keeps_the_weights_before(generator):
    x, y = data(generator, 4)

    def batches():
        for k in range(20):
            yield x, y * (1e200 if k == 5 else 1.0)

    bptt, safe = BPTT(chain(), dtype="float64"), BPTT(chain(), dtype="float64")
    with pytest.raises(
        FloatingPointError, match=r"not finite at update 5 .*: training diverged. Lower the learning rate, or set max_grad_norm"
    ):
        bptt.fit(batches, num_train=1, num_report=0)
    safe.fit((x, y), num_train=5, num_report=0)
    np.testing.assert_allclose(bptt.params["rnn"]["W"], safe.params["rnn"]["W"], rtol=1e-12)
    np.testing.assert_allclose(bptt.train_losses, safe.train_losses, rtol=1e-12)
    for each in (bptt, safe):
        each.fit((x, y), num_train=2, num_report=0)
    np.testing.assert_allclose(bptt.train_losses, safe.train_losses, rtol=1e-12)


def test_a_step_that_overflows_is_not_taken(generator):
    x, y = data(generator, 4)
    bptt = BPTT(chain(), optimizer=optax.sgd(1e38))
    with pytest.raises(FloatingPointError, match="not finite at update [01]"):
        bptt.fit((x, y), num_train=9, num_report=0)
    assert all(np.isfinite(value).all() for own in bptt.params.values() for value in own.values())


def test_an_error_in_the_loss_is_the_users_own_and_says_the_shapes(generator):
    x, y = data(generator)

    def broken(predictions, targets):
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine") as caught:
        BPTT(chain(), loss=broken).fit((x, y))
    note = r"The loss broken raised this. It got predictions of shape (12, 9, 2) and targets of (12, 9, 2)."
    assert note in caught.value.__notes__
    with pytest.raises(TypeError, match=r"BPTT.loss must give one number, <lambda> gave the shape \(12, 9, 2\)"):
        BPTT(chain(), loss=lambda p, t: p - t).fit((x, y))


@pytest.mark.parametrize("named", [True, False])
def test_what_was_saved_predicts_the_same(named, generator, tmp_path):
    x, y = data(generator)
    graph = Input() >> VanillaRNN(5, state_trainable=True) >> Dense()
    options = {} if named else {"loss": lambda p, t: jnp.mean((p - t) ** 2), "optimizer": optax.adam(0.01)}
    one = BPTT(graph, max_grad_norm=1.0, truncate=4, **options).fit((x, y), num_train=3, num_batch=5, num_report=0)
    other = load(one.save(tmp_path / "model.npz"))
    assert type(other) is BPTT and other.settings.knobs == one.settings.knobs
    np.testing.assert_array_equal(one.predict(x), other.predict(x))
    if named:
        for each in (one, other):
            each.fit((x, y), num_train=2, num_batch=5, num_report=0)
        np.testing.assert_allclose(one.params["rnn"]["W"], other.params["rnn"]["W"], atol=1e-6)
        np.testing.assert_allclose(one.train_losses[-6:], other.train_losses, rtol=1e-5)
        return
    with pytest.raises(ValueError, match="The loss was a function of your own, which a file cannot hold. Set trainer.loss before fit"):
        other.fit((x, y))
    other.loss, other.optimizer = "mean_squared_error", optax.sgd(0.1)
    assert np.isfinite(other.fit((x, y), num_train=1, num_report=0).train_losses).all()


@pytest.mark.parametrize(
    ("call", "kind", "words"),
    [
        (lambda x, y: BPTT(chain(), loss="mse"), ValueError, "BPTT.loss must be one of mean_squared_error, .*, own, got 'mse'"),
        (lambda x, y: BPTT(chain(), loss=WRONG), TypeError, "BPTT.loss must be a name or a function"),
        (lambda x, y: BPTT(chain(), optimizer=WRONG), TypeError, "BPTT.optimizer must be an optax optimiser such as"),
        (lambda x, y: BPTT(chain(), learning_rate=-1.0), ValueError, r"BPTT.learning_rate must be in \[0.0, "),
        (lambda x, y: BPTT(chain(), learning_rate=0.1, optimizer=optax.sgd(0.1)), ValueError, "BPTT.learning_rate is that of its own Adam"),
        (lambda x, y: BPTT(chain(), truncate=0), ValueError, r"BPTT.truncate must be in \[1, "),
        (lambda x, y: BPTT(chain()).fit(x), TypeError, "BPTT.train_data must be a pair .* got ndarray"),
        (lambda x, y: BPTT(chain()).fit(one for one in [(x, y)]), TypeError, "got a generator, which can be read only once"),  # type: ignore[arg-type]
        (lambda x, y: BPTT(chain()).fit(list), ValueError, "BPTT.train_data must yield at least one batch"),
        (lambda x, y: BPTT(chain()).fit(lambda: [x]), TypeError, r"BPTT.train_data must yield pairs \(x, y\), got ndarray"),
        (lambda x, y: BPTT(chain()).fit((x, y), num_train=0), ValueError, "BPTT.fit takes a whole num_train from 1, got 0"),
        (lambda x, y: BPTT(chain()).fit((x, y), num_batch=FRACTION), ValueError, "BPTT.fit takes a whole num_batch from 1, got 2.5"),
        (lambda x, y: BPTT(chain(), patience=2).fit(lambda: [(x, y)]), ValueError, "BPTT.patience looks at held-out data, and there is nothing to"),
        (lambda x, y: BPTT(chain(), patience=2).fit((x[:4], y[:4])), ValueError, "or of at least five. Give test_data to fit."),
        (lambda x, y: BPTT(chain(), washout=9).fit((x, y)), ValueError, "BPTT.washout must be less than the 9 steps of a series, got 9"),
        (lambda x, y: BPTT(chain(), window=5, washout=5).fit((x[0], y[0])), ValueError, "washout must be less than the window of 5 steps, got 5"),
        (lambda x, y: BPTT(chain()).fit((x, y[:, 1:])), ValueError, r"y must have the same \(batch, time\) as x, got \(12, 8\) for \(12, 9\)"),
        (lambda x, y: BPTT(chain()).fit((x, y[..., :1])), ValueError, "dense has 2 features, y has 1. Set its features to 1"),
        (lambda x, y: BPTT(chain()).fit((x, {"nobody": y})), ValueError, "There is y for 'nobody', which is no output. Give y for: dense"),
        (
            lambda x, y: BPTT(chain(), loss=lambda p, t: jnp.mean((p - t) ** 2)).fit(([x[0], x[1, 1:]], [y[0], y[1, 1:]])),
            ValueError,
            "BPTT.loss of your own is given arrays",
        ),
        (lambda x, y: BPTT(chain()).fit(([x[0], x[1, 1:]], [y[0], y[1]])), ValueError, "y must be a list of series as long as those of x"),
        (lambda x, y: BPTT(Input(2) >> Last() >> Dense(2)).fit((x, y)), ValueError, "y must have one row for each series of x"),
        (lambda x, y: BPTT(Input(2) >> Last() >> Dense(2)).fit((x, y[1:, 0])), ValueError, r"y must have one row for each series of x, got \(11,\) for \(12,\)"),
        (
            lambda x, y: BPTT(Input(2) >> Last() >> Dense(3), loss="cross_entropy").fit((x, np.arange(12))),
            ValueError, "y must be class numbers from 0 to 2, got 0 to 11. Renumber them",
        ),
        (
            lambda x, y: BPTT(Input(2) >> Last() >> Dense(), loss="cross_entropy").fit((x, np.arange(12))),
            ValueError, r"The size of dense is not known from class numbers. Give it one, such as Dense\(12\)",
        ),
        (lambda x, y: BPTT(Input(2) >> Dense(2)).fit((x, y), num_report=-1), ValueError, "BPTT.fit takes a whole num_report from 0, got -1"),
        (lambda x, y: BPTT(Input(2) >> Dense(2)).fit((x[:0], y[:0])), ValueError, r"x must not be empty, got the shape \(0, 9, 2\)"),
        (lambda x, y: BPTT(Input(2) >> Reservoir(5) >> Concat()).fit((x, np.zeros((12, 9, 5)))), ValueError, "There is nothing to train. Add"),
    ],
)  # fmt: skip
def test_a_wrong_call_is_a_sentence(call, kind, words, generator):
    with pytest.raises(kind, match=words):
        call(*data(generator))


def test_one_long_series_is_cut_into_windows(generator):
    x, y = generator.normal(size=(2, 47, 2))
    whole = BPTT(chain(), window=10, num_train=2, num_batch=3, seed=0).fit((x, y), num_report=0)
    cut = BPTT(chain(), window=None, seed=0).fit(
        (x[:40].reshape(4, 10, 2), y[:40].reshape(4, 10, 2)), num_train=2, num_batch=3, num_report=0
    )
    np.testing.assert_array_equal(whole.train_losses, cut.train_losses)
    assert whole.train_losses.size == 4
    assert BPTT(chain(), window=47).fit((x, y), num_train=1, num_report=0).train_losses.size == 1


def test_the_live_knobs_of_another_model_are_taken_with_the_next_chunk(generator):
    x = generator.normal(size=(12, 9, 2))
    model = Input(2) >> Reservoir(6, seed=0) >> Dense(2)
    turned, steady = BPTT(model, learning_rate=0.0), BPTT(model, learning_rate=0.0)
    training, still = turned.training((x, x), num_train=4, num_batch=12), steady.training((x, x), num_train=4, num_batch=12)
    next(training), next(still)
    turned.turn(model.replace("reservoir", spectral_radius=0.1, input_scaling=2.0))
    list(training), list(still)
    assert turned.train_losses[0] == steady.train_losses[0]
    assert abs(turned.train_losses[-1] - steady.train_losses[-1]) > 1e-3


@pytest.mark.parametrize("y", [np.array([0, 1, 1, 0]), np.array([[0.0], [1.0], [1.0], [0.0]])])
def test_cross_entropy_of_one_output_is_refused_with_the_name_of_the_loss_that_fits(y):
    x = np.random.default_rng(0).normal(size=(4, 6, 2))
    bptt = BPTT(Input(2) >> VanillaRNN(4) >> Last() >> Dense(1), loss="cross_entropy")
    with pytest.raises(ValueError, match=r"at least two classes, got one: .* Take rc\.losses\.binary_cross_entropy"):
        bptt.fit((x, y), num_train=1, num_report=0)
