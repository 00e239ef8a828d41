"""Lanes of BPTT against single trainers."""

from typing import Any

import numpy as np
import optax
import pytest

from rcwidgets.core.losses import l2_norm, mean_squared_error
from rcwidgets.core.model import program as programs
from rcwidgets.core.nodes import Dense, Input, Reservoir, VanillaRNN
from rcwidgets.core.trainers.closed_form.ridge import RidgeTrainer
from rcwidgets.core.trainers.gradient.bptt import BPTT
from rcwidgets.core.trainers.gradient.lanes import BPTTLanes, side_by_side

OTHER: Any = RidgeTrainer


def network(units=8, **knobs):
    i, r, o = Input(1), Reservoir(units, seed=0, **{"input_scaling": 0.3, "feedback_scaling": 0.4, **knobs}), Dense(1)
    return (i >> r >> VanillaRNN(5, activation="tanh", state_trainable=True) >> o) & (r << o)


def series(generator, count=12, steps=8):
    x = generator.normal(size=(count, steps, 1))
    return x, 0.3 * x.cumsum(axis=1)


def test_thirty_two_lanes_are_thirty_two_single_runs(generator):
    data = series(generator)
    rates, leaks = np.geomspace(1e-3, 0.1, 32), np.linspace(0.1, 1.0, 32)
    limits = np.where(np.arange(32) % 2, 0.05, 0.0)
    options = {"num_train": 5, "num_batch": 6}
    lanes = BPTTLanes(BPTT(network(), seed=3), {"learning_rate": rates, "reservoir.leak_rate": leaks, "max_grad_norm": limits}).fit(
        data, **options
    )
    assert lanes.train_losses.shape == lanes.grad_norms.shape == (32, 10) and lanes.finite.all()
    assert len({*lanes.train_losses[:, -1]}) == 32
    for lane in range(32):
        alone = BPTT(network(leak_rate=leaks[lane]), learning_rate=rates[lane], max_grad_norm=limits[lane], seed=3)
        alone.fit(data, num_report=0, **options)
        np.testing.assert_allclose(lanes.train_losses[lane], alone.train_losses, rtol=1e-5)
        np.testing.assert_allclose(lanes.params["rnn"]["W"][lane], alone.params["rnn"]["W"], atol=1e-5)
        np.testing.assert_allclose(lanes.params["rnn"]["h0"][lane], alone.params["rnn"]["h0"], atol=1e-5)


def test_large_lanes_are_made_one_after_another_in_one_program(generator):
    data, rates = series(generator, count=40), [0.001, 0.01, 0.1]
    lanes = BPTTLanes(BPTT(network(30)), {"learning_rate": rates, "reservoir.leak_rate": [0.3, 0.5, 0.9]}).fit(data, num_train=4)
    assert not side_by_side(lanes[0].program, 40) and side_by_side(BPTT(network()).fit(data, num_train=1).program, 12)
    alone = BPTT(network(30, leak_rate=0.9), learning_rate=0.1).fit(data, num_train=4, num_report=0)
    np.testing.assert_allclose(lanes.train_losses[2], alone.train_losses, rtol=1e-6)
    np.testing.assert_allclose(lanes[2].params["rnn"]["W"], alone.params["rnn"]["W"], atol=1e-6)


def test_a_lane_is_an_ordinary_trainer_that_goes_on(generator):
    x, y = series(generator)
    lanes = BPTTLanes(BPTT(network(), dtype="float64"), {"learning_rate": [0.001, 0.01], "reservoir.leak_rate": [0.3, 0.9]})
    lanes.fit((x, y), num_train=2).fit((x, y), num_train=2)
    one = lanes[1]
    assert type(one) is BPTT and one.settings.learning_rate == 0.01 and one.model["reservoir"].leak_rate == 0.9
    alone = BPTT(network(leak_rate=0.9), learning_rate=0.01, dtype="float64").fit((x, y), num_train=4, num_report=0)
    np.testing.assert_allclose(one.predict(x), alone.predict(x), rtol=1e-8)
    for each in (one, alone):
        each.fit((x, y), num_train=3, num_report=0)
    np.testing.assert_allclose(one.train_losses, alone.train_losses, rtol=1e-9)
    np.testing.assert_allclose(one.grad_norms, alone.grad_norms, rtol=1e-7)
    np.testing.assert_array_equal(one.learning_rates, [0.01] * 7)
    assert lanes.train_losses.shape == (2, 4)  # the lane is detached
    assert [lane.settings.learning_rate for lane in lanes] == [0.001, 0.01]


