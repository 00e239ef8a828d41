"""Tables of numbers and dates, and the forty dialects that they are written in."""

import csv
import datetime
import io
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from hypothesis import strategies as st

LETTERS = "bcfghjklpqruvwäé"  # no name of a time, a unit or a gap can be made of them


@dataclass(frozen=True)
class Dialect:
    """How a table is written."""

    separator: str
    decimal: str
    thousands: str
    header: bool
    dates: str  # a format of strftime, or "" for a table without dates
    ends: str
    encoding: str
    quoted: bool = False

    def number(self, value: float, places: int | None) -> str:
        """A number in this dialect; `places` of them after the decimal sign, or as many as it needs."""
        text = f"{abs(value):.{places}f}" if places is not None else repr(abs(value))
        if "e" in text or "E" in text:
            return ("-" if value < 0 else "") + text.replace(".", self.decimal)
        whole, _, part = text.partition(".")
        if self.thousands:
            head = len(whole) % 3 or 3
            whole = self.thousands.join([whole[:head], *(whole[k : k + 3] for k in range(head, len(whole), 3))])
        return ("-" if value < 0 else "") + whole + (self.decimal + part if part else "")


def forty() -> list[Dialect]:
    """Forty dialects, in which each separator meets each decimal sign, and each grouping, date, line end and encoding comes often."""
    dates = ("", "%Y-%m-%d", "%d.%m.%Y", "%m/%d/%Y", "%Y-%m-%dT%H:%M:%S", "%d/%m/%Y", "%d.%m.%y", "%d-%b-%Y")
    ends = ("\n", "\r\n", "\n", "\r")
    encodings = ("utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le")
    made = []
    for k in range(40):
        separator = (",", ";", "\t", "|", " ")[k % 5]
        decimal = (".", ",")[(k // 5) % 2]
        signs = [sign for sign in ("", "'", " ", {".": ",", ",": "."}[decimal]) if sign != separator or sign == ","]
        thousands = signs[(k // 3) % len(signs)]
        made.append(
            Dialect(
                separator,
                decimal,
                thousands,
                (k // 2) % 4 != 3,
                dates[(k * 3 + k // 8) % 8],
                ends[(k // 2) % 4],
                encodings[(k // 4) % 5],
                k % 7 == 0,
            )
        )
    return made


class Column(NamedTuple):
    """A column: its name, its numbers (None for dates and texts), and how many decimals are written."""

    name: str
    values: np.ndarray | None
    places: int | None
    texts: tuple[str, ...] = ()


class Table(NamedTuple):
    """Columns of one length, and the first day of the dates, where there are some."""

    columns: tuple[Column, ...]
    rows: int
    start: datetime.datetime
    step: datetime.timedelta

    @property
    def numbers(self) -> np.ndarray:
        """The numbers as they are written (rows, columns)."""
        known = [one for one in self.columns if one.values is not None]
        return np.array([[float(f"{v:.{c.places}f}") if c.places is not None else float(v) for v in c.values] for c in known]).T  # type: ignore[union-attr]

    def dates(self, form: str) -> np.ndarray:
        """The dates as they are written."""
        made = [self.start + k * self.step for k in range(self.rows)]
        if "%H" not in form:
            made = [one.replace(hour=0, minute=0, second=0) for one in made]
        return np.array(made, "datetime64[us]")


@st.composite
def tables(draw: st.DrawFn, dialect: Dialect) -> Table:
    """A table that the dialect can be written for."""
    rows = draw(st.integers(2, 12))
    names = draw(st.lists(st.text(LETTERS, min_size=2, max_size=6), min_size=2, max_size=5, unique_by=str.lower))
    columns = []
    for name in names:
        kind = draw(st.sampled_from(("whole", "small", "fixed", "free", "text")))
        if kind == "text":
            columns.append(
                Column(name, None, None, tuple(draw(st.lists(st.text(LETTERS, min_size=1, max_size=5), min_size=rows, max_size=rows))))
            )
            continue
        if kind == "whole":
            values = draw(st.lists(st.integers(-10_000_000, 10_000_000), min_size=rows, max_size=rows))
            columns.append(Column(name, np.array(values, np.float64), 0))
        elif kind == "small":
            values = draw(st.lists(st.integers(-99, 99), min_size=rows, max_size=rows))
            columns.append(Column(name, np.array(values, np.float64), 0))
        elif kind == "fixed":
            places = draw(st.integers(1, 6))
            numbers = draw(st.lists(st.floats(-1e6, 1e6), min_size=rows, max_size=rows))
            columns.append(Column(name, np.array(numbers), places))
        else:
            numbers = draw(st.lists(st.floats(-1e12, 1e12, allow_subnormal=False), min_size=rows, max_size=rows))
            columns.append(Column(name, np.array(numbers), None))
    if not any(one.values is not None for one in columns):
        columns[0] = Column(names[0], np.arange(rows) * 1.5 - 7, 1)
    start = draw(st.datetimes(datetime.datetime(1975, 1, 1), datetime.datetime(2060, 1, 1))).replace(microsecond=0)
    step = datetime.timedelta(days=draw(st.integers(1, 40)), minutes=draw(st.integers(0, 59)))
    return Table(tuple(columns), rows, start, step)


def written(table: Table, dialect: Dialect) -> bytes:
    """The table in the dialect."""
    file = io.StringIO()
    quoting: Literal[0, 2] = csv.QUOTE_NONNUMERIC if dialect.quoted else csv.QUOTE_MINIMAL
    writer = csv.writer(file, delimiter=dialect.separator, lineterminator=dialect.ends, quoting=quoting)
    dated = bool(dialect.dates)
    if dialect.header:
        writer.writerow([*(["Datum"] if dated else []), *(one.name for one in table.columns)])
    dates = table.dates(dialect.dates)
    for row in range(table.rows):
        first = [dates[row].astype(datetime.datetime).strftime(dialect.dates)] if dated else []
        cells = [dialect.number(float(one.values[row]), one.places) if one.values is not None else one.texts[row] for one in table.columns]
        writer.writerow([*first, *cells])
    return file.getvalue().encode(dialect.encoding, "strict")
