"""Old results under a new question, on the page: dimmed and labelled wherever they stand; and what is said before the first ones."""

import json
from functools import partial

from playwright.sync_api import Locator, expect

from tests.browser.lab import Lab
from tests.browser.playground import Play, put, show

LORENZ = "of the last model: Lorenz, 1 step"
# Counts the labels that come, and remembers what was said beside a drawing of other lines than the first.
WATCH = """root => {
  root.rcwLabels = 0;
  new MutationObserver(changes => {
    for (const { target } of changes) if (target.classList?.contains('rcw-old')) root.rcwLabels += 1;
  }).observe(root, { subtree: true, attributes: true, attributeFilter: ['class'] });
}"""
SLIDE = """async slider => {
  const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set;
  slider.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true, pointerId: 1, isPrimary: true }));
  const before = Number(slider.value);
  for (let step = 1; step <= 40; step += 1) {
    set.call(slider, String(before + step * Number(slider.step)));
    slider.dispatchEvent(new Event('input', { bubbles: true }));
    await new Promise(done => setTimeout(done, 60));
  }
  slider.dispatchEvent(new PointerEvent('pointerup', { bubbles: true, pointerId: 1, isPrimary: true }));
}"""
ALONE = """
import rcwidgets as rc
from IPython.display import display
experiment = rc.Experiment(trainer=rc.RLS)
display(rc.PredictionView(experiment), rc.LossView(experiment), rc.GraphEditor(experiment))
"""


def labels(play: Play) -> list[Locator]:
    """Where it is said what the results are of: two figures, the status, the metrics, and the run that is shown."""
    figures = [play.figure(name).locator(".rcw-figure-old") for name in ("Prediction", "Loss")]
    return [*figures, play.root.locator(".rcw-status-old"), play.root.locator(".rcw-footer-old"), play.root.locator("tr .rcw-runs-old")]


def expect_old(play: Play, words: str) -> None:
    """Waits until all results are labelled with these words, and dimmed."""
    for label in labels(play):
        if words:
            expect(label.locator("visible=true").filter(has_text=words)).to_have_count(1)
        else:
            expect(label.locator("visible=true")).to_have_count(0)
    expect(play.root.locator(".rcw-figure.rcw-old")).to_have_count(2 if words else 0)
    for drawing in play.root.locator(".rcw-figure .bqplot.figure").all():
        play.until(partial(dimmed, drawing), bool(words))


def dimmed(drawing: Locator) -> bool:
    """Whether a drawing stands back."""
    return float(drawing.evaluate("one => getComputedStyle(one).opacity")) < 0.6


def test_a_trainer_that_waits_for_run_leaves_no_result_looking_current(desk: Lab) -> None:
    play = show(desk)
    play.root.locator(".rcw-runs .rcw-fold-toggle").click()
    expect_old(play, "")
    play.root.get_by_role("combobox", name="Trainer", exact=True).select_option(label="RLS")
    expect_old(play, f"{LORENZ}, Ridge")
    expect(play.status).to_have_text("press Run to train")
    expect(play.node("readout").locator(".rcw-card-count")).to_have_text("")  # it has not been trained by this one
    expect(play.figure("Prediction").locator(".rcw-caption-subtitle")).to_have_text("1 step ahead, test part")
    desk.screenshot("old-light", play.root)
    desk.set_theme("dark")
    desk.screenshot("old-dark", play.root)
    desk.set_theme("light")
    play.button("Run").click()
    expect_old(play, "")
    play.rest()


def test_another_task_and_an_emptied_canvas_age_the_figures(desk: Lab) -> None:
    play = show(desk)
    play.root.locator(".rcw-runs .rcw-fold-toggle").click()
    play.root.get_by_role("combobox", name="Task", exact=True).select_option(label="Your data")
    expect_old(play, LORENZ)
    with play.page.expect_file_chooser() as chooser:
        play.inspector.get_by_role("button", name="CSV file").click()
    chooser.value.set_files({"name": "none.csv", "mimeType": "text/csv", "buffer": b"a,b\nx,y\nz,w\n"})
    expect(play.inspector.get_by_role("alert")).to_contain_text("none.csv")
    expect_old(play, LORENZ)
    play.button("Undo").click()
    play.rest()
    expect_old(play, "")
    desk.ask("play.experiment.edit([{'op': 'remove', 'nodes': list(play.experiment.document.graph.nodes), 'edges': []}])")
    expect(play.status).to_contain_text("The model is empty.")
    expect_old(play, LORENZ)
    play.button("Undo").click()
    play.rest()
    expect_old(play, "")


def test_a_hand_on_a_slider_sees_no_label(play: Play) -> None:
    slider = play.slider("reservoir", "Spectral radius")
    play.root.evaluate(WATCH)
    slider.evaluate(SLIDE)
    play.rest()
    assert play.knob("reservoir", "spectral_radius") == 1.3
    assert play.root.evaluate("root => root.rcwLabels") == 0
    play.root.get_by_role("button", name="30", exact=True).click()
    play.until(lambda: play.root.evaluate("root => root.rcwLabels") > 0, True)  # the watch sees what it watches for
    play.rest()
    expect(play.figure("Prediction").locator(".rcw-caption-subtitle")).to_have_text("30 steps ahead, test part")
    expect_old(play, "")


def test_figures_that_stand_alone_say_what_to_do_and_what_they_are_of(desk: Lab) -> None:
    put(desk, ALONE)
    page = desk.page
    prediction, loss = (page.get_by_role("figure", name=name, exact=True) for name in ("Prediction", "Loss"))
    expect(prediction.locator(".rcw-figure-empty")).to_have_text("no forecast yet: press Run")
    expect(loss.locator(".rcw-figure-empty")).to_have_text("no error yet: press Run")
    for figure in (prediction, loss):
        words, whole = (figure.locator(part).bounding_box() for part in (".rcw-figure-empty", ":scope"))
        assert words is not None and whole is not None
        assert words["height"] > 100  # in the middle of the drawing
        assert abs(words["y"] + words["height"] - whole["y"] - whole["height"]) < 2
    desk.screenshot("empty")
    desk.ask("experiment.run(); experiment.wait()")
    for figure in (prediction, loss):
        expect(figure.locator(".rcw-figure-empty")).to_be_hidden()
        expect(figure.locator(".rcw-figure-old")).to_be_hidden()
    desk.ask("experiment.choose(task='sunspots')")
    for figure in (prediction, loss):
        expect(figure.locator(".rcw-figure-old")).to_have_text(LORENZ)
        expect(figure.locator(".rcw-figure-old")).to_be_visible()
    desk.ask(f"assert experiment.status.old == {json.dumps(LORENZ)}; experiment.close()")
