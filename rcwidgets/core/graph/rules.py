"""Which wires can be, what a model takes of memory, and what keeps a graph from running: the rules and their sentences.

The page shows the same sentences (`WORDS`) while a wire is dragged. Memory is estimated before anything is allocated.
"""

from collections.abc import Collection, Iterable, Mapping
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from typing import Any, Literal

from rcwidgets.core.graph.needs import memory_problem
from rcwidgets.core.graph.sizing import Features, Problem, sized, sizes
from rcwidgets.core.graph.structure import Edge, Structure
from rcwidgets.core.graph.vertex import AbstractVertex
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
    check_ends(edge, graph.nodes[edge.target], graph.names, graph.edges)
    edges = (*graph.edges, edge)
    forward = [other for other in edges if not other.feedback]
    if any(other.source == edge.target for other in forward) and any(other.target == edge.source for other in forward):
        check_cycle(cycle_of(edges), graph.names)  # else there is no way back


def check_ends(edge: Edge, target: AbstractVertex, names: Mapping[str, str], others: Collection[Edge]) -> None:
    """Raises a ValueError where the target, or one of the `others`, leaves no room for the wire."""
    word = refused(target, feedback=edge.feedback) or ("duplicate" if edge in others else None)
    word = word or ("too_many_edges" if len(others) >= MAX_EDGES else None)
    if word:
        raise ValueError(WORDS[word].format(source=names[edge.source], target=names[edge.target]))


def cycle_of(edges: Iterable[Edge]) -> list[Edge]:
    """The wires along a forward cycle, the newest one last; empty where there is none."""
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for edge in edges:
        if not edge.feedback:
            sorter.add(edge.target, edge.source)
    try:
        sorter.prepare()
    except CycleError as error:
        around = [Edge(*ends) for ends in pairwise(error.args[1])]
        newest = around.index(max(around, key=list(edges).index)) + 1
        return [*around[newest:], *around[:newest]]
    return []


def check_cycle(cycle: list[Edge], names: Mapping[str, str]) -> None:
    """Raises a ValueError that names the newest wire of a cycle, and the way around, where there is one."""
    if not cycle:
        return
    ends = {"source": names[cycle[-1].source], "target": names[cycle[-1].target]}
    way = " -> ".join(names[id] for id in [*(edge.source for edge in cycle), cycle[-1].target])
    said = f"A wire from {ends['source']} to {ends['target']} would close a circle: {way}."
    raise RefusedValue(WORDS["cycle"].format(path=way, **ends), f"{said} Make it a feedback wire, which arrives one step late.")


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
    too_large = None if found else memory_problem(sized(used, inputs, outputs), weights_alone=True)
    return [too_large] if too_large else found
