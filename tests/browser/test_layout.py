"""The Playground in cells of every width: what goes on is seen, nothing is cut off, and a slider is seen together with the forecast."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import FloatRect, Locator, expect

from tests.browser.lab import Lab
from tests.browser.playground import show

WIDTHS = (202, 242, 360, 480, 640, 759, 760, 800, 846, 910, 1000, 1200, 1379, 1440, 1600)  # of the cell, in px
LONG = "reservoir_2 gives 1,600 features, the target has 3. Put a Dense or a LinearReadout after it."
STATES = (
    ("compiling", "compiling", ""),
    ("idle", "press Run to train", ""),
    ("failed", LONG, ""),
    ("running", "training", "123,456 of 600,000 updates, 12,345/s, 1,234.5 s left"),
)
LEFT = "() => window.jupyterapp.commands.execute('application:toggle-left-area')"
# The words of the status that are not seen whole, and what sticks out of the Playground at a side.
UNSEEN = """root => {
  const bar = root.querySelector('.rcw-bar').getBoundingClientRect();
  return [...root.querySelectorAll('.rcw-bar .rcw-status-message:not(.rcw-unseen)')].filter(message => {
    const words = document.createRange();
    words.selectNodeContents(message);
    const box = words.getBoundingClientRect(), own = message.getBoundingClientRect();
    const inside = (a, b) => a.left >= b.left - 1 && a.right <= b.right + 1 && a.top >= b.top - 1 && a.bottom <= b.bottom + 1;
    return !box.width || !inside(box, own) || !inside(box, bar) || getComputedStyle(message).overflow !== 'visible';
  }).map(message => message.textContent);
}"""
OUT = """root => {
  const edge = root.getBoundingClientRect();
  return [...root.querySelectorAll('.rcw-root *')].filter(one => one.checkVisibility({ visibilityProperty: true }) && !one.closest('.react-flow, svg, .rcw-status-progress'))
    .filter(one => one.getBoundingClientRect().right > edge.right + 1).map(one => one.className);
}"""
SIDEWAYS = """() => [document.documentElement, ...document.querySelectorAll('.jp-WindowedPanel-outer')]
  .filter(one => one.scrollWidth > one.clientWidth + 1).map(one => one.className)"""


@pytest.fixture
def screen(desk: Lab) -> Iterator[Lab]:
    """The warm page, whose window a test changes, without the file browser."""
    before = desk.page.viewport_size
    assert before is not None
    desk.page.evaluate(LEFT)
    yield desk
    desk.page.set_viewport_size(before)
    desk.page.evaluate(LEFT)


def box(target: Locator) -> FloatRect:
    """Where something stands on the page."""
    found = target.bounding_box()
    assert found is not None
    return found


def test_the_status_is_seen_at_every_width(screen: Lab) -> None:
    screen.page.set_viewport_size({"width": 1900, "height": 1000})
    play = show(screen)
    for width in WIDTHS:
        screen.ask(f"play.layout.width = '{width}px'")
        play.until(lambda: round(box(play.root)["width"]), width)
        for activity, message, pace in STATES:
            screen.ask(f"s = play._app.status_model; s.activity, s.message, s.pace, s.outcome = {activity!r}, {message!r}, {pace!r}, ''")
            expect(play.status).to_have_text(message)
            expect(play.root.locator(".rcw-bar .rcw-status-message").last).to_have_text(pace or message)
            assert play.root.evaluate(UNSEEN) == [], (width, message)
            assert play.root.evaluate(OUT) == [], (width, message)
    screen.ask("play._app.status_model.show()")


def test_the_bar_keeps_its_height_while_a_short_word_follows_another(screen: Lab) -> None:
    """Else the canvas would move under the hand that drags a slider."""
    screen.page.set_viewport_size({"width": 1900, "height": 1000})
    play = show(screen)
    for width in (480, 846, 1000, 1200, 1600):
        screen.ask(f"play.layout.width = '{width}px'")
        play.until(lambda: round(box(play.root)["width"]), width)
        tops = set()
        for message in ("trained in 8.5 s", "compiling", "training", "stopped", "press Run to train"):
            screen.ask(f"s = play._app.status_model; s.outcome, s.message = '', {message!r}")
            expect(play.status).to_have_text(message)
            tops.add(box(play.canvas)["y"] - box(play.root)["y"])
        assert len(tops) == 1, width
    screen.ask("play._app.status_model.show()")


def test_the_loop_is_on_one_screen_beside_the_file_browser(desk: Lab) -> None:
    before = desk.page.viewport_size
    assert before is not None
    desk.page.set_viewport_size({"width": 1280, "height": 720})
    play = show(desk)
    play.root.evaluate("root => root.scrollIntoView({ block: 'start' })")
    assert 760 < box(play.root)["width"] < 910
    stop = box(play.button("Stop"))
    assert stop["x"] + stop["width"] <= box(play.root)["x"] + box(play.root)["width"]
    top = box(play.root)["y"]
    for name in ("Prediction", "Loss"):
        figure = box(play.figure(name))
        assert figure["y"] + figure["height"] - top <= 600  # of the page's 720 px, the notebook shows so many
    assert play.root.evaluate(UNSEEN) == []
    desk.screenshot("layout-1280")
    desk.page.set_viewport_size(before)


CUT = "one => one.scrollWidth > one.clientWidth"


def test_what_the_drawn_result_is_is_seen_whole_beside_the_file_browser(desk: Lab) -> None:
    before = desk.page.viewport_size
    assert before is not None
    desk.page.set_viewport_size({"width": 1280, "height": 720})
    play = show(desk)
    words = {"Prediction": "1 step ahead", "Error over time": "1 step ahead", "Closed loop": "holds for ", "Spectrum of W": "of reservoir"}
    for name, begin in words.items():
        play.root.get_by_role("combobox", name="Figure", exact=True).select_option(name)
        subtitle = play.figure(name).locator(".rcw-caption-subtitle")
        expect(subtitle).to_have_text(re.compile(f"^{begin}"))
        play.lab.ask("play.wait(60) and None")
        assert not subtitle.evaluate(CUT), subtitle.inner_text()
        more = play.figure(name).locator(".rcw-legend-more")
        entries = play.figure(name).locator(".rcw-legend > .rcw-legend-item")
        line = box(play.figure(name).locator(".rcw-legend"))
        hidden = sum(box(one)["y"] > line["y"] + line["height"] / 2 for one in entries.all())
        assert hidden == 0 or more.inner_text() == f"+{hidden}"
        menu = box(play.button(f"Tools of {name}"))
        figure = box(play.figure(name))
        assert figure["x"] + figure["width"] - 40 < menu["x"] + menu["width"] <= figure["x"] + figure["width"]
    desk.screenshot("caption-1280")
    desk.page.set_viewport_size(before)


@pytest.mark.parametrize("width", [242, 362, 480, 640, 759])
def test_slider_and_forecast_are_seen_together_in_a_narrow_cell(screen: Lab, width: int) -> None:
    screen.page.set_viewport_size({"width": 1000, "height": 1000})
    play = show(screen, f"import rcwidgets as rc\nplay = rc.Playground()\nplay.layout.width = '{width}px'\nplay")
    top = box(play.root)["y"]
    figure = box(play.figure("Prediction"))
    assert figure["y"] + figure["height"] - top <= (735 if width < 360 else 700)
    slider = play.slider("reservoir", "Spectral radius")
    expect(slider).to_have_count(1)
    where = box(slider)
    assert where["y"] >= top and where["y"] + where["height"] <= figure["y"]
    assert where["width"] >= 90 and where["height"] >= 9  # to be caught by a hand

    drawn = play.lines("Prediction")
    slider.focus()
    slider.press("ArrowRight")
    play.until(lambda: play.knob("reservoir", "spectral_radius"), 0.91)
    play.until(lambda: play.lines("Prediction") != drawn, True)

    play.head("reservoir").click()
    settings = play.button("Settings")
    expect(settings).to_have_attribute("aria-expanded", "false")
    settings.click()
    expect(settings).to_have_attribute("aria-expanded", "true")
    expect(play.canvas).to_be_hidden()
    expect(slider).to_have_count(1)  # the panel's: those of the cards are covered
    slider.scroll_into_view_if_needed()
    where = box(slider)
    assert where["y"] + where["height"] <= box(play.figure("Prediction"))["y"]
    settled = box(play.figure("Prediction"))
    assert settled | {"y": settled["y"] - box(play.root)["y"]} == figure | {"y": figure["y"] - top}  # nothing has moved in the Playground
    screen.screenshot(f"layout-settings-{width}", play.root)
    slider.press("ArrowRight")
    play.until(lambda: play.knob("reservoir", "spectral_radius"), 0.92)
    play.button("Nodes").click()
    expect(play.canvas).to_be_visible()
    expect(play.option("GRU")).to_be_visible()


def test_a_task_without_data_opens_its_settings_in_a_narrow_cell(screen: Lab) -> None:
    screen.page.set_viewport_size({"width": 1000, "height": 1000})
    play = show(screen, "import rcwidgets as rc\nplay = rc.Playground(task='sunspots')\nplay.layout.width = '480px'\nplay")
    expect(play.inspector).to_have_count(0)
    play.root.get_by_role("combobox", name="Task", exact=True).select_option(label="Your data")
    expect(play.inspector.get_by_role("button", name="Load a CSV file")).to_be_visible()


def test_at_400_percent_nothing_is_cut_off_and_the_page_does_not_scroll_sideways(screen: Lab) -> None:
    """A screen of 1280 by 1024 px at 400 % has 320 by 256."""
    play = show(screen)
    screen.page.set_viewport_size({"width": 320, "height": 256})
    expect(play.root.locator(".rcw-tight")).to_be_attached()
    assert play.root.evaluate(UNSEEN) == [] == play.root.evaluate(OUT)
    assert screen.page.evaluate(SIDEWAYS) == []
    screen.screenshot("layout-400-percent")
    play.button("Run").click()
    play.button("Settings").click()
    field = play.field("Task", "Warm-up")
    field.fill("1500")
    field.press("Enter")
    play.until(lambda: play.knob("task", "warmup"), 1500)
    assert play.root.evaluate(OUT) == []
