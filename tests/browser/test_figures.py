"""The figures of a run: chosen by keyboard, drawn in both themes, zoomed, and saved as pictures."""

import base64
import re
from typing import Literal

import pytest
from playwright.sync_api import FloatRect, Locator, expect

from tests.browser.lab import THEMES, Lab
from tests.browser.playground import Play, show

PLACE = "play.children[1].children[0]"


def choice(play: Play) -> Locator:
    """The choice of the figure."""
    return play.root.get_by_role("combobox", name="Figure", exact=True)


def names(play: Play) -> list[str]:
    """The figures to choose from, as the kernel offers them."""
    return play.lab.ask_json(f"{PLACE}.controls()[0]['options']")


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
    for _ in range(5):
        page.mouse.wheel(0, -200)
        page.wait_for_timeout(120)
    page.keyboard.up("Control")
    play.until(lambda: limits() != whole and limits()[1] - limits()[0] < 0.3 * (whole[1] - whole[0]), True)
    outside = f"(lambda f: [float(f.panel.y.min - m.y[:, (m.x[0] > f.panel.x.min) & (m.x[0] < f.panel.x.max)].min()) for m in (f.truth, f.forecast)])({PLACE}.shown)"
    above = outside.replace("f.panel.y.min - m", "m").replace(".min()", ".max() - f.panel.y.max")
    assert max(play.lab.ask_json(outside) + play.lab.ask_json(above)) <= 0, "the wheel cuts the lines"
    play.tool("Prediction", "Show all (double click)").click()
    play.until(limits, whole)

    play.tool("Prediction", "Zoom in (Ctrl and wheel)").press("Enter")
    middle, span = sum(whole) / 2, whole[1] - whole[0]
    play.until(lambda: [round(one, 6) for one in limits()], [round(middle - span / 4, 6), round(middle + span / 4, 6)])
    play.tool("Prediction", "Move right").press("Enter")
    play.until(lambda: limits()[0] > middle - span / 4, True)
    page.keyboard.press("Escape")
    expect(play.button("Tools of Prediction")).to_be_focused()
    before = limits()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2 + 60, box["y"] + box["height"] / 2, steps=4)
    page.mouse.up()
    play.until(lambda: limits()[0] < before[0], True)
    page.mouse.dblclick(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    play.until(limits, whole)
    page.mouse.dblclick(box["x"] + box["width"] / 2, box["y"] + box["height"] - 12)  # below the plot
    assert page.evaluate("window.getSelection().toString()") == "", "a double click selects the text beside"


def test_the_tools_are_in_one_menu_for_keys_and_hands(play: Play) -> None:
    opener = play.button("Tools of Loss")
    opener.focus()
    opener.press("ArrowDown")
    menu = play.root.get_by_role("menu", name="Tools of Loss", exact=True)
    expect(menu.get_by_role("menuitem", name="Zoom in (Ctrl and wheel)")).to_be_focused()
    play.page.keyboard.press("ArrowDown")
    expect(menu.get_by_role("menuitemradio", name="Usual size")).to_be_focused()
    play.page.keyboard.press("ArrowDown")
    expect(menu.get_by_role("menuitem", name="Download the data of Loss as CSV")).to_be_focused()
    with play.page.expect_download() as waiting:
        play.page.keyboard.press("Enter")
    assert waiting.value.suggested_filename == "loss.csv"
    small = (
        "list => [...list.querySelectorAll('button, input, select')].map(one => one.getBoundingClientRect()).filter(box => box.width > 0)"
    )
    small += ".filter(box => box.width < 24 || box.height < 24).length"
    assert menu.evaluate(small) == 0
    play.page.keyboard.press("Escape")
    expect(opener).to_be_focused()
    expect(menu).to_be_hidden()
    for name in ("Prediction", "Loss"):
        assert play.figure(name).locator(".rcw-caption-line").evaluate(small) == 0
        buttons = play.figure(name).locator(".rcw-caption-line button:visible")
        assert buttons.count() <= 2, "the tools stand in the menu, and the list of the legend behind one button"


# How many pixels of a picture are about as red as the strip, in its lowest rows and above.
RED = """async ([bytes, red, band]) => {
  const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${bytes}`)).blob());
  const canvas = new OffscreenCanvas(image.width, image.height);
  const context = canvas.getContext('2d');
  context.drawImage(image, 0, 0);
  const { data, width, height } = context.getImageData(0, 0, image.width, image.height);
  const counts = Array(height).fill(0);
  for (let k = 0; k < data.length; k += 4) {
    if (red.every((part, index) => Math.abs(part - data[k + index]) < 12)) counts[Math.floor(k / 4 / width)] += 1;
  }
  return [counts.slice(0, height - band).reduce((a, b) => a + b, 0), counts.slice(height - band).filter(count => count > 0.3 * width).length];
}"""


def test_an_error_above_the_threshold_is_a_strip_of_four_pixels_along_the_axis(laptop: Lab) -> None:
    play = show(laptop)
    laptop.ask("play.set('task', horizon=100)")
    play.until(lambda: play.knob("task", "horizon"), 100)
    play.rest()
    figure = play.figure("Prediction")
    item = figure.locator(".rcw-legend-item", has_text="error above 0.3").first
    expect(item).to_have_attribute("title", re.compile("^The strip along the axis: there the error of a channel is above 0.3"))
    play.page.mouse.move(5, 5)
    area = figure.locator(".plotarea_background").bounding_box()
    assert area is not None
    clip = FloatRect(x=round(area["x"]), y=round(area["y"]), width=int(area["width"]), height=round(area["height"]))
    for theme in THEMES:
        laptop.set_theme(theme)
        picture = base64.b64encode(play.page.screenshot(clip=clip)).decode()
        red = figure.evaluate(
            "box => getComputedStyle(box).getPropertyValue('--rcw-parts').match(/[0-9a-f]{2}/g).map(one => parseInt(one, 16))"
        )
        elsewhere, rows = play.page.evaluate(RED, [picture, red, 6])
        assert elsewhere < 100 and 3 <= rows <= 5, (elsewhere, rows)
        laptop.screenshot(f"figure-strip-{theme}", play.root.locator(".rcw-figures"))


def test_the_values_under_the_pointer_are_those_of_the_drawn_lines(play: Play) -> None:
    page, figure = play.page, play.figure("Prediction")
    area = figure.locator(".plotarea_background").bounding_box()
    assert area is not None
    page.mouse.move(area["x"] + 0.4 * area["width"], area["y"] + 40)
    readout = figure.locator(".rcw-readout")
    expect(readout).to_be_visible()
    expect(readout.locator(".rcw-readout-kind")).to_have_text(["forecast", "truth"])
    expect(readout.locator(".rcw-readout-name")).to_have_text(["x", "y", "z"])
    shown = [float(text) for text in readout.locator("b").all_inner_texts()]
    words = (
        f"[float(v) for k in range(3) for m in ({PLACE}.shown.forecast, {PLACE}.shown.truth) for v in [m.y[k][abs(m.x[k] - T).argmin()]]]"
    )
    left, right = play.lab.ask_json(f"[{PLACE}.shown.panel.x.min, {PLACE}.shown.panel.x.max]")
    expected = play.lab.ask_json(words.replace("T", str(left + 0.4 * (right - left))))
    assert shown == pytest.approx(expected, rel=0.02, abs=0.5)
    assert (readout.locator(".rcw-readout-head").inner_text()).startswith("time ")
    play.lab.screenshot("figure-values", play.root.locator(".rcw-figures"))
    page.mouse.move(5, 5)
    expect(readout).to_be_hidden()

    play.lab.run_cell('play.set("reservoir", spectral_radius=1.1)')
    play.rest()
    panel = play.figure("Loss").locator(".plotarea_background").nth(1).bounding_box()
    assert panel is not None
    page.mouse.move(panel["x"] + (1.5 / 8) * panel["width"], panel["y"] + 20)  # the second of eight places
    expect(play.figure("Loss").locator(".rcw-readout-head")).to_have_text("2: Spectral radius 1.1, reservoir")
    expect(play.figure("Loss").locator(".axislabel", has_text="change")).to_be_visible()
    page.mouse.move(5, 5)


def test_a_figure_is_enlarged_and_stays_so_when_the_page_is_loaded_anew(laptop: Lab) -> None:
    play = show(laptop)
    page, figure, root = play.page, play.figure("Prediction"), play.root

    def sizes() -> list[float]:
        boxes = [one.bounding_box() for one in (figure, figure.locator(".plotarea_background"), play.figure("Loss"))]
        return [round(number) for box in boxes if box is not None for number in (box["width"], box["height"])]

    usual, whole = sizes(), root.bounding_box()
    assert whole is not None
    play.tool("Prediction", "Wide: over the whole width, and higher").click()
    play.until(lambda: sizes()[0] > whole["width"] - 4 and sizes()[1] > usual[1] + 50 and sizes()[2] > whole["width"] - 80, True)
    play.until(lambda: play.lab.ask_json(f"{PLACE}.shown.panel.points") >= 800, True)  # as many points as pixels
    page.mouse.move(5, 5)
    laptop.screenshots("figure-wide")
    play.tool("Prediction", "Beside the canvas").click()
    expect(figure).to_have_class(re.compile("rcw-beside"))
    play.until(lambda: sizes()[1] > usual[1] + 100, True)
    beside, slider = figure.bounding_box(), play.slider("reservoir", "Spectral radius").bounding_box()
    assert beside is not None and slider is not None
    assert beside["x"] > slider["x"] + slider["width"] and beside["y"] < slider["y"] < beside["y"] + beside["height"]
    assert beside["height"] > usual[1] + 100
    play.until(lambda: sizes()[3] > 250, True)
    page.mouse.move(5, 5)
    laptop.screenshots("figure-beside")

    page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")
    page.reload()
    laptop.await_kernel()
    play.rest()
    expect(figure).to_have_class(re.compile("rcw-beside"))
    expect(play.figure("Loss")).not_to_have_class(re.compile("rcw-wide|rcw-beside"))
    play.tool("Prediction", "Usual size").click()
    play.until(lambda: all(abs(now - then) < 12 for now, then in zip(sizes(), usual, strict=True)), True)


MANY = """
import numpy as np, pandas as pd, rcwidgets as rc
t = np.arange(900.0)
play = rc.Playground(data=pd.DataFrame({f"sensor_{k}_long_name": np.sin(t / (8 + 3 * k)) for k in range(30)}))
play
"""


def test_thirty_columns_are_chosen_from_in_the_legend(laptop: Lab) -> None:
    play = show(laptop, MANY)
    figure = play.figure("Prediction")
    figure.get_by_role("button", name=re.compile("^Show all of the legend: choose channels")).click()
    listed = figure.get_by_role("group", name="Channels", exact=True)
    expect(listed.get_by_role("checkbox")).to_have_count(30)
    listed.get_by_role("checkbox", name="sensor_20_long_name", exact=True).click()
    expect(figure.locator(".rcw-legend-said")).to_have_text(re.compile("^A figure shows 1 to 6 channels at once, got 7."))
    expect(listed.get_by_role("checkbox", name="sensor_20_long_name", exact=True)).not_to_be_checked()
    for k in range(1, 5):
        listed.get_by_role("checkbox", name=f"sensor_{k}_long_name", exact=True).click()
        expect(figure.locator(".rcw-legend-channel input:checked")).to_have_count(6 - k)
    last = listed.get_by_role("checkbox", name="sensor_29_long_name", exact=True)
    last.focus()
    last.press("Space")
    play.until(lambda: play.lab.ask_json(f"{PLACE}.shown.forecast.y.shape[0]"), 3)
    laptop.screenshots("figure-channels", play.root.locator(".rcw-figures"))
    last.press("Escape")
    expect(listed).to_be_hidden()
    lines = figure.locator("path.line[style*='--rcw-channel']")
    play.until(lambda: len([1 for line in lines.all() if line.get_attribute("d")]), 3)
    expect(figure.locator(".rcw-legend")).to_contain_text("sensor_29_long_name")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_figures_are_saved_as_pictures_that_say_what_they_show(laptop: Lab, theme: Literal["light", "dark"]) -> None:
    laptop.set_theme(theme)
    play = show(laptop)
    told = play.lab.ask_json("play.children[1].children[0].caption.about")
    assert re.fullmatch(r"Lorenz, 1 step ahead, Ridge, test NRMSE \S+", told)
    for name in ("Prediction", "Loss", "Activity"):
        if name == "Activity":
            choice(play).select_option("Activity")
            drawn(play, name)
        for kind in ("SVG", "PNG"):
            with play.page.expect_download() as waiting:
                play.tool(name, f"Save the picture of {name} as {kind}").click()
            path = laptop.artifacts / f"saved-{name.lower()}-{theme}.{kind.lower()}"
            waiting.value.save_as(path)
            assert waiting.value.suggested_filename == f"{name.lower()}.{kind.lower()}"
            content = path.read_bytes()
            if kind == "SVG":
                text = content.decode()
                assert "var(" not in text and text.startswith("<svg") and f">{name}" in text and f">{told}<" in text
                assert re.search("<image" if name == "Activity" else r'<path[^>]* d="M', text)
                legend = {"Prediction": ("truth", "x", "y", "z"), "Loss": ("training", "held-out", "now"), "Activity": ("0",)}[name]
                assert all(f">{word}<" in text for word in legend)
                assert name != "Prediction" or ">Prediction: 1 step ahead, test part<" in text
            else:
                assert content.startswith(b"\x89PNG") and len(content) > 10_000
        play.page.keyboard.press("Escape")
