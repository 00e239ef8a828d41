"""Nodes after a trained readout: computed, their targets pulled back, fed back as targets; all held to NumPy written by hand."""

import numpy as np
import pytest

from rcwidgets.core.loading import load
from rcwidgets.core.nodes import (
    Activation,
    Concat,
    Delay,
    Input,
    Last,
    LayerNorm,
    LinearReadout,
    Reservoir,
    Reshape,
    Scale,
    Select,
    Sum,
    TimeMean,
    VanillaRNN,
)
from rcwidgets.core.nodes.readout import Dense
from rcwidgets.core.trainers.closed_form.linear import LinearTrainer
from rcwidgets.core.trainers.closed_form.ridge import RidgeTrainer
from rcwidgets.core.trainers.gradient.bptt import BPTT
from rcwidgets.core.trainers.lanes.lanes import Lanes
from rcwidgets.core.trainers.online.lms import LMS
from rcwidgets.core.trainers.online.recursive import RLS, FORCELearning
from rcwidgets.core.trainers.sweep.sweep import sweep

BETA = 1e-3


@pytest.fixture
def series(generator):
    x = np.cumsum(generator.normal(size=(201, 1)), axis=0) / 10
    return x[:-1], x[1:]


def network(**knobs):
    return Reservoir(20, seed=0, **knobs)


def states_of(params, x, *, feedback=None, scaling=0.0):
    """h' = 0.7 h + 0.3 tanh(0.9 h W + 0.05 u W_in + scaling y_fb W_fb), from rest."""
    h, found = np.zeros(20), []
    for t, u in enumerate(x):
        drive = 0.9 * h @ params["W"] + 0.05 * u @ params["W_in"]
        if feedback is not None and t > 0:
            drive = drive + scaling * feedback[t - 1] @ params["W_fb"]
        h = 0.7 * h + 0.3 * np.tanh(drive)
        found.append(h)
    return np.array(found)


def ridge(states, targets, beta=BETA):
    """The weights and the bias, which is not penalised."""
    x, y = states - states.mean(axis=0), targets - targets.mean(axis=0)
    weights = np.linalg.solve(x.T @ x + beta * np.eye(x.shape[1]), x.T @ y)
    return weights, targets.mean(axis=0) - states.mean(axis=0) @ weights


def test_a_softmax_is_computed_and_its_readout_is_fitted_to_the_targets_themselves(series, generator):
    x, hot = series[0], np.eye(3)[generator.integers(0, 3, 200)]
    trainer = RidgeTrainer(Input(1) >> network() >> LinearReadout(3) >> Activation("softmax"), beta=BETA, dtype="float64")
    with pytest.warns(UserWarning, match="readout is fitted to the targets themselves, and activation makes shares of what it gives. BPTT"):
        trainer.fit([x, hot])
    states = states_of(trainer.params["reservoir"], x)
    weights, bias = ridge(states, hot)
    np.testing.assert_allclose(trainer.params["readout"]["W"], weights, rtol=1e-6)
    powers = np.exp(states @ weights + bias)
    np.testing.assert_allclose(trainer.predict(x, reset=True), powers / powers.sum(axis=1, keepdims=True), rtol=1e-8)
    trainer.fit([x, hot])  # said once


def test_the_change_is_learned_where_the_input_is_added(series):
    x, y = series
    i = Input(1)
    trainer = RidgeTrainer([i, i >> network() >> LinearReadout()] >> Sum(), beta=BETA, dtype="float64").fit([x, y])
    states = states_of(trainer.params["reservoir"], x)
    weights, bias = ridge(states, y - x)
    np.testing.assert_allclose(trainer.params["readout"]["W"], weights, rtol=1e-6)
    np.testing.assert_allclose(trainer.predict(x, reset=True), x + states @ weights + bias, rtol=1e-8)
    trainer.fit([x, y], reset=True)  # the closed loop starts from the last target of the sum
    h, u = states[-1], y[-1]
    for step in trainer.generate(3):
        h = 0.7 * h + 0.3 * np.tanh(0.9 * h @ trainer.params["reservoir"]["W"] + 0.05 * u @ trainer.params["reservoir"]["W_in"])
        u = u + h @ weights + bias
        np.testing.assert_allclose(step, u, rtol=1e-8)


