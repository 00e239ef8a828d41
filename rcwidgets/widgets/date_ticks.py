"""Ticks of an axis of dates: few, at round dates, and what all of them share once, as the name of the axis."""

from typing import NamedTuple

import numpy as np

from rcwidgets.core.datasets.calendar import UNITS, Calendar
from rcwidgets.widgets.ticks import javascript_key

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LONG = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")
_SECONDS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200)
_DAYS = (1, 2, 7, 14)
_MONTHS = (1, 2, 3, 6, *(12 * years for factor in (1, 10, 100, 1_000) for years in (factor, 2 * factor, 5 * factor)))
MONDAY = np.datetime64("1970-01-05", "D")


class DateTicks(NamedTuple):
    """Where ticks stand on an axis (ticks,), what each says under the name that bqplot looks it up by, and the name of the axis."""

    values: np.ndarray
    labels: dict[str, str]
    title: str


def date_ticks(calendar: Calendar, low: float, high: float, most: int = 6) -> DateTicks:
    """At most `most` ticks between two times of an axis."""
    first, last = calendar.dates(np.array([low, high]))
    found, unit = _dates(first, last, most)
    scale = UNITS[calendar.unit] * 1e6
    values = (found - calendar.start.astype("datetime64[us]")).astype(np.int64) / scale
    inside = (values >= low - 1e-9 * (high - low)) & (values <= high + 1e-9 * (high - low))
    found, values = found[inside], values[inside]
    labels = {javascript_key(value): text for value, text in zip(values.tolist(), _texts(found, unit), strict=True)}
    return DateTicks(values, labels, _title(first, last, unit) + (" UTC" if calendar.zoned and unit == "s" else ""))


def _dates(first: np.datetime64, last: np.datetime64, most: int) -> tuple[np.ndarray, str]:
    """Round dates from the first to the last, and their unit: "s" below a day, "D", "M" or "Y"."""
    span = (last - first).astype(np.int64) / 1e6
    for step in _SECONDS:
        if span / step < most:
            day = first.astype("datetime64[D]").astype("datetime64[s]")
            start = (first.astype("datetime64[s]") - day).astype(np.int64) // step * step
            count = int(span // step) + 3
            return (day + (start + step * np.arange(count)).astype("timedelta64[s]")).astype("datetime64[us]"), "s"
    for step in _DAYS:
        if span / 86_400 / step < most:
            begin = first.astype("datetime64[D]")
            begin -= (begin - MONDAY) % np.timedelta64(step, "D")
            return (begin + step * np.arange(int(span / 86_400 / step) + 3)).astype("datetime64[us]"), "D"
    begin, months = (
        first.astype("datetime64[M]").astype(np.int64),
        (last.astype("datetime64[M]") - first.astype("datetime64[M]")).astype(int),
    )
    step = next((step for step in _MONTHS if months / step < most), _MONTHS[-1])
    begin = (begin + 1970 * 12) // step * step - 1970 * 12
    found = (begin + step * np.arange(months // step + 3)).astype("datetime64[M]")
    return found.astype("datetime64[us]"), "Y" if step >= 12 else "M"


def _texts(dates: np.ndarray, unit: str) -> list[str]:
    """What stands at each tick; a change of the day, or of the year, says the new one."""
    texts, before = [], None
    for date in dates.astype(object):
        if unit == "Y":
            text = str(date.year)
        elif unit == "M":
            text = str(date.year) if date.month == 1 or (before is not None and before.year != date.year) else MONTHS[date.month - 1]
        elif unit == "D" or (date.hour, date.minute, date.second) == (0, 0, 0):
            text = f"{date.day} {MONTHS[date.month - 1]}"
        else:
            text = f"{date:%H:%M:%S}" if date.second else f"{date:%H:%M}"
        texts.append(text)
        before = date
    return texts


def _title(first: np.datetime64, last: np.datetime64, unit: str) -> str:
    """What all ticks share: the day of hours, the year of days and months."""
    start, end = (one.astype("datetime64[s]").astype(object) for one in (first, last))
    if unit == "Y":
        return "year"
    if unit == "s":
        words = [f"{start.day}", _LONG[start.month - 1], f"{start.year}"]
        parts = [f"{end.day}", _LONG[end.month - 1], f"{end.year}"]
        while words and parts and words[-1] == parts[-1]:
            words.pop()
            parts.pop()
        shared = [f"{end.day}", _LONG[end.month - 1], f"{end.year}"]
        return " ".join([*words, *(["to"] if words else []), *shared])
    return str(start.year) if start.year == end.year else f"{start.year} to {end.year}"
