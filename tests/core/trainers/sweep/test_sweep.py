"""Sweeps against single trainers in nested loops."""

import itertools

import numpy as np
import pytest

from rcwidgets.core import metrics
from rcwidgets.core.cores import cores
from rcwidgets.core.nodes import Dense, Input, Last, LinearReadout, Reservoir, VanillaRNN
from rcwidgets.core.trainers.closed_form.one_pass import LANES, best_size
from rcwidgets.core.trainers.closed_form.ridge import RidgeTrainer
from rcwidgets.core.trainers.gradient.bptt import BPTT
from rcwidgets.core.trainers.lanes import lanes as lanes_module
from rcwidgets.core.trainers.online.lms import LMS
from rcwidgets.core.trainers.online.recursive import RLS, FORCELearning
from rcwidgets.core.trainers.sweep.sweep import CHUNK, Sweep, sweep, sweep_parts

TIMES = np.arange(301) / 5
SERIES = np.column_stack([np.sin(TIMES), np.cos(2.3 * TIMES)])
WARMUP, DATA, TEST = SERIES[:50], [SERIES[50:250], SERIES[51:251]], [SERIES[250:-1], SERIES[251:]]
MODEL = Input(2) >> Reservoir(30, input_scaling=0.3) >> LinearReadout(2)
KNOBS = {"reservoir.leak_rate": [0.2, 0.9], "beta": [1e-6, 1e-3, 1.0]}


BORDER = 160  # of the 200 rows of the training part, from which on they are held out


def single(leak, beta, seed, metric, fitted, later):
    one = RidgeTrainer(MODEL.replace("reservoir", leak_rate=leak), beta=beta, seed=seed, dtype="float64")
    one.predict(WARMUP)
    return metric(one.fit(fitted).predict(later[0]), later[1])


def parted(data, border=BORDER):
    return [part[:border] for part in data], [part[border:] for part in data]


@pytest.mark.parametrize("metric", ["nrmse", metrics.mse])
def test_errors_are_those_of_single_trainers_on_the_last_fifth_and_the_best_alone_is_tested(metric):
    trainer = RidgeTrainer(MODEL, dtype="float64")
    found = sweep(trainer, DATA, KNOBS, warmup=WARMUP, test=TEST, seeds=(3, 4), metric=metric)
    measure, (fitted, held) = metrics.nrmse if metric == "nrmse" else metric, parted(DATA)
    expected = [
        [[single(leak, beta, seed, measure, fitted, held) for seed in (3, 4)] for beta in KNOBS["beta"]]
        for leak in KNOBS["reservoir.leak_rate"]
    ]
    np.testing.assert_allclose(found.errors, expected, rtol=1e-4)
    place = np.unravel_index(np.median(expected, axis=-1).argmin(), (2, 3))
    leak, beta = KNOBS["reservoir.leak_rate"][place[0]], KNOBS["beta"][place[1]]
    assert found.best == {"reservoir.leak_rate": leak, "beta": beta}
    assert found.metric == ("nrmse" if metric == "nrmse" else "mse")
    tested = [single(leak, beta, seed, measure, DATA, TEST) for seed in (3, 4)]
    np.testing.assert_allclose(found.test_errors, tested, rtol=1e-4)
    assert found.test_error == pytest.approx(np.mean(tested), rel=1e-4)


def states(params, leak, inputs):
    """The reservoir's states (time, units) in plain NumPy, from rest."""
    h, kept = np.zeros(len(params["W"])), []
    for u in inputs:
        drive = 0.9 * (h @ params["W"]) + 0.3 * (u @ params["W_in"])
        h = (1 - leak) * h + leak * np.tanh(drive)
        kept.append(h)
    return np.array(kept)


