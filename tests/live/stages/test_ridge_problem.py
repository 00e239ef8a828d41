"""One readout's ridge problem: right solutions and errors, each matrix made once, and rows that come in stretches."""

import numpy as np
import pytest

from rcwidgets.live.stages.ridge_problem import Fit, Signals

ROWS, TRAIN = 300, slice(20, 240)


@pytest.fixture
def rows():
    random = np.random.default_rng(1)
    x = random.normal(size=(ROWS, 6))
    return x, np.tanh(x @ random.normal(size=(6, 2))) + 0.5 + 0.05 * random.normal(size=(ROWS, 2))


def fit_of(rows, stretch=ROWS):
    x, targets = rows
    signals = Signals(ROWS, 6, TRAIN)
    for start in range(0, ROWS, stretch):
        signals.take(slice(start, min(start + stretch, ROWS)), x[start : start + stretch])
    return Fit(signals, targets)


def test_the_solution_is_that_of_the_centred_normal_equations(rows):
    fit, (x, targets) = fit_of(rows), rows
    readout = fit.solve(0.3, False)
    learned, wanted = x[TRAIN] - x[TRAIN].mean(axis=0), targets[TRAIN] - targets[TRAIN].mean(axis=0)
    weights = np.linalg.solve(learned.T @ learned + 0.3 * np.eye(6), learned.T @ wanted)
    np.testing.assert_allclose(readout.weights, weights, atol=1e-10)
    np.testing.assert_allclose(fit.predict(TRAIN).mean(axis=0), targets[TRAIN].mean(axis=0), atol=1e-10)


def test_rows_that_come_in_stretches_give_the_same_moments(rows):
    whole, pieces = fit_of(rows), fit_of(rows, 37)
    for part in ("fitting", "held out", "train"):
        np.testing.assert_allclose(pieces.signals.gram(part).xx, whole.signals.gram(part).xx, rtol=1e-12)


def test_the_error_of_the_moments_is_that_of_the_rows(rows):
    fit, (_, targets) = fit_of(rows), rows
    fit.solve(0.3, False)
    residuals = np.square(fit.predict(TRAIN) - targets[TRAIN]).mean(axis=0)
    assert fit.train_nrmse(0.3, False) == pytest.approx(np.sqrt(np.mean(residuals / targets[TRAIN].var(axis=0))), rel=1e-6)


def test_matrices_are_made_once_and_a_choice_is_the_least_held_out_error(rows):
    fit = fit_of(rows)
    assert fit.projection("train", False) is fit.projection("train", False) and fit.signals.factored("train", False)
    assert fit.exact("train", False) is fit.exact("train", False) and fit.path(False) is fit.path(False)
    beta = fit.choose("held out", False)
    assert fit.held_out(beta, False) <= min(fit.held_out(other, False) for other in (beta / 100, beta * 100))


def test_nothing_is_predicted_before_it_is_solved(rows):
    with pytest.raises(ValueError, match="Solve before you predict"):
        fit_of(rows).predict(TRAIN)
