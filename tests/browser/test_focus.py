"""Where the focus is after each thing that a hand does, and what Ctrl-Z and Delete then act on."""

from functools import partial
from itertools import pairwise

import pytest
from playwright.sync_api import FloatRect, Locator, expect

from tests.browser.lab import Lab
from tests.browser.playground import Play, begins, middle, show
from tests.browser.test_canvas import CHAIN, drop, names

EDGE = 8  # pixels from the border of the canvas


def of_graph(play: Play) -> list[str]:
    """The names of what is selected on the canvas: nodes, then wires."""
    chosen = play.canvas.locator(".react-flow__node.selected, .react-flow__edge.selected")
    return [label.split(",")[0] for label in chosen.evaluate_all("all => all.map(one => one.getAttribute('aria-label'))")]


def box(target: Locator) -> FloatRect:
    """Where something is on the page."""
    found = target.bounding_box()
    assert found is not None
    return found


def inside(play: Play, name: str) -> bool:
    """Whether the whole card shows."""
    card, canvas = box(play.node(name)), box(play.canvas)
    across = canvas["x"] <= card["x"] and card["x"] + card["width"] <= canvas["x"] + canvas["width"]
    return across and canvas["y"] <= card["y"] and card["y"] + card["height"] <= canvas["y"] + canvas["height"]


def free(play: Play) -> bool:
    """Whether no card covers another."""
    cards = [box(card) for card in play.canvas.locator(".react-flow__node").all()]
    apart = [
        a["x"] + a["width"] <= b["x"] or b["x"] + b["width"] <= a["x"] or a["y"] + a["height"] <= b["y"] or b["y"] + b["height"] <= a["y"]
        for place, a in enumerate(cards)
        for b in cards[place + 1 :]
    ]
    return all(apart)


@pytest.mark.parametrize("way", ["dragged", "clicked"])
def test_a_node_from_the_palette_has_the_focus_and_the_keys_act_on_it(play: Play, way: str) -> None:
    keys = play.page.keyboard
    if way == "dragged":
        drop(play, "Concat", 90, 250)
    else:
        play.option("Concat").click()
    play.until(lambda: names(play), ["input", "reservoir", "readout", "concat"])
    expect(play.node("concat")).to_be_focused()
    place = play.ask("[n['position'] for n in d['nodes']][-1]")
    keys.press("ArrowDown")
    play.until(lambda: play.ask("[n['position'] for n in d['nodes']][-1]"), [place[0], place[1] + 10])
    keys.press("Control+c")
    keys.press("Control+v")
    play.until(lambda: names(play)[3:], ["concat", "concat_2"])
    keys.press("Delete")
    play.until(lambda: names(play)[3:], ["concat"])
    play.node("concat").focus()
    keys.press("F2")
    keys.type("joined")
    keys.press("Enter")
    play.until(lambda: names(play)[3:], ["joined"])
    expect(play.node("joined")).to_be_focused()
    keys.press("c")
    expect(play.status).to_have_text("joined to reservoir: Enter connects.")
    keys.press("Escape")
    keys.press("Backspace")
    play.until(lambda: names(play), ["input", "reservoir", "readout"])
    keys.press("Control+z")
    play.until(lambda: of_graph(play), ["joined"])
    expect(play.node("joined")).to_be_focused()


def test_what_undo_and_redo_bring_back_is_selected(play: Play) -> None:
    keys = play.page.keyboard
    play.click_head("reservoir")
    keys.press("Delete")
    play.until(lambda: names(play), ["input", "readout"])
    play.button("Undo").click()
    play.until(lambda: of_graph(play), ["reservoir"])
    play.until(play.edges, CHAIN)
    play.root.locator(".rcw-root").focus()
    keys.press("Control+a")
    keys.press("Delete")
    play.until(lambda: names(play), [])
    keys.press("Control+z")
    play.until(lambda: of_graph(play), ["input", "reservoir", "readout"])
    play.canvas.get_by_role("group", name="Wire from reservoir to readout", exact=True).locator("path").last.click(force=True)
    keys.press("Delete")
    play.until(play.edges, CHAIN[:1])
    keys.press("Control+z")
    play.until(lambda: of_graph(play), ["Wire from reservoir to readout"])
    keys.press("Delete")
    play.until(play.edges, CHAIN[:1])


