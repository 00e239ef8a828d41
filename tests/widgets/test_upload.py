"""A file of the page: in pieces, read when it is whole, refused in words."""

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
        ({"name": "a", "piece": 1, "pieces": 1}, [b"a"], "Message upload.piece must be one of at most 200 pieces, got 1 of 1."),
        ({"name": "a", "piece": True, "pieces": 1}, [b"a"], "Message upload.piece must be"),
        ({"name": "a", "piece": 0, "pieces": 201}, [b"a"], "Message upload.piece must be one of at most 200 pieces, got 0 of 201."),
        ({"name": "a", "piece": 0, "pieces": 1}, [], "Message upload must have one buffer."),
        ({"name": "a", "piece": 1, "pieces": 2}, [b"a"], "The pieces of a came in another order. Load the file again."),
    ],
)
def test_pieces_that_make_no_sense_are_refused(app, page, message, buffers, words):
    answer = page.say(app, {"id": 1, "type": "upload", **message}, buffers)
    assert answer["ok"] is False and answer["error"]["text"].startswith(words)


def test_a_file_that_grows_too_large_is_refused_on_the_way(app, page, monkeypatch):
    monkeypatch.setattr("rcwidgets.widgets.upload.MOST_BYTES", 2_500)
    answers = upload(page, app, b"1\n" * 2000, "big.csv")
    assert [answer["ok"] for answer in answers] == [True, True, False, False]
    assert answers[2]["error"]["text"] == "big.csv is too large: a file may have 0 MB. Take fewer rows or columns."
