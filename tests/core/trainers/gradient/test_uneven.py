"""Series of unequal length with a target at every step: each row that is there counts the same, and none past the end of its series."""

import numpy as np
import pytest

import rcwidgets as rc

LENGTHS = (7, 12, 9)


@pytest.fixture
def pairs(generator):
    return [generator.normal(size=(length, 2)) for length in LENGTHS], [generator.normal(size=(length, 1)) for length in LENGTHS]


def model():
    return rc.Input(2) >> rc.VanillaRNN(6) >> rc.Dense(1)


@pytest.mark.parametrize(("loss", "of"), [("mean_squared_error", np.square), ("mean_absolute_error", np.abs)])
@pytest.mark.parametrize("washout", [0, 3])
def test_the_loss_is_the_mean_over_the_rows_that_count(pairs, loss, of, washout):
    x, y = pairs
    trainer = rc.BPTT(model(), loss=loss, washout=washout, dtype="float64", learning_rate=0.0)
    trainer.fit((x, y), num_train=1, num_batch=3, num_report=0)
    outputs = [np.asarray(trainer.predict(one, reset=True)) for one in x]
    rows = np.concatenate([of(found - wanted)[washout:] for found, wanted in zip(outputs, y, strict=True)])
    assert trainer.train_losses[0] == pytest.approx(rows.mean(), rel=1e-9)


def test_what_lies_past_the_end_changes_nothing(pairs):
    x, y = pairs
    trained = rc.BPTT(model(), dtype="float64", seed=1).fit((x, y), num_train=5, num_batch=3, num_report=0)
    alone = rc.BPTT(model(), dtype="float64", seed=1)
    alone.fit(lambda: iter([(x, y)]), num_train=5, num_report=0)  # padded to a power of two
    for name, own in trained.params.items():
        for key, value in own.items():
            np.testing.assert_allclose(value, alone.params[name][key], atol=1e-10)
    assert trained.train_losses[-1] < trained.train_losses[0]


def test_class_numbers_at_every_step(generator):
    x = [generator.normal(size=(length, 2)) for length in LENGTHS]
    labels = [(one[:, 0] > 0).astype(int) for one in x]
    trainer = rc.BPTT(rc.Input(2) >> rc.Dense(2), loss="cross_entropy", learning_rate=0.1, dtype="float64")
    trainer.fit((x, labels), num_train=100, num_report=0)
    told = [np.asarray(trainer.predict(one, reset=True)).argmax(axis=1) for one in x]
    assert np.mean(np.concatenate(told) == np.concatenate(labels)) > 0.9
