"""Updates whose batch is shared out to the cores: those of one program, to within rounding, or that program itself."""

from typing import Any

import jax.numpy as jnp
import numpy as np
import optax
import pytest

from rcwidgets.core.losses import l2_norm, mean_squared_error
from rcwidgets.core.model import program as programs
from rcwidgets.core.nodes import GRU, LSTM, Dense, Dropout, Input, Last, LinearReadout, Reservoir, VanillaRNN
from rcwidgets.core.trainers.gradient import shares
from rcwidgets.core.trainers.gradient.bptt import BPTT
from rcwidgets.core.trainers.gradient.updates import Batch

SERIES, STEPS = 8, 7


def penalised(predictions, targets, params):
    """A loss of the whole batch and of the params: its largest error, beside the mean."""
    return mean_squared_error(predictions, targets) + 0.1 * jnp.abs(predictions - targets).max() + 1e-2 * l2_norm(params) ** 2


def looped():
    rnn, dense = VanillaRNN(5, activation="tanh", state_trainable=True), Dense(2)
    return (Input(2) >> rnn >> dense) & (rnn << dense)


MODELS: dict[str, Any] = {
    "rnn": (lambda: Input(2) >> VanillaRNN(6, activation="tanh", state_trainable=True) >> Dense(2), {}),
    "own loss": (lambda: Input(2) >> VanillaRNN(6, activation="tanh") >> Dense(2), {"loss": penalised}),
    "gru behind lstm": (lambda: Input(2) >> LSTM(5) >> GRU(4) >> Dense(2), {"max_grad_norm": 0.1}),
    "reservoir": (lambda: Input(2) >> Reservoir(6, trainable=True) >> LinearReadout(2), {}),
    "feedback": (looped, {}),
    "truncated": (lambda: Input(2) >> GRU(5) >> Dense(2), {"truncate": 3}),
}


@pytest.fixture(autouse=True)
def _eager(monkeypatch):
    """Small batches too, on two cores, whatever the machine has."""
    monkeypatch.setattr(shares, "LEAST", 0.0)
    monkeypatch.setattr(shares, "FEWEST", 2)
    monkeypatch.setattr(shares, "cores", lambda: 2)


def data(generator, series=SERIES):
    x = generator.normal(size=(series, STEPS, 2))
    return x, 0.3 * np.cumsum(x, axis=1)


def both(model, given, *, num_train=3, num_batch=SERIES, **options):
    """A trainer whose batches are shared out, and one whose are not."""
    made = [BPTT(model, dtype="float64", parallel=parallel, **options) for parallel in ("auto", "off")]
    for one in made:
        one.fit(given, num_train=num_train, num_batch=num_batch, num_report=0)
    return made


def assert_alike(one, other):
    np.testing.assert_allclose(one.train_losses, other.train_losses, rtol=1e-10)
    np.testing.assert_allclose(one.grad_norms, other.grad_norms, rtol=1e-10)
    for name, own in other.params.items():
        for key, value in own.items():
            np.testing.assert_allclose(one.params[name][key], value, rtol=0, atol=1e-10)


@pytest.mark.parametrize("kind", MODELS)
def test_it_learns_what_one_program_learns(kind, generator):
    model, options = MODELS[kind]
    traced = programs.TRACES["shared_updates"]
    one, other = both(model(), data(generator), **options)
    assert programs.TRACES["shared_updates"] == traced + 1, "one trace for all parts and updates"
    assert len(one.train_losses) == 3
    assert_alike(one, other)


def test_batches_of_several_sizes(generator):
    one, other = both(MODELS["rnn"][0](), data(generator, 10), num_batch=6)
    assert len(one.train_losses) == 6, "of six and of four series"
    assert_alike(one, other)


def test_series_of_unequal_length(generator):
    x = [generator.normal(size=(steps, 2)) for steps in (3, 7, 5, 4, 7, 6)]
    model = Input(2) >> GRU(5) >> Last() >> Dense(2)
    assert_alike(*both(model, (x, np.array([0, 1, 0, 1, 1, 0])), loss="cross_entropy"))


def test_the_same_fit_gives_the_same_bits(generator):
    given = data(generator)
    one, other = (BPTT(MODELS["rnn"][0]()).fit(given, num_train=4, num_batch=4, num_report=0) for _ in range(2))
    np.testing.assert_array_equal(one.train_losses, other.train_losses)
    np.testing.assert_array_equal(one.params["rnn"]["W"], other.params["rnn"]["W"])


def test_a_loss_that_is_not_finite_changes_nothing(generator):
    made = [
        BPTT(Input(2) >> VanillaRNN(4) >> Dense(2), dtype="float64", parallel=parallel, optimizer=optax.sgd(1e100))
        for parallel in ("auto", "off")
    ]
    told = []
    for trainer in made:
        with pytest.raises(FloatingPointError, match="at update .* training diverged") as caught:
            trainer.fit(data(generator), num_train=9, num_report=0)
        told.append(len(trainer.train_losses))
        assert f"at update {told[-1]} " in str(caught.value)
        assert np.isfinite(trainer.params["rnn"]["W"]).all()
    assert 1 <= told[0] < 9 and told[0] == told[1]


def parts(model, monkeypatch, *, series=128, steps=25, cores=2, parallel="auto"):
    monkeypatch.setattr(shares, "cores", lambda: cores)
    program = programs.compile_graph(model)
    weights = tuple(programs.draw(program, 0, np.float32)[name] for name in program.names)
    batch = Batch({0: np.zeros((4, steps, series, 1))}, {}, None)
    return shares.parts_of(program, weights, (), batch, parallel)


def test_how_many_parts_there_are_is_told_by_sizes_and_cores(monkeypatch):
    monkeypatch.undo()
    model = Input(1) >> VanillaRNN(100) >> Dense(1)
    assert parts(model, monkeypatch) == 2
    assert parts(model, monkeypatch, cores=1) == parts(model, monkeypatch, parallel="off") == 1
    assert parts(model, monkeypatch, cores=4) == 4 and parts(model, monkeypatch, cores=3) == 2
    assert parts(model, monkeypatch, cores=64) == 8, "each with 16 series"
    assert parts(model, monkeypatch, series=127) == 1
    assert parts(model, monkeypatch, steps=5) == 1, "too little to share"
    assert parts(Input(1) >> VanillaRNN(100) >> Dropout(0.1) >> Dense(1), monkeypatch) == 1
    for noise in (0.0, 0.1):
        assert parts(Input(1) >> Reservoir(100, trainable=True, noise=noise) >> Dense(1), monkeypatch) == (1 if noise else 2)
