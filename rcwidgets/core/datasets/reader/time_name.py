"""Names of time columns, in the languages and with the units that loggers write them."""

import re
from typing import NamedTuple

_STRONG = frozenset(
    [
        "time",
        "times",
        "timestamp",
        "timestamps",
        "datetime",
        "date",
        "dates",
        "ts",
        "zeit",
        "zeiten",
        "datum",
        "uhrzeit",
        "zeitstempel",
        "zeitpunkt",
        "temps",
        "heure",
        "horodatage",
        "tiempo",
        "fecha",
        "hora",
        "tempo",
        "tijd",
        "tijdstip",
        "tid",
        "tidpunkt",
        "tidspunkt",
        "dato",
        "aika",
        "czas",
        "cas",
        "čas",
        "idő",
        "время",
        "дата",
        "时间",
        "日期",
        "時間",
        "日時",
        "日付",
        "時刻",
        "elapsed",
        "seconds",
        "secs",
        "runtime",
        "millis",
        "milliseconds",
        "minutes",
        "hours",
        "days",
        "epoch",
        "unix",
        "unixtime",
    ]
)
_YEARS = frozenset(["year", "years", "yr", "yyyy", "jahr", "jahre", "année", "annee", "ano", "año", "anno", "jaar", "rok", "год"])
_WEAK = frozenset(
    [
        "t",
        "x_t",
        "day",
        "doy",
        "month",
        "week",
        "hour",
        "minute",
        "second",
        "sec",
        "jd",
        "mjd",
        "tag",
        "monat",
        "woche",
        "stunde",
        "jour",
        "mois",
        "mes",
        "giorno",
        "mese",
        "dia",
        "día",
    ]
)
_BESIDE = frozenset(
    [
        "local",
        "utc",
        "gmt",
        "cet",
        "unix",
        "epoch",
        "elapsed",
        "sample",
        "sampling",
        "record",
        "recorded",
        "recording",
        "system",
        "gps",
        "device",
        "event",
        "measurement",
        "measured",
        "logger",
        "log",
        "start",
        "end",
        "time",
        "date",
        "of",
        "the",
        "in",
        "since",
        "stamp",
        "run",
        "relative",
        "abs",
        "absolute",
        "rel",
        "stamps",
        "posix",
        "mess",
        "messung",
        "lokal",
        "lokale",
        "und",
        "and",
    ]
)
_COUNTERS = frozenset(
    [
        "index",
        "idx",
        "row",
        "rows",
        "rownum",
        "record",
        "rec",
        "recnum",
        "recno",
        "no",
        "nr",
        "num",
        "number",
        "#",
        "n°",
        "nº",
        "id",
        "sample",
        "obs",
        "observation",
        "scan",
        "sn",
        "lfd",
        "lfdnr",
        "point",
        "count",
        "counter",
        "cycle",
        "frame",
        "i",
        "iter",
        "iteration",
        "it",
        "k",
        "n",
        "step",
        "steps",
        "tick",
    ]
)
UNITS = {
    **dict.fromkeys(("ns", "nanoseconds"), 1e-9),
    **dict.fromkeys(("us", "µs", "μs", "usec", "microseconds"), 1e-6),
    **dict.fromkeys(("ms", "msec", "millis", "milliseconds", "millisecond"), 1e-3),
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds", "sek", "sekunde", "sekunden", "secondes", "segundos"), 1.0),
    **dict.fromkeys(("min", "mins", "minute", "minutes", "minuten", "minutos"), 60.0),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours", "std", "stunde", "stunden", "heures", "horas"), 3600.0),
    **dict.fromkeys(("d", "day", "days", "tag", "tage", "jours", "días", "dias"), 86_400.0),
    **dict.fromkeys(("w", "week", "weeks", "woche", "wochen"), 604_800.0),
}
_BRACKET = re.compile(r"^(?P<name>.*?)\s*[\[({<]\s*(?P<unit>[^\])}>]{1,60})\s*[\])}>]\s*$")
_CUT = re.compile(r"^(?P<name>.+?)\s*(?:[/,;:_.]|\s+in\s+|\s)\s*(?P<unit>[A-Za-zµμ]{1,12})$")


class TimeName(NamedTuple):
    """How sure a name is of a time: "sure", "year" or "maybe", empty for none; and the seconds of its unit, None where it tells none."""

    sure: str
    seconds: float | None = None


def time_name(name: str, unit: str = "") -> TimeName:
    """What a column's name tells of a time, and its unit, of which the name or a line of units may tell.

    >>> time_name("Time [s]"), time_name("t/ms").seconds, time_name("travel time").sure
    (TimeName(sure='sure', seconds=1.0), 0.001, '')
    """
    text = name.strip().lstrip("#%").strip()
    seconds = UNITS.get(unit.strip("[](){} ").lower())
    for pattern in (_BRACKET, _CUT):
        found = pattern.match(text)
        if found is None:
            continue
        told = UNITS.get(found["unit"].lower().split()[0]) if found["unit"].strip() else None
        if told is not None or pattern is _BRACKET:
            sure = _sure(found["name"])
            if sure:
                plain = told is not None and "_" not in text[len(found["name"]) :]  # T_min may be the least temperature
                return TimeName("sure" if plain else sure, told if seconds is None else seconds)
    sure = _sure(text)
    if sure and seconds is None:
        seconds = UNITS.get(text.lower())
    return TimeName(sure, seconds if sure else None)


def _sure(text: str) -> str:
    split = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text).lower()
    tokens = [token for token in re.split(r"[\s_./:,;-]+", split) if token]
    whole = "".join(tokens)
    if not tokens:
        return ""
    for sure, names in (("sure", _STRONG), ("year", _YEARS), ("maybe", _WEAK)):
        if whole in names or (
            sure == "sure" and any(token in names for token in tokens) and all(token in names | _BESIDE for token in tokens)
        ):
            return sure
    return ""


def is_counter(name: str) -> bool:
    """True where a name is that of a counter of rows, such as "index" or "No."."""
    tokens = [token for token in re.split(r"[\s_.:-]+", name.strip().lower()) if token]
    return bool(tokens) and all(token in _COUNTERS for token in tokens)


_PARTS = {
    "year": _YEARS,
    "month": frozenset(["month", "months", "mon", "mo", "monat", "mois", "mes", "mese"]),
    "day": frozenset(["day", "days", "dd", "dy", "tag", "jour", "dia", "día", "giorno", "dom"]),
    "doy": frozenset(["doy", "dayofyear", "yearday", "julianday", "jday"]),
    "hour": frozenset(["hour", "hours", "hh", "hr", "stunde", "heure", "hora", "ora"]),
    "minute": frozenset(["minute", "minutes", "mi", "mn", "minuten"]),
    "second": frozenset(["second", "seconds", "ss", "sec", "sekunde"]),
}


def part_of(name: str) -> str:
    """Which part of a date a column's name stands for: "year", "month", "day", "doy", "hour", "minute", "second"; empty for none."""
    whole = "".join(re.split(r"[\s_.:-]+", name.strip().lower()))
    return next((part for part, names in _PARTS.items() if whole in names), "")
