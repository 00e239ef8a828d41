"""JupyterLab's own places: the Launcher's card, the palette, the menu, and the course that a command brings."""

import json

from playwright.sync_api import Page, expect

from tests.browser.lab import START, Lab
from tests.browser.playground import Play
from tests.browser.server import TOKEN

COURSE = "reservoir-computing-course"
SAID = ".Toastify__toast"


def launcher(lab: Lab, folder: str = "") -> Page:
    """A page of JupyterLab without a document, in a folder."""
    lab.page.goto(f"{lab.server.url}/lab/workspaces/launcher{folder and '/tree/' + folder}?reset&token={TOKEN}")
    lab.page.wait_for_function("() => window.jupyterapp?.shell.currentWidget", timeout=START)
    expect(lab.page.locator("#jupyterlab-splash")).not_to_be_attached(timeout=START)
    return lab.page


def execute(page: Page, command: str) -> None:
    """Runs a command as the palette does, with its arguments there."""
    page.evaluate("async command => { await window.jupyterapp.commands.execute(command, { isPalette: true }); }", command)


def test_the_card_opens_a_notebook_that_trains_by_itself(lab: Lab) -> None:
    (lab.server.root / "lesson").mkdir()
    page = launcher(lab, "lesson")
    card = page.locator(".jp-LauncherCard", has_text="Reservoir playground")
    expect(card).to_have_count(1)
    assert card.locator("img").evaluate("image => image.complete && image.naturalWidth > 0")
    lab.screenshot("launcher")
    card.click()
    lab.await_kernel()
    play = Play(lab)
    expect(play.canvas).to_be_visible()
    play.rest()
    assert play.lines("Prediction")
    (made,) = (lab.server.root / "lesson").glob("*.ipynb")
    assert json.loads(made.read_text())["metadata"]["kernelspec"]["name"] == "python3"
    expect(page.locator(".jp-Launcher")).to_have_count(0)  # the notebook has taken its tab


def test_palette_and_menu_say_what_they_do(lab: Lab) -> None:
    page = launcher(lab)
    page.keyboard.press("Control+Shift+C")
    page.locator("input.lm-CommandPalette-input").fill("reservoir")
    palette = page.locator(".lm-CommandPalette-content")
    expect(palette).to_contain_text("New reservoir playground")
    expect(palette).to_contain_text("Open the reservoir computing course")
    page.keyboard.press("Escape")
    page.locator(".lm-MenuBar-item", has_text="File").first.click()
    page.locator(".lm-Menu-item", has_text="New").first.hover()
    expect(page.locator(".lm-Menu-item", has_text="Reservoir playground")).to_be_visible()


def test_the_course_is_copied_and_never_over_a_file(lab: Lab) -> None:
    (lab.server.root / "mine").mkdir()
    page = launcher(lab, "mine")
    execute(page, "rcwidgets:open-course")
    lab.await_kernel()
    folder = lab.server.root / "mine" / COURSE
    names = sorted(path.name for path in folder.glob("*.ipynb"))
    shipped = sorted(path.name for path in (lab.server.root.parent / "data" / "labextensions" / "rcwidgets" / "course").glob("*.ipynb"))
    assert names == shipped
    assert page.evaluate("() => window.jupyterapp.shell.currentWidget.context.path") == f"mine/{COURSE}/{names[0]}"
    expect(page.locator(SAID)).to_contain_text(f"{len(names)} notebooks of the course copied to mine/{COURSE}.")

    own = folder / names[1]
    own.write_text(own.read_text().replace("cells", "cells", 1) + "\n")
    before = own.read_text()
    (folder / names[2]).unlink()
    page = launcher(lab, "mine")
    execute(page, "rcwidgets:open-course")
    lab.await_kernel()
    expect(page.locator(SAID)).to_contain_text(f"1 notebook of the course copied to mine/{COURSE}; {len(names) - 1} that were there")
    assert own.read_text() == before
    assert sorted(path.name for path in folder.glob("*.ipynb")) == names


def test_a_course_that_cannot_be_copied_is_a_sentence(lab: Lab) -> None:
    page = launcher(lab)
    page.route("**/course/index.json", lambda route: route.fulfill(status=404))
    execute(page, "rcwidgets:open-course")
    expect(page.locator(SAID)).to_contain_text("and it answered 404. Install rcwidgets anew.")
    lab.errors.clear()


def test_notebook_7_opens_a_page_that_runs_once(lab: Lab) -> None:
    lab.page.goto(f"{lab.server.url}/tree?token={TOKEN}")
    lab.page.wait_for_function("() => window.jupyterapp?.commands.hasCommand('rcwidgets:new-playground')", timeout=START)
    with lab.page.expect_popup() as opened:
        execute(lab.page, "rcwidgets:new-playground")
    shown = Lab(opened.value, lab.server, lab.artifacts)
    expect(opened.value.locator(".rcw-figures path.line").first).to_be_attached(timeout=START)
    opened.value.reload()
    shown.await_kernel()
    count = "() => window.jupyterapp.shell.currentWidget.content.widgets[0].model.executionCount"
    assert opened.value.evaluate(count) in (None, 1)  # it ran in the page that was made for it, and not again
    lab.errors.clear()  # Notebook 7 itself asks for commands that its pages lack
