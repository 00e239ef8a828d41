"""CSV files of the user's own: what is read, what is left out, and where it goes wrong."""

from typing import Any

import numpy as np
import pytest

from rcwidgets.core.datasets import from_csv
from rcwidgets.core.datasets.reading import read_file


def read(text, name="my.csv"):
    return read_file(text.encode() if isinstance(text, str) else text, name=name)


def test_numbers_under_names():
    series = read("a,b\n1,2.5\n3,-4e-1\n")
    np.testing.assert_array_equal(series.values, [[1, 2.5], [3, -0.4]])
    assert (series.channels, series.name, series.time_label, series.origin) == (("a", "b"), "my.csv", "row", "file")
    np.testing.assert_array_equal(series.time, [0, 1])
    assert series.values.dtype == np.float64


@pytest.mark.parametrize(
    "text",
    [
        "a;b\n1,5;2\n3;4,25\n",  # decimal commas where a semicolon separates
        "a\tb\n1.5\t2\n3\t4.25\n",
        "a, b\n1.5, 2\n3, 4.25\n",
        '"a","b"\r\n"1.5","2"\r\n"3","4.25"\r\n',
        "\n\na,b\n\n1.5,2\n , \n3,4.25\n\n",  # empty lines
        "a,b,\n1.5,2,\n3,4.25,\n",  # a separator at the end
        b"\xef\xbb\xbfa,b\n1.5,2\n3,4.25\n",  # a byte order mark
        "a,b\r1.5,2\r3,4.25\r",  # line ends of old
        "a;b\n1.5;2\n3;4.25\n",
    ],
)
def test_the_same_table_in_many_forms(text):
    series = read(text)
    np.testing.assert_array_equal(series.values, [[1.5, 2], [3, 4.25]])
    assert series.channels == ("a", "b")


def test_a_file_without_names_counts_its_columns():
    series = read("1,2\n3,4\n5,6")
    assert series.channels == ("column 1", "column 2") and len(series.values) == 3


def test_names_are_printable_short_and_unique():
    series = read(f"a,a,,{'x' * 200}\n1,2,3,4\n5,6,7,8\n")
    assert series.channels == ("a", "a (2)", "column 3", "x" * 80)
    assert read('"two\nlines",b\n1,2\n3,4\n').channels == ("two lines", "b")


def test_gaps_are_nan_and_lines_are_counted_as_in_the_file():
    series = read("a,b\n1,\n\nNA,4\n5,nan\n")
    np.testing.assert_array_equal(series.values, [[1, np.nan], [np.nan, 4], [5, np.nan]])
    np.testing.assert_array_equal(series.lines, [2, 4, 5])


def test_text_and_empty_columns_are_left_out_with_the_reason():
    series = read("a,city,note\n1,Oslo,\n2,Rome,\n")
    assert series.channels == ("a",) and series.left_out == (("city", "text"), ("note", "empty"))


@pytest.mark.parametrize(
    ("text", "label", "time"),
    [
        ("year,a\n2001,1\n2003,2\n", "year", [2001, 2003]),
        ("T,a\n0.5,1\n1.5,2\n", "T", [0.5, 1.5]),
        ("day,a\n2024-02-28,1\n2024-02-29,2\n2024-03-04,3\n", "days since 2024-02-28", [0, 1, 5]),
        ("day,a\n28.2.2024,1\n29.02.2024,2\n4.3.2024,3\n", "days since 2024-02-28", [0, 1, 5]),
        ("at,a\n2024-01-01 06:00,1\n2024-01-01T12:30:00,2\n", "hours since 2024-01-01 06:00:00", [0, 6.5]),
        ("year,a\n2003,1\n2001,2\n", "year", [2001, 2003]),  # the newest first
        ("flow,a\n1,1\n2,2\n", "row", [0, 1]),  # not named like a time
    ],
)
def test_the_time_axis(text, label, time):
    series = read(text)
    assert series.time_label == label
    np.testing.assert_allclose(series.time, time)
    assert len(series.channels) == (1 if label != "row" else 2)