def test_the_focus_stays_in_the_playground_when_what_had_it_goes(play: Play) -> None:
    root = play.root.locator(".rcw-root")
    play.canvas.get_by_role("group", name="Wire from reservoir to readout", exact=True).locator("path").last.click(force=True)
    play.inspector.get_by_role("button", name="Delete", exact=True).click()
    play.until(play.edges, CHAIN[:1])
    expect(root).to_be_focused()
    play.button("Undo").click()
    expect(play.button("Undo")).to_be_disabled()
    expect(root).to_be_focused()
    play.page.keyboard.press("Control+Shift+z")
    play.until(play.edges, CHAIN[:1])


def test_a_name_is_kept_while_it_is_refused_and_the_focus_stays(play: Play) -> None:
    keys = play.page.keyboard
    play.click_head("reservoir")
    keys.press("F2")
    field = play.canvas.get_by_role("textbox", name="New name of reservoir", exact=True)
    for bad, why in (("readout", "readout"), ("two words", "without spaces")):
        keys.press("Control+a")
        keys.type(bad)
        keys.press("Enter")
        expect(field).to_have_attribute("aria-invalid", "true")
        expect(field).to_have_value(bad)
        expect(field).to_be_focused()
        words = play.canvas.locator(".rcw-name-refusal").inner_text()
        assert why in words
        expect(field).to_have_accessible_description(words)
        field_at, words_at = box(field), box(play.canvas.locator(".rcw-name-refusal"))
        assert 0 <= words_at["y"] - field_at["y"] - field_at["height"] < 12
    play.lab.screenshot("refused-name", play.root)
    keys.press("Escape")
    expect(play.node("reservoir")).to_be_focused()
    assert names(play) == ["input", "reservoir", "readout"]
    rename = play.inspector.get_by_role("button", name="Rename", exact=True)
    for end, name in (("Escape", "reservoir"), ("Enter", "memory")):
        rename.click()
        keys.type("memory")
        keys.press(end)
        expect(rename).to_be_focused()
        play.until(lambda: names(play)[1], name)


def kind_of(play: Play, owner: str) -> str:
    """The kernel's kind of task or of trainer."""
    return str(play.ask(f"d[{owner!r}]['kind']"))


def choose(part: Locator, value: str) -> None:
    """Takes an option, as a hand does: the select keeps the focus."""
    part.focus()
    part.select_option(value)


def test_control_z_takes_each_choice_back_while_its_control_has_the_focus(play: Play) -> None:
    page, root = play.page, play.root
    select = root.get_by_role("combobox", name="Task", exact=True)
    for part, owner, value, first in (
        (select, "task", "sunspots", "lorenz"),
        (root.get_by_role("combobox", name="Trainer", exact=True), "trainer", "RLS", "RidgeTrainer"),
    ):
        choose(part, value)
        play.until(partial(kind_of, play, owner), value)
        page.keyboard.press("Control+z")
        play.until(partial(kind_of, play, owner), first)
        expect(part).to_be_focused()
    horizon = root.get_by_role("spinbutton", name="Horizon", exact=True)
    horizon.fill("7")
    page.keyboard.press("Enter")
    play.until(lambda: play.knob("task", "horizon"), 7)
    page.keyboard.press("Control+z")
    play.until(lambda: play.knob("task", "horizon"), 1)
    root.get_by_role("button", name="10", exact=True).click()
    play.until(lambda: play.knob("task", "horizon"), 10)
    page.keyboard.press("Control+z")
    play.until(lambda: play.knob("task", "horizon"), 1)
    tick = play.inspector.get_by_role("checkbox", name="Standardise", exact=True)
    tick.click()
    play.until(lambda: play.knob("task", "normalise"), True)
    page.keyboard.press("Control+z")
    play.until(lambda: play.knob("task", "normalise"), False)
    field = play.field("Task", "Training part")
    field.click()
    page.keyboard.press("End")
    page.keyboard.type("9")
    page.keyboard.press("Control+z")  # the field's own: the letter goes
    expect(field).to_have_value("6000")
    assert play.knob("task", "train") == 6000


