"""Drawing a model with the mouse: what is drawn is what the kernel has."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.playground import Play, middle

CHAIN = [["input", "reservoir", False], ["reservoir", "readout", False]]
SIDE = [["input", "reservoir_2", False], ["reservoir_2", "readout", False]]

PLACES = "canvas => [...canvas.querySelectorAll('.react-flow__node')].map(node => node.style.transform)"


def names(play: Play) -> list[str]:
    """The kernel's nodes."""
    return play.ask("list(names.values())")


def names_and_edges(play: Play) -> Callable[[], list[Any]]:
    """The kernel's nodes and wires, to be looked at again."""
    return lambda: [names(play), play.edges()]


def trained(play: Play) -> int:
    """How many weights the kernel's readout has learned."""
    return play.lab.ask_json("sum(int(w.size) for w in play.results.params['readout'].values())")


def place_of(play: Play, name: str) -> list[float]:
    """Where the kernel has a node."""
    return play.ask(f"[n['position'] for n in d['nodes'] if n['name'] == {name!r}][0]")


def drop(play: Play, kind: str, x: float, y: float) -> None:
    """Drags a node kind from the palette to a point of the canvas, in pixels from its corner."""
    box = play.canvas.bounding_box()
    assert box is not None
    play.drag(play.option(kind), (box["x"] + x, box["y"] + y))


def test_a_node_is_dragged_in_wired_and_removed(play: Play) -> None:
    left, top, scale = play.zoom()
    drop(play, "Reservoir", 110, 250)
    play.until(lambda: names(play), ["input", "reservoir", "readout", "reservoir_2"])
    x, y = place_of(play, "reservoir_2")
    assert x + 92 == pytest.approx((110 - left) / scale, abs=3)  # the pointer holds the middle of the card's head
    assert y + 17 == pytest.approx((250 - top) / scale, abs=3)
    expect(play.node("reservoir_2")).to_contain_text("leads to no readout")
    assert trained(play) == 3 * 401

    play.drag(play.port("input", "out"), play.port("reservoir_2", "in"))
    play.until(play.edges, [*CHAIN, SIDE[0]])
    play.drag(play.port("reservoir_2", "out"), play.node("readout"))  # anywhere on the card is good enough
    play.until(play.edges, [*CHAIN, *SIDE])
    play.rest()
    assert trained(play) == 3 * 701
    expect(play.node("readout")).to_contain_text("2,103 trained")
    expect(play.canvas.get_by_role("group", name="Wire from reservoir_2 to readout, input 2", exact=True)).to_be_attached()

    play.click_head("reservoir_2")
    play.page.keyboard.press("Delete")
    play.until(names_and_edges(play), [["input", "reservoir", "readout"], CHAIN])
    expect(play.node("reservoir_2")).to_have_count(0)
    play.button("Undo").click()
    play.until(names_and_edges(play), [["input", "reservoir", "readout", "reservoir_2"], [*CHAIN, *SIDE]])
    expect(play.node("reservoir_2")).to_be_visible()
    play.button("Redo").click()
    play.until(names_and_edges(play), [["input", "reservoir", "readout"], CHAIN])
    play.button("Undo").click()
    play.click_head("reservoir_2")
    play.inspector.get_by_role("button", name="Delete", exact=True).click()
    play.until(names_and_edges(play), [["input", "reservoir", "readout"], CHAIN])
    play.rest()
    assert trained(play) == 3 * 401


def test_a_wire_is_removed_by_itself(play: Play) -> None:
    play.canvas.get_by_role("group", name="Wire from reservoir to readout", exact=True).locator("path").last.click(force=True)
    expect(play.inspector).to_contain_text("A wire: what it carries arrives in the same step.")
    places = play.canvas.evaluate(PLACES)
    play.page.keyboard.press("Delete")
    play.until(play.edges, CHAIN[:1])
    expect(play.canvas.locator(".react-flow__edge")).to_have_count(1)
    assert play.canvas.evaluate(PLACES) == places  # nothing jumps
    assert names(play) == ["input", "reservoir", "readout"]


def test_a_moved_node_is_one_message_and_one_undo(play: Play) -> None:
    before = [place_of(play, name) for name in ("input", "reservoir", "readout")]
    seen = play.lab.ask_json("play.experiment.revision")
    x, y = middle(play.head("input"))
    play.drag(play.head("input"), (x + 40, y + 90))
    play.until(lambda: play.lab.ask_json("play.experiment.revision"), seen + 1)
    moved = [place_of(play, name) for name in ("input", "reservoir", "readout")]
    shown = play.node("input").evaluate("node => node.style.transform.match(/-?[0-9.]+/g).map(Number)")
    assert moved[0] == pytest.approx(shown, abs=1)
    assert None not in moved
    assert play.lab.ask_json("play.experiment.results.revision") == seen  # a place is no reason to train
    play.page.keyboard.press("Control+z")
    play.until(lambda: [place_of(play, name) for name in ("input", "reservoir", "readout")], before)


def test_a_node_is_not_wired_where_it_cannot_be_and_the_page_says_why(play: Play) -> None:
    drop(play, "Input", 90, 205)
    play.until(lambda: len(names(play)), 4)
    for source, target, why in (
        ("input", "input_2", "input_2 takes no input. Wire it to the nodes that follow."),
        ("reservoir", "input", "input takes no feedback. Feed it to a reservoir, a recurrent network, a Dense layer or a Concat."),
        ("input", "reservoir", "input and reservoir are wired already."),
    ):
        play.drag(play.port(source, "out"), play.head(target), drop=False)
        expect(play.root.locator(".rcw-reason")).to_have_text(why)
        play.page.mouse.up()
        expect(play.root.locator(".rcw-reason")).to_have_count(0)
        expect(play.status).to_have_text(why)
        expect(play.root.locator(".rcw-notes")).to_contain_text(why)
    assert play.edges() == CHAIN


def test_a_wire_to_a_node_upstream_is_feedback_and_trains_anew(play: Play) -> None:
    before, error = play.lines("Prediction"), play.error()
    play.drag(play.port("readout", "out"), play.node("reservoir"), drop=False)
    expect(play.root.locator(".rcw-reason")).to_have_text("feedback, 1 step late")
    play.page.mouse.up()
    play.until(play.edges, [*CHAIN, ["readout", "reservoir", True]])
    wire = play.canvas.get_by_role("group", name="Feedback wire from readout to reservoir, 1 step late", exact=True)
    expect(wire).to_be_attached()
    expect(wire.locator(".rcw-wire")).not_to_have_css("stroke-dasharray", "none")
    play.rest()
    assert play.error() != error
    assert play.lines("Prediction") != before
    assert "<<" in play.lab.ask("print(play.code())")
