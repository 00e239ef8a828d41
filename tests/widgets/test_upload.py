"""A file of the page: in pieces, read when it is whole, refused in words."""

import io

import numpy as np
import pytest

CSV = b"wind,city,rain\n" + b"".join(b"%d,Oslo,%d\n" % (k % 7, k % 5) for k in range(200))


def upload(page, app, whole, name="weather.csv", size=1000):
    """Sends a file in pieces and returns the answers."""
    pieces = [whole[start : start + size] for start in range(0, len(whole), size)]
    words = [{"id": k, "type": "upload", "name": name, "piece": k, "pieces": len(pieces)} for k in range(len(pieces))]
    return [page.say(app, message, [memoryview(piece)]) for message, piece in zip(words, pieces, strict=True)]


def test_a_file_comes_in_pieces_and_becomes_the_data(app, page):
    assert app.data is None and "data" in app.schema["tasks"]
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
