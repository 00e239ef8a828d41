"""Losses against numbers worked by hand, in NumPy and in JAX, and their gradients."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from rcwidgets.core import losses

P, T = np.array([[1.0, -2.0], [0.5, 4.0]]), np.array([[1.0, 0.0], [0.0, 1.0]])  # errors 0, -2, 0.5, 3
BY_HAND = {
    losses.mean_squared_error: (0 + 4 + 0.25 + 9) / 4,
    losses.mean_absolute_error: (0 + 2 + 0.5 + 3) / 4,
    losses.huber: (0 + 1.5 + 0.125 + 2.5) / 4,
    losses.log_cosh: (0 + np.log(np.cosh(2)) + np.log(np.cosh(0.5)) + np.log(np.cosh(3))) / 4,
}
PAIRS = list(BY_HAND)


def named(loss):
    return loss.__name__


@pytest.mark.parametrize("loss", PAIRS, ids=named)
def test_the_value_is_the_one_worked_by_hand(loss):
    assert loss(P, T) == pytest.approx(BY_HAND[loss], rel=1e-12)
    assert float(loss(jnp.asarray(P, jnp.float32), jnp.asarray(T, jnp.float32))) == pytest.approx(BY_HAND[loss], rel=1e-6)


@pytest.mark.parametrize("loss", PAIRS, ids=named)
def test_numpy_arrays_keep_float64_where_jax_would_round(loss):
    p = np.full((10, 1), 20.0)
    value = loss(p + 1e-7, p)
    assert value.dtype == np.float64
    assert value == pytest.approx(loss(np.full((10, 1), 1e-7), np.zeros((10, 1))), rel=1e-6)


@pytest.mark.parametrize("loss", PAIRS, ids=named)
def test_it_can_be_differentiated_and_jitted(loss):
    shifted = P + 0.25  # no error of zero, where |e| has no slope
    gradient = jax.jit(jax.grad(loss))(jnp.asarray(shifted, jnp.float32), T)
    step = 1e-5
    for k in np.ndindex(2, 2):
        nudge = np.zeros((2, 2))
        nudge[k] = step
        assert float(gradient[k]) == pytest.approx((loss(shifted + nudge, T) - loss(shifted - nudge, T)) / (2 * step), abs=1e-4)


@pytest.mark.parametrize("loss", PAIRS, ids=named)
def test_other_shapes_are_an_error_that_names_both(loss):
    with pytest.raises(ValueError, match=rf"{loss.__name__}.targets must have the shape of the predictions \(2, 2\), got \(2,\)\."):
        loss(P, T[0])
    with pytest.raises(ValueError, match=rf"{loss.__name__}.predictions must hold a number, got the shape \(0, 2\)\."):
        loss(P[:0], T[:0])


def test_log_cosh_does_not_overflow():
    assert losses.log_cosh(np.array([1e4]), np.array([0.0])) == pytest.approx(1e4 - np.log(2))


def test_huber_with_a_wider_delta_squares_more():
    assert losses.huber(P, T, delta=10.0) == pytest.approx(losses.mean_squared_error(P, T) / 2)
    with pytest.raises(ValueError, match=r"huber.delta must be above 0, got 0\."):
        losses.huber(P, T, delta=0)


SCORES = np.array([[0.0, np.log(3.0)], [1000.0, 0.0]])


@pytest.mark.parametrize("module", [np, jnp])
def test_cross_entropy_of_class_numbers_and_of_probabilities(module):
    """softmax of (0, log 3) is (1/4, 3/4), and of (1000, 0) is (1, 0)."""
    scores = module.asarray(SCORES, np.float32)
    assert float(losses.cross_entropy(scores, module.asarray([0, 0]))) == pytest.approx(np.log(4) / 2, rel=1e-6)
    even = module.asarray([[0.5, 0.5], [1.0, 0.0]], np.float32)
    assert float(losses.cross_entropy(scores, even)) == pytest.approx((np.log(4) / 2 + np.log(4 / 3) / 2) / 2, rel=1e-6)


def test_cross_entropy_has_the_gradient_of_softmax():
    gradient = jax.grad(losses.cross_entropy)(jnp.asarray(SCORES[:1], jnp.float32), np.array([0]))
    np.testing.assert_allclose(gradient, [[0.25 - 1.0, 0.75]], rtol=1e-5)


def test_cross_entropy_refuses_labels_that_are_no_classes():
    with pytest.raises(ValueError, match=r"cross_entropy.targets must be class numbers from 0 to 1, got 0 to 2\."):
        losses.cross_entropy(SCORES, np.array([0, 2]))
    with pytest.raises(TypeError, match=r"cross_entropy.targets must be whole class numbers or probabilities"):
        losses.cross_entropy(SCORES, np.array([0.0, 1.0]))
    with pytest.raises(ValueError, match=r"cross_entropy.targets must have the shape \(2, 2\) or \(2,\), got \(3,\)\."):
        losses.cross_entropy(SCORES, np.array([0, 1, 1]))


@pytest.mark.parametrize("labels", [[0, 2], jnp.array([0, 2])])
def test_cross_entropy_refuses_classes_out_of_range_in_any_kind_of_array(labels):
    with pytest.raises(ValueError, match=r"cross_entropy.targets must be class numbers from 0 to 1, got 0 to 2\."):
        losses.cross_entropy(jnp.asarray(SCORES, np.float32), labels)


@pytest.mark.parametrize("scores", [np.zeros((0, 3)), np.zeros((2, 0)), 1.0])
def test_cross_entropy_of_nothing_is_an_error_in_words(scores):
    with pytest.raises(ValueError, match=r"cross_entropy.predictions must be \(..., classes\), got the shape"):
        losses.cross_entropy(scores, np.zeros(np.shape(scores)[:-1], int))


def test_cross_entropy_can_be_compiled_with_labels_as_an_argument():
    found = jax.jit(losses.cross_entropy)(jnp.asarray(SCORES, np.float32), jnp.array([0, 0]))
    assert float(found) == pytest.approx(np.log(4) / 2, rel=1e-6)


@pytest.mark.parametrize("module", [np, jnp])
def test_the_norms_run_over_a_tree(module):
    tree = {"dense": {"W": module.asarray([[3.0, -4.0]], np.float32), "b": module.asarray([12.0], np.float32)}}
    assert float(losses.l1(tree)) == 19.0
    assert float(losses.l2_norm(tree)) == 13.0
    assert float(losses.l2_norm(tree["dense"]["b"])) == 12.0


def test_the_norm_has_a_gradient_everywhere():
    np.testing.assert_allclose(jax.grad(losses.l2_norm)(jnp.array([3.0, 4.0])), [0.6, 0.8], rtol=1e-6)
    np.testing.assert_array_equal(jax.grad(losses.l2_norm)(jnp.zeros(2)), [0.0, 0.0])
