"""Rows of targets without a number are left out of a fit by every trainer, exactly, and never without a word."""

import warnings
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import rcwidgets as rc
from rcwidgets.core import metrics
from rcwidgets.core.datasets import DataWarning
from rcwidgets.core.trainers.lanes.lanes import Lanes

RNG = np.random.default_rng(0)
X = RNG.normal(size=(200, 2))
Y = np.column_stack([np.sin(X.sum(axis=1)), X[:, 0] * 0.5])
GAPS = np.isin(np.arange(200), [0, 3, 50, 51, 52, 120, 199])
HOLED = np.where(GAPS[:, None], np.nan, Y)
WORDS = "7 of 200 rows of the targets have no number and are left out of the fit of readout"
MADE: dict[str, Any] = {
    "ridge": lambda model: rc.RidgeTrainer(model, beta=1e-3, dtype="float64"),
    "ridge by QR": lambda model: rc.RidgeTrainer(model, beta=1e-13, dtype="float64"),
    "least squares": lambda model: rc.LinearTrainer(model, dtype="float64"),
    "blocked": lambda model: rc.RidgeTrainer(model, beta="auto", dtype="float64"),
    "held out": lambda model: rc.RidgeTrainer(model, selection="held out", dtype="float64"),
    "cross-validated": lambda model: rc.RidgeTrainer(model, selection="cross-validated", dtype="float64"),
    "RLS": lambda model: rc.RLS(model, dtype="float64"),
    "LMS": lambda model: rc.LMS(model, learning_rate=0.01, dtype="float64"),
    "LMS in epochs": lambda model: rc.LMS(model, learning_rate=0.01, epochs=3, dtype="float64"),
    "FORCE": lambda model: rc.FORCELearning(model, dtype="float64"),
}


def still(outputs: int = 2) -> Any:
    """A model without memory: its rows are independent, so that rows that are left out can be taken away beforehand."""
    return rc.Input(2) >> rc.NVAR(delay=1, order=2, constant=False) >> rc.LinearReadout(outputs)


def weights(trainer: Any, name: str = "readout") -> np.ndarray:
    return np.vstack([trainer.params[name]["W"], trainer.params[name]["b"]])


@pytest.mark.parametrize("kind", MADE)
def test_the_fit_is_that_of_the_rows_with_a_target(kind: str):
    with pytest.warns(DataWarning, match=WORDS):
        holed = MADE[kind](still()).fit([X, HOLED], gaps="drop")
    whole = MADE[kind](still()).fit([X[~GAPS], Y[~GAPS]])
    np.testing.assert_allclose(weights(holed), weights(whole), rtol=1e-9, atol=1e-11)
    filled = MADE[kind](still()).fit([X, np.nan_to_num(HOLED, nan=5.0)])
    assert not np.allclose(weights(filled), weights(whole), rtol=1e-3)


@pytest.mark.parametrize("kind", MADE)
def test_masked_rows_are_as_nan_and_the_state_runs_through_them(kind: str):
    def model() -> Any:
        return rc.Input(2) >> rc.Reservoir(12, seed=1) >> rc.LinearReadout(2)

    masked = np.ma.MaskedArray(np.where(GAPS[:, None], -9999.0, Y), np.repeat(GAPS[:, None], 2, axis=1))
    with pytest.warns(DataWarning, match=WORDS):
        first, second = (MADE[kind](model()).fit([X, y], gaps="drop") for y in (HOLED, masked))
    np.testing.assert_array_equal(weights(first), weights(second))
    np.testing.assert_array_equal(first.predict(X[:5]), second.predict(X[:5]))
    for y, words in ((HOLED, "y must be finite, got nan in row 0"), (masked, "y must have no masked entries")):
        with pytest.raises(ValueError, match=words):
            MADE[kind](model()).fit([X, y])


def test_a_reservoir_with_gaps_is_least_squares_on_its_states():
    trainer = rc.RidgeTrainer(rc.Input(2) >> rc.Reservoir(12, seed=1) >> rc.LinearReadout(2), beta=0.0, dtype="float64")
    with pytest.warns(DataWarning):
        trainer.fit([X, HOLED], gaps="drop")
    runner = rc.RNNRunner(trainer.model, params=trainer.params, dtype="float64")
    runner.predict(X, monitors=["reservoir.state"])
    states = np.column_stack([runner.mon["reservoir.state"][0], np.ones(200)])[~GAPS]
    np.testing.assert_allclose(weights(trainer), np.linalg.lstsq(states, Y[~GAPS])[0], rtol=1e-7, atol=1e-9)


