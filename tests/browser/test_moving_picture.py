"""The first minute with a Playground, frame by frame: the README's moving picture is made of these (`python -m scripts.pictures`)."""

from collections.abc import Iterator

import pytest

from tests.browser.lab import Lab
from tests.browser.playground import Play, alike, middle, show

# A hand that shows where the mouse is: pictures of a page have none.
HAND = """() => {
  const hand = document.createElement('div');
  hand.id = 'hand';
  hand.style = 'position: fixed; z-index: 99999; width: 18px; height: 18px; margin: -9px; border-radius: 50%; pointer-events: none;'
    + 'background: rgb(213 94 0 / 55%); border: 2px solid white; box-shadow: 0 0 3px black';
  document.body.append(hand);
  window.handMoves = event => { hand.style.left = `${event.clientX}px`; hand.style.top = `${event.clientY}px`; };
  for (const kind of ['pointermove', 'pointerdown', 'dragover', 'mousemove']) document.addEventListener(kind, window.handMoves, true);
}"""
NO_HAND = """() => {
  document.getElementById('hand')?.remove();
  for (const kind of ['pointermove', 'pointerdown', 'dragover', 'mousemove']) document.removeEventListener(kind, window.handMoves, true);
}"""


class Film:
    """Takes the frames of the Playground."""

    def __init__(self, play: Play) -> None:
        self.play, self.count, self.seen = play, 0, list[str]()
        for old in play.lab.artifacts.glob("moving-*.png"):
            old.unlink()

    def frame(self) -> None:
        self.play.lab.screenshot(f"moving-{self.count:02}", self.play.root)
        self.count += 1


@pytest.fixture
def small(desk: Lab) -> Iterator[Lab]:
    """The warm page, with room for the Playground and little else."""
    before = desk.page.viewport_size
    assert before is not None
    desk.page.set_viewport_size({"width": 1240, "height": 900})
    yield desk
    desk.page.evaluate(NO_HAND)
    desk.page.set_viewport_size(before)


def test_the_first_minute_frame_by_frame(small: Lab) -> None:
    play = show(small)
    page = play.page
    page.evaluate(HAND)
    film = Film(play)
    film.frame()

    play.root.get_by_role("button", name="30", exact=True).click()  # 30 steps ahead, where the forecast is not easy
    play.until(lambda: play.knob("task", "horizon"), 30)
    play.rest()
    film.frame()
    slider = play.slider("reservoir", "Spectral radius")
    x, y = middle(slider)
    box = slider.bounding_box()
    assert box is not None
    start = box["x"] + box["width"] * 0.45
    page.mouse.move(start, y)
    page.mouse.down()
    for part in (0.55, 0.65, 0.75, 0.85, 0.75, 0.65, 0.55, 0.45):
        film.seen = play.lines("Prediction")
        page.mouse.move(box["x"] + box["width"] * part, y, steps=3)
        play.until(lambda: alike(play.lines("Prediction"), film.seen), False)  # the forecast follows while the hand is down
        film.frame()
    page.mouse.up()
    play.rest()
    film.frame()
    assert play.knob("reservoir", "spectral_radius") < 1.2

    nodes = len(play.ask("d['nodes']"))
    canvas = play.canvas.bounding_box()
    assert canvas is not None
    play.press_at(play.option("Reservoir"))
    place = (canvas["x"] + canvas["width"] * 0.45, canvas["y"] + canvas["height"] * 0.8)
    x, y = middle(play.option("Reservoir"))
    for part in (0.3, 0.7, 1.0):
        page.mouse.move(x + (place[0] - x) * part, y + (place[1] - y) * part, steps=4)
        film.frame()
    page.mouse.up()
    play.until(lambda: len(play.ask("d['nodes']")), nodes + 1)
    film.frame()
    for source, target in (("input", "reservoir_2"), ("reservoir_2", "readout")):
        play.drag(play.port(source, "out"), play.port(target, "in"), drop=False)
        film.frame()
        page.mouse.up()
        page.wait_for_timeout(200)
        film.frame()
    play.until(lambda: len(play.edges()), 4)
    play.rest()
    film.frame()
    assert play.error() < 0.6
