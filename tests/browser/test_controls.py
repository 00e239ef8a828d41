"""Turning knobs on the page: what the hand sets is what the kernel trains with, and what the figures show."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.lab import Lab
from tests.browser.playground import Play, show

SLIDERS = [
    ("reservoir", "Spectral radius", "reservoir", "spectral_radius"),
    ("reservoir", "Leak rate", "reservoir", "leak_rate"),
    ("reservoir", "Input scaling", "reservoir", "input_scaling"),
    ("Trainer", "Ridge beta", "trainer", "beta"),
]
each_slider = pytest.mark.parametrize(("group", "label", "owner", "knob"), SLIDERS, ids=lambda word: word)


def value_of(play: Play, owner: str, knob: str) -> Callable[[], Any]:
    """A look at the kernel's value."""
    return lambda: play.knob(owner, knob)


def spoken(control: Locator) -> float:
    """The value that a slider says."""
    return float(control.get_attribute("aria-valuetext") or "nan")


def pull(play: Play, slider: Locator, share: float) -> None:
    """Drags a slider's thumb to a share of its track, and does not let go."""
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    assert box is not None
    here = float(slider.evaluate("slider => (slider.value - slider.min) / (slider.max - slider.min)"))
    left, width = box["x"] + 8, box["width"] - 16  # the thumb's middle stays half a thumb inside
    play.page.mouse.move(left + here * width, box["y"] + box["height"] / 2)
    play.page.mouse.down()
    play.page.mouse.move(left + share * width, box["y"] + box["height"] / 2, steps=15)


@each_slider
def test_a_slider_trains_anew_by_keys_and_by_mouse(play: Play, group: str, label: str, owner: str, knob: str) -> None:
    slider = play.slider(group, label)
    start, error = play.knob(owner, knob), play.error()
    prediction, loss = play.lines("Prediction"), play.lines("Loss")
    slider.focus()
    for _ in range(3):
        slider.press("ArrowRight")
    by_keys = spoken(slider)
    assert by_keys > start
    play.until(value_of(play, owner, knob), by_keys)
    play.rest()
    assert play.error() != error
    assert play.lines("Prediction") != prediction
    assert play.lines("Loss") != loss

    prediction, loss = play.lines("Prediction"), play.lines("Loss")
    pull(play, slider, 0.25)
    by_mouse = spoken(slider)
    assert by_mouse < start
    play.until(value_of(play, owner, knob), by_mouse)  # while the hand is still on it
    play.page.mouse.up()
    play.rest()
    assert play.lines("Prediction") != prediction
    assert play.lines("Loss") != loss
    play.button("Undo").click()  # a whole drag is one entry
    play.until(value_of(play, owner, knob), by_keys)
    play.until(lambda: spoken(slider), by_keys)


def test_the_horizon_is_chosen_and_typed(play: Play) -> None:
    caption = play.figure("Prediction").locator(".rcw-caption-subtitle")
    horizon = play.root.get_by_role("spinbutton", name="Horizon", exact=True)
    seen = [play.lines("Prediction")]
    for steps in (10, 30):
        play.root.get_by_role("button", name=str(steps), exact=True).click()
        play.until(value_of(play, "task", "horizon"), steps)
        play.rest()
        expect(caption).to_have_text(f"{steps} steps ahead, test part")
        expect(horizon).to_have_value(str(steps))
        assert play.lab.ask_json("play.results.horizon") == steps
        seen.append(play.lines("Prediction"))
        assert seen[-1] != seen[-2]
    horizon.fill("37")
    horizon.press("Enter")
    play.until(value_of(play, "task", "horizon"), 37)
    play.rest()
    expect(caption).to_have_text("37 steps ahead, test part")


