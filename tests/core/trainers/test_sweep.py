"""Sweeps against single trainers in nested loops."""

import itertools

import numpy as np
import pytest

from rcwidgets.core import metrics
from rcwidgets.core.nodes import Dense, Input, LinearReadout, Reservoir, VanillaRNN
from rcwidgets.core.trainers import lanes as lanes_module
from rcwidgets.core.trainers.bptt import BPTT
from rcwidgets.core.trainers.recursive import RLS
from rcwidgets.core.trainers.ridge import RidgeTrainer
from rcwidgets.core.trainers.sweep import CHUNK, Sweep, sweep, sweep_parts
from rcwidgets.core.trainers.trial import LANES, best_size, cores

TIMES = np.arange(301) / 5
SERIES = np.column_stack([np.sin(TIMES), np.cos(2.3 * TIMES)])
WARMUP, DATA, TEST = SERIES[:50], [SERIES[50:250], SERIES[51:251]], [SERIES[250:-1], SERIES[251:]]
MODEL = Input(2) >> Reservoir(30, input_scaling=0.3) >> LinearReadout(2)
KNOBS = {"reservoir.leak_rate": [0.2, 0.9], "beta": [1e-6, 1e-3, 1.0]}


def single(leak, beta, seed, metric):
    one = RidgeTrainer(MODEL.replace("reservoir", leak_rate=leak), beta=beta, seed=seed, dtype="float64")
    one.predict(WARMUP)
    return metric(one.fit(DATA).predict(TEST[0]), TEST[1])


@pytest.mark.parametrize("metric", ["nrmse", metrics.mse])
def test_errors_are_those_of_single_trainers(metric):
    trainer = RidgeTrainer(MODEL, dtype="float64")
    found = sweep(trainer, DATA, KNOBS, warmup=WARMUP, test=TEST, seeds=(3, 4), metric=metric)
    measure = metrics.nrmse if metric == "nrmse" else metric
    expected = [[[single(leak, beta, seed, measure) for seed in (3, 4)] for beta in KNOBS["beta"]] for leak in KNOBS["reservoir.leak_rate"]]
    np.testing.assert_allclose(found.errors, expected, rtol=1e-4)
    place = np.unravel_index(np.median(expected, axis=-1).argmin(), (2, 3))
    assert found.best == {"reservoir.leak_rate": KNOBS["reservoir.leak_rate"][place[0]], "beta": KNOBS["beta"][place[1]]}
    assert found.metric == ("nrmse" if metric == "nrmse" else "mse")


def test_without_a_test_the_last_fifth_is_held_out():
    trainer = RidgeTrainer(MODEL)
    found = sweep(trainer, [SERIES[:-1], SERIES[1:]], KNOBS)
    given = sweep(trainer, [SERIES[:240], SERIES[1:241]], KNOBS, test=[SERIES[240:-1], SERIES[241:]])
    np.testing.assert_array_equal(found.errors, given.errors)


