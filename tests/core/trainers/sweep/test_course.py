"""Sweeps by an executor and with a store: the bits of lanes here, and nothing computed twice."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from rcwidgets.core.metrics import mse
from rcwidgets.core.nodes import Dense, Input, LinearReadout, Reservoir, VanillaRNN
from rcwidgets.core.trainers.closed_form.ridge import RidgeTrainer
from rcwidgets.core.trainers.gradient.bptt import BPTT
from rcwidgets.core.trainers.online.recursive import RLS
from rcwidgets.core.trainers.sweep.sweep import sweep, sweep_parts

TIMES = np.arange(301) / 5
SERIES = np.column_stack([np.sin(TIMES), np.cos(2.3 * TIMES)])
DATA, TEST = [SERIES[:250], SERIES[1:251]], [SERIES[250:-1], SERIES[251:]]
MODEL = Input(2) >> Reservoir(30, input_scaling=0.3) >> LinearReadout(2)
KNOBS = {"reservoir.leak_rate": np.linspace(0.2, 0.9, 5), "beta": [1e-6, 1.0]}
SWEPT = [
    (lambda: RidgeTrainer(MODEL), KNOBS),
    (lambda: RLS(MODEL), {"alpha": [1e-3, 1.0]}),
    (lambda: BPTT(Input(2) >> VanillaRNN(6) >> Dense(2), num_train=2, num_batch=2, window=20), {"learning_rate": [1e-3, 3e-2]}),
]


@pytest.mark.parametrize(("make", "knobs"), SWEPT, ids=["ridge", "RLS", "BPTT"])
def test_an_executor_and_a_store_give_the_bits_of_lanes_here(make, knobs, tmp_path):
    options = {"test": TEST, "seeds": (0, 1)}
    here = sweep(make(), DATA, knobs, **options)
    with ThreadPoolExecutor(2) as pool:
        there = sweep(make(), DATA, knobs, **options, executor=pool, store=tmp_path / "sweep.store")
        again = sweep(make(), DATA, knobs, **options, executor=pool, store=tmp_path / "sweep.store")
    for found in (there, again):
        np.testing.assert_array_equal(found.errors, here.errors)
        np.testing.assert_array_equal(found.test_errors, here.test_errors)
    assert (here.stored, there.stored, again.stored) == (0, 0, here.errors.size)
    assert f"{here.errors.size} from the store" in repr(again)


def test_a_sweep_that_was_given_up_goes_on_with_the_same_bits(tmp_path):
    store, trainer = tmp_path / "any", RidgeTrainer(MODEL)
    whole = sweep(trainer, DATA, KNOBS)
    parts = sweep_parts(trainer, DATA, KNOBS, store=store)
    known = np.count_nonzero(~np.isnan(next(parts).errors))
    parts.close()
    rest = sweep(trainer, DATA, KNOBS, store=store)
    assert 0 < known < 10 and rest.stored == known
    np.testing.assert_array_equal(rest.errors, whole.errors)


def test_more_values_compute_what_is_missing_and_other_data_all(tmp_path):
    store, trainer = tmp_path / "s", RidgeTrainer(MODEL)
    sweep(trainer, DATA, {"reservoir.leak_rate": [0.3, 0.5]}, store=store)
    more = sweep(trainer, DATA, {"reservoir.leak_rate": [0.3, 0.4, 0.5]}, store=store)
    assert more.stored == 2
    np.testing.assert_allclose(more.errors, sweep(trainer, DATA, {"reservoir.leak_rate": [0.3, 0.4, 0.5]}).errors, rtol=1e-3)
    assert sweep(trainer, [part[1:] for part in DATA], {"reservoir.leak_rate": [0.3]}, store=store).stored == 0
    assert sweep(RidgeTrainer(MODEL, dtype="float64"), DATA, {"reservoir.leak_rate": [0.3]}, store=store).stored == 0


@pytest.mark.parametrize(
    ("trainer", "metric", "words"),
    [
        (RidgeTrainer(MODEL), mse, "sweep.metric must be one of .* got a function"),
        (BPTT(MODEL, loss=lambda y, t: 0.0), "nrmse", "BPTT.loss must be a name with an executor"),
    ],
)
def test_functions_are_refused_in_words(trainer, metric, words, tmp_path):
    with ThreadPoolExecutor(1) as pool, pytest.raises(ValueError, match=words):
        sweep(trainer, DATA, {"learning_rate": [1.0]} if isinstance(trainer, BPTT) else {"beta": [1.0]}, metric=metric, executor=pool)
