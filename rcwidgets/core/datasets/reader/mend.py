"""Gaps of a table: rows without a number, and rows that are missing; filled, left out or cut as chosen, and said."""

import itertools
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from rcwidgets.core.datasets.reader.notes import DataError, Notes
from rcwidgets.core.datasets.reader.options import Gaps
from rcwidgets.core.datasets.reader.steps import gaps_of, usual_step


class Mended(NamedTuple):
    """`values` (rows, columns) at `time` (rows,); `rows` (rows,) are the places that they had, -1 where a row was put in;
    None where all are as they were.
    """

    values: np.ndarray
    time: np.ndarray
    rows: np.ndarray | None


def mended(values: np.ndarray, time: np.ndarray, gaps: Gaps, used: Sequence[int], notes: Notes, *, timed: bool) -> Mended:
    """The table without gaps in the columns that are `used`. `timed` where the rows have a time of their own.

    "drop" leaves rows with a gap out, "cut" keeps the longest part without a gap, and without a jump of time, "fill" puts missing rows in
    and draws straight lines through the gaps, and the nearest number before the first and after the last one.
    """
    rows = np.arange(len(values))
    bad = ~np.isfinite(values[:, list(used)]).all(axis=1)
    jumps = gaps_of(time, usual_step(time)) if timed else np.zeros(0, np.int64)
    if gaps == "drop":
        if bad.any():
            notes.add(f"{_rows(int(bad.sum()))} with a gap {'was' if bad.sum() == 1 else 'were'} left out.")
        keep = rows[~bad]
        if not keep.size:
            raise DataError(
                "from_csv.gaps='drop' leaves no row: each has a gap. Leave out the column with the gaps, or fill them by gaps='fill'."
            )
        return Mended(values[keep], time[keep], keep)
    if gaps == "cut":
        return _cut(values, time, bad, jumps, notes)
    if gaps == "fill" and (bad.any() or jumps.size):
        return _filled(values, time, jumps, used, notes)
    return Mended(values, time, None)


def _rows(count: int) -> str:
    return f"{count:,} {'row' if count == 1 else 'rows'}"


def _cut(values: np.ndarray, time: np.ndarray, bad: np.ndarray, jumps: np.ndarray, notes: Notes) -> Mended:
    starts = np.concatenate([[0], np.sort(np.concatenate([np.flatnonzero(bad), np.flatnonzero(bad) + 1, jumps + 1])), [len(values)]])
    starts = np.unique(starts)
    parts = [(int(end - start), int(start)) for start, end in itertools.pairwise(starts) if start < len(bad) and not bad[start]]
    if not parts:
        raise DataError(
            "from_csv.gaps='cut' leaves no row: each has a gap. Leave out the column with the gaps, or fill them by gaps='fill'."
        )
    length, start = max(parts, key=lambda part: (part[0], -part[1]))
    if length < len(values):
        notes.add(f"The longest part without a gap was kept: {_rows(length)} of {len(values):,}, the rest was cut off.")
    keep = np.arange(start, start + length)
    return Mended(values[keep], time[keep], keep)


def _filled(values: np.ndarray, time: np.ndarray, jumps: np.ndarray, used: Sequence[int], notes: Notes) -> Mended:
    rows, added = np.arange(len(values)), 0
    if jumps.size:
        usual = usual_step(time) or 1.0
        new_times, places = [], []
        for row in jumps:
            count = round((time[row + 1] - time[row]) / usual) - 1
            added += count
            if added > 50_000_000:
                raise DataError(
                    "from_csv.gaps='fill' would put in more than 50,000,000 rows. Take gaps='cut', or a longer step by resample."
                )
            new_times.append(np.linspace(time[row], time[row + 1], count + 2)[1:-1])
            places.append(np.full(count, row + 1))
        at = np.concatenate(places)
        time = np.insert(time, at, np.concatenate(new_times))
        values = np.insert(values, at, np.nan, axis=0)
        rows = np.insert(rows, at, -1)
    made, filled = values.copy(), 0
    increasing = bool((np.diff(time) > 0).all())
    across = time if increasing else np.arange(len(time), dtype=np.float64)
    for column in used:
        known = np.isfinite(values[:, column])
        if not known.any():
            raise DataError("from_csv.gaps='fill' needs a number in each column, and one has none. Leave it out.")
        filled += int((~known & (rows >= 0)).sum())
        made[:, column] = np.where(known, values[:, column], np.interp(across, across[known], values[known, column]))
    told = [f"{_rows(added)} put in where time jumps"] if added else []
    told += [f"{filled:,} {'gap' if filled == 1 else 'gaps'} filled"] if filled else []
    if told:
        notes.add(f"{' and '.join(told)}, in straight lines.")
    return Mended(made, time, rows)
