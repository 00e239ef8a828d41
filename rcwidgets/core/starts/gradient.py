"""What BPTT starts with on each task: a network that learns, on standardised data, in pieces that are long for what it has to remember.

Each is measured by `python -m benchmarks.table bptt`. Pieces overlap by their run-in, since a network that has seen nothing yet cannot
know what comes; batches are of a size that cuts the pieces of the task into equal ones.
"""

from collections.abc import Callable
from dataclasses import replace

from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.nodes import GRU, Input, LinearReadout, Reservoir
from rcwidgets.core.tasks import AbstractTask
from rcwidgets.core.trainers.gradient.settings import BPTTSettings

USUAL = BPTTSettings(learning_rate=1e-2, max_grad_norm=1.0, num_batch=16, window=60, washout=20, patience=20, least_gain=0.01, rate_cuts=2)


def gated(units: int) -> Graph:
    """Gated units before a readout."""
    return Input() >> GRU(units) >> LinearReadout()


# the integration task starts with BPTT by itself
STARTS: dict[str, tuple[Callable[[], Graph], BPTTSettings]] = {
    "lorenz": (lambda: gated(50), replace(USUAL, window=50, washout=10, num_batch=17)),
    "sunspots": (lambda: gated(20), replace(USUAL, learning_rate=3e-3, window=50, washout=20, num_batch=4, patience=50)),
    "mackey_glass": (lambda: gated(50), replace(USUAL, window=100, washout=30, num_batch=11)),
    "rossler": (lambda: gated(50), replace(USUAL, window=100, washout=20)),
    "sines": (lambda: gated(50), replace(USUAL, window=100, washout=40, num_batch=4, patience=50)),
    "narma": (
        lambda: (
            Input()
            >> Reservoir(100, spectral_radius=0.4, leak_rate=1.0, input_scaling=0.5, bias_scaling=0.5, trainable=True)
            >> LinearReadout()
        ),
        replace(USUAL, learning_rate=3e-3, window=100, washout=20, num_batch=8, patience=60, least_gain=0.005),
    ),
}


def start(task: AbstractTask) -> tuple[Graph, AbstractTask, BPTTSettings]:
    """Gated units for most, on standardised data; data of the user's own get the usual ones."""
    graph, settings = STARTS.get(task.kind, (lambda: gated(50), USUAL))
    return graph(), replace(task, normalise=True), settings
