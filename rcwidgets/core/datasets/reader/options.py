"""What a user may say of a table, in place of what the reader finds out."""

import codecs
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Literal

Gaps = Literal["error", "drop", "fill", "cut", "keep"]
Order = Literal["time", "file", "reverse", "restarts"]
SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", " ": "blanks"}
_GAPS, _ORDERS = ("error", "drop", "fill", "cut", "keep"), ("time", "file", "reverse", "restarts")
_GROUPINGS = (".", ",", "'", " ", "_", "")
MOST_SKIPPED = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Options:
    """See `from_csv`, whose options these are; None is found out. Bad values are errors that name the option and the valid ones."""

    separator: str | None = None
    decimal: Literal[".", ","] | None = None
    thousands: str | None = None
    header: bool | Sequence[str] | None = None
    skip_rows: int | None = None
    comment: str | None = None
    units: bool | str | None = None
    time: str | Sequence[str] | Literal[False] | None = None
    order: Order | None = None
    date_format: str | None = None
    gaps: Gaps = "error"
    resample: str | float | None = None
    encoding: str | None = None
    id: str | None = None
    label: str | None = None

    def __post_init__(self) -> None:
        self._one(
            "separator", isinstance(self.separator, str) and len(self.separator) == 1 and self.separator not in "\r\n\"'.", _SEPARATOR
        )
        self._one("decimal", self.decimal in (".", ","), "'.' or ','")
        self._one("thousands", self.thousands in _GROUPINGS, "'.', ',', \"'\", ' ', '_', or '' for no grouping")
        if self.decimal is not None and self.decimal == self.thousands:
            raise ValueError(f"from_csv.thousands must differ from the decimal sign, got {self.thousands!r} for both. Change one of them.")
        named = isinstance(self.header, bool) or _names(self.header)
        self._one("header", named, "True (the first line holds the names), False (it holds data) or a list of names")
        whole = isinstance(self.skip_rows, int) and not isinstance(self.skip_rows, bool) and 0 <= self.skip_rows <= MOST_SKIPPED
        self._one("skip_rows", whole, "the number of lines to skip at the start")
        self._one(
            "comment", isinstance(self.comment, str) and 1 <= len(self.comment) <= 3 and self.comment.strip(), "what comments begin with"
        )
        told = isinstance(self.units, bool | str) and self.units != ""
        self._one(
            "units", told, "True or False (whether a line of units stands below the names), or the unit of the time column, such as 's'"
        )
        timed = self.time is False or (isinstance(self.time, str) and self.time != "") or _names(self.time)
        self._one("time", timed, "the name of a column, the names of several (date and clock), or False for none")
        self._one("order", self.order in _ORDERS, _ORDER_RULE)
        for name in ("id", "label"):
            self._one(name, isinstance(getattr(self, name), str) and getattr(self, name) != "", "the name of a column")
        if self.id is not None and (self.id == self.label or self.order == "restarts"):
            other = f"label={self.label!r}" if self.id == self.label else "order='restarts'"
            raise ValueError(f"from_csv.id must tell the series alone, got {self.id!r} and {other}. Leave one of them out.")
        dated = isinstance(self.date_format, str) and ("%" in self.date_format or self.date_format in DATE_ORDERS)
        self._one("date_format", dated, f"such as '%d/%m/%Y', or one of {', '.join(map(repr, DATE_ORDERS))}")
        if self.gaps not in _GAPS:
            raise ValueError(f"from_csv.gaps must be one of {', '.join(map(repr, _GAPS))}, got {self.gaps!r}.")
        length = isinstance(self.resample, str | int | float) and not isinstance(self.resample, bool)
        self._one("resample", length, "the length of a step, such as '10min', '1h', '1d', or a number in the unit of the time column")
        if self.encoding is not None:
            try:
                codecs.lookup(self.encoding)
            except (LookupError, TypeError):
                raise ValueError(
                    f"from_csv.encoding must be a known one, got {self.encoding!r}. Try 'utf-8', 'cp1252' or 'utf-16'."
                ) from None

    def _one(self, name: str, good: object, rule: str) -> None:
        value = getattr(self, name)
        if value is not None and not good:
            raise ValueError(f"from_csv.{name} must be {rule}, got {value!r}.")

    @property
    def given(self) -> tuple[tuple[str, object], ...]:
        """Those that a user gave, in their order, as literals of Python."""
        told = ((one.name, getattr(self, one.name)) for one in fields(Options) if getattr(self, one.name) != one.default)
        return tuple((name, list(value) if isinstance(value, tuple) else value) for name, value in told)


DATE_ORDERS = {"day first": "dmy", "month first": "mdy", "year first": "ymd"}
_ORDER_RULE = (
    "'time', 'file' (rows stay as they are), 'reverse' (the newest row comes first) or 'restarts' (a series begins where time does)"
)
_SEPARATOR = "one character, such as ',', ';', '\\t' or ' ' (for any blanks)"


def _names(value: Any) -> bool:
    return isinstance(value, list | tuple) and bool(value) and all(isinstance(one, str) for one in value)
