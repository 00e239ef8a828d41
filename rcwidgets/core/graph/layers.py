"""Layers: the places of nodes in a picture that reads from left to right."""

from collections.abc import Mapping
from itertools import pairwise
from typing import NamedTuple

from rcwidgets.core.graph.structure import Structure

SWEEPS = 4  # of sorting each layer by its neighbours


class Bend(NamedTuple):
    """Where a wire passes a layer between its ends: the number of the wire and the layer."""

    wire: int
    layer: int


Item = str | Bend  # a node id, or a passing wire


class Layers(NamedTuple):
    """The items of each layer from top to bottom, and for each forward wire the items along it."""

    layers: list[list[Item]]
    routes: list[list[Item]]


def layers_of(graph: Structure) -> Layers:
    """Each node one layer after the last of its inputs, sorted so that few wires cross; long wires hold a place in each layer they pass."""
    depth: dict[str, int] = {}
    for id in graph.order():
        depth[id] = max((depth[source] + 1 for source in graph.sources(id)), default=0)
    for id in graph.order():  # an input stands just before what it feeds
        following = [depth[target] for target in graph.targets(id)]
        if not graph.sources(id) and following:
            depth[id] = min(following) - 1
    layers: list[list[Item]] = [[] for _ in range(max(depth.values(), default=-1) + 1)]
    for id in graph.nodes:
        layers[depth[id]].append(id)
    routes: list[list[Item]] = []
    for wire, edge in enumerate(edge for edge in graph.edges if not edge.feedback):
        bends = [Bend(wire, layer) for layer in range(depth[edge.source] + 1, depth[edge.target])]
        for bend in bends:
            layers[bend.layer].append(bend)
        routes.append([edge.source, *bends, edge.target])
    before, after = _neighbours(routes)
    for sweep in range(SWEEPS):
        forward = sweep % 2 == 0
        for layer in layers if forward else layers[::-1]:
            _sort(layer, layers, before if forward else after)
    return Layers(layers, routes)


def _neighbours(routes: list[list[Item]]) -> tuple[dict[Item, list[Item]], dict[Item, list[Item]]]:
    before: dict[Item, list[Item]] = {}
    after: dict[Item, list[Item]] = {}
    for route in routes:
        for first, second in pairwise(route):
            after.setdefault(first, []).append(second)
            before.setdefault(second, []).append(first)
    return before, after


def _sort(layer: list[Item], layers: list[list[Item]], neighbours: Mapping[Item, list[Item]]) -> None:
    """Sorts a layer by the mean place of each item's neighbours; ties and items without any keep their order."""
    around = {other for item in layer for other in neighbours.get(item, [])}
    place = {item: row - (len(items) - 1) / 2 for items in layers for row, item in enumerate(items) if item in around or item in layer}

    def mean(item: Item) -> float:
        found = [place[other] for other in neighbours.get(item, [])]
        return sum(found) / len(found) if found else place[item]

    layer.sort(key=mean)
