"""Factor once, solve for many betas."""

import numpy as np
import pytest

from rcwidgets.core.algebra.factor import Factor
from rcwidgets.core.algebra.gram import Cross, Gram
from tests.core.algebra.cholesky import solve


@pytest.fixture
def data(generator):
    x = generator.normal(size=(400, 6)) @ generator.normal(size=(6, 6)) + 2.0
    return x, np.tanh(x[:, :3]) + generator.normal(size=(400, 3))


@pytest.mark.parametrize("penalize_bias", [False, True])
def test_every_beta_agrees_with_the_direct_solve(data, penalize_bias):
    gram, cross = Gram.of(data[0]), Cross.of(*data)
    betas = [1e-6, 1e-2, 1.0, 1e4]
    weights, bias = Factor.of(gram, penalize_bias=penalize_bias).project(cross).solve_many(betas)
    assert weights.shape == (4, 6, 3)
    assert bias.shape == (4, 3)
    for k, beta in enumerate(betas):
        right = solve(gram, cross, beta, penalize_bias=penalize_bias)
        np.testing.assert_allclose(weights[k], right.weights, rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(bias[k], right.bias, rtol=1e-9, atol=1e-12)


def test_one_beta_is_the_same_as_among_many(data):
    projection = Factor.of(Gram.of(data[0])).project(Cross.of(*data))
    one, many = projection.solve(0.5), projection.solve_many([1e-3, 0.5])
    np.testing.assert_allclose(one.weights, many.weights[1], rtol=1e-12)
    np.testing.assert_allclose(one.bias, many.bias[1], rtol=1e-12)


def test_the_factor_serves_other_targets_of_the_same_rows(data):
    x, y = data
    factor = Factor.of(Gram.of(x))
    for targets in (y, y[::-1], y[:, :1]):
        cross = Cross.of(x, targets)
        np.testing.assert_allclose(factor.project(cross).solve(0.1).weights, solve(factor.gram, cross, 0.1).weights, rtol=1e-9, atol=1e-12)


def test_refinement_makes_small_betas_as_good_as_cholesky(states, lorenz):
    """At 20 eps trace(X.T X) the bare eigendecomposition is off by more than the refined one, which is where Cholesky is."""
    x, y = states[2000:8000], lorenz[2003:8003]
    gram, cross = Gram.of(x), Cross.of(x, y)
    beta = 2 * gram.floor()
    projection = Factor.of(gram).project(cross)
    bare = projection.basis @ (projection.moments / (projection.eigenvalues + beta)[:, None])
    refined, right = projection.solve(beta).weights, solve(gram, cross, beta).weights
    scale = np.linalg.norm(right)
    assert np.linalg.norm(refined - right) < 0.3 * np.linalg.norm(bare - right)
    assert np.linalg.norm(refined - right) < 0.05 * scale


def test_targets_of_other_rows_are_refused(data):
    x, y = data
    with pytest.raises(ValueError, match=r"Cross.rows must be the rows of the Gram, got 399 rows"):
        Factor.of(Gram.of(x)).project(Cross.of(x[1:], y[1:]))


def test_a_negative_beta_is_refused(data):
    with pytest.raises(ValueError, match=r"Ridge.beta must be at least 0 and finite, got -0.1\."):
        Factor.of(Gram.of(data[0])).project(Cross.of(*data)).solve_many([1.0, -0.1])
