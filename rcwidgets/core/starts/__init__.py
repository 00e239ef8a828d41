"""Starts: what a task with a trainer begins with, where the user has made no model: network, normalisation and settings that suit both."""

from collections.abc import Callable
from typing import NamedTuple

from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.spec.registry import TRAINERS
from rcwidgets.core.starts import gradient, online
from rcwidgets.core.tasks import AbstractTask
from rcwidgets.core.trainers.settings import AbstractTrainerSettings


class Start(NamedTuple):
    """A model, the task (normalised as the trainer needs it), and the trainer's settings."""

    graph: Graph
    task: AbstractTask
    trainer: AbstractTrainerSettings


# how a trainer of this kind starts on a task that is not its own; one that is not here takes the task's own network and its usual settings
STARTS: dict[str, Callable[[AbstractTask], tuple[Graph, AbstractTask, AbstractTrainerSettings]]] = {
    "RidgeTrainer": online.ridge,
    "RLS": online.rls,
    "FORCELearning": online.force,
    "LMS": online.lms,
    "BPTT": gradient.start,
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
    return Start(*STARTS[trainer](task)) if trainer in STARTS else Start(graph, task, TRAINERS[trainer]())


def own_trainer(task: AbstractTask) -> str:
    """The kind of the trainer that the task starts with by itself."""
    return task.start()[1].kind
