"""Intrinsic plasticity against a NumPy loop, and the distribution that it leaves."""

import numpy as np
import pytest

from rcwidgets.core.loading import load
from rcwidgets.core.model import program as programs
from rcwidgets.core.model.runner import RNNRunner
from rcwidgets.core.nodes import Input, LinearReadout, Reservoir, Sum
from rcwidgets.core.trainers.closed_form.ridge import RidgeTrainer
from rcwidgets.core.trainers.online.recursive import RLS
from rcwidgets.core.trainers.plasticity import IntrinsicPlasticity


def model(**knobs):
    return Input() >> Reservoir(12, seed=0, input_scaling=0.4, bias_scaling=0.2, **knobs) >> LinearReadout()


def by_hand(own, x, *, mean, deviation, rate, epochs, leak, activation="tanh", outside=False, radius=0.9):
    """Gains and biases after the rule of each unit, step by step; x is a list of series (time_k, inputs), the longest first."""
    gain, bias = np.ones(12), np.zeros(12)
    for _ in range(epochs):
        h, r = np.zeros((len(x), 12)), np.zeros((len(x), 12))
        for t in range(len(x[0])):
            u = np.array([series[t] for series in x if t < len(series)])
            h, r = h[: len(u)], r[: len(u)]
            net = radius * h @ own["W"] + 0.4 * u @ own["W_in"] + 0.2 * own["bias"]
            r = (1 - leak) * r + leak * net
            net = r if outside else net
            z = gain * net + bias
            y = np.tanh(z) if activation == "tanh" else 1 / (1 + np.exp(-z))
            if activation == "tanh":
                change = -rate * (-mean / deviation**2 + y / deviation**2 * (2 * deviation**2 + 1 - y**2 + mean * y))
            else:
                change = rate * (1 - (2 + 1 / mean) * y + y**2 / mean)
            h = y if outside else (1 - leak) * h + leak * y
            gain, bias = gain + rate / gain + (change * net).mean(axis=0), bias + change.mean(axis=0)
    return gain, bias


@pytest.mark.parametrize("activation", ["tanh", "sigmoid"])
@pytest.mark.parametrize("kind", ["internal", "external"])
@pytest.mark.parametrize("batch", [1, 3])
def test_gains_and_biases_are_those_of_a_loop(activation, kind, batch, generator):
    x = generator.normal(size=(batch, 60, 2))
    knobs = {"leak_rate": 0.6, "activation": activation, "activation_type": kind}
    ip = IntrinsicPlasticity(model(**knobs), mean=0.1, deviation=0.3, learning_rate=0.01, epochs=2, dtype="float64").fit(x)
    first = RNNRunner(model(**knobs), dtype="float64")
    first.predict(x)
    own, found = first.params["reservoir"], ip.params["reservoir"]
    gain, bias = by_hand(own, x, mean=0.1, deviation=0.3, rate=0.01, epochs=2, leak=0.6, activation=activation, outside=kind == "external")
    assert np.abs(gain - 1).max() > 0.05
    np.testing.assert_allclose(found["W"], own["W"] * gain, rtol=1e-9)
    np.testing.assert_allclose(found["W_in"], own["W_in"] * gain, rtol=1e-9)
    np.testing.assert_allclose(found["bias"], 0.2 * own["bias"] * gain + bias, rtol=1e-9)
    np.testing.assert_array_equal(found["key"], own["key"])
    assert ip.model["reservoir"].bias_scaling == 1.0


def test_states_have_the_wanted_mean_and_deviation(generator):
    x = generator.normal(size=(3000, 1))
    before = Input() >> Reservoir(60, seed=0, leak_rate=1.0, input_scaling=0.2) >> LinearReadout(1)
    ip = IntrinsicPlasticity(before, mean=0.2, deviation=0.3, epochs=20).fit(x)
    spreads = []
    for runner in (RNNRunner(before), RNNRunner(ip.model, params=ip.params)):
        runner.predict(x, monitors=["reservoir.state"])
        states = runner.mon["reservoir.state"][0, 100:]
        spreads.append((np.median(states.mean(axis=0)), np.median(states.std(axis=0))))
    assert abs(spreads[0][0]) < 0.02 and spreads[0][1] < 0.2
    assert spreads[1][0] == pytest.approx(0.2, abs=0.03) and spreads[1][1] == pytest.approx(0.3, rel=0.1)


