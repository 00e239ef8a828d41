"""Files that are no text: each format is read by its library, with its time and its units, or refused in words."""

import datetime
import io
import sys

import h5py
import numpy as np
import openpyxl
import pandas
import pyarrow
import pyarrow.feather
import pyarrow.parquet
import pytest
from edfio import Edf, EdfSignal
from scipy.io import savemat

from rcwidgets.core.datasets import DataWarning, from_csv
from rcwidgets.core.datasets.reading import read_file

X = np.arange(20.0).reshape(10, 2) * 1.5
DAYS = np.datetime64("2024-01-01", "us") + np.arange(10) * np.timedelta64(1, "D")


def saved(write, *data, **named) -> bytes:
    """What a function writes to a file."""
    file = io.BytesIO()
    write(file, *data, **named)
    return file.getvalue()


def workbook(*rows, more: int = 0) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for k in range(more):
        book.create_sheet(f"other {k}").append([1])
    return saved(lambda file: book.save(file))


def dated() -> list[list[object]]:
    return [["day", "a", "b"], *([day.astype(datetime.datetime), float(a), float(b)] for day, (a, b) in zip(DAYS, X, strict=True))]


def test_arrays_of_numpy():
    np.testing.assert_array_equal(from_csv(saved(np.save, X))["inputs"], X)
    np.testing.assert_array_equal(from_csv(saved(np.save, X[:, 0]))["inputs"], X[:, :1])
    named = from_csv(saved(np.savez, time=np.arange(10.0), u=X, v=X[:, 0] + 1), inputs="u 2", targets="v")
    np.testing.assert_array_equal(named["inputs"], X[:, 1:])
    np.testing.assert_array_equal(named["targets"], X[:, :1] + 1)
    np.testing.assert_array_equal(named["time"], np.arange(10.0))
    with pytest.warns(DataWarning, match=r"Arrays of another length or kind were left out: 'w' \(3,\)"):
        np.testing.assert_array_equal(from_csv(saved(np.savez, u=X, w=np.ones(3)))["inputs"], X)


def test_files_of_matlab():
    np.testing.assert_array_equal(from_csv(saved(savemat, {"x": X, "t": np.arange(10.0)[None]}))["inputs"], X)
    file = io.BytesIO()
    with h5py.File(file, "w") as opened:
        opened.create_dataset("x", data=X.T).attrs["MATLAB_class"] = np.bytes_("double")
    np.testing.assert_array_equal(from_csv(file.getvalue())["inputs"], X)


def test_what_is_no_table_of_numbers_is_named_with_what_to_do():
    cells = np.array([np.ones((5, 2)), np.ones((7, 2))], dtype=object)
    with pytest.raises(ValueError, match=r"got 'c' \(cell\), 's' \(struct\). Save the fields of a struct by save\("):
        from_csv(saved(savemat, {"c": cells, "s": {"a": X}}))
    with pytest.warns(DataWarning, match=r"Left out: 'who' \(char\), 's' \(struct\)"):
        np.testing.assert_array_equal(from_csv(saved(savemat, {"who": "me", "s": {"a": X}, "x": X}))["inputs"], X)
    with pytest.raises(
        ValueError, match=r"got \(4, 20, 2\) of float64. Series \(trials, time, channels\) are loaded in Python, and given as"
    ):
        from_csv(saved(np.save, np.zeros((4, 20, 2))))
    with pytest.raises(ValueError, match=r"got 'z' \(3, 2\) of complex128"):
        from_csv(saved(savemat, {"z": np.ones((3, 2)) * 1j}))


