"""The memory that ticks of a slider leave in the page: a drag by mouse in a real JupyterLab, counted up to 20,000 ticks.

Run `python -m benchmarks.page`; it needs Chromium, as the browser tests do, and takes some minutes. The heap is read after a collection of
garbage, in the middle and at the end: its growth from there to there, for as many ticks as a drag of ten minutes has.
"""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from scripts.find_browser import find_browser
from tests.browser.conftest import FLAGS
from tests.browser.lab import Lab
from tests.browser.playground import CELL, Play, middle
from tests.browser.server import Server

TICKS, COUNTED, MOST = 20_000, 1_500, 50  # the bar in MB
DRAG = 100  # moves of one drag
PAUSE = 35  # ms between two moves: the page sends about 30 a second


def drag(play: Play, ticks: int) -> None:
    """Moves the slider of the spectral radius to and fro."""
    x, y = middle(play.slider("reservoir", "Spectral radius"))
    for start in range(0, ticks, DRAG):
        play.page.mouse.move(x, y)
        play.page.mouse.down()
        for k in range(min(DRAG, ticks - start)):
            play.page.mouse.move(x + (k % 50 - 25), y)
            play.page.wait_for_timeout(PAUSE)
        play.page.mouse.up()
    play.rest()


def main() -> bool:
    """Prints the figures; True where the bar is met."""
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        server = Server(Path(home), Path(home, "jupyter.log"))
        browser = playwright.chromium.launch(executable_path=find_browser(), args=FLAGS)
        lab = Lab(browser.new_page(viewport={"width": 1400, "height": 1000}), server, Path(home))
        try:
            lab.open([CELL])
            play = Play(lab)
            play.rest()
            session = lab.page.context.new_cdp_session(lab.page)

            def heap() -> float:
                session.send("HeapProfiler.enable")
                session.send("HeapProfiler.collectGarbage")
                return float(session.send("Runtime.getHeapUsage")["usedSize"]) / 1e6

            drag(play, COUNTED)  # fills what has an upper end
            middle_heap, sent = heap(), lab.ask_json("play.experiment.revision")
            drag(play, COUNTED)
            growth, sent = heap() - middle_heap, lab.ask_json("play.experiment.revision") - sent
        finally:
            browser.close()
            server.stop()
    whole = max(growth, 0.0) * TICKS / max(sent, 1)
    fine = whole <= MOST
    print(f"Heap of the page over {sent:,} ticks of a slider")
    words = f"{middle_heap:.0f} MB, growth {growth:.2f} MB, for {TICKS:,} ticks {whole:.1f} MB"
    print(f"  {words}, bar {MOST} {'met' if fine else 'MISSED'}")
    return fine


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
