"""Files as people have them: each is read right, or refused with the option that mends it."""

import gzip
import warnings
from typing import Any

import numpy as np
import pytest

from rcwidgets.core.datasets import DataWarning, from_csv

NO = ""


def read(text: str | bytes, says: str = NO, **options: Any) -> dict[str, Any]:
    """A text with what the one warning has to say; without words there may be none."""
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        made = from_csv(text if isinstance(text, bytes) else text.encode(), **options)
    words = [str(one.message) for one in said]
    assert len(words) == bool(says) and all(issubclass(one.category, DataWarning) for one in said), words
    assert not says or says in words[0], words
    return made


def test_a_t_that_does_not_count_is_data():
    np.testing.assert_array_equal(read("T,x\n20.5,1\n20.7,2\n20.9,3\n21.4,4\n")["inputs"][:, 0], [20.5, 20.7, 20.9, 21.4])
    np.testing.assert_array_equal(read("T,x\n0.5,1\n1.0,2\n1.5,3\n")["time"], [0.5, 1.0, 1.5])
    trials = read("id,t,x\n1,0,1\n1,1,2\n2,0,3\n2,1,4\n", "Column 't' is named like a time, but does not increase: it was taken as data.")
    assert trials["inputs"].shape == (4, 3)


def test_an_empty_line_of_one_column_is_said():
    text = "x\n1\n\n# note\n3\n4\n\n"
    np.testing.assert_array_equal(read(text, "1 empty line (first line 3) left out.")["inputs"], [[1], [3], [4]])
    read("x,y\n1,2\n\n3,4\n")


@pytest.mark.parametrize(
    ("text", "inputs", "says"),
    [("101,102\n1.5,2.5\n", [[1.5, 2.5]], "read as the names"), ("time,1,2\n0,5,6\n", [[5, 6]], NO), ("time, s,x\n0,5\n", [[5]], NO)],
)  # fmt: skip
def test_one_row_is_a_table_too(text, inputs, says):
    np.testing.assert_array_equal(read(text, says)["inputs"], inputs)


def test_a_column_that_counts_the_rows_is_said():
    text = "velo,x\n" + "".join(f"{k + 7},{k * k}\n" for k in range(6))
    read(text, "Column 'velo' counts the rows and was taken as data. time='velo' makes it the time.")
    np.testing.assert_array_equal(read(text, time="velo")["inputs"][:, 0], [0, 1, 4, 9, 16, 25])
    assert read(text, time=False)["inputs"].shape == (6, 2)
    read(text.replace("12,25", "13,25"))


def dates(*texts: str) -> np.ndarray:
    return np.array(texts, "datetime64[us]")


@pytest.mark.parametrize(
    "name",
    ["Time [s]", "# time", "#time", "t/s", "t [ms]", "Zeit", '"time, s"', "t", "time", "TIME (sec)", "Elapsed Time", "timestamp", "Temps (s)", "tiempo", "time_s", "Zeit in Sekunden", "UTC time", "時間", "time, s", "unix", "step"],
)  # fmt: skip
def test_a_column_that_is_named_like_a_time_and_increases_is_the_time(name):
    made = read(f"{name},x\n0,5\n1,6\n2,7\n")
    np.testing.assert_array_equal(made["inputs"], [[5], [6], [7]])
    np.testing.assert_array_equal(made["time"], [0, 1, 2])


@pytest.mark.parametrize("name", ["travel time", "timeout", "T_min", "x", "sometimes", "data", "response time [s]"])
def test_other_names_are_no_time(name):
    made = read(f"{name},x\n3,5\n1,6\n7,7\n")
    assert made["inputs"].shape == (3, 2) and "time" not in made


