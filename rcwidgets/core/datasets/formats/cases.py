"""Time series of many cases in one text (.ts, of the UEA and UCR archives): a line for each case, with colons between its channels."""

from typing import NamedTuple

import numpy as np

from rcwidgets.core.datasets.reader.notes import DataError
from rcwidgets.core.datasets.table import Series, joined, series_of_array


class Cases(NamedTuple):
    """Series (time, channels) in float64, one for each case, and the class or the number that the file gives each; empty where none."""

    series: list[np.ndarray]
    labels: list[str]
    numeric: bool


def cases_of(data: bytes) -> Cases:
    """The cases of a .ts file; a value that is no number is a DataError that names its line."""
    text = data.decode("utf-8-sig", "replace")
    labelled = numeric = started = False
    series: list[np.ndarray] = []
    labels: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        words = line.strip()
        if not words or words.startswith("#"):
            continue
        if not started:
            tag, _, rest = words.partition(" ")
            lower = tag.lower()
            if lower == "@timestamps" and rest.strip().lower() == "true":
                raise DataError("Series with time stamps of their own (@timeStamps true) are not read. Save values alone.")
            if lower == "@classlabel":
                labelled = rest.strip().lower().startswith("true")
            if lower == "@targetlabel":
                labelled = numeric = rest.strip().lower().startswith("true")
            started = lower == "@data"
            if not words.startswith("@"):
                raise DataError(f"Line {number:,} stands before @data and begins with no @. Look whether this is a .ts file.")
            continue
        parts = words.split(":")
        if labelled:
            labels.append(parts.pop().strip())
        series.append(_series(parts, number))
    if not series:
        raise DataError("The file has no cases below @data.")
    return Cases(series, labels, numeric)


def series_of_cases(cases: Cases) -> Series:
    """The cases as several series, with their classes; cases with a number each in the place of a class are a DataError."""
    if cases.numeric:
        raise DataError(
            f"The file holds {len(cases.series):,} series with a number each to be told, which is no task here. "
            "from_csv gives them as lists: from_csv(path)['inputs']."
        )
    widths = sorted({one.shape[1] for one in cases.series})
    if len(widths) > 1:
        raise DataError(f"All cases must have the same channels, got {widths[0]} and {widths[-1]}.")
    names = [str(place + 1) for place in range(len(cases.series))]
    return joined([series_of_array(one) for one in cases.series], names, cases.labels)._replace(origin="file")


def _series(parts: list[str], number: int) -> np.ndarray:
    channels = []
    for place, part in enumerate(parts):
        cells = [cell.strip() for cell in part.split(",")]
        try:
            channels.append(np.array([np.nan if cell in ("?", "NaN", "nan", "") else float(cell) for cell in cells]))
        except ValueError:
            bad = next(cell for cell in cells if not _is_number(cell))
            raise DataError(f"Line {number:,}, channel {place + 1}: {bad[:40]!r} is not a number. Correct it.") from None
    if len({len(channel) for channel in channels}) > 1:
        raise DataError(f"Line {number:,} has channels of different lengths. All channels of a case need one.")
    return np.stack(channels, axis=1)


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return cell in ("?", "NaN", "nan", "")
    return True
