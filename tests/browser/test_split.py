"""The split dragged on the figure, by mouse and by keyboard, and the table of all metrics."""

from typing import Literal

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.lab import Lab
from tests.browser.playground import Play, middle, show

PLACE = "play.children[1].children[0]"
OWN = """
import numpy as np
import rcwidgets as rc
t = np.arange(3000.0)
play = rc.Playground(data=np.stack([np.sin(t / 20), np.cos(t / 33) * 2], axis=1))
play
"""


def choose(play: Play) -> Locator:
    """Brings the figure of the split, and waits until its borders are there."""
    play.root.get_by_role("combobox", name="Figure", exact=True).select_option("Data and split")
    figure = play.figure("Data and split")
    expect(figure.get_by_role("slider")).to_have_count(2)
    expect(figure.locator("path.line[d^=M]").first).to_be_attached()
    return figure


def border(play: Play, parts: str) -> Locator:
    """A border of the figure by the parts that it lies between."""
    return play.figure("Data and split").get_by_role("slider", name=f"Border of {parts}", exact=True)


def drag(play: Play, handle: Locator, by: float, *, drop: bool = True) -> None:
    """Drags a border by some pixels, in several steps."""
    grip = handle.locator(".rcw-split-grip")
    x, y = middle(grip)
    play.page.mouse.move(x, y)
    play.page.mouse.down()
    play.page.mouse.move(x + by / 2, y, steps=5)
    play.page.mouse.move(x + by, y, steps=5)
    if drop:
        play.page.mouse.up()


def place(handle: Locator) -> float:
    """Where a border's line is, in pixels of the page."""
    box = handle.locator(".rcw-split-line").bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2


def split(play: Play) -> list[int]:
    """The kernel's numbers of warm-up and training rows."""
    return play.lab.ask_json("[play.experiment.split.warmup, play.experiment.split.train]")


def test_a_border_is_dragged_and_figure_kernel_inspector_and_undo_agree(play: Play) -> None:
    choose(play)
    first, second = border(play, "warm-up and train"), border(play, "train and test")
    expect(first).to_have_attribute("aria-valuetext", "warm-up ends at row 2,000")
    expect(second).to_have_attribute("aria-valuenow", "8000")
    before, fixed = place(first), place(second)

    drag(play, first, 60, drop=False)
    assert abs(place(first) - before - 60) < 3  # at once, whatever the kernel does
    play.page.mouse.up()
    row = int(first.get_attribute("aria-valuenow") or 0)
    assert row > 2500 and row % 10 == 0
    play.until(lambda: split(play), [row, 8000 - row])
    play.until(lambda: play.lab.ask_json("[play.wait(60) and None, play.results.data.warmup]"), [None, row])
    expect(play.field("Task", "Warm-up")).to_have_value(str(row))
    expect(play.field("Task", "Training part")).to_have_value(str(8000 - row))
    assert abs(place(first) - before - 60) < 3 and place(second) == fixed
    expect(play.figure("Data and split").locator(".rcw-split-rows").first).to_have_text(f"{row:,} rows")

    drag(play, second, -40)
    end = int(second.get_attribute("aria-valuenow") or 0)
    play.until(lambda: split(play), [row, end - row])
    play.button("Undo").click()
    play.until(lambda: split(play), [row, 8000 - row])
    play.button("Undo").click()  # the whole drag of the first border
    play.until(lambda: split(play), [2000, 6000])
    expect(first).to_have_attribute("aria-valuenow", "2000")
    expect(play.field("Task", "Warm-up")).to_have_value("2000")
    assert abs(place(first) - before) < 1
    play.until(lambda: play.lab.ask_json("[play.wait(60) and None, play.results.data.warmup]"), [None, 2000])


def test_a_border_moves_by_keys_to_its_legal_ends(play: Play) -> None:
    choose(play)
    second = border(play, "train and test")
    second.focus()
    second.press("ArrowRight")
    second.press("Shift+ArrowLeft")
    play.until(lambda: split(play), [2000, 5100])
    second.press("Home")
    play.until(lambda: split(play), [2000, 10])
    second.press("End")
    play.until(lambda: split(play), [2000, 7997])
    expect(second).to_have_attribute("aria-valuetext", "training ends at row 9,997")
    play.until(lambda: play.lab.ask_json("[play.wait(60) and None, len(play.results.truth)]"), [None, 2])
    expect(second).to_be_focused()


def test_a_finger_drags_a_border(play: Play) -> None:
    choose(play)
    first = border(play, "warm-up and train")
    x, y = middle(first.locator(".rcw-split-grip"))
    touch = play.page.context.new_cdp_session(play.page)
    touch.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    try:
        touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
        for by in (10, 20, 30, 40):
            touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": x + by, "y": y + by / 4}]})
        touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        play.until(lambda: split(play)[0] > 2500, True)
        assert sum(split(play)) == 8000
    finally:
        touch.send("Emulation.setTouchEmulationEnabled", {"enabled": False})