@pytest.mark.parametrize(
    ("text", "inputs", "says"),
    [
        ("n;p\n1.234;5,5\n987;6,5\n2.001;4,1\n", [[1234, 5.5], [987, 6.5], [2001, 4.1]], "'1.234' was read as 1234, since '5,5' in column 'p' (line 2) proves"),
        ("n\tp\n1,234\t5.5\n987\t6.5\n", [[1234, 5.5], [987, 6.5]], "'1,234' was read as 1234"),
        ("t;x\n1;1.000,25\n2;1.100,50\n3;1.200,75\n", [[1000.25], [1100.5], [1200.75]], NO),
        ("t;x\n1;10 237,65\n2;10 240,10\n", [[10237.65], [10240.1]], NO),
        ("t;x\n1;10\u202f237,65\n2;10\u00a0240,10\n", [[10237.65], [10240.1]], NO),
        ("a;x\n5;1'234.5\n6;987\n", [[5, 1234.5], [6, 987]], NO),
        ("a;x\n5;1,23,456.5\n6;987\n", [[5, 123456.5], [6, 987]], NO),
        ('a,x\n5,"1,234.5"\n6,987\n', [[5, 1234.5], [6, 987]], NO),
        ("a;x\n5;51.2 %\n6;7.5 %\n", [[5, 51.2], [6, 7.5]], "'%' was taken off"),
        ("a;x\n5;$5.2\n6;-$7.5\n", [[5, 5.2], [6, -7.5]], "'$' was taken off"),
        ("a;x\n5;5,20 €\n6;1.007,50 €\n", [[5, 5.2], [6, 1007.5]], "'€' was taken off"),
        ("a;x\n5;EUR 5.20\n6;EUR 7.50\n", [[5, 5.2], [6, 7.5]], "'EUR' was taken off"),
        ("a;x\n5;21.5 °C\n6;-3.0 °C\n", [[5, 21.5], [6, -3]], "'°C' was taken off"),
        ("a x\n5 1.5D+03\n6 2.5d-1\n", [[5, 1500], [6, 0.25]], NO),
        ("a x\n5 1.5-103\n6 2.5+002\n", [[5, 1.5e-103], [6, 250]], NO),
        ("a;x\n5;−1,5\n6;3,5-\n", [[5, -1.5], [6, -3.5]], NO),
        ("x,ok\n1.5,true\n2.5,False\n", [[1.5, 1], [2.5, 0]], NO),
        ("a;x\n1.5;2,5\n2.25;3,25\n", [[1.5, 2.5], [2.25, 3.25]], "The decimal sign is the"),
        ('a\n1\n"2,5"\n3\n', [[1], [2.5], [3]], NO),
    ],
)  # fmt: skip
def test_numbers_are_read_as_they_are_meant(text, inputs, says):
    np.testing.assert_array_equal(read(text, says)["inputs"], inputs)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a;b\n1.234;5\n987;6\n", "Line 2, column 'a': '1.234' may be 1.234 or 1234, and nothing in the file tells which. Give decimal='.' or decimal=','."),
        ('a,b\n"1.222","-1.900"\n"1.222","11.127"\n', "'1.222' may be 1.222 or 1222, and nothing in the file tells which."),
        ("a\tb\n1,234\t5\n2,345\t6\n", "Give decimal=',' or decimal='.'."),
        ("a;b\n1.5;2\n2,5;3\n", "Column 'a' has a decimal point in '1.5' (line 2) and a decimal comma in '2,5' (line 3)."),
        ("a,b\n1,5 %\n2,6\n3,7 %\n", "Column 'b': '5 %' in line 2 and '6' in line 3 are of different units."),
        ("a,b\n1,5 kW\n2,6 MW\n", "are of different units"),
        ("a,b\n1,=1+1\n2,3\n3,4\n", "Line 2, column 'b': '=1+1' is not a number. Correct it, or leave the cell empty. A formula is not computed"),
        ("a,b\n1,<0.5\n2,3\n3,4\n", "Line 2, column 'b': '<0.5' is not a number."),
    ],
)  # fmt: skip
def test_numbers_that_may_be_two_things_are_asked(text, words):
    with pytest.raises(ValueError) as error:
        from_csv(text.encode())
    assert words in str(error.value)


