"""One cell as a number: its sign, its grouping, its decimal sign, and the unit or currency beside it."""

import re
from typing import NamedTuple

_CODES = "EUR|USD|GBP|CHF|JPY|CNY|SEK|NOK|DKK|PLN|CZK|HUF|RON|AUD|CAD|NZD|INR|BRL|MXN|RUB|TRY|KRW|ZAR"
_CURRENCY = rf"(?:US|R|C|A|NZ|HK)?\$|[€£¥₩₹₽₺₫฿₴₪]|{_CODES}|kr\.?|zł|Kč|Ft|Fr\.|Rs\.?"
_CELL = re.compile(
    rf"(?P<open>\()?(?P<first>{_CURRENCY})?\s*(?P<sign>[-+−–])?\s*(?P<second>{_CURRENCY})?\s*"
    r"(?P<body>[0-9][0-9.,'_ ]*(?<![ '_])|[.,][0-9]+)"
    r"(?P<power>[eEdD][-+−]?[0-9]{1,3}|(?<=[0-9])[-+][0-9]{3}(?![0-9]))?"
    r"(?P<blank>\s*)(?P<unit>[^0-9\s.,+()'_−-].{0,19}?)?(?P<minus>-)?(?P<close>\))?"
)
_PLAIN = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_DECIMAL = re.compile(r"[-+]?([0-9]+)\.([0-9]+)")
_ALIKE = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u2007": " ", "’": "'", "‘": "'", "−": "-"})
UNITS = frozenset(
    [
        "%",
        "‰",
        "°",
        "°C",
        "°F",
        "℃",
        "℉",
        "ºC",
        "degC",
        "degF",
        "C",
        "F",
        "K",
        "mm",
        "cm",
        "m",
        "km",
        "µm",
        "um",
        "nm",
        "s",
        "ms",
        "us",
        "µs",
        "ns",
        "sec",
        "min",
        "h",
        "d",
        "Hz",
        "kHz",
        "MHz",
        "GHz",
        "V",
        "mV",
        "kV",
        "uV",
        "µV",
        "A",
        "mA",
        "kA",
        "µA",
        "uA",
        "W",
        "kW",
        "MW",
        "mW",
        "Wh",
        "kWh",
        "MWh",
        "Pa",
        "hPa",
        "kPa",
        "MPa",
        "bar",
        "mbar",
        "g",
        "kg",
        "mg",
        "µg",
        "ug",
        "t",
        "l",
        "L",
        "ml",
        "mL",
        "dl",
        "ppm",
        "ppb",
        "m/s",
        "km/h",
        "mph",
        "kn",
        "lx",
        "lux",
        "dB",
        "dBm",
        "dBA",
        "rpm",
        "bpm",
        "J",
        "kJ",
        "N",
        "kN",
        "Nm",
        "Ω",
        "kΩ",
        "ohm",
        "F",
        "µF",
        "nF",
        "pF",
        "mol",
        "mM",
        "ft",
        "in",
        "lb",
        "lbs",
        "psi",
        "m²",
        "m³",
        "m2",
        "m3",
        "mm/h",
        "W/m²",
        "W/m2",
        "g/m³",
        "µg/m³",
        "mg/l",
        "mg/L",
        "Gy",
        "Sv",
        "mS",
        "µS",
        "VA",
        "kVA",
        "var",
        "kvar",
    ]
)
MONEY = re.compile(_CURRENCY)


class Number(NamedTuple):
    """What a cell is worth where the point is the decimal sign, and where the comma is: texts for `float`, None where it is no number.

    `marks` says what the two rest on: the grouping sign of each reading, empty without one. `unit` stands beside the number;
    `long` is a whole part of four digits or more without grouping.
    """

    point: str | None
    comma: str | None
    marks: tuple[str, str]
    unit: str = ""
    long: bool = False

    @property
    def ambiguous(self) -> bool:
        """True where both readings are numbers, and differ."""
        return self.point is not None and self.comma is not None and self.point != self.comma

    @property
    def proves(self) -> str:
        """The decimal sign that this cell proves: the other one would make no number of it; empty where it proves none."""
        if (self.point is None) == (self.comma is None):
            return ""
        return "," if self.point is None else "."

    def read(self, decimal: str) -> str | None:
        """The text for `float` under a decimal sign."""
        return self.comma if decimal == "," else self.point

    def grouping(self, decimal: str) -> str:
        """The grouping sign under a decimal sign."""
        return self.marks[decimal == ","]


