"""Files of the user's own: read as text and numbers, never evaluated; whatever is wrong is named by its line and column."""

from collections.abc import Sequence
from typing import Any, Literal, TypeAlias

import numpy as np

from rcwidgets.core.datasets.formats.cases import Cases
from rcwidgets.core.datasets.reader.assemble import say_left_out
from rcwidgets.core.datasets.reader.mend import Mended, mended
from rcwidgets.core.datasets.reader.notes import DataError, Notes, tell
from rcwidgets.core.datasets.reader.options import Gaps, Options, Order
from rcwidgets.core.datasets.reading import Readable, read_cases, read_file
from rcwidgets.core.datasets.table import Series

Columns: TypeAlias = dict[str, np.ndarray | list[np.ndarray]]
"""Columns of a table by what they are for; of several series lists, with an array for each."""


def from_csv(
    source: Readable,
    inputs: str | Sequence[str] | None = None,
    targets: str | Sequence[str] | None = None,
    *,
    separator: str | None = None,
    decimal: Literal[".", ","] | None = None,
    thousands: str | None = None,
    header: bool | Sequence[str] | None = None,
    skip_rows: int | None = None,
    comment: str | None = None,
    units: bool | str | None = None,
    time: str | Sequence[str] | Literal[False] | None = None,
    order: Order | None = None,
    date_format: str | None = None,
    gaps: Gaps = "error",
    resample: str | float | None = None,
    encoding: str | None = None,
    id: str | None = None,
    label: str | None = None,
) -> Columns:
    """Columns of a file as arrays: {'inputs' (rows, columns), 'targets' (rows, columns)} in float64, and 'time' (rows,) where it has one.

    `source` is a path, the bytes of a file or an open file: a text (CSV and its kin, packed by gzip too), or a file of Excel (.xlsx), NumPy
    (.npy, .npz), MATLAB (.mat), Weka (.arff), Parquet, Feather, EDF, BDF or WFDB; some of these need `pip install 'rcwidgets[files]'`.
    `inputs` and `targets` name columns, in the order wanted; without `inputs` all columns of numbers that are neither targets nor the time
    are inputs, and without `targets` there is no such entry. 'time' is datetime64[us] where it is a date, else float64 in the file's unit.

    Everything else is found out where it is None. What was guessed, left out or put in order is one `DataWarning`; what cannot be known is
    a ValueError that names line, column and the option that says it:

    - `separator` of columns, one character, " " for any blanks; `decimal` sign, "." or ","; `thousands`, the sign between groups of digits;
    - `header`: True (the first line holds the names), False, or a list of names; `skip_rows` lines at the start are no part of the table;
      lines that begin with `comment` are left out; `encoding` such as "cp1252";
    - `units`: True where a line of units stands below the names, False where not, or the unit of the time: "ms", "s", "min", "h", "d";
    - `time`: the name of the time column, or names (a date and a clock; year, month and day), or False: rows are counted;
    - `order`: rows are put in order of time, "file" keeps them as they stand, "reverse" turns them, "time" sorts them where times repeat,
      "restarts" begins a new series where the time goes back;
    - `id`: the column whose values tell several series apart, and `label` the column of their classes, one for each series;
    - `date_format`: "day first", "month first", "year first" or as in `datetime.strptime`: "%d/%m/%y %H:%M";
    - `gaps` of columns that are asked for: an "error" that names the line, "drop" leaves such rows out, "fill" draws straight lines through
      them, and puts missing rows in, "cut" keeps the longest part without a gap and without a jump of time, "keep" leaves NaN as they are;
    - `resample`: means over even steps, such as "10min", "1h", "1d", or a number in the unit of the time; steps without a row are filled.

    Several series (by `id`, by "restarts", or a folder, in which each file is one, and each folder in it a class) give lists of arrays
    (time, columns) as 'inputs', 'targets' and 'time', their names as 'id', and their classes, where they have some, as 'labels'. So does a
    .ts file of many cases, whose numbers in the place of classes are 'targets' (cases, 1).

    `from_csv("weather.csv", inputs=["pressure", "wind"], targets="rain")`
    """
    options = Options(
        separator=separator,
        decimal=decimal,
        thousands=thousands,
        header=header,
        skip_rows=skip_rows,
        comment=comment,
        units=units,
        time=time,
        order=order,
        date_format=date_format,
        gaps=gaps,
        resample=resample,
        encoding=encoding,
        id=id,
        label=label,
    )
    cases = read_cases(source)
    if cases is not None:
        asked = dict(options.given) | {name: one for name, one in (("inputs", inputs), ("targets", targets)) if one is not None}
        other = next((name for name in asked if name != "gaps"), None)
        if other is not None:
            raise DataError(f"from_csv.{other} must be left out of a .ts file of cases, whose channels have no names: it takes gaps alone.")
        said = Notes()
        found = _of_cases(cases, gaps, said)
        tell(said.said)
        return found
    series = read_file(source, options, identified=False)
    notes = Notes()
    taken: dict[str, Any] = columns_of(series, inputs, targets, "from_csv", notes, gaps)
    tell((*(say_left_out(series) if inputs is None else series.notes), *notes.said), series.name)
    return taken