def test_options_say_what_nothing_in_the_file_tells():
    text = "a;b\n1.234;5\n987;6\n"
    np.testing.assert_array_equal(read(text, decimal=",")["inputs"], [[1234, 5], [987, 6]])
    np.testing.assert_array_equal(read(text, decimal=".")["inputs"], [[1.234, 5], [987, 6]])
    np.testing.assert_array_equal(read(text, thousands=".")["inputs"], [[1234, 5], [987, 6]])
    np.testing.assert_array_equal(read("a;b\n1_000;5\n2;6\n", thousands="_")["inputs"], [[1000, 5], [2, 6]])
    np.testing.assert_array_equal(read("101,102\n1,2\n", header=True)["inputs"], [[1, 2]])
    np.testing.assert_array_equal(read("101,102\n1.5,2.5\n", header=False)["inputs"], [[101, 102], [1.5, 2.5]])
    np.testing.assert_array_equal(read("1,2\n3,4\n", header=["a", "b"], inputs="b")["inputs"], [[2], [4]])
    np.testing.assert_array_equal(read("x,y\n9,9\na,b\n1,2\n", skip_rows=2, inputs="b")["inputs"], [[2]])
    np.testing.assert_array_equal(read("a:b\n1:2\n", separator=":")["inputs"], [[1, 2]])
    np.testing.assert_array_equal(read("* note\na,b\n1,2\n", comment="*")["inputs"], [[1, 2]])
    np.testing.assert_array_equal(read("ä,b\n1,2\n".encode("cp437"), encoding="cp437", inputs="ä")["inputs"], [[1]])


@pytest.mark.parametrize(
    ("text", "says"),
    [("101,102\n1.5,2.5\n3.5,4.5\n", "Line 1 (101, 102) was read as the names"), ("time,1,2\n0,1.5,2.5\n1,3.5,4.5\n", NO), ("2024-01,2024-02\n1.5,2.5\n3.5,4.5\n", NO)],
)  # fmt: skip
def test_a_first_line_that_differs_in_kind_from_all_below_holds_the_names(text, says):
    np.testing.assert_array_equal(read(text, says)["inputs"], [[1.5, 2.5], [3.5, 4.5]])


@pytest.mark.parametrize("text", ["0,1,2\n5,9,7\n1,1,4\n", "101,102\n1.5,2\n3,4.5\n"])
def test_a_first_line_of_numbers_that_may_be_names_is_asked(text):
    with pytest.raises(ValueError, match=r"Line 1 \(.*\) may be names or data, and nothing tells which. Give header=True or header=False."):
        from_csv(text.encode())
    assert len(read(text, header=False)["inputs"]) == 3 and len(read(text, header=True)["inputs"]) == 2


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("sep=;\na;b\n1;2\n3;4\n", NO),
        ("# a comment\n# another\na,b\n1,2\n3,4\n", NO),
        ("# a b\n1 2\n3 4\n", NO),
        ("%a,b\n1,2\n3,4\n", NO),
        ("a   b\n 1   2\n 3   4\n", NO),
        ("a|b\n1|2\n3|4\n", NO),
        ("a\tb\n1\t2\n3\t4\n", NO),
        ("Station: Oslo\nLogger 5\n\na,b\n1,2\n3,4\n", "Lines 1 to 2 are above the table and left out."),
        ("a,b\n[m],[s]\n1,2\n3,4\n", NO),
        ("a,b\nm,°C\n1,2\n3,4\n", NO),
        ("a,b\n1,2\n# in between\n3,4\n", "1 line (first line 3) begin with '#': comments, left out."),
        ("a,b\n1,2\na,b\n3,4\n", "The names stand again in 1 line below"),
        (",a,b\n0,1,2\n1,3,4\n", "Left out: 'column 1' (counts the rows)."),
        ("index,a,b\n7,1,2\n8,3,4\n", NO),
        ("a,b,\n1,2,\n3,4,\n", NO),
        ("a,b\n1,2,\n3,4,\n", NO),
    ],
)
def test_the_table_is_found_in_its_file(text, says):
    np.testing.assert_array_equal(read(text, says)["inputs"], [[1, 2], [3, 4]])


