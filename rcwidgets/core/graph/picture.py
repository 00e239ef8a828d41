"""The graph as a static picture: SVG that follows JupyterLab's theme, and reads well on white and on black without it."""

import os
from collections.abc import Mapping
from html import escape
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from rcwidgets.core.graph.sizing import sizes
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


HEIGHT, GAP, ROW, MARGIN, LANE, BEND = 36.0, 60.0, 20.0, 12.0, 26.0, 4.0
LETTERS = 24  # letters of a name
FACE = "var(--jp-layout-color1, #ffffff)"
LINE = "var(--jp-border-color1, #b4bcc8)"
INK = "var(--jp-ui-font-color1, #1f2430)"
SOFT = "var(--jp-ui-font-color2, #5b6472)"
WIRE = "#7b8494"
LATE = "#c07a1a"
LATE_INK = "var(--jp-ui-font-color2, #7b8494)"
FONT = "var(--jp-ui-font-family, system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif)"
MARKS = {
    "source": '<path d="M0-6 10 0 0 6z" fill="#00897b"/>',
    "state": '<circle cx="5" r="5" fill="#5c6bc0"/>',
    "readout": '<rect y="-5" width="10" height="10" rx="2" fill="#c07a1a"/>',
    "shape": '<path d="M5-5 10 0 5 5 0 0z" fill="#7b8494"/>',
}  # a form and a colour for each family, about (5, 0)


class Box(NamedTuple):
    """The card of a node, or the strip that a passing wire keeps free."""

    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> float:
        """The y of the centre."""
        return self.y + self.height / 2


class Picture:
    """What `plot_node_graph` returns: shows itself in a notebook, and can be saved; `str()` is the SVG text."""

    def __init__(self, graph: Structure) -> None:
        self._svg, self._words = svg(graph), describe(graph)

    def __str__(self) -> str:
        return self._svg

    def __repr__(self) -> str:
        return f"<Picture: {self._words}>"

    def _repr_html_(self) -> str:
        """Inline, so that the page's colours hold in it."""
        return self._svg

    def _repr_svg_(self) -> str:
        return self._svg

    def save(self, path: "str | os.PathLike[str]") -> None:
        """Writes an SVG file."""
        file = Path(path)
        if file.suffix != ".svg":
            raise ValueError(f"Picture.save takes a path that ends in .svg, got {str(file)!r}.")
        file.write_text(self._svg, encoding="utf-8")


def describe(graph: Structure) -> str:
    """The graph in words, for people who do not see the picture."""
    names = graph.names
    wires = [f"{names[edge.source]} to {names[edge.target]}" for edge in graph.edges if not edge.feedback]
    late = [f"{names[edge.source]} back to {names[edge.target]}, 1 step late" for edge in graph.edges if edge.feedback]
    nodes = f"Model of {len(names)} node{'' if len(names) == 1 else 's'}: {', '.join(names.values())}" if names else "An empty model"
    return f"{'; '.join([nodes, *wires, *late])}."


def svg(graph: Structure) -> str:
    """The picture of the graph: forward wires from left to right, feedback below them.

    Where several wires arrive at a node, numbers tell the order in which they are concatenated.
    """
    arranged, known = layers_of(graph), known_sizes(graph)
    boxes = _boxes(graph, arranged, known)
    low = max((box.y + box.height for box in boxes.values()), default=MARGIN)
    loops, bottom = _loops(graph, arranged, boxes, low)
    width = max((box.x + box.width for box in boxes.values()), default=140.0) + MARGIN + (10.0 if loops else 0.0)
    height = bottom + MARGIN
    parts = [*_wires(graph, arranged, boxes), *loops, *(_card(graph, id, boxes[id], known) for id in graph.nodes)]
    if not graph.nodes:
        parts = [f'<text x="{MARGIN:.0f}" y="{MARGIN + 10:.0f}" fill="{LATE_INK}">empty model</text>']
        height += 12
    size = f'width="{width:.0f}" height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}"'
    style = f"max-width: 100%; height: auto; font: 13px {FONT}"
    title = f"<title>{escape(describe(graph))}</title>"
    return f'<svg xmlns="http://www.w3.org/2000/svg" role="img" {size} style="{style}">{title}{"".join(parts)}</svg>'


def known_sizes(graph: Structure) -> dict[str, int]:
    """The features that each node gives, by id, where they do not hang on the data."""
    open_ = [name for name, node in graph.by_name().items() if getattr(node, "features", 0) is None]
    first, second = (sizes(graph, dict.fromkeys(open_, size), dict.fromkeys(open_, size))[0] for size in (1, 2))
    return {id: size for id, size in first.items() if second.get(id) == size}


def _boxes(graph: Structure, arranged: Layers, known: dict[str, int]) -> dict[Item, Box]:
    """The place of each item: layers from left to right, each centred on one line."""
    tall = {id: max(HEIGHT, 10 + 13.0 * len(graph.sources(id))) for id in graph.nodes}
    heights = [[tall[item] if isinstance(item, str) else BEND for item in layer] for layer in arranged.layers]
    totals = [sum(column) + ROW * (len(column) - 1) for column in heights]
    boxes: dict[Item, Box] = {}
    x = MARGIN
    for layer, column, total in zip(arranged.layers, heights, totals, strict=True):
        wide = max((_width(graph.names[item], known.get(item)) for item in layer if isinstance(item, str)), default=0.0)
        y = MARGIN + (max(totals) - total) / 2
        for item, height in zip(layer, column, strict=True):
            boxes[item] = Box(x, y, wide, height)
            y += height + ROW
        x += wide + GAP
    return boxes


