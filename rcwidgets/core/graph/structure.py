"""The structure of a graph: named nodes, the wires between them, and what can be read off them. No arrays and no operators."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import NamedTuple, Self, TypeVar

from rcwidgets.core.graph.vertex import AbstractVertex
from rcwidgets.core.spec.knobs import Setting

G = TypeVar("G", bound="Structure")  # a graph of any class
SEVERAL = 3  # kinds of nodes that a few words name
TOLD = 8  # nodes, and wires, that a text names
LONGEST_LINE = 160  # characters


class Edge(NamedTuple):
    """A wire between two nodes, by their ids. A feedback edge delivers one step late."""

    source: str
    target: str
    feedback: bool = False


@dataclass(frozen=True, eq=False, repr=False)
class Structure:
    """Named nodes and the wires between them; every change gives a new one.

    `nodes` and `names` are keyed by node id, in order of appearance; `edges` keep the order in which inputs are concatenated.
    """

    nodes: Mapping[str, AbstractVertex] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    edges: tuple[Edge, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "nodes", MappingProxyType(dict(self.nodes)))
        object.__setattr__(self, "names", MappingProxyType(dict(self.names)))

    def __reduce__(self) -> tuple[type[Self], tuple[object, ...]]:
        return type(self), (dict(self.nodes), dict(self.names), self.edges)  # read-only views can neither be copied nor sent

    def id_of(self, name: str) -> str:
        """The id of the node with this name."""
        for id, known in self.names.items():
            if known == name:
                return id
        raise ValueError(f"There is no node {name!r}. The nodes: {', '.join(self.names.values()) or 'none'}.")

    def by_name(self) -> dict[str, AbstractVertex]:
        """The nodes by name, in order of appearance."""
        return {self.names[id]: node for id, node in self.nodes.items()}

    def sources(self, id: str, *, feedback: bool = False) -> list[str]:
        """The ids of the nodes whose outputs arrive at `id`, in the order of the edges."""
        return list(self._arriving[feedback][id])

    def targets(self, id: str, *, feedback: bool = False) -> list[str]:
        """The ids of the nodes that take the output of `id`."""
        return [e.target for e in self.edges if e.source == id and e.feedback == feedback]

    @property
    def entries(self) -> list[str]:
        """The ids of the nodes without a forward input."""
        return [id for id in self.nodes if not self.sources(id)]

    @property
    def exits(self) -> list[str]:
        """The ids of the nodes whose output goes to no other node forward: the outputs of the model."""
        return [id for id in self.nodes if not self.targets(id)]

    @property
    def once(self) -> set[str]:
        """The ids of the nodes that give one value a series: those like TimeMean, and all that follow them."""
        found: set[str] = set()
        for id in self.order():
            if self.nodes[id].once or found & set(self.sources(id)):
                found.add(id)
        return found

    def order(self) -> list[str]:
        """The node ids in topological order of the forward edges, ties in order of appearance."""
        return list(self._order)

    @cached_property
    def _arriving(self) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
        found: tuple[dict[str, list[str]], dict[str, list[str]]] = {id: [] for id in self.nodes}, {id: [] for id in self.nodes}
        for edge in self.edges:
            found[edge.feedback][edge.target].append(edge.source)
        return found

    @cached_property
    def _order(self) -> tuple[str, ...]:
        sources, waiting, done, order = self._arriving[False], list(self.nodes), set[str](), list[str]()
        while waiting:  # graphlib, which knows no order of ours among nodes that are ready, takes four times as long
            for id in waiting:
                if done.issuperset(sources[id]):
                    break
            else:
                raise ValueError(f"The forward wires among {', '.join(self.names[id] for id in waiting)} close a cycle.")
            waiting.remove(id)
            done.add(id)
            order.append(id)
        return tuple(order)

    def without(self, ids: Iterable[str] = (), edges: Iterable[Edge] = ()) -> Self:
        """The graph without some nodes (and the wires at them) and without some wires."""
        gone, cut = set(ids), set(edges)
        return type(self)(
            {id: node for id, node in self.nodes.items() if id not in gone},
            {id: name for id, name in self.names.items() if id not in gone},
            tuple(e for e in self.edges if e not in cut and e.source not in gone and e.target not in gone),
        )

    def replace(self, name: str, **knobs: Setting) -> Self:
        """The graph in which the node `name` has other knobs."""
        id = self.id_of(name)
        return type(self)({**self.nodes, id: self.nodes[id].replace(**knobs)}, self.names, self.edges)

    def used(self) -> Self:
        """The part of the graph that leads to a trainable node or to an output that is, or follows, a readout; else to any output."""
        exits, after = self.exits, set[str]()
        for id in self.order():
            if self.nodes[id].family == "readout" or after & set(self.sources(id)):
                after.add(id)
        readouts = [id for id, node in self.nodes.items() if node.trains or (id in exits and id in after)]
        reached: list[str] = readouts or exits
        for id in reached:
            reached.extend(e.source for e in self.edges if e.target == id and e.source not in reached)
        return self.without(id for id in self.nodes if id not in reached)

    def __repr__(self) -> str:
        nodes = [f"{self.names[id]} = {node!r}" for id, node in self.nodes.items()]
        wires = [
            f"{self.names[e.target]} << {self.names[e.source]}" if e.feedback else f"{self.names[e.source]} >> {self.names[e.target]}"
            for e in self.edges
        ]
        return "\n".join([f"{type(self).__name__}:", *("  " + line for line in (*_told(nodes, "nodes"), *_told(wires, "wires")))])

    @property
    def in_words(self) -> str:
        """The names of the nodes in a sentence, however many there are."""
        names = list(self.names.values())
        return ", ".join(names if len(names) <= TOLD else [*names[:TOLD], f"{len(names) - TOLD} more"]) or "no nodes"


def in_short(graph: Structure) -> str:
    """The model in a few words: the nodes that remember with their sizes, such as "reservoir 400" or "nvar 4".

    >>> from rcwidgets.core.nodes import Input, LinearReadout, Reservoir
    >>> in_short(Input() >> Reservoir(400) >> LinearReadout())
    'reservoir 400'
    """
    used = graph.used()
    remembering = [node for node in used.nodes.values() if node.stateful]  # each tells its units, or else its first knob
    words = [f"{node.short_name} {getattr(node, 'units', None) or next(iter(node.knobs.values()), '')}".rstrip() for node in remembering]
    if not words:
        words = [used.names[id] for id, node in used.nodes.items() if node.trains] or ["none"]
    told = [word if words.count(word) == 1 else f"{words.count(word)} x {word}" for word in dict.fromkeys(words)]
    more = [f"{len(told) - SEVERAL} more"] if len(told) > SEVERAL else []
    return " + ".join([*told[:SEVERAL], *more]) + (", feedback" if any(edge.feedback for edge in used.edges) else "")


def _told(lines: list[str], what: str) -> list[str]:
    """The first lines, each of them not too long, and how many more there are."""
    cut = [line if len(line) <= LONGEST_LINE else f"{line[: LONGEST_LINE - 4]} ..." for line in lines]
    return cut if len(lines) <= TOLD else [*cut[:TOLD], f"... {len(lines) - TOLD} more {what}"]
