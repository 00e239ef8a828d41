"""Columns of a data frame or a CSV file."""

import datetime
import warnings
from typing import Any

import numpy as np
import pandas
import polars
import pyarrow
import pytest

from rcwidgets.core.datasets import DataWarning, from_csv, from_frame
from rcwidgets.core.datasets.reader.notes import DataError
from rcwidgets.core.tasks.own_series import own_series


@pytest.fixture
def table():
    return pandas.DataFrame({"a": [1, 2, 3], "b": [0.5, 1.5, 2.5], "c": [True, False, True]})


def test_columns_come_in_the_order_asked_for(table):
    data = from_frame(table, inputs=["b", "a"], targets="c")
    np.testing.assert_array_equal(data["inputs"], [[0.5, 1], [1.5, 2], [2.5, 3]])
    np.testing.assert_array_equal(data["targets"], [[1], [0], [1]])
    assert data["inputs"].dtype == data["targets"].dtype == np.float64


def test_without_inputs_all_columns_that_are_not_targets_are_inputs(table):
    data = from_frame(table, targets=["b"])
    np.testing.assert_array_equal(data["inputs"], [[1, 1], [2, 0], [3, 1]])
    assert list(from_frame(table)) == ["inputs"]
    assert from_frame(table)["inputs"].shape == (3, 3)


def test_a_path_is_read_as_csv(table, tmp_path):
    table.to_csv(tmp_path / "table.csv", index=False)
    for path in (tmp_path / "table.csv", str(tmp_path / "table.csv")):
        np.testing.assert_array_equal(from_frame(path, "a", "b")["targets"], [[0.5], [1.5], [2.5]])


def test_errors_name_the_column(table):
    with pytest.raises(ValueError, match=r"from_frame.inputs must name columns, got 'd'. Valid names: a, b, c\."):
        from_frame(table, inputs=["a", "d"])
    with pytest.raises(ValueError, match=r"from_frame.inputs must name a column, got none. Valid names: a, b, c\."):
        from_frame(table, targets=["a", "b", "c"])
    with pytest.raises(TypeError, match=r"from_frame.data column 'd' must hold numbers, got \w+. Leave it out or convert it\."):
        from_frame(table.assign(d=["x", "y", "z"]))
    with pytest.raises(ValueError, match=r"from_frame.data column 'd' must be finite, got nan in row 1. Fill or drop such rows\."):
        from_frame(table.assign(d=[1.0, np.nan, 2.0]))
    nothing: Any = [[1.0]]
    with pytest.raises(TypeError, match=r"from_frame.data must be a data frame or the path of a CSV file, got list\."):
        from_frame(nothing)


def test_columns_may_be_called_by_numbers():
    numbered = pandas.DataFrame([[1.0, 2.0], [3.0, 4.0]])
    data = from_frame(numbered, targets=1)
    np.testing.assert_array_equal(data["inputs"], [[1], [3]])
    np.testing.assert_array_equal(data["targets"], [[2], [4]])


def test_names_that_two_columns_have_and_tables_without_rows_are_errors():
    twice = pandas.DataFrame([[1.0, 2.0, 3.0]], columns=["a", "a", "b"])
    np.testing.assert_array_equal(from_frame(twice, inputs="b")["inputs"], [[3]])
    with pytest.raises(ValueError, match=r"from_frame.inputs must name one column each, got 'a', which 2 have. Rename them\."):
        from_frame(twice, targets="b")
    with pytest.raises(ValueError, match=r"from_frame.data must have rows, got none under the columns a, b\."):
        from_frame(twice.iloc[:0, 1:])


def test_a_path_is_read_as_from_csv_reads_it(tmp_path):
    (tmp_path / "f.csv").write_text("a,b\n1,2,\n4,5,\n")
    for read in (from_frame, from_csv):
        np.testing.assert_array_equal(read(tmp_path / "f.csv", inputs="a")["inputs"], [[1], [4]])
        np.testing.assert_array_equal(read(tmp_path / "f.csv")["inputs"], [[1, 2], [4, 5]])


DAYS = np.array(["2024-01-01", "2024-01-02", "2024-01-03"], "datetime64[us]")
VALUES = [1.5, 2.5, 4.0]


def frames():
    """The same three days in each kind of table."""
    rows = {"day": [one.astype(datetime.datetime) for one in DAYS], "x": VALUES, "n": [1, None, 3]}
    pandas_one = pandas.DataFrame(rows)
    return {
        "pandas": pandas_one,
        "pandas, index": pandas_one.set_index("day"),
        "pandas, texts": pandas_one.assign(day=["2024-01-01", "2024-01-02", "2024-01-03"]),
        "pandas, nullable": pandas_one.assign(n=pandas.array([1, None, 3], dtype="Int64")),
        "pandas, zone": pandas_one.assign(day=pandas_one["day"].dt.tz_localize("UTC")),
        "polars": polars.DataFrame(rows),
        "polars, lazy": polars.DataFrame(rows).lazy(),
        "pyarrow": pyarrow.table(rows),
    }


@pytest.mark.parametrize("kind", list(frames()))
def test_all_kinds_of_frames_are_taken_with_their_dates(kind):
    read = from_frame(frames()[kind], inputs="x")
    np.testing.assert_array_equal(read["inputs"], [[1.5], [2.5], [4]])
    np.testing.assert_array_equal(read["time"], DAYS)
    with pytest.raises(ValueError, match=r"from_frame.data column 'n' must be finite, got nan in row 1\. Fill or drop such rows\."):
        from_frame(frames()[kind], inputs="n")
    with pytest.warns(DataWarning, match="1 gap filled"):
        np.testing.assert_array_equal(from_frame(frames()[kind], inputs="n", gaps="fill")["inputs"], [[1], [2], [3]])


