"""Labels of classes as numbers."""

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np

from rcwidgets.core.datasets.frame_columns import is_gap
from rcwidgets.core.real_numbers import is_hot
from rcwidgets.core.series import array_of, first_of, is_flat, is_list, one_each

ClassWeight = Mapping[str, float] | Mapping[int, float] | Literal["balanced"] | None


def is_multilabel(labels: np.ndarray, asked: bool) -> bool:
    """Whether a matrix (series, labels) of 0 and 1 tells several labels a series: it was `asked`, or some row has none or more than one."""
    matrix = labels.ndim == 2 and labels.shape[1] > 1 and labels.dtype.kind in "iubf" and bool(np.isin(labels, (0, 1)).all())
    if asked and not matrix:
        raise ValueError(f"Classifier.y must be a matrix (series, labels) of 0 and 1 where multilabel, got the shape {labels.shape}.")
    return matrix and (asked or not is_hot(labels))


def class_weights(given: ClassWeight, classes: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """How much the series of each class count (classes,): as given by label, or in inverse proportion to how many there are.

    >>> class_weights("balanced", np.array(["a", "b"]), np.array([0, 0, 0, 1])).round(3).tolist()
    [0.667, 2.0]
    """
    counts = np.bincount(codes, minlength=len(classes))
    if isinstance(given, str):
        if given != "balanced":
            raise ValueError(f'Classifier.class_weight must be "balanced" or a dict by label, got {given!r}.')
        return np.asarray(len(codes) / (len(classes) * counts))
    if not isinstance(given, Mapping):
        raise TypeError(f'Classifier.class_weight must be "balanced" or a dict by label, got {type(given).__name__}.')
    known = {label: place for place, label in enumerate(classes.tolist())}
    made = np.ones(len(classes))
    for label, weight in given.items():
        if label not in known:
            raise ValueError(f"Classifier.class_weight must be of classes of y, got {label!r}. The classes: {', '.join(map(repr, known))}.")
        made[known[label]] = weight
    if not (np.isfinite(made).all() and (made >= 0).all()):
        raise ValueError(f"Classifier.class_weight must be finite and at least 0, got {dict(given)!r}.")
    return made


def label_codes(labels: Any, x: Any, name: str, once: bool) -> tuple[Any, np.ndarray]:
    """The labels as numbers from 0 on, shaped as targets of one channel, and the sorted classes: labels = classes[number].

    `labels` are (time,) or (time, 1) for one series x (time, features), (batch, time) or (batch, time, 1) for a batch, a list of
    (time_k,) for a list of series of unequal length; where the node gives one value a series (`once`), (batch,) or (batch, 1), or a list
    of (1, 1). In the place of labels there may be one-hot rows (..., classes): their labels are the numbers of the columns.
    """
    one = first_of(x)
    what = f"The labels of {name!r}"
    if not once and is_list(one) and len({len(series) for series in one}) > 1:
        if not isinstance(labels, list | tuple) and not is_list(labels):
            raise ValueError(f"{what} must be a list of series as long as those of x, got {type(labels).__name__}.")
        parts = [array_of(part, what) for part in labels]
        if len({part.shape[1:] for part in parts}) > 1:
            raise ValueError(f"{what} must have one shape in all series, got {parts[0].shape} and others.")
        codes, classes = numbered(np.concatenate(parts), 1, what)
        cuts = np.cumsum([len(part) for part in parts])[:-1]
        return [part[:, None].astype(np.float64) for part in np.split(codes, cuts)], classes
    given = one_each(labels, what) if once else array_of(labels, what)
    codes, classes = numbered(given.reshape(1) if given.ndim == 0 else given, 1 if once or is_flat(x) else 2, what, once)
    return codes[..., None].astype(np.float64), classes


def numbered(given: np.ndarray, axes: int, what: str, once: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """The numbers, an array of so many axes, and the sorted classes of labels with these axes, (..., 1) or one-hot rows (..., classes)."""
    labels = given[..., 0] if given.ndim == axes + 1 and given.shape[-1] == 1 else given
    if labels.ndim == axes + 1 and is_hot(labels):
        return labels.argmax(axis=-1), np.arange(labels.shape[-1])
    if labels.dtype == object and labels.ndim == axes:
        labels = _plain(labels, what)
    if labels.ndim != axes or (labels.dtype == object and not all(isinstance(label, str) for label in labels.flat)):
        wanted = "(series,)" if once else "(time,)" if axes == 1 else "(batch, time)"
        raise ValueError(f"{what} must be {wanted} or one-hot rows, got the shape {labels.shape}. Give one label for each row.")
    if labels.dtype.kind == "f" and labels.ndim == axes and np.isfinite(labels).all() and (labels != np.round(labels)).any():
        odd = labels[labels != np.round(labels)].flat[0]
        raise ValueError(
            f"{what} must be classes, got numbers such as {odd:.4g}. Round them, or take a Regressor or RidgeTrainer for numbers."
        )
    if labels.dtype.kind == "f":
        _check_there(np.isnan(labels), labels, what)
    classes, codes = np.unique(labels, return_inverse=True)
    return codes.reshape(labels.shape), classes


def _plain(labels: np.ndarray, what: str) -> np.ndarray:
    """Labels that are Python's objects, as an array of their one kind; as they are where they have several."""
    _check_there(np.array([is_gap(label) for label in labels.flat], bool).reshape(labels.shape), labels, what)
    return np.array(labels.tolist()) if len({type(label) for label in labels.flat}) == 1 else labels


def _check_there(gaps: np.ndarray, labels: np.ndarray, what: str) -> None:
    """Raises where a label is missing."""
    if gaps.any():
        row = np.argwhere(gaps)[0].tolist()
        raise ValueError(
            f"{what} must all be there, got {labels[tuple(row)]} in row {row[0] if len(row) == 1 else row}. Leave out what has no label."
        )
