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


NARROW = [np.int8, np.uint8, np.int16, np.uint16, np.int32, np.float16, bool]


@pytest.mark.parametrize("module", [np, jnp])
@pytest.mark.parametrize("dtype", NARROW)
@pytest.mark.parametrize("loss", PAIRS, ids=named)
def test_narrow_numbers_are_computed_in_floating_point(loss, dtype, module):
    p, t = (np.array(values).astype(dtype) for values in ([100, 7, 0], [0, 9, 120]))
    found = loss(module.asarray(p), module.asarray(t))
    assert float(found) == pytest.approx(float(loss(p.astype(np.float64), t.astype(np.float64))), rel=1e-6)
    assert jnp.issubdtype(found.dtype, jnp.floating)


@pytest.mark.parametrize("dtype", [np.int16, np.float16])
def test_a_square_that_the_dtype_does_not_hold_is_right(dtype):
    for module in (np, jnp):
        assert float(losses.mean_squared_error(module.asarray([300], dtype), module.asarray([0], dtype))) == 90000.0
    assert losses.l2_norm(np.array([300, 400], dtype)) == 500.0
    assert losses.l1(np.array([-128, 127], np.int8)) == 255.0


def test_predictions_of_floats_are_not_cut_to_the_whole_numbers_of_the_targets():
    assert float(losses.mean_squared_error(np.array([0.5, 1.5]), jnp.array([0, 1]))) == 0.25
    assert float(losses.mean_absolute_error(jnp.array([0, 1]), np.array([0.5, 1.5]))) == 0.5


def test_scores_of_whole_numbers_do_not_wrap_around():
    for dtype in (np.uint8, np.int8):
        scores = np.array([[0, 100], [-100 if dtype is np.int8 else 0, 100]], dtype)
        assert losses.cross_entropy(scores, [1, 0]) == pytest.approx(losses.cross_entropy(scores.astype(float), [1, 0]))


@pytest.mark.parametrize("loss", list(losses.LOSSES.values()), ids=named)
def test_masked_entries_and_what_is_no_real_number_are_refused(loss):
    masked = np.ma.masked_values([[0.5, 0.5], [-9999.0, 1.0]], -9999.0)
    with pytest.raises(ValueError, match=rf"{loss.__name__}.predictions must have no masked entries, got one at \(1, 0\)\."):
        loss(masked, np.array([[0.5, 0.5], [0.0, 1.0]]))
    with pytest.raises(ValueError, match=rf"{loss.__name__}.targets must have no masked entries"):
        loss(np.array([[0.5, 0.5], [0.0, 1.0]]), masked)
    with pytest.raises(TypeError, match=rf"{loss.__name__}.predictions must be real numbers, got an array of complex128\."):
        loss(np.ones((2, 2)) * 1j, np.array([[0.5, 0.5], [0.0, 1.0]]))
    whole = np.ma.array([[0.5, 0.5], [0.0, 1.0]])
    assert loss(whole, whole) == loss(whole.data, whole.data)


def test_binary_cross_entropy_is_the_one_worked_by_hand():
    scores, targets = np.array([[0.9], [-0.1]]), np.array([[1], [0]])
    by_hand = (np.log(1 + np.exp(-0.9)) + np.log(1 + np.exp(-0.1))) / 2
    assert losses.binary_cross_entropy(scores, targets) == pytest.approx(by_hand)
    assert round(by_hand, 3) == 0.493
    assert float(losses.binary_cross_entropy(jnp.asarray(scores), jnp.asarray(targets))) == pytest.approx(by_hand, rel=1e-6)
    assert losses.binary_cross_entropy(np.array([1e4, -1e4, 1e4]), np.array([1, 0, 0])) == pytest.approx(1e4 / 3)
    gradient = jax.grad(losses.binary_cross_entropy)(jnp.array([0.0, 2.0]), np.array([1.0, 0.25]))
    np.testing.assert_allclose(gradient, [-0.25, (1 / (1 + np.exp(-2)) - 0.25) / 2], rtol=1e-5)


def test_binary_cross_entropy_refuses_targets_that_are_no_yes_or_no():
    for wrong in (-1.0, 2.0, np.nan):
        with pytest.raises(ValueError, match=rf"binary_cross_entropy.targets must lie between 0 and 1, got {wrong:g}\. Take 0 for no"):
            losses.binary_cross_entropy(np.zeros(2), np.array([0.0, wrong]))


def test_cross_entropy_of_one_score_a_row_is_refused():
    for targets in (np.array([1, 0, 1]), np.array([[1], [0], [1]])):
        with pytest.raises(ValueError, match=r"at least two classes, got one: .* Take rc.losses.binary_cross_entropy"):
            losses.cross_entropy(np.array([[0.9], [0.1], [0.8]]), targets)


@pytest.mark.parametrize("rows", [[[1, 1], [0, 1]], [[0.5, 0.5], [1.5, -0.5]], [[0, 0], [0, 1]], [[0.5, 0.5], [np.nan, 1.0]]])
def test_cross_entropy_refuses_targets_that_are_no_probabilities(rows):
    with pytest.raises(ValueError, match=r"cross_entropy.targets must be probabilities that sum to 1, got \[.*\] in row \d\."):
        losses.cross_entropy(SCORES, np.array(rows))
