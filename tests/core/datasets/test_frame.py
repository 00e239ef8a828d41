"""Columns of a data frame or a CSV file."""

import builtins
from typing import Any

import numpy as np
import pandas
import pytest

from rcwidgets.core.datasets import from_frame


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


def test_a_path_without_pandas_says_what_to_install(monkeypatch):
    real = builtins.__import__

    def missing(name, *rest, **named):
        if name == "pandas":
            raise ImportError(name)
        return real(name, *rest, **named)

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(ImportError, match=r"from_frame needs pandas to read a file. Install it: pip install pandas\."):
        from_frame("table.csv")


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