def test_other_values_and_a_second_fit_cost_no_trace(generator):
    data = series(generator)
    trainer = BPTT(network())
    first = BPTTLanes(trainer, {"learning_rate": [0.001, 0.01], "reservoir.leak_rate": [0.3, 0.9]}).fit(data, num_train=2)
    traced = programs.TRACES["lane_updates"]
    second = (
        BPTTLanes(trainer, {"learning_rate": [0.1, 0.02], "reservoir.leak_rate": [0.5, 0.6]}).fit(data, num_train=2).fit(data, num_train=1)
    )
    assert programs.TRACES["lane_updates"] == traced
    assert not np.allclose(first.train_losses[:, 1], second.train_losses[:, 1])


def test_a_lane_that_diverges_stays_behind_alone(generator):
    x, y = series(generator)
    graph = Input(1) >> VanillaRNN(5, activation="identity") >> Dense(1)
    lanes = BPTTLanes(BPTT(graph), {"learning_rate": [0.01, 1e6, 0.02]}).fit((x, y), num_train=4)
    np.testing.assert_array_equal(lanes.finite, [True, False, True])
    assert np.isfinite(lanes.train_losses[[0, 2]]).all() and np.isnan(lanes.train_losses[1, -1])
    assert all(np.isfinite(value).all() for value in lanes.params["rnn"].values())
    alone = BPTT(graph, learning_rate=0.02).fit((x, y), num_train=4, num_report=0)
    np.testing.assert_allclose(lanes.train_losses[2], alone.train_losses, rtol=1e-5)
    assert len(lanes[1].train_losses) < 4


def test_lanes_of_a_loss_and_an_optimizer_of_ones_own(generator):
    data = series(generator)

    def loss(predictions, targets, params):
        return mean_squared_error(predictions, targets) + 0.01 * l2_norm(params) ** 2

    trainer = BPTT(network(), loss=loss, optimizer=optax.sgd(0.1), dtype="float64")
    lanes = BPTTLanes(trainer, {"reservoir.spectral_radius": [0.5, 1.0]}).fit(data, num_train=3)
    alone = BPTT(network(spectral_radius=1.0), loss=loss, optimizer=optax.sgd(0.1), dtype="float64").fit(data, num_train=3, num_report=0)
    np.testing.assert_allclose(lanes.train_losses[1], alone.train_losses, rtol=1e-9)
    np.testing.assert_allclose(lanes[1].params["dense"]["W"], alone.params["dense"]["W"], rtol=1e-8)
    with pytest.raises(ValueError, match="BPTTLanes.knobs must be live, got a learning_rate: the rate of your own optimizer is fixed"):
        BPTTLanes(trainer, {"learning_rate": [0.1, 0.2]})


def test_reset_starts_anew(generator):
    data = series(generator)
    lanes = BPTTLanes(BPTT(network(), dtype="float64"), {"learning_rate": [0.01, 0.02]}).fit(data, num_train=2)
    before = lanes.train_losses
    np.testing.assert_allclose(lanes.fit(data, num_train=2, reset=True).train_losses, before, rtol=1e-12)


@pytest.mark.parametrize(
    ("call", "kind", "words"),
    [
        (lambda: BPTTLanes(OTHER(network()), {"beta": [1.0]}), TypeError, "BPTTLanes.trainer must be a BPTT, got RidgeTrainer"),
        (lambda: BPTTLanes(BPTT(network()), {"reservoir.units": [3, 4]}), ValueError, "knobs must be live knobs, got 'reservoir.units'"),
        (lambda: BPTTLanes(BPTT(network()), {"learning_rate": [0.1, -0.1]}), ValueError, "BPTT.learning_rate of lane 1 must be in"),
        (lambda: BPTTLanes(BPTT(network()), {"learning_rate": [0.1]})[1], IndexError, "There are 1 lanes, got 1."),
    ],
)
def test_a_wrong_call_is_a_sentence(call, kind, words):
    with pytest.raises(kind, match=words):
        call()
