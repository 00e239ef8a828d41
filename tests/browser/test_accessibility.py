"""What eyes, ears and unsteady hands need: no violation that axe finds, places of 24 px, spoken outcomes, forced colours and contrast."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.lab import Lab
from tests.browser.playground import Play, show
from tests.browser.test_own_data import choose_data, load, weather
from tests.browser.test_sweep import SMALL, go, opened, write

AXE = Path(__file__).parents[2] / "frontend/node_modules/axe-core/axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = """async tags => {
  const found = await axe.run('.rcw-playground', { runOnly: { type: 'tag', values: tags } });
  return found.violations.flatMap(({ id, nodes }) => nodes.map(node => `${id}: ${node.target.join(' ')} ${node.html.slice(0, 120)}`));
}"""
# Places for the hand that are smaller than 24 px, and so near to another that a circle of 24 px about one meets the other (WCAG 2.5.8).
SMALL_TARGETS = """root => {
  const kinds = 'button, a[href], input:not([type=file]), select, textarea, summary, [role=button], [role=option], [role=treeitem], [role=tab],'
    + '[role=menuitem], [role=menuitemradio], [role=menuitemcheckbox], [role=gridcell], [role=slider], .react-flow__edge,'
    + '.react-flow__handle:not(.rcw-late-in, .rcw-late-out)';
  const seen = [...root.querySelectorAll(kinds)].filter(one => one.checkVisibility({ visibilityProperty: true }) && !one.disabled)
    .map(one => [one, one.getBoundingClientRect()]).filter(([one, box]) => box.width > 1 && box.height > 1);
  const word = one => `${one.tagName} ${one.getAttribute('class') ?? ''} ${one.getAttribute('aria-label') ?? one.textContent.slice(0, 20)}`;
  return seen.filter(([, box]) => Math.min(box.width, box.height) < 23.5).map(([one, box]) =>
    `${word(one)}: ${box.width.toFixed(1)} x ${box.height.toFixed(1)}`);
}"""
HEARD = """region => {
  window.rcwHeard = [];
  new MutationObserver(() => window.rcwHeard.push(region.textContent)).observe(region, { childList: true, characterData: true, subtree: true });
}"""
CHANNELS = "color => { const [r, g, b] = color.match(/[\\d.]+/g).map(Number); return [r, g, b]; }"
CONTRAST = "JupyterLab Dark High Contrast"


@pytest.fixture(scope="module")
def axe() -> str:
    """The rules, as `npm ci` has brought them."""
    assert AXE.is_file(), f"{AXE} is not there. Run `make bundle`, or `.venv/bin/python -m scripts.build_frontend install`."
    return AXE.read_text(encoding="utf-8")


@pytest.fixture
def check(axe: str) -> Callable[[Play], None]:
    """Looks with axe for what is wrong in the Playground, as it stands."""

    def look(play: Play) -> None:
        if not play.page.evaluate("() => typeof axe !== 'undefined'"):
            play.page.evaluate(axe)
        assert play.page.evaluate(RUN, TAGS) == []

    return look


@pytest.fixture
def themed(desk: Lab) -> Iterator[Lab]:
    """The warm page, light again and with its own size and colours afterwards."""
    before = desk.page.viewport_size
    assert before is not None
    yield desk
    desk.page.emulate_media(forced_colors="none", color_scheme="light", reduced_motion="no-preference")
    desk.page.set_viewport_size(before)
    desk.set_theme("light")


def wire(play: Play) -> Locator:
    """The wire into the readout."""
    return play.canvas.get_by_role("group", name="Wire from reservoir to readout", exact=True).locator("path").last


def refuse(play: Play, typed: str = "99") -> Locator:
    """Types a spectral radius that cannot be."""
    play.click_head("reservoir")
    field = play.field("reservoir", "Spectral radius value")
    field.fill(typed)
    field.press("Enter")
    return field


def small(play: Play) -> list[str]:
    """The places for the hand that are too small."""
    found: list[str] = play.root.evaluate(SMALL_TARGETS)
    return found


def test_axe_finds_nothing_at_rest_and_while_the_canvas_is_used(play: Play, check: Callable[[Play], None]) -> None:
    check(play)
    play.click_head("reservoir")
    check(play)
    refuse(play)
    expect(play.inspector.locator(".rcw-sentence")).to_be_visible()
    check(play)
    wire(play).click(force=True)
    expect(play.inspector).to_contain_text("reservoir to readout")
    check(play)
    play.page.keyboard.press("Delete")
    expect(play.node("readout")).to_contain_text("not connected yet")
    check(play)
    play.page.keyboard.press("c")
    play.page.keyboard.press("Escape")
    play.button("Undo").click()
    play.rest()


def test_axe_finds_nothing_in_dialogs_and_before_a_training(play: Play, check: Callable[[Play], None]) -> None:
    play.button("Keys").click()
    expect(play.root.get_by_role("dialog", name="Keys", exact=True)).to_be_visible()
    check(play)
    assert small(play) == []
    play.page.keyboard.press("Escape")
    for figure in ("Prediction", "Loss"):
        play.root.get_by_role("button", name=f"Tools of {figure}", exact=True).click()
        expect(play.root.get_by_role("menu", name=f"Tools of {figure}", exact=True)).to_be_visible()
        check(play)
        assert small(play) == []
        play.page.keyboard.press("Escape")
    play.button("Export code").click()
    expect(play.root.get_by_role("dialog", name="Python code", exact=True)).to_be_visible()
    check(play)
    play.page.keyboard.press("Escape")
    play.root.get_by_role("combobox", name="Trainer", exact=True).select_option(label="BPTT")
    expect(play.status).to_contain_text("press Run to train")
    expect(play.node("readout")).to_contain_text("not trained yet")
    expect(play.node("readout").locator(".rcw-mark-unfinished")).to_be_attached()
    expect(play.root.locator(".rcw-status.rcw-look-unfinished .rcw-mark-unfinished")).to_be_attached()
    assert play.root.get_by_role("progressbar", name="Progress", exact=True).get_attribute("aria-valuenow") == "0"
    check(play)


def test_axe_finds_nothing_in_data_runs_sweep_and_metrics(desk: Lab, check: Callable[[Play], None]) -> None:
    play = show(desk, SMALL)
    play.root.get_by_role("group", name="Runs", exact=True).get_by_role("button").first.click()
    play.button("All metrics").click()
    panel = opened(play)
    write(panel, "Knob across", From="0.2", To="1.4", Values="4")
    write(panel, "Knob up", From="1e-8", To="1e-2", Values="13")
    go(panel)
    play.until(lambda: desk.ask_json("play.experiment.sweeping and play.experiment.sweeping.activity"), "done")
    expect(panel.locator(".rcw-sweep-is-best")).to_have_count(1)
    check(play)
    assert small(play) == []
    choose_data(play)
    expect(play.inspector).to_contain_text("Drop a CSV file here")
    check(play)
    load(play, "weather.csv", weather()[0])
    expect(play.inspector).to_contain_text("600 rows")
    play.rest()
    check(play)
    assert small(play) == []


@pytest.mark.parametrize("name", ["JupyterLab Dark", CONTRAST])
def test_axe_finds_nothing_in_other_themes(themed: Lab, check: Callable[[Play], None], name: str) -> None:
    play = show(themed)
    themed.page.evaluate("name => window.jupyterapp.commands.execute('apputils:change-theme', { theme: name })", name)
    expect(themed.page.locator(f'body[data-jp-theme-name="{name}"]')).to_be_attached()
    themed._await_splash()
    play.click_head("reservoir")
    expect(play.node("reservoir").locator(".rcw-selected")).to_be_visible()
    check(play)
    refuse(play)
    check(play)
    themed.screenshot(f"accessibility-{name.replace(' ', '-').lower()}")


def test_axe_finds_nothing_in_a_narrow_cell_nor_without_a_kernel(themed: Lab, check: Callable[[Play], None]) -> None:
    play = show(themed)
    themed.ask("play.layout.width = '480px'")
    expect(play.root.locator(".rcw-narrow")).to_be_visible()
    play.rest()
    check(play)
    assert small(play) == []
    themed.ask("play.layout.width = 'auto'")
    expect(play.root.locator(".rcw-narrow")).to_have_count(0)
    themed.page.evaluate("async () => await window.jupyterapp.shell.currentWidget.sessionContext.restartKernel()")
    expect(play.status).to_have_text("disconnected, run the cell again")
    check(play)
    themed.ask("import rcwidgets as rc")


def test_every_place_for_the_hand_has_24_pixels(play: Play) -> None:
    assert small(play) == []
    for name in ("reservoir", "readout"):
        play.click_head(name)
        assert small(play) == []
    play.button("Zoom out").click()  # what is on the canvas keeps its size for the hand
    play.until(lambda: play.zoom()[2] < 0.9, True)
    ports = [one for one in small(play) if "react-flow__handle" in one or "rcw-slider" in one or "react-flow__edge" in one]
    assert ports == []
    play.option("NVAR").click()
    play.until(lambda: len(play.ask("d['nodes']")), 4)
    play.root.get_by_role("button", name="Figure", exact=True).or_(play.figure("Prediction").locator("select")).first.hover()
    assert [one for one in small(play) if "rcw-field nodrag" not in one] == []  # fields of a card stand 30 px apart


def test_an_outcome_is_spoken_when_the_hand_rests_and_not_before(play: Play) -> None:
    expect(play.status).to_have_text(re.compile(r"^Test NRMSE [\d.e-]+, trained in [\d.]+ m?s$"))
    play.status.evaluate(HEARD)
    slider = play.slider("reservoir", "Spectral radius")
    slider.focus()
    for _ in range(12):
        slider.press("ArrowRight")
    play.rest()
    play.until(lambda: len(play.page.evaluate("window.rcwHeard")) > 0, True)
    error = play.lab.ask_json("play.experiment.status.outcome")
    expect(play.status).to_have_text(re.compile(rf"^{re.escape(error)}, trained in "))
    heard = play.page.evaluate("window.rcwHeard")
    outcomes = [words for words in heard if re.match(r"Test NRMSE \S+, trained in ", words)]
    assert 0 < len(outcomes) < 12  # one a rest, not one a step
    assert not [words for words in heard if words.startswith("trained in ")]
    expect(play.status).to_be_visible()


def test_deeds_on_the_canvas_are_spoken(play: Play) -> None:
    play.status.evaluate(HEARD)

    def says(words: str) -> None:
        play.until(lambda: words in play.page.evaluate("window.rcwHeard"), True)

    play.option("Reservoir").click()
    says("reservoir_2 added")
    play.click_head("reservoir_2")
    play.node("reservoir_2").focus()
    play.page.keyboard.press("ArrowRight")
    says("reservoir_2 moved right")
    play.page.keyboard.press("Shift+ArrowUp")
    says("reservoir_2 moved up")
    play.page.keyboard.press("Delete")
    says("Deleted reservoir_2")
    play.page.keyboard.press("Control+z")
    says("Undid: delete reservoir_2")
    play.page.keyboard.press("Control+y")
    says("Redid: delete reservoir_2")
    play.button("Auto-layout").click()
    says("Nodes arranged from left to right")
    play.root.get_by_role("combobox", name="Trainer", exact=True).select_option(label="LMS")
    says("Trainer: LMS")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("abc", "Spectral radius must be a number between 0 and 10."),
        ("-1", "Spectral radius must lie between 0 and 10."),
        ("1e400", "Spectral radius must lie between 0 and 10."),
    ],
)
def test_a_refusal_is_spoken_and_stands_once_at_its_control(play: Play, typed: str, said: str) -> None:
    field = refuse(play, typed)
    expect(play.status).to_have_text(said)
    sentence = play.root.locator(".rcw-sentence")
    expect(sentence).to_have_text([said])
    assert field.get_attribute("aria-describedby") == sentence.get_attribute("id")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_value(typed)
    play.click_head("readout")
    play.click_head("reservoir")
    expect(play.field("reservoir", "Spectral radius value")).to_have_value(typed)
    assert said not in play.lab.page.locator(".rcw-status-message:not(.rcw-unseen)").all_text_contents()


def test_a_refusal_of_the_kernel_has_the_words_of_the_page(play: Play) -> None:
    play.option("Select").click()
    field = play.node("select").get_by_role("textbox")
    field.fill("one")
    field.press("Enter")
    expect(play.status).to_have_text("Features must be places and ranges such as 1, 0:2 or 0,2,-1.")
    expect(field).to_have_value("one")
    expect(field).to_have_attribute("aria-invalid", "true")
    assert "Select." not in play.root.inner_text()


def test_the_sheet_of_keys_opens_by_key_and_button_and_gives_the_focus_back(play: Play) -> None:
    sheet = play.root.get_by_role("dialog", name="Keys", exact=True)
    play.node("reservoir").focus()
    play.page.keyboard.press("?")
    expect(sheet).to_be_visible()
    for words in ("Rename the node", "Delete what is selected", "Search for a node to add", "Undo the last change"):
        expect(sheet).to_contain_text(words)
    play.page.keyboard.press("Tab")
    assert sheet.evaluate("sheet => sheet.contains(document.activeElement)")
    play.page.keyboard.press("Escape")
    expect(sheet).to_have_count(0)
    expect(play.node("reservoir")).to_be_focused()
    play.button("Keys").click()
    expect(sheet).to_be_visible()
    root = sheet.evaluate("sheet => { const a = sheet.getBoundingClientRect(), b = sheet.closest('.rcw-root').getBoundingClientRect();"
                          " return a.top >= b.top && a.bottom <= b.bottom && a.left >= b.left && a.right <= b.right; }")  # fmt: skip
    assert root
    sheet.get_by_role("button", name="Close", exact=True).click()
    expect(play.button("Keys")).to_be_focused()
    search = play.root.get_by_role("searchbox", name="Search nodes", exact=True)
    search.press("?")
    expect(search).to_have_value("?")  # in a field it is a letter
    expect(sheet).to_have_count(0)


def test_how_a_node_stands_is_told_by_form_and_word(play: Play) -> None:
    def mark(owner: Locator) -> str:
        return str(owner.locator(".rcw-icon-state").first.get_attribute("class")).split("rcw-mark-")[1]

    status = play.root.locator(".rcw-status")
    assert (mark(play.node("reservoir")), mark(status)) == ("ok", "ok")
    refuse(play, "2.5")
    play.until(lambda: play.knob("reservoir", "spectral_radius"), 2.5)
    play.rest()
    expect(play.node("reservoir")).to_contain_text("not reproducible in float32")
    assert (mark(play.node("reservoir")), mark(status)) == ("warning", "warning")
    wire(play).click(force=True)
    play.page.keyboard.press("Delete")
    expect(play.node("readout")).to_contain_text("not connected yet")
    expect(play.node("readout")).to_contain_text("readout has no input. Wire a node to it.")
    expect(status).to_have_class(re.compile("rcw-look-unfinished"))
    assert (mark(play.node("readout")), mark(status)) == ("unfinished", "unfinished")
    bad = play.root.locator(".rcw-root").evaluate("root => getComputedStyle(root).getPropertyValue('--rcw-bad').trim()")
    colors = play.root.locator(".rcw-card-foot, .rcw-status").evaluate_all(
        """(all, bad) => { const probe = document.createElement('i'); probe.style.color = bad; document.body.append(probe);
        const red = getComputedStyle(probe).color; probe.remove();
        return all.flatMap(one => [one, ...one.querySelectorAll('*')]).filter(one => getComputedStyle(one).color === red).length; }""",
        bad,
    )
    assert colors == 0


def picture_colors(page: Page, target: Locator) -> int:
    """How many colours the middle line of an element's picture has."""
    box = target.bounding_box()
    assert box is not None
    clip = {"x": box["x"], "y": box["y"] + box["height"] / 2 - 2, "width": box["width"], "height": 4}
    data = page.screenshot(clip=clip)  # type: ignore[arg-type]
    found: Any = page.evaluate(
        """async bytes => { const image = await createImageBitmap(new Blob([new Uint8Array(bytes)], { type: 'image/png' }));
        const canvas = new OffscreenCanvas(image.width, image.height); const context = canvas.getContext('2d'); context.drawImage(image, 0, 0);
        const { data } = context.getImageData(0, image.height / 2 | 0, image.width, 1);
        return new Set(Array.from({ length: image.width }, (_, k) => data.slice(4 * k, 4 * k + 3).join())).size; }""",
        list(data),
    )
    return int(found)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_forced_colours_keep_tracks_swatches_marks_and_progress(themed: Lab, check: Callable[[Play], None], scheme: Any) -> None:
    play = show(themed)
    play.click_head("reservoir")
    themed.page.emulate_media(forced_colors="active", color_scheme=scheme)
    slider = play.slider("reservoir", "Spectral radius")
    # the ground, the track, its filled part, and the thumb
    assert picture_colors(themed.page, slider) >= 3
    for target in (
        play.root.get_by_role("progressbar", name="Progress", exact=True),
        play.figure("Prediction").locator(".rcw-swatch").nth(1),
    ):
        inner = target.locator("i").first if target.locator("i").count() else target
        ground = play.root.locator(".rcw-root").evaluate("root => getComputedStyle(root).backgroundColor")
        assert inner.evaluate("one => getComputedStyle(one).backgroundColor") != ground
    marks = play.root.locator(".rcw-icon-state").evaluate_all("all => all.map(one => getComputedStyle(one).fill)")
    assert marks and all(fill not in ("none", ground) for fill in marks)
    widths = [
        float(play.node(name).locator(".rcw-card").evaluate("card => parseFloat(getComputedStyle(card, '::after').borderTopWidth) || 0"))
        for name in ("reservoir", "readout")
    ]
    assert widths[0] >= 3 and widths[1] == 0  # the selected card alone has a frame
    check(play)
    themed.screenshot(f"accessibility-forced-{scheme}")


