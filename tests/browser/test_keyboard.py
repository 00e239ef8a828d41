"""A model built without a mouse, and the names that people with screen readers go by."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.playground import Play

CHAIN = [["input", "reservoir", False], ["reservoir", "readout", False]]


def tab_to(play: Play, name: str) -> None:
    """Presses Tab until a node has the focus."""
    for _ in range(30):
        if play.node(name).evaluate("node => node === document.activeElement"):
            return
        play.page.keyboard.press("Tab")
    pytest.fail(f"Tab does not reach {name}")


def test_a_model_is_built_and_trained_by_keyboard_alone(play: Play) -> None:
    keys = play.page.keyboard
    play.root.locator(".rcw-root").focus()
    keys.press("Control+a")
    keys.press("Delete")
    play.until(lambda: play.ask("len(names)"), 0)
    expect(play.root).to_contain_text("Drag a node from the list, or press Enter on it.")

    keys.press("/")
    keys.type("input")
    keys.press("ArrowDown")
    expect(play.option("Input")).to_be_focused()
    keys.press("Enter")
    play.until(lambda: play.ask("list(names.values())"), ["input"])
    expect(play.node("input")).to_be_focused()
    keys.press("/")
    keys.type("echo")
    keys.press("Enter")
    play.until(lambda: play.ask("list(names.values())"), ["input", "reservoir"])
    expect(play.node("reservoir")).to_be_focused()
    keys.press("/")
    keys.press("ArrowDown")
    kinds = play.root.locator("[data-kind]").evaluate_all("options => options.map(option => option.dataset.kind)")
    keys.press("End")
    expect(play.option(kinds[-1])).to_be_focused()
    for _ in kinds[kinds.index("LinearReadout") + 1 :]:
        keys.press("ArrowUp")
    expect(play.option("LinearReadout")).to_be_focused()
    keys.press("Space")
    play.until(lambda: play.ask("list(names.values())"), ["input", "reservoir", "readout"])
    play.until(lambda: play.lab.ask_json("[play._publisher.flush(), play.experiment.status.activity][1]"), "failed")  # nothing is wired yet

    keys.press("Escape")
    tab_to(play, "input")
    keys.press("c")
    expect(play.status).to_have_text("input to reservoir: Enter connects.")
    keys.press("ArrowRight")
    expect(play.status).to_have_text("input to readout: Enter connects.")
    keys.press("ArrowLeft")
    keys.press("Enter")
    play.until(play.edges, CHAIN[:1])
    tab_to(play, "reservoir")
    keys.press("c")
    expect(play.root.locator(".rcw-reason-hint")).to_contain_text("reservoir to readout")
    keys.press("Enter")
    play.until(play.edges, CHAIN)
    play.rest()
    assert play.error() < 1e-2
    places = play.ask("[n['position'] for n in d['nodes']]")
    keys.press("ArrowDown")
    play.until(lambda: play.ask("[n['position'] for n in d['nodes']]") != places, True)


def test_all_parts_are_found_by_role_and_name(play: Play) -> None:
    root = play.root
    found = [
        root.get_by_role("application", name="Model canvas", exact=True),
        root.get_by_role("listbox", name="Node palette", exact=True),
        *(play.option(kind) for kind in ("Input", "Reservoir", "LinearReadout", "Concat")),
        *(play.node(name) for name in ("input", "reservoir", "readout")),
        *(play.button(name) for name in ("Run", "Pause", "Stop", "Undo", "Redo", "Auto-layout", "Export code")),
        *(root.get_by_role("combobox", name=name, exact=True) for name in ("Task", "Trainer")),
        *(play.slider("reservoir", name) for name in ("Spectral radius", "Leak rate", "Input scaling")),
        play.slider("Trainer", "Ridge beta"),
        root.get_by_role("spinbutton", name="Horizon", exact=True),
        play.figure("Prediction"),
        play.figure("Loss"),
        root.get_by_role("tree", name="Model outline", exact=True),
        play.status,
    ]
    for part in found:
        expect(part).to_have_count(1)
        expect(part).to_be_visible()
    expect(play.status).to_have_attribute("aria-live", "polite")
    expect(play.slider("Trainer", "Ridge beta")).to_have_attribute("aria-valuetext", "1e-6")
    expect(play.figure("Prediction")).to_have_accessible_description(re.compile(r"^x, y, z: forecast 1 step ahead"))
    expect(play.figure("Loss")).to_have_accessible_description(re.compile("held-out error is least"))
    expect(root.get_by_role("treeitem", name="reservoir, Reservoir, 400 features", exact=True)).to_contain_text("from input")


def test_the_outline_and_the_dialog_go_by_keys(play: Play) -> None:
    keys = play.page.keyboard
    root = play.root
    root.get_by_role("treeitem", name=re.compile("^input, ")).focus()
    keys.press("ArrowDown")
    keys.press("Enter")
    expect(play.inspector.get_by_role("heading", name="reservoir", exact=True)).to_be_visible()
    play.button("Export code").focus()
    keys.press("Enter")
    dialog = root.get_by_role("dialog", name="Python code", exact=True)
    expect(dialog.locator("pre")).to_have_text(play.lab.ask("print(play.code())"), use_inner_text=True)
    keys.press("Escape")
    expect(dialog).to_have_count(0)
