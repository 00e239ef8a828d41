"""Your own table: the columns of a data frame or of a CSV file."""

from collections.abc import Hashable, Iterable, Sequence
from os import PathLike
from types import ModuleType
from typing import Any, Protocol

import numpy as np


class Frame(Protocol):
    """A data frame of pandas, or alike: named columns of equal length."""

    @property
    def columns(self) -> Iterable[Hashable]: ...

    def __len__(self) -> int: ...


def from_frame(
    data: Frame | str | PathLike[str], inputs: str | Sequence[str] | None = None, targets: str | Sequence[str] | None = None
) -> dict[str, np.ndarray]:
    """Columns of a data frame, or of the CSV file at a path, as arrays: {'inputs' (rows, columns), 'targets' (rows, columns)}, float64.

    `inputs` and `targets` name columns, in the order wanted; without `inputs` all columns that are not targets are inputs, and without
    `targets` there is no such entry (to forecast the inputs themselves). Gaps and text are errors that name the column. A path needs
    pandas.

    `from_frame("weather.csv", inputs=["pressure", "wind"], targets="rain")`
    """
    table = _pandas().read_csv(data) if isinstance(data, str | PathLike) else data
    if not hasattr(table, "columns"):
        raise TypeError(f"from_frame.data must be a data frame or the path of a CSV file, got {type(data).__name__}.")
    names = list(table.columns)
    if not len(table):
        raise ValueError(f"from_frame.data must have rows, got none under the columns {', '.join(map(str, names))}. Look at what made it.")
    wanted = _named(names, targets, "targets")
    chosen = _named(names, [name for name in names if name not in wanted] if inputs is None else inputs, "inputs")
    if not chosen:
        raise ValueError(f"from_frame.inputs must name a column, got none. Valid names: {', '.join(map(str, names))}.")
    read = {"inputs": _numbers(table, chosen)}
    return read | ({"targets": _numbers(table, wanted)} if wanted else {})


def _pandas() -> ModuleType:
    """Pandas, imported only when a file is read."""
    try:
        import pandas
    except ImportError as error:
        raise ImportError("from_frame needs pandas to read a file. Install it: pip install pandas.") from error
    return pandas


def _named(names: list[Any], asked: str | Sequence[str] | None, field: str) -> list[Any]:
    """The columns asked for, each of which must be there."""
    one = isinstance(asked, str) or not isinstance(asked, Iterable)  # a column may be called by a number
    listed = [] if asked is None else [asked] if one else list(asked)
    for name in listed:
        if name not in names:
            raise ValueError(f"from_frame.{field} must name columns, got {name!r}. Valid names: {', '.join(map(str, names))}.")
        if names.count(name) > 1:
            raise ValueError(f"from_frame.{field} must name one column each, got {name!r}, which {names.count(name)} have. Rename them.")
    return listed


def _numbers(table: Any, names: list[Any]) -> np.ndarray:
    """The columns as (rows, columns) float64."""
    columns = []
    for name in names:
        values = np.asarray(table[name])
        if values.dtype.kind not in "fiub":
            raise TypeError(f"from_frame.data column {name!r} must hold numbers, got {values.dtype}. Leave it out or convert it.")
        column = values.astype(np.float64)
        gaps = np.flatnonzero(~np.isfinite(column))
        if gaps.size:
            raise ValueError(
                f"from_frame.data column {name!r} must be finite, got {column[gaps[0]]} in row {gaps[0]}. Fill or drop such rows."
            )
        columns.append(column)
    return np.stack(columns, axis=1)