def test_one_missing_channel_leaves_its_row_out_and_each_readout_has_its_own_rows():
    source = rc.Input(2)
    left, right = rc.LinearReadout(2, name="left"), rc.LinearReadout(1, name="right")
    y = {"left": Y.copy(), "right": Y[:, :1].copy()}
    y["left"][10, 1] = np.nan
    y["right"][[20, 21]] = np.nan
    with pytest.warns(DataWarning) as told:
        trainer = rc.RidgeTrainer(source >> [left, right], dtype="float64").fit([X, y], gaps="drop")
    assert [str(one.message) for one in told] == [
        "1 of 200 rows of the targets has no number and is left out of the fit of left.",
        "2 of 200 rows of the targets have no number and are left out of the fit of right.",
    ]
    for name, rows in (("left", [10]), ("right", [20, 21])):
        keep = ~np.isin(np.arange(200), rows)
        alone = rc.RidgeTrainer(rc.Input(2) >> rc.LinearReadout(name=name), dtype="float64").fit([X[keep], y[name][keep]])
        np.testing.assert_allclose(weights(trainer, name), weights(alone, name), rtol=1e-9, atol=1e-12)


def test_losses_of_rows_without_a_target_are_nan():
    with pytest.warns(DataWarning):
        holed = rc.RLS(still(), dtype="float64").fit([X, HOLED], gaps="drop")
    whole = rc.RLS(still(), dtype="float64").fit([X[~GAPS], Y[~GAPS]])
    np.testing.assert_array_equal(np.isnan(holed.train_losses), GAPS)
    np.testing.assert_allclose(holed.train_losses[~GAPS], whole.train_losses, rtol=1e-9)