def test_both_errors_are_those_of_a_reservoir_and_a_ridge_regression_in_plain_numpy():
    model = Input(2) >> Reservoir(30, spectral_radius=0.9, input_scaling=0.3, bias_scaling=0.0) >> LinearReadout(2)
    trainer = RidgeTrainer(model, dtype="float64")
    found = sweep(trainer, DATA, KNOBS, warmup=WARMUP, test=TEST)
    trainer.predict(WARMUP)
    params = {name: np.asarray(value) for name, value in trainer.params["reservoir"].items()}

    def error(leak, beta, train, later):
        x = states(params, leak, np.concatenate([WARMUP, DATA[0], TEST[0]]))[len(WARMUP) :]
        y = np.concatenate([DATA[1], TEST[1]])
        mean_x, mean_y = x[train].mean(axis=0), y[train].mean(axis=0)
        centred = x[train] - mean_x
        weights = np.linalg.solve(centred.T @ centred + beta * np.eye(30), centred.T @ (y[train] - mean_y))
        residual = (x[later] - mean_x) @ weights + mean_y - y[later]
        return np.sqrt((np.square(residual).mean(axis=0) / y[later].var(axis=0)).mean())

    held = [[error(leak, beta, slice(0, 160), slice(160, 200)) for beta in KNOBS["beta"]] for leak in KNOBS["reservoir.leak_rate"]]
    np.testing.assert_allclose(found.errors[..., 0], held, rtol=1e-4)
    np.testing.assert_allclose(found.test_errors, error(*found.best.values(), slice(0, 200), slice(200, None)), rtol=1e-4)


def feedback_model():
    x, reservoir, readout = Input(2), Reservoir(20, name="reservoir", input_scaling=0.3, feedback_scaling=0.3), LinearReadout(2)
    return (x >> reservoir >> readout) & (reservoir << readout)


SWEPT = [
    (lambda: RidgeTrainer(MODEL), KNOBS),
    (lambda: RidgeTrainer(feedback_model()), {"reservoir.leak_rate": [0.2, 0.9]}),
    (lambda: RLS(MODEL), {"alpha": [1e-3, 1.0]}),
    (lambda: FORCELearning(feedback_model()), {"alpha": [1e-1, 1.0]}),
    (lambda: LMS(MODEL), {"learning_rate": [1e-3, 1e-2]}),
    (lambda: BPTT(Input(2) >> VanillaRNN(6) >> Dense(2), num_train=2, num_batch=2, window=20), {"learning_rate": [1e-3, 3e-2]}),
]


@pytest.mark.parametrize(("make", "knobs"), SWEPT, ids=["ridge", "ridge with feedback", "RLS", "FORCE", "LMS", "BPTT"])
def test_the_test_rows_change_neither_the_errors_nor_the_choice(make, knobs):
    generator = np.random.default_rng(0)
    noise = [generator.normal(size=part.shape) for part in TEST]
    found, other, without = (sweep(make(), DATA, knobs, warmup=WARMUP, test=test, seeds=(0, 1)) for test in (TEST, noise, None))
    np.testing.assert_array_equal(found.errors, other.errors)
    np.testing.assert_array_equal(found.errors, without.errors)
    assert found.best == other.best == without.best
    assert (np.abs(found.test_errors - other.test_errors) > 1e-6).all()
    assert np.isnan(without.test_errors).all() and np.isnan(without.test_error)


@pytest.mark.parametrize(("make", "knobs"), SWEPT[:-1], ids=["ridge", "ridge with feedback", "RLS", "FORCE", "LMS"])
def test_each_trainer_is_held_to_the_last_fifth_and_then_fitted_to_all(make, knobs):
    found = sweep(make(), DATA, knobs, warmup=WARMUP, test=TEST)
    fitted, held = parted(DATA)

    def alone(setting, fitted, later):
        one = make()
        owners = {name.rpartition(".")[0]: {name.rpartition(".")[2]: value} for name, value in setting.items() if "." in name}
        model = one.model
        for owner, turned in owners.items():
            model = model.replace(owner, **turned)
        one = type(one)(model, **one.settings.knobs | {name: value for name, value in setting.items() if "." not in name})
        one.predict(WARMUP)
        return metrics.nrmse(one.fit(fitted).predict(later[0]), later[1])

    grid = [dict(zip(knobs, values, strict=True)) for values in itertools.product(*knobs.values())]
    np.testing.assert_allclose(found.errors.reshape(-1), [alone(one, fitted, held) for one in grid], rtol=2e-3)
    np.testing.assert_allclose(found.test_errors, alone(found.best, DATA, TEST), rtol=2e-3)


