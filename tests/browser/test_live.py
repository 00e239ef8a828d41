"""Training that goes on while the notebook lives: busy cells with and without sub-shells, interrupts, restarts, tabs, cells run again."""

import os
import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.lab import Lab
from tests.browser.playground import Play, show

# Online training in short stretches that take a while, so that a test can step in between; it never ends by itself.
SLOW = """
import time
from rcwidgets.live.trainings.online import OnlineTraining
if not hasattr(OnlineTraining, "quick"):
    OnlineTraining.quick = OnlineTraining.advance
def slowly(self):
    self.longest = 20 if self.done < 1500 else 1
    time.sleep(0.2)
    self.quick()
OnlineTraining.advance = slowly
"""
QUICK = "OnlineTraining.advance = OnlineTraining.quick"
FORCE = "import rcwidgets as rc\nplay = rc.Playground(trainer=rc.FORCELearning)\nplay"
# A cell that is busy until the page has been heard in the kernel, and for two minutes at most.
BUSY = """
import time
def seen(): return {seen}
end = time.monotonic() + 120
print("busy", flush=True)
while not seen() and time.monotonic() < end:
    time.sleep(0.01)
print("heard" if seen() else "late")
"""
# A cell that is busy until a file is there.
UNTIL = """
import os, time
while not os.path.exists({!r}):
    time.sleep(0.01)
print(play.experiment.status.message)
"""
# Runs a cell below the Playground's and does not wait for it.
START = """source => {
  const { content } = window.jupyterapp.shell.currentWidget;
  content.model.sharedModel.insertCell(content.widgets.length, { cell_type: 'code', source });
  content.activeCellIndex = content.widgets.length - 1;
  window.jupyterapp.commands.execute('notebook:run-cell');
}"""
AGAIN = """async () => {
  window.jupyterapp.shell.currentWidget.content.activeCellIndex = 0;
  await window.jupyterapp.commands.execute('notebook:run-cell');
}"""
# Remembers on which comms the kernel has answered.
LISTEN = """() => {
  window.rcwAnswered = new Set();
  window.jupyterapp.shell.currentWidget.sessionContext.iopubMessage.connect((_, { header, content }) => {
    if (header.msg_type === 'comm_msg' && content.data.method === 'custom') window.rcwAnswered.add(content.comm_id);
  });
}"""
SAVE = "() => window.jupyterapp.commands.execute('docmanager:save')"
RESTART = "async () => await window.jupyterapp.shell.currentWidget.sessionContext.restartKernel()"
THREADS = "sorted(thread.name for thread in __import__('threading').enumerate() if thread.name.startswith(({!r},)))"
HELD = re.compile(r"^held after [\d,]+ of 6,000 steps$")


def met(play: Play) -> None:
    """Waits until the kernel has met the page on the transport's comm: from then on it answers there while a cell runs."""
    comm = play.lab.ask_json("play._app.transport_model.model_id")
    play.page.wait_for_function("comm => window.rcwAnswered.has(comm)", arg=comm)


def start(play: Play, seen: str) -> None:
    """Starts a cell that is busy until `seen` is true in the kernel."""
    play.page.evaluate(START, BUSY.format(seen=seen))
    expect(output(play.page)).to_contain_text("busy")


def output(page: Page):
    """The last output of the notebook."""
    return page.locator(".jp-OutputArea-output").last


def press(play: Play) -> str:
    """Presses the arrow key on the spectral radius and returns what the slider says then."""
    slider = play.slider("reservoir", "Spectral radius")
    slider.focus()
    slider.press("ArrowRight")
    return slider.get_attribute("aria-valuetext") or ""


def run(play: Play) -> None:
    """Starts a training that takes a minute."""
    play.button("Run").click()
    expect(play.status).to_have_text("training")