def test_a_zoomed_figure_has_its_border_in_the_window(play: Play) -> None:
    figure = choose(play)
    second = border(play, "train and test")
    area = figure.locator(".rcw-split-borders").bounding_box()
    assert area is not None
    play.tool("Data and split", "Zoom in (Ctrl and wheel)").press("Enter")
    play.tool("Data and split", "Move right").press("Enter")
    play.until(lambda: play.lab.ask_json(f"{PLACE}.caption.windows[0][:2]"), [0.375, 0.875])
    play.page.keyboard.press("Escape")
    play.until(lambda: abs(place(second) - area["x"] - area["width"] * (0.8 - 0.375) / 0.5) < 2, True)
    expect(border(play, "warm-up and train")).to_have_class("rcw-split-border rcw-split-outside")
    play.lab.screenshot("split-zoomed", figure)
    drag(play, second, area["width"] * 0.1)
    play.until(lambda: abs(sum(split(play)) - 8500) < 20, True)


def test_own_data_with_a_computed_split_gets_numbers(desk: Lab) -> None:
    play = show(desk, OWN)
    choose(play)
    assert play.ask("d['task']['knobs']['train']") is None
    drag(play, border(play, "train and test"), -50)
    play.until(lambda: (play.ask("d['task']['knobs']['train']") or 9999) < 1890, True)
    assert play.ask("d['task']['knobs']['warmup']") is None
    drag(play, border(play, "warm-up and train"), 30)
    play.until(lambda: (play.ask("d['task']['knobs']['warmup']") or 0) > 300, True)
    play.button("Undo").click()
    play.button("Undo").click()
    play.until(lambda: play.ask("[d['task']['knobs']['warmup'], d['task']['knobs']['train']]"), [None, None])


def test_what_the_kernel_refuses_is_said_at_the_figure(play: Play) -> None:
    figure = choose(play)
    play.lab.ask(f"{PLACE}.figures['Data and split'].experiment = None")
    drag(play, border(play, "train and test"), -40)
    expect(figure.get_by_role("alert")).to_contain_text("Caption.border must be one of the figure's borders")
    play.lab.screenshot("split-refused", figure)
    expect(border(play, "train and test")).to_have_attribute("aria-valuenow", "8000")
    assert split(play) == [2000, 6000]


def test_the_table_of_metrics_opens_with_the_kernels_values(play: Play) -> None:
    toggle = play.button("All metrics")
    expect(toggle).to_have_attribute("aria-expanded", "false")
    toggle.click()
    table = play.root.get_by_role("table", name="All metrics", exact=True)
    expect(table).to_be_visible()

    def shown() -> list[list[str]]:
        lines = table.locator("tbody tr").all()
        return [[cell.inner_text() for cell in line.locator("th, .rcw-footer-number").all()] for line in lines]

    rows = "[[r.label, r.train or '–', r.test or '–'] for m in play.metrics.rows() for r in (m, *m.channels)]"
    play.rest()
    play.until(shown, play.lab.ask_json(rows))
    expect(table).to_contain_text("Open the figure Closed loop to measure it.")
    play.slider("reservoir", "Spectral radius").press("ArrowRight")
    play.rest()
    play.until(shown, play.lab.ask_json(rows))
    play.root.get_by_role("combobox", name="Figure", exact=True).select_option("Closed loop")
    expect(table).to_contain_text("Threshold 0.3 standard deviations.")
    play.until(shown, play.lab.ask_json(rows))
    play.button("Copy as CSV").click()
    expect(play.root.get_by_text("Copied, with all digits.")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pictures_of_split_and_metrics(laptop: Lab, theme: Literal["light", "dark"]) -> None:
    laptop.set_theme(theme)
    play = show(laptop)
    choose(play)
    drag(play, border(play, "warm-up and train"), 40, drop=False)
    play.until(lambda: split(play)[0] > 2400, True)
    play.page.wait_for_timeout(600)
    laptop.screenshot(f"split-drag-{theme}")
    play.page.mouse.up()
    play.page.wait_for_timeout(300)
    with play.page.expect_download() as waiting:
        play.tool("Data and split", "Save the picture of Data and split as PNG").click()
    waiting.value.save_as(laptop.artifacts / f"saved-split-{theme}.png")
    play.button("All metrics").click()
    laptop.page.set_viewport_size({"width": 1440, "height": 1500})
    play.page.wait_for_timeout(500)
    laptop.screenshot(f"metrics-{theme}", play.root)
    play.root.locator(".rcw-footer-scroller").evaluate("one => one.scrollTo(0, 9999)")
    laptop.screenshot(f"metrics-end-{theme}", play.root.locator(".rcw-footer"))
    laptop.ask("play.layout.width = '620px'")
    laptop.page.set_viewport_size({"width": 1440, "height": 2100})
    play.page.wait_for_timeout(1200)
    laptop.screenshot(f"split-narrow-{theme}", play.root)