def test_sigmoid_units_become_sparse(generator):
    x = generator.normal(size=(3000, 1))
    before = Input() >> Reservoir(30, seed=0, leak_rate=1.0, activation="sigmoid", input_scaling=1.0) >> LinearReadout(1)
    ip = IntrinsicPlasticity(before, mean=0.2, learning_rate=2e-3).fit(x)
    ip.predict(x, monitors=["reservoir.state"])
    states = ip.mon["reservoir.state"][0]
    assert np.median(states.mean(axis=0)) == pytest.approx(0.2, abs=0.03)
    assert np.median(states) < 0.17  # of an exponential distribution, 0.2 ln 2 = 0.14; of a symmetric one, 0.2


@pytest.mark.optimised
def test_a_trainer_takes_the_model_and_its_weights(generator, tmp_path):
    x = generator.normal(size=(200, 2))
    ip = IntrinsicPlasticity(model(), epochs=1).fit(x)
    assert "readout" not in ip.params
    trainer = RidgeTrainer(ip.model, params=ip.params).fit([x[:-1], x[1:]])
    np.testing.assert_array_equal(trainer.params["reservoir"]["W"], ip.params["reservoir"]["W"])
    assert trainer.params["readout"]["W"].shape == (12, 2)
    learner = RLS(ip.model, params=ip.params).fit([x[:1], x[1:2]])
    assert learner.train_losses[0] == pytest.approx(np.mean(x[1] ** 2), rel=1e-5)  # it starts at zero
    again = load(ip.save(tmp_path / "ip.npz"))
    again.predict(x, monitors=["reservoir.state"])
    ip.predict(x, monitors=["reservoir.state"])
    np.testing.assert_array_equal(again.mon["reservoir.state"], ip.mon["reservoir.state"])


def test_series_of_unequal_length_change_the_units_only_while_they_last(generator):
    x = [generator.normal(size=(length, 2)) for length in (50, 40, 25)]
    ip = IntrinsicPlasticity(model(leak_rate=0.6), learning_rate=0.01, epochs=2, dtype="float64").fit(x)
    first = RNNRunner(model(leak_rate=0.6), dtype="float64")
    first.predict(x)
    own = first.params["reservoir"]
    gain, bias = by_hand(own, x, mean=0.0, deviation=0.2, rate=0.01, epochs=2, leak=0.6)
    np.testing.assert_allclose(ip.params["reservoir"]["W"], own["W"] * gain, rtol=1e-9)
    np.testing.assert_allclose(ip.params["reservoir"]["bias"], 0.2 * own["bias"] * gain + bias, rtol=1e-9)


def test_a_readout_that_feeds_back_is_replaced_by_its_targets(generator):
    i, r, o = Input(), Reservoir(12, seed=0, feedback_scaling=0.7), LinearReadout()
    graph = (i >> r >> o) & (r << o)
    x, y = generator.normal(size=(80, 2)), generator.normal(size=(80, 1))
    with pytest.raises(ValueError, match=r"readout feeds back: give its targets too, as in fit\(x, y\)"):
        IntrinsicPlasticity(graph.replace("readout", features=1)).fit(x)
    with pytest.raises(ValueError, match="x and y must have the same rows"):
        IntrinsicPlasticity(graph).fit(x, y[:9])
    ip = IntrinsicPlasticity(graph, learning_rate=0.01, epochs=1, dtype="float64").fit(x, y)
    late = np.vstack([np.zeros((1, 1)), y[:-1]])
    two = Input() >> Reservoir(12, seed=0, input_scaling=1.0)
    first = RNNRunner(graph.replace("readout", features=1), dtype="float64")
    first.predict(x)
    own = first.params["reservoir"]
    stacked = {"input": {}, "reservoir": {**own, "W_in": np.vstack([0.05 * own["W_in"], 0.7 * own["W_fb"]])}}
    del stacked["reservoir"]["W_fb"]
    other = IntrinsicPlasticity(two, learning_rate=0.01, epochs=1, dtype="float64", params=stacked).fit(np.hstack([x, late]))
    np.testing.assert_allclose(ip.params["reservoir"]["bias"], other.params["reservoir"]["bias"], rtol=1e-9, atol=1e-12)


