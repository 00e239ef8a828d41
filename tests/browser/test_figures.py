"""The figures of a run: chosen by keyboard, drawn in both themes, zoomed, and saved as pictures."""

import re
from collections.abc import Iterator
from typing import Literal

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.lab import Lab
from tests.browser.playground import Play, show

PLACE = "play.children[1].children[0]"


@pytest.fixture
def laptop(desk: Lab) -> Iterator[Lab]:
    """The warm page at the size of a laptop's screen."""
    before = desk.page.viewport_size
    assert before is not None
    desk.page.set_viewport_size({"width": 1440, "height": 900})
    yield desk
    desk.page.set_viewport_size(before)
    desk.set_theme("light")


def choice(play: Play) -> Locator:
    """The choice of the figure."""
    return play.root.get_by_role("combobox", name="Figure", exact=True)


def names(play: Play) -> list[str]:
    """The figures to choose from, as the kernel has them."""
    return play.lab.ask_json(f"list({PLACE}.kinds)")


def drawn(play: Play, name: str) -> None:
    """Waits until a figure is there, as the kernel wrote it, with a mark that has a path or a picture."""
    figure = play.figure(name)
    expect(figure).to_be_visible()
    play.until(lambda: play.lab.ask_json(f"[play.wait(60) and None, {PLACE}.shown.thing is not None]"), [None, True])
    summary = play.lab.ask_json(f"{PLACE}.caption.summary")
    expect(figure.locator(".rcw-caption-summary")).to_have_text(summary)
    expect(figure.locator("path.line[d^=M], image").first).to_be_attached()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_each_figure_is_chosen_by_keyboard_and_drawn(laptop: Lab, theme: Literal["light", "dark"]) -> None:
    laptop.set_theme(theme)
    play = show(laptop)
    choice(play).focus()
    for index, name in enumerate(names(play)):
        if index:
            choice(play).press("ArrowDown")
        drawn(play, name)
        expect(choice(play)).to_be_focused()
        play.page.wait_for_timeout(300)
        laptop.screenshot(f"figure-{name.lower().replace(' ', '-')}-{theme}", play.root.locator(".rcw-figures"))


def test_the_plain_wheel_leaves_a_figure_alone_and_the_tools_zoom_it(play: Play) -> None:
    figure, page = play.figure("Prediction"), play.page

    def limits() -> list[float]:
        return play.lab.ask_json(f"[{PLACE}.shown.panel.x.min, {PLACE}.shown.panel.x.max]")

    whole = limits()
    box = figure.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.wheel(0, 40)
    page.wait_for_timeout(300)
    assert limits() == whole
    page.mouse.wheel(0, -40)

    page.keyboard.down("Control")
    page.mouse.wheel(0, -200)
    page.keyboard.up("Control")
    play.until(lambda: limits() != whole, True)
    figure.get_by_role("button", name="Show all (double click)").click()
    play.until(limits, whole)

    figure.get_by_role("button", name="Zoom in (Ctrl and wheel)").press("Enter")
    middle, span = sum(whole) / 2, whole[1] - whole[0]
    play.until(lambda: [round(one, 6) for one in limits()], [round(middle - span / 4, 6), round(middle + span / 4, 6)])
    page.keyboard.press("ArrowRight")
    play.until(lambda: limits()[0] > middle - span / 4, True)
    before = limits()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2 + 60, box["y"] + box["height"] / 2, steps=4)
    page.mouse.up()
    play.until(lambda: limits()[0] < before[0], True)
    page.mouse.dblclick(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    play.until(limits, whole)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_figures_are_saved_as_pictures_with_the_colours_of_the_theme(laptop: Lab, theme: Literal["light", "dark"]) -> None:
    laptop.set_theme(theme)
    play = show(laptop)
    for name in ("Prediction", "Loss", "Activity"):
        if name == "Activity":
            choice(play).select_option("Activity")
            drawn(play, name)
        for kind in ("SVG", "PNG"):
            with play.page.expect_download() as waiting:
                play.figure(name).get_by_role("button", name=f"Save the picture of {name} as {kind}").click()
            path = laptop.artifacts / f"saved-{name.lower()}-{theme}.{kind.lower()}"
            waiting.value.save_as(path)
            assert waiting.value.suggested_filename == f"{name.lower()}.{kind.lower()}"
            content = path.read_bytes()
            if kind == "SVG":
                text = content.decode()
                assert "var(" not in text and text.startswith("<svg") and f">{name}" in text
                assert re.search("<image" if name == "Activity" else r'<path[^>]* d="M', text)
            else:
                assert content.startswith(b"\x89PNG") and len(content) > 10_000
