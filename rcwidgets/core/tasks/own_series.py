"""Data of the user's own as one table: arrays, frames, files, and what the readers give."""

from collections.abc import Mapping, Sequence
from os import PathLike
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from rcwidgets.core.datasets.data_file import DataFile
from rcwidgets.core.datasets.frame_columns import Frame, columns_of_frame, is_frame, say_order
from rcwidgets.core.datasets.reader.apart import assembled
from rcwidgets.core.datasets.reader.assemble import EXACT, ROUNDED, say_left_out
from rcwidgets.core.datasets.reader.notes import Notes, tell
from rcwidgets.core.datasets.reader.options import Options
from rcwidgets.core.datasets.reading import read_file
from rcwidgets.core.datasets.table import Series, joined, series_of_array
from rcwidgets.core.series import array_of, check_finite, is_list, one_each, opened
from rcwidgets.core.trainers.closed_form.labels import numbered

# An array (time, channels), several of them, a data frame, or the path of a file or of a folder; a DataFile is a path with options, and a
# mapping is what from_csv and from_frame give.
OwnData: TypeAlias = (
    Series | DataFile | Frame | ArrayLike | Sequence[ArrayLike] | Mapping[str, ArrayLike | Sequence[ArrayLike]] | str | PathLike[str]
)

_CHOICE = " Or choose what becomes of gaps: task=rc.DataTask(gaps='drop'), 'fill' or 'cut'."


def own_series(data: OwnData, *, gaps: bool = False) -> Series:
    """The user's array (time, channels) or (time,), data frame or file as a Series; anything else is an error in words.

    A list of arrays (time_k, channels), an array (series, time, channels), a folder of files, and what `from_csv` and `from_frame` give for
    several series, {'inputs': list, 'labels': one for each}, are several series. A column of 'targets' there is one more channel.
    Of a table, columns that hold no numbers are left out, and gaps are NaN: they are an error where their column is chosen. Of an array
    they are an error at once, unless `gaps`, since the task then knows what becomes of them. What was guessed, left out or put in order is
    one DataWarning.
    """
    if isinstance(data, Series):
        return data
    if isinstance(data, str | PathLike | DataFile):
        series = data.read() if isinstance(data, DataFile) else read_file(data)
        tell(say_left_out(series), series.name, depth=3)
    elif isinstance(data, Mapping):
        return _of_mapping(data, gaps)
    elif is_frame(data):
        notes = Notes()
        series = assembled(columns_of_frame(data, Options(), notes), Options(), notes, "frame")
        if series.time_label == "row":
            order = Notes()
            say_order(data, order)
            series = series._replace(notes=(*series.notes, *order.said))
        tell(series.notes, depth=3)  # a column of texts is no guess, and it is named where columns are chosen
    else:
        return _of_array(data, gaps=gaps)
    return series


def _of_mapping(data: Mapping[str, Any], gaps: bool) -> Series:
    """What `from_csv` gives, as a Series: the inputs, and the targets as more channels."""
    unknown = set(data) - {"inputs", "targets", "time", "id", "labels"}
    if unknown or "inputs" not in data:
        raise TypeError(f"The data must be a dict as from_csv gives it, with 'inputs', got {', '.join(map(repr, data)) or 'an empty one'}.")
    x, y, labels = data["inputs"], data.get("targets"), data.get("labels")
    several = is_list(x) or np.ndim(x) == 3
    if not several:
        if labels is not None:
            raise ValueError("The data must be several series where 'labels' has one for each, got one. Give a list of arrays.")
        return _of_array(x if y is None else _side_by_side(x, y), gaps=gaps)
    if y is not None and len(y) == len(x) and all(np.size(one) == 1 for one in y) and any(len(one) > 1 for one in x):
        raise ValueError("The data must have targets (time, channels) in each series, got one value a series. Give classes as 'labels'.")
    if y is not None and len(y) != len(x):
        raise ValueError(f"The data must have targets for each series, got {len(x):,} of inputs and {len(y):,} of targets.")
    pairs = list(x) if y is None else [_side_by_side(one, wanted) for one, wanted in zip(x, y, strict=True)]
    return several_series(pairs, data.get("id"), labels, gaps=gaps)


