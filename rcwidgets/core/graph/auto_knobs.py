"""Knobs that follow the use of a node, once the use is known."""

from typing import Any

from rcwidgets.core.graph.structure import G, Structure
from rcwidgets.core.spec.knobs import knobs_of


def auto_values(node: Any, forces: bool) -> dict[str, float]:
    """The numbers, by name, of the knobs that a node leaves to follow its use.

    `forces` is True where a trainer feeds the network's own output back while it learns.
    """
    autos = {name: known.auto for name, known in knobs_of(type(node)).items() if known.auto is not None}
    return {name: auto[forces] for name, auto in autos.items() if getattr(node, name) is None}


def with_auto_values(graph: G, forces: bool) -> G:
    """The graph, in which nodes that hear feedback have a number where a knob was left to follow its use.

    >>> from rcwidgets.core.nodes import Input, LinearReadout, Reservoir
    >>> i, r, o = Input(1), Reservoir(20), LinearReadout(1)
    >>> [with_auto_values((i >> r >> o) & (r << o), forces)["reservoir"].feedback_scaling for forces in (False, True)]
    [0.05, 1.0]
    """
    for id in dict.fromkeys(edge.target for edge in graph.edges if edge.feedback):
        found = auto_values(graph.nodes[id], forces)
        if found:
            graph = graph.replace(graph.names[id], **found)
    return graph


def auto_choices(graph: Structure) -> dict[str, tuple[float, float]]:
    """What follows the use in nodes that hear feedback, as {"node.knob": (the number taken, the number where a trainer forces)}."""
    heard = dict.fromkeys(edge.target for edge in graph.edges if edge.feedback)
    places = {id: auto_values(graph.nodes[id], forces=True) for id in heard}
    taken = {id: auto_values(graph.nodes[id], forces=False) for id in heard}
    return {f"{graph.names[id]}.{name}": (taken[id][name], forced) for id, own in places.items() for name, forced in own.items()}
