"""Data frames of pandas, polars and Arrow as typed columns, by the same road as files of text."""

import datetime
import decimal
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, Protocol

import numpy as np

from rcwidgets.core.datasets.reader.cells import Gathered, scan
from rcwidgets.core.datasets.reader.decimal_sign import proofs_of
from rcwidgets.core.datasets.reader.notes import DataError, Notes
from rcwidgets.core.datasets.reader.options import Options
from rcwidgets.core.datasets.reader.time_name import time_name
from rcwidgets.core.datasets.reader.typed import Typed, in_one_zone, typed
from rcwidgets.core.datasets.table import clean_name


class InUTC(np.ndarray):
    """Dates that tell their zone, in UTC."""


class PutIntoUTC(InUTC):
    """Those that stood in another zone."""


NESTED = "a series in each cell: write one row for each of its steps, and tell the series apart by id="


def _in_utc(dates: np.ndarray, zone: object) -> np.ndarray:
    return dates.view(InUTC if str(zone).upper() in ("UTC", "ETC/UTC", "Z", "+00:00", "UTC+00:00", "GMT") else PutIntoUTC)


class Frame(Protocol):
    """A data frame of pandas or polars, or a table of pyarrow: named columns of equal length."""

    @property
    def columns(self) -> Iterable[Hashable]: ...

    def __len__(self) -> int: ...


def is_frame(data: Any) -> bool:
    """True where data is a table of some library, or a column: of pandas, polars (lazy too), pyarrow, or what gives Arrow's stream."""
    return _is_lazy(data) or any(hasattr(data, name) for name in ("columns", "column_names", "to_frame", "__arrow_c_stream__"))


def _is_lazy(data: Any) -> bool:
    return type(data).__module__.partition(".")[0] == "polars" and hasattr(data, "collect")


def names_and_arrays(data: Any) -> tuple[list[Any], Callable[[int], np.ndarray], int]:
    """The names of a table's columns, what gives the column at a place as an array, and the number of rows."""
    if _is_lazy(data):
        data = data.collect()
    if not hasattr(data, "columns") and hasattr(data, "to_frame"):  # one column of pandas or polars
        data = data.to_frame()
    if hasattr(data, "iloc"):
        return list(data.columns), lambda place: _of_pandas(data.iloc[:, place]), len(data)
    if hasattr(data, "get_column"):
        names = list(data.columns)
        return names, lambda place: _of_polars(data.get_column(names[place])), len(data)
    if hasattr(data, "column_names") and hasattr(data, "column"):
        return list(data.column_names), lambda place: _of_arrow(data.column(place)), data.num_rows
    if not hasattr(data, "columns") and hasattr(data, "__arrow_c_stream__"):
        try:
            import pyarrow
        except ImportError as error:
            raise ImportError(
                "Arrow's streams are read by pyarrow, which is missing. Install it: pip install 'rcwidgets[files]'."
            ) from error
        return names_and_arrays(pyarrow.table(data))
    names = list(data.columns)
    return names, lambda place: np.asarray(data[names[place]]), len(data)


def _of_pandas(column: Any) -> np.ndarray:
    """A column of pandas: times of a zone in UTC, periods at their start, numbers with gaps as NaN."""
    kind = getattr(column.dtype, "kind", "O")
    if getattr(column.dtype, "tz", None) is not None:
        return _in_utc(column.dt.tz_convert("UTC").dt.tz_localize(None).to_numpy(), column.dtype.tz)
    if type(column.dtype).__name__ == "PeriodDtype":
        return column.dt.to_timestamp().to_numpy()
    if kind in "iufb" and not isinstance(column.dtype, np.dtype):
        return column.to_numpy(dtype=np.float64, na_value=np.nan)
    if kind == "M" and not isinstance(column.dtype, np.dtype):
        return column.to_numpy(dtype="datetime64[us]")
    return column.to_numpy() if kind in "iufbMmc" else column.to_numpy(dtype=object)


def _of_polars(column: Any) -> np.ndarray:
    name = str(column.dtype)
    if name.startswith("Datetime") and getattr(column.dtype, "time_zone", None):
        return _in_utc(column.dt.convert_time_zone("UTC").dt.replace_time_zone(None).to_numpy(), column.dtype.time_zone)
    if name.startswith("Decimal"):
        return column.cast(_polars_float(column)).to_numpy()
    if name.startswith(("Categorical", "Enum", "Time")):
        return np.array(column.to_list(), dtype=object)
    return column.to_numpy()


def _polars_float(column: Any) -> Any:
    import sys

    return sys.modules["polars"].Float64


def _of_arrow(column: Any) -> np.ndarray:
    kind = str(column.type)
    if kind.startswith(("dictionary", "decimal", "time32", "time64", "list", "struct", "bool")):
        return np.array(column.to_pylist(), dtype=object)
    values = column.to_numpy()
    return _in_utc(values, column.type.tz) if getattr(column.type, "tz", None) is not None else values


def columns_of_frame(data: Any, options: Options, notes: Notes) -> list[Typed]:
    """The columns of a table, an index of dates or named like a time in front. Two columns of one name are a DataError."""
    labels, array, rows = names_and_arrays(data)
    names = [str(label) for label in labels]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise DataError(f"The data must have columns of different names, got {twice!r} twice. Rename one.")
    if not rows:
        raise DataError("The data must have rows, got an empty data frame.")
    found: list[tuple[str, np.ndarray]] = []
    index = index_of(data, names)
    say_levels(data, notes)
    if index is not None:
        found.append(index)
    for place, name in enumerate(names):
        found.append((clean_name(name, [one for one, _ in found], len(found)), array(place)))
    return columns_of(found, options, notes)