def test_signals_that_are_added_arrive_as_their_sum(generator):
    x = generator.normal(size=(60, 2))
    one, other = Input(2, name="one"), Input(2, name="other")
    added = [one, other] >> Sum() >> Reservoir(12, seed=0, input_scaling=0.4, bias_scaling=0.2) >> LinearReadout()
    ip = IntrinsicPlasticity(added, learning_rate=0.01, dtype="float64").fit({"one": 0.25 * x, "other": 0.75 * x})
    plain = IntrinsicPlasticity(model(), learning_rate=0.01, dtype="float64").fit(x)
    np.testing.assert_allclose(ip.params["reservoir"]["W_in"], plain.params["reservoir"]["W_in"], rtol=1e-10)
    np.testing.assert_allclose(ip.params["reservoir"]["bias"], plain.params["reservoir"]["bias"], rtol=1e-10)


def test_gains_fold_into_weights_that_are_kept_sparse(generator):
    """A cycle of 400 units is kept as one source a unit."""
    x = generator.normal(size=(30, 2))
    graph = Input() >> Reservoir(400, seed=0, topology="cycle", input_scaling=0.4) >> LinearReadout()
    first = RNNRunner(graph, dtype="float64")
    first.predict(x)
    ip = IntrinsicPlasticity(graph, learning_rate=0.01, epochs=1, dtype="float64").fit(x)
    before, after = first.params["reservoir"], ip.params["reservoir"]
    assert "sources" in before
    gain = after["W_in"][0] / before["W_in"][0]
    assert np.ptp(gain) > 1e-3
    np.testing.assert_allclose(after["weights"], before["weights"] * gain, rtol=1e-9)
    np.testing.assert_array_equal(after["sources"], before["sources"])


def test_epochs_and_knobs_are_one_trace(generator):
    x = generator.normal(size=(37, 2))
    before = programs.TRACES["adapt"]
    for deviation, rate in ((0.2, 1e-3), (0.3, 5e-4)):
        IntrinsicPlasticity(model(spectral_radius=deviation), deviation=deviation, learning_rate=rate, epochs=3).fit(x)
    assert programs.TRACES["adapt"] == before + 1


def test_a_second_fit_goes_on(generator):
    x = generator.normal(size=(50, 2))
    ip = IntrinsicPlasticity(model(), learning_rate=0.01, epochs=1, dtype="float64").fit(x)
    once = ip.params["reservoir"]["bias"]
    twice = ip.fit(x).params["reservoir"]["bias"]
    assert np.abs(twice - once).max() > 0.01
    assert np.abs(twice).max() < 10


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda x: IntrinsicPlasticity(Input() >> Reservoir(5, activation="relu") >> LinearReadout()), "There is nothing to adapt. IntrinsicPlasticity takes a model with a tanh or sigmoid Reservoir"),
        (lambda x: IntrinsicPlasticity(model(activation="sigmoid")), "IntrinsicPlasticity.mean must be above 0 for sigmoid units, got 0.0"),
        (lambda x: IntrinsicPlasticity(model(), deviation=0.0), r"IntrinsicPlasticity.deviation must be in \[0.001, 1.0\], got 0.0"),
        (lambda x: IntrinsicPlasticity(model(), epochs=0), r"IntrinsicPlasticity.epochs must be in \[1, 100000\], got 0"),
        (lambda x: IntrinsicPlasticity(model()).fit(x[:0]), "x must not be empty"),
        (lambda x: IntrinsicPlasticity(model()).fit(x * np.nan), "x must be finite, got nan in row 0, column 0"),
        (lambda x: IntrinsicPlasticity(Input() >> Reservoir(5, input_scaling=100.0) >> LinearReadout()).fit(1e38 * x), "A gain of reservoir is not finite: it ran away. Lower the learning rate"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_a_sentence(call, words, generator):
    with pytest.raises((ValueError, FloatingPointError), match=words):
        call(generator.normal(size=(50, 2)))
