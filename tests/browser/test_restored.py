"""A Playground whose kernel was started anew; what a saved notebook shows without one is in `test_saved.py`."""

from playwright.sync_api import expect

from tests.browser.lab import Lab
from tests.browser.playground import CELL, Play, put

RESTART = "async () => await window.jupyterapp.shell.currentWidget.sessionContext.restartKernel()"
GONE = "Disconnected. The kernel behind this widget is gone: run the cell again. What you see is its last state."
ALONE = """
import rcwidgets as rc
from IPython.display import display
experiment = rc.Experiment()
editor, knobs = rc.GraphEditor(experiment), rc.controls(experiment)
display(editor, knobs, rc.PredictionView(experiment), rc.LossView(experiment))
experiment.wait()
"""
# Where each part below the canvas stands beside the others: the banner of a kernel that is gone takes some of the canvas.
PLACES = """root => {
  const top = root.querySelector('.rcw-figures').getBoundingClientRect();
  return [...root.querySelectorAll('.rcw-figure, .rcw-caption-line, .bqplot, .rcw-runs, .rcw-sweep, .rcw-footer')].map(part => {
    const box = part.getBoundingClientRect();
    return [box.left - top.left, box.top - top.top, box.width, box.height].map(Math.round);
  });
}"""
# What ipywidgets puts in front of the boxes whose kernel is gone.
MARKS = """scope => [...document.querySelectorAll(`${scope} .jupyter-widgets-disconnected, ${scope}.jupyter-widgets-disconnected`)]
  .map(box => getComputedStyle(box, '::before').content)"""
FRONT = "box => getComputedStyle(box, '::before').content"


def whole(play: Play) -> None:
    """The Playground is as it was, but for the banner."""
    expect(play.root.get_by_role("alert")).to_have_text(GONE)
    marks = play.page.evaluate(MARKS, ".rcw-playground")
    assert marks and set(marks) == {"none"}


def test_a_restart_of_the_kernel_takes_nothing_apart(desk: Lab) -> None:
    put(desk, CELL)
    play = Play(desk)
    play.rest()
    before = play.root.evaluate(PLACES)
    desk.page.evaluate(RESTART)
    whole(play)
    assert play.root.evaluate(PLACES) == before
    desk.screenshot("restarted")
    desk.run_all()
    play.rest()
    expect(play.root.get_by_role("alert")).to_have_count(0)


def test_what_stands_alone_says_that_its_kernel_is_gone_in_words(desk: Lab) -> None:
    put(desk, ALONE)
    figure = desk.page.get_by_role("figure", name="Prediction", exact=True)
    expect(figure.locator("path.line").last).to_be_attached()
    desk.page.evaluate(RESTART)
    words = '"Disconnected: run the cell again. What you see is its last state."'
    for alone in (figure, desk.page.get_by_role("figure", name="Loss", exact=True), desk.page.locator(".rcw-controls")):
        desk.page.wait_for_function("box => box.classList.contains('jupyter-widgets-disconnected')", arg=alone.element_handle())
        assert alone.evaluate(FRONT) == words
    for inside in (".rcw-figure .widget-box", ".rcw-controls .widget-box"):
        assert set(desk.page.evaluate(MARKS, inside)) == {"none"}
    expect(desk.page.locator(".rcw-view-editor").get_by_role("alert")).to_have_text(GONE)
    desk.run_all()
    expect(desk.page.get_by_role("alert")).to_have_count(0)
