"""Lengths of time, read and written."""

import re

_UNITS = {
    "ms": 1e-3,
    "s": 1.0,
    "sec": 1.0,
    "min": 60.0,
    "h": 3600.0,
    "hr": 3600.0,
    "d": 86_400.0,
    "day": 86_400.0,
    "w": 604_800.0,
    "week": 604_800.0,
}
_SAID = ((604_800.0, "week"), (86_400.0, "day"), (3600.0, "hour"), (60.0, "minute"), (1.0, "second"), (1e-3, "ms"))
_FORM = re.compile(r"(?P<count>\d+(?:\.\d+)?|\.\d+)?\s*(?P<unit>[A-Za-z]+)")
RULE = "a length such as '10min', '1h', '30s', '500ms', '1d' or '1w'"


def seconds_of(text: str) -> float | None:
    """A length such as "10min" in seconds; None where it is none.

    >>> seconds_of("10min"), seconds_of("0.5 h"), seconds_of("1 fortnight")
    (600.0, 1800.0, None)
    """
    found = _FORM.fullmatch(text.strip())
    unit = _UNITS.get(found["unit"].lower().removesuffix("s") or "s") if found and found["unit"].lower() != "ms" else 1e-3
    if found is None or unit is None:
        return None
    length = float(found["count"] or 1) * unit
    return length if length > 0 else None


def length_in_words(seconds: float) -> str:
    """Seconds in words, in the largest unit that leaves a short number.

    >>> length_in_words(36_000), length_in_words(600), length_in_words(90), length_in_words(0.25)
    ('10 hours', '10 minutes', '1.5 minutes', '250 ms')
    """
    for size, name in _SAID:
        count = seconds / size
        if count >= 1 and abs(count - round(count, 1)) < 1e-6 * count and (name != "week" or count == round(count)):
            return _said(round(count, 1), name)
    size, name = next(((size, name) for size, name in _SAID if seconds >= size), _SAID[-1])
    return _said(seconds / size, name)


def _said(count: float, name: str) -> str:
    text = f"{count:.4g}"
    return f"{text} {name}" if name == "ms" or text == "1" else f"{text} {name}s"