def number_of(cell: str, thousands: str | None = None, *, units: bool = True) -> Number | None:
    """A cell, without blanks around it, as a number; None where it is none. `thousands` allows one grouping alone, "" none at all.

    >>> number_of("1.234,56").comma, number_of("1.234,56").point, number_of("1.234").ambiguous
    ('1234.56', None, True)
    """
    point = _DECIMAL.fullmatch(cell) if "." in cell else None
    if point is None and "." not in cell and _PLAIN.fullmatch(cell):
        return Number(cell, cell, ("", ""), long=len(cell.lstrip("+-")) > 3)
    if point is not None:
        whole = len(point[1])
        grouped = len(point[2]) == 3 and whole < 4 and cell.lstrip("+-")[0] != "0" and thousands in (None, ".")
        return Number(cell, cell.replace(".", "") if grouped else None, ("", "." if grouped else ""), long=whole > 3)
    found = _CELL.fullmatch(cell.translate(_ALIKE))
    if found is None or (found["open"] is None) != (found["close"] is None):
        return None
    if (found["first"] and found["second"]) or (found["minus"] and (found["sign"] or found["open"])):
        return None
    unit = _unit(found)
    if unit is None or (unit and not units):
        return None
    negative = found["sign"] in ("-", "–") or bool(found["minus"]) or bool(found["open"])
    if found["open"] and found["sign"]:
        return None
    body, power = found["body"], _power(found["power"])
    if power is None or (found["power"] and found["power"][0] in "+-" and "." not in body and "," not in body):
        return None
    readings = [_reading(body, decimal, thousands) for decimal in ".,"]
    readings = [None if one is not None and one[1] and power else one for one in readings]  # a power of ten has no grouping before it
    texts = [None if one is None else ("-" if negative else "") + one[0] + power for one in readings]
    if texts == [None, None]:
        return None
    marks = tuple("" if one is None else one[1] for one in readings)
    return Number(texts[0], texts[1], (marks[0], marks[1]), unit, bool(re.match("[0-9]{4}", body)))


def _unit(found: re.Match[str]) -> str | None:
    """What stands beside the number; None where it is something else than a unit or a currency."""
    before, after = found["first"] or found["second"] or "", found["unit"] or ""
    if before and after:
        return None
    if after and not found["blank"] and after not in UNITS and not MONEY.fullmatch(after):
        return None
    return before or after


def _power(text: str | None) -> str | None:
    """The power of ten as Python writes it: also that of Fortran, with D or without a letter."""
    if not text:
        return ""
    text = text.replace("−", "-")
    return f"e{text}" if text[0] in "+-" else f"e{text[1:]}"


def _reading(body: str, decimal: str, thousands: str | None) -> tuple[str, str] | None:
    """The digits as Python writes them, and the grouping sign, where `decimal` is the decimal sign; None where they are no number so."""
    whole, mark, part = body.partition(decimal)
    if not (part.isdecimal() or not part) or (mark and not part and not whole.isdecimal()):
        return None
    if whole.isdecimal() or (not whole and part):
        return f"{whole or '0'}.{part}" if mark else whole, ""
    signs = {letter for letter in whole if not letter.isdecimal()}
    if len(signs) != 1:
        return None
    (sign,) = signs
    if sign == decimal or (thousands is None and sign == "_") or (thousands is not None and sign != thousands):
        return None
    groups = whole.split(sign)
    good = 1 <= len(groups[0]) <= 3 and groups[0][0] != "0" and all(len(group) == 3 for group in groups[1:])
    indian = sign == "," and len(groups) > 2 and 1 <= len(groups[0]) <= 2 and groups[0][0] != "0" and len(groups[-1]) == 3
    if not good and not (indian and all(len(group) == 2 for group in groups[1:-1])):
        return None
    return "".join(groups) + (f".{part}" if mark else ""), sign