def test_a_row_of_the_held_out_fifth_moves_the_errors_and_no_fit():
    noisy = [DATA[0], DATA[1].copy()]
    noisy[1][BORDER:] += 0.5
    found, other = (sweep(RidgeTrainer(MODEL), data, {"beta": [1e-3]}, metric="mse") for data in (DATA, noisy))
    assert other.errors[0, 0] == pytest.approx(0.25, rel=0.05) and found.errors[0, 0] < 0.01


def test_where_the_model_speaks_once_a_series_every_fifth_series_is_held_out():
    generator = np.random.default_rng(1)
    x = generator.normal(size=(23, 15, 2))
    y = x[:, -1] + 0.1 * generator.normal(size=(23, 2))
    model = Input(2) >> Reservoir(10, input_scaling=0.3) >> Last() >> LinearReadout(2)
    held = np.arange(23)[::-5]
    fitted = np.setdiff1d(np.arange(23), held)
    for series in (x, [*x]):  # a batch, and a list of series
        test = [x[:7], y[:7]]
        found = sweep(RidgeTrainer(model, dtype="float64"), [series, y], {"beta": [1e-3, 1.0]}, test=test)
        for beta, (error,) in zip([1e-3, 1.0], found.errors, strict=True):
            one = RidgeTrainer(model, beta=beta, dtype="float64").fit([x[fitted], y[fitted]])
            assert error == pytest.approx(metrics.nrmse(one.predict(x[held], reset=True), y[held]), rel=1e-4)
        whole = RidgeTrainer(model, beta=found.best["beta"], dtype="float64").fit([x, y])
        assert found.test_error == pytest.approx(metrics.nrmse(whole.predict(x[:7], reset=True), y[:7]), rel=1e-4)
    with pytest.raises(ValueError, match="data must have two series or more where each has one target, got one"):
        sweep(RidgeTrainer(model), [x[0], y[0]], {"beta": [1.0]})


def test_readouts_behind_one_another_have_targets_by_name_and_the_last_is_measured():
    first, last = LinearReadout(2, name="first"), LinearReadout(2, name="last")
    model = Input(2) >> Reservoir(15, input_scaling=0.3, seed=0) >> first >> Reservoir(12, input_scaling=0.3, seed=1) >> last
    data = [DATA[0], {"first": DATA[1], "last": DATA[1] ** 2}]
    found = sweep(RidgeTrainer(model, dtype="float64"), data, {"beta": [1e-4, 1.0]}, test=[TEST[0], TEST[1] ** 2])
    for beta, (error,) in zip([1e-4, 1.0], found.errors, strict=True):
        one = RidgeTrainer(model, beta=beta, dtype="float64").fit([DATA[0][:BORDER], {k: y[:BORDER] for k, y in data[1].items()}])
        assert error == pytest.approx(metrics.nrmse(one.predict(DATA[0][BORDER:]), DATA[1][BORDER:] ** 2), rel=1e-4)
    one = RidgeTrainer(model, beta=found.best["beta"], dtype="float64").fit(data)
    assert found.test_error == pytest.approx(metrics.nrmse(one.predict(TEST[0]), TEST[1] ** 2), rel=1e-4)


