"""What BPTT starts with on each task: a network that learns, on standardised data."""

from dataclasses import replace

from rcwidgets.core.graph import Graph
from rcwidgets.core.nodes import GRU, Input, LinearReadout
from rcwidgets.core.tasks import AbstractTask
from rcwidgets.core.trainers.settings import BPTTSettings


def start(task: AbstractTask) -> tuple[Graph, AbstractTask, BPTTSettings]:
    """Gated units, trained on pieces that are long for what the task has to remember."""
    settings = BPTTSettings(learning_rate=1e-2, max_grad_norm=1.0, num_batch=16)
    return Input() >> GRU(50) >> LinearReadout(), replace(task, normalise=True), settings
