"""Several views of one experiment, a page that is loaded anew, and a kernel that is."""

from playwright.sync_api import expect

from tests.browser.lab import Lab
from tests.browser.playground import Play, alike, put, show

KEPT = """
import rcwidgets as rc
play = rc.Playground(file="lesson.json")
play
"""
PARTS = """
import rcwidgets as rc
from IPython.display import display
experiment = rc.Experiment()
editor, knobs = rc.GraphEditor(experiment), rc.controls(experiment)
display(editor, knobs, rc.PredictionView(experiment), rc.LossView(experiment))
"""
SAVE = "() => window.jupyterapp.commands.execute('docmanager:save')"
RESTART = "async () => await window.jupyterapp.shell.currentWidget.sessionContext.restartKernel()"


def press(play: Play, times: int = 1) -> str:
    """Presses the arrow key on the spectral radius and returns what the slider says then."""
    slider = play.slider("reservoir", "Spectral radius")
    slider.focus()
    for _ in range(times):
        slider.press("ArrowRight")
    return slider.get_attribute("aria-valuetext") or ""


def expect_radius(play: Play, text: str) -> None:
    """Waits until the page and the kernel have this spectral radius."""
    expect(play.slider("reservoir", "Spectral radius")).to_have_attribute("aria-valuetext", text)
    play.until(lambda: play.knob("reservoir", "spectral_radius"), float(text))


def test_two_views_and_the_kernel_stay_in_step(play: Play) -> None:
    play.lab.run_cell("play")
    second = Play(play.lab, view=1)
    expect(second.node("readout")).to_contain_text("1,203 trained")
    expect_radius(second, press(play))
    expect_radius(play, press(second, 2))
    play.lab.run_cell('play.set("reservoir", spectral_radius=1.25)')
    for view in (play, second):
        expect_radius(view, "1.25")
    second.click_head("input")
    second.page.keyboard.press("Delete")
    expect(play.node("input")).to_have_count(0)
    play.lab.run_cell("play.undo()")
    for view in (play, second):
        expect(view.node("input")).to_be_visible()
        view.rest()
    assert len(play.lines("Prediction")) == len(second.lines("Prediction")) > 0


def test_a_page_that_is_loaded_anew_shows_the_kernels_state_and_lives_on(desk: Lab) -> None:
    play = show(desk)
    play.drag(play.port("readout", "out"), play.node("reservoir"))
    play.until(lambda: len(play.edges()), 3)
    expect_radius(play, press(play, 5))
    play.rest()
    drawn = play.lines("Prediction")
    desk.page.evaluate(SAVE)
    desk.page.reload()
    desk.await_kernel()
    expect_radius(play, "0.95")
    expect(play.canvas.get_by_role("group", name="Feedback wire from readout to reservoir, 1 step late", exact=True)).to_be_attached()
    play.rest()
    assert alike(play.lines("Prediction"), drawn)
    expect_radius(play, press(play))
    play.button("Undo").click()
    expect_radius(play, "0.95")


def test_a_kept_drawing_is_there_after_a_restart_of_the_kernel(desk: Lab) -> None:
    play = show(desk, KEPT)
    play.option("Reservoir").click()
    play.until(lambda: play.ask("len(names)"), 4)
    play.button("Show all").click()
    play.drag(play.port("input", "out"), play.node("reservoir_2"))
    play.until(lambda: len(play.edges()), 3)
    expect_radius(play, press(play, 5))
    kept = play.ask("d")
    desk.page.evaluate(RESTART)
    expect(play.root.get_by_role("alert")).to_contain_text("run the cell again")
    desk.run_all()
    play.rest()
    assert play.ask("d") == kept
    expect(play.node("reservoir_2")).to_be_visible()
    expect_radius(play, "0.95")
    (desk.server.root / "lesson.json").unlink()


def test_the_parts_stand_alone_and_share_one_experiment(desk: Lab) -> None:
    put(desk, PARTS)
    page = desk.page
    canvas = page.get_by_role("application", name="Model canvas", exact=True)
    slider = canvas.get_by_role("group", name="reservoir", exact=True).get_by_role("slider", name="Leak rate", exact=True)
    expect(page.get_by_role("figure", name="Prediction", exact=True).locator("path.line").last).to_be_attached()
    expect(page.get_by_role("figure", name="Loss", exact=True)).to_be_visible()
    page.get_by_text("reservoir", exact=True).locator("visible=true").last.click()
    stock = page.locator(".widget-hslider", has_text="Leak rate").locator("[role=slider], .noUi-handle").first
    stock.focus()
    stock.press("ArrowRight")
    expect(slider).to_have_attribute("aria-valuetext", "0.31")
    assert desk.ask_json("experiment.model.by_name()['reservoir'].leak_rate") == 0.31
    slider.focus()
    slider.press("ArrowRight")
    expect(page.locator(".widget-hslider", has_text="Leak rate").locator(".widget-readout")).to_have_text("0.320")
    assert desk.ask_json("experiment.model.by_name()['reservoir'].leak_rate") == 0.32
