"""A file of the page: in pieces, read when it is whole, refused in words."""

import io

import numpy as np
import pandas
import pytest

from rcwidgets.core.datasets import DataWarning
from rcwidgets.core.document.schema import schema

CSV = b"wind,city,rain\n" + b"".join(b"%d,Oslo,%d\n" % (k % 7, k % 5) for k in range(200))


def upload(page, app, whole, name="weather.csv", size=1000):
    """Sends a file in pieces and returns the answers."""
    pieces = [whole[start : start + size] for start in range(0, len(whole), size)]
    words = [{"id": k, "type": "upload", "name": name, "piece": k, "pieces": len(pieces)} for k in range(len(pieces))]
    return [page.say(app, message, [memoryview(piece)]) for message, piece in zip(words, pieces, strict=True)]


def test_a_file_comes_in_pieces_and_becomes_the_data(app, page):
    assert app.data is None and "data" in schema()["tasks"]
    answers = upload(page, app, CSV)
    assert len(answers) == 2 and all(answer["ok"] for answer in answers)
    assert answers[-1]["result"] == {"revision": 2} and answers[0]["result"] == {}
    assert app.document["task"]["kind"] == "data" and app.document["task"]["knobs"]["inputs"] is None
    assert app.data == {
        "name": "weather.csv",
        "rows": 200,
        "time": "row",
        "columns": ["wind", "rain"],
        "left_out": [{"name": "city", "reason": "text"}],
        "notes": [],
        "series": 0,
        "shortest": 0,
        "longest": 0,
        "classes": 0,
    }
    assert app.history["undo"] == "Bring weather.csv"
    assert "# It was uploaded, and a page does not tell the folder: write the path of your file here\n" in app.experiment.code()
    assert "rc.datasets.from_csv('weather.csv', " in app.experiment.code()
    page.say(app, {"id": 9, "type": "edit", "edits": [{"op": "set", "owner": "task", "knob": "targets", "value": ["rain"]}]})
    assert app.document["task"]["knobs"]["targets"] == ["rain"] and app.experiment.task.targets == ("rain",)


def test_a_file_that_cannot_be_read_is_a_sentence_at_the_task_and_changes_nothing(app, page):
    before = app.experiment.document
    answer = upload(page, app, b"a,b\n1,2\n3\n", "broken.csv")[-1]
    assert answer["error"]["text"].startswith("broken.csv: Line 3 has 1 cell, line 1 has 2.") and answer["error"]["owner"] == "task"
    assert app.experiment.document is before and app.data is None


@pytest.mark.parametrize(
    ("message", "buffers", "words"),
    [
        ({"piece": 0, "pieces": 1}, [b"a"], "Message upload.name must be a text of 1 to 200 characters."),
        ({"name": "a\nb", "piece": 0, "pieces": 1}, [b"a"], "Message upload.name must be"),
        ({"name": "a", "piece": 1, "pieces": 1}, [b"a"], "Message upload.piece must be one of at most 20,000 pieces, got 1 of 1."),
        ({"name": "a", "piece": True, "pieces": 1}, [b"a"], "Message upload.piece must be"),
        ({"name": "a", "piece": 0, "pieces": 20_001}, [b"a"], "Message upload.piece must be one of at most 20,000 pieces, got 0 of 20001."),
        ({"name": "a", "piece": 0, "pieces": 1}, [], "Message upload must have one buffer."),
        ({"name": "a", "piece": 1, "pieces": 2}, [b"a"], "The pieces of a came in another order. Load the file again."),
    ],
)
def test_pieces_that_make_no_sense_are_refused(app, page, message, buffers, words):
    answer = page.say(app, {"id": 1, "type": "upload", **message}, buffers)
    assert answer["ok"] is False and answer["error"]["text"].startswith(words)


def test_a_large_file_is_put_together_on_disk_and_read(app, page):
    rows = 300_000
    whole = b"wind,rain\n" + b"".join(b"%d.5,%d\n" % (k % 97, k % 89) for k in range(rows))
    assert all(answer["ok"] for answer in upload(page, app, whole, "big.csv", size=100_000))
    assert app.data["rows"] == rows and app.data["columns"] == ["wind", "rain"]
    assert app.experiment.data.values[-1].tolist() == [(rows - 1) % 97 + 0.5, (rows - 1) % 89]


def test_a_file_of_another_format_and_a_dialect_are_read_too(app, page):
    saved = io.BytesIO()
    np.save(saved, np.arange(400.0).reshape(200, 2))
    assert all(answer["ok"] for answer in upload(page, app, saved.getvalue(), "a.npy"))
    np.testing.assert_array_equal(app.experiment.data.values, np.arange(400.0).reshape(200, 2))
    text = "Zeit [s];x\n" + "".join(f"{k};1.{k % 1000:03},5\n" for k in range(200))
    assert all(answer["ok"] for answer in upload(page, app, text.encode("cp1252"), "b.csv"))
    assert app.data["time"] == "Zeit [s]" and app.experiment.data.values[3, 0] == 1003.5


def read(page, app, **options):
    return page.say(app, {"id": 1, "type": "read", "options": options})


