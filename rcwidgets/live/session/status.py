"""What the experiment tells of itself: its status, the state of each node, what is in the way of a run, and why one failed."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import jax
import numpy as np

from rcwidgets.core.document.document import Document
from rcwidgets.core.graph.ends import after
from rcwidgets.core.graph.needs import memory_problem
from rcwidgets.core.graph.sizing import Problem, sizes
from rcwidgets.core.short import short_repr
from rcwidgets.core.spec.knobs import knobs_of
from rcwidgets.core.spec.refusal import said_of
from rcwidgets.core.tasks import DataTask, Series
from rcwidgets.live.results.words import Metric

CHAOTIC_FROM = 1.5  # spectral radius from which a float32 run gives other digits on another machine
_SIZE = re.compile(r"([\d.]+ [KMGTP]i?B)\b|(\d+) bytes")
Activity = Literal["idle", "compiling", "running", "paused", "failed"]
NodeState = Literal["ok", "working", "waiting", "warning", "error", "unwired", "untrained"]


class NodeStatus(NamedTuple):
    """A node's state in a word, its text, the features that it gives, and how many of its numbers are fixed and trained.

    "unwired" and "untrained" are work that is not finished yet, "warning" is one that goes on, "error" is wrong.
    """

    state: NodeState
    text: str
    size: int | None = None
    fixed: int = 0
    trained: int = 0


@dataclass(frozen=True)
class Status:
    """The activity now, and what is known about the document `revision`; `pace` says how a long training goes, many times a second.

    Where `message` tells that something was trained, `outcome` is the error that came of it, in words. `old` says
    what the results are of where they are not, and will not soon be, of that document: "of the last model: Lorenz, 1 step". `output` is
    what functions of the user's own printed last, with the traceback of an error in them, as plain text.
    """

    activity: Activity = "idle"
    message: str = ""
    outcome: str = ""
    pace: str = ""
    progress: float | None = None
    nodes: dict[str, NodeStatus] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    metrics: tuple[Metric, ...] = ()
    revision: int = 0
    auto: bool = True
    old: str = ""
    output: str = ""

    __repr__ = short_repr


def problems_of(document: Document, own: Series | None, text: str = "") -> tuple[Problem, ...]:
    """Why a document could not be run: its task has no data, or its graph is not whole; else the `text`, where there is one."""
    try:
        sizes = document.task.prepare(own).sizes
    except (ValueError, TypeError) as error:
        missing = own is None and isinstance(document.task, DataTask)
        return (Problem("task", str(error), getattr(error, "knob", None), said_of(error), unfinished=missing),)
    found = document.graph.problems(*sizes)
    too_large = None if found else memory_problem(document.graph.sized(*sizes))
    if found or too_large:
        return (*found, too_large) if too_large else tuple(found)
    nothing = not any(node.trains for node in document.graph.nodes.values())
    return (Problem("trainer" if nothing else None, text, unfinished=nothing),) if text else ()


def node_statuses(
    document: Document, own: Series | None, problems: Sequence[Problem], params: Mapping[str, Any], *, awaiting: bool = False
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
        counts = node.counts(params[name]) if name in params else (0, 0)
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
        elif node.trains and not document.trainer.gradient and any(graph.nodes[one].keeps_target for one in after(graph, id)):
            statuses[id] = NodeStatus("ok", "fitted to the targets themselves", size, *counts)
        else:
            made = knobs_of(type(node))
            arrays = ", ".join(made[name].label.lower() for name in node.arrays if name in made)  # whose sliders are not in use
            text = ", ".join(channels) if not node.takes_input else f"own {arrays}" if arrays else "ok"
            statuses[id] = NodeStatus("ok", text, size, *counts)
    return statuses


def sentence_of(error: Exception, settings: Any, what: str = "The run") -> str:
    """The sentence for the page; `settings` are those of the trainer, and `what` is what failed, where the error itself is no sentence."""
    if isinstance(error, MemoryError) or (isinstance(error, jax.errors.JaxRuntimeError) and "RESOURCE_EXHAUSTED" in str(error)):
        fewer = "Take fewer units, a smaller batch or a shorter window" if settings.gradient else "Take fewer units, or fewer rows"
        asked = _SIZE.search(str(error))
        more = f": {asked[1] or f'{int(asked[2]) / 1e9:.3g} GB'} more could not be had" if asked else ""
        return f"The memory of the device is used up{more}. {fewer}. The last results stay."
    words = f"{type(error).__name__}: {error}".removesuffix(": ")
    told = said_of(error) if isinstance(error, ValueError | FloatingPointError) else f"{what} failed: {words}"
    notes = [note for note in getattr(error, "__notes__", ()) if note.startswith("The loss ")]
    return " ".join([told if told.endswith((".", "!", "?")) else f"{told}.", *notes])
