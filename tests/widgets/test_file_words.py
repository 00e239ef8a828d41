"""What the reader says, with the page's labels in the place of Python's options."""

import inspect
from dataclasses import fields

import pytest

from rcwidgets.core.datasets.csv_file import from_csv
from rcwidgets.core.datasets.reader.options import Options
from rcwidgets.widgets.file_words import LABELS, on_the_page


@pytest.mark.parametrize(
    ("python", "page"),
    [
        ("Give decimal='.' or decimal=','.", 'Give "Decimal sign: point" or "Decimal sign: comma".'),
        ("from_csv.skip_rows must be the number of lines, got -1.", "Lines to skip must be the number of lines, got -1."),
        ("Give header=True or header=False.", 'Give "First line: names" or "First line: data".'),
        ("from_csv.gaps='drop' leaves no row.", '"Gaps: drop" leaves no row.'),
        ("Correct them, or give date_format.", 'Correct them, or give "Date format".'),
        ("time=False takes it as data.", '"Time column: none" takes it as data.'),
        ("time='n' makes it the time.", '"Time column: n" makes it the time.'),
        ("order='file' keeps them as they stand.", '"Order of rows: as in the file" keeps them as they stand.'),
        ("resample makes them even.", '"Even steps" makes them even.'),
        ("column; skip_rows leaves lines at the start out.", 'column; "Lines to skip" leaves lines at the start out.'),
        ("Column 'time' has no number; the time goes back.", "Column 'time' has no number; the time goes back."),
        ("Column 'gaps=1' is text.", "Column 'gaps=1' is text."),
    ],
)
def test_options_are_named_by_their_controls(python, page):
    assert on_the_page(python) == page


def test_every_option_of_python_has_its_label():
    assert set(LABELS) == {one.name for one in fields(Options)}
    assert set(LABELS) == set(inspect.signature(from_csv).parameters) - {"source", "inputs", "targets"}
