"""Typed columns as the series that they hold: one, or several that a column tells apart, or that begin where the time starts again."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from rcwidgets.core.datasets.reader.assemble import Origin, one_series
from rcwidgets.core.datasets.reader.axis import axis_of
from rcwidgets.core.datasets.reader.notes import DataError, Notes
from rcwidgets.core.datasets.reader.options import Options
from rcwidgets.core.datasets.reader.order import TIMES_REPEAT
from rcwidgets.core.datasets.reader.time_name import time_name
from rcwidgets.core.datasets.reader.typed import Typed
from rcwidgets.core.datasets.table import Series, joined

MOST = 100_000  # series of one table
MOST_NOTES = 12
_NAMED = ("id", "trial", "series", "subject", "case", "run", "episode", "session", "utterance", "sample", "segment", "group", "sequence")


def assembled(
    columns: Sequence[Typed],
    options: Options,
    notes: Notes,
    origin: Origin,
    *,
    lines: np.ndarray | None = None,
    unnamed: bool = False,
    identified: bool = True,
) -> Series:
    """The series of a table, or the several ones that `options` tell apart, each put in order of its own time.

    `unnamed` where its first column has no name, though the others have one, `identified` for one with a digest. A table without a column
    of numbers beside the time is a DataError that says why each is of no use.
    """
    if options.id is None and options.order != "restarts":
        if options.label is not None:
            raise DataError(f"from_csv.label={options.label!r} needs id, the column that tells the series, each of which has one label.")
        try:
            made = one_series(columns, options, notes, origin, lines=lines, unnamed=unnamed, identified=identified)
        except DataError as error:
            raise DataError(str(error).replace(TIMES_REPEAT, f"and times repeat.{_offer(columns, options)} Else give")) from None
        _say_blocks(columns, made, notes)
        return made._replace(notes=notes.said)
    rows = len(_cells(columns[0])) if columns else 0
    if options.id is not None:
        keys = _keys(columns, options.id, "id")
        starts = _first(keys)
        order = {key: place for place, key in enumerate(keys[row] for row in starts)}
        groups = np.array([order[key] for key in keys])
        names = [str(keys[row]) for row in starts]
    else:
        groups = _restarts(columns, options)
        names = [str(place + 1) for place in range(int(groups.max()) + 1)]
    if len(names) > MOST:
        raise DataError(f"A table may hold {MOST:,} series, this one has {len(names):,}. Is {options.id!r} what tells them apart?")
    labels = None if options.label is None else _keys(columns, options.label, "label")
    told = replace(options, id=None, label=None, order=None if options.order == "restarts" else options.order)
    used = [one for one in columns if one.name not in (options.id, options.label)]
    made_of, given, said = list[Series](), list[str](), dict[str, list[str]]()
    by_group = np.argsort(groups, kind="stable")
    borders = np.searchsorted(groups[by_group], np.arange(len(names) + 1))
    for place, name in enumerate(names):
        some = by_group[borders[place] : borders[place + 1]]
        own, at = Notes(), None if lines is None else lines[some]
        if labels is not None:
            given.append(_label(labels[some], name, options.label, at))
        part = [one.some(some) for one in used]
        try:
            made_of.append(one_series(part, told, own, origin, lines=at, unnamed=unnamed and len(used) == len(columns), identified=False))
        except DataError as error:
            raise DataError(f"Series {name!r}: {error}") from None
        for note in own.said:
            said.setdefault(note, []).append(name)
    _check_alike(made_of, names)
    _say(said, len(names), notes)
    return joined(made_of, names, given)._replace(notes=notes.said, options=options.given) if rows else made_of[0]


def _cells(one: Typed) -> np.ndarray:
    """What a column holds, in any kind."""
    found = next(
        (cells for cells in (one.numbers, one.instants, None if one.words is None else one.words.codes) if cells is not None), None
    )
    return np.zeros(0) if found is None else found


def _keys(columns: Sequence[Typed], name: str, option: str) -> np.ndarray:
    """The texts (rows,) of a column that tells something apart."""
    one = next((column for column in columns if column.name == name), None)
    if one is None:
        raise DataError(f"from_csv.{option} must name a column, got {name!r}. Valid names: {', '.join(column.name for column in columns)}.")
    if one.words is not None:
        keys = np.array(["" if code < 0 else one.words.texts[code] for code in one.words.codes], object)
    elif one.numbers is not None:
        keys = np.array(["" if np.isnan(value) else f"{value:.15g}" for value in one.numbers], object)
    elif one.instants is not None:
        unit = "D" if one.whole else "s"
        keys = np.array(["" if np.isnat(value) else str(value.astype(f"datetime64[{unit}]")) for value in one.instants], object)
    else:
        raise DataError(f"from_csv.{option} must name a column with values, got {name!r}, which is {one.problem or 'empty'}.")
    missing = np.flatnonzero(keys == "")
    if missing.size:
        raise DataError(f"Column {name!r} is empty in row {missing[0]}, so nobody knows whose row that is. Fill it in.")
    return keys


def _first(keys: np.ndarray) -> list[int]:
    """The first row of each key, in order."""
    seen: dict[str, int] = {}
    for row, key in enumerate(keys.tolist()):
        seen.setdefault(key, row)
    return list(seen.values())


def _label(labels: np.ndarray, name: str, column: str | None, lines: np.ndarray | None) -> str:
    """The one label of a series."""
    other = np.flatnonzero(labels != labels[0])
    if other.size:
        at = f"its row {other[0]}" if lines is None else f"line {int(lines[other[0]]):,}"
        raise DataError(
            f"Series {name!r} must have one label, got {labels[0]!r} and, in {at}, {labels[other[0]]!r} in column {column!r}. "
            "Take another column for the series' id, or forecast that column as a target."
        )
    return str(labels[0])


def _restarts(columns: Sequence[Typed], options: Options) -> np.ndarray:
    """The number (rows,) of the series of each row: a new one begins where the time goes back."""
    axis = axis_of(columns, replace(options, order=None), Notes())
    values = axis.values if axis is not None else None
    if values is None:
        named = [one for one in columns if one.kind == "number" and time_name(one.name, one.unit).sure]
        values = named[0].numbers if named else None
    if values is None:
        raise DataError("from_csv.order='restarts' needs a column of times, and the table has none. Name it by time.")
    return np.concatenate([[0], np.cumsum(np.diff(values) < 0)])


def _check_alike(series: Sequence[Series], names: Sequence[str]) -> None:
    """Raises where the series of one table have other columns than the first."""
    for one, name in zip(series, names, strict=True):
        if one.channels != series[0].channels or (one.time_label == "row") != (series[0].time_label == "row"):
            told = f"{', '.join(series[0].channels)} over {series[0].time_label}", f"{', '.join(one.channels)} over {one.time_label}"
            raise DataError(
                f"All series must have the same columns, got {told[0]} in series {names[0]!r} and {told[1]} in {name!r}. "
                "Name the time column by time, or count rows by time=False."
            )


def _say(said: dict[str, list[str]], count: int, notes: Notes) -> None:
    """Each note about some of the series once, with their names."""
    for note, whose in list(said.items())[:MOST_NOTES]:
        if len(whose) == count:
            notes.add(note)
        else:
            more = f" and {len(whose) - 3:,} more" if len(whose) > 3 else ""
            notes.add(f"Series {', '.join(map(repr, whose[:3]))}{more}: {note}")
    if len(said) > MOST_NOTES:
        notes.add(f"{len(said) - MOST_NOTES:,} more notes of this kind, about other series.")


def _offer(columns: Sequence[Typed], options: Options) -> str:
    """What tells several series apart, where a table's time goes back and repeats."""
    for one in columns:
        if one.words is not None or (one.kind == "number" and _blocks(one)):
            try:
                keys = _keys(columns, one.name, "id")
            except DataError:
                continue
            if 1 < len(set(keys.tolist())) <= len(keys) // 2:
                return f" Where each {one.name!r} is a series of its own, give id={one.name!r}."
    return " Where a new series begins each time, give order='restarts'."


def _blocks(one: Typed) -> bool:
    """Whether a column of whole numbers stays the same for stretches of rows, each of them once."""
    values = one.numbers
    if values is None or len(values) < 6 or not np.isfinite(values).all() or (values != np.floor(values)).any():
        return False
    changes = int((np.diff(values) != 0).sum())
    return 1 <= changes <= len(values) // 3 and len(np.unique(values)) == changes + 1


def _say_blocks(columns: Sequence[Typed], made: Series, notes: Notes) -> None:
    """Says where a column seems to tell several series apart, which stand one behind another as one."""
    for one in columns:
        word = one.name.lower().replace("_", " ").split()
        told = _blocks(one) or (one.words is not None and 1 < len(one.words.texts) <= len(one.words.codes) // 3)
        if any(part in _NAMED for part in word) and told and len(made.values) > 5:
            notes.add(f"All rows are taken as one series. Where each {one.name!r} is a series of its own, give id={one.name!r}.")
            return
