"""The error on blocks held out, by moments and by rows, against fits written out."""

import numpy as np
import pytest

from rcwidgets.core.algebra.blocked import Moments, choose, errors_of_moments, errors_of_rows
from rcwidgets.core.algebra.gram import Cross, Gram
from rcwidgets.core.algebra.orthogonal import Triangle
from rcwidgets.core.algebra.selection import BETAS


def cut(x, y):
    pairs = list(zip(np.array_split(x, 5), np.array_split(y, 5), strict=True))
    return [Moments(Gram.of(*pair[:1]), Cross.of(*pair)) for pair in pairs], [Triangle.of(*pair) for pair in pairs]


def defined(x, y, beta, penalize_bias):
    squares = 0
    for rows in np.array_split(np.arange(len(x)), 5):
        rest = np.delete(np.arange(len(x)), rows)
        design = np.hstack([x, np.ones((len(x), 1))])
        penalty = beta * np.eye(design.shape[1])
        penalty[-1, -1] *= penalize_bias
        w = np.linalg.solve(design[rest].T @ design[rest] + penalty, design[rest].T @ y[rest])
        squares = squares + np.square(design[rows] @ w - y[rows]).sum(axis=0)
    return np.sqrt((squares / len(x) / y.var(axis=0)).mean())


@pytest.mark.parametrize("penalize_bias", [False, True])
def test_both_ways_are_the_definition(penalize_bias, generator):
    x = 0.3 + generator.normal(size=(103, 12))
    y = np.hstack([x[:, :1] + generator.normal(size=(103, 1)), 5 + 10 * generator.normal(size=(103, 1))])
    expected = [defined(x, y, beta, penalize_bias) for beta in (1e-2, 1.0, 100.0)]
    parts, triangles = cut(x, y)
    np.testing.assert_allclose(errors_of_moments(parts, [1e-2, 1.0, 100.0], penalize_bias=penalize_bias), expected, rtol=1e-9)
    np.testing.assert_allclose(errors_of_rows(triangles, [1e-2, 1.0, 100.0], penalize_bias=penalize_bias), expected, rtol=1e-9)


def test_moments_tell_no_error_that_rounding_blurs(states, lorenz):
    """Of a nearly perfect fit only the rows tell the error: what the moments say is right, or NaN."""
    parts, triangles = cut(states[2000:4000], lorenz[2001:4001])
    moments, rows = errors_of_moments(parts, BETAS), errors_of_rows(triangles, BETAS)
    told = np.isfinite(moments)
    assert told.any() and not told.all() and np.isfinite(rows).all()
    np.testing.assert_allclose(moments[told], rows[told], rtol=0.01)
    assert choose(parts, lambda: triangles) == BETAS[np.argmin(rows)]


def test_the_rows_are_not_asked_where_the_moments_know(generator):
    x = generator.normal(size=(100, 12))
    parts, triangles = cut(x, x[:, :1] + 3 * generator.normal(size=(100, 1)))

    def refuse():
        raise AssertionError("not needed")

    assert choose(parts, refuse) == BETAS[np.argmin(errors_of_rows(triangles, BETAS))]


def test_outputs_that_never_change_do_not_count(generator):
    x = generator.normal(size=(50, 5))
    y = x[:, :1] + generator.normal(size=(50, 1))
    for both, alone in zip(cut(x, np.hstack([y, np.full((50, 1), 3.0)])), cut(x, y), strict=True):
        errors = errors_of_rows if isinstance(both[0], Triangle) else errors_of_moments
        np.testing.assert_allclose(errors(both, [1.0]), errors(alone, [1.0]), rtol=1e-9)
    with pytest.raises(ValueError, match="the targets never change"):
        choose(*(lambda parts, triangles: (parts, lambda: triangles))(*cut(x, np.zeros((50, 1)))))
