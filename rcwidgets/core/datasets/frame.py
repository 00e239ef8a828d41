"""Your own table: the columns of a data frame of pandas, polars or pyarrow, or of a file."""

from collections.abc import Iterable, Sequence
from os import PathLike
from typing import Any

import numpy as np

from rcwidgets.core.datasets.csv_file import Columns, columns_of, from_csv
from rcwidgets.core.datasets.frame_columns import NESTED, Frame, index_of, is_frame, names_and_arrays, say_levels, say_order
from rcwidgets.core.datasets.frame_columns import columns_of as typed_columns
from rcwidgets.core.datasets.reader.apart import assembled
from rcwidgets.core.datasets.reader.notes import Notes, tell
from rcwidgets.core.datasets.reader.options import Gaps, Options, Order
from rcwidgets.core.datasets.reader.typed import Typed
from rcwidgets.core.datasets.table import clean_name


def from_frame(
    data: Frame | str | PathLike[str],
    inputs: str | Sequence[str] | None = None,
    targets: str | Sequence[str] | None = None,
    *,
    time: str | Sequence[str] | bool | None = None,
    order: Order | None = None,
    date_format: str | None = None,
    gaps: Gaps = "error",
    resample: str | float | None = None,
    id: str | None = None,
    label: str | None = None,
) -> Columns:
    """Columns of a data frame, or of the file at a path, as arrays: {'inputs' (rows, columns), 'targets' (rows, columns)} in float64, and
    'time' (rows,) where there is one.

    `data` is a data frame of pandas or polars (lazy too), a table of pyarrow, whatever gives Arrow's stream, or a path, which `from_csv`
    reads. `inputs` and `targets` name columns, in the order wanted; without `inputs` all columns that are neither targets nor the time are
    inputs, and without `targets` there is no such entry (to forecast the inputs themselves). The time is an index or a column of dates, or
    a column of numbers that is named like a time, as in `from_csv`, whose options `time`, `order`, `date_format`, `gaps` and `resample` do
    the same here. `id` and `label` tell several series apart, as there, and give lists. Gaps and text are errors that name the column.
    What was guessed or put in order is one `DataWarning`.

    `from_frame(pandas.read_csv("weather.csv"), inputs=["pressure", "wind"], targets="rain")`
    """
    told: Any = {"time": time, "order": order, "date_format": date_format, "gaps": gaps, "resample": resample, "id": id, "label": label}
    if isinstance(data, str | PathLike):
        return from_csv(data, inputs, targets, **told)
    if not is_frame(data):
        raise TypeError(f"from_frame.data must be a data frame or the path of a CSV file, got {type(data).__name__}.")
    options = Options(**told)
    labels, array, rows = names_and_arrays(data)
    if not rows:
        raise ValueError(f"from_frame.data must have rows, got none under the columns {', '.join(map(str, labels))}. Look at what made it.")
    wanted = _named(labels, targets, "targets")
    _named(labels, [one for one in labels if one not in wanted] if inputs is None else inputs, "inputs")
    chosen = None if inputs is None else _named(labels, inputs, "inputs")
    names: list[str] = []
    for place, one in enumerate(labels):
        names.append(clean_name(str(one), names, place))
    found = [(name, array(place)) for place, name in enumerate(names)]
    index = index_of(data, names)
    notes = Notes()
    say_levels(data, notes)
    columns = typed_columns([*([index] if index is not None else []), *found], options, notes)
    by_name = dict(zip(map(_key, labels), names, strict=False))
    asked = None if chosen is None else [by_name[_key(label)] for label in chosen]
    sought = [by_name[_key(label)] for label in wanted] if targets is not None else None
    known = {one.name: one for one in columns}
    for name in [*(asked or []), *(sought or [])]:
        _check_kind(known[name], dict(found)[name])
    series = assembled(columns, options, notes, "frame")
    if series.time_label == "row":
        say_order(data, notes)
    if asked is None:
        for name, reason in series.left_out:
            if name in dict(found) and name not in (sought or []) and reason != "counts the rows":
                _check_kind(known[name], dict(found)[name])
        if not [name for name in series.channels if name not in (sought or [])]:
            raise ValueError(f"from_frame.inputs must name a column, got none. Valid names: {', '.join(map(str, labels))}.")
    if options.gaps == "error" and options.resample is None:
        for name in dict.fromkeys([*(series.channels if asked is None else asked), *(sought or [])]):
            _check_gaps(known[name].numbers, name)
    read = columns_of(series, asked, sought, "from_frame", notes, options.gaps)
    tell(notes.said)
    return read


def _key(label: Any) -> Any:
    return (type(label).__name__, label)


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


def _check_kind(column: Typed, values: np.ndarray) -> None:
    """Raises where a column that is asked for holds no numbers."""
    must = f"from_frame.data column {column.name!r} must hold numbers"
    if column.kind in ("date", "clock"):
        raise ValueError(f"{must}, got dates. Leave it out or convert it.")
    if column.problem == NESTED:
        raise TypeError(f"{must}, got {NESTED}.")
    if column.kind != "number":
        raise TypeError(f"{must}, got {values.dtype}. Leave it out or convert it.")


def _check_gaps(numbers: np.ndarray | None, name: str) -> None:
    """Raises where a column that is asked for has a gap."""
    gaps = np.zeros(0, np.int64) if numbers is None else np.flatnonzero(~np.isfinite(numbers))
    if numbers is not None and gaps.size:
        raise ValueError(
            f"from_frame.data column {name!r} must be finite, got {numbers[gaps[0]]} in row {gaps[0]}. Fill or drop such rows."
        )
