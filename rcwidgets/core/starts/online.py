"""What the trainers of a linear readout start with on each task: the task's own reservoir, where that is measured to suit the trainer.

The numbers come from searches such as `python -m benchmarks.table` makes; docs/defaults.md shows what they are worth.
"""

from collections.abc import Mapping
from typing import Any

from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.nodes import Input, LinearReadout, Reservoir
from rcwidgets.core.tasks import AbstractTask
from rcwidgets.core.trainers.closed_form.settings import RidgeSettings
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


def reservoir_of(task: AbstractTask, **knobs: Any) -> Reservoir:
    """The task's own reservoir, or one whose states fade as slowly as its sums, with some knobs changed."""
    own = next((node for node in task.start()[0].nodes.values() if isinstance(node, Reservoir)), Reservoir(100, leak_rate=0.1))
    return Reservoir(**{**own.knobs, **knobs})


def ridge(task: AbstractTask) -> tuple[Graph, AbstractTask, RidgeSettings]:
    """Ridge regression of a reservoir."""
    return Input() >> reservoir_of(task) >> LinearReadout(), task, RidgeSettings()


def lms(task: AbstractTask) -> tuple[Graph, AbstractTask, LMSSettings]:
    """Normalised steps, as many epochs as help on held-out rows."""
    settings = LMSSettings(learning_rate=0.1, normalised=True, epochs=200, patience=20)
    return Input() >> reservoir_of(task, **LMS.get(task.kind, {})) >> LinearReadout(), task, settings


def rls(task: AbstractTask) -> tuple[Graph, AbstractTask, RLSSettings]:
    """Recursive least squares of a reservoir."""
    return Input() >> reservoir_of(task) >> LinearReadout(), task, RLSSettings(alpha=RLS_ALPHA.get(task.kind, 1e-6))


def force(task: AbstractTask) -> tuple[Graph, AbstractTask, FORCESettings]:
    """A reservoir that hears its own output while the readout learns."""
    reservoir, readout = reservoir_of(task, **FORCE.get(task.kind, {})), LinearReadout()
    graph = (Input() >> reservoir >> readout) & (reservoir << readout)
    return graph, task, FORCESettings(alpha=FORCE_ALPHA.get(task.kind, 1e-3))