def test_encodings_and_packed_files():
    text = "Größe;b\n1,5;0\n2,5;1\n"
    for coded, says in (
        (text.encode("cp1252"), "cp1252"),
        (text.encode("utf-16"), NO),
        (text.encode("utf-16-le"), NO),
        (gzip.compress(text.encode()), NO),
    ):
        np.testing.assert_array_equal(read(coded, says, inputs="Größe")["inputs"], [[1.5], [2.5]])
    with pytest.raises(ValueError, match="is not a text in ascii. Give another encoding"):
        from_csv(text.encode("utf-8"), encoding="ascii")
    with pytest.raises(ValueError, match="The packed file cannot be unpacked"):
        from_csv(gzip.compress(text.encode() * 100)[:-20])


@pytest.mark.parametrize(
    ("name", "cells", "time", "says"),
    [
        ("Date", ("1/13/2024", "1/14/2024"), ("2024-01-13", "2024-01-14"), NO),
        ("Date", ("13/1/2024", "14/1/2024"), ("2024-01-13", "2024-01-14"), NO),
        ("Datum", ("1.2.2024", "2.2.2024"), ("2024-02-01", "2024-02-02"), NO),
        ("Month", ("1949-01", "1949-02"), ("1949-01-01", "1949-02-01"), NO),
        ("d", ("31.12.98", "01.01.99"), ("1998-12-31", "1999-01-01"), "years of two digits"),
        ("date", ("20240131", "20240201"), ("2024-01-31", "2024-02-01"), NO),
        ("date", ("31-Jan-2024", "01-Feb-2024"), ("2024-01-31", "2024-02-01"), NO),
        ("date", ("31. Januar 2024", "1. März 2024"), ("2024-01-31", "2024-03-01"), NO),
        ("date", ('"Jan 31, 2024"', '"Feb 1, 2024"'), ("2024-01-31", "2024-02-01"), NO),
        ("Month", ("Dec-98", "Jan-99"), ("1998-12-01", "1999-01-01"), "years of two digits"),
        ("period", ("1949M01", "1949M02"), ("1949-01-01", "1949-02-01"), NO),
        ("week", ("2020-W53", "2021-W01"), ("2020-12-28", "2021-01-04"), NO),
        ("at", ("Mon Mar  1 10:00:00 2021", "Mon Mar 1 10:00:10 2021"), ("2021-03-01T10:00:00", "2021-03-01T10:00:10"), NO),
        ("quarter", ("2024Q1", "2024Q2"), ("2024-01-01", "2024-04-01"), NO),
        ("at", ("2024-01-01T06:00Z", "2024-01-01T07:00+00:00"), ("2024-01-01T06:00", "2024-01-01T07:00"), "UTC"),
        ("at", ("2024-01-01T06:00+01:00", "2024-01-01T07:00-05:00"), ("2024-01-01T05:00", "2024-01-01T12:00"), "UTC"),
        ("at", ("1/31/2024 11:30 PM", "2/1/2024 12:30 AM"), ("2024-01-31T23:30", "2024-02-01T00:30"), NO),
        ("at", ("31.01.2024 24:00", "01.02.2024 01:00"), ("2024-02-01T00:00", "2024-02-01T01:00"), NO),
        ("at", ("2024-01-31 10:00:00.25", '"2024-01-31 10:00:01,5"'), ("2024-01-31T10:00:00.25", "2024-01-31T10:00:01.5"), NO),
    ],
)  # fmt: skip
def test_dates_of_all_kinds_are_the_time(name, cells, time, says):
    made = read(f"{name},v\n{cells[0]},1\n{cells[1]},2\n", says)
    np.testing.assert_array_equal(made["inputs"], [[1], [2]])
    np.testing.assert_array_equal(made["time"], dates(*time))


