"""BPTT that ends by itself: rows held out of the training data, the best weights, cuts of the learning rate, and steps that run in."""

import numpy as np
import pytest

from rcwidgets.core.nodes import Dense, Input, VanillaRNN
from rcwidgets.core.trainers.gradient.batches import count_pieces, hold_out, in_pieces
from rcwidgets.core.trainers.gradient.bptt import BPTT
from rcwidgets.core.trainers.gradient.descent import Advice, Plateau
from rcwidgets.core.trainers.gradient.lanes import BPTTLanes

pytestmark = pytest.mark.optimised  # whether a loss falls or rises near its end hangs on the last bits


def network(units=12):
    return Input(1) >> VanillaRNN(units, activation="tanh") >> Dense(1)


def long_series(generator, rows=120):
    x = generator.normal(size=(rows, 1))
    return x, 0.3 * np.tanh(x) + 0.3 * np.roll(x, 1) + 0.1 * generator.normal(size=(rows, 1))


def test_a_plateau_keeps_the_best_waits_cuts_the_rate_and_ends():
    plateau = Plateau(least_gain=0.1)
    said = [plateau.look(loss, 2, 1) for loss in (1.0, 0.8, 0.79, 0.8, 0.8, 0.7, 0.69, 0.71)]
    best, on, back, end = Advice.BEST, Advice.ON, Advice.BACK, Advice.END
    assert said == [best, best, best, back, on, best, best, end]  # 0.79 is the best so far, and no gain
    assert plateau.share == pytest.approx(1 / 3) and plateau.best == 0.69
    assert [Plateau().look(loss, 1, 0) for loss in (float("nan"),)] == [end]


def test_pieces_overlap_by_their_run_in_so_that_every_later_row_counts_once(generator):
    x = generator.normal(size=(23, 2))
    pieces, _ = in_pieces((x, x), 8, 3)
    assert len(pieces) == count_pieces(23, 8, 3) == 4
    np.testing.assert_array_equal(pieces[:, 3:].reshape(-1, 2), x[3:23])
    np.testing.assert_array_equal(in_pieces((x, x), 8)[0].reshape(-1, 2), x[:16])


def test_what_runs_in_does_not_count_in_the_loss(generator):
    x, y = generator.normal(size=(4, 10, 1)), generator.normal(size=(4, 10, 1))
    other = y.copy()
    other[:, :6] += 5.0

    def fitted(targets):
        return BPTT(network(), dtype="float64", washout=6, seed=1).fit((x, targets), num_train=3, num_report=0)

    one = BPTT(network(), dtype="float64", seed=1)
    first = np.mean((one.predict(x) - y)[:, 6:] ** 2)
    assert fitted(y).train_losses[0] == pytest.approx(first, rel=1e-10)
    np.testing.assert_array_equal(fitted(y).train_losses, fitted(other).train_losses)


def test_the_last_fifth_of_the_rows_is_held_out_and_runs_in_over_rows_before_it(generator):
    x, y = long_series(generator, 50)
    (learned, _), (looked_at, _) = hold_out((x, y), 7)
    np.testing.assert_array_equal(learned, x[:40])
    np.testing.assert_array_equal(looked_at, x[33:])
    batch = generator.normal(size=(10, 5, 1))
    (learned, _), (looked_at, _) = hold_out(({"input": batch}, batch), 3)
    np.testing.assert_array_equal(learned["input"], batch[[0, 1, 2, 3, 5, 6, 7, 8]])
    np.testing.assert_array_equal(looked_at["input"], batch[[4, 9]])
    series = [batch[k, : 2 + k % 3] for k in range(10)]  # of classes, which often stand one after the other
    (learned, labels), (looked_at, others) = hold_out((series, np.arange(10) // 5), 0)
    assert [len(one) for one in looked_at] == [len(series[4]), len(series[9])]
    assert (labels.tolist(), others.tolist()) == ([0, 0, 0, 0, 1, 1, 1, 1], [0, 1])


def test_it_ends_with_the_best_weights_and_says_why(generator):
    x, y = long_series(generator)
    options = {"learning_rate": 0.05, "dtype": "float64", "window": 12, "washout": 4, "num_batch": 4, "seed": 2}
    bptt = BPTT(network(), patience=6, **options).fit((x, y), num_train=400, num_report=0)
    best = int(np.argmin(bptt.test_losses))
    per_epoch = -(-count_pieces(96, 12, 4) // 4)
    assert len(bptt.test_losses) == best + 7 < 400
    assert bptt.ending == ("no better", (best + 7) * per_epoch, (best + 1) * per_epoch, 6 * per_epoch)
    pieces, targets = in_pieces((x[92:], y[92:]), 12, 4)
    here = np.mean((bptt.predict(pieces, reset=True) - targets)[:, 4:] ** 2)
    assert here == pytest.approx(bptt.test_losses[best], rel=1e-10)
    short = BPTT(network(), **options).fit((x[:96], y[:96]), num_train=best + 1, num_report=0)
    np.testing.assert_allclose(bptt.params["rnn"]["W"], short.params["rnn"]["W"], rtol=1e-10)


def test_training_that_is_left_has_the_best_weights_so_far(generator):
    x, y = long_series(generator)
    bptt = BPTT(network(), patience=50, learning_rate=0.2, window=12, num_batch=4)
    going = bptt.training((x, y), num_train=400)
    while len(bptt.test_losses) < 12:
        next(going)
    going.close()
    pieces, targets = in_pieces((x[96:], y[96:]), 12)
    assert np.argmin(bptt.test_losses) < 11
    assert np.mean((bptt.predict(pieces, reset=True) - targets) ** 2) == pytest.approx(bptt.test_losses.min(), rel=1e-4)


def test_a_cut_goes_back_to_the_best_weights_with_a_third_of_the_rate(generator):
    x, y = long_series(generator)
    bptt = BPTT(network(), patience=3, rate_cuts=2, learning_rate=0.2, window=12, num_batch=8).fit((x, y), num_train=400, num_report=0)
    np.testing.assert_allclose(np.unique(bptt.learning_rates), [0.2 / 9, 0.2 / 3, 0.2], rtol=1e-5)
    assert (np.diff(bptt.learning_rates) <= 0).all() and bptt.ending.reason == "no better"
    plain = BPTT(network(), patience=3, learning_rate=0.2, window=12, num_batch=8).fit((x, y), num_train=400, num_report=0)
    assert bptt.test_losses.min() < plain.test_losses.min()


def test_without_patience_it_trains_thirty_epochs_on_all_rows(generator):
    x, y = long_series(generator, 60)
    bptt = BPTT(network(), window=12).fit((x, y), num_report=0)
    assert bptt.updates == 30 and bptt.test_losses.size == 0 and bptt.ending == ("epochs", 30, 30, 0)


def test_each_lane_ends_as_it_would_alone(generator):
    x, y = long_series(generator)
    options = {"patience": 4, "rate_cuts": 1, "window": 12, "washout": 4, "num_batch": 4, "num_train": 60, "dtype": "float64"}
    rates = np.array([0.2, 0.01])
    lanes = BPTTLanes(BPTT(network(), **options), {"learning_rate": rates}).fit((x, y))
    for rate, lane in zip(rates, lanes, strict=True):
        alone = BPTT(network(), learning_rate=rate, **options).fit((x, y), num_report=0)
        np.testing.assert_allclose(lane.params["rnn"]["W"], alone.params["rnn"]["W"], rtol=1e-8)
        np.testing.assert_allclose(lane.train_losses, alone.train_losses, rtol=1e-8)
