"""The state of each node in words, and what is in the way of a run."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from rcwidgets.core.document.document import Document
from rcwidgets.core.graph.sizing import Problem, sizes
from rcwidgets.core.spec.refusal import said_of
from rcwidgets.core.tasks import DataTask, Series
from rcwidgets.live.session.status import NodeStatus

CHAOTIC_FROM = 1.5  # spectral radius from which a float32 run gives other digits on another machine


def problems_of(document: Document, own: Series | None, text: str) -> tuple[Problem, ...]:
    """Why a document could not be run: the sentences of its task and graph, else `text`."""
    try:
        sizes = document.task.prepare(own).sizes
    except (ValueError, TypeError) as error:
        missing = own is None and isinstance(document.task, DataTask)
        return (Problem("task", str(error), getattr(error, "knob", None), said_of(error), unfinished=missing),)
    found = document.graph.problems(*sizes)
    if found:
        return tuple(found)
    nothing = not any(node.trains for node in document.graph.nodes.values())
    return (Problem("trainer" if nothing else None, text, unfinished=nothing),)


def cannot_run(document: Document, own: Series | None) -> bool:
    """True where the task has no data, or the graph is not whole."""
    try:
        sizes = document.task.prepare(own).sizes
    except ValueError:
        return True
    return bool(document.graph.problems(*sizes))


def node_statuses(
    document: Document, own: Series | None, problems: Sequence[Problem], params: dict[str, Any] | None = None, *, awaiting: bool = False
) -> dict[str, NodeStatus]:
    """The state of each node by id: what is wrong with it, what it waits for, or its size and counts.

    While `awaiting` a run, what that run would train is not trained yet.
    """
    graph = document.graph
    try:
        data = document.task.prepare(own)
        channels, (inputs, outputs) = data.input_channels, data.sizes
    except (ValueError, TypeError):
        channels, inputs, outputs = (), 0, 0
    known, _ = sizes(graph, inputs or None, outputs or None)
    used = graph.used().nodes
    wrong = {problem.owner: problem for problem in problems}
    statuses = {}
    for id, node in graph.nodes.items():
        name, size = graph.names[id], known.get(id) or None  # without an input there is nothing to count
        counts = node.counts(params[name]) if params is not None and name in params else (0, 0)
        if id in wrong:
            unfinished = wrong[id].unfinished or (size is None and not graph.sources(id))
            statuses[id] = NodeStatus("unwired" if unfinished else "error", wrong[id].words, size, *counts)
        elif id not in used:
            statuses[id] = NodeStatus("unwired", "leads to no readout", size, *counts)
        elif node.takes_input and not graph.sources(id):
            statuses[id] = NodeStatus("unwired", f"{name} has no input. Wire a node to it.", size, *counts)
        elif problems:
            statuses[id] = NodeStatus("waiting", "waits", size, *counts)
        elif np.max(getattr(node, "spectral_radius", 0.0)) > CHAOTIC_FROM and document.trainer.precision != "float64":
            statuses[id] = NodeStatus("warning", "not reproducible in float32", size, *counts)
        elif awaiting and (node.learned if document.trainer.gradient else node.trains):
            statuses[id] = NodeStatus("untrained", "not trained yet", size, *counts)
        else:
            statuses[id] = NodeStatus("ok", ", ".join(channels) if not node.takes_input else "ok", size, *counts)
    return statuses
