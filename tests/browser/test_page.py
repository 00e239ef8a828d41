"""The page that `to_html` wrote, opened from disk in a browser without a network."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

import rcwidgets as rc


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a small network on Lorenz."""
    play = rc.Playground(rc.Input() >> rc.Reservoir(50, seed=0) >> rc.LinearReadout(), task="lorenz")
    play.run()
    play.wait(120)
    path = tmp_path_factory.mktemp("page") / "page.html"
    play.to_html(path)
    play.close()
    return path


@pytest.fixture
def opened(browser: Browser, file: Path, request: pytest.FixtureRequest) -> Iterator[Page]:
    """The page in the theme that the test names, without a network; an error on it fails the test."""
    errors: list[str] = []
    context = browser.new_context(offline=True, color_scheme=getattr(request, "param", "light"), viewport={"width": 1000, "height": 900})
    page = context.new_page()
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.goto(file.as_uri())
    yield page
    context.close()
    assert not errors


def ticks(figure: Locator) -> list[str]:
    """The labels along x that are seen."""
    return [text for text in figure.locator("text.tick:visible, text.made").all_text_contents() if text]


@pytest.mark.parametrize("opened", ["light", "dark"], indirect=True)
def test_it_shows_graph_figures_and_numbers(opened: Page, artifacts: Path, request: pytest.FixtureRequest) -> None:
    expect(opened.get_by_role("heading", level=1)).to_contain_text("test NRMSE")
    expect(opened.get_by_role("figure", name="Prediction")).to_be_visible()
    expect(opened.get_by_role("img").first).to_be_visible()
    expect(opened.get_by_role("cell", name="NRMSE").first).to_be_visible()
    ground, ink = (opened.evaluate(f"getComputedStyle(document.body).{name}") for name in ("backgroundColor", "color"))
    assert ground != ink
    opened.screenshot(path=artifacts / f"page-{request.node.callspec.params['opened']}.png", full_page=True)


def test_a_figure_zooms_by_dragging_and_shows_all_by_a_double_click(opened: Page) -> None:
    figure = opened.get_by_role("figure", name="Prediction")
    plot, before = figure.locator("svg.plot"), ticks(figure)
    whole, box = plot.get_attribute("viewBox"), plot.bounding_box()
    assert box is not None and whole is not None
    opened.mouse.move(box["x"] + box["width"] / 4, box["y"] + 40)
    opened.mouse.down()
    opened.mouse.move(box["x"] + box["width"] / 2, box["y"] + 60, steps=4)
    opened.mouse.up()
    left, _, wide, _ = map(float, (plot.get_attribute("viewBox") or "").split())
    span = float(whole.split()[2])
    assert left / span == pytest.approx(0.25, abs=0.01) and wide / span == pytest.approx(0.25, abs=0.01)
    assert ticks(figure) != before and len(ticks(figure)) > 2
    plot.dblclick()
    assert ticks(figure) == before


def test_the_keys_zoom_too(opened: Page) -> None:
    figure = opened.get_by_role("figure", name="Prediction")
    figure.focus()
    before = ticks(figure)
    figure.press("+")
    left, _, wide, _ = map(float, (figure.locator("svg.plot").get_attribute("viewBox") or "").split())
    assert left == pytest.approx(wide / 2, rel=0.01)
    figure.press("ArrowRight")
    figure.press("0")
    assert ticks(figure) == before