def test_frames_are_put_in_order_of_time():
    newest = frames()["pandas"].iloc[::-1]
    with pytest.warns(DataWarning, match=r"The newest row came first \(2024-01-03\)"):
        np.testing.assert_array_equal(from_frame(newest, inputs="x")["inputs"], [[1.5], [2.5], [4]])
    np.testing.assert_array_equal(from_frame(newest, inputs="x", order="time")["inputs"], [[1.5], [2.5], [4]])


def test_numbers_that_are_texts_are_understood_as_in_a_file():
    table = pandas.DataFrame({"a": ["1.000,25", "2.000,5"], "b": ["1.234", "987"]})
    with pytest.warns(DataWarning, match="'1.234' was read as 1234"):
        np.testing.assert_array_equal(from_frame(table)["inputs"], [[1000.25, 1234], [2000.5, 987]])


def test_times_of_a_zone_are_dates_in_utc_and_the_axis_says_so():
    plain = pandas.date_range("2024-03-30 12:00", periods=30, freq="h")
    berlin = plain.tz_localize("UTC").tz_convert("Europe/Berlin")  # the clock goes forward in between
    values = np.sin(np.arange(30.0))
    frames = [
        pandas.DataFrame({"x": values}, index=berlin),
        pandas.DataFrame({"at": berlin, "x": values}),
        pandas.DataFrame({"at": np.array(berlin.to_pydatetime(), dtype=object), "x": values}),
        polars.DataFrame(
            {"at": polars.Series(plain.to_numpy()).dt.replace_time_zone("UTC").dt.convert_time_zone("Europe/Berlin"), "x": values}
        ),
        pyarrow.table({"at": pyarrow.array(berlin), "x": values}),
    ]
    for frame in frames:
        with pytest.warns(DataWarning, match="times were put into one zone, UTC"):
            read = from_frame(frame)
        with pytest.warns(DataWarning, match="times were put into one zone, UTC"):
            series = own_series(frame)
        np.testing.assert_array_equal(read["time"], plain.to_numpy().astype("datetime64[us]"))
        assert series.time_label == "hours since 2024-03-30 12:00:00 UTC"
    assert own_series(pandas.DataFrame({"x": values}, index=plain)).time_label == "hours since 2024-03-30 12:00:00"
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # what is in UTC already is not told
        for frame in (pandas.DataFrame({"x": values}, index=plain.tz_localize("UTC")), pandas.DataFrame({"x": values}, index=plain)):
            np.testing.assert_array_equal(from_frame(frame)["time"], plain.to_numpy().astype("datetime64[us]"))


@pytest.mark.parametrize("name", [None, "lap"])
def test_an_index_of_spans_is_the_time_in_seconds(name):
    spans = pandas.to_timedelta([0, 10, 20, 30], unit="min").rename(name)
    frame = pandas.DataFrame({"x": [1.0, 4.0, 9.0, 16.0]}, index=spans)
    assert from_frame(frame)["time"].tolist() == [0.0, 600.0, 1200.0, 1800.0]
    assert own_series(frame).time_label == "time [s]"
    with pytest.warns(DataWarning, match="The newest row came first"):
        assert from_frame(frame[::-1])["inputs"].ravel().tolist() == [1.0, 4.0, 9.0, 16.0]


def test_a_series_in_each_cell_is_refused_with_what_to_do():
    words = "a series in each cell: write one row for each of its steps, and tell the series apart by id="
    nested = [pandas.Series([1.0, 2.0]), pandas.Series([3.0, 4.0, 5.0])]
    frames = [
        pandas.DataFrame({"v": nested, "a": [1.0, 2.0]}),
        pandas.DataFrame({"v": [[1, 2], [3, 4]], "a": [1.0, 2.0]}),
        polars.DataFrame({"v": [[1, 2], [3, 4]], "a": [1.0, 2.0]}),
        pyarrow.table({"v": [[1, 2], [3, 4, 5]], "a": [1.0, 2.0]}),
    ]
    for frame in frames:
        with pytest.raises(TypeError, match=f"column 'v' must hold numbers, got {words}"):
            from_frame(frame)
    with pytest.raises(DataError, match=f"'v': {words}"):
        own_series(frames[0][["v"]])


def test_the_levels_of_an_index_without_names_are_called_as_reset_index_calls_them():
    index = pandas.MultiIndex.from_product([[0, 1], [0, 1, 2]])
    frame = pandas.DataFrame({"x": np.arange(6.0)}, index=index)
    with pytest.warns(DataWarning, match=r"The index \(level_0, level_1\) was left out, and the rows are one series"):
        from_frame(frame)
    assert list(frame.reset_index().columns) == ["level_0", "level_1", "x"]


def test_an_index_whose_numbers_do_not_rise_is_told_where_there_is_no_time():
    frame = pandas.DataFrame({"x": [1.5, 2.5, 2.0]})
    with pytest.warns(DataWarning, match=r"The index does not rise: rows were read as they stand. data.sort_index\(\) puts"):
        assert from_frame(frame[::-1])["inputs"].ravel().tolist() == [2.0, 2.5, 1.5]
    with pytest.warns(DataWarning, match="does not rise"):
        assert "does not rise" in own_series(frame.iloc[[1, 0, 2]]).notes[-1]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        from_frame(frame)
        from_frame(pandas.concat([frame, frame]))  # an index that starts again tells no order
        from_frame(frame.assign(t=pandas.date_range("2020-01-01", periods=3)).set_axis([2, 1, 0]))  # the dates do
