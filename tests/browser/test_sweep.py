"""A sweep on the page: its cells fill while it runs, a click and a key set the sliders, bad input gets a sentence; pictures in both themes."""

import json
import re

from playwright.sync_api import Locator, expect

from tests.browser.lab import Lab
from tests.browser.playground import Play, show

SMALL = """import rcwidgets as rc
play = rc.Playground(rc.Input() >> rc.Reservoir(60, input_scaling=0.3) >> rc.LinearReadout(), task="mackey_glass")
play"""
KNOWN = "grid => grid.querySelectorAll('.rcw-sweep-is-known').length"
# What of the panel sticks out of it at its right side.
OUT = """panel => [...panel.querySelectorAll('*')].filter(one => one.checkVisibility() &&
  one.getBoundingClientRect().right > panel.getBoundingClientRect().right + 1).map(one => one.className)"""


def opened(play: Play) -> Locator:
    """The panel, with its form and map."""
    panel = play.root.get_by_role("group", name="Sweep", exact=True)
    panel.get_by_role("button", name="Sweep", exact=True).first.click()
    expect(panel.locator("form")).to_be_visible()
    return panel


def write(panel: Locator, axis: str, **fields: str) -> None:
    """Writes the fields of one knob by their labels."""
    group = panel.get_by_role("group", name=axis, exact=True)
    for label, text in fields.items():
        group.get_by_label({"Values": "Number of values"}.get(label, label), exact=True).fill(text)


def go(panel: Locator) -> None:
    """Presses the button of the form."""
    panel.locator("form").get_by_role("button", name="Sweep", exact=True).click()


def saved(lab: Lab, panel: Locator, kind: str, name: str) -> bytes:
    """The picture of the map, which is kept among the artifacts too."""
    with lab.page.expect_download() as download:
        panel.get_by_role("button", name=f"Save the picture of Sweep as {kind}", exact=True).click()
    assert download.value.suggested_filename == f"sweep.{kind.lower()}"
    path = lab.artifacts / f"saved-{name}.{kind.lower()}"
    download.value.save_as(path)
    return path.read_bytes()


def test_a_sweep_fills_a_map_and_a_cell_sets_the_sliders(desk: Lab) -> None:
    play = show(desk, SMALL)
    panel = opened(play)
    write(panel, "Knob across", From="0.2", To="1.4", Values="5")
    write(panel, "Knob up", From="1e-8", To="1e-2", Values="many")
    go(panel)
    expect(panel.get_by_role("alert")).to_have_text("The number of values must be a whole number from 2 to 40, got 'many'.")
    group = panel.get_by_role("group", name="Knob up", exact=True)
    expect(group.get_by_label("From", exact=True)).to_have_value("1e-8")
    write(panel, "Knob up", Values="4")
    go(panel)
    grid = panel.get_by_role("grid")
    play.page.wait_for_function(KNOWN.replace("length", "length > 0"), arg=grid.element_handle(), timeout=60_000)
    sweeping = "play.experiment.sweeping"
    play.until(lambda: desk.ask_json(f"{sweeping}.activity"), "done")
    play.until(lambda: grid.evaluate(KNOWN), 20)
    assert panel.get_by_role("alert").count() == 0
    best = desk.ask_json(f"{sweeping}.best")
    cell = panel.locator(".rcw-sweep-is-best")
    expect(cell).to_have_count(1)
    cell.click()
    play.until(lambda: [play.knob("reservoir", "spectral_radius"), play.knob("trainer", "beta")], list(best.values()))
    expect(cell).to_have_attribute("aria-selected", "true")
    slider = play.slider("reservoir", "Spectral radius").first
    expect(slider).to_have_value(json.dumps(best["reservoir.spectral_radius"]).removesuffix(".0"))
    expect(panel.get_by_role("status")).to_contain_text("Set Spectral radius to")
    play.rest()
    tested = desk.ask_json(f"{sweeping}.sweep.test_errors.tolist()")
    assert abs(desk.ask_json("play.results.test_nrmse") / tested[0] - 1) < 1e-3
    expect(panel.get_by_text("Test error of the best setting: ")).to_be_visible()
    expect(panel.locator(".rcw-sweep-tested")).to_contain_text(re.compile(r"NRMSE [\d.e-]+, the median of 3 seeds \("))
    page = play.page
    first = panel.get_by_role("gridcell").first
    cell.focus()
    for _ in range(5):
        page.keyboard.press("ArrowLeft")
        page.keyboard.press("ArrowUp")
    expect(first).to_be_focused()
    page.keyboard.press("Enter")
    play.until(lambda: [play.knob("reservoir", "spectral_radius"), play.knob("trainer", "beta")], [0.2, 1e-2])
    play.rest()
    play.button("Undo").click()
    play.until(lambda: play.knob("trainer", "beta"), best["beta"])
    with page.expect_download() as download:
        panel.get_by_role("button", name="Download the data of Sweep as CSV", exact=True).click()
    rows = download.value.path().read_text().splitlines()
    assert rows[0] == "reservoir.spectral_radius,beta,seed,nrmse,test_nrmse" and len(rows) == 1 + 5 * 4 * 3
    text = saved(desk, panel, "SVG", "sweep").decode()
    colors = grid.locator(".rcw-sweep-cell").evaluate_all("cells => cells.map(cell => getComputedStyle(cell).backgroundColor)")
    assert len(colors) == 20 and all(f'fill="{color}"' in text for color in colors) and text.count("<circle") == 2  # the best, and its key
    told = ["Held-out NRMSE", "Ridge beta", "Spectral radius, reservoir", "1e-8", "0.8", "Test error of the best setting: "]
    assert all(f">{words}<" in text for words in told) and "Sweep: Mackey-Glass, 10 steps ahead, Ridge" in text and "var(" not in text
    assert saved(desk, panel, "PNG", "sweep").startswith(b"\x89PNG")


