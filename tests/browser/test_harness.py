"""The harness itself, with widgets that are not ours."""

from playwright.sync_api import expect

from tests.browser.lab import THEMES, Lab
from tests.browser.playground import put

SLIDER = """
import ipywidgets
slider = ipywidgets.IntSlider(value=3, min=0, max=10, description="Count")
slider
"""
BUTTON = """
import ipywidgets
button = ipywidgets.Button(description="Divide")
button.on_click(lambda _: 1 / 0)
button
"""
FIGURE = """
from bqplot import pyplot
figure = pyplot.figure()
pyplot.plot([0, 1, 2], [1, 1, 1])
figure
"""


def test_a_slider_moved_in_the_page_moves_in_the_kernel(lab: Lab) -> None:
    lab.open([SLIDER])
    slider = lab.page.get_by_role("slider")
    slider.focus()
    slider.press("ArrowRight")
    expect(lab.page.locator(".widget-readout")).to_have_text("4")
    assert lab.ask_json("slider.value") == 4
    assert lab.run_cell("print(slider.value * 2)") == "8"


def test_a_bqplot_line_is_drawn_in_both_themes(desk: Lab) -> None:
    put(desk, FIGURE)
    line = desk.page.locator(".svg-figure path.line")
    for theme in THEMES:
        desk.set_theme(theme)
        line.wait_for(state="attached")  # a flat line has no height and counts as invisible
        assert desk.screenshot(f"harness-{theme}").stat().st_size > 10_000
    assert line.get_attribute("d")


def test_errors_of_the_page_are_heard(desk: Lab) -> None:
    desk.page.evaluate("() => { console.error('meant'); setTimeout(() => { throw new Error('thrown'); }); }")
    desk.page.wait_for_timeout(200)
    assert desk.errors == ["meant", "thrown"]
    desk.errors.clear()


def test_errors_of_a_widget_in_the_kernel_are_heard(desk: Lab) -> None:
    put(desk, BUTTON)
    desk.page.get_by_role("button", name="Divide").click()
    desk.ask("1")
    assert len(desk.errors) == 1
    assert "division by zero" in desk.errors[0]
    desk.errors.clear()