@pytest.mark.parametrize("part", ["figure", "metrics", "runs", "sweep", "plot", "dialog"])
def test_control_z_works_all_over_the_playground(play: Play, part: str) -> None:
    page, root = play.page, play.root
    slider = play.slider("reservoir", "Spectral radius")
    first = play.knob("reservoir", "spectral_radius")
    slider.focus()
    page.keyboard.press("ArrowRight")
    play.until(lambda: play.knob("reservoir", "spectral_radius") > first, True)
    play.rest()
    if part == "figure":
        menu = root.get_by_role("combobox", name="Figure", exact=True).first
        choose(menu, menu.locator("option").nth(1).inner_text())
    elif part == "metrics":
        play.button("All metrics").click()
    elif part == "runs":
        root.locator(".rcw-runs .rcw-fold-toggle").click()
        root.get_by_role("button", name="Pin ").first.click()
    elif part == "sweep":
        root.locator(".rcw-sweep .rcw-fold-toggle").click()
        root.get_by_role("combobox", name="Knob across", exact=True).select_option(index=1)
        root.get_by_role("textbox", name="Seeds", exact=True).click()
    elif part == "plot":
        page.mouse.click(*middle(play.figure("Loss")))
    else:
        play.button("Export code").click()
        page.keyboard.press("Escape")
    page.keyboard.press("Control+z")
    play.until(lambda: play.knob("reservoir", "spectral_radius"), first)
    page.keyboard.press("Control+Shift+z")
    play.until(lambda: play.knob("reservoir", "spectral_radius") > first, True)


def test_a_search_finds_by_name_and_alias_and_adds_after_the_selected_node(play: Play) -> None:
    keys = play.page.keyboard
    search = play.root.get_by_role("searchbox", name="Search nodes", exact=True)
    marked = play.root.get_by_role("listbox", name="Node palette", exact=True).get_by_role("option", selected=True)
    play.node("reservoir").focus()
    for words, kind in (
        ("linear", "LinearReadout"),
        ("delay", "Delay"),
        ("esn", "Reservoir"),
        ("echo", "Reservoir"),
        ("ridge", "LinearReadout"),
        ("output", "LinearReadout"),
        ("feedback", "Reservoir"),
        ("rnn", "VanillaRNN"),
        ("gru", "GRU"),
    ):
        keys.press("/")
        search.fill(words)
        expect(marked).to_have_attribute("data-kind", kind)
        if words == "ridge":
            play.lab.screenshot("search", play.root)
    keys.press("Enter")
    play.until(lambda: names(play), ["input", "reservoir", "readout", "gru"])
    expect(search).to_have_value("")
    expect(play.node("gru")).to_be_focused()
    play.until(lambda: of_graph(play), ["gru"])
    gru, reservoir, readout = (box(play.node(name)) for name in ("gru", "reservoir", "readout"))
    assert reservoir["x"] + reservoir["width"] <= gru["x"]
    assert gru["x"] + gru["width"] <= readout["x"]  # what follows the reservoir made room
    assert free(play)
    play.button("Show all").click()
    for target in ("readout", "reservoir"):  # wires either way run forwards
        wire = ("gru", target) if target == "readout" else (target, "gru")
        play.drag(play.port(wire[0], "out"), play.head(wire[1]))
    play.until(play.edges, [*CHAIN, ["gru", "readout", False], ["reservoir", "gru", False]])
    play.lab.screenshot("search-added", play.root)
    play.button("Undo").click()
    play.button("Undo").click()
    play.button("Undo").click()
    play.until(lambda: names(play), ["input", "reservoir", "readout"])


def test_nodes_that_are_clicked_in_one_after_another_stand_in_line(play: Play) -> None:
    play.root.locator(".rcw-root").focus()
    play.page.keyboard.press("Control+a")
    play.page.keyboard.press("Delete")
    play.until(lambda: names(play), [])
    for kind, name in (("Input", "input"), ("Reservoir", "reservoir"), ("LinearReadout", "readout")):
        play.option(kind).click()
        expect(play.node(name)).to_be_focused()
    lefts = [box(play.node(name)) for name in ("input", "reservoir", "readout")]
    assert all(a["x"] + a["width"] < b["x"] for a, b in pairwise(lefts))
    assert free(play)
    play.option("Input").click()
    expect(play.canvas.get_by_role("group", name=begins("input_2"))).to_be_focused()
    assert box(play.node("input_2"))["x"] + box(play.node("input_2"))["width"] <= box(play.node("readout"))["x"]
    assert free(play)