def test_a_file_is_shown_with_what_each_column_was_taken_for(app, page):
    text = "Zeit;city;x [mV]\n" + "".join(f"{day:02}.01.2024;Oslo;{day},5\n" for day in range(28, 0, -1))
    upload(page, app, text.encode("cp1252"))
    file = app.file
    assert file["names"] == ["Zeit", "city", "x [mV]"] and file["taken"] == ["time", "left out: text", "number"]
    assert file["rows"][0] == ["28.01.2024", "Oslo", "28,5"] and len(file["rows"]) == 5 and file["columns"] == 3
    assert file["found"] == {
        "separator": "semicolon",
        "decimal": "comma",
        "header": "names",
        "encoding": "utf-8",
        "time": "days since 2024-01-01",
    }
    assert any("rows were put in order of time" in note and '"Order of rows: as in the file"' in note for note in file["notes"])
    assert file["error"] is None and file["again"] and file["options"] == {} and app.reading is None


def test_a_file_is_read_again_under_options_which_the_code_has(app, page):
    upload(page, app, b"n;x\n" + b"".join(b"%d;1.%03d\n" % (k % 9, k) for k in range(1, 300)), "doubt.csv")
    assert "may be 1.001 or 1001" in app.file["error"] and 'Give "Decimal sign: point" or "Decimal sign: comma".' in app.file["error"]
    assert app.file["lines"][:2] == ["n;x", "1;1.001"] and app.file["again"] and app.data is None
    files = []
    app.observe(lambda change: files.append(change["new"]), "file")
    assert read(page, app, decimal=",")["ok"] and None not in files  # the dialog stays
    assert app.file["error"] is None and app.file["options"] == {"decimal": ","}
    np.testing.assert_array_equal(app.experiment.data.values[:2, 1], [1001, 1002])
    assert "decimal=','" in app.experiment.code()
    assert read(page, app, decimal=".", skip_rows=0)["ok"]
    np.testing.assert_array_equal(app.experiment.data.values[:2, 1], [1.001, 1.002])
    answer = read(page, app, decimal=",", skip_rows=-1)
    assert answer["error"]["text"].startswith("doubt.csv: Lines to skip must be the number of lines to skip at the start, got -1.")
    assert app.file["options"] == {"decimal": ",", "skip_rows": -1} and app.experiment.data.values[0, 1] == 1.001


def test_what_becomes_of_gaps_is_chosen_and_said(app, page):
    upload(page, app, b"a,b\n" + b"".join(b"%d,%s\n" % (k % 7, b"" if k == 50 else b"%d" % (k % 5)) for k in range(200)))
    with pytest.raises(ValueError, match="Column 'b' has no number in line 52. .* Or choose what becomes of gaps"):
        app.experiment.task.prepare(app.experiment.data)
    assert read(page, app, gaps="fill")["ok"]
    assert "1 gap filled, in straight lines." in app.file["notes"]
    assert app.experiment.task.prepare(app.experiment.data).inputs.shape[0] == 200
    assert read(page, app, gaps="drop")["ok"] and "1 row with a gap was left out." in app.file["notes"]


@pytest.mark.parametrize("options", [{"shell": "x"}, ["separator"], {"time": ["a"] * 11}, {"time": {"a": 1}}, {"encoding": "x" * 300}])
def test_options_that_are_none_are_refused(app, page, options):
    upload(page, app, CSV)
    answer = page.say(app, {"id": 1, "type": "read", "options": options})
    assert answer["error"]["text"].startswith("Message read.options must") and app.file["error"] is None


def test_a_file_of_a_path_is_read_again_from_there_and_data_of_no_file_are_not(app, page, tmp_path):
    upload(page, app, CSV)
    (tmp_path / "a.csv").write_text("a;b\n" + "".join(f"{k % 7},5;{k % 5},5\n" for k in range(200)))
    app.experiment.bring(tmp_path / "a.csv")
    assert app.file["again"] and app.file["found"]["decimal"] == "comma"
    assert read(page, app, header=["u", "v"], skip_rows=1)["ok"]
    assert app.data["columns"] == ["u", "v"] and f"from_csv({str(tmp_path / 'a.csv')!r}" in app.experiment.code()
    assert not read(page, app, time="when")["ok"] and app.file["error"]
    assert read(page, app)["ok"] and app.data["columns"] == ["a", "b"]  # the file of the path, not the one that was sent
    assert not read(page, app, time="when")["ok"] and app.file["error"]
    app.experiment.bring(np.sin(np.arange(300)))
    assert app.file is None
    assert read(page, app)["error"]["text"] == "The file is not there to be read again. Load it anew."


def test_what_is_said_of_a_frame_is_on_the_page_too(app):
    days = pandas.date_range("2024-01-01", periods=200)[::-1]
    with pytest.warns(DataWarning):
        app.experiment.bring(pandas.DataFrame({"day": days, "x": np.sin(np.arange(200))}))
    assert app.file is None
    words = "The newest row came first (2024-07-18): rows were put in order of time. order='file' keeps them as they stand."
    assert app.data["notes"] == [words]  # a frame has no controls on the page


def test_the_share_of_a_long_file_is_told_while_it_is_read(app, page, monkeypatch):
    shares = []
    app.observe(lambda change: shares.append(change["new"]), "reading")
    ticks = iter(range(10_000))
    monkeypatch.setattr("rcwidgets.widgets.app.monotonic", lambda: next(ticks))
    upload(page, app, b"wind,rain\n" + b"".join(b"%d.5,%d\n" % (k % 97, k % 89) for k in range(500_000)), "big.csv", size=1_000_000)
    assert len(shares) > 3 and shares[-1] is None and max(shares[:-1]) == 1.0 and 0 < shares[0] < 0.5
