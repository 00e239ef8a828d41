"""What cannot be is said in words, and nothing is lost by it."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.playground import Play, alike

# Sends a message to a widget's comm as the page does, and gives the kernel's answer to it.
SEND = """async ([id, content]) => {
  const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
  let hear;
  const answer = new Promise(resolve => {
    hear = (_, message) => {
      const { comm_id, data } = message.content;
      const ours = message.header.msg_type === 'comm_msg' && comm_id === id && data.method === 'custom';
      if (ours && data.content.id === (content.id ?? null)) resolve(data.content);
    };
  });
  kernel.iopubMessage.connect(hear);
  const header = { msg_id: crypto.randomUUID(), msg_type: 'comm_msg', session: kernel.clientId, username: '', version: '5.3' };
  const message = { header: { ...header, date: new Date().toISOString() }, parent_header: {}, metadata: {}, buffers: [], channel: 'shell' };
  kernel.sendShellMessage({ ...message, content: { comm_id: id, data: { method: 'custom', content } } });
  const late = new Promise(resolve => setTimeout(() => resolve('no answer'), 20000));
  const heard = await Promise.race([answer, late]);
  kernel.iopubMessage.disconnect(hear);
  return heard;
}"""
GOOD = {"op": "set", "owner": "trainer", "knob": "beta", "value": 0.5}
NONSENSE: list[Any] = [
    "edit",
    {"id": 1},
    {"id": 2, "type": "shutdown"},
    {"id": 3, "type": "edit", "edits": "all of them"},
    {"id": 4, "type": "edit", "edits": [{"op": "__class__"}]},
    {"id": 5, "type": "edit", "edits": [{"op": "add", "kind": "os.system"}]},
    {"id": 6, "type": "edit", "edits": [{"op": "add", "kind": "Reservoir", "id": "../../x", "position": [0, 0]}]},
    {"id": 7, "type": "edit", "edits": [{"op": "set", "owner": "trainer", "knob": "__dict__", "value": {}}]},
    {"id": 8, "type": "edit", "edits": [{"op": "set", "owner": "trainer", "knob": "beta", "value": "1e-3"}]},
    {"id": 9, "type": "edit", "edits": [{"op": "connect", "source": "nobody", "target": "nobody", "feedback": False}]},
    {"id": 10, "type": "edit", "edits": [GOOD, {"op": "choose", "owner": "task", "kind": "x"}]},
    {"id": 11, "type": "edit", "edits": [], "gesture": ["x"]},
]


def test_a_half_wired_model_says_what_is_missing_and_keeps_the_last_results(play: Play) -> None:
    before, error = play.lines("Prediction"), play.error()
    trained = play.lab.ask_json("play.results.revision")
    play.canvas.get_by_role("group", name="Wire from reservoir to readout", exact=True).locator("path").last.click(force=True)
    play.page.keyboard.press("Delete")
    play.until(lambda: len(play.edges()), 1)
    expect(play.node("readout")).to_contain_text("readout has no input. Wire a node to it.")
    expect(play.node("reservoir")).to_contain_text("leads to no readout")
    expect(play.status).to_have_text("readout has no input. Wire a node to it.")
    play.rest()
    assert play.lab.ask_json("play.results.revision") == trained
    assert (play.lines("Prediction"), play.error()) == (before, error)

    play.drag(play.port("reservoir", "out"), play.port("readout", "in"))
    play.until(lambda: len(play.edges()), 2)
    play.rest()
    expect(play.node("readout")).to_contain_text("1,203 trained")
    expect(play.root.locator(".rcw-sentence")).to_have_count(0)
    assert play.error() == pytest.approx(error, rel=1e-3)


def test_a_forecast_that_is_not_finite_is_said_and_the_last_one_stays(play: Play) -> None:
    before = play.lines("Prediction")
    play.click_head("reservoir")
    play.inspector.get_by_role("combobox", name="Activation", exact=True).select_option("identity")
    play.until(lambda: play.knob("reservoir", "activation"), "identity")
    field = play.field("reservoir", "Spectral radius value")
    field.fill("5")
    field.press("Enter")
    play.until(lambda: play.knob("reservoir", "spectral_radius"), 5)
    expect(play.root.locator(".rcw-notes")).to_contain_text("Lower the spectral radius")
    for name in ("Undo", "Undo"):
        play.button(name).click()
    play.until(lambda: play.knob("reservoir", "activation"), "tanh")
    play.rest()
    expect(play.root.locator(".rcw-notes")).to_have_count(0)
    assert alike(play.lines("Prediction"), before)


@pytest.mark.parametrize("model", ["_app", "_app.transport_model"])
def test_nonsense_from_the_page_is_answered_and_changes_nothing(play: Play, model: str) -> None:
    comm = play.lab.ask_json(f"play.{model}.model_id")
    before = play.ask("[d, play.experiment.revision]")
    for content in NONSENSE:
        answer = play.page.evaluate(SEND, [comm, content])
        assert answer["ok"] is False, content
        assert answer["id"] == (content["id"] if isinstance(content, dict) else None)
        assert answer["error"]["text"].endswith("."), content
    assert play.ask("[d, play.experiment.revision]") == before