def test_texts_and_cells_of_matlab_7_3_are_no_numbers():
    def file(*, numbers: bool) -> bytes:
        data = io.BytesIO()
        with h5py.File(data, "w") as opened:
            text = opened.create_dataset("unit", data=np.frombuffer(b"millivolts", np.uint8).astype(np.uint16)[:, None])
            cells = opened.create_dataset("trials", data=np.array([opened.ref], h5py.ref_dtype), dtype=h5py.ref_dtype)
            text.attrs["MATLAB_class"], cells.attrs["MATLAB_class"] = np.bytes_("char"), np.bytes_("cell")
            if numbers:
                opened.create_dataset("x", data=X.T).attrs["MATLAB_class"] = np.bytes_("double")
        return data.getvalue()

    with pytest.warns(DataWarning, match=r"Left out: 'trials' \(cell\), 'unit' \(char\)"):
        np.testing.assert_array_equal(from_csv(file(numbers=True))["inputs"], X)  # ten rows, and a text of ten letters
    with pytest.raises(ValueError, match=r"must hold arrays of numbers, got 'trials' \(cell\), 'unit' \(char\)"):
        from_csv(file(numbers=False))


def test_a_workbook_is_read_with_its_dates():
    read = from_csv(workbook(*dated()))
    np.testing.assert_array_equal(read["inputs"], X)
    np.testing.assert_array_equal(read["time"], DAYS)
    with pytest.warns(DataWarning, match="The sheet 'Sheet' was read; the workbook has 2 more."):
        from_csv(workbook(*dated(), more=2))
    exact = [[0.7, 1.234], [1 / 3, 5.678]]
    np.testing.assert_array_equal(from_csv(workbook(["a", "b"], *exact))["inputs"], exact)


def test_a_workbook_with_formulas_without_values_is_refused():
    with pytest.raises(ValueError, match="Cell B3 holds a formula without its value. Open the workbook in a spreadsheet and save it."):
        from_csv(workbook(["a", "b", "c"], [1, 2, 3], [3, "=1+1", 4]))
    with pytest.raises(ValueError, match="Cell B2 holds a formula without its value"):  # in the last column of each row
        from_csv(workbook(["a", "b"], [1, "=A2*2"], [3, "=A3*2"]))


def test_columnar_files():
    table = pyarrow.table({"day": DAYS, "a": X[:, 0], "b": X[:, 1]})
    for packed in (
        saved(lambda file: pyarrow.parquet.write_table(table, file)),
        saved(lambda file: pyarrow.feather.write_feather(table, file)),
    ):
        read = from_csv(packed)
        np.testing.assert_array_equal(read["inputs"], X)
        np.testing.assert_array_equal(read["time"], DAYS)


def test_recordings(tmp_path):
    wave = np.round(np.sin(np.arange(200) / 7), 2)
    slow = EdfSignal(wave[:100], sampling_frequency=50, label="slow", physical_dimension="mV", physical_range=(-2, 2))
    edf = Edf(
        [
            EdfSignal(wave, sampling_frequency=100, label=name, physical_dimension="uV", physical_range=(-2, 2))
            for name in ("EEG a", "EEG b")
        ]
        + [slow]
    )
    edf.write(tmp_path / "r.edf")
    with pytest.warns(DataWarning, match=r"Signals at another rate than 100 Hz were left out: 'slow' \(50 Hz\)"):
        read = from_csv(tmp_path / "r.edf")
    np.testing.assert_allclose(read["inputs"], np.stack([wave, wave], axis=1), atol=1e-4)
    np.testing.assert_allclose(read["time"], np.arange(200) / 100)
    series = read_file(tmp_path / "r.edf")
    assert series.channels == ("EEG a", "EEG b") and series.units == ("uV", "uV") and series.time_label == "time [s]"


def test_records_of_wfdb(tmp_path):
    (tmp_path / "r.hea").write_text("r 2 250 4\nr.dat 16 200(0)/mV 16 0 0 0 0 I\nr.dat 16 200(0)/mV 16 0 0 0 0 II\n")
    np.array([[0, 200], [100, 0], [200, -200], [-400, 50]], "<i2").tofile(tmp_path / "r.dat")
    for name in ("r.hea", "r.dat"):
        read = from_csv(tmp_path / name)
        np.testing.assert_allclose(read["inputs"], [[0, 1], [0.5, 0], [1, -1], [-2, 0.25]])
        np.testing.assert_allclose(read["time"], np.arange(4) / 250)