def test_series_of_unequal_length_and_one_value_a_series():
    cuts = [X[:70], X[70:130], X[130:]]
    targets = [HOLED[:70], HOLED[70:130], HOLED[130:]]
    with pytest.warns(DataWarning, match=WORDS):
        holed = rc.RidgeTrainer(still(), dtype="float64").fit([cuts, targets], gaps="drop")
    whole = rc.RidgeTrainer(still(), dtype="float64").fit([X[~GAPS], Y[~GAPS]])
    np.testing.assert_allclose(weights(holed), weights(whole), rtol=1e-9, atol=1e-12)
    series, values = X.reshape(20, 10, 2), Y[::10].copy()
    values[[4, 9]] = np.nan
    model = rc.Input(2) >> rc.Last() >> rc.LinearReadout(2)
    with pytest.warns(DataWarning, match="2 of 20 rows"):
        holed = rc.RidgeTrainer(model, dtype="float64").fit([series, values], gaps="drop")
    keep = ~np.isnan(values[:, 0])
    whole = rc.RidgeTrainer(rc.Input(2) >> rc.Last() >> rc.LinearReadout(2), dtype="float64").fit([series[keep], values[keep]])
    np.testing.assert_allclose(weights(holed), weights(whole), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("kind", ["ridge", "RLS", "blocked"])
def test_lanes_leave_the_same_rows_out(kind: str):
    knob = "leak_rate"
    model = rc.Input(2) >> rc.Reservoir(10, seed=2) >> rc.LinearReadout(2)
    with pytest.warns(DataWarning):
        lanes = Lanes(MADE[kind](model), {f"reservoir.{knob}": np.array([0.2, 0.9])}).fit([X, HOLED], gaps="drop")
        alone = [MADE[kind](rc.Input(2) >> rc.Reservoir(10, seed=2, leak_rate=one) >> rc.LinearReadout(2)) for one in (0.2, 0.9)]
        y = np.stack([one.fit([X, HOLED], gaps="drop").predict(X[:20]) for one in alone])
    np.testing.assert_allclose(np.asarray(lanes.predict(X[:20])), y, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("kind", ["ridge", "RLS"])
def test_a_sweep_fits_and_measures_the_rows_with_a_target(kind: str):
    knobs = {"beta": [1e-6, 1e-1, 10.0]} if kind == "ridge" else {"alpha": [0.1, 1.0, 10.0]}
    gaps = np.isin(np.arange(200), [0, 7, 100, 170, 199])
    holed, known = np.where(gaps[:, None], np.nan, Y), ~gaps
    with pytest.warns(DataWarning):
        made = rc.sweep(MADE[kind](still()), [X, holed], knobs, gaps="drop", test=[X, holed])
        masked = rc.sweep(MADE[kind](still()), [X, np.ma.MaskedArray(np.nan_to_num(holed), np.isnan(holed))], knobs, gaps="drop")
    errors = []
    for value in next(iter(knobs.values())):
        one = MADE[kind](still())
        one = one.detached(one.model, replace(one.settings, **{next(iter(knobs)): value}), one.held)
        fitted, held = np.flatnonzero(known & (np.arange(200) < 160)), np.flatnonzero(known & (np.arange(200) >= 160))
        errors.append(metrics.nrmse(one.fit([X[fitted], Y[fitted]]).predict(X[held]), Y[held]))
    np.testing.assert_allclose(made.errors[:, 0], errors, rtol=1e-6)
    np.testing.assert_array_equal(made.errors, masked.errors)
    assert np.isfinite(made.test_errors).all()
    with pytest.raises(ValueError, match="must be finite"):
        rc.sweep(MADE[kind](still()), [X, holed], knobs)


def test_a_sweep_of_bptt_takes_gaps():
    with pytest.warns(DataWarning):
        made = rc.sweep(
            rc.BPTT(rc.Input(2) >> rc.Dense(2), num_train=2, window=20), [X, HOLED], {"learning_rate": [1e-3, 1e-2]}, gaps="drop"
        )
    assert np.isfinite(made.errors).all()


def test_what_cannot_be_done_without_a_target_is_refused():
    with pytest.raises(ValueError, match="RidgeTrainer.fit.gaps must be 'error' or 'drop', got 'fill'"):
        rc.RidgeTrainer(still()).fit([X, HOLED], gaps="fill")
    with pytest.raises(ValueError, match="The targets of readout have no row with a number"):
        rc.RidgeTrainer(still()).fit([X, np.full_like(Y, np.nan)], gaps="drop")
    with pytest.raises(ValueError, match="y must be finite, got inf"):
        rc.RidgeTrainer(still()).fit([X, np.where(GAPS[:, None], np.inf, Y)], gaps="drop")
    with pytest.raises(ValueError, match="x must be finite"):
        rc.RidgeTrainer(still()).fit([np.where(GAPS[:, None], np.nan, X), Y], gaps="drop")
    reservoir, readout = rc.Reservoir(10, seed=0), rc.LinearReadout(2)
    with pytest.warns(DataWarning), pytest.raises(ValueError, match="readout feeds back, and row 0 of its targets has no number"):
        rc.RidgeTrainer((rc.Input(2) >> reservoir >> readout) & (reservoir << readout)).fit([X, HOLED], gaps="drop")


def test_a_closed_loop_does_not_begin_at_a_gap():
    def fitted(y: np.ndarray) -> Any:
        return rc.RidgeTrainer(rc.Input(2) >> rc.Reservoir(10, seed=0) >> rc.LinearReadout(2)).fit([X, y], gaps="drop")

    with pytest.warns(DataWarning), pytest.raises(ValueError, match="has no output to start the closed loop from"):
        fitted(HOLED).generate(3)
    early = HOLED.copy()
    early[-1] = Y[-1]
    with pytest.warns(DataWarning):
        assert fitted(early).generate(3).shape == (3, 2)


def test_a_closed_loop_does_not_begin_with_what_a_delay_remembers_of_a_gap():
    holed = Y.copy()
    holed[-2] = np.nan

    def fitted(y: np.ndarray) -> Any:
        model = rc.Input(2) >> rc.Reservoir(10, seed=0) >> rc.LinearReadout(2) >> rc.Delay(1)
        return rc.RidgeTrainer(model).fit([X, {"readout": y}], gaps="drop")

    with pytest.warns(DataWarning), pytest.raises(ValueError, match="has no output to start the closed loop from"):
        fitted(holed).generate(3)
    assert fitted(Y).generate(3).shape == (3, 2)


def test_targets_pulled_back_through_tanh_skip_the_gaps():
    model = rc.Input(2) >> rc.NVAR(delay=1, order=2, constant=False) >> rc.LinearReadout(2) >> rc.Activation("tanh")
    with pytest.warns(DataWarning, match="7 of 200 rows"):
        holed = rc.RidgeTrainer(model, dtype="float64").fit([X, 0.5 * HOLED], gaps="drop")
    whole = rc.RidgeTrainer(model, dtype="float64").fit([X[~GAPS], 0.5 * Y[~GAPS]])
    np.testing.assert_allclose(weights(holed), weights(whole), rtol=1e-9, atol=1e-12)


def test_without_gaps_nothing_is_said_and_nothing_changes():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        first, second = (rc.RLS(still()).fit([X, Y], gaps=gaps) for gaps in ("error", "drop"))
    np.testing.assert_array_equal(weights(first), weights(second))
    np.testing.assert_array_equal(first.train_losses, second.train_losses)


@pytest.mark.parametrize("loss", ["mean_squared_error", "mean_absolute_error", "huber", "log_cosh"])
def test_bptt_learns_from_rows_with_a_target_alone(loss: str):
    def trained(x: np.ndarray, y: Any, **more: Any) -> Any:
        model = rc.Input(2) >> rc.Dense(2)
        return rc.BPTT(model, loss=loss, seed=0, dtype="float64").fit((x, y), num_train=4, num_batch=200, num_report=0, **more)

    masked = np.ma.MaskedArray(np.where(GAPS[:, None], -9999.0, Y), np.repeat(GAPS[:, None], 2, axis=1))
    whole = trained(X[~GAPS, None], Y[~GAPS, None])
    for y in (HOLED, masked):
        with pytest.warns(DataWarning, match="7 of 200 rows of the targets have no number"):
            holed = trained(X[:, None], y[:, None], gaps="drop")
        np.testing.assert_allclose(holed.train_losses, whole.train_losses, rtol=1e-9)
        np.testing.assert_allclose(weights(holed, "dense"), weights(whole, "dense"), rtol=1e-7, atol=1e-9)
        with pytest.raises(ValueError, match="y must (be finite|have no masked entries)"):
            trained(X[:, None], y[:, None])


def test_bptt_cuts_a_long_series_with_gaps_and_holds_a_part_out():
    model = rc.Input(2) >> rc.VanillaRNN(8) >> rc.Dense(2)
    with pytest.warns(DataWarning):
        trainer = rc.BPTT(model, window=25, patience=2, seed=0).fit((X, HOLED), num_train=3, num_report=0, gaps="drop")
    assert np.isfinite(trainer.train_losses).all() and np.isfinite(trainer.test_losses).all()


def test_bptt_with_patience_does_not_take_fill_values_for_data():
    masked = np.ma.MaskedArray(np.where(GAPS[:, None, None], -9999.0, Y[:, None]), np.repeat(GAPS[:, None, None], 2, axis=2))
    for x, y in ((X[:, None], masked), (masked, Y[:, None])):
        with pytest.raises(ValueError, match="must have no masked entries"):
            rc.BPTT(rc.Input(2) >> rc.Dense(2), patience=2).fit((x, y), num_train=1, num_report=0)


def test_bptt_refuses_gaps_where_a_loss_of_your_own_is_given_whole_arrays():
    with pytest.raises(ValueError, match="BPTT.loss with gaps='drop' must be one of mean_squared_error"), pytest.warns(DataWarning):
        rc.BPTT(rc.Input(2) >> rc.Dense(2), loss=lambda p, t: abs(p - t).mean()).fit((X, HOLED), gaps="drop")


@pytest.mark.parametrize("measure", [metrics.mse, metrics.rmse, metrics.mae, metrics.nmse, metrics.nrmse, metrics.r2])
def test_errors_count_rows_with_a_target(measure: Any):
    said = Y + 0.1 * X
    masked = np.ma.MaskedArray(np.where(GAPS[:, None], -9999.0, Y), np.repeat(GAPS[:, None], 2, axis=1))
    for y in (HOLED, masked, [*HOLED.reshape(4, 50, 2)]):
        told = said.reshape(np.shape(y))
        assert measure(told, y, gaps="drop") == pytest.approx(measure(said[~GAPS], Y[~GAPS]), rel=1e-12)
    with pytest.raises(ValueError, match="targets must have a row with a number"):
        measure(said, np.full_like(Y, np.nan), gaps="drop")
    with pytest.raises(ValueError, match="gaps must be 'error' or 'drop'"):
        measure(said, Y, gaps="fill")
