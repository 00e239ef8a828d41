"""The dual form against the least squares of [X; sqrt(beta) I]."""

import numpy as np
import pytest

from rcwidgets.core.algebra.dual import Kernel, RowsFactor
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
