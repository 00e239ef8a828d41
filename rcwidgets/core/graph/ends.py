"""Where the targets of readouts are told: at the readout itself, or at the output that it leads to."""

from collections.abc import Mapping

from rcwidgets.core.graph.structure import Structure


def end_of(graph: Structure, id: str) -> str:
    """The id of the node whose target tells that of the readout `id`: the one output that it leads to, else itself.

    The way there passes no node that is trained or remembers as a reservoir does, since no target comes back through these.
    """
    reached, found, fitted = [id], [], graph.nodes[id].trains
    for here in reached:
        targets = graph.targets(here)
        if not targets:
            found.append(here)
        for target in targets:
            node = graph.nodes[target]
            if not (node.trains or node.family == "state" or target in reached or (node.family == "readout" and not fitted)):
                reached.append(target)
    return found[0] if len(found) == 1 else id


def ends_of(graph: Structure) -> list[str]:
    """The ids of the nodes that one array of targets is for, each readout's once, in topological order."""
    found = {end_of(graph, id) for id, node in graph.nodes.items() if node.trains}
    return [id for id in graph.order() if id in found]


def after(graph: Structure, id: str) -> set[str]:
    """The ids of all nodes that take what a node gives, directly or through others, forward."""
    found = list(graph.targets(id))
    for here in found:
        found += [target for target in graph.targets(here) if target not in found]
    return set(found)


def names_for(graph: Structure, y: object) -> list[str]:
    """The names of the nodes that the targets y are for: those of a dict that each readout can learn from, else those of one array."""
    usual = [graph.names[id] for id in ends_of(graph)]
    if not isinstance(y, Mapping):
        return usual
    trained = [id for id, node in graph.nodes.items() if node.trains]
    places = {graph.names[id]: {id, *after(graph, id)} for id in trained}
    taught = {id for reached in places.values() for id in reached}
    given = [graph.names[id] for id in graph.nodes if graph.names[id] in y]
    known = len(given) == len(y) and all(graph.id_of(name) in taught for name in given)
    told = all(any(graph.id_of(name) in reached for name in given) for reached in places.values())
    if known and told:
        return given
    return [graph.names[id] for id in trained] if any(graph.names[id] in y for id in trained) else usual