@pytest.mark.parametrize("fed", ["tanh", "readout"])
def test_a_tanh_in_the_loop_is_taught_what_it_gives_and_its_readout_what_comes_before(fed, series):
    x, y = series[0], 0.9 * np.sin(np.arange(200) / 5)[:, None]
    i, r, o, f = Input(1), network(feedback_scaling=0.5), LinearReadout(1), Activation("tanh", name="tanh")
    trainer = RidgeTrainer((i >> r >> o >> f) & (r << (f if fed == "tanh" else o)), beta=BETA, dtype="float64").fit([x, y])
    taught = y if fed == "tanh" else np.arctanh(y)
    states = states_of(trainer.params["reservoir"], x, feedback=taught, scaling=0.5)
    weights, bias = ridge(states, np.arctanh(y))
    np.testing.assert_allclose(trainer.params["readout"]["W"], weights, rtol=1e-6)
    h, given, known = states[-1], taught[-1], trainer.params["reservoir"]
    for u, predicted in zip(x[:4], trainer.predict(x[:4]), strict=True):
        h = 0.7 * h + 0.3 * np.tanh(0.9 * h @ known["W"] + 0.05 * u @ known["W_in"] + 0.5 * given @ known["W_fb"])
        before = h @ weights + bias
        given = np.tanh(before) if fed == "tanh" else before
        np.testing.assert_allclose(predicted, np.tanh(before), rtol=1e-8)


def test_targets_named_by_the_readout_teach_what_follows_it(series):
    """A node that feeds back, and has no target of its own, delivers what it makes of the readout's."""
    x, y = series
    i, r, o, f = Input(1), network(feedback_scaling=0.5), LinearReadout(1), Activation("sin")
    trainer = RidgeTrainer((i >> r >> o >> f) & (r << f), beta=BETA, dtype="float64").fit([x, {"readout": y}])
    states = states_of(trainer.params["reservoir"], x, feedback=np.sin(y), scaling=0.5)
    np.testing.assert_allclose(trainer.params["readout"]["W"], ridge(states, y)[0], rtol=1e-6)
    assert trainer.held.last["activation"] == pytest.approx(np.sin(y[-1:]))


@pytest.mark.parametrize(
    ("after", "before"),
    [
        (Scale(factor=4.0, offset=-1.0), lambda y: (y + 1) / 4),
        (Activation("sigmoid"), lambda y: np.log(y / (1 - y))),
        (Activation("softplus"), lambda y: np.log(np.exp(y) - 1)),
        (Activation("identity"), lambda y: y),
        (Reshape((2, 2)), lambda y: y[:, [0, 2, 1, 3]]),
        (Select("2,0,3,1"), lambda y: y[:, [1, 3, 0, 2]]),
    ],
)
def test_what_can_be_turned_round_is(after, before, series, generator):
    x, y = series[0], generator.uniform(0.1, 0.9, (200, 4))
    trainer = RidgeTrainer(Input(1) >> network() >> LinearReadout() >> after, beta=BETA, dtype="float64")
    trainer.predict(x)
    trainer.fit([x, y], reset=True)
    weights, _ = ridge(states_of(trainer.params["reservoir"], x), before(y))
    np.testing.assert_allclose(trainer.params["readout"]["W"], weights, rtol=1e-6, atol=1e-9)


