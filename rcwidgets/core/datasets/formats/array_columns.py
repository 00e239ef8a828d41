"""Arrays by name as the columns of one table: those of the most common length stand beside each other."""

from collections import Counter
from collections.abc import Mapping

import numpy as np

from rcwidgets.core.datasets.reader.layout import MOST_COLUMNS
from rcwidgets.core.datasets.reader.notes import DataError, Notes
from rcwidgets.core.datasets.reader.typed import Typed
from rcwidgets.core.datasets.table import clean_name

MOST_NUMBERS = 200_000_000


def check_size(name: str, shape: tuple[int, ...]) -> None:
    """A DataError where an array would be too large, before anything of it is read."""
    count = 1
    for size in shape:
        count *= int(size)
    if count > MOST_NUMBERS:
        raise DataError(f"An array may have {MOST_NUMBERS:,} numbers, {name!r} has {count:,}. Take fewer rows or columns.")


def columns_of_arrays(arrays: Mapping[str, np.ndarray], notes: Notes) -> list[Typed]:
    """Arrays (time,) and (time, channels) of numbers or dates as columns; arrays of other lengths and kinds are left out, and said."""
    tables = {name: _flat(values) for name, values in arrays.items()}
    good = {name: values for name, values in tables.items() if values is not None and values.size}
    lengths = Counter(len(values) for values in good.values() if len(values) > 1)
    if not lengths:
        kinds = ", ".join(
            f"{name!r} {np.shape(values)} of {np.asarray(values).dtype}".removeprefix("'' ") for name, values in arrays.items()
        )
        deep = any(values.ndim == 3 for values in arrays.values())
        advice = " Series (trials, time, channels) are loaded in Python, and given as data=." if deep else ""
        raise DataError(f"The file must hold an array (time, channels) or (time,) of numbers, got {kinds or 'none'}.{advice}")
    length = max(lengths, key=lambda one: (lengths[one], one))
    columns: list[Typed] = []
    left = []
    for name, values in good.items():
        if len(values) != length:
            left.append(f"{name!r} {np.shape(arrays[name])}")
            continue
        if values.shape[1] > MOST_COLUMNS:
            raise DataError(
                f"{_called(name)} of {values.shape} has more than {MOST_COLUMNS} columns. Rows are times: transpose it, or leave some out."
            )
        if values.shape[1] > len(values):
            notes.add(
                f"{_called(name)} of {values.shape} was read as {len(values):,} times of {values.shape[1]:,} channels. "
                "Transpose it if that is wrong."
            )
        for place in range(values.shape[1]):
            label = (name or "channel") if values.shape[1] == 1 and name else f"{name or 'channel'} {place + 1}"
            columns.append(_column(clean_name(label, [one.name for one in columns], place), values[:, place]))
    left += [f"{name!r} {np.shape(arrays[name])}" for name, values in tables.items() if values is None or not values.size]
    if left:
        notes.add(f"Arrays of another length or kind were left out: {', '.join(left[:10])}.")
    return columns


def _called(name: str) -> str:
    return f"Array {name!r}" if name else "The array"


def _flat(values: np.ndarray) -> np.ndarray | None:
    """An array as (time, channels); None where it is no table of numbers or dates."""
    values = np.asarray(values)
    if values.dtype.kind not in "fiubM" or values.ndim == 0:
        return None
    shape = [size for size in values.shape if size != 1] or [1]
    if values.ndim > 2 and len(shape) > 2:
        return None
    return values.reshape(shape[0], -1) if values.ndim != 2 or 1 in values.shape else values


def _column(name: str, values: np.ndarray) -> Typed:
    if values.dtype.kind == "M":
        instants = values.astype("datetime64[us]")
        whole = bool((instants == instants.astype("datetime64[D]")).all())
        return Typed(name, "date", instants=instants, whole=whole)
    numbers = values.astype(np.float64)
    if np.isinf(numbers).any():
        row = int(np.argmax(np.isinf(numbers)))
        raise DataError(f"Column {name!r}: row {row} is infinite. Correct it, or make it nan.")
    return Typed(name, "number", numbers) if np.isfinite(numbers).any() else Typed(name, "none", problem="empty")