def alive(pid: int) -> bool:
    """Whether a process is still there."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_sliders_and_buttons_answer_while_a_cell_runs_and_while_training_does(desk: Lab) -> None:
    desk.page.evaluate(LISTEN)
    play = show(desk)
    met(play)
    assert desk.ask_json(THREADS.format("subshell-"))
    start(play, 'play.results.model["reservoir"].spectral_radius == 0.91 and not play.experiment.status.auto')
    assert press(play) == "0.91"  # ridge regression follows the hand
    expect(play.root.get_by_role("group", name="Metrics")).to_contain_text("ms")
    play.button("Pause").click()
    expect(output(desk.page)).to_contain_text("heard")
    expect(play.button("Resume")).to_be_visible()

    desk.ask(SLOW)
    play = show(desk, FORCE)
    met(play)
    run(play)
    start(play, 'play.model["reservoir"].spectral_radius == 0.91 and play.experiment.status.message == "stopped"')
    assert press(play) == "0.91"
    play.button("Stop").click()
    expect(play.status).to_have_text("stopped")
    expect(output(desk.page)).to_contain_text("heard")
    desk.ask(QUICK)


def test_an_interrupt_ends_the_cell_and_a_restart_ends_the_threads(desk: Lab) -> None:
    desk.ask(SLOW)
    play = show(desk, FORCE)
    run(play)
    expect(play.figure("Prediction")).to_contain_text("as it learns")
    desk.page.evaluate(START, "print('waits', flush=True)\nplay.wait()")
    expect(output(desk.page)).to_contain_text("waits")
    desk.page.get_by_role("button", name="Interrupt the kernel").click()
    expect(output(desk.page)).to_contain_text("KeyboardInterrupt")
    desk.errors.clear()
    play.until(lambda: desk.ask("print(1)"), "1")  # for a moment, the kernel drops what waited behind the interrupted cell
    before = desk.ask_json("play.experiment._strategy.training.done")
    play.until(lambda: desk.ask_json("play.experiment._strategy.training.done") > before, True)
    expect(play.status).to_have_text("training")
    play.button("Pause").click()
    expect(play.status).to_have_text(HELD)
    drawn = play.lines("Prediction")
    play.button("Resume").click()
    play.button("Stop").click()
    expect(play.status).to_have_text("stopped")
    assert len(play.lines("Prediction")) == len(drawn) > 0

    run(play)
    kernel = desk.ask_json("__import__('os').getpid()")
    desk.page.evaluate(RESTART)
    expect(play.root.get_by_role("alert")).to_contain_text("run the cell again")
    expect(play.status).to_have_text("disconnected, run the cell again")
    assert play.lines("Prediction")
    play.until(lambda: alive(kernel), False)
    desk.page.evaluate(AGAIN)
    expect(play.status).to_have_text("press Run to train")


def test_a_cell_that_runs_again_takes_the_place_of_its_playground(desk: Lab) -> None:
    desk.ask(SLOW)
    play = show(desk, FORCE, "other = rc.Playground()\nother")
    run(play)
    desk.ask("first = play")
    desk.page.evaluate(AGAIN)
    expect(play.status).to_have_text("press Run to train")
    expect(desk.page.locator(".rcw-playground")).to_have_count(2)
    assert desk.ask_json("[first is play, first.comm is None, first._app.comm is None, first.experiment._worker._thread is None]") == [
        False,
        True,
        True,
        True,
    ]
    desk.ask(QUICK)
    other = Play(desk, view=1)
    play.button("Run").click()
    press(other)
    expect(play.status).to_have_text(re.compile(r"^Test NRMSE [^,]+, 6,000 steps in "))
    expect(other.status).to_have_text(re.compile(r"^Test NRMSE [^,]+, trained in "))
    assert desk.ask_json("[play.results.curve.losses.size, other.wait(60).model['reservoir'].spectral_radius]") == [6000, 0.91]
    desk.ask("first = None; other.close()")


def test_without_sub_shells_training_is_answered_and_a_busy_cell_is_said(lab: Lab, tmp_path: Path) -> None:
    lab.server.set("apputils-extension", "kernels-settings", commsOverSubshells="disabled")
    lab.open([SLOW, FORCE])
    play = Play(lab)
    expect(play.status).to_have_text("press Run to train")
    run(play)
    assert press(play) == "0.91"
    play.until(lambda: play.knob("reservoir", "spectral_radius"), 0.91)
    expect(play.status).to_have_text("training")
    play.button("Pause").click()
    expect(play.status).to_have_text(HELD)
    play.button("Resume").click()
    expect(play.status).to_have_text("training")
    assert lab.ask_json(THREADS.format("subshell-")) == []

    over = tmp_path / "over"
    lab.page.evaluate(START, UNTIL.format(str(over)))
    press(play)
    play.button("Stop").click()
    expect(play.status).to_have_text("waits for the running cell")
    lab.screenshot("live-waits")
    over.touch()
    expect(output(lab.page)).to_have_text("training")
    expect(play.status).to_have_text("stopped")
    assert play.knob("reservoir", "spectral_radius") == 0.92


def test_two_tabs_share_a_training_which_outlives_both_and_a_reload(lab: Lab) -> None:
    lab.open([SLOW, FORCE])
    first = Play(lab)
    run(first)
    expect(first.figure("Prediction")).to_contain_text("as it learns")
    lab.page.evaluate(SAVE)

    def tab(workspace: str) -> Play:
        other = Lab(lab.page.context.new_page(), lab.server, lab.artifacts)
        other.errors = lab.errors
        other.visit("test.ipynb", workspace)
        play = Play(other)
        expect(play.status).to_have_text("training")
        return play

    second = tab("second")
    assert press(second) == "0.91"
    expect(first.slider("reservoir", "Spectral radius")).to_have_attribute("aria-valuetext", "0.91")
    second.button("Pause").click()
    for play in (first, second):
        expect(play.status).to_have_text(HELD)
    first.button("Resume").click()
    expect(second.status).to_have_text("training")
    lab.page.close()
    assert press(second) == "0.92"
    second.until(lambda: second.knob("reservoir", "spectral_radius"), 0.92)
    second.page.close()

    third = tab("third")
    lab.page = third.page
    expect(third.slider("reservoir", "Spectral radius")).to_have_attribute("aria-valuetext", "0.92")
    third.page.reload()
    third.lab.await_kernel()
    expect(third.status).to_have_text("training")
    assert press(third) == "0.93"
    third.until(lambda: third.knob("reservoir", "spectral_radius"), 0.93)
    third.button("Stop").click()
    expect(third.status).to_have_text("stopped")
    assert third.lines("Prediction")


def test_a_kernel_that_is_shut_down_is_said_at_the_next_move(lab: Lab) -> None:
    lab.open(["import rcwidgets as rc"])
    play = show(lab, "import rcwidgets as rc\nplay = rc.Playground()\nplay")
    lab.page.evaluate("window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.shutdown()")
    play.slider("reservoir", "Spectral radius").first.press("ArrowRight")
    expect(play.root.get_by_text("The kernel behind this widget is gone: run the cell again.")).to_be_visible()
