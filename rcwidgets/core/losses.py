"""Loss functions: scalars that BPTT differentiates, and that measure finished predictions.

JAX arrays are computed by JAX and can be differentiated. Where all arrays are NumPy's, NumPy computes in their own precision: JAX would
round float64 to float32 unless it is told otherwise, and a mean squared error below 1e-12 would drown in that. Every loss is computed in
floating point of at least 32 bits: the square of an int16 of 300, or of such a float16, is not one.

>>> float(mean_squared_error(np.array([1.0, 2.0]), np.array([1.0, 4.0])))
2.0
"""

from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any, TypeAlias

import jax
import jax.numpy as jnp
import numpy as np
from jax.typing import ArrayLike

from rcwidgets.core.real_numbers import check_numbers

Scalar: TypeAlias = jax.Array | np.floating
Tree: TypeAlias = ArrayLike | Mapping[str, ArrayLike | Mapping[str, ArrayLike]]  # an array, or params by name


def _pair(owner: str, predictions: ArrayLike, targets: ArrayLike) -> tuple[ModuleType, Any, Any]:
    """The module that computes, and both arrays, which must have one shape and get one dtype."""
    if np.shape(predictions) != np.shape(targets):
        raise ValueError(
            f"{owner}.targets must have the shape of the predictions {np.shape(predictions)}, got {np.shape(targets)}. "
            "Cut or reshape one of them."
        )
    if not np.size(predictions):
        raise ValueError(f"{owner}.predictions must hold a number, got the shape {np.shape(predictions)}. Check the split of the data.")
    return _floating(owner, predictions, targets)


def _floating(owner: str, predictions: ArrayLike, targets: ArrayLike) -> tuple[ModuleType, Any, Any]:
    """The module that computes, and both arrays in one floating dtype of at least 32 bits: that of the predictions where they have one."""
    for name, value in (("predictions", predictions), ("targets", targets)):
        check_numbers(f"{owner}.{name}", value)
    if not (isinstance(predictions, jax.Array) or isinstance(targets, jax.Array)):
        p, t = (np.asarray(value) for value in (predictions, targets))
        wide = np.result_type(*(one.dtype if one.dtype.kind == "f" else np.float64 for one in (p, t)), np.float32)
        return np, p.astype(wide, copy=False), t.astype(wide, copy=False)
    own = [one.dtype for one in (predictions, targets) if isinstance(one, jax.Array) and jnp.issubdtype(one.dtype, jnp.floating)]
    dtype = max(own[0], np.dtype(np.float32), key=lambda one: one.itemsize) if own else jnp.result_type(float)
    return jnp, jnp.asarray(predictions, dtype), jnp.asarray(targets, dtype)


def mean_squared_error(predictions: ArrayLike, targets: ArrayLike) -> Scalar:
    """mean((p - t)^2) over all entries of two arrays of one shape."""
    xp, p, t = _pair("mean_squared_error", predictions, targets)
    return xp.mean(xp.square(p - t))


def mean_absolute_error(predictions: ArrayLike, targets: ArrayLike) -> Scalar:
    """mean(|p - t|) over all entries of two arrays of one shape."""
    xp, p, t = _pair("mean_absolute_error", predictions, targets)
    return xp.mean(xp.abs(p - t))


def huber(predictions: ArrayLike, targets: ArrayLike, delta: float = 1.0) -> Scalar:
    """The mean of e^2 / 2 where |e| <= delta and of delta (|e| - delta / 2) elsewhere, with e = p - t: outliers pull less.

    Reference: Huber (1964), Ann. Math. Statist. 35, 73-101.
    """
    if not delta > 0:
        raise ValueError(f"huber.delta must be above 0, got {delta!r}. 1.0 is usual.")
    xp, p, t = _pair("huber", predictions, targets)
    error = xp.abs(p - t)
    inside = xp.minimum(error, delta)
    return xp.mean(inside * (error - inside / 2))


def log_cosh(predictions: ArrayLike, targets: ArrayLike) -> Scalar:
    """mean(log(cosh(p - t))): squares small errors and takes large ones as they are. Written so that it never overflows."""
    xp, p, t = _pair("log_cosh", predictions, targets)
    error = xp.abs(p - t)
    return xp.mean(error + xp.log1p(xp.exp(-2 * error)) - np.log(2.0).item())


def check_classes(classes: int) -> None:
    """Raises a ValueError where a cross entropy has one class alone."""
    if classes == 1:
        raise ValueError(
            "cross_entropy.predictions must have a score for each of at least two classes, got one: its softmax is 1 whatever it is. "
            "Take rc.losses.binary_cross_entropy, or one output a class."
        )