def columns_of(
    series: Series, inputs: str | Sequence[str] | None, targets: str | Sequence[str] | None, owner: str, notes: Notes, gaps: Gaps
) -> dict[str, Any]:
    """Columns of a series by name, without gaps, as `from_csv` gives them; `owner` leads the sentences of errors.

    Of several series all are lists, beside 'id', what they are called, and 'labels', their classes.
    """
    if series.parts is not None:
        every_part = [columns_of(one, inputs, targets, owner, notes, gaps) for one in series.each()]
        lists: dict[str, Any] = {name: [one[name] for one in every_part] for name in every_part[0]}
        lists["id"] = np.array(series.parts.names)
        return lists | ({"labels": np.array(series.parts.labels)} if series.parts.labels else {})
    wanted = _named(series, targets, f"{owner}.targets") if targets is not None else []
    every = [name for name in series.channels if name not in wanted]
    chosen = _named(series, inputs, f"{owner}.inputs") if inputs is not None else every
    if not chosen:
        raise DataError(f"{owner}.inputs must name a column, got none. Valid names: {', '.join(series.channels)}.")
    names = list(dict.fromkeys([*chosen, *wanted]))
    values = series.values if names == list(series.channels) else np.stack([_column(series, name) for name in names], axis=1)
    timed = series.time_label != "row"
    if gaps == "error" and dict(series.options).get("resample") is not None:
        gaps = "fill"
    if gaps == "error":
        _check(series, values, names, owner)
    if gaps in ("error", "keep"):
        made = Mended(values, series.time, None)
    else:
        made = mended(values, series.time, gaps, range(len(names)), notes, timed=timed)
    read = {"inputs": made.values if names == chosen else made.values[:, [names.index(name) for name in chosen]]}
    if wanted:
        read["targets"] = made.values[:, [names.index(name) for name in wanted]]
    if timed:
        read["time"] = dates_at(series, made.rows, made.time)
    return read


def dates_at(series: Series, rows: np.ndarray | None, time: np.ndarray) -> np.ndarray:
    """The times of rows (None for all) of a series, dates as datetime64[us]; those that were put in stand between their neighbours."""
    if series.dates is None or rows is None:
        return time if series.dates is None else series.dates
    if (rows >= 0).all():
        return series.dates[rows]
    known = rows >= 0
    micro = series.dates[rows[known]].astype(np.int64)
    first = micro[0]
    between = np.interp(time, time[known], (micro - first).astype(np.float64))
    return (first + between.round().astype(np.int64)).astype("datetime64[us]")


def _named(series: Series, asked: str | Sequence[str], field: str) -> list[str]:
    """The columns asked for; each must be there and hold numbers."""
    reasons = dict(series.left_out)
    names = [asked] if isinstance(asked, str) else list(asked)
    for name in names:
        if name not in series.channels and not _is_time(series, name):
            why = f", which is {reasons[name]}" if name in reasons else ""
            raise DataError(f"{field} must name columns of numbers, got {name!r}{why}. Valid names: {', '.join(series.channels)}.")
    return names


def _is_time(series: Series, name: Any) -> bool:
    """True where the time of a series is a column of numbers of that name."""
    return series.dates is None and series.time_label in (name, f"{name} [{series.time_label[len(str(name)) + 2 : -1]}]") and name != "row"


def _column(series: Series, name: str) -> np.ndarray:
    return series.values[:, series.channels.index(name)] if name in series.channels else series.time


def _check(series: Series, values: np.ndarray, names: Sequence[str], owner: str) -> None:
    with np.errstate(over="ignore", invalid="ignore"):
        if np.isfinite(values.sum()):
            return
    gaps = ~np.isfinite(values)
    if gaps.any():
        row, column = (int(one) for one in np.argwhere(gaps)[0])
        why = " ".join(note for note in series.notes if note.startswith(f"Column {names[column]!r} has "))
        raise DataError(
            f"{owner}.source column {names[column]!r} has no number in {series.where(row)}. "
            f"{why}{' ' if why else ''}Fill it in, or leave the column out; gaps='drop', "
            "'fill' or 'cut' mends it."
        )


def _of_cases(cases: Cases, gaps: Gaps, notes: Notes) -> dict[str, Any]:
    read: dict[str, Any] = {"inputs": [_whole_case(place, values, gaps, notes) for place, values in enumerate(cases.series, 1)]}
    if cases.labels:
        if cases.numeric:
            read["targets"] = np.array([[float(label)] for label in cases.labels])
        else:
            read["labels"] = np.array(cases.labels)
    return read


def _whole_case(place: int, values: np.ndarray, gaps: Gaps, notes: Notes) -> np.ndarray:
    """A case (time, channels) without gaps."""
    known = np.isfinite(values)
    if gaps == "keep" or known.all():
        return values
    if gaps == "error":
        row, channel = (int(one) for one in np.argwhere(~known)[0])
        raise DataError(
            f"from_csv.source case {place:,} has no number at time {row} of channel {channel + 1}. "
            "Leave the case out; gaps='drop', 'fill' or 'cut' mends it, and gaps='keep' leaves nan."
        )
    own = Notes()
    made = mended(values, np.arange(len(values), dtype=np.float64), gaps, range(values.shape[1]), own, timed=False)
    for sentence in own.said:
        notes.add(f"Case {place:,}: {sentence}")
    return made.values
