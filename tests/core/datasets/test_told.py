"""Tables that look harmless: each is read right, or what is lost is said."""

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import rcwidgets as rc
from rcwidgets.core.tasks import own_series

BIG = 2**53 + 1


@pytest.mark.parametrize(
    "make",
    [
        lambda path: rc.datasets.from_csv(path),
        lambda path: rc.datasets.from_frame(pd.DataFrame({"x": [BIG, BIG + 2, BIG + 4]})),
        lambda path: rc.datasets.from_frame(pl.DataFrame({"x": [BIG, BIG + 2, BIG + 4]})),
        lambda path: rc.datasets.from_frame(pa.table({"x": [BIG, BIG + 2, BIG + 4]})),
        lambda path: own_series(np.array([BIG, BIG + 2, BIG + 4])),
        lambda path: own_series(np.array([2**63, 2**63 + 1, 2**63 + 2], np.uint64)),
    ],
)
def test_whole_numbers_that_are_rounded_off_are_told(make, tmp_path):
    path = tmp_path / "ids.csv"
    path.write_text(f"t,x\n0,{BIG}\n1,{BIG + 2}\n2,{BIG + 4}\n")
    with pytest.warns(rc.datasets.DataWarning, match="whose last digits are rounded off. Take off what all of them have in common"):
        make(path)


def test_numbers_that_are_held_exactly_say_nothing(recwarn):
    rc.datasets.from_frame(pd.DataFrame({"x": [2**53, 1, 2], "y": [1e300, 2.5, 3]}))
    assert not recwarn.list


@pytest.mark.parametrize("column", [pd.Series([1.0, 2.0, 3.0], name="x"), pl.Series("x", [1.0, 2.0, 3.0])])
def test_one_column_of_a_frame_is_a_frame(column):
    assert rc.datasets.from_frame(column)["inputs"].tolist() == [[1.0], [2.0], [3.0]]
    assert own_series(column).channels == ("x",)


def test_an_index_of_levels_is_left_out_and_told():
    frame = pd.DataFrame(
        {"x": [1.0, 2, 3, 4]}, index=pd.MultiIndex.from_tuples([("a", 0), ("a", 1), ("b", 0), ("b", 1)], names=["id", "t"])
    )
    for make in (rc.datasets.from_frame, own_series):
        with pytest.warns(rc.datasets.DataWarning, match=r"\(id, t\) was left out, and the rows are one series. data.reset_index\(\)"):
            make(frame)
    read = rc.datasets.from_frame(frame.reset_index(), id="id", inputs="x")
    assert [one.tolist() for one in read["inputs"]] == [[[1.0], [2.0]], [[3.0], [4.0]]]


def test_march_is_a_month_before_it_is_a_tuesday(tmp_path):
    path = tmp_path / "months.csv"
    path.write_text("date,x\nJan 2020,1\nFeb 2020,2\nMar 2020,3\nApr 2020,4\n")
    read = rc.datasets.from_csv(path)
    assert read["time"].astype("datetime64[M]").astype(str).tolist() == ["2020-01", "2020-02", "2020-03", "2020-04"]
    path.write_text("date,x\nmar 03/03/2020,1\nmié 04/03/2020,2\njue 19/03/2020,3\n")
    assert rc.datasets.from_csv(path)["time"].astype("datetime64[D]").astype(str).tolist() == ["2020-03-03", "2020-03-04", "2020-03-19"]


def test_a_list_of_arrays_of_one_axis_is_rows_and_says_how_to_give_series():
    with pytest.warns(rc.datasets.DataWarning, match=r"read as 3 rows of 5 channels. Where each array is a series, give it as \(time, 1\)"):
        assert own_series([np.arange(5.0) + k for k in range(3)]).values.shape == (3, 5)


SERIES = [np.full((5, 1), float(k)) for k in range(4)]


@pytest.mark.parametrize("missing", [None, np.nan, pd.NA, pd.NaT])
def test_a_series_without_a_class_is_none_of_a_class_of_its_own(missing):
    with pytest.raises(ValueError, match=r"The labels must all be there, got .* in row 2. Leave out what has no label"):
        own_series({"inputs": SERIES, "labels": ["a", "b", missing, "a"]})


def test_classes_of_ones_own_may_be_one_hot_rows_and_objects():
    assert own_series({"inputs": SERIES, "labels": np.eye(3)[[0, 1, 2, 1]]}).parts.labels == ("0", "1", "2", "1")
    assert own_series({"inputs": SERIES, "labels": np.array([0, 1, 2, 1], object)}).parts.labels == ("0", "1", "2", "1")
    with pytest.raises(ValueError, match="must be classes, got numbers such as 0.5"):
        own_series({"inputs": SERIES, "labels": [0.0, 0.5, 1.0, 0.5]})
