"""Rows of features and targets: checked, masked and read block by block in float64."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import ArrayLike

SHARED = 4096  # rows
BLOCK = 512  # rows; a block of 400 features then fits the cache of one core


def as_rows(array: ArrayLike, owner: str) -> np.ndarray:
    """The array as (rows, columns) of real numbers, or an error in words; float32 stays float32."""
    rows = np.asarray(array)
    if rows.dtype.kind not in "fiub":
        raise TypeError(f"{owner} must hold real numbers, got an array of {rows.dtype}. Convert it to float64.")
    if rows.ndim != 2:
        raise ValueError(f"{owner} must be (rows, columns), got the shape {rows.shape}. Reshape it to two axes.")
    return rows


def as_mask(mask: ArrayLike | None, rows: int, owner: str) -> np.ndarray | None:
    """The mask as one bool a row, or None."""
    if mask is None:
        return None
    kept = np.asarray(mask)
    if kept.dtype != np.bool_:
        raise TypeError(f"{owner} must hold True and False, got an array of {kept.dtype}. Compare first, as in mask != 0.")
    if kept.shape != (rows,):
        raise ValueError(f"{owner} must have one entry a row, ({rows},), got the shape {kept.shape}. Make both equally long.")
    return kept


def as_weights(weights: ArrayLike | None, rows: int, owner: str) -> np.ndarray | None:
    """The weights as one number from 0 a row in float64, or None."""
    if weights is None:
        return None
    given = np.asarray(weights)
    if given.dtype.kind not in "fiub" or given.shape != (rows,):
        raise ValueError(f"{owner} must have one number a row, ({rows},), got an array of {given.dtype} of the shape {given.shape}.")
    given = given.astype(np.float64)
    if not (np.isfinite(given).all() and (given >= 0).all()):
        raise ValueError(f"{owner} must be finite and at least 0, got {given[~(given >= 0) | ~np.isfinite(given)][0]:g}.")
    return given


def same_length(rows: np.ndarray, targets: np.ndarray, owner: str) -> None:
    """An error in words unless rows and targets are equally many."""
    if len(rows) != len(targets):
        raise ValueError(
            f"{owner} must have one row for each row of features, got {len(targets)} rows for {len(rows)}. Cut both to the same times."
        )


def blocks(
    parts: tuple[np.ndarray, ...], mask: np.ndarray | None, *, size: int = BLOCK, ones: bool = False, room: np.ndarray | None = None
) -> Iterator[np.ndarray]:
    """The parts side by side, `size` rows at a time, as (n, columns) float64 in C order, without the rows that the mask leaves out.

    With `ones` a column of ones comes first. Blocks are views where nothing has to be copied, else all share one buffer, `room` (at least
    n, columns) where it is given: use each before asking for the next, and write to none.
    """
    if len(parts) == 1 and mask is None and not ones and parts[0].dtype == np.float64 and parts[0].flags.c_contiguous:
        yield from (parts[0][start : start + size] for start in range(0, len(parts[0]), size))
        return
    width = sum(part.shape[1] for part in parts) + ones
    buffer = np.empty((min(size, len(parts[0])), width)) if room is None else room
    buffer[:, : int(ones)] = 1.0
    for start in range(0, len(parts[0]), size):
        kept = slice(start, start + size) if mask is None else start + np.flatnonzero(mask[start : start + size])
        column, n = int(ones), 0
        for part in parts:
            chosen = part[kept]
            n = len(chosen)
            buffer[:n, column : column + part.shape[1]] = chosen
            column += part.shape[1]
        if n:
            yield buffer[:n]


def tall_product(rows: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """rows @ weights in float64 of many rows (n, p) and few columns (p, q), block by block: all at once takes BLAS four times as long.

    From `SHARED` rows on a second thread takes half of them: the time goes into reading them.
    """

    def product(part: np.ndarray) -> np.ndarray:
        return np.concatenate([block @ weights for block in blocks((part,), None)])

    if len(rows) < SHARED:
        return product(rows)
    with ThreadPoolExecutor(1, "rcwidgets-rows") as other:
        second = other.submit(product, rows[len(rows) // 2 :])
        return np.concatenate([product(rows[: len(rows) // 2]), second.result()])


def check_finite(sums: np.ndarray, owner: str) -> None:
    """An error in words that names the first column whose sum is not finite."""
    if not np.isfinite(sums).all():
        column = int(np.flatnonzero(~np.isfinite(sums))[0])
        raise ValueError(
            f"{owner} must be finite, got NaN or infinity in column {column}. "
            "The network may have blown up: lower the spectral radius or the input scaling."
        )
