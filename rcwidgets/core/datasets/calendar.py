"""Times that count from a date, and the dates that they are."""

import re
from typing import NamedTuple

import numpy as np

UNITS = {"days": 86_400.0, "hours": 3_600.0, "minutes": 60.0, "seconds": 1.0}
_LABEL = re.compile(r"(days|hours|minutes|seconds) since (\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d(?:\.\d+)?)?)?)( UTC|Z)?", re.ASCII)


class Calendar(NamedTuple):
    """Times in a `unit` (the key of `UNITS`) since the date `start`; `zoned` where that is in UTC."""

    start: np.datetime64
    unit: str
    zoned: bool = False

    @property
    def label(self) -> str:
        """What an axis of such times is called: "days since 2024-03-01"."""
        return f"{self.unit} since {written(self.start)}{' UTC' if self.zoned else ''}"

    def wire(self, rows: np.ndarray | None = None) -> dict[str, float] | None:
        """For a page: the milliseconds of the start since 1970, and those of the unit.

        For rows at these times, those of the first one and of a step; None where the steps are not even.
        """
        start, unit = int(self.start.astype("datetime64[us]").astype(np.int64)) / 1_000, UNITS[self.unit] * 1_000
        if rows is None:
            return {"start": start, "unit": unit}
        step = float(rows[-1] - rows[0]) / max(len(rows) - 1, 1)
        even = np.allclose(np.diff(rows), step, rtol=1e-6, atol=0)
        return {"start": start + float(rows[0]) * unit, "unit": step * unit} if even else None

    def dates(self, time: np.ndarray) -> np.ndarray:
        """The dates (rows,) of times, as datetime64[us]; NaT where a time is NaN. Days are told to the millisecond, since their times are
        floats.
        """
        known = np.isfinite(time)
        micro = np.where(known, time, 0.0) * UNITS[self.unit] * 1e6
        grain = 1_000 if self.unit == "days" else 1
        made = self.start.astype("datetime64[us]") + (np.round(micro / grain).astype(np.int64) * grain).astype("timedelta64[us]")
        made[~known] = np.datetime64("NaT")
        return made


def calendar_of(label: str) -> Calendar | None:
    """The calendar of an axis by its label; None where it counts from no date.

    >>> str(calendar_of("days since 2024-03-01").dates(np.array([1.5]))[0])
    '2024-03-02T12:00:00.000000'
    """
    found = _LABEL.fullmatch(label)
    if found is None:
        return None
    try:
        start = np.datetime64(found[2].replace(" ", "T"), "us")
    except ValueError:
        return None
    return Calendar(start, found[1], bool(found[3]))


def written(date: np.datetime64) -> str:
    """A date as it is written in a table: without the clock at midnight, and without what is zero after the seconds."""
    if np.isnat(date):
        return ""
    text = str(date.astype("datetime64[us]")).replace("T", " ")
    return text.removesuffix("00:00:00.000000").rstrip() if text.endswith(" 00:00:00.000000") else text.rstrip("0").rstrip(".")


def moment(label: str, time: float) -> str:
    """A time of an axis in words: its date, or the name of the axis and the number."""
    calendar = calendar_of(label)
    return f"{label} {time:.4g}" if calendar is None else written(calendar.dates(np.array([time]))[0])
