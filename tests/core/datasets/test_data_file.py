"""A file with options as data of one's own: the experiment, and the code of its document, read the same."""

import numpy as np
import pytest

from rcwidgets.core.datasets import DataFile, DataWarning, from_csv
from rcwidgets.core.document.code import to_code
from rcwidgets.core.document.document import Document
from rcwidgets.core.nodes import Input, LinearReadout, Reservoir
from rcwidgets.core.tasks import DataTask, own_series
from rcwidgets.core.trainers.closed_form.ridge import RidgeSettings


def table() -> str:
    """German numbers, a gap in `b` and jumps of time."""
    lines = [f"{k if k < 60 else k + 30};{1 + k % 7},{k % 10};{'' if k in (5, 50) else k % 5}" for k in range(120)]
    return "Zeit [min];a;b\n" + "\n".join(lines) + "\n"


@pytest.mark.parametrize(("gaps", "rows"), [("drop", 118), ("fill", 150), ("cut", 60)])
def test_gaps_are_mended_in_the_columns_that_are_used(gaps, rows, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.csv").write_text(table())
    own = own_series(DataFile("t.csv", gaps=gaps))
    assert len(DataTask().series(own).values) == rows
    alone = DataTask(inputs=["a"], targets=["a"]).series(own)
    assert len(alone.values) == {"drop": 120, "fill": 150, "cut": 60}[gaps]
    with pytest.warns(DataWarning) if gaps != "error" else pytest.raises(ValueError):
        read = from_csv("t.csv", gaps=gaps)
    np.testing.assert_array_equal(DataTask().series(own).values, read["inputs"])
    np.testing.assert_array_equal(DataTask().series(own).time, read["time"])


def test_the_code_of_a_document_has_the_options_and_the_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "t.csv").write_text(table())
    own = own_series(DataFile("folder/t.csv", decimal=",", gaps="drop", order="time", header=True))
    document = Document(Input() >> Reservoir(10, seed=0) >> LinearReadout(), DataTask(), RidgeSettings())
    code = to_code(document, own)
    assert "rc.datasets.from_csv('folder/t.csv', inputs=['a', 'b'], decimal=',', header=True, order='time', gaps='drop')['inputs']" in code


def test_data_files_of_different_gaps_are_different_data(tmp_path):
    (tmp_path / "t.csv").write_text(table())
    with pytest.warns(DataWarning, match="Time jumps by 31 minutes after line 61"):
        plain = own_series(tmp_path / "t.csv")
    assert len({plain.digest, own_series(DataFile(tmp_path / "t.csv", gaps="drop")).digest}) == 2


def test_bad_options_are_named_where_they_are_given():
    with pytest.raises(ValueError, match="from_csv.gaps must be one of 'error', 'drop', 'fill', 'cut', 'keep', got 'mend'"):
        DataFile("t.csv", gaps="mend")
