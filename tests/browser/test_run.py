"""Run, Pause, Resume and Stop."""

import re

from playwright.sync_api import expect

from tests.browser.playground import Play

# Ridge regression that, once its progress has been told, goes on only until it is stopped.
HELD = """
import time
from rcwidgets.live.stages.ridge import Stages
Stages.unheld = Stages.compute
def held(self, document, revision, checkpoint, report):
    told = []
    def tell(activity, share, words):
        told.append((activity, share, words))
        report(activity, share, words)
    def hold():
        checkpoint()
        while told and 0.01 <= (told[-1][1] or 0) < 1:
            report(*told[-1])
            time.sleep(0.05)
            checkpoint()
    return self.unheld(document, revision, hold, tell)
Stages.compute = held
"""
FREE = "Stages.compute = Stages.unheld"


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
    play.lab.ask(HELD)
    field = play.field("reservoir", "Units")
    field.fill("1500")
    field.press("Enter")
    expect(play.root.get_by_role("progressbar", name="Progress", exact=True)).to_have_attribute("aria-valuenow", re.compile(r"^[1-9]\d?$"))
    play.button("Stop").click()
    expect(play.status).to_have_text("stopped")
    play.lab.ask(FREE)
    assert play.lab.ask_json("play.experiment.status.activity") == "idle"
    assert play.lab.ask_json("play.results.model.by_name()['reservoir'].units") == 400
    assert play.lines("Prediction") == before
    assert play.knob("reservoir", "units") == 1500  # the drawing is not undone
