"""Checks of arrays that a person gives."""

from typing import Any

import numpy as np

from rcwidgets.core import sparse_arrays


def dense_array(where: str, value: Any, axes: tuple[str, ...]) -> np.ndarray:
    try:
        array = np.asarray(value)
    except ValueError:
        raise ValueError(f"{where} must be an array ({', '.join(axes)}), got rows of different lengths.") from None
    _check_kind(where, array.dtype)
    if array.ndim != len(axes):
        wanted = f"{len(axes)} {'axis' if len(axes) == 1 else 'axes'} ({', '.join(axes)})"
        raise ValueError(f"{where} must have {wanted}, got the shape {array.shape}.")
    if array.size == 0:
        raise ValueError(f"{where} must not be empty, got the shape {array.shape}.")
    array = np.array(array, dtype=np.float64, order="C")
    if not np.isfinite(array).all():
        at = tuple(int(k) for k in np.argwhere(~np.isfinite(array))[0])
        raise ValueError(f"{where} must be finite, got {array[at]} at {list(at)}.")
    array.flags.writeable = False
    return array


def sparse_array(where: str, value: Any) -> "sparse_arrays.csc_array":
    _check_kind(where, value.dtype)
    array = sparse_arrays.csc_array(value, dtype=np.float64, copy=True)
    array.sum_duplicates()
    array.eliminate_zeros()
    if not np.isfinite(array.data).all():
        raise ValueError(f"{where} must be finite, got {array.data[~np.isfinite(array.data)][0]}.")
    for part in (array.data, array.indices, array.indptr):
        part.flags.writeable = False
    return array


def _check_kind(where: str, dtype: np.dtype) -> None:
    if dtype.kind not in "fiu":
        raise TypeError(f"{where} must hold real numbers, got an array of {dtype}.")
