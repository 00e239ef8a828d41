"""Labels of classes as numbers."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from rcwidgets.core.series import is_flat, is_list


def label_codes(labels: Any, x: Any, name: str, once: bool) -> tuple[Any, np.ndarray]:
    """The labels as numbers from 0 on, shaped as targets of one channel, and the sorted classes: labels = classes[number].

    `labels` are (time,) or (time, 1) for one series x (time, features), (batch, time) or (batch, time, 1) for a batch, a list of
    (time_k,) for a list of series of unequal length; where the node gives one value a series (`once`), (batch,) or (batch, 1).
    """
    one = next(iter(x.values())) if isinstance(x, Mapping) else x
    if not once and is_list(one) and len({len(series) for series in one}) > 1:
        if not isinstance(labels, list | tuple):
            raise ValueError(f"The labels of {name!r} must be a list of series as long as those of x, got {type(labels).__name__}.")
        parts = [np.asarray(part).reshape(-1) for part in labels]
        classes, codes = np.unique(np.concatenate(parts), return_inverse=True)
        cuts = np.cumsum([len(part) for part in parts])[:-1]
        return [part[:, None].astype(np.float64) for part in np.split(codes.reshape(-1), cuts)], classes
    given = np.asarray(labels)
    axes = 1 if once or is_flat(x) else 2
    given = given.reshape(1) if given.ndim == 0 else given
    if given.ndim == axes + 1 and given.shape[-1] == 1:
        given = given[..., 0]
    if given.ndim != axes or (given.dtype == object and not all(isinstance(label, str) for label in given.flat)):
        wanted = "(series,)" if once else "(time,)" if axes == 1 else "(batch, time)"
        raise ValueError(f"The labels of {name!r} must be {wanted}, got the shape {given.shape}. Give one label for each row.")
    classes, codes = np.unique(given, return_inverse=True)
    return codes.reshape(given.shape)[..., None].astype(np.float64), classes
