"""The dual form against the least squares of [X; sqrt(beta) I]."""

import numpy as np
import pytest

from rcwidgets.core.algebra.blas import mirrored
from rcwidgets.core.algebra.dual import Kernel, RowsFactor, weights_of_columns
from rcwidgets.core.algebra.dual_choice import Rows, errors_held_out, solve_weighted
from rcwidgets.core.algebra.solver import LARGE, dual_form


@pytest.fixture
def rows():
    generator = np.random.default_rng(0)
    return generator.normal(size=(40, 700)) + 3.0, generator.normal(size=(40, 2))


def weights(x, y, beta, penalize):
    """(features, outputs), and of a penalised constant one row more, by an orthogonal solve."""
    x = np.hstack([x, np.ones((len(x), 1))]) if penalize else x - x.mean(axis=0)
    y = y if penalize else y - y.mean(axis=0)
    wide = np.vstack([x, np.sqrt(beta) * np.eye(x.shape[1])])
    return np.linalg.lstsq(wide, np.vstack([y, np.zeros((x.shape[1], y.shape[1]))]), rcond=None)[0]


@pytest.mark.parametrize("penalize", [False, True])
@pytest.mark.parametrize("beta", [1e-6, 10.0])
def test_kernel_and_factor_give_the_orthogonal_solve(rows, beta, penalize):
    x, y = rows
    expected = weights(x, y, beta, penalize)[:700]
    y = y if penalize else y - y.mean(axis=0)
    kernel, factor = Kernel(40, penalize_bias=penalize), RowsFactor(40, beta, penalize_bias=penalize)
    for part in (x[:, :100], x[:, 100:]):
        kernel.add(part)
        factor.add(part)
    centred = x if penalize else x - x.mean(axis=0)
    for found in (kernel.solve(y, beta), factor.solve(y)):
        np.testing.assert_allclose(centred.T @ found, expected, atol=1e-9)


def test_a_beta_below_the_floor_is_left_to_the_factor(rows):
    x, y = rows
    kernel = Kernel(40)
    kernel.add(x)
    trace = ((x - x.mean(axis=0)) ** 2).sum()
    assert kernel.floor == pytest.approx(10 * np.finfo(float).eps * trace)
    assert kernel.solve(y, 0.9 * kernel.floor) is None


def test_columns_that_are_not_finite_are_named():
    with pytest.raises(ValueError, match="Kernel.columns must be finite, got NaN or infinity in column 1"):
        Kernel(2).add(np.array([[1.0, np.nan], [1.0, 2.0]]))


def test_the_rule_wants_many_features_fewer_rows_and_a_beta():
    assert dual_form(LARGE - 1, LARGE, 1e-6)
    assert not dual_form(LARGE, LARGE, 1e-6)
    assert not dual_form(10, LARGE - 1, 1e-6)
    assert not dual_form(10, LARGE, 0.0)


@pytest.mark.parametrize("penalize", [False, True])
def test_rows_with_weights_and_rows_held_out_are_those_of_the_features(rows, penalize):
    x, y = rows
    counts = np.random.default_rng(1).uniform(0.2, 3.0, 40)
    kernel, betas = Kernel(40, penalize_bias=penalize), np.array([1e-14, 1e-3, 10.0, 1e4])
    kernel.add(x)
    given = Rows(mirrored(kernel.matrix), y, counts, penalize)

    def fitted(some, beta):
        """The forecast of all rows by the normal equations of some, in the features."""
        w, own = counts[some], np.hstack([x, np.ones((40, 1))]) if penalize else x - counts[some] @ x[some] / counts[some].sum()
        mean = 0 if penalize else w @ y[some] / w.sum()
        wide = np.vstack([np.sqrt(w)[:, None] * own[some], np.sqrt(beta) * np.eye(own.shape[1])])
        right = np.vstack([np.sqrt(w)[:, None] * (y[some] - mean), np.zeros((own.shape[1], 2))])
        return own @ np.linalg.lstsq(wide, right, rcond=None)[0] + mean

    every, share = np.arange(40), counts / counts.sum()
    mean_y = np.zeros(2) if penalize else share @ y
    factor = RowsFactor(40, 1e-3, counts, penalize_bias=penalize)
    factor.add(x)
    roots = np.sqrt(counts)[:, None]
    for found in (solve_weighted(given, 1e-3), roots * factor.solve(roots * (y - mean_y))):
        readout = weights_of_columns(x, found, mean_y, share, penalize_bias=penalize)
        np.testing.assert_allclose(x @ readout.weights + readout.bias, fitted(every, 1e-3), atol=1e-8)
    assert solve_weighted(given, 1e-14) is None
    parts = np.array_split(every, 4)
    squares = [sum(counts[held] @ (fitted(np.setdiff1d(every, held), beta) - y)[held] ** 2 for held in parts) for beta in betas[1:]]
    expected = np.sqrt((squares / (counts @ (y - share @ y) ** 2)).mean(axis=1))
    errors = errors_held_out(given, parts, betas)
    assert np.isnan(errors[0])
    np.testing.assert_allclose(errors[1:], expected, rtol=1e-8)
