"""Where the normal equations are trusted they give the orthogonal solve's test error to 1 %, and elsewhere they do not."""

import numpy as np
import pytest

from rcwidgets.core.algebra.factor import Factor
from rcwidgets.core.algebra.gram import Cross, Gram, Readout
from rcwidgets.core.algebra.orthogonal import Triangle
from rcwidgets.core.algebra.solver import well_conditioned
from tests.core.algebra.cholesky import solve
from tests.core.algebra.routes import ridge

TRAIN, TEST = slice(2000, 8000), slice(8000, 9900)
RESERVOIR_BETAS = [10.0**-k for k in range(4, 13)]
NVAR_BETAS = [1e4, 1.0, 1e-2, 1e-3, 1e-4, 1e-6, 1e-8]


def error_of(readout, x, y):
    return float(np.mean(np.square(x @ readout.weights + readout.bias - y)))


def least_squares(x, y, beta):
    """Another orthogonal solve: the SVD of LAPACK's least squares on the centred rows with sqrt(beta) I below them."""
    x = x.astype(np.float64)
    mean_x, mean_y = x.mean(axis=0), y.mean(axis=0)
    below, zeros = np.sqrt(beta) * np.eye(x.shape[1]), np.zeros((x.shape[1], y.shape[1]))
    weights = np.linalg.lstsq(np.vstack([x - mean_x, below]), np.vstack([y - mean_y, zeros]), rcond=1e-18)[0]
    return Readout(weights, mean_y - mean_x @ weights)


@pytest.fixture(params=["states, 1 step", "states, 10 steps", "nvar, 1 step"])
def task(request, states, nvar, lorenz):
    """Features and targets of the training and of the test part, and the betas to try."""
    ahead = 10 if "10" in request.param else 1
    x, betas = (states, RESERVOIR_BETAS) if "states" in request.param else (nvar, NVAR_BETAS)
    x, y = x[:-ahead], lorenz[ahead:]
    return (x[TRAIN], y[TRAIN]), (x[TEST], y[TEST]), betas


@pytest.mark.parametrize("penalize_bias", [False, True])
def test_trusted_normal_equations_are_within_one_per_cent_of_the_orthogonal_solve(task, penalize_bias):
    train, test, betas = task
    gram, cross = Gram.of(train[0]), Cross.of(*train)
    projection = Factor.of(gram, penalize_bias=penalize_bias).project(cross)
    orthogonal = Triangle.of(*train).project(penalize_bias=penalize_bias)
    trusted = [beta for beta in betas if well_conditioned(gram, beta, penalize_bias=penalize_bias)]
    assert len(trusted) >= 3
    for beta in trusted:
        right = error_of(orthogonal.solve(beta), *test)
        assert error_of(solve(gram, cross, beta, penalize_bias=penalize_bias), *test) == pytest.approx(right, rel=0.01)
        assert error_of(projection.solve(beta), *test) == pytest.approx(right, rel=0.01)


def test_distrusted_normal_equations_are_wrong_far_below_the_floor(task):
    train, test, betas = task
    gram, cross = Gram.of(train[0]), Cross.of(*train)
    beta = betas[-1]
    assert not well_conditioned(gram, beta)
    right = error_of(Triangle.of(*train).project().solve(beta), *test)
    assert error_of(Factor.of(gram).project(cross).solve(beta), *test) > 1.01 * right


def test_the_orthogonal_route_agrees_with_least_squares_on_the_stacked_rows(task):
    (x, y), test, betas = task
    orthogonal = Triangle.of(x, y).project()
    for beta in (betas[2], betas[-1]):
        right = error_of(least_squares(x, y, beta), *test)
        assert error_of(orthogonal.solve(beta), *test) == pytest.approx(right, rel=1e-4)


def test_a_reservoir_of_400_units_is_trusted_down_to_a_beta_of_1e_8_and_not_at_1e_10(states):
    gram = Gram.of(states[TRAIN])
    assert well_conditioned(gram, 1e-8)
    assert not well_conditioned(gram, 1e-10)


def test_features_far_from_zero_are_not_trusted_where_the_centring_cancels(generator):
    x = generator.normal(size=(1000, 3))
    assert well_conditioned(Gram.of(x), 1e-9)
    assert not well_conditioned(Gram.of(x + 1e4), 1e-9)


def test_a_beta_of_zero_is_not_trusted_unless_the_smallest_eigenvalue_carries_it(generator):
    x = generator.normal(size=(1000, 3))
    assert not well_conditioned(Gram.of(x), 0.0)
    assert Factor.of(Gram.of(x)).smallest_beta == 0.0
    assert Factor.of(Gram.of(x @ np.ones((3, 3)))).smallest_beta > 0.0


def test_nvar_forecasts_one_lorenz_step_below_1e_10(nvar, lorenz):
    readout = ridge(nvar[:-1][TRAIN], lorenz[1:][TRAIN], 1e-6)
    assert error_of(readout, nvar[:-1][TEST], lorenz[1:][TEST]) < 1e-11


@pytest.mark.parametrize(("penalize_bias", "expected"), [(True, 0.3374), (False, 0.3378)])
def test_ng_rc_infers_z_from_x_and_y_as_well_as_published(observer, penalize_bias, expected):
    x, y = observer
    readout = ridge(x[500:1500], y[500:1500], 0.05, penalize_bias=penalize_bias)
    assert error_of(readout, x[1500:], y[1500:]) == pytest.approx(expected, abs=1e-3)
