"""What nodes need, and how much memory a graph takes."""

from typing import NamedTuple

from rcwidgets.core.graph.sizing import Problem, sizes
from rcwidgets.core.graph.structure import Structure
from rcwidgets.core.spec.knobs import knob_named

MOST_MEMORY = 4_000_000_000  # bytes
_NUMBER = 8  # bytes: weights are drawn in float64
_DRAWING = 9  # more bytes a number while recurrent weights are drawn (measured): which ones are there, and a copy


class Need(NamedTuple):
    """What one node takes: numbers that are kept, and numbers of the recurrent weights that are drawn."""

    kept: int
    recurrent: int

    @property
    def bytes(self) -> int:
        """What the node takes while it is drawn."""
        return _NUMBER * self.kept + _DRAWING * self.recurrent


def unsized(graph: Structure) -> dict[str, int]:
    """Features of data that fit any graph: 1 for each node, by name, whose size only the data can tell."""
    return {name: 1 for name, node in graph.by_name().items() if getattr(node, "features", 0) is None}


def needs(graph: Structure) -> dict[str, Need]:
    """What each node takes, by id; a size that only the data can tell counts as 1, and nodes whose size is an error are left out.

    A node with n outputs that takes m features keeps n (m + 1) weights, n^2 more where it is recurrent (each as often as it has gates;
    three times its connections where they are few), m^2 moments of its inputs where a closed form trains it, and what it says that it
    holds besides.
    """
    data = unsized(graph)
    known, _ = sizes(graph, data, data)
    found = {}
    for id, size in known.items():
        node = graph.nodes[id]
        taken = sum(known.get(source, 0) for feedback in (False, True) for source in graph.sources(id, feedback=feedback))
        recurrent = node.recurrence(size)
        weights = node.gates * size * (taken + 1) if node.family in ("state", "readout") and not node.windowed else 0
        found[id] = Need(weights + recurrent + node.held(taken) + (taken * taken if node.trains else 0), recurrent)
    return found


def _moments(graph: Structure, id: str) -> int:
    """The moments of the states that arrive at a node that a closed form trains, where they come from one node alone."""
    sources, data = graph.sources(id), unsized(graph)
    if not graph.nodes[id].trains or len(sources) != 1 or graph.nodes[sources[0]].grows_by != "units":
        return 0
    return sizes(graph, data, data)[0].get(sources[0], 0) ** 2


def memory_estimate(graph: Structure) -> int:
    """The bytes that the model takes at its peak: all weights and moments, and what drawing the largest matrix needs besides."""
    found = needs(graph).values()
    return _NUMBER * sum(need.kept for need in found) + _DRAWING * max((need.recurrent for need in found), default=0)


def memory_problem(graph: Structure, *, weights_alone: bool = False) -> Problem | None:
    """The sentence about a model that is too large for most machines, at the node that takes the most; None where it fits.

    With `weights_alone` the moments of a node's states do not count: outside of the page `RidgeTrainer` takes a matrix of the rows where
    these are fewer, and tells what it needs when it knows them.
    """
    total = memory_estimate(graph)
    moments = sum(_moments(graph, id) for id in needs(graph)) if total > MOST_MEMORY else 0
    if total <= MOST_MEMORY or (weights_alone and total - _NUMBER * moments <= MOST_MEMORY):
        return None
    found = needs(graph)
    largest = max(found, key=lambda id: found[id].bytes)
    owner, knob = largest, graph.nodes[largest].grows_by
    sources = graph.sources(largest)
    if knob is None and len(sources) == 1:  # what comes from one node alone is too much: that node is the one to make smaller
        owner, knob = (sources[0], graph.nodes[sources[0]].grows_by) if graph.nodes[sources[0]].grows_by else (largest, None)
    label = "" if knob is None else knob_named(type(graph.nodes[owner]), knob).label.lower()
    advice = "Give it fewer features." if knob is None else "Choose fewer units." if knob == "units" else f"Lower its {label}."
    if total - _NUMBER * moments <= MOST_MEMORY:
        advice += " In Python, RidgeTrainer fits it to fewer rows than it has features."
    words = f"{graph.names[owner]} makes the model need {total / 1e9:.1f} GB of memory; a model may take {MOST_MEMORY / 1e9:.0f} GB."
    return Problem(owner, f"{words} {advice}", knob)