def test_readouts_that_are_joined_share_the_targets_of_the_whole(series):
    x, y = series
    i, r = Input(1), network()
    model = [r >> LinearReadout(1, name="level"), i, r >> LinearReadout(name="square")] >> Concat()
    whole = np.hstack([y, x, y**2, y**3])
    trainer = RidgeTrainer((i >> r) & model, beta=BETA, dtype="float64").fit([x, whole])
    states = states_of(trainer.params["reservoir"], x)
    for name, part in (("level", whole[:, :1]), ("square", whole[:, 2:])):
        np.testing.assert_allclose(trainer.params[name]["W"], ridge(states, part)[0], rtol=1e-6)
    found = trainer.predict(x, reset=True)
    assert found.shape == (200, 4)
    np.testing.assert_allclose(found[:, 1:2], x)
    named = RidgeTrainer((i >> r) & model, beta=BETA, dtype="float64").fit([x, {"level": y, "square": whole[:, 2:]}])
    np.testing.assert_allclose(named.predict(x, reset=True), found, rtol=1e-9)


def test_a_known_signal_may_come_from_the_network_itself(series):
    """A fixed readout of the same reservoir is added: only what is left is learned, from the state that was held."""
    x, y = series
    i, r = Input(1), network()
    model = [i >> r >> LinearReadout(1, trainable=False, name="fixed"), r >> LinearReadout(1)] >> Sum()
    trainer = RidgeTrainer(model, beta=BETA, dtype="float64")
    trainer.predict(x[:50])
    trainer.fit([x[50:], y[50:]])
    states, own = states_of(trainer.params["reservoir"], x)[50:], trainer.params["fixed"]
    weights, bias = ridge(states, y[50:] - states @ own["W"] - own["b"])
    np.testing.assert_allclose(trainer.params["readout"]["W"], weights, rtol=1e-6)
    whole = states @ (own["W"] + weights) + own["b"] + bias
    np.testing.assert_allclose(trainer.predict(x, reset=True)[50:], whole, rtol=1e-8)


def test_a_label_at_the_end_reaches_the_readout_through_last(generator):
    x, y = generator.normal(size=(30, 12, 1)), generator.normal(size=(30, 2))
    trainer = RidgeTrainer(Input(1) >> network() >> LinearReadout(2) >> Last(), beta=BETA, dtype="float64").fit([x, y])
    before = RidgeTrainer(Input(1) >> network() >> Last() >> LinearReadout(2), beta=BETA, dtype="float64").fit([x, y])
    np.testing.assert_allclose(trainer.params["readout"]["W"], before.params["readout"]["W"], rtol=1e-9)
    np.testing.assert_allclose(trainer.predict(x, reset=True), before.predict(x, reset=True), rtol=1e-9)


@pytest.mark.parametrize(
    ("after", "reason"),
    [
        (Delay(2), "delay cannot be turned round"),
        (LayerNorm(), "layer_norm cannot be turned round"),
        (Activation("relu"), r"activation \(relu\) cannot be turned round"),
        (Scale(factor=0.0), "scale has the factor 0"),
        (Select("0,0"), "select gives some of the features only"),
        (TimeMean(), "time_mean mixes all steps .put it before the readout, which gives the same"),
    ],
)
def test_without_a_way_back_the_reason_is_told_and_the_readout_can_be_named(after, reason, series):
    x, y = series[0], np.hstack(series)
    trainer = RidgeTrainer(Input(1) >> network() >> LinearReadout(2) >> after, beta=BETA)
    given = y[:1] if isinstance(after, TimeMean) else y
    with pytest.raises(ValueError, match=rf"cannot be pulled back to readout: {reason}.*Give y for 'readout', by name\."):
        trainer.fit([x, given])
    trainer.fit([x, {"readout": y}])
    weights, _ = ridge(states_of(trainer.params["reservoir"], x), y)
    np.testing.assert_allclose(trainer.params["readout"]["W"], weights, rtol=1e-2, atol=1e-3)