@pytest.mark.parametrize("text", ["out-10", "set-11", "2021-W60", "1949M13", "Mai-50"])
def test_words_that_are_no_dates_are_texts(text):
    assert "time" not in read(f"name,v,u\n{text},1,4\n{text},2,3\n", "Left out: 'name' (text).")


def test_day_first_or_month_first_is_asked_where_both_fit():
    text = "Date,v\n1/2/2024,1\n1/3/2024,2\n"
    with pytest.raises(
        ValueError, match="fit day first and month first, and nothing in the file tells which. Give date_format='day first' or"
    ):
        from_csv(text.encode())
    np.testing.assert_array_equal(read(text, date_format="month first")["time"], dates("2024-01-02", "2024-01-03"))
    np.testing.assert_array_equal(read(text, date_format="day first")["time"], dates("2024-02-01", "2024-03-01"))
    np.testing.assert_array_equal(read(text, date_format="%d/%m/%Y")["time"], dates("2024-02-01", "2024-03-01"))
    with pytest.raises(
        ValueError, match=r"Column 'Date': no order of day and month fits all dates: Line 3 has '1/14/2024', which is not day first; Line 2"
    ):
        from_csv(b"Date,v\n13/1/2024,1\n1/14/2024,2\n")
    with pytest.raises(ValueError, match="Line 3, column 'day': there is no such day as '2023-02-29'"):
        from_csv(b"day,v\n2023-02-28,1\n2023-02-29,2\n")
    with pytest.raises(ValueError, match="Line 3, column 'at': '2024-01-01T07:00' tells no time zone"):
        from_csv(b"at,v\n2024-01-01T06:00Z,1\n2024-01-01T07:00,2\n")


def test_a_time_in_several_columns():
    wanted = dates("2024-01-01T00:00", "2024-01-01T01:00")
    for text in ("Date,Time,v\n2024-01-01,00:00,5\n2024-01-01,01:00,6\n", "Time;v;Date\n00:00;5;01.01.2024\n01:00;6;01.01.2024\n"):
        made = read(text)
        np.testing.assert_array_equal(made["time"], wanted)
        np.testing.assert_array_equal(made["inputs"], [[5], [6]])
    made = read("year,month,day,hour,v\n2024,1,1,0,5\n2024,1,1,1,6\n", "put together from year, month, day, hour")
    np.testing.assert_array_equal(made["time"], wanted)
    made = read("a,b,v\n2024-01-01,00:00,5\n2024-01-01,01:00,6\n", time=["a", "b"])
    np.testing.assert_array_equal(made["time"], wanted)
    np.testing.assert_array_equal(read("clock,v\n23:50,5\n00:00,6\n00:10,7\n")["time"], [0, 600, 1200])


def test_the_newest_line_first_is_put_in_order_and_said():
    text = "Datum;v\n2021-03-02;3,5\n2021-03-01;2,5\n2021-02-28;1,5\n"
    made = read(text, "The newest row came first (2021-03-02): rows were put in order of time.")
    np.testing.assert_array_equal(made["inputs"], [[1.5], [2.5], [3.5]])
    np.testing.assert_array_equal(made["time"], dates("2021-02-28", "2021-03-01", "2021-03-02"))
    np.testing.assert_array_equal(read(text, "Rows are counted", order="file")["inputs"], [[3.5], [2.5], [1.5]])
    np.testing.assert_array_equal(read("a,b\n3,1\n2,2\n", order="reverse")["inputs"], [[2, 2], [3, 1]])
    blocks = read("time,x\n3,1\n4,2\n5,3\n0,4\n1,5\n2,6\n", "The time goes back in line 5 (0): rows were put in order of time.")
    np.testing.assert_array_equal(blocks["inputs"][:, 0], [4, 5, 6, 1, 2, 3])
    again = "time,x\n0,1\n1,2\n0,4\n1,5\n"
    with pytest.raises(
        ValueError,
        match=r"Column 'time': the time goes back in line 4 \(0 after 1\), and times repeat. Where a new series begins each time, give order='restarts'. Else give order='time' to sort",
    ):
        from_csv(again.encode())
    np.testing.assert_array_equal(read(again, "the time of the row before", order="time")["inputs"][:, 0], [1, 4, 2, 5])
    tied = read("day,x\n2024-01-01,1\n2024-01-01,2\n2024-01-02,3\n", "1 row has the time of the row before (first line 3)")
    np.testing.assert_array_equal(tied["inputs"][:, 0], [1, 2, 3])


