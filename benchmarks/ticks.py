"""The memory that 20,000 ticks of a slider leave in the kernel: an experiment and the widgets of a playground, without a browser.

Run `python -m benchmarks.ticks`, with the word `whole` behind it for all ticks instead of a quarter of them, from which the growth is
extrapolated. The ticks arrive as a page sends them, a hundred a drag, and training and figures follow. What the kernel fills once,
whatever the number of ticks, is there before: history, runs, positions ahead (some 130 MB with the allocator's pools).
"""

import gc
import sys
import time

import numpy as np

from benchmarks.memory import resident
from rcwidgets.widgets.playground import Playground

TICKS, BEFORE, STEADY, DRAG, MOST = 20_000, 2_000, 40, 100, 50  # the bar in MB
PAUSE = 0.0005  # seconds between two ticks: the worker and the publisher get their turns


def ticks(play: Playground, count: int, start: int) -> None:
    """Sends `count` ticks of the spectral radius, as a page does, and waits for the results."""
    owner, comm = play.experiment.document.graph.id_of("reservoir"), play.children[0].transport_model.comm
    values = np.random.default_rng(start).uniform(0.5, 1.2, count)
    for k, value in enumerate(values.tolist(), start):
        content = {"id": k, "type": "set", "owner": owner, "knob": "spectral_radius", "value": value, "gesture": f"drag-{k // DRAG}"}
        comm.handle_msg({"content": {"data": {"method": "custom", "content": content}}, "buffers": []})
        time.sleep(PAUSE)
    play.wait()
    gc.collect()


def steadily(play: Playground, count: int) -> None:
    """Drags the spectral radius through `count` positions of its slider, each answered before the next, so that those ahead are tried."""
    for place in range(count):
        edit = {"op": "set", "owner": play.experiment.document.graph.id_of("reservoir"), "knob": "spectral_radius"}
        play.experiment.edit([{**edit, "value": round(0.4 + 0.01 * place, 2)}], "steady")
        play.wait()


def main() -> bool:
    """Prints the figures; True where the bar is met."""
    count = TICKS if sys.argv[1:] == ["whole"] else TICKS // 4
    play = Playground()
    play.wait()
    ticks(play, BEFORE, 0)  # fills what has an upper end: the history, the kept runs, the pools of the allocator
    steadily(play, STEADY)  # and what is known of positions ahead
    before, begun = resident(), time.perf_counter()
    ticks(play, count, BEFORE)
    seconds, growth = time.perf_counter() - begun, resident() - before
    whole = growth * TICKS / count
    fine = whole <= MOST
    print(f"Memory of {count:,} ticks of a slider ({seconds:.0f} s)")
    words = f"before {before:.0f} MB, growth {growth:.1f} MB, for {TICKS:,} ticks {whole:.1f} MB"
    print(f"  {words}, bar {MOST} {'met' if fine else 'MISSED'}")
    play.close()
    return fine


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