def test_a_sum_of_two_readouts_has_no_way_back(series):
    x, y = series
    i, r = Input(1), network()
    model = (i >> r) & ([r >> LinearReadout(1, name="a"), r >> LinearReadout(1, name="b")] >> Sum())
    with pytest.raises(ValueError, match=r"back to a and b: sum adds 2 signals that training changes. Give y for 'a' and 'b', by name."):
        RidgeTrainer(model).fit([x, y])
    with pytest.raises(ValueError, match="There are two targets for a: by 'a' and 'sum'"):
        RidgeTrainer((i >> r >> LinearReadout(1, name="a")) >> Activation(name="sum")).fit([x, {"a": y, "sum": y / 10}])
    trainer = RidgeTrainer(model, beta=BETA, dtype="float64").fit([x, {"a": y, "b": x}])
    weights, bias = ridge(states_of(trainer.params["reservoir"], x), y + x)
    np.testing.assert_allclose(trainer.predict(x, reset=True), states_of(trainer.params["reservoir"], x) @ weights + bias, rtol=1e-6)


@pytest.mark.parametrize(
    ("name", "given", "span"), [("tanh", 1.0, "between -1 and 1"), ("sigmoid", -0.5, "between 0 and 1"), ("softplus", 0.0, "above 0")]
)
def test_a_target_that_the_output_can_never_give_is_named_by_its_row(name, given, span, series):
    y = np.full((2, 200, 2), 0.5)
    y[1, 7, 1] = given
    words = rf"The target of activation must lie {span}, as {name} gives, got {given:g} in row 7, column 1 of series 1\. Scale the targets"
    with pytest.raises(ValueError, match=words):
        RidgeTrainer(Input(1) >> network() >> LinearReadout(2) >> Activation(name)).fit([np.stack([series[0]] * 2), y])


def test_rows_behind_the_end_of_a_series_ask_nothing_of_an_inverse(generator):
    x = [generator.normal(size=(length, 1)) for length in (30, 50)]
    y = [generator.uniform(0.1, 0.9, (length, 1)) for length in (30, 50)]
    trainer = RidgeTrainer(Input(1) >> network() >> LinearReadout(1) >> Activation("sigmoid"), beta=BETA, dtype="float64").fit([x, y])
    states = np.vstack([states_of(trainer.params["reservoir"], one) for one in x])
    logits = np.log(np.vstack(y) / (1 - np.vstack(y)))
    np.testing.assert_allclose(trainer.params["readout"]["W"], ridge(states, logits)[0], rtol=1e-6)


@pytest.mark.parametrize("trainer", [LinearTrainer, RLS, LMS, FORCELearning])
def test_all_trainers_of_readouts_learn_what_the_pulled_targets_ask(trainer, series):
    x, y = series
    i = Input(1)
    made = trainer([i, i >> network() >> LinearReadout(1)] >> Sum(), dtype="float64").fit([x, y])
    plain = trainer(Input(1) >> network() >> LinearReadout(1), dtype="float64").fit([x, y - x])
    np.testing.assert_allclose(made.params["readout"]["W"], plain.params["readout"]["W"], rtol=1e-9)
    np.testing.assert_allclose(made.predict(x), x + plain.predict(x), rtol=1e-9)
    assert made.generate(2).shape == (2, 1)


def test_force_feeds_back_what_the_whole_output_gives(series):
    """Not the readout alone: the run is that of NumPy, with the tanh in the loop."""
    x, y = series[0][:60], 0.5 * np.sin(np.arange(60) / 4)[:, None]
    i, r, o, f = Input(1), network(feedback_scaling=0.5), LinearReadout(1), Activation("tanh")
    trainer = FORCELearning((i >> r >> o >> f) & (r << f), alpha=1.0, dtype="float64").fit([x, y])
    own, p, w, h, fed = trainer.params["reservoir"], np.eye(21), np.zeros((21, 1)), np.zeros(20), np.zeros(1)
    for u, wanted in zip(x, np.arctanh(y), strict=True):
        h = 0.7 * h + 0.3 * np.tanh(0.9 * h @ own["W"] + 0.05 * u @ own["W_in"] + 0.5 * fed @ own["W_fb"])
        row = np.append(h, 1.0)[:, None]
        fed = np.tanh((row.T @ w)[0])
        error = wanted - (row.T @ w)[0]
        gain = p @ row / (1 + row.T @ p @ row)
        p, w = p - gain @ row.T @ p, w + gain * error
    np.testing.assert_allclose(trainer.params["readout"]["W"], w[:-1], rtol=1e-6)


