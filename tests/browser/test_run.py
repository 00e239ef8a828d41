"""Run, Pause, Resume and Stop."""

import re

from playwright.sync_api import expect

from tests.browser.lab import Lab
from tests.browser.playground import Play, show

BUSY = """
import time
end = time.monotonic() + 20
print("busy", flush=True)
while play.experiment.status.auto and time.monotonic() < end:
    time.sleep(0.01)
print("late" if play.experiment.status.auto else "heard")
"""
# Runs a cell below the Playground's and does not wait for it.
START = """source => {
  const { content } = window.jupyterapp.shell.currentWidget;
  content.model.sharedModel.insertCell(1, { cell_type: 'code', source });
  content.activeCellIndex = 1;
  window.jupyterapp.commands.execute('notebook:run-cell');
}"""
# Remembers on which comms the kernel has answered.
LISTEN = """() => {
  window.rcwAnswered = new Set();
  window.jupyterapp.shell.currentWidget.sessionContext.iopubMessage.connect((_, { header, content }) => {
    if (header.msg_type === 'comm_msg' && content.data.method === 'custom') window.rcwAnswered.add(content.comm_id);
  });
}"""


def age(play: Play) -> int:
    """How many changes the shown results are behind the model."""
    return play.lab.ask_json("[play.wait(60) and 0, play.experiment.revision - play.results.revision][1]")


def turn(play: Play, value: float) -> None:
    """Types a spectral radius and waits until the kernel has it."""
    field = play.field("reservoir", "Spectral radius value")
    field.fill(str(value))
    field.press("Enter")
    play.until(lambda: play.knob("reservoir", "spectral_radius"), value)


def test_pause_holds_the_training_run_trains_once_and_resume_goes_on(play: Play) -> None:
    play.click_head("reservoir")
    before = play.lines("Prediction")
    play.button("Pause").click()
    expect(play.button("Resume")).to_be_visible()
    turn(play, 0.6)
    assert age(play) == 1
    assert play.lines("Prediction") == before

    play.button("Run").click()
    play.rest()
    assert age(play) == 0
    once = play.lines("Prediction")
    assert once != before
    turn(play, 0.7)
    assert age(play) == 1
    assert play.lines("Prediction") == once

    play.button("Resume").click()
    expect(play.button("Pause")).to_be_visible()
    play.rest()
    assert age(play) == 0
    turn(play, 0.8)
    play.rest()
    assert age(play) == 0


def test_stop_ends_a_run_and_keeps_the_last_results(play: Play) -> None:
    before = play.lines("Prediction")
    play.click_head("reservoir")
    field = play.field("reservoir", "Units")
    field.fill("1500")  # some seconds
    field.press("Enter")
    expect(play.root.get_by_role("progressbar", name="Progress", exact=True)).to_have_attribute("aria-valuenow", re.compile(r"^[1-9]\d?$"))
    play.button("Stop").click()
    expect(play.status).to_have_text("stopped")
    assert play.lab.ask_json("play.experiment.status.activity") == "idle"
    assert play.lab.ask_json("play.results.model.by_name()['reservoir'].units") == 400
    assert play.lines("Prediction") == before
    assert play.knob("reservoir", "units") == 1500  # the drawing is not undone


def test_pause_is_heard_while_a_cell_runs(desk: Lab) -> None:
    desk.page.evaluate(LISTEN)
    play = show(desk)
    comm = desk.ask_json("play._app.transport_model.model_id")
    desk.page.wait_for_function("comm => window.rcwAnswered.has(comm)", arg=comm)  # the kernel has met the page on this comm
    desk.page.evaluate(START, BUSY)
    output = desk.page.locator(".jp-OutputArea-output").last
    expect(output).to_contain_text("busy")
    play.button("Pause").click()
    expect(output).to_contain_text("heard")
    expect(play.button("Resume")).to_be_visible()