def test_the_hour_of_the_change_of_clocks_is_no_gap_and_no_disorder():
    clock = [f"2024-10-27 0{h}:{m:02}" for h, m in ((1, 0), (1, 30), (2, 0), (2, 30), (2, 0), (2, 30), (3, 0), (3, 30))]
    text = "time,x\n" + "".join(f"{one},{k}\n" for k, one in enumerate(clock))
    np.testing.assert_array_equal(read(text, "The clock was set back by an hour after line 5")["inputs"][:, 0], np.arange(8))
    clock = [f"2024-03-31 0{h}:{m:02}" for h, m in ((0, 30), (1, 0), (1, 30), (3, 0), (3, 30), (4, 0), (4, 30))]
    text = "time,x\n" + "".join(f"{one},{k}\n" for k, one in enumerate(clock))
    assert "forward by an hour after line 4" in _said(text)


def _said(text: str) -> str:
    with pytest.warns(DataWarning) as said:
        from_csv(text.encode())
    assert len(said) == 1
    return str(said[0].message)


def jump(first: int = 25) -> str:
    """Ten-minute data with a gap of ten hours after `first` rows."""
    times = np.datetime64("2024-01-01T00:00") + np.arange(40) * np.timedelta64(10, "m")
    times[first:] += np.timedelta64(600, "m")
    return "time,x\n" + "".join(f"{one},{k}\n" for k, one in enumerate(times))


def test_missing_rows_are_said_with_their_place_and_mended_as_chosen():
    text = jump()
    words = _said(text)
    assert "after line 26 (2024-01-01 04:00:00 to 2024-01-01 14:10:00), where a step is 10 minutes: 60 rows are missing" in words
    assert "gaps='fill'" in words and "gaps='cut'" in words and "resample" in words
    filled = read(text, "60 rows put in where time jumps", gaps="fill")
    assert (np.diff(filled["time"]) == np.timedelta64(10, "m")).all() and len(filled["inputs"]) == 100
    np.testing.assert_allclose(filled["inputs"][24:86, 0], np.linspace(24, 25, 62))
    cut = read(text, "The longest part without a gap was kept: 25 rows of 40", gaps="cut")
    np.testing.assert_array_equal(cut["inputs"][:, 0], np.arange(25))
    hourly = read(text, "filled", resample="1h")
    assert (np.diff(hourly["time"]) == np.timedelta64(1, "h")).all()
    np.testing.assert_allclose(hourly["inputs"][:4, 0], [2.5, 8.5, 14.5, 20.5])
    with pytest.raises(ValueError, match="from_csv.resample must be a length such as '10min', '1h'"):
        from_csv(text.encode(), resample="often")


def test_regular_calendars_have_no_gaps():
    months = np.arange("2000-01", "2003-01", dtype="datetime64[M]")
    read("month,x\n" + "".join(f"{one},{k}\n" for k, one in enumerate(months)))
    years = np.arange(1950, 2000)
    read("year,x\n" + "".join(f"{one},{k}\n" for k, one in enumerate(years)))
    days = [day for day in np.arange("2024-01-01", "2024-03-01", dtype="datetime64[D]") if np.is_busday(day)]
    assert "Time jumps by 3 days after line 6" in _said("day,x\n" + "".join(f"{one},{k}\n" for k, one in enumerate(days)))


