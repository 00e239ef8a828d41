"""Sentences of the reader as the page says them: the control's label in the place of the name of an option in Python."""

import re

LABELS = {
    "separator": "Separator",
    "decimal": "Decimal sign",
    "thousands": "Decimal sign",
    "header": "First line",
    "skip_rows": "Lines to skip",
    "comment": "Comments",
    "units": "Unit of time",
    "time": "Time column",
    "order": "Order of rows",
    "date_format": "Date format",
    "gaps": "Gaps",
    "resample": "Even steps",
    "encoding": "Encoding",
    "id": "Series",
    "label": "Class",
}
VALUES = {
    "decimal": {"'.'": "point", "','": "comma"},
    "separator": {"','": "comma", "';'": "semicolon", "'\\t'": "tab", "'|'": "bar", "' '": "blanks"},
    "header": {"True": "names", "False": "data"},
    "time": {"False": "none"},
    "gaps": {"'drop'": "drop", "'fill'": "fill", "'cut'": "cut", "'error'": "refuse"},
    "order": {
        "'time'": "sort by time",
        "'file'": "as in the file",
        "'reverse'": "newest first",
        "'restarts'": "a series begins where time does",
    },
}
_NAMES = "|".join(LABELS)
_GIVEN = re.compile(rf"(?<![\w.'])({_NAMES})=('[^']*'|True|False)")
_OWNED = re.compile(rf"from_csv\.({_NAMES})(?:=('[^']*'|True|False))?")
_ALONE = re.compile(
    r"(?<![\w'])(skip_rows|date_format|resample|encoding)(?= (?:makes|joins|leaves|says)\b)|(?<=give )(date_format)(?=\.)", re.IGNORECASE
)


def on_the_page(sentence: str) -> str:
    """A sentence that names options of `from_csv`, with the labels of their controls.

    >>> on_the_page("Give date_format='day first' or date_format='month first'.")
    'Give "Date format: day first" or "Date format: month first".'
    """
    made = _OWNED.sub(_said, sentence)
    made = _GIVEN.sub(_said, made)
    return _ALONE.sub(lambda found: f'"{LABELS[(found[1] or found[2]).lower()]}"', made)


def _said(found: re.Match[str]) -> str:
    name, value = found[1], found[2]
    if value is None:
        return LABELS[name]
    return f'"{LABELS[name]}: {VALUES.get(name, {}).get(value, value.strip(chr(39)))}"'
