"""Which wires can be, and what keeps a graph from running: the rules and their sentences.

The page shows the same sentences (`WORDS`) while a wire is dragged.
"""

from typing import Any, Literal

from rcwidgets.core.graph.memory import memory_problem
from rcwidgets.core.graph.sizing import Features, Problem, sized, sizes
from rcwidgets.core.graph.structure import Edge, Structure
from rcwidgets.core.spec.refusal import RefusedValue

MAX_NODES = 200
MAX_EDGES = 500
Word = Literal["no_input", "no_feedback", "duplicate", "too_many_edges", "too_many_nodes", "cycle"]
WORDS: dict[Word, str] = {
    "no_input": "{target} takes no input. Wire it to the nodes that follow.",
    "no_feedback": "{target} takes no feedback. Feed it to a reservoir, a recurrent network, a Dense layer or a Concat.",
    "duplicate": "{source} and {target} are wired already.",
    "too_many_edges": f"A model has at most {MAX_EDGES} wires.",
    "too_many_nodes": f"A model has at most {MAX_NODES} nodes.",
    "cycle": "Edge {source} -> {target} closes a cycle: {path}. "
    "Make it a feedback wire ({target} << {source}), which arrives one step late.",
}


def refused(target: Any, *, feedback: bool) -> Word | None:
    """Why no such wire ends at a node, or at nodes of a kind, as a word of `WORDS`; None where one may."""
    if feedback:
        return None if target.takes_feedback else "no_feedback"
    return None if target.takes_input else "no_input"


def check_edge(graph: Structure, edge: Edge) -> None:
    """Raises a ValueError that says why the wire cannot be."""
    for id in (edge.source, edge.target):
        if id not in graph.nodes:
            raise ValueError(f"There is no node with the id {id!r}.")
    target, names = graph.nodes[edge.target], {"source": graph.names[edge.source], "target": graph.names[edge.target]}
    word = refused(target, feedback=edge.feedback) or ("duplicate" if edge in graph.edges else None)
    word = word or ("too_many_edges" if len(graph.edges) >= MAX_EDGES else None)
    if word:
        raise ValueError(WORDS[word].format(**names))
    back = None if edge.feedback else path(graph, edge.target, edge.source)
    if back:
        round_trip = " -> ".join(graph.names[id] for id in [*back, edge.target])
        said = f"A wire from {names['source']} to {names['target']} would close a circle: {round_trip}."
        raise RefusedValue(WORDS["cycle"].format(path=round_trip, **names), f"{said} Make it a feedback wire, which arrives one step late.")


def path(graph: Structure, start: str, end: str) -> list[str] | None:
    """The ids of a forward path from `start` to `end`, both included, or None."""
    following: dict[str, list[str]] = {id: [] for id in graph.nodes}
    for edge in graph.edges:
        if not edge.feedback:
            following[edge.source].append(edge.target)
    came: dict[str, str | None] = {start: None}
    reached = [start]
    for id in reached:
        if id == end:
            steps: list[str] = []
            at: str | None = end
            while at is not None:
                steps.append(at)
                at = came[at]
            return steps[::-1]
        for target in following[id]:
            if target not in came:
                came[target] = id
                reached.append(target)
    return None


def problems(graph: Structure, inputs: Features, outputs: Features) -> list[Problem]:
    """What keeps the used part of the graph from running; `inputs` and `outputs` are the features of the data, where known."""
    if not graph.nodes:
        words = "The model is empty. Add an Input, a Reservoir and a LinearReadout, and wire them."
        return [Problem(None, words, unfinished=True)]
    used, found = graph.used(), []
    if all(node.takes_input for node in graph.nodes.values()):
        found.append(Problem(None, "The model has no Input. Add one and wire it to the first node.", unfinished=True))
    for id, node in used.nodes.items():
        if node.takes_input and not used.sources(id):
            found.append(Problem(id, f"{graph.names[id]} has no input. Wire a node to it.", unfinished=True))
    found = found or sizes(used, inputs, outputs)[1]
    too_large = None if found else memory_problem(sized(used, inputs, outputs))
    return [too_large] if too_large else found
