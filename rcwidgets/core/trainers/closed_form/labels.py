"""Labels of classes as numbers."""

from typing import Any

import numpy as np

from rcwidgets.core.real_numbers import is_hot
from rcwidgets.core.series import array_of, first_of, is_flat, is_list, one_each


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
    if labels.ndim != axes or (labels.dtype == object and not all(isinstance(label, str) for label in labels.flat)):
        wanted = "(series,)" if once else "(time,)" if axes == 1 else "(batch, time)"
        raise ValueError(f"{what} must be {wanted} or one-hot rows, got the shape {labels.shape}. Give one label for each row.")
    if labels.dtype.kind == "f" and np.isnan(labels).any():
        row = np.argwhere(np.isnan(labels))[0].tolist()
        raise ValueError(f"{what} must all be there, got nan in row {row[0] if axes == 1 else row}. Leave out what has no label.")
    classes, codes = np.unique(labels, return_inverse=True)
    return codes.reshape(labels.shape), classes