def _width(name: str, size: int | None) -> float:
    return 50.0 + 7.8 * min(len(name), LETTERS) + (14.0 + 7.0 * len(f"{size:,}") if size is not None else 0.0)


def _card(graph: Structure, id: str, box: Box, known: dict[str, int]) -> str:
    node, name = graph.nodes[id], graph.names[id]
    short = name if len(name) <= LETTERS else name[: LETTERS - 1] + "…"
    size = f"{known[id]:,}" if id in known else ""
    return (
        f"<g><title>{escape(repr(node.replace(name=None)))}</title>"
        f'<rect x="{box.x:.1f}" y="{box.y:.1f}" width="{box.width:.1f}" height="{box.height:.1f}" rx="7" fill="{FACE}" stroke="{LINE}"/>'
        f'<g transform="translate({box.x + 13:.1f} {box.middle:.1f})">{MARKS[node.family]}</g>'
        f'<text x="{box.x + 32:.1f}" y="{box.middle + 4.5:.1f}" font-weight="600" fill="{INK}">{escape(short)}</text>'
        f'<text x="{box.x + box.width - 12:.1f}" y="{box.middle + 4:.1f}" text-anchor="end" font-size="11" fill="{SOFT}">{size}</text></g>'
    )


def _wires(graph: Structure, arranged: Layers, boxes: dict[Item, Box]) -> list[str]:
    """The forward wires: each leaves at the middle of the right side and arrives at a place of its own on the left side."""
    parts = []
    for id in graph.nodes:
        arriving = [route for route in arranged.routes if route[-1] == id]
        seen = sorted(arriving, key=lambda route: boxes[route[-2]].middle)
        for number, route in enumerate(arriving, start=1):
            box = boxes[id]
            end = box.y + box.height * (seen.index(route) + 1) / (len(arriving) + 1)
            parts.append(_wire([boxes[item] for item in route], end))
            if len(arriving) > 1:
                place = f'x="{box.x - 11:.1f}" y="{end - 4:.1f}"'
                parts.append(f'<text {place} text-anchor="end" font-size="10" fill="{LATE_INK}">{number}</text>')
    return parts


def _wire(boxes: list[Box], end: float) -> str:
    x, y = boxes[0].x + boxes[0].width, boxes[0].middle
    path = f"M{x:.1f} {y:.1f}"
    for box in boxes[1:]:
        to_x, to_y = (box.x, box.middle) if box is not boxes[-1] else (box.x - 7, end)
        half = (x + to_x) / 2
        path += f"C{half:.1f} {y:.1f} {half:.1f} {to_y:.1f} {to_x:.1f} {to_y:.1f}"
        if box is not boxes[-1]:
            path += f"H{box.x + box.width:.1f}"
        x, y = box.x + box.width, to_y
    head = f"M{boxes[-1].x - 1:.1f} {end:.1f}l-7-3.5v7z"
    return f'<path d="{path}" fill="none" stroke="{WIRE}" stroke-width="1.5"/><path d="{head}" fill="{WIRE}"/>'


def _loops(graph: Structure, arranged: Layers, boxes: dict[Item, Box], low: float) -> tuple[list[str], float]:
    """The feedback wires, each in a lane of its own below the nodes, the shortest one on top; and where the lanes end."""
    lowest = {next(item for item in reversed(layer) if isinstance(item, str)) for layer in arranged.layers}
    edges = [edge for edge in graph.edges if edge.feedback]
    edges.sort(key=lambda edge: abs(boxes[edge.source].x - boxes[edge.target].x))
    used: dict[str, int] = {}
    parts = []
    for lane, edge in enumerate(edges):
        y = low + LANE * (lane + 0.9)
        start, end = boxes[edge.source], boxes[edge.target]
        leave, arrive = used.get(edge.source, 0), used.get(edge.target, 0) + (edge.source == edge.target)
        used[edge.source], used[edge.target] = leave + 1, arrive + 1
        if edge.source in lowest:
            x = start.x + start.width / 2 + _beside(leave)
            out = f"M{x:.1f} {start.y + start.height:.1f}"
        else:
            x = start.x + start.width + 8 + 4 * (lane % 5)
            out = f"M{start.x + start.width:.1f} {start.y + start.height - 8:.1f}H{x:.1f}"
        if edge.target in lowest:
            back = end.x + end.width / 2 + _beside(arrive)
            into, head = f"V{end.y + end.height + 7:.1f}", f"M{back:.1f} {end.y + end.height + 1:.1f}l-3.5 7h7z"
        else:
            back = end.x - 12 - 4 * (lane % 5)
            into, head = f"V{end.y + end.height - 8:.1f}H{end.x - 7:.1f}", f"M{end.x - 1:.1f} {end.y + end.height - 8:.1f}l-7-3.5v7z"
        turn = 6.0 if back < x else -6.0
        path = f"{out}V{y - 6:.1f}Q{x:.1f} {y:.1f} {x - turn:.1f} {y:.1f}H{back + turn:.1f}Q{back:.1f} {y:.1f} {back:.1f} {y - 6:.1f}{into}"
        parts.append(
            f'<path d="{path}" fill="none" stroke="{LATE}" stroke-width="1.5" stroke-dasharray="5 4"/><path d="{head}" fill="{LATE}"/>'
            f'<text x="{(x + back) / 2:.1f}" y="{y + 13:.1f}" text-anchor="middle" font-size="11" fill="{LATE_INK}">1 step late</text>'
        )
    return parts, low + (LANE * (len(edges) - 0.1) + 14 if edges else 0.0)


def _beside(count: int) -> float:
    """Places beside the middle of a card's lower side: 0, 12, -12, 24, ..."""
    return 12.0 * ((count + 1) // 2) * (1 if count % 2 else -1)
