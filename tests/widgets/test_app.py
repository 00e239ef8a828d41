"""The three models: what the page says is checked, done and answered; what the kernel changes is shown."""

import pytest

import rcwidgets as rc
from rcwidgets.widgets.app import GraphEditor


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


def test_an_edit_of_the_page_changes_the_experiment_that_it_shares(page):
    experiment = rc.Experiment(rc.Input() >> rc.Reservoir(20, seed=0) >> rc.LinearReadout(), auto=False)
    editor = GraphEditor(experiment, height=200)
    node = experiment.document.graph.id_of("reservoir")
    edit = {"op": "set", "owner": node, "knob": "leak_rate", "value": 0.5}
    assert page.say(editor, {"type": "edit", "id": 1, "edits": [edit]})["ok"]
    assert editor.experiment is experiment and experiment.model.by_name()["reservoir"].leak_rate == 0.5
    editor.close()
    experiment.close()


def test_a_model_gets_an_experiment_of_its_own_and_anything_else_is_refused(page):
    editor = GraphEditor(rc.Input() >> rc.Reservoir(20, seed=0) >> rc.LinearReadout())
    assert editor.experiment.model.by_name()["reservoir"].units == 20
    editor.close()
    editor.experiment.close()
    with pytest.raises(TypeError, match=r"GraphEditor takes an Experiment or a model, got int\."):
        GraphEditor(3)