def test_parts_fill_the_grid_group_by_group():
    count = 2 * LANES - 2
    size = best_size(count, cores())
    knobs = {"reservoir.leak_rate": np.linspace(0.1, 1.0, count), "beta": [1e-3, 1.0]}
    parts = list(sweep_parts(RidgeTrainer(MODEL), DATA, knobs, test=TEST, seeds=(0, 1)))
    known = [int(np.isfinite(part.errors).sum()) for part in parts]
    groups = -(-count // size)
    assert len(known) == 2 * groups and known[0] == 2 * size and known[groups - 1] == 2 * count and known[-1] == 4 * count
    assert parts[0].errors.shape == (count, 2, 2) and np.isfinite(parts[0].errors[:size, :, 0]).all()
    np.testing.assert_array_equal(parts[groups - 1].errors[:, :, 0], parts[-1].errors[:, :, 0])
    with pytest.raises(ValueError, match="known for all seeds, got none. Let the sweep run on"):
        parts[0].best  # noqa: B018


def test_a_model_with_feedback_is_swept_in_chunks(monkeypatch):
    knobs, made = {"reservoir.leak_rate": np.linspace(0.1, 1.0, CHUNK + 8)}, []
    x, reservoir, readout = Input(2), Reservoir(20, name="reservoir"), LinearReadout(2)
    model = (x >> reservoir >> readout) & (reservoir << readout)
    monkeypatch.setattr(
        lanes_module, "run_groups", lambda *words, run=lanes_module.run_groups, **more: made.append(1) or run(*words, **more)
    )
    first = next(sweep_parts(RidgeTrainer(model), DATA, knobs, test=TEST))
    assert int(np.isfinite(first.errors).sum()) == CHUNK and made and isinstance(first, Sweep)


def test_a_setting_that_diverges_has_the_error_inf():
    model = MODEL.replace("reservoir", activation="identity")
    found = sweep(RidgeTrainer(model), DATA, {"reservoir.spectral_radius": [0.5, 9.0]}, test=TEST)
    assert np.isfinite(found.errors[0]).all() and np.isinf(found.errors[1]).all()
    assert found.best == {"reservoir.spectral_radius": 0.5}


def test_series_of_unequal_length_and_online_trainers():
    series = [SERIES[:60], SERIES[60:160]]
    found = sweep(RLS(MODEL, dtype="float64"), [series, series], {"alpha": [1e-3, 1.0]}, test=[series, series])
    for alpha, (error,) in zip([1e-3, 1.0], found.errors, strict=True):
        predicted = RLS(MODEL, alpha=alpha, dtype="float64").fit([series, series]).predict(series)
        assert error == pytest.approx(metrics.nrmse(np.concatenate(predicted), np.concatenate(series)), rel=1e-6)


def test_to_frame_has_a_row_for_each_setting_and_seed():
    errors = np.arange(12.0).reshape(2, 3, 2)
    made = Sweep({name: np.array(values) for name, values in KNOBS.items()}, (5, 6), "nrmse", errors).to_frame()
    assert list(made.columns) == ["reservoir.leak_rate", "beta", "seed", "nrmse"] and len(made) == 12
    row = made[(made["reservoir.leak_rate"] == 0.9) & (made["beta"] == 1e-3) & (made["seed"] == 6)]
    assert row["nrmse"].item() == errors[1, 1, 1]


def test_a_checkpoint_ends_a_sweep():
    def stop():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        next(sweep_parts(RidgeTrainer(MODEL), DATA, KNOBS, test=TEST, checkpoint=stop))


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"metric": "best"}, ValueError, "sweep.metric must be one of nrmse, nmse, rmse, mse or a function, got 'best'"),
        ({"seeds": ()}, ValueError, "sweep.seeds must hold a seed"),
        ({"model": MODEL.replace("reservoir", seed=1), "seeds": (0, 1)}, ValueError, "got one of reservoir. Leave its seed out"),
        ({"knobs": {"reservoir.units": [3]}}, ValueError, "Lanes.knobs must be live knobs, got 'reservoir.units'"),
        ({"data": [[SERIES, SERIES[:9]], SERIES], "test": None}, TypeError, r"two arrays \[x, y\] where no test is given"),
    ],
)
def test_wrong_calls_are_a_sentence(options, error, words):
    words_of = {"model": MODEL, "data": DATA, "knobs": KNOBS, "test": TEST, **options}
    with pytest.raises(error, match=words):
        sweep(RidgeTrainer(words_of.pop("model")), words_of.pop("data"), words_of.pop("knobs"), **words_of)


def test_backpropagation_is_what_each_setting_would_be_alone():
    x = np.sin(np.arange(261) / 5)[:, None]
    before, data, test = x[:20], [x[20:200], x[21:201]], [x[200:-1], x[201:]]
    made = BPTT(Input(1) >> VanillaRNN(6) >> Dense(1), num_train=2, num_batch=2, window=30)
    rates = [1e-3, 3e-2]
    found = sweep(made, data, {"learning_rate": rates}, warmup=before, test=test, seeds=(0, 3))
    for place, (rate, seed) in enumerate(itertools.product(rates, (0, 3))):
        alone = BPTT(made.model, num_train=2, num_batch=2, window=30, learning_rate=rate, seed=seed).fit(tuple(data), num_report=0)
        alone.predict(np.concatenate([before, data[0]]))
        np.testing.assert_allclose(found.errors.reshape(-1)[place], metrics.nrmse(alone.predict(test[0]), test[1]), rtol=1e-4)