def test_gaps_in_columns_are_an_error_with_the_line_or_mended_as_chosen():
    text = "x,y\n1,5\n2,off\n3,7\n4,8\n5,err\n6,9\n"
    with pytest.raises(ValueError, match="column 'y' has no number in line 3. Column 'y' has 'off', 'err' in place of a number in 2 lines"):
        from_csv(text.encode())
    np.testing.assert_array_equal(read(text, "2 rows with a gap were left out", gaps="drop")["inputs"][:, 1], [5, 7, 8, 9])
    np.testing.assert_array_equal(read(text, "2 gaps filled", gaps="fill")["inputs"][:, 1], [5, 6, 7, 8, 8.5, 9])
    np.testing.assert_array_equal(read(text, "The longest part", gaps="cut")["inputs"], [[3, 7], [4, 8]])
    np.testing.assert_array_equal(read(text, "'off'", inputs="x")["inputs"][:, 0], [1, 2, 3, 4, 5, 6])
    assert "holds -9999 in 1 row, far from its other numbers" in _said("a,b\n1,-9999\n2,1.5\n3,2.5\n")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"separator": ";;"}, "from_csv.separator must be one character"),
        ({"decimal": ";"}, r"from_csv.decimal must be '.' or ',', got ';'\."),
        ({"decimal": ",", "thousands": ","}, "from_csv.thousands must differ from the decimal sign"),
        ({"header": 2}, "from_csv.header must be True"),
        ({"skip_rows": -1}, "from_csv.skip_rows must be the number of lines"),
        ({"gaps": "ignore"}, r"from_csv.gaps must be one of 'error', 'drop', 'fill', 'cut', 'keep', got 'ignore'\."),
        ({"order": "up"}, "from_csv.order must be 'time', 'file'"),
        ({"time": "when"}, r"from_csv.time must name columns of the table, got 'when'. Valid names: a, b\."),
        ({"encoding": "utf-99"}, "from_csv.encoding must be a known one, got 'utf-99'"),
        ({"date_format": "dd.mm"}, "from_csv.date_format must be such as '%d/%m/%Y'"),
        ({"resample": "1h"}, "from_csv.resample needs a column of times, and the table has none"),
    ],
)
def test_options_that_make_no_sense_are_named(options, words):
    with pytest.raises(ValueError, match=words):
        from_csv(b"a,b\n1,2\n3,4\n", **options)


def test_commas_and_blanks_that_stand_in_numbers_alone_do_not_separate():
    text = "28-Jun-2009|b|wj|jluhu|url|179,751,037,532.60962\r03-Jul-2009|b|gf|q|url|9,698,002,786.875122\r08-Jul-2009|b|b|w|j|-831,066,746.5\r"
    with pytest.warns(DataWarning):
        read = from_csv(text.encode())
    np.testing.assert_array_equal(read["inputs"], [[179751037532.60962], [9698002786.875122], [-831066746.5]])
    text = "-220 790 087 376.59692;b;gw\r-577 803 742 262.0969;b;pjb\r-577 803 742 262.5;b;uqc\r"
    with pytest.warns(DataWarning):
        read = from_csv(text.encode())
    np.testing.assert_array_equal(read["inputs"], [[-220790087376.59692], [-577803742262.0969], [-577803742262.5]])
    with pytest.warns(DataWarning, match="Left out: 'a' \\(text\\)"):  # a comma beside a text separates
        tagged = from_csv(b"at,a,b\n2024-01-01,5|6,1\n2024-01-02,7|8,2\n")
    np.testing.assert_array_equal(tagged["inputs"], [[1], [2]])