def test_a_time_is_never_the_only_data():
    for text in ("t\n1\n2\n", "t,x\n1,abc\n2,def\n", "day\n2024-02-02\n2024-02-03\n"):
        with pytest.raises(ValueError, match=r"The data must have a column of numbers beside the time '(t|day)', got none"):
            read(text)
    np.testing.assert_array_equal(from_csv(b"t\n1\n2\n", time=False)["inputs"], [[1], [2]])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a,b\n1,2\n3\n", "Line 3 has 1 cell, line 1 has 2. Every line needs one cell for each column."),
        ("a,b\n1,2\n\n3,4,5\n", "Line 4 has 3 cells, line 1 has 2."),
        ("a,b\n1,2\n3,4.x\n5,6\n7,8\n", "Line 3, column 'b': '4.x' is not a number. Correct it, or leave the cell empty."),
        ("a,b\n1,2\n3,inf\n5,6\n", "Line 3, column 'b': 'inf' is not a number."),
        ("a,b\n1,2\n3,1_000\n5,6\n", "Line 3, column 'b': '1_000' is not a number."),
        ('a,b\n1,"2\n3,4\n', "Line 3 cannot be read: unexpected end of data. Look at its quotes."),
        ("", "The file has no rows."),
        ("\n \n", "The file has no rows."),
        ("city\nOslo\nRome\n", "The data must have a column of numbers, got none \\('city': text\\)"),
        (b"a,b\n1,2\n3,4\n\xff5,4\n", "Line 4, column 'a': 'ÿ5' is not a number.* line 4 has other bytes; it was read as cp1252"),
        (b"a,b\n1,2\n\x00,4\n", "The file is not a text: line 3 has a zero byte. Save it as CSV."),
        (b"PK\x03\x04\x00\x00", "The file is a zip archive. Take the table out of it."),
        (",".join("a" * 501) + "\n" + ",".join("1" * 501), "A file may have 500 columns, this one has 501."),
    ],
)
def test_what_is_wrong_with_a_file_is_named_by_line_and_column(text, words):
    with pytest.raises(ValueError, match=words):
        read(text)


def test_nothing_in_a_file_is_evaluated():
    series = read("a,b\n1,__import__('os')\n2,=1+1\n3,{x}\n")
    assert series.left_out == (("b", "text"),)


def test_from_csv_takes_columns_as_from_frame_does(tmp_path):
    path = tmp_path / "my.csv"
    path.write_text("year,a,b,c,city\n2000,1,2,,Oslo\n2001,4,5,6,Rome\n")
    data = from_csv(path, inputs=["b", "a"], targets="a")
    np.testing.assert_array_equal(data["inputs"], [[2, 1], [5, 4]])
    np.testing.assert_array_equal(data["targets"], [[1], [4]])
    np.testing.assert_array_equal(from_csv(path.read_bytes(), inputs=["a"])["inputs"], [[1], [4]])
    with pytest.raises(ValueError, match="from_csv.source column 'c' has no number in line 2. Fill it in, or leave the column out."):
        from_csv(path, targets="a")
    with pytest.raises(ValueError, match="from_csv.inputs must name columns of numbers, got 'city', which is text. Valid names: a, b, c."):
        from_csv(path, inputs=["city"])
    with pytest.raises(ValueError, match="from_csv.targets must name columns of numbers, got 'd'. Valid names: a, b, c."):
        from_csv(path, targets=["d"])
    wrong: Any = 5
    with pytest.raises(
        TypeError, match=r"from_csv.source must be a path or the bytes of a CSV file, got int. from_frame reads data frames\."
    ):
        from_csv(wrong)


def test_equal_data_have_one_digest():
    one = read("a,b\n1,2\n3,4\n")
    assert one.digest == read("a;b\n1;2\n3;4\n", "other.csv").digest
    assert len({one.digest, read("a,c\n1,2\n3,4\n").digest, read("a,b\n1,2\n3,5\n").digest}) == 3
