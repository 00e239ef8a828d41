"""Starts: what a task with a trainer begins with, where the user has made no model: network, normalisation and settings that suit both.

For the trainers of a linear readout it is the task's own reservoir, where that is measured to suit the trainer; for BPTT a network that
learns, on standardised data, in pieces that are long for what it has to remember. The numbers come from searches such as
`python -m benchmarks.table` makes; docs/defaults.md shows what they are worth. Pieces overlap by their run-in, since a network that has
seen nothing yet cannot know what comes; batches are of a size that cuts the pieces of the task into equal ones.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.nodes import GRU, Input, Last, LinearReadout, Reservoir
from rcwidgets.core.spec.registry import TRAINERS
from rcwidgets.core.tasks import AbstractTask
from rcwidgets.core.trainers.base import AbstractTrainerSettings
from rcwidgets.core.trainers.closed_form.ridge import RidgeSettings
from rcwidgets.core.trainers.gradient.settings import BPTTSettings
from rcwidgets.core.trainers.online.settings import FORCESettings, LMSSettings, RLSSettings

Knobs = Mapping[str, Any]
# changes of the task's own reservoir, by task
LMS: Mapping[str, Knobs] = {  # signals that are less alike are learned sooner: more drive, more bias
    "mackey_glass": {"input_scaling": 0.5, "leak_rate": 0.5, "bias_scaling": 0.3},
    "narma": {"input_scaling": 0.15, "spectral_radius": 1.0},
    "sunspots": {"input_scaling": 0.3},
}
FORCE: Mapping[str, Knobs] = {  # raw data need less feedback, and so do tasks whose output is of little use to the next step
    "lorenz": {"feedback_scaling": 0.05},
    "sunspots": {"feedback_scaling": 0.1},
    "mackey_glass": {"input_scaling": 1.0, "bias_scaling": 0.2},
    "sines": {"feedback_scaling": 0.1},
    "narma": {"feedback_scaling": 0.03},
}
RLS_ALPHA = {"sunspots": 0.01, "data": 1e-3}  # few rows, or nobody knows which, need more; the others have 1e-6
FORCE_ALPHA = {"sunspots": 0.1, "narma": 1e-5, "sines": 1e-5, "mackey_glass": 1e-5}  # the others have 1e-3
USUAL = BPTTSettings(learning_rate=1e-2, max_grad_norm=1.0, num_batch=16, window=60, washout=20, patience=20, least_gain=0.01, rate_cuts=2)


class Start(NamedTuple):
    """A model, the task (normalised as the trainer needs it), and the trainer's settings."""

    graph: Graph
    task: AbstractTask
    trainer: AbstractTrainerSettings


def reservoir_of(task: AbstractTask, **knobs: Any) -> Reservoir:
    """The task's own reservoir, or one whose states fade as slowly as its sums, with some knobs changed."""
    own = next((node for node in task.start()[0].nodes.values() if isinstance(node, Reservoir)), Reservoir(100, leak_rate=0.1))
    return Reservoir(**{**own.knobs, **knobs})


def ridge(task: AbstractTask) -> Start:
    """Ridge regression of a reservoir."""
    return Start(Input() >> reservoir_of(task) >> LinearReadout(), task, RidgeSettings())


def lms(task: AbstractTask) -> Start:
    """Normalised steps, as many epochs as help on held-out rows."""
    settings = LMSSettings(learning_rate=0.1, normalised=True, epochs=200, patience=20)
    return Start(Input() >> reservoir_of(task, **LMS.get(task.kind, {})) >> LinearReadout(), task, settings)


def rls(task: AbstractTask) -> Start:
    """Recursive least squares of a reservoir."""
    return Start(Input() >> reservoir_of(task) >> LinearReadout(), task, RLSSettings(alpha=RLS_ALPHA.get(task.kind, 1e-6)))


def force(task: AbstractTask) -> Start:
    """A reservoir that hears its own output while the readout learns."""
    reservoir, readout = reservoir_of(task, **FORCE.get(task.kind, {})), LinearReadout()
    graph = (Input() >> reservoir >> readout) & (reservoir << readout)
    return Start(graph, task, FORCESettings(alpha=FORCE_ALPHA.get(task.kind, 1e-3)))


def gated(units: int) -> Graph:
    """Gated units before a readout."""
    return Input() >> GRU(units) >> LinearReadout()


# the integration task starts with BPTT by itself
BPTT: dict[str, tuple[Callable[[], Graph], BPTTSettings]] = {
    "lorenz": (lambda: gated(50), replace(USUAL, window=50, washout=10, num_batch=17)),
    "sunspots": (lambda: gated(20), replace(USUAL, learning_rate=3e-3, window=50, washout=20, num_batch=4, patience=50)),
    "mackey_glass": (lambda: gated(50), replace(USUAL, window=100, washout=30, num_batch=11)),
    "rossler": (lambda: gated(50), replace(USUAL, window=100, washout=20)),
    "sines": (lambda: gated(50), replace(USUAL, window=100, washout=40, num_batch=4, patience=50)),
    "vowels": (
        lambda: Input() >> GRU(50) >> Last() >> LinearReadout(),
        BPTTSettings(learning_rate=1e-2, max_grad_norm=1.0, num_batch=27, loss="cross_entropy", patience=15, least_gain=0.01, rate_cuts=1),
    ),
    "narma": (
        lambda: (
            Input()
            >> Reservoir(100, spectral_radius=0.4, leak_rate=1.0, input_scaling=0.5, bias_scaling=0.5, trainable=True)
            >> LinearReadout()
        ),
        replace(USUAL, learning_rate=3e-3, window=100, washout=20, num_batch=8, patience=60, least_gain=0.005),
    ),
}


def bptt(task: AbstractTask) -> Start:
    """Gated units for most, on standardised data; data of the user's own get the usual ones."""
    graph, settings = BPTT.get(task.kind, (lambda: gated(50), USUAL))
    return Start(graph(), replace(task, normalise=True), settings)


# how a trainer of this kind starts on a task that is not its own; one that is not here takes the task's own network and its usual settings
STARTS: dict[str, Callable[[AbstractTask], Start]] = {
    "RidgeTrainer": ridge,
    "RLS": rls,
    "FORCELearning": force,
    "LMS": lms,
    "BPTT": bptt,
}


def start_of(task: AbstractTask, trainer: str | None = None) -> Start:
    """What the task starts with under the trainer of this kind; None: under its own trainer.

    >>> from rcwidgets.core.tasks import LorenzTask
    >>> [node.kind for node in start_of(LorenzTask(), "BPTT").graph.nodes.values()]
    ['Input', 'GRU', 'LinearReadout']
    """
    graph, own = task.start()
    if trainer is None or trainer == own.kind:
        return Start(graph, task, own)
    if task.classes and not TRAINERS[trainer].gradient:  # of those that learn at every step it asks for none
        return Start(graph, task, TRAINERS[trainer]())
    return STARTS[trainer](task) if trainer in STARTS else Start(graph, task, TRAINERS[trainer]())


def own_trainer(task: AbstractTask) -> str:
    """The kind of the trainer that the task starts with by itself."""
    return task.start()[1].kind
