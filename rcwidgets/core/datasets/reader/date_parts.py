"""One cell as a date, as a clock, or as both: its parts, before it is known which of them is the day."""

import datetime
import re
from typing import NamedTuple

from rcwidgets.core.datasets.reader.month import DAYS, MONTHS, ZONES

_CLOCK = (
    r"(?P<h>\d{1,2})\s*(?:[:h]|\.(?=\d\d\.\d\d))\s*(?P<m>\d{2})(?:[:.'m]\s?(?P<s>\d{2})(?:[.,:](?P<f>\d{1,9}))?)?s?"
    r"\s*(?P<half>[aApP]\.?\s?[mM]\.?)?(?:\s?Uhr)?"
)
_ZONE = r"(?P<zone>Z|[A-Z]{3,4}|\(?(?:UTC|GMT)?\s?[-+−]\d{1,2}(?::?\d{2})?\)?|\[UTC\])"
_TAIL = rf"(?:(?:\s*[T,/_:-]\s*|\s+){_CLOCK}(?:\s*{_ZONE})?)?"
_CUT = r"[-/.]|\.\s|\s"
_WORD = r"[^\W\d_]{3,12}\.?"
_ENGLISH = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"  # before a year of two digits: "out-10" is no October
_FORMS = (
    ("ymd", re.compile(rf"(?P<a>\d{{4}})(?P<cut>{_CUT})(?P<b>\d{{1,2}})(?P=cut)(?P<c>\d{{1,2}})\.?{_TAIL}", re.I)),
    ("ymd", re.compile(rf"(?P<a>\d{{4}})年\s?(?P<b>\d{{1,2}})月\s?(?P<c>\d{{1,2}})日{_TAIL}", re.I)),
    ("???", re.compile(rf"(?P<a>\d{{1,2}})(?P<cut>{_CUT})(?P<b>\d{{1,2}})(?P=cut)(?P<c>\d{{4}}|\d{{2}})\.?{_TAIL}", re.I)),
    (
        "ymd",
        re.compile(r"(?P<a>\d{4})(?P<cut>)(?P<b>\d{2})(?P<c>\d{2})(?:[T_ -]?(?P<h>\d{2})(?P<m>\d{2})(?P<s>\d{2})?(?P<zone>Z)?)?"),
    ),
    ("ym", re.compile(r"(?P<a>\d{4})(?P<cut>[-/])(?P<b>\d{1,2})")),
    ("my", re.compile(r"(?P<a>\d{1,2})(?P<cut>[-/])(?P<b>\d{4})")),
    (
        "dMy",
        re.compile(rf"(?P<a>\d{{1,2}})(?:st|nd|rd|th|\.)?[-/. ]+(?:de )?(?P<b>{_WORD})[-/. ,]*(?:de )?(?P<c>\d{{4}}|\d{{2}}){_TAIL}", re.I),
    ),
    ("Mdy", re.compile(rf"(?P<b>{_WORD})[-/. ]+(?P<a>\d{{1,2}})(?:st|nd|rd|th)?(?:,\s*|[-/ ]+)(?P<c>\d{{4}}){_TAIL}", re.I)),
    ("yMd", re.compile(rf"(?P<c>\d{{4}})[-/. ]+(?P<b>{_WORD})[-/. ]+(?P<a>\d{{1,2}}){_TAIL}", re.I)),
    ("My", re.compile(rf"(?P<b>{_WORD})[-/. ,]+(?P<c>\d{{4}})", re.I)),
    ("My", re.compile(rf"(?P<b>{_ENGLISH})[-'](?P<c>\d{{2}})")),
    ("Mdy", re.compile(rf"(?P<b>{_WORD})\s+(?P<a>\d{{1,2}})\s+{_CLOCK}(?:\s*{_ZONE})?\s+(?P<c>\d{{4}})", re.I)),
    ("ym", re.compile(r"(?P<a>\d{4})(?P<cut>)M(?P<b>\d{2})")),
    ("w", re.compile(r"(?P<a>\d{4})-?W(?P<b>\d{2})(?:-?(?P<c>[1-7]))?")),
    ("yM", re.compile(rf"(?P<c>\d{{4}})[-/. ]+(?P<b>{_WORD})", re.I)),
    ("q", re.compile(r"(?P<a>\d{4})[-/ ]?Q(?P<b>[1-4])", re.I)),
    ("q", re.compile(r"Q(?P<b>[1-4])[-/ ]?(?P<a>\d{4})", re.I)),
)
_ONLY_CLOCK = re.compile(rf"(?!\d+\.){_CLOCK}(?:\s*{_ZONE})?", re.I)  # 12.10.05 alone is a date
_LONG_CLOCK = re.compile(
    r"(?:(?P<d>\d+)\s*(?:d|days?)?[,\s]\s*)?(?P<h>\d{1,4}):(?P<m>\d{2})(?::(?P<s>\d{2})(?:[.,](?P<f>\d{1,9}))?)?", re.I
)
_WEEKDAY = re.compile(r"(?P<day>[^\W\d_]{2,10})\.?,?\s+(?=\S)")


class Parts(NamedTuple):
    """The three numbers of a date in the order of the cell with the orders that they may have, the microseconds of the day, and the zone.

    `numbers` is empty where the cell is a clock alone. `orders` are some of "dmy", "mdy" and "ymd"; `minutes` is the zone's way to UTC,
    None where the cell names none. `clock` is None where the cell has no clock.
    """

    numbers: tuple[int, ...]
    orders: tuple[str, ...]
    cut: str
    clock: int | None
    minutes: int | None = None
    short: bool = False


