"""Several series in one table or folder: told apart as asked, never joined without a word."""

import numpy as np
import pytest

from rcwidgets.core.datasets import DataFile, from_csv, from_frame
from rcwidgets.core.datasets.reader.notes import DataError, DataWarning
from rcwidgets.core.tasks import own_series

TRIALS = b"trial,time,x,y\na,0,1,2\na,1,2,3\na,2,3,4\nb,0,5,6\nb,1,6,7\nc,3,1,1\nc,2,2,2\n"


def rows(values):
    return [one.tolist() for one in values]


def test_a_column_tells_the_series_each_in_order_of_its_own_time():
    with pytest.warns(DataWarning, match="Series 'c': The newest row came first"):
        read = from_csv(TRIALS, inputs="x", targets="y", id="trial")
    assert rows(read["inputs"]) == [[[1], [2], [3]], [[5], [6]], [[2], [1]]]
    assert rows(read["targets"]) == [[[2], [3], [4]], [[6], [7]], [[2], [1]]]
    assert rows(read["time"]) == [[0, 1, 2], [0, 1], [2, 3]] and read["id"].tolist() == ["a", "b", "c"]


def test_rows_of_a_series_need_not_stand_together():
    mixed = b"who,time,x\n2,0,10\n1,0,1\n2,1,20\n1,1,2\n"
    read = from_csv(mixed, id="who")
    assert rows(read["inputs"]) == [[[10], [20]], [[1], [2]]] and read["id"].tolist() == ["2", "1"]


def test_time_that_starts_again_begins_a_series_where_that_is_asked():
    read = from_csv(b"time,x\n0,1\n1,2\n0,3\n1,4\n2,5\n", order="restarts")
    assert rows(read["inputs"]) == [[[1], [2]], [[3], [4], [5]]] and rows(read["time"]) == [[0, 1], [0, 1, 2]]


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (TRIALS, "times repeat. Where each 'trial' is a series of its own, give id='trial'. Else give order='time'"),
        (TRIALS.replace(b"trial,", b"n,").replace(b"a,", b"1,").replace(b"b,", b"2,").replace(b"c,", b"3,"), "give id='n'"),
        (b"time,x\n0,1\n1,2\n0,3\n1,4\n", "Where a new series begins each time, give order='restarts'"),
    ],
)
def test_series_that_stand_one_behind_another_are_asked_about(table, words):
    with pytest.raises(DataError, match=words):
        from_csv(table)


def test_a_table_without_time_that_looks_like_several_series_says_so():
    blocks = b"trial,x\n" + b"".join(b"%d,%d\n" % (k // 4, k) for k in range(12))
    with pytest.warns(DataWarning, match="All rows are taken as one series. Where each 'trial' is a series of its own, give id='trial'"):
        from_csv(blocks)
    restarting = b"t,x\n" + b"".join(b"%d,%d\n" % (k % 4, k) for k in range(12))
    with pytest.warns(DataWarning, match="Where it starts again with each series, give order='restarts'"):
        from_csv(restarting)


def test_a_column_of_labels_gives_each_series_its_class():
    table = b"trial,speed,x\n1,slow,1\n1,slow,2\n2,fast,5\n2,fast,6\n"
    read = from_csv(table, id="trial", label="speed")
    assert read["labels"].tolist() == ["slow", "fast"] and rows(read["inputs"]) == [[[1], [2]], [[5], [6]]]
    assert own_series(read).parts.labels == ("slow", "fast")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"id": "trial", "label": "x"}, r"Series '1' must have one label, got '1' and, in line 3, '2' in column 'x'"),
        ({"label": "speed"}, "label='speed' needs id"),
        ({"id": "run"}, "id must name a column, got 'run'. Valid names: trial, speed, x"),
        ({"id": "trial", "label": "trial"}, "id must tell the series alone, got 'trial' and label='trial'"),
        ({"id": "trial", "order": "restarts"}, "got 'trial' and order='restarts'"),
        ({"id": ""}, "id must be the name of a column, got ''"),
    ],
)
def test_what_does_not_tell_series_is_a_sentence(options, words):
    table = b"trial,speed,x\n1,slow,1\n1,slow,2\n2,fast,5\n2,fast,6\n"
    with pytest.raises(ValueError, match=words):
        from_csv(table, **options)


def test_a_data_frame_with_a_column_of_series():
    pandas = pytest.importorskip("pandas")
    days = pandas.to_datetime(["2020-01-01", "2020-01-02", "2020-01-03"] * 2)
    frame = pandas.DataFrame({"date": days, "who": list("aaabbb"), "v": np.arange(6.0)})
    read = from_frame(frame, id="who")
    assert rows(read["inputs"]) == [[[0], [1], [2]], [[3], [4], [5]]] and read["id"].tolist() == ["a", "b"]
    assert read["time"][1].tolist() == days[:3].to_numpy().astype("datetime64[us]").tolist()
    series = DataFile(frame, id="who").read()
    assert series.time.tolist() == [0, 24, 48, 0, 24, 48] and series.time_label == "hours since 2020-01-01"
    later = frame.assign(date=days + pandas.to_timedelta(np.repeat([0, 31], 3), "D"))
    assert DataFile(later, id="who").read().time.tolist() == [0, 24, 48, 744, 768, 792]
    with pytest.raises(DataError, match="give id='who'"):
        from_frame(frame)