def test_a_drop_at_the_edge_moves_the_view_and_never_its_zoom(play: Play) -> None:
    scale = play.zoom()[2]
    canvas = box(play.canvas)
    corners = [
        (EDGE, canvas["height"] - EDGE),
        (canvas["width"] - EDGE, canvas["height"] - EDGE),
        (canvas["width"] - EDGE, canvas["height"] / 2),
    ]
    for number, corner in enumerate(corners):
        drop(play, "GRU", *corner)
        name = "gru" if number == 0 else f"gru_{number + 1}"
        expect(play.node(name)).to_be_focused()
        play.until(partial(inside, play, name), True)
        assert play.zoom()[2] == scale
    play.lab.screenshot("dropped-at-edges", play.root)
    play.page.keyboard.press("Delete")
    play.until(lambda: len(names(play)), 5)
    play.page.keyboard.press("Control+z")
    play.until(lambda: len(names(play)), 6)
    play.option("Delay").click()
    play.until(lambda: len(names(play)), 7)
    play.until(lambda: inside(play, "delay"), True)
    assert play.zoom()[2] == scale
    play.button("Show all").click()
    play.until(lambda: all(inside(play, name) for name in names(play)), True)


def test_a_node_that_is_clicked_in_leaves_the_flow_in_view_and_undo_brings_the_view_back(desk: Lab) -> None:
    before = desk.page.viewport_size
    assert before is not None
    desk.page.set_viewport_size({"width": 1280, "height": 720})
    play = show(desk)
    start = play.zoom()
    for kind, name in (("Reservoir", "reservoir_2"), ("NVAR", "nvar")):
        play.option(kind).click()
        expect(play.node(name)).to_be_focused()
        play.until(partial(inside, play, name), True)
        assert inside(play, "input") and free(play)  # from which the wire to it will come
        desk.screenshot(f"clicked-in-{name}", play.root)
    assert play.zoom() != start
    play.page.keyboard.press("Control+z")
    play.page.keyboard.press("Control+z")
    play.until(lambda: names(play), ["input", "reservoir", "readout"])
    play.until(play.zoom, start)
    play.page.keyboard.press("Control+y")
    expect(play.node("reservoir_2")).to_be_focused()  # it shows before the kernel's answer says that it is what came back
    play.until(partial(inside, play, "reservoir_2"), True)
    play.page.keyboard.press("Delete")
    play.until(play.zoom, start)
    play.option("Reservoir").click()
    play.until(partial(inside, play, "reservoir_2"), True)
    play.button("Zoom in").click()  # a hand has moved the view: it stays
    zoomed = play.zoom()
    play.node("reservoir_2").focus()
    play.page.keyboard.press("Control+z")
    play.until(lambda: names(play), ["input", "reservoir", "readout"])
    assert play.zoom()[2] == zoomed[2] != start[2]
    desk.page.set_viewport_size(before)


def test_the_listeners_of_keys_are_gone_with_the_widget(play: Play) -> None:
    page = play.page
    marks = """() => {
      const button = document.querySelector('.rcw-root');
      let seen = false;
      const look = () => { seen ||= button.hasAttribute('data-lm-suppress-shortcuts'); };
      document.addEventListener('keydown', look, true);
      button.dispatchEvent(new KeyboardEvent('keydown', { key: 'F9', bubbles: true }));
      document.removeEventListener('keydown', look, true);
      return seen;
    }"""
    assert page.evaluate(marks) is True
    kept = play.root.element_handle()
    play.lab.ask("play.close()")
    expect(play.root).to_have_count(0)
    still = """box => {
      document.body.append(box);
      let seen = false;
      const look = () => { seen ||= box.hasAttribute('data-lm-suppress-shortcuts'); };
      document.addEventListener('keydown', look, true);
      box.dispatchEvent(new KeyboardEvent('keydown', { key: 'F9', bubbles: true }));
      document.removeEventListener('keydown', look, true);
      box.remove();
      return seen;
    }"""
    assert page.evaluate(still, kept) is False
