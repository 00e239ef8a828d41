"""The first rows of a file with what each column was taken for; the first lines of one that cannot be read."""

import gzip
import io

import numpy as np
import pytest

from rcwidgets.core.datasets.preview import COLUMNS, LONGEST, first_lines
from rcwidgets.core.datasets.reader.source import Source
from rcwidgets.core.datasets.reading import read_file


def test_the_rows_stand_as_in_the_file_below_what_their_columns_are():
    text = "note\n\nDatum;Zeit;x;y;city\n[d];;[mV];;\n" + "".join(f"0{k}.01.2024;10:00;1.00{k},5;{k} %;Oslo\n" for k in range(7, 0, -1))
    preview = read_file(text.encode()).preview
    assert preview.names == ("Datum", "Zeit", "x", "y", "city")
    assert preview.taken == ("time", "time", "number, mV", "number, %", "left out: text")
    assert preview.rows[0] == ("07.01.2024", "10:00", "1.007,5", "7 %", "Oslo") and len(preview.rows) == 5
    assert preview.found == (("separator", "semicolon"), ("decimal", "comma"), ("header", "names"), ("encoding", "utf-8"))


def test_a_file_that_is_no_text_shows_its_numbers():
    file = io.BytesIO()
    np.save(file, np.arange(8.0).reshape(4, 2) / 3)
    preview = read_file(file.getvalue()).preview
    assert preview.rows[1] == ("0.666667", "1") and preview.taken == ("number", "number") and preview.columns == 2


def test_many_columns_and_long_cells_are_cut():
    cells = ["x" * 500, *["1.5"] * 99]
    preview = read_file("\n".join([",".join(f"c{k}" for k in range(100)), ",".join(cells), ",".join(cells)]).encode()).preview
    assert preview.columns == 100 and len(preview.names) == len(preview.rows[0]) == COLUMNS
    assert preview.rows[0][0] == "x" * (LONGEST - 3) + "..."


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_the_first_lines_of_what_cannot_be_read(pack):
    text = "a;b\n" + "".join(f"{k};\x07{'x' * 1000}\n" for k in range(20))
    lines = first_lines(Source(pack(text.encode())))
    assert lines[0] == "a;b" and len(lines) == 8 and lines[1] == "0; " + "x" * 297


@pytest.mark.parametrize("data", [b"\0\1\2" * 100, gzip.compress(b"a,b\n" * 9000)[:25]], ids=["numbers", "half an archive"])
def test_what_is_no_text_has_no_lines(data):
    assert first_lines(Source(data)) == []
