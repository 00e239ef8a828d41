"""Moments over chunks, and the direct solve."""

import numpy as np
import pytest

from rcwidgets.core.algebra import gram as grams
from rcwidgets.core.algebra.gram import Cross, Gram
from rcwidgets.core.algebra.solver import well_conditioned
from tests.core.algebra.cholesky import solve


@pytest.fixture
def data(generator):
    """Rows with means of their own, and targets that they explain but for noise."""
    x = generator.normal(size=(1300, 7)) * [1, 2, 3, 0.1, 1, 1, 5] + [0, 4, 0, 1, -3, 0, 0.5]
    return x, x @ generator.normal(size=(7, 2)) + [3.0, -1.0] + 0.1 * generator.normal(size=(1300, 2))


def cost(x, y, weights, bias, beta, penalize_bias):
    penalty = np.square(weights).sum() + (np.square(bias).sum() if penalize_bias else 0.0)
    return np.square(x @ weights + bias - y).sum() + beta * penalty


def test_the_moments_are_those_of_all_rows(data):
    x, y = data
    gram, cross = Gram.of(x), Cross.of(x, y)
    assert gram.count == cross.count == 1300
    np.testing.assert_allclose(gram.sum_x, x.sum(axis=0), rtol=1e-13)
    np.testing.assert_allclose(gram.xx, x.T @ x, rtol=1e-13)
    np.testing.assert_array_equal(gram.xx, gram.xx.T)
    np.testing.assert_allclose(cross.sum_y, y.sum(axis=0), rtol=1e-12)
    np.testing.assert_allclose(cross.xy, x.T @ y, rtol=1e-12)
    np.testing.assert_allclose(cross.yy, np.square(y).sum(axis=0), rtol=1e-13)


@pytest.mark.parametrize("masked", [False, True])
def test_threads_give_wide_rows_the_same_moments(data, masked, monkeypatch):
    x = data[0].astype(np.float32)
    mask = np.arange(len(x)) % 3 > 0 if masked else None
    wanted = Gram.of(x, mask)
    for name, value in {"SHARED_FEATURES": 2, "SHARED_ROWS": 500, "BAND": 5}.items():
        monkeypatch.setattr(grams, name, value)
    monkeypatch.setattr(grams, "cores", lambda: 3)
    found = Gram.of(x, mask)
    assert found.count == wanted.count
    np.testing.assert_allclose(found.sum_x, wanted.sum_x, rtol=1e-12)
    np.testing.assert_allclose(found.xx, wanted.xx, rtol=1e-12)
    np.testing.assert_array_equal(found.xx, found.xx.T)


def test_chunks_add_up_to_the_whole(data):
    x, y = data
    gram, cross = Gram.of(x[:700]) + Gram.of(x[700:]), Cross.of(x[:700], y[:700]) + Cross.of(x[700:], y[700:])
    assert gram.count == 1300
    np.testing.assert_allclose(gram.xx, Gram.of(x).xx, rtol=1e-13)
    np.testing.assert_allclose(cross.xy, Cross.of(x, y).xy, rtol=1e-11)


def test_float32_rows_are_summed_in_float64(generator):
    x = (generator.normal(size=(2000, 3)) + 100).astype(np.float32)
    gram = Gram.of(x)
    assert gram.xx.dtype == np.float64
    np.testing.assert_allclose(gram.xx, x.astype(np.float64).T @ x.astype(np.float64), rtol=1e-14)


@pytest.mark.parametrize("layout", [np.asfortranarray, np.ascontiguousarray, lambda x: np.repeat(x, 2, axis=1)[:, ::2]])
def test_the_memory_layout_of_the_rows_does_not_matter(data, layout):
    np.testing.assert_allclose(Gram.of(layout(data[0])).xx, Gram.of(data[0]).xx, rtol=1e-14)


def test_masked_rows_do_not_count(data, generator):
    x, y = data
    mask = generator.random(len(x)) < 0.4
    y = np.where(mask[:, None], y, np.nan)
    gram, cross = Gram.of(x, mask), Cross.of(x, y, mask)
    assert gram.count == cross.count == mask.sum()
    np.testing.assert_allclose(gram.xx, x[mask].T @ x[mask], rtol=1e-12)
    np.testing.assert_allclose(cross.xy, x[mask].T @ y[mask], rtol=1e-11)