def parts_of(cell: str) -> Parts | None:
    """The parts of a date; None where a cell is none. A number without a separator is a date only as eight or more digits.

    >>> parts_of("31.12.2024 13:45").orders, parts_of("1/2/2024").orders
    (('dmy', 'mdy'), ('dmy', 'mdy'))
    """
    if not cell[:1].isalnum():
        return None
    made = _form_of(cell)
    day = _WEEKDAY.match(cell)
    if made is None and day is not None and day["day"].lower() in DAYS:  # tried after the whole: "Mar" is March and a Tuesday
        made = _form_of(cell[day.end() :])
    return made


def _form_of(cell: str) -> Parts | None:
    """The parts of a date without a day of the week."""
    for form, pattern in _FORMS:
        found = pattern.fullmatch(cell)
        if found is not None:
            made = _read(form, found)
            if made is not None:
                return made
    return None


def clock_of(cell: str) -> Parts | None:
    """A clock or a duration alone, as microseconds: 13:45, 1:45 pm, 27:10:00, 1 day 02:00:00; None where a cell is none."""
    found = _ONLY_CLOCK.fullmatch(cell)
    if found is not None:
        made = _read("", found)
        if made is not None:
            return made
    found = _LONG_CLOCK.fullmatch(cell)
    if found is None or int(found["m"]) > 59 or int(found["s"] or 0) > 59:
        return None
    seconds = (int(found["d"] or 0) * 24 + int(found["h"])) * 3600 + int(found["m"]) * 60 + int(found["s"] or 0)
    return Parts((), (), "", seconds * 1_000_000 + _fraction(found["f"]))


def _read(form: str, found: re.Match[str]) -> Parts | None:
    group = found.groupdict()
    clock = _clock(group)
    minutes = _minutes(group.get("zone"))
    if clock is False or minutes is False:
        return None
    if not form:
        return Parts((), (), "", clock, minutes)
    cut = (group.get("cut") or "").strip()
    if form == "q":
        return Parts((int(group["a"]), 3 * int(group["b"]) - 2, 1), ("ymd",), cut, clock)
    if form == "w":
        return _week(int(group["a"]), int(group["b"]), int(group["c"] or 1))
    if form in ("ym", "my"):
        year, month = (group["a"], group["b"]) if form == "ym" else (group["b"], group["a"])
        return Parts((int(year), int(month), 1), ("ymd",), cut, None) if 1 <= int(month) <= 12 else None
    if "M" in form:
        month = MONTHS.get(group["b"].rstrip(".").lower())
        if month is None:
            return None
        year, short = _year(group["c"])
        return Parts((year, month, int(group.get("a") or 1)), ("ymd",), cut, clock, minutes, short)
    numbers = (int(group["a"]), int(group["b"]), int(group["c"]))
    if form == "ymd":
        return Parts(numbers, ("ymd",), cut, clock, minutes)
    if len(group["c"]) == 4:
        return Parts(numbers, ("dmy", "mdy"), cut, clock, minutes)
    return Parts(numbers, ("dmy", "mdy", "ymd") if len(group["a"]) == 2 else ("dmy", "mdy"), cut, clock, minutes, short=True)


def _week(year: int, week: int, day: int) -> Parts | None:
    """The day of a week as ISO 8601 counts them, its Monday where none is told; None where the year has no such week."""
    try:
        date = datetime.date.fromisocalendar(year, week, day)
    except ValueError:
        return None
    return Parts((date.year, date.month, date.day), ("ymd",), "", None)


def _year(text: str) -> tuple[int, bool]:
    return (int(text), False) if len(text) == 4 else (full_year(int(text)), True)


def full_year(two: int) -> int:
    """The year of two digits, as POSIX reads it: 69 to 99 are in the 1900s."""
    return two + (1900 if two >= 69 else 2000)


def _clock(group: dict[str, str]) -> int | bool | None:
    """The microseconds of the day; None without a clock, False where it is impossible. 24:00 is the end of the day."""
    if group.get("h") is None:
        return None
    hours, minutes, seconds = int(group["h"]), int(group["m"]), int(group.get("s") or 0)
    half = (group.get("half") or "").lower()[:1]
    if half:
        if not 1 <= hours <= 12:
            return False
        hours = hours % 12 + (12 if half == "p" else 0)
    micro = _fraction(group.get("f"))
    if minutes > 59 or seconds > 60 or hours > 24 or (hours == 24 and (minutes or seconds or micro)):
        return False
    return (hours * 3600 + minutes * 60 + seconds) * 1_000_000 + micro


def _fraction(text: str | None) -> int:
    return round(int(text) * 10 ** (6 - len(text))) if text else 0


def _minutes(text: str | None) -> int | bool | None:
    """The zone's distance to UTC in minutes; None without a zone, False where its name is not known."""
    if not text:
        return None
    lower = text.strip("()[]").lower()
    if lower in ZONES:
        return round(ZONES[lower] * 60)
    found = re.fullmatch(r"(?:utc|gmt)?\s?([-+−])(\d{1,2})(?::?(\d{2}))?", lower)
    if found is None or int(found[2]) > 15:
        return False
    sign = 1 if found[1] == "+" else -1
    return sign * (int(found[2]) * 60 + int(found[3] or 0))
