"""Sizes: how the numbers of features spread from the inputs through the graph, in topological order."""

from collections.abc import Mapping
from heapq import heappop, heappush
from typing import TYPE_CHECKING, NamedTuple

from rcwidgets.core.spec.refusal import said_of

if TYPE_CHECKING:
    from rcwidgets.core.graph.graph import Graph
    from rcwidgets.core.nodes.base import AbstractNode

Features = int | Mapping[str, int] | None  # of the data: one number for all, or by node name; None where not known


class Problem(NamedTuple):
    """A sentence about a node (by id), about "task" or "trainer", or about the whole model (None), and the knob concerned, if any."""

    owner: str | None
    text: str
    knob: str | None = None
    said: str = ""  # the page's words, where they are not those of `text`
    unfinished: bool = False  # nothing is wrong, something is still to be done

    @property
    def words(self) -> str:
        """The sentence for the page."""
        return self.said or self.text


class SizeError(ValueError):
    """Signals that do not fit a node, in words; `knob` is the node's knob concerned, if any, and `said` the page's own words."""

    def __init__(self, words: str, knob: str | None = None, *, said: str = "") -> None:
        super().__init__(words)
        self.knob, self.said = knob, said


def order(graph: "Graph") -> list[str]:
    """The node ids in topological order of the forward edges, ties in order of appearance."""
    place = {id: k for k, id in enumerate(graph.nodes)}
    awaited = dict.fromkeys(graph.nodes, 0)
    following: dict[str, list[str]] = {id: [] for id in graph.nodes}
    for edge in graph.edges:
        if not edge.feedback:
            awaited[edge.target] += 1
            following[edge.source].append(edge.target)
    ready = [place[id] for id, count in awaited.items() if count == 0]
    ids, done = list(graph.nodes), []
    while ready:
        id = ids[heappop(ready)]
        done.append(id)
        for target in following[id]:
            awaited[target] -= 1
            if awaited[target] == 0:
                heappush(ready, place[target])
    if len(done) < len(ids):
        raise ValueError(f"The forward wires among {', '.join(graph.names[id] for id in ids if id not in done)} close a cycle.")
    return done


def sizes(graph: "Graph", inputs: Features, outputs: Features) -> tuple[dict[str, int], list[Problem]]:
    """The features that each node gives, by id, and the problems met on the way."""
    known: dict[str, int] = {}
    found: list[Problem] = []
    for id in order(graph):
        node, name = graph.nodes[id], graph.names[id]
        if any(source not in known for source in graph.sources(id)):
            continue
        data = _of_data(node, name, inputs, outputs)
        try:
            size = node.output_size(_arriving(graph, id, known) + _late(graph, id, inputs, outputs))
        except ValueError as error:
            found.append(Problem(id, f"{name}: {error}", getattr(error, "knob", None), f"{name}: {said_of(error)}"))
            continue
        if size is not None and data is not None and size != data:
            whose = "target" if node.takes_input else "data"
            found.append(
                Problem(
                    id, f"{name} has {size} features, the {whose} has {data}. Set its features to {data}, or leave them empty.", "features"
                )
            )
        elif size is None and data is None:
            words = f"The size of {name} is not known before it sees data. Give it"
            found.append(Problem(id, f"{words} one, such as {node.kind}(3).", "features", f"{words} a number of features."))
        else:
            known[id] = data if size is None else size  # type: ignore[assignment]
    for id, node in graph.nodes.items():
        late = graph.sources(id, feedback=True)
        if late and all(source in known for source in late):
            try:
                node.check_feedback(sum(known[source] for source in late))
            except ValueError as error:
                found.append(Problem(id, f"{graph.names[id]}: {error}", said=f"{graph.names[id]}: {said_of(error)}"))
    return known, found


def _arriving(graph: "Graph", id: str, known: Mapping[str, int]) -> int:
    """How many features arrive at a node; signals that are added must be of one size."""
    sources = graph.sources(id)
    if not graph.nodes[id].adds:
        return sum(known[source] for source in sources)
    first = known[sources[0]] if sources else 0
    odd = next((source for source in sources if known[source] != first), None)
    if odd is not None:
        one, other = graph.names[sources[0]], graph.names[odd]
        raise SizeError(
            f"It adds signals of one size: '{one}' gives {first} features, '{other}' gives {known[odd]}. "
            f"Choose as many of both with a Select, or join them with a Concat."
        )
    return first


def _late(graph: "Graph", id: str, inputs: Features, outputs: Features) -> int:
    """How many features of feedback a node joins to its inputs. The nodes that feed back come later: they need sizes of their own."""
    total = 0
    for source in graph.sources(id, feedback=True) if graph.nodes[id].joins_feedback else []:
        node, name = graph.nodes[source], graph.names[source]
        own = [size for size in (getattr(node, "units", None), getattr(node, "features", None)) if isinstance(size, int)]
        size = own[0] if own else _of_data(node, name, inputs, outputs)
        if size is None:
            raise SizeError(f"The size of '{name}', which feeds back to it, is not known. Give it one, or feed back a node that has one.")
        total += size
    return total


def _of_data(node: "AbstractNode", name: str, inputs: Features, outputs: Features) -> int | None:
    """The features that the data have for a node, where they are known and the node is of the kind that the data concern."""
    return _features_for(name, inputs) if not node.takes_input else _features_for(name, outputs) if node.trains or waits(node) else None


def waits(node: "AbstractNode") -> bool:
    """Whether the node is a readout that has no size of its own: the target tells it."""
    return node.family == "readout" and getattr(node, "features", 0) is None


def _features_for(name: str, given: Features) -> int | None:
    return given.get(name) if isinstance(given, Mapping) else given


def sized(graph: "Graph", inputs: Features, outputs: Features) -> "Graph":
    """The graph in which nodes without a size of their own have that of the data; a mismatch is a ValueError that names both sizes."""
    known, found = sizes(graph, inputs, outputs)
    if found:
        raise ValueError(" ".join(problem.text for problem in found))
    for id, size in known.items():
        if getattr(graph.nodes[id], "features", size) is None:
            graph = graph.replace(graph.names[id], features=size)
    return graph