def cross_entropy(predictions: ArrayLike, targets: ArrayLike) -> Scalar:
    """The mean over rows of -sum_c q[c] log softmax(p)[c], in nats.

    `predictions` (..., classes) are scores, not probabilities, of two classes or more: one score a row is for `binary_cross_entropy`.
    `targets` are class numbers (...), integers from 0 on, or probabilities (..., classes) that sum to 1.
    """
    classes = np.shape(predictions)[-1] if np.ndim(predictions) else 0
    if not np.size(predictions) or not classes:
        raise ValueError(
            f"cross_entropy.predictions must be (..., classes), got the shape {np.shape(predictions)}. Check the split of the data."
        )
    check_classes(classes)
    if np.shape(targets) == np.shape(predictions):
        xp, scores, wanted = _pair("cross_entropy", predictions, targets)
        check_targets(cross_entropy, targets)
    elif np.shape(targets) == np.shape(predictions)[:-1]:
        xp, scores, _ = _floating("cross_entropy", predictions, targets)
        labels = xp.asarray(targets)
        if labels.dtype.kind not in "iu":
            raise TypeError(
                f"cross_entropy.targets must be whole class numbers or probabilities (..., classes), got {labels.dtype} "
                f"of shape {labels.shape}."
            )
        if not isinstance(labels, jax.core.Tracer) and labels.size and not (labels.min() >= 0 and labels.max() < classes):
            raise ValueError(
                f"cross_entropy.targets must be class numbers from 0 to {classes - 1}, got {labels.min()} to {labels.max()}. "
                "Add outputs or renumber."
            )
        numbers = xp.arange(classes, dtype=labels.dtype).reshape((1,) * labels.ndim + (classes,))
        wanted = (labels[..., None] == numbers).astype(scores.dtype)
    else:
        raise ValueError(
            f"cross_entropy.targets must have the shape {np.shape(predictions)} or {np.shape(predictions)[:-1]}, got {np.shape(targets)}. "
            "Give one class number, or one probability a class, for each row of scores."
        )
    shifted = scores - scores.max(axis=-1, keepdims=True)
    logarithm = shifted - xp.log(xp.exp(shifted).sum(axis=-1, keepdims=True))
    return -xp.mean((wanted * logarithm).sum(axis=-1))


def binary_cross_entropy(predictions: ArrayLike, targets: ArrayLike) -> Scalar:
    """The mean over all entries of -t log s(p) - (1 - t) log(1 - s(p)) with s(p) = 1 / (1 + exp(-p)), in nats. It never overflows.

    `predictions` are scores, not probabilities, one for each yes or no. `targets` have their shape and are 0 or 1, or probabilities.
    """
    xp, p, t = _pair("binary_cross_entropy", predictions, targets)
    check_targets(binary_cross_entropy, targets)
    return xp.mean(xp.logaddexp(0, p) - p * t)


_LOSSES = (mean_squared_error, mean_absolute_error, huber, log_cosh, cross_entropy, binary_cross_entropy)
LOSSES: dict[str, Callable[..., Scalar]] = {loss.__name__: loss for loss in _LOSSES}


def check_targets(loss: Callable[..., Scalar], targets: ArrayLike) -> None:
    """Raises a ValueError where targets, of the predictions' shape, are none for this loss. Those that JAX traces are not known yet."""
    if isinstance(targets, jax.core.Tracer) or loss not in (cross_entropy, binary_cross_entropy):
        return
    given = np.asarray(targets, np.float64)
    if loss is binary_cross_entropy:
        outside = given[~((given >= 0) & (given <= 1))]
        if outside.size:
            raise ValueError(f"binary_cross_entropy.targets must lie between 0 and 1, got {outside[0]:g}. Take 0 for no and 1 for yes.")
        return
    wrong = np.argwhere(~((given >= 0).all(axis=-1) & (np.abs(given.sum(axis=-1) - 1) < 1e-3)))
    if len(wrong):
        place = tuple(wrong[0].tolist())
        raise ValueError(
            f"cross_entropy.targets must be probabilities that sum to 1, got {np.array2string(given[place], precision=4, threshold=8)} "
            f"in row {place[0] if len(place) == 1 else place}. Where several may be right at once, take rc.losses.binary_cross_entropy."
        )


def l1(params: Tree) -> Scalar:
    """sum |p| over all numbers of an array or a tree of arrays, such as a trainer's params."""
    return sum(abs(leaf).sum() for leaf in _leaves(params))


def l2_norm(params: Tree) -> Scalar:
    """sqrt(sum p^2) over all numbers of an array or a tree of arrays; its gradient at zero is zero.

    Weight decay is `2e-4 * l2_norm(params) ** 2`.
    """
    squares = sum(np.square(leaf).sum() if isinstance(leaf, np.ndarray) else jnp.square(leaf).sum() for leaf in _leaves(params))
    if isinstance(squares, jax.Array):
        positive = squares > 0
        return jnp.where(positive, jnp.sqrt(jnp.where(positive, squares, 1)), 0)
    return np.sqrt(squares)


def _leaves(params: Tree) -> list[Any]:
    """The arrays of a tree, in floating point."""
    return [leaf if isinstance(leaf, jax.Array) else np.asarray(leaf, np.result_type(leaf, np.float32)) for leaf in jax.tree.leaves(params)]