def test_parts_fill_the_grid_group_by_group():
    count = 2 * LANES - 2
    size = best_size(count, cores())
    knobs = {"reservoir.leak_rate": np.linspace(0.1, 1.0, count), "beta": [1e-3, 1.0]}
    parts = list(sweep_parts(RidgeTrainer(MODEL), DATA, knobs, test=TEST, seeds=(0, 1)))
    known = [int(np.isfinite(part.errors).sum()) for part in parts]
    groups = -(-count // size)
    assert len(known) == 2 * groups + 2 and known[0] == 2 * size and known[groups - 1] == 2 * count and known[-1] == 4 * count
    tested = [int(np.isfinite(part.test_errors).sum()) for part in parts]
    assert tested == [0] * (2 * groups) + [1, 2]
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
    assert found.best == {"reservoir.spectral_radius": 0.5} and np.isfinite(found.test_error)
    none = sweep(RidgeTrainer(model), DATA, {"reservoir.spectral_radius": [9.0]}, test=TEST)
    assert np.isinf(none.errors).all() and np.isnan(none.test_error)
    with pytest.raises(ValueError, match="Sweep.errors must hold a setting that did not diverge, got none. Sweep another range."):
        none.best  # noqa: B018


def test_series_of_unequal_length_and_online_trainers():
    series = [SERIES[:60], SERIES[60:160]]
    early, late = [series[0][:48], series[1][:80]], [series[0][48:], series[1][80:]]
    found = sweep(RLS(MODEL, dtype="float64"), [series, series], {"alpha": [1e-3, 1.0]}, test=[series, series])
    for alpha, (error,) in zip([1e-3, 1.0], found.errors, strict=True):
        predicted = RLS(MODEL, alpha=alpha, dtype="float64").fit([early, early]).predict(late)
        assert error == pytest.approx(metrics.nrmse(np.concatenate(predicted), np.concatenate(late)), rel=1e-6)
    predicted = RLS(MODEL, alpha=found.best["alpha"], dtype="float64").fit([series, series]).predict(series)
    assert found.test_error == pytest.approx(metrics.nrmse(np.concatenate(predicted), np.concatenate(series)), rel=1e-6)


def test_a_test_of_other_series_starts_from_rest():
    series = [SERIES[:60], SERIES[60:160]]
    found = sweep(RidgeTrainer(MODEL, dtype="float64"), [series, series], {"beta": [1e-3]}, test=TEST)
    one = RidgeTrainer(MODEL, beta=1e-3, dtype="float64").fit([series, series])
    assert found.test_error == pytest.approx(metrics.nrmse(one.predict(TEST[0], reset=True), TEST[1]), rel=1e-4)


def test_to_frame_has_a_row_for_each_setting_and_seed():
    errors = np.arange(12.0).reshape(2, 3, 2)
    knobs = {name: np.array(values) for name, values in KNOBS.items()}
    made = Sweep(knobs, (5, 6), "nrmse", errors, np.array([7.0, 8.0])).to_frame()
    assert list(made.columns) == ["reservoir.leak_rate", "beta", "seed", "nrmse", "test_nrmse"] and len(made) == 12
    assert made["test_nrmse"].tolist()[:2] == [7, 8] and made["test_nrmse"][2:].isna().all()
    assert Sweep(knobs, (5, 6), "nrmse", errors).to_frame()["test_nrmse"].isna().all()
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
        ({"data": SERIES}, TypeError, r"data must be \[x, y\], got ndarray"),
        ({"data": [SERIES[:1], SERIES[:1]]}, ValueError, "data must have 2 rows or more in each series, the last fifth of which is held"),
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

    def alone(rate, seed, fitted, later):
        one = BPTT(made.model, num_train=2, num_batch=2, window=30, learning_rate=rate, seed=seed).fit(tuple(fitted), num_report=0)
        one.predict(np.concatenate([before, fitted[0]]))
        return metrics.nrmse(one.predict(later[0]), later[1])

    found = sweep(made, data, {"learning_rate": rates}, warmup=before, test=test, seeds=(0, 3))
    expected = [[alone(rate, seed, *parted(data, 144)) for seed in (0, 3)] for rate in rates]
    np.testing.assert_allclose(found.errors, expected, rtol=1e-4)
    np.testing.assert_allclose(found.test_errors, [alone(found.best["learning_rate"], seed, data, test) for seed in (0, 3)], rtol=1e-4)