def _side_by_side(x: Any, y: Any) -> Any:
    """Inputs and targets as channels of one array; masked entries stay so."""
    if len(x) != len(y):
        raise ValueError(f"The data must have a row of targets for each of inputs, got {len(x):,} and {len(y):,} rows.")
    return (np.ma if any(isinstance(one, np.ma.MaskedArray) for one in (x, y)) else np).column_stack([x, y])


def several_series(
    arrays: Sequence[Any], names: Sequence[Any] | None = None, labels: Sequence[Any] | None = None, *, gaps: bool = False
) -> Series:
    """Arrays (time_k, channels) as several series; names and labels, one for each, as texts."""
    if isinstance(arrays, np.ndarray) and arrays.ndim == 3 and 1 == arrays.shape[1] < arrays.shape[0]:
        words = f"{arrays.shape[0]:,} series of one step"
        raise ValueError(f"The data (series, time, channels) are {words}, which tell nothing of time. Of one series give data[:, 0].")
    series = [_of_array(one, f"Series {place}", gaps=gaps) for place, one in enumerate(arrays)]
    if len(series) == 1 and labels is None:
        return series[0]
    widths = [one.values.shape[1] for one in series]
    odd = next((place for place, width in enumerate(widths) if width != widths[0]), None)
    if odd is not None:
        raise ValueError(f"All series must have the same channels, got {widths[0]} in series 0 and {widths[odd]} in series {odd}.")
    for what, given in (("id", names), ("labels", labels)):
        if given is not None and len(given) != len(series):
            raise ValueError(f"The data must have one of {what!r} for each of {len(series):,} series, got {len(given):,}.")
    called = [str(place + 1) for place in range(len(series))] if names is None else [str(name) for name in names]
    if labels is None:
        return joined(series, called, ())
    numbers, classes = numbered(one_each(labels, "The labels"), 1, "The labels", once=True)
    return joined(series, called, [str(label) for label in classes[numbers]])


def _of_array(data: Any, what: str = "The data", *, gaps: bool = False) -> Series:
    if what == "The data" and (is_list(data) or (isinstance(data, np.ndarray) and data.ndim == 3)):
        return several_series(data, gaps=gaps)
    try:
        values = array_of(opened(data) if gaps else data, what)
    except ValueError as error:
        raise ValueError(f"{error}{_CHOICE}" if np.ma.is_masked(data) else str(error)) from None
    if not (np.issubdtype(values.dtype, np.number) and not np.issubdtype(values.dtype, np.complexfloating)):
        raise TypeError(f"{what} must be numbers, got an array of {values.dtype}. Leave out the columns that are text.")
    if values.ndim not in (1, 2) or values.size == 0:
        shapes = "(time, channels) or (time,)" + (", or (series, time, channels)" if what == "The data" else "")
        raise ValueError(f"{what} must be {shapes}, got the shape {values.shape}.")
    _doubt(data, values, what)
    values = values.astype(np.float64).reshape(len(values), -1)
    _check_values(values, what, gaps)
    return series_of_array(values)


def _doubt(data: Any, values: np.ndarray, what: str) -> None:
    """Says where whole numbers have more digits than float64 keeps, and where a list of arrays of one axis may be meant as series."""
    if values.dtype.kind in "iu" and max(abs(int(values.max())), abs(int(values.min()))) > EXACT:
        tell((f"{what} hold whole numbers above {EXACT:,.0f}, whose last digits are rounded off. {ROUNDED}",), depth=3)
    arrays = isinstance(data, list | tuple) and all(isinstance(one, np.ndarray) and one.ndim == 1 for one in data)
    if arrays and values.ndim == 2 and 1 < len(values) < values.shape[1]:
        rows, channels = values.shape
        said = f"{what}, a list of {rows:,} arrays of {channels:,} numbers, are read as {rows:,} rows of {channels:,} channels."
        tell((f"{said} Where each array is a series, give it as (time, 1).",), depth=3)


def _check_values(values: np.ndarray, what: str, gaps: bool) -> None:
    """Raises where an array has a number that is not finite; with `gaps` NaN is none."""
    try:
        check_finite(np.where(np.isnan(values), 0.0, values)[None] if gaps else values[None], what)
    except ValueError as error:
        raise ValueError(f"{error}{'' if gaps else _CHOICE}") from None