def test_a_sweep_is_stopped_and_a_newer_one_takes_its_place(desk: Lab) -> None:
    play = show(desk, SMALL)
    panel = opened(play)
    write(panel, "Knob across", Values="40")
    write(panel, "Knob up", Values="40")
    go(panel)
    stop = panel.locator("form").get_by_role("button", name="Stop", exact=True)
    expect(stop).to_be_visible()
    stop.click()
    expect(panel.locator("form").get_by_role("button", name="Sweep", exact=True)).to_be_visible()
    play.until(lambda: desk.ask_json("play.experiment.sweeping.activity"), "stopped")
    desk.ask("play.sweep({'reservoir.leak_rate': [0.1, 0.3, 1.0]}, seeds=(0, 1))")
    expect(panel.get_by_role("gridcell")).to_have_count(3)
    play.until(lambda: panel.get_by_role("grid").evaluate(KNOWN), 3)


def test_pictures(desk: Lab) -> None:
    before = desk.page.viewport_size
    assert before is not None
    desk.page.set_viewport_size({"width": 1440, "height": 1350})
    play = show(desk)
    panel = opened(play)
    desk.screenshot("sweep-empty-light")
    go(panel)
    panel.locator(".rcw-sweep-is-known").first.wait_for(timeout=120_000)
    desk.screenshot("sweep-running-light")
    play.until(lambda: desk.ask_json("play.experiment.sweeping.activity"), "done")
    play.until(lambda: panel.get_by_role("grid").evaluate(KNOWN), 72)
    panel.locator(".rcw-sweep-is-best").click()
    play.rest()
    desk.page.mouse.move(5, 5)
    for theme in ("light", "dark"):
        desk.set_theme(theme)
        desk.screenshot(f"sweep-{theme}")
    assert panel.evaluate(OUT) == []
    desk.ask("play.sweep({'reservoir.spectral_radius': [0.3, 0.6, 0.9, 1.2, 1.5, 1.8]}, seeds=(0, 1, 2)); play.wait_sweep(60)")
    play.until(lambda: panel.get_by_role("grid").evaluate(KNOWN), 6)
    desk.screenshot("sweep-line-dark")
    assert b"<polyline" in saved(desk, panel, "SVG", "sweep-line-dark")
    saved(desk, panel, "PNG", "sweep-line-dark")
    desk.set_theme("light")
    desk.screenshot("sweep-line-light")
    desk.ask("play.layout.width = '700px'")
    desk.page.set_viewport_size({"width": 1440, "height": 2100})
    play.rest()
    assert panel.evaluate(OUT) == []
    desk.screenshot("sweep-narrow-light")
    desk.ask("play.layout.width = '480px'")
    play.rest()
    assert panel.evaluate(OUT) == []
    desk.screenshot("sweep-small-light")
    desk.page.set_viewport_size(before)


def test_an_executor_of_the_notebook_is_chosen_and_a_worker_that_dies_is_a_sentence(desk: Lab) -> None:
    before = desk.page.viewport_size
    assert before is not None
    play = show(desk, SMALL)
    panel = opened(play)
    trained_by = panel.get_by_label("Trained by", exact=True)
    expect(trained_by.locator("option")).to_have_text(["this machine"])
    desk.ask("import distributed; client = distributed.Client(n_workers=2, threads_per_worker=1, dashboard_address=None)")
    trained_by.focus()
    expect(trained_by.locator("option")).to_have_text(["this machine", "dask: 2 workers"], timeout=30_000)
    desk.page.set_viewport_size({"width": 1440, "height": 1350})
    trained_by.select_option(label="dask: 2 workers")
    write(panel, "Knob across", Values="40")
    panel.get_by_role("group", name="Knob up").get_by_label("Knob up", exact=True).select_option("reservoir.leak_rate")
    write(panel, "Knob up", Values="40")
    panel.get_by_label("Seeds", exact=True).fill("10")
    go(panel)
    words = panel.locator(".rcw-sweep-words")
    expect(words).to_have_text(re.compile(r"of 16,000 models, .* a second by 2 workers, .* left$"), timeout=120_000)
    desk.ask("import os, signal; os.kill(list(client.run(os.getpid).values())[0], signal.SIGKILL)")
    status = panel.get_by_role("status")
    expect(status).to_contain_text(re.compile(r"The worker tcp://[\d.:]+ went away. What it had is computed by the others."))
    for theme in ("light", "dark"):
        desk.set_theme(theme)
        desk.screenshot(f"sweep-lost-{theme}")
    desk.set_theme("light")
    desk.ask("play.layout.width = '480px'")
    assert panel.evaluate(OUT) == []
    desk.screenshot("sweep-lost-small")
    known = panel.get_by_role("grid").evaluate(KNOWN)
    desk.ask("client.cluster.close()")
    expect(status).to_contain_text("The scheduler of the executor does not answer any more.", timeout=60_000)
    expect(status).to_contain_text(re.compile(r"of 16,000 models are kept: the same sweep computes only what is missing\.$"))
    desk.screenshot("sweep-gone-small")
    assert panel.get_by_role("grid").evaluate(KNOWN) >= known > 0
    assert "Traceback" not in play.page.locator(".jp-Notebook").inner_text()
    trained_by.focus()
    expect(trained_by.locator("option")).to_have_text(["this machine"])
    desk.ask("client.close(); del client")
    desk.page.set_viewport_size(before)
