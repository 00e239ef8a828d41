"""Targets without a number, where their rows are to be left out of a fit."""

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np

from rcwidgets.core.datasets.reader.notes import tell
from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.series import count_of, first_of, is_list

TargetGaps = Literal["error", "drop"]


def check_gaps(owner: str, gaps: str) -> None:
    """Raises the ValueError of a choice that is none."""
    if gaps not in ("error", "drop"):
        raise ValueError(f"{owner}.gaps must be 'error' or 'drop', got {gaps!r}.")


def filled(y: Any) -> tuple[Any, Any]:
    """Targets with zeros in the place of NaN and of masked entries, and in the same shape 1 where these were and 0 elsewhere."""
    if isinstance(y, Mapping):
        both = {name: filled(one) for name, one in y.items()}
        return {name: one for name, (one, _) in both.items()}, {name: marks for name, (_, marks) in both.items()}
    if is_list(y) or (isinstance(y, list | tuple) and any(np.ndim(one) for one in y)):
        parts = [filled(one) for one in y]
        return [one for one, _ in parts], [marks for _, marks in parts]
    masked = np.ma.getmaskarray(y) if isinstance(y, np.ma.MaskedArray) else None
    array = np.asarray(y)
    if array.dtype.kind not in "fiu":
        return y, np.zeros(array.shape)
    missing = np.isnan(array) if masked is None else np.isnan(array) | masked
    return np.where(missing, 0, array), missing.astype(np.float64)


def open_gaps(data: Any, *, tells: Graph | None = None) -> Any:
    """A pair (x, y) with NaN in the place of masked entries of y, so that it can be cut; other data as they are.

    How many rows of y are gaps is a DataWarning where a model `tells` which of its outputs have one value a series; where all are, it is a
    ValueError.
    """
    if not isinstance(data, list | tuple) or len(data) != 2:
        return data
    y, marks = filled(data[1])
    if tells is not None:
        once, x = {tells.names[id] for id in tells.once}, first_of(data[0])
        for name, one in marks.items() if isinstance(marks, Mapping) else ((tells.names[tells.exits[0]], marks),):
            count = count_of(x) if name in once else sum(map(len, x)) if is_list(x) else int(np.prod(np.shape(x)[:-1]))
            rows = np.concatenate([np.ravel(part) for part in (one if isinstance(one, list) else [one])])
            if rows.size and rows.size % count == 0:  # others are refused when they are read
                left_out(name if isinstance(marks, Mapping) else "the model", rows.reshape(1, count, -1), np.ones((count, 1), bool))
    return data[0], _opened(y, marks)


def opened(y: Any) -> Any:
    """Targets with NaN in the place of masked entries."""
    return _opened(*filled(y))


def _opened(y: Any, marks: Any) -> Any:
    if isinstance(y, Mapping):
        return {name: _opened(one, marks[name]) for name, one in y.items()}
    if isinstance(marks, list):
        return [_opened(one, own) for one, own in zip(y, marks, strict=True)]
    return np.where(marks > 0, np.nan, y) if marks.any() else np.asarray(y)


def left_out(name: str, marks: np.ndarray, alive: np.ndarray) -> np.ndarray:
    """Which rows (time, batch) of `alive` have all their targets, by marks (batch, time, features); how many have not is a DataWarning.

    Where none is left, it is a ValueError.
    """
    known = with_targets(marks, alive)
    tell_left_out(name, int((alive & ~known).sum()), int(alive.sum()), depth=5)
    return known


def with_targets(marks: np.ndarray, alive: np.ndarray) -> np.ndarray:
    """Which rows (time, batch) of `alive` have all their targets, by marks (batch, time, features)."""
    return alive & ~np.swapaxes(marks.any(axis=-1), 0, 1)


def tell_left_out(name: str, count: int, rows: int, *, depth: int = 4) -> None:
    """Says that so many of the rows have no target; where that are all, it is a ValueError."""
    if count == rows:
        raise ValueError(f"The targets of {name} have no row with a number. Give some.")
    if count:
        have, are = ("has", "is") if count == 1 else ("have", "are")
        tell((f"{count:,} of {rows:,} rows of the targets {have} no number and {are} left out of the fit of {name}.",), depth=depth)