def test_arff():
    text = "@relation r\n@attribute a numeric\n@attribute b real\n@attribute c {x,y}\n@data\n1,2.5,x\n3,4.5,y\n"
    with pytest.warns(DataWarning, match=r"Left out: 'c' \(text\)"):
        np.testing.assert_array_equal(from_csv(text.encode())["inputs"], [[1, 2.5], [3, 4.5]])


def test_cases_of_ts_are_lists_of_series_with_their_classes():
    head = "@problemName p\n@timeStamps false\n@univariate false\n@classLabel true a b\n@data\n"
    read: dict = from_csv((head + "1,2,3:4,5,6:a\n7,8:9,?:b\n").encode(), gaps="keep")
    np.testing.assert_array_equal(read["inputs"][0], [[1, 4], [2, 5], [3, 6]])
    np.testing.assert_array_equal(read["inputs"][1], [[7, 9], [8, np.nan]])
    assert read["labels"].tolist() == ["a", "b"]
    with pytest.raises(ValueError, match="Line 6, channel 2: 'x' is not a number"):
        from_csv((head + "1,2:3,x:a\n").encode())
    one = from_csv(b"@problemName p\n@classLabel false\n@data\n1,2,3:4,5,6\n")
    np.testing.assert_array_equal(one["inputs"], [[1, 4], [2, 5], [3, 6]])


def test_gaps_of_cases_are_refused_or_mended_as_those_of_tables():
    text = b"@problemName p\n@univariate true\n@classLabel true a b\n@data\n1,2,3,4:a\n2,3,?,5:b\n"
    with pytest.raises(ValueError, match="case 2 has no number at time 2 of channel 1. Leave the case out; gaps='drop', 'fill' or 'cut'"):
        from_csv(text)
    right = {"fill": [2.0, 3.0, 4.0, 5.0], "drop": [2.0, 3.0, 5.0], "cut": [2.0, 3.0]}
    for gaps, second in right.items():
        with pytest.warns(DataWarning, match="^Case 2: "):
            first, mended = from_csv(text, gaps=gaps)["inputs"]
        assert first.ravel().tolist() == [1.0, 2.0, 3.0, 4.0] and mended.ravel().tolist() == second
    np.testing.assert_array_equal(from_csv(text, gaps="keep")["inputs"][1].ravel(), [2.0, 3.0, np.nan, 5.0])


@pytest.mark.parametrize(("option", "value"), [("inputs", "a"), ("targets", ["a"]), ("time", "t"), ("resample", "1h"), ("id", "a")])
def test_what_cases_cannot_take_is_refused(option, value):
    text = b"@problemName p\n@classLabel true a b\n@data\n1,2,3:a\n2,3:b\n"
    with pytest.raises(ValueError, match=f"from_csv.{option} must be left out of a .ts file of cases"):
        from_csv(text, **{option: value})


@pytest.mark.parametrize("library", ["openpyxl", "h5py"])
def test_a_missing_library_is_named_with_the_extra(library, monkeypatch):
    data = {"openpyxl": workbook(*dated()), "h5py": b"\x89HDF\r\n\x1a\n" + b"\0" * 100}[library]
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(ImportError, match=rf"are read by {library}, which is missing. Install it: pip install 'rcwidgets\[files\]'\."):
        from_csv(data)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100,
            r"The file is an Excel file of the old kind \(.xls\). Save it as .xlsx or CSV.",
        ),
        (b"%PDF-1.7 ...", "The file is a PDF. Export its table as CSV."),
        (b"PAR1" + b"\0" * 50, "The Parquet file cannot be read"),
        (b"\x93NUMPY\x01\x00" + b"\0" * 50, "The array cannot be read"),
        (b"MATLAB 5.0 MAT-file" + b" " * 200, "The MATLAB file cannot be read"),
    ],
)
def test_files_that_are_broken_or_of_other_kinds_are_refused(data, words):
    with pytest.raises(ValueError, match=words):
        from_csv(data)


def test_a_packed_file_is_read_by_its_name_too(tmp_path):
    pandas.DataFrame({"a": X[:, 0], "b": X[:, 1]}).to_csv(tmp_path / "x.csv.gz", index=False)
    np.testing.assert_array_equal(from_csv(tmp_path / "x.csv.gz")["inputs"], X)