def folder(tmp_path, **files):
    for name, text in files.items():
        path = tmp_path / name.replace("__", "/")
        path.parent.mkdir(exist_ok=True)
        path.with_suffix(".csv").write_text(text)
    return tmp_path


def test_each_file_of_a_folder_is_a_series_in_the_order_of_its_number(tmp_path):
    read = from_csv(folder(tmp_path, t2="time,x\n0,2\n1,4\n", t10="time,x\n0,10\n1,20\n2,30\n", t1="time,x\n0,1\n1,2\n"))
    assert read["id"].tolist() == ["t1", "t2", "t10"] and rows(read["inputs"])[2] == [[10], [20], [30]] and "labels" not in read


def test_folders_or_a_file_of_labels_are_the_classes(tmp_path):
    (tmp_path / "a").mkdir()
    read = from_csv(folder(tmp_path / "a", down__1="x\n1\n2\n", up__1="x\n3\n4\n"))
    assert read["labels"].tolist() == ["down", "up"] and read["id"].tolist() == ["down/1", "up/1"]
    (tmp_path / "b").mkdir()
    told = folder(tmp_path / "b", p="x\n1\n2\n", q="x\n3\n4\n", labels="file,label\np.csv,up\nq,down\n")
    assert own_series(told).parts.labels == ("up", "down")
    (told / "labels.csv").write_text("file,label\np.csv,up\n")
    with pytest.raises(DataError, match=r"labels.csv must have a line for each file, name and class, and has none for q.csv"):
        from_csv(told)


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({}, "has no files. Each file in it is to be a series"),
        ({"a": "x\n1\n2\n", "b": "y\n1\n2\n"}, "All files must have the same columns, got x in a.csv and y in b.csv"),
        ({"a": "x\n1\n2\n", "b": "x\n1\nbad1\n3\n4\n"}, "b.csv: Line 3, column 'x': 'bad1' is not a number"),
        ({"a": "x\n1\n2\n", "k__b": "x\n1\n2\n"}, "must all lie in it, or all in folders of it"),
    ],
)
def test_a_folder_that_holds_no_series_is_a_sentence(tmp_path, files, words):
    with pytest.raises(DataError, match=words):
        from_csv(folder(tmp_path, **files))


@pytest.mark.parametrize(
    ("data", "lengths", "labels"),
    [
        ([np.ones((4, 2)), np.ones((3, 2))], [4, 3], ()),
        (np.ones((5, 4, 2)), [4] * 5, ()),
        ({"inputs": [np.ones((4, 1)), np.ones((3, 1))], "labels": [1, 0]}, [4, 3], ("1", "0")),
        ({"inputs": [np.ones((4, 1))] * 2, "targets": [np.zeros((4, 1))] * 2}, [4, 4], ()),
    ],
)
def test_arrays_are_several_series(data, lengths, labels):
    series = own_series(data)
    assert [rows.stop - rows.start for rows in series.slices] == lengths and series.parts.labels == labels


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ([np.ones((4, 2)), np.ones((3, 1))], "All series must have the same channels, got 2 in series 0 and 1 in series 1"),
        ([np.ones((4, 1)), np.full((3, 1), np.nan)], "Series 1 must be finite"),
        (np.ones((9, 1, 2)), "9 series of one step, which tell nothing of time. Of one series give data"),
        ({"inputs": [np.ones((4, 1))] * 3, "labels": [1, 0]}, "one of 'labels' for each of 3 series, got 2"),
        ({"inputs": [np.ones((4, 1))] * 3, "targets": [np.ones((4, 1))] * 2}, "targets for each series, got 3 of inputs and 2 of targets"),
        ({"inputs": [np.ones((4, 1))] * 2, "targets": [np.ones((3, 1))] * 2}, "a row of targets for each of inputs, got 4 and 3 rows"),
        ({"inputs": np.ones((4, 1)), "targets": np.ones((3, 1))}, "a row of targets for each of inputs, got 4 and 3 rows"),
        ({"inputs": np.ones((4, 1)), "labels": [1]}, "several series where 'labels' has one for each"),
        ({"x": np.ones((4, 1))}, "dict as from_csv gives it, with 'inputs', got 'x'"),
    ],
)
def test_arrays_that_are_no_series_are_a_sentence(data, words):
    with pytest.raises((ValueError, TypeError), match=words):
        own_series(data)
