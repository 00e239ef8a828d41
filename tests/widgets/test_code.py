"""The code of the views: in no state, with a model that a page opens, and for whoever asks."""

import json

import pytest
from ipywidgets import Widget

import rcwidgets as rc
from rcwidgets.widgets import closing, code
from rcwidgets.widgets.app import App
from rcwidgets.widgets.closing import CellRun

CODE = App.script.read_text()[:4000]


@pytest.fixture
def run(monkeypatch):
    """A cell of a page runs; the returned function begins another run."""
    shown = [CellRun("cell", "run 1")]
    for module in (closing, code):
        monkeypatch.setattr(module, "current_run", lambda: shown[0])

    def again(number):
        shown[0] = number and CellRun("cell", f"run {number}")

    return again


def opened(widget):
    """The state that a model was opened with."""
    return widget.comm.sent[0]["state"]


def test_no_state_holds_code(alone, play):
    states = json.dumps(Widget.get_manager_state())
    assert json.dumps(CODE)[1:-1] not in states
    assert "_code" not in play.children[0].get_state()


def test_a_page_gets_the_code_with_the_model_once_a_run(page, run):
    first, second = (rc.GraphEditor(rc.Experiment(auto=False)) for _ in range(2))
    script, style, facts = opened(first)["_code"]
    assert (script, style) == (App.script.read_text(), App.style.read_text())
    assert "Reservoir" in json.loads(facts)["nodes"]
    assert "_code" not in opened(second)
    run(2)
    assert "_code" in opened(rc.GraphEditor(rc.Experiment(auto=False)))


def test_a_notebook_without_a_page_gets_none(page, run):
    run(None)
    assert "_code" not in opened(rc.GraphEditor(rc.Experiment(auto=False)))


def test_the_loader_asks_and_gets_script_and_style(page):
    for widget in (rc.GraphEditor(rc.Experiment(auto=False)), rc.LossView(rc.Experiment(auto=False)).caption):
        sent = []
        widget.comm.publish_msg = lambda kind, data=None, metadata=None, buffers=None, into=sent, **keys: into.append((data, buffers))
        widget.comm.handle_msg({"content": {"data": {"method": "custom", "content": {"type": "load"}}}, "buffers": []})
        ((data, buffers),) = sent
        assert data["content"] == {"type": "loaded"}
        assert [bytes(one).decode() for one in buffers[:2]] == [widget.script.read_text(), widget.style.read_text()]
        json.loads(buffers[2])


def test_a_bundle_is_named_by_what_it_holds(tmp_path):
    def named(script, style):
        (tmp_path / "a.js").write_text(script)
        (tmp_path / "a.css").write_text(style)
        code._read.cache_clear()
        return code.Code.of(tmp_path / "a.js", tmp_path / "a.css").name

    names = [named("x", "y"), named("x", "z"), named("xy", ""), named("x", "y")]
    assert names[0] == names[3] and len({*names}) == 3
    assert all(name.startswith("a-") for name in names)
    code._read.cache_clear()
