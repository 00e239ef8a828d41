"""The choice of beta: generalised cross-validation and held-out errors against their definitions, row by row."""

import numpy as np
import pytest

from rcwidgets.core.algebra.factor import Factor
from rcwidgets.core.algebra.gram import Cross, Gram
from rcwidgets.core.algebra.orthogonal import Triangle
from rcwidgets.core.algebra.selection import BETAS, best_beta, cross_validation, held_out
from tests.core.algebra.paths import path


def defined(x, y, beta, penalize_bias):
    """n RSS / (n - trace H)^2 / var with the hat matrix H written out."""
    design = np.hstack([x, np.ones((len(x), 1))])
    penalty = beta * np.eye(design.shape[1])
    penalty[-1, -1] *= penalize_bias
    hat = design @ np.linalg.solve(design.T @ design + penalty, design.T)
    squares = np.square(y - hat @ y).sum(axis=0)
    return np.sqrt((len(x) * squares / (len(x) - np.trace(hat)) ** 2 / y.var(axis=0)).mean())


@pytest.mark.parametrize("penalize_bias", [False, True])
@pytest.mark.parametrize(("rows", "features"), [(60, 20), (21, 20), (20, 30)])
def test_generalised_cross_validation_is_its_definition(rows, features, penalize_bias, generator):
    x = generator.normal(size=(rows, features))
    x[:, 3] = x[:, 4]
    y = np.hstack([x[:, :1] + generator.normal(size=(rows, 1)), 3 + 10 * generator.normal(size=(rows, 1))])
    errors = cross_validation(Triangle.of(x, y).project(penalize_bias=penalize_bias), [1e-2, 1.0, 100.0])
    expected = [defined(x, y, beta, penalize_bias) for beta in (1e-2, 1.0, 100.0)]
    np.testing.assert_allclose(errors, expected, rtol=1e-9)


def test_with_fewer_rows_than_features_a_tiny_beta_is_told_too(generator):
    """There n - trace H, a few times 1e-13, is a sum of small numbers, no difference of large ones."""
    x, y = generator.normal(size=(20, 30)), generator.normal(size=(20, 1))
    left, singular, _ = np.linalg.svd(x - x.mean(axis=0), full_matrices=False)
    left, singular = left[:, :19], singular[:19]  # the 20th is 0: the rows are centred
    factor = 1e-12 / (singular**2 + 1e-12)
    expected = np.sqrt(20 * np.sum((factor * (left.T @ (y - y.mean()))[:, 0]) ** 2) / factor.sum() ** 2 / y.var())
    np.testing.assert_allclose(cross_validation(Triangle.of(x, y).project(), [1e-12]), expected, rtol=1e-6)


@pytest.mark.parametrize("penalize_bias", [False, True])
def test_the_held_out_error_is_that_of_the_path(penalize_bias, generator):
    x = generator.normal(size=(100, 30))
    y = np.hstack([x[:, :1] + generator.normal(size=(100, 1)), 100 * generator.normal(size=(100, 1))])
    fitted, later = Triangle.of(x[:80], y[:80]), Triangle.of(x[80:], y[80:])
    errors = held_out(fitted.project(penalize_bias=penalize_bias), later, (fitted + later).squares / 100, BETAS)
    live = path(x, y, BETAS, penalize_bias=penalize_bias)
    np.testing.assert_allclose(errors[len(live.left) :], live.held_out, rtol=1e-6)
    assert best_beta(errors) == live.best


def test_the_residual_of_a_nearly_perfect_fit_is_right(states, lorenz):
    """At this beta moments would tell half of it."""
    x, y = states[2000:4000], lorenz[2001:4001]
    (error,) = cross_validation(Triangle.of(x, y).project(), [1e-10])
    centred, wanted = x - x.mean(axis=0, dtype=np.float64), y - y.mean(axis=0)
    left, singular, _ = np.linalg.svd(centred, full_matrices=False)
    shrunk = singular**2 / (singular**2 + 1e-10)
    squares = np.square(wanted - left @ (shrunk[:, None] * (left.T @ wanted))).sum(axis=0)
    expected = np.sqrt((2000 * squares / (1999 - shrunk.sum()) ** 2 / y.var(axis=0)).mean())
    assert error == pytest.approx(expected, rel=1e-4)
    assert error < 1e-4


def test_the_best_beta_of_a_known_noise_is_the_noise_over_the_weights(generator):
    """With weights and noise both normal, the beta that predicts best is the ratio of their variances."""
    x = generator.normal(size=(400, 100))
    y = x @ generator.normal(size=(100, 50)) + 5.0 * generator.normal(size=(400, 50))
    chosen = best_beta(cross_validation(Triangle.of(x, y).project()))
    assert 25 / 1.8 < chosen < 25 * 1.8


def test_outputs_that_never_change_do_not_count(generator):
    x = generator.normal(size=(50, 5))
    y = x[:, :1] + generator.normal(size=(50, 1))
    both = np.hstack([y, np.zeros((50, 1))])
    np.testing.assert_allclose(cross_validation(Triangle.of(x, both).project()), cross_validation(Triangle.of(x, y).project()), rtol=1e-12)
    with pytest.raises(ValueError, match=r"Ridge.beta cannot be chosen by the error: the targets never change. Give beta a number\."):
        best_beta(cross_validation(Triangle.of(x, np.zeros((50, 1))).project()))


def test_moments_cannot_tell_the_residual(generator):
    x = generator.normal(size=(50, 5))
    with pytest.raises(ValueError, match=r"Projection.explained must be there, got none\. Project a Triangle"):
        cross_validation(Factor.of(Gram.of(x)).project(Cross.of(x, x)))
