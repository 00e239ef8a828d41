"""Online training by hand: choose the trainer, run it, hold it, turn a knob, step, and see the test with learning off."""

import re

from playwright.sync_api import expect

from tests.browser.lab import Lab
from tests.browser.playground import show

SLOW = """
import time
from rcwidgets.live.trainings.online import OnlineTraining
if not hasattr(OnlineTraining, "quick"):
    OnlineTraining.quick = OnlineTraining.advance
def slowly(self):
    self.longest = 300 if self.done < 1500 else 1  # it never ends before the hand is there
    time.sleep(0.4)
    self.quick()
OnlineTraining.advance = slowly
"""
QUICK = "OnlineTraining.advance = OnlineTraining.quick"


def test_force_learning_is_run_held_turned_and_resumed_by_hand(desk: Lab) -> None:
    desk.ask(SLOW)
    play = show(desk)
    trainer = play.root.get_by_role("combobox", name="Trainer", exact=True)
    trainer.select_option(label="FORCE")
    expect(play.status).to_have_text("press Run to train")

    play.button("Run").click()
    expect(play.status).to_have_text("training")
    pace = play.root.get_by_text(re.compile(r"of 6,000 steps, .*/s, .* left"))
    expect(pace).to_be_visible()
    assert pace.evaluate("words => words.scrollHeight <= words.clientHeight"), "the time left is cut off"
    desk.screenshot("training-runs")
    play.button("Pause").click()
    expect(play.status).to_have_text(re.compile(r"^held after [\d,]+ of 6,000 steps$"))
    expect(play.figure("Loss")).to_contain_text("over steps")
    expect(play.figure("Prediction")).to_contain_text("as it learns")
    held = play.status.text_content()

    play.click_head("reservoir")
    field = play.field("reservoir", "Spectral radius value")
    field.fill("1.1")
    field.press("Enter")
    play.until(lambda: play.knob("reservoir", "spectral_radius"), 1.1)
    expect(play.status).to_have_text(held or "")

    play.button("Step").click()
    expect(play.status).not_to_have_text(held or "")
    expect(play.status).to_have_text(re.compile(r"^held after "))
    desk.ask(QUICK)
    play.button("Resume").click()
    expect(play.status).to_have_text(re.compile(r"^Test NRMSE [^,]+, 6,000 steps in "))
    expect(play.figure("Prediction")).to_contain_text("test part")
    expect(play.root.get_by_role("group", name="Metrics")).to_contain_text("Norm of the weights")
    assert desk.ask_json("play.results.test_nrmse") < 0.05
    desk.screenshot("training-done")

    trainer.select_option(label="Ridge")
    expect(play.status).to_have_text(re.compile(r"^Test NRMSE [^,]+, trained in "))
    expect(play.button("Step")).to_have_count(0)


def test_bptt_shows_its_loss_the_gradient_and_the_test(desk: Lab) -> None:
    model = "rc.Input() >> rc.VanillaRNN(30, activation='relu') >> rc.Dense()"
    loss = "def loss(y, truth):\n    print('a loss of', y.ndim, 'axes <b>')\n    return ((y - truth) ** 2).mean()\n"
    trainer = "rc.BPTT(model, loss=loss, learning_rate=0.01, num_train=20, num_batch=32)"
    play = show(desk, f"{loss}model = {model}\nplay = rc.Playground(model, task='lorenz', trainer={trainer})\nplay")
    play.ask("[play.set('task', normalise=True), 0][1]")
    play.button("Run").click()
    expect(play.status).to_have_text(re.compile(r"^Test NRMSE [^,]+, [\d,]+ updates in "), timeout=90_000)
    expect(play.figure("Loss")).to_contain_text("over updates")
    expect(play.root.get_by_role("group", name="Metrics")).to_contain_text("Norm of the gradient")
    assert desk.ask_json("bool(play.results.curve.losses[-1] < play.results.curve.losses[0] / 10)")
    lines = play.lines("Loss")
    assert len(lines) >= 4
    output = play.root.get_by_role("log", name="Output")
    expect(output).to_contain_text("a loss of 3 axes <b>")
    output.scroll_into_view_if_needed()
    for theme in ("dark", "light"):
        desk.set_theme(theme)
        desk.screenshot(f"training-bptt-{theme}")
    play.click_head("rnn")
    desk.screenshot("training-bptt-inspector")

    error = play.error()
    play.ask("[play.set('trainer', learning_rate=1e6), 0][1]")
    play.button("Run").click()
    expect(play.root.locator(".rcw-notes")).to_contain_text("training diverged. Lower the learning rate")
    expect(play.status).to_contain_text("training diverged")
    assert play.error() == error
    assert play.figure("Loss").is_visible() and len(play.lines("Prediction")) > 0