def index_of(data: Any, names: Sequence[str]) -> tuple[str, np.ndarray] | None:
    """The index of a data frame of pandas where it is a time, with its name: of dates, of spans of time, or named like a time."""
    index = getattr(data, "index", None)
    if index is None or not hasattr(index, "to_series") or type(index).__name__ in ("RangeIndex", "MultiIndex"):
        return None
    values = _of_pandas(index.to_series())
    named = str(getattr(index, "name", None) or "")
    if values.dtype.kind == "m" and not time_name(named).sure:
        named = "time"
    dated = values.dtype.kind == "M" or (values.dtype.kind == "O" and len(values) and isinstance(values[0], datetime.date | str))
    if (dated or time_name(named).sure) and named not in names:
        return named or "date", values
    return None


def say_levels(data: Any, notes: Notes) -> None:
    """Says that an index of several levels, which tells rows of several things apart, is left out."""
    index: Any = getattr(data, "index", None)
    if type(index).__name__ == "MultiIndex":
        levels = ", ".join(f"level_{place}" if name is None else str(name) for place, name in enumerate(index.names))
        notes.add(
            f"The index ({levels}) was left out, and the rows are one series. data.reset_index() makes columns of it, for time= and id=."
        )


def say_order(data: Any, notes: Notes) -> None:
    """Says that an index, which was not taken for the time, does not rise, so that rows may stand backwards or mixed."""
    index: Any = getattr(data, "index", None)
    if getattr(getattr(index, "dtype", None), "kind", "O") in "iufmM" and index.is_unique and not index.is_monotonic_increasing:
        notes.add("The index does not rise: rows were read as they stand. data.sort_index() puts them in order.")


def columns_of(arrays: Sequence[tuple[str, np.ndarray]], options: Options, notes: Notes) -> list[Typed]:
    """Named arrays as typed columns; texts are understood as those of a file are."""
    ready: list[Typed | Any] = [_plain(name, values, notes) for name, values in arrays]
    scans = [one for one in ready if not isinstance(one, Typed)]
    proofs = proofs_of(scans)
    return [one if isinstance(one, Typed) else typed(one, proofs, options, "", notes) for one in ready]


def _plain(name: str, values: np.ndarray, notes: Notes) -> Any:
    """One array as a typed column; texts are given back as a scan."""
    if values.ndim != 1:
        return Typed(name, "none", problem=NESTED)
    if values.dtype.kind == "M":
        instants = np.asarray(values).astype("datetime64[us]")
        whole = bool((instants == instants.astype("datetime64[D]"))[~np.isnat(instants)].all())
        if isinstance(values, PutIntoUTC):
            notes.add(in_one_zone(name))
        return Typed(name, "date", instants=instants, whole=whole, zoned=isinstance(values, InUTC))
    if values.dtype.kind == "m":
        seconds = values.astype("timedelta64[us]").astype(np.int64) / 1e6
        return Typed(name, "number", np.where(np.isnat(values), np.nan, seconds), unit="s")
    if values.dtype.kind in "fiub":
        return _finite(name, values.astype(np.float64))
    if values.dtype.kind not in "OUST":
        return Typed(name, "none", problem="text")
    return _objects(name, values, notes)


def _finite(name: str, values: np.ndarray) -> Typed:
    if np.isinf(values).any():
        row = int(np.argmax(np.isinf(values)))
        raise DataError(f"Column {name!r} must be finite, got {values[row]} in row {row}. Fill or drop such rows.")
    return Typed(name, "number", values) if np.isfinite(values).any() else Typed(name, "none", problem="empty")


def _objects(name: str, values: np.ndarray, notes: Notes) -> Any:
    """An array of Python's objects: numbers, dates or texts."""
    known = [value for value in values if not is_gap(value)]
    if not known:
        return Typed(name, "none", problem="empty")
    if all(isinstance(value, str) for value in known):
        gathered = Gathered()
        gathered.add([None if is_gap(value) else value for value in values])
        return scan(name, gathered.words(), lambda row: f"row {row}")
    if all(isinstance(value, datetime.date) for value in known):
        dates = np.array([np.datetime64("NaT") if is_gap(value) else _naive(value) for value in values], "datetime64[us]")
        offsets = {value.utcoffset() for value in known if isinstance(value, datetime.datetime) and value.tzinfo is not None}
        return _plain(name, dates.view(PutIntoUTC if any(offsets) else InUTC) if offsets else dates, notes)
    if all(isinstance(value, datetime.time) for value in known):
        gathered = Gathered()
        gathered.add([None if is_gap(value) else value.isoformat() for value in values])
        return scan(name, gathered.words(), lambda row: f"row {row}")
    if all(isinstance(value, int | float | decimal.Decimal | np.number | np.bool_) for value in known):
        return _finite(name, np.array([np.nan if is_gap(value) else float(value) for value in values]))
    nested = all(hasattr(value, "__len__") and not isinstance(value, str | bytes) for value in known)
    return Typed(name, "none", problem=NESTED if nested else "text")


def _naive(value: datetime.date) -> datetime.date:
    if isinstance(value, datetime.datetime) and value.tzinfo is not None:
        return value.astimezone(datetime.UTC).replace(tzinfo=None)
    return value


def is_gap(value: Any) -> bool:
    """Whether one of Python's objects stands for a value that is not there."""
    return (
        value is None or type(value).__name__ in ("NAType", "NaTType") or (isinstance(value, float | np.floating) and bool(np.isnan(value)))
    )
