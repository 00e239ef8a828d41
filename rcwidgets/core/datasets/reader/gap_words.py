"""Cells without a number: empty ones, the usual words for nothing, and what sensors and spreadsheets write in its place."""

import re

USUAL = frozenset({"", "na", "n/a", "nan", "null", "none", "-", "--", "---", "."})  # of no matter, whatever their case
_MARKS = re.compile(r"[-–—.?*/x_#]+|[-.]*-[-.:]*", re.IGNORECASE)  # --.-, ????, *****
_ERRORS = re.compile(r"#[A-Z/0!?]+[!?A0]?|[-+]?1\.#(?:IND|QNAN|SNAN|INF).*|[-+]?nan\(.*\)|[-+]nan|<na>|nat", re.IGNORECASE)
INFINITE = frozenset({"inf", "infinity", "-inf", "+inf", "-infinity", "+infinity", "∞", "-∞"})


def is_usual(word: str) -> bool:
    """True where a cell is empty, or a word that all take for a gap, such as NA."""
    return word.lower() in USUAL


def is_gap(word: str) -> bool:
    """True where a cell has no digit to read, and so can only stand for a gap: "off", "---", "#N/A", "*****", "no data"."""
    if is_usual(word) or _MARKS.fullmatch(word) or _ERRORS.fullmatch(word):
        return True
    return word.lower() not in INFINITE and not any(letter.isdigit() for letter in word)


# Words that are gaps even where a name could stand: in a first line, say.
KNOWN = frozenset(
    [
        "off",
        "on",
        "err",
        "error",
        "fault",
        "fail",
        "failed",
        "bad",
        "invalid",
        "missing",
        "nil",
        "n.a.",
        "n.v.",
        "n.d.",
        "nd",
        "nv",
        "k.a.",
        "keine",
        "over",
        "under",
        "ol",
        "oor",
        "timeout",
        "offline",
        "unknown",
        "unavailable",
        "inactive",
        "calibrating",
        "calib",
        "nodata",
        "undef",
        "undefined",
        "void",
    ]
)


def is_known_gap(word: str) -> bool:
    """True where a cell is a gap wherever it stands, so that it is no name of a column."""
    lower = word.lower()
    return is_usual(word) or lower in KNOWN or lower in ("no data", "not available", "out of range") or bool(_marked(word))


def _marked(word: str) -> object:
    return _ERRORS.fullmatch(word) or (len(word) > 1 and _MARKS.fullmatch(word))
