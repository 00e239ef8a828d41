"""The figures of a run: chosen by keyboard, drawn in both themes, zoomed, and saved as pictures."""

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
