"""Ridge regression in one call."""

import numpy as np
import pytest

from tests.core.algebra.routes import ridge


@pytest.fixture
def data(generator):
    x = generator.normal(size=(600, 4))
    return x, x @ [[1.0], [2.0], [-3.0], [0.5]] + 7.0


@pytest.mark.parametrize("beta", [0.0, 1e-9])
def test_a_noiseless_line_is_found_by_either_route(data, beta):
    x, y = data
    weights, bias = ridge(x, y, beta)
    np.testing.assert_allclose(weights[:, 0], [1.0, 2.0, -3.0, 0.5], rtol=1e-9)
    np.testing.assert_allclose(bias, 7.0, rtol=1e-9)


@pytest.mark.parametrize("beta", [0.0, 0.1])
def test_masked_rows_do_not_count_whatever_their_targets(data, beta):
    x, y = data
    spoilt, mask = y.copy(), (np.arange(600) >= 50) & (np.arange(600) < 400)
    spoilt[:50], spoilt[400:] = np.nan, 1e6
    left, right = ridge(x, spoilt, beta, mask), ridge(x[50:400], y[50:400], beta)
    np.testing.assert_allclose(left.weights, right.weights, rtol=1e-10)
    np.testing.assert_allclose(left.bias, right.bias, rtol=1e-10)


def test_errors_are_in_words(data):
    x, y = data
    with pytest.raises(ValueError, match=r"Ridge.beta must be at least 0 and finite, got -1\."):
        ridge(x, y, -1)
