"""The three models: what the page says is checked, done and answered; what the kernel changes is shown."""

import pytest

from rcwidgets.core.nodes import Input, LinearReadout, Reservoir
from rcwidgets.live.experiment import Experiment
from rcwidgets.widgets.app import App
from rcwidgets.widgets.publisher import Publisher


@pytest.fixture
def app(page):
    experiment = Experiment(Input() >> Reservoir(20, seed=0) >> LinearReadout(), "sunspots", auto=False)
    publisher = Publisher(experiment)
    made = App(experiment, publisher)
    made.experiment, made.publisher = experiment, publisher
    yield made
    publisher.close()
    experiment.close()


def id_of(app, name):
    return app.experiment.document.graph.id_of(name)


def test_an_edit_is_done_answered_and_shown(app, page):
    edit = {"op": "set", "owner": id_of(app, "reservoir"), "knob": "units", "value": 30}
    assert page.say(app, {"id": 7, "type": "edit", "edits": [edit]}) == {"id": 7, "ok": True, "result": {"revision": 2}}
    assert app.experiment.model["reservoir"].units == 30
    assert app.revision == 2 and app.document["nodes"][1]["knobs"]["units"] == 30
    assert "Units" in app.history["undo"] and app.history["redo"] is None


def test_a_refused_edit_is_a_sentence_at_its_owner(app, page):
    owner = id_of(app, "reservoir")
    answer = page.say(app, {"id": 1, "type": "edit", "edits": [{"op": "set", "owner": owner, "knob": "leak_rate", "value": 1.7}]})
    assert answer["error"] == {"text": "Leak rate must lie between 0.001 and 1.", "owner": owner, "knob": "leak_rate"}
    assert app.revision == 1 and app.experiment.model["reservoir"].leak_rate == 0.3


def test_undo_redo_and_code_have_messages(app, page):
    page.say(app, {"id": 1, "type": "edit", "edits": [{"op": "set", "owner": "trainer", "knob": "beta", "value": 0.5}]})
    assert page.say(app, {"id": 2, "type": "undo"})["result"] == {"done": True, "label": "Set Ridge beta of the trainer", "revision": 3}
    assert app.document["trainer"]["knobs"]["beta"] == 0.1 or app.document["trainer"]["knobs"]["beta"] == 1e-6
    assert page.say(app, {"id": 3, "type": "redo"})["result"]["done"] is True
    assert app.document["trainer"]["knobs"]["beta"] == 0.5
    assert "import rcwidgets as rc" in page.say(app, {"id": 4, "type": "code"})["result"]["code"]


def test_live_knobs_go_over_the_transport_and_one_gesture_is_one_undo(app, page):
    for value in (0.5, 0.6, 0.7):
        message = {"id": 1, "type": "set", "owner": id_of(app, "reservoir"), "knob": "spectral_radius", "value": value, "gesture": "g1"}
        assert page.say(app.transport_model, message)["ok"]
    assert app.document["nodes"][1]["knobs"]["spectral_radius"] == 0.7
    app.experiment.undo()
    assert app.document["nodes"][1]["knobs"]["spectral_radius"] == 0.9


def test_run_pause_resume_and_stop_go_over_the_transport(app, page):
    assert page.say(app.transport_model, {"id": 1, "type": "ready"})["ok"]
    assert page.say(app.transport_model, {"id": 2, "type": "run"})["ok"]
    assert app.experiment.wait(60).test_nrmse < 1
    assert app.publisher.flush()
    assert app.status_model.activity == "paused" and app.status_model.message.startswith("trained in")
    page.say(app.transport_model, {"id": 3, "type": "resume"})
    app.experiment.wait(60)
    assert app.publisher.flush() and app.status_model.auto is True
    page.say(app.transport_model, {"id": 4, "type": "pause"})
    assert app.publisher.flush() and app.status_model.auto is False
    assert page.say(app.transport_model, {"id": 5, "type": "stop"})["ok"]


@pytest.mark.parametrize(
    "message",
    [
        "nonsense",
        None,
        {},
        {"id": 1},
        {"id": 1, "type": ["edit"]},
        {"id": 1, "type": "eval", "code": "1/0"},
        {"id": 1, "type": "edit"},
        {"id": 1, "type": "edit", "edits": "all"},
        {"id": 1, "type": "edit", "edits": [1]},
        {"id": 1, "type": "edit", "edits": [{}]},
        {"id": 1, "type": "edit", "edits": [{"op": "__init__"}]},
        {"id": 1, "type": "edit", "edits": [{"op": "set", "owner": {}, "knob": [], "value": None}]},
        {"id": 1, "type": "edit", "edits": [{"op": "set", "owner": "trainer", "knob": "__class__", "value": 1}]},
        {"id": 1, "type": "edit", "edits": [{"op": "add", "kind": "os.system", "position": [0, 0]}]},
        {"id": 1, "type": "edit", "edits": [{"op": "add", "kind": "Reservoir", "position": [1e400, 0]}]},
        {"id": 1, "type": "edit", "edits": [{"op": "connect", "source": "a", "target": "b", "feedback": False}]},
        {"id": 1, "type": "edit", "edits": [], "gesture": 3},
        {"id": 1, "type": "set"},
    ],
    ids=repr,
)
def test_a_message_that_makes_no_sense_is_answered_with_a_sentence_and_changes_nothing(app, page, message):
    before = app.experiment.document
    for widget in (app, app.transport_model):
        answer = page.say(widget, message)
        assert answer["ok"] is False and len(answer["error"]["text"]) > 10
    assert app.experiment.document is before and app.revision == 1


def test_traits_that_the_page_writes_are_ignored(app, page):
    before = app.document
    page.write(app, document={"nodes": []}, revision=9)
    assert app.document == before and app.revision == 1


def test_statuses_reach_the_page_with_words_and_counts(app):
    app.experiment.run()
    app.experiment.wait(60)
    assert app.publisher.flush()
    status = app.status_model
    assert [node["state"] for node in status.nodes.values()] == ["ok", "ok", "ok"]
    assert status.nodes[id_of(app, "reservoir")]["fixed"] == 20 * 20 + 20 + 20
    assert status.nodes[id_of(app, "readout")]["trained"] == 21
    assert [metric["label"] for metric in status.metrics] == ["Train NRMSE", "Test NRMSE", "Test MSE", "Last change"]
    assert status.device == "CPU" or status.device == "GPU"


def test_a_problem_reaches_the_page_with_its_owner(app, page):
    app.experiment.resume()
    owner = id_of(app, "reservoir")
    page.say(app, {"id": 1, "type": "edit", "edits": [{"op": "remove", "nodes": [owner], "edges": []}]})
    app.experiment.wait(60)
    assert app.publisher.flush()
    text = "readout has no input. Wire a node to it."
    assert {"owner": id_of(app, "readout"), "knob": None, "text": text, "unfinished": True} in app.status_model.problems
    assert app.status_model.activity == "failed"


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


def test_the_page_tells_which_results_are_on_the_screen_and_gets_no_answer(app, page):
    publisher = app.transport_model._publisher
    publisher.frame = 3
    app.transport_model._receive(app.transport_model, {"type": "drawn", "frame": 2}, [])
    assert publisher._frame_drawn == 2
    for frame in (None, "3", 2.5):
        assert not page.say(app.transport_model, {"id": 9, "type": "drawn", "frame": frame})["ok"]