@pytest.mark.parametrize("penalize_bias", [False, True])
@pytest.mark.parametrize("beta", [1e-3, 1.0, 300.0])
def test_the_solution_costs_less_than_any_step_away_from_it(data, generator, beta, penalize_bias):
    x, y = data
    weights, bias = solve(Gram.of(x), Cross.of(x, y), beta, penalize_bias=penalize_bias)
    least = cost(x, y, weights, bias, beta, penalize_bias)
    for _ in range(20):
        step, shift = 1e-3 * generator.normal(size=weights.shape), 1e-3 * generator.normal(size=bias.shape)
        assert cost(x, y, weights + step, bias, beta, penalize_bias) > least
        assert cost(x, y, weights, bias + shift, beta, penalize_bias) > least


def test_one_feature_by_hand():
    """x = 0, 1, 2 and y = 1, 3, 5: centred, x.x = 2 and x.y = 4, so w = 4 / (2 + beta) and b = 3 - w."""
    x, y = np.array([[0.0], [1.0], [2.0]]), np.array([[1.0], [3.0], [5.0]])
    weights, bias = solve(Gram.of(x), Cross.of(x, y), 2.0)
    assert (weights.item(), bias.item()) == pytest.approx((1.0, 2.0))


def test_one_feature_with_a_penalised_bias_by_hand():
    """The same rows: (5 + 1) w + 3 b = 13 and 3 w + (3 + 1) b = 9, so w = 5/3 and b = 1."""
    x, y = np.array([[0.0], [1.0], [2.0]]), np.array([[1.0], [3.0], [5.0]])
    weights, bias = solve(Gram.of(x), Cross.of(x, y), 1.0, penalize_bias=True)
    assert (weights.item(), bias.item()) == pytest.approx((5 / 3, 1.0))


def test_an_unpenalised_bias_takes_any_shift_of_the_targets(data):
    x, y = data
    weights, bias = solve(Gram.of(x), Cross.of(x, y), 10.0)
    shifted, moved = solve(Gram.of(x), Cross.of(x, y + 100.0), 10.0)
    np.testing.assert_allclose(shifted, weights, atol=1e-9)
    np.testing.assert_allclose(moved, bias + 100.0)


def test_a_matrix_that_is_not_positive_definite_is_said_in_words(generator):
    x = np.repeat(generator.normal(size=(50, 1)), 3, axis=1)
    with pytest.raises(ValueError, match=r"Ridge.beta must be at least .* got 0.0. Solve by the orthogonal route."):
        solve(Gram.of(x), Cross.of(x, x), 0.0)


def test_errors_are_in_words(data):
    x, y = data
    with pytest.raises(ValueError, match=r"Gram.rows must be finite, got NaN or infinity in column 2\."):
        Gram.of(np.where(np.arange(7) == 2, np.nan, x))
    with pytest.raises(ValueError, match=r"Cross.targets must be finite, got NaN or infinity in column 1\."):
        Cross.of(x, y * [1.0, np.inf])
    with pytest.raises(ValueError, match=r"Cross.targets must have one row for each row of features, got 5 rows for 1300\."):
        Cross.of(x, y[:5])
    with pytest.raises(ValueError, match=r"Gram.rows must be \(rows, columns\), got the shape \(1300,\)\."):
        Gram.of(x[:, 0])
    with pytest.raises(TypeError, match=r"Gram.rows must hold real numbers, got an array of complex128\."):
        Gram.of(x * 1j)
    with pytest.raises(ValueError, match=r"Gram.mask must have one entry a row, \(1300,\), got the shape \(2,\)\."):
        Gram.of(x, np.array([True, False]))
    with pytest.raises(TypeError, match=r"Gram.mask must hold True and False, got an array of int64\."):
        Gram.of(x, np.ones(1300, int))
    with pytest.raises(ValueError, match=r"Gram.features must agree, got 7 and 3\."):
        Gram.of(x) + Gram.of(x[:, :3])
    with pytest.raises(ValueError, match=r"Cross.rows must be the rows of the Gram, got 600 rows of 7 features for 1300 rows of 7\."):
        solve(Gram.of(x), Cross.of(x[:600], y[:600]), 1.0)


@pytest.mark.parametrize("beta", [-1.0, float("nan"), float("inf")])
def test_a_beta_that_is_no_penalty_is_refused(data, beta):
    with pytest.raises(ValueError, match=r"Ridge.beta must be at least 0 and finite, got (-1.0|nan|inf)\."):
        well_conditioned(Gram.of(data[0]), beta)