def test_a_value_that_is_left_to_its_use_says_which_it_is_and_is_left_to_it_again_when_emptied(desk: Lab) -> None:
    play = show(desk, "import rcwidgets as rc\nplay = rc.Playground(rc.Input() >> rc.Reservoir(40) >> rc.LinearReadout())\nplay")
    play.click_head("reservoir")
    field = play.field("reservoir", "Feedback scaling value")
    expect(field).to_have_attribute("placeholder", "auto, 0.050")
    expect(field).to_have_value("")
    expect(field).to_have_attribute("aria-valuetext", "auto, 0.050")
    assert field.evaluate("one => one.scrollWidth <= one.clientWidth")  # nothing of it is cut off
    play.root.get_by_role("combobox", name="Trainer", exact=True).select_option(label="FORCE")
    expect(field).to_have_attribute("placeholder", re.compile(r"^auto, 1\.0+$"))  # the use has changed, and the default with it
    play.button("Undo").click()
    expect(field).to_have_attribute("placeholder", "auto, 0.050")
    for typed, value in (("0.3", 0.3), ("", None), ("0.4", 0.4), ("Auto", None)):
        field.fill(typed)
        field.press("Enter")
        play.until(value_of(play, "reservoir", "feedback_scaling"), value)
        expect(field).to_have_value("" if value is None else re.compile(f"^{value}0*$"))
    field.press("ArrowUp")  # from the value that it stands for
    play.until(lambda: (play.knob("reservoir", "feedback_scaling") or 0) > 0.05, True)
    field.press("Control+z")
    play.until(value_of(play, "reservoir", "feedback_scaling"), None)


def test_an_exact_value_is_typed_and_an_impossible_one_refused(play: Play) -> None:
    play.click_head("reservoir")
    field, sentence = play.field("reservoir", "Spectral radius value"), play.inspector.locator(".rcw-sentence")
    field.fill("2.5")  # past the slider's end, and legal
    field.press("Enter")
    play.until(value_of(play, "reservoir", "spectral_radius"), 2.5)
    play.rest()
    expect(play.slider("reservoir", "Spectral radius")).to_have_attribute("aria-valuetext", "2.50")
    expect(play.node("reservoir")).to_contain_text("not reproducible in float32")

    field.fill("99")
    field.press("Enter")
    expect(sentence).to_have_text("Spectral radius must lie between 0 and 10.")
    expect(field).to_have_value("99")  # what was typed is not thrown away
    expect(field).to_have_attribute("aria-invalid", "true")
    assert field.get_attribute("aria-describedby") == sentence.get_attribute("id")
    expect(sentence).to_be_in_viewport(ratio=1)
    assert play.knob("reservoir", "spectral_radius") == 2.5

    field.fill("1.2")
    field.press("Enter")
    play.until(value_of(play, "reservoir", "spectral_radius"), 1.2)
    expect(sentence).to_have_count(0)
    field.fill("-1")
    field.press("Enter")
    expect(sentence).to_have_count(1)
    play.lab.ask('play.set("reservoir", spectral_radius=1.3)')  # another hand: the refusal is of no use any more
    expect(sentence).to_have_count(0)
    expect(field).to_have_value("1.30")
    play.inspector.get_by_role("button", name="Reset to default 0.90", exact=True).click()
    play.until(value_of(play, "reservoir", "spectral_radius"), 0.9)
    expect(field).to_have_value("0.90")


def test_what_the_kernel_refuses_is_said_at_the_field(play: Play) -> None:
    play.click_head("reservoir")
    field = play.field("reservoir", "Units")
    field.fill("20000")  # in the legal range, and too large for the memory
    field.press("Enter")
    expect(play.inspector.locator(".rcw-sentence")).to_contain_text("Choose fewer units.")
    expect(field).to_have_value("20000")
    assert play.knob("reservoir", "units") == 400
    field.fill("50")
    field.press("Enter")
    play.until(value_of(play, "reservoir", "units"), 50)
    expect(play.inspector.locator(".rcw-sentence")).to_have_count(0)
    play.rest()
    expect(play.node("readout")).to_contain_text("153 trained")
