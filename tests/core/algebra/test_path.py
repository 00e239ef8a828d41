"""The regularisation path: errors of the rows fitted and of the rows held out."""

import numpy as np
import pytest

from rcwidgets.core.algebra.path import extend, grid
from tests.core.algebra.paths import path
from tests.core.algebra.routes import ridge


@pytest.fixture
def data(generator):
    """Rows of 30 features of which one counts, too few to fit without a penalty."""
    x = generator.normal(size=(50, 30))
    return x, np.hstack([x[:, :1] + generator.normal(size=(50, 1)), 100 * generator.normal(size=(50, 1))])


def nrmse(readout, x, y, variance):
    return np.sqrt(np.mean(np.square(x @ readout.weights + readout.bias - y).mean(axis=0) / variance))


@pytest.mark.parametrize("penalize_bias", [False, True])
def test_both_errors_are_those_of_separate_fits_to_the_first_four_fifths(data, penalize_bias):
    x, y = data
    betas = [1e-3, 1.0, 1e3]
    errors = path(x, y, betas, penalize_bias=penalize_bias)
    for k, beta in enumerate(betas):
        readout = ridge(x[:40], y[:40], beta, penalize_bias=penalize_bias)
        assert errors.training[k] == pytest.approx(nrmse(readout, x[:40], y[:40], y.var(axis=0)), rel=1e-9)
        assert errors.held_out[k] == pytest.approx(nrmse(readout, x[40:], y[40:], y.var(axis=0)), rel=1e-9)


def test_the_training_error_only_rises_with_beta_and_the_best_beta_is_inside(data):
    x, y = data
    errors = path(x, y, grid(1e-6, 1e4))
    assert (np.diff(errors.training) >= 0).all()
    assert errors.betas[0] < errors.best < errors.betas[-1]
    assert errors.held_out.min() == errors.held_out[errors.betas == errors.best]


def test_the_betas_come_in_rising_order_whatever_the_order_given(data):
    x, y = data
    np.testing.assert_array_equal(path(x, y, [1.0, 1e-2, 10.0]).betas, [1e-2, 1.0, 10.0])


def test_betas_that_the_normal_equations_cannot_tell_are_left_and_extended_by_the_orthogonal_route(states, lorenz):
    x, y = states[2000:8000], lorenz[2001:8001]
    live = path(x, y, grid(1e-12, 1e2, 1))
    np.testing.assert_allclose(live.left, [1e-12, 1e-11, 1e-10], rtol=1e-9)
    whole = extend(live, x, y)
    assert whole.left.size == 0
    np.testing.assert_allclose(whole.betas, 10.0 ** np.arange(-12, 3), rtol=1e-9)
    np.testing.assert_array_equal(whole.held_out[3:], live.held_out)
    assert (np.diff(whole.training) > 0).all()
    readout = ridge(x[:4800], y[:4800], 1e-11)
    assert whole.held_out[1] == pytest.approx(nrmse(readout, x[4800:], y[4800:], y.var(axis=0)), rel=1e-6)


def test_the_live_part_of_the_path_is_the_orthogonal_one_to_one_per_cent(states, lorenz):
    x, y = states[2000:8000], lorenz[2001:8001]
    live = path(x, y, grid(1e-12, 1e2, 2))
    empty = type(live)(np.empty(0), np.empty(0), np.empty(0), live.betas)
    right = extend(empty, x, y)
    np.testing.assert_allclose(live.training, right.training, rtol=0.01)
    np.testing.assert_allclose(live.held_out, right.held_out, rtol=0.01)


def test_the_grid_has_both_ends_and_even_steps():
    betas = grid(1e-8, 1e2, 4)
    assert len(betas) == 41
    np.testing.assert_allclose(np.diff(np.log10(betas)), 0.25)
    np.testing.assert_allclose(betas[[0, -1]], [1e-8, 1e2])


def test_errors_are_in_words(data):
    x, y = data
    with pytest.raises(ValueError, match=r"Path.targets must vary, got a constant or no number in output 1\."):
        path(x, np.where(np.arange(2) == 1, 3.0, y), [1.0])
    left = path(x[:, :1] * np.ones(3), y, [0.0])
    with pytest.raises(ValueError, match=r"Path.betas must hold a beta that is computed, got none of 1\."):
        _ = left.best


def test_a_finished_path_is_not_extended(data):
    x, y = data
    done = path(x, y, [1.0])
    assert extend(done, x, y) is done
