"""The streamed triangular factor of [1 | X | Y]."""

import numpy as np
import pytest

from rcwidgets.core.algebra.gram import Cross, Gram
from rcwidgets.core.algebra.orthogonal import Triangle
from tests.core.algebra.cholesky import solve


@pytest.fixture
def data(generator):
    x = generator.normal(size=(2500, 5)) + np.arange(5)
    return x.astype(np.float32), x @ generator.normal(size=(5, 2)) + generator.normal(size=(2500, 2))


def test_r_squared_is_the_gram_matrix_of_ones_features_and_targets(data):
    x, y = data
    triangle = Triangle.of(x, y)
    whole = np.hstack([np.ones((2500, 1)), x.astype(np.float64), y])
    np.testing.assert_allclose(triangle.r.T @ triangle.r, whole.T @ whole, rtol=1e-12)
    np.testing.assert_array_equal(triangle.r, np.triu(triangle.r))


def test_chunks_add_up_to_the_whole_and_stay_themselves(data):
    x, y = data
    first, second = Triangle.of(x[:10], y[:10]), Triangle.of(x[10:], y[10:])
    before = first.r.copy()
    total, whole = first + second, Triangle.of(x, y)
    assert total.count == 2500
    np.testing.assert_allclose(np.abs(total.r), np.abs(whole.r), rtol=1e-9, atol=1e-9)
    np.testing.assert_array_equal(first.r, before)


@pytest.mark.parametrize("penalize_bias", [False, True])
@pytest.mark.parametrize("beta", [1e-6, 1.0, 1e3])
def test_it_agrees_with_the_normal_equations_of_well_behaved_features(data, beta, penalize_bias):
    x, y = data
    right = solve(Gram.of(x), Cross.of(x, y), beta, penalize_bias=penalize_bias)
    readout = Triangle.of(x, y).project(penalize_bias=penalize_bias).solve(beta)
    np.testing.assert_allclose(readout.weights, right.weights, rtol=1e-9)
    np.testing.assert_allclose(readout.bias, right.bias, rtol=1e-9)


def test_masked_rows_do_not_count(data, generator):
    x, y = data
    mask = generator.random(2500) < 0.5
    left, right = Triangle.of(x, np.where(mask[:, None], y, np.nan), mask), Triangle.of(x[mask], y[mask])
    assert left.count == right.count
    np.testing.assert_allclose(np.abs(left.r), np.abs(right.r), rtol=1e-9, atol=1e-9)


def test_a_polynomial_is_recovered_where_the_gram_matrix_has_lost_it():
    """Powers 1 to 9 on [0, 1]: the condition number of X.T X is past 1e14, that of X is not."""
    t = np.linspace(0, 1, 500)[:, None]
    x, wanted = t ** np.arange(1, 10), np.arange(1.0, 10.0)[:, None]
    weights, bias = Triangle.of(x, x @ wanted + 7.0).project().solve(0.0)
    np.testing.assert_allclose(weights, wanted, rtol=1e-6)
    np.testing.assert_allclose(bias, 7.0, rtol=1e-9)


def test_twins_at_beta_zero_share_the_weight(generator):
    x = generator.normal(size=(100, 1))
    weights, _ = Triangle.of(np.hstack([x, x]), 3 * x).project().solve(0.0)
    np.testing.assert_allclose(weights, [[1.5], [1.5]], rtol=1e-12)


def test_fewer_rows_than_features_give_the_solution_of_least_norm(generator):
    x, y = generator.normal(size=(10, 30)), generator.normal(size=(10, 1))
    weights, bias = Triangle.of(x, y).project().solve(0.0)
    right = np.linalg.pinv(x - x.mean(axis=0)) @ (y - y.mean(axis=0))
    np.testing.assert_allclose(weights, right, atol=1e-10)
    np.testing.assert_allclose(x @ weights + bias, y, atol=1e-10)


def test_errors_are_in_words(data):
    x, y = data
    with pytest.raises(ValueError, match=r"Triangle.rows and targets must be finite, got NaN or infinity in column 1\."):
        Triangle.of(np.where(np.arange(5) == 1, np.inf, x), y)
    with pytest.raises(ValueError, match=r"Triangle.features must agree, got 5 and 4\."):
        Triangle.of(x, y) + Triangle.of(x[:, :4], y)
    with pytest.raises(ValueError, match=r"Triangle.targets must have one row for each row of features, got 9 rows for 2500\."):
        Triangle.of(x, y[:9])