def test_gradients_train_through_what_follows(series, generator):
    x, hot = generator.normal(size=(4, 20, 1)), np.eye(3)[generator.integers(0, 3, (4, 20))]
    trainer = BPTT(Input(1) >> VanillaRNN(5) >> LinearReadout() >> Activation("softmax"), learning_rate=0.05)
    trainer.fit((x, hot), num_train=30)
    assert trainer.train_losses[-1] < trainer.train_losses[0] < 0.5
    np.testing.assert_allclose(trainer.predict(x, reset=True).sum(axis=-1), 1, rtol=1e-5)


def test_class_numbers_count_the_outputs_of_a_softmax(generator):
    x, labels = generator.normal(size=(6, 20, 1)), np.array([0, 1, 2, 0, 1, 2])
    trainer = BPTT(Input(1) >> VanillaRNN(5) >> Last() >> LinearReadout(3) >> Activation("softmax"), loss="cross_entropy")
    trainer.fit((x, labels), num_train=2)
    assert trainer.predict(x, reset=True).shape == (6, 3)


def test_a_model_with_a_hidden_layer_that_waits_for_its_size_keeps_its_rule():
    assert Input(2) >> Dense() >> LinearReadout()
    sized = (Input(2) >> Dense() >> LinearReadout()).sized(2, 3)
    assert sized["dense"].features == sized["readout"].features == 3


def test_sizes_follow_from_what_is_added_or_joined():
    i = Input(3)
    assert ([i, i >> network() >> LinearReadout()] >> Sum()).sized(3, None)["readout"].features == 3
    joined = [i, i >> network() >> LinearReadout()] >> Concat()
    assert joined.sized(3, 5)["readout"].features == 2
    assert [problem.text for problem in (i >> network() >> LinearReadout(3) >> Activation()).problems(3, 2)] == [
        "activation has 3 features, the target has 2. Choose the nodes before it so that they give as many."
    ]


def test_it_is_saved_and_read_back(series, tmp_path):
    x, y = series
    i = Input(1)
    trainer = RidgeTrainer([i, i >> network() >> LinearReadout()] >> Sum() >> Scale(factor=2.0), beta=BETA).fit([x, y])
    again = load(trainer.save(tmp_path / "model.npz"))
    np.testing.assert_array_equal(again.predict(x[:5]), trainer.predict(x[:5]))
    np.testing.assert_array_equal(again.generate(3), trainer.generate(3))


def test_lanes_and_sweeps_are_what_each_trainer_gives_alone(series):
    x, y = series
    i = Input(1)
    model = [i, i >> network() >> LinearReadout()] >> Sum()
    lanes = Lanes(RidgeTrainer(model, beta=BETA), {"reservoir.leak_rate": [0.3, 0.8]}).fit([x, y])
    forecasts = lanes.predict(x[:10])
    for lane, leak in enumerate((0.3, 0.8)):
        alone = RidgeTrainer(model.replace("reservoir", leak_rate=leak), beta=BETA).fit([x, y])
        np.testing.assert_allclose(forecasts[lane], alone.predict(x[:10]), rtol=1e-4)
    found = sweep(RidgeTrainer(model, beta="auto"), [x, y], {"reservoir.leak_rate": [0.3, 0.8]}, test=[x[-20:], y[-20:]])
    assert np.isfinite(found.errors).all() and np.isfinite(found.test_error)