def test_in_high_contrast_the_selected_card_is_the_strongest(themed: Lab) -> None:
    play = show(themed)
    themed.page.evaluate("name => window.jupyterapp.commands.execute('apputils:change-theme', { theme: name })", CONTRAST)
    expect(themed.page.locator(f'body[data-jp-theme-name="{CONTRAST}"]')).to_be_attached()
    themed._await_splash()
    play.click_head("reservoir")

    def ring(name: str) -> float:
        shadow = play.node(name).locator(".rcw-card").evaluate("card => getComputedStyle(card).boxShadow")
        return max([float(number) for number in re.findall(r"([\d.]+)px(?= *(?:,|$|inset))", str(shadow))], default=0.0)

    assert ring("reservoir") >= 4 and ring("readout") == 0
    grounds = [
        play.node(name).locator(".rcw-card-head").evaluate("head => getComputedStyle(head).backgroundColor")
        for name in ("reservoir", "readout")
    ]
    assert grounds[0] != grounds[1]


def test_reduced_motion_is_respected(themed: Lab) -> None:
    play = show(themed)
    themed.page.emulate_media(reduced_motion="reduce")
    moving = play.root.evaluate(
        """root => [root, ...root.querySelectorAll('*')].filter(one => { const style = getComputedStyle(one);
        return style.animationName !== 'none' || style.transitionDuration.split(', ').some(time => parseFloat(time) > 0); })
        .filter(one => one.closest('[class*=rcw-]') && !one.closest('.bqplot')).map(one => one.className)"""
    )
    assert moving == []
    play.button("Zoom out").click()
    play.button("Show all").click()
    play.page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    before = play.zoom()
    play.page.wait_for_timeout(300)
    assert play.zoom() == before
