"""The graph: named node specs and edges, composed with `>>`, `<<` and `&`. No arrays.

`a >> b` sends a's output to b in the same time step; `a << b` feeds b's output back to a, one step late; `&` is the union by node identity.
`[a, b] >> c` concatenates in that order, `{a, b} >> c` in the order of creation, `a >> [b, c]` fans out.
"""

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from html import escape
from typing import ClassVar, TypeAlias, overload

from rcwidgets.core.graph.code import graph_to_code
from rcwidgets.core.graph.picture import Picture, svg
from rcwidgets.core.graph.plain import Parts, graph_data, read_document, to_text
from rcwidgets.core.graph.rules import check_edge, problems
from rcwidgets.core.graph.sizing import Features, Problem, sized
from rcwidgets.core.graph.structure import Edge, Structure
from rcwidgets.core.graph.summary import Summary, summarise
from rcwidgets.core.graph.vertex import AbstractVertex
from rcwidgets.core.spec.json_values import parse
from rcwidgets.core.spec.refusal import RefusedValue
from rcwidgets.core.spec.registry import check_name

Chosen: TypeAlias = int | slice | list[int] | tuple[int, ...]  # some of the features


class Composable:
    """The operators that nodes and graphs share. NumPy arrays and iteration are refused: `array >> node` is not a loop."""

    __array_ufunc__ = None
    __iter__ = None
    chooser: ClassVar[Callable[[Chosen], "ComposableVertex"]]  # makes the node that gives some of the features: Select, which sets it

    def __getitem__(self, key: Chosen) -> "Graph":
        """Some of the features: `node[0:2]` is `node >> Select(slice(0, 2))`."""
        if isinstance(key, str):
            raise TypeError(f"A node gives some of its features by place, such as node[0:2], got {key!r}.")
        return _wired(self, Composable.chooser(key))

    def __rshift__(self, other: "Operand") -> "Graph":
        return _wired(self, other)

    def __rrshift__(self, other: "Operand") -> "Graph":
        return _wired(other, self)

    def __lshift__(self, other: "Operand") -> "Graph":
        return _wired(other, self, feedback=True)

    def __rlshift__(self, other: "Operand") -> "Graph":
        return _wired(self, other, feedback=True)

    def __and__(self, other: "Operand") -> "Graph":
        return union([*parts(self), *parts(other)])

    def __rand__(self, other: "Operand") -> "Graph":
        return union([*parts(other), *parts(self)])


class ComposableVertex(AbstractVertex, Composable):
    """A node that can be composed."""


Operand = Composable | Sequence[Composable] | Set[Composable]


@dataclass(frozen=True, eq=False, repr=False)
class Graph(Structure, Composable):
    """Named nodes and the wires between them; every change gives a new graph.

    `nodes` and `names` are keyed by node id, in order of appearance; `edges` keep the order in which inputs are concatenated.
    """

    nodes: Mapping[str, ComposableVertex] = field(default_factory=dict)

    @overload
    def __getitem__(self, key: str) -> ComposableVertex: ...

    @overload
    def __getitem__(self, key: Chosen) -> "Graph": ...

    def __getitem__(self, key: str | Chosen) -> "ComposableVertex | Graph":
        """The node of this name; an int, a slice or a list gives some of the features, as of a node."""
        return self.nodes[self.id_of(key)] if isinstance(key, str) else Composable.__getitem__(self, key)

    def add(self, node: ComposableVertex, name: str | None = None) -> "Graph":
        """The graph with one more node; its name is `name`, the node's own, or made from its class."""
        id = node.token.id
        if id in self.nodes:
            return self
        chosen = name or node.name
        if chosen in self.names.values():
            if node.name:
                raise ValueError(f"Names must be unique: there are two nodes named {chosen!r}. Give one of them another name=.")
            chosen = None
        return Graph({**self.nodes, id: node}, {**self.names, id: chosen or self._fresh(node.short_name)}, self.edges)

    def _fresh(self, base: str) -> str:
        taken, number, name = set(self.names.values()), 1, base
        while name in taken:
            number += 1
            name = f"{base}_{number}"
        return name

    def connect(self, source: str, target: str, *, feedback: bool = False) -> "Graph":
        """The graph with one more wire between two node ids; an impossible wire is an error that says why."""
        edge = Edge(source, target, feedback)
        check_edge(self, edge)
        return Graph(self.nodes, self.names, (*self.edges, edge))

    def rename(self, old: str, new: str) -> "Graph":
        """The graph in which a node has another name, which stays through later merges."""
        id = self.id_of(old)
        check_name("A node's name", new)
        if new != old and new in self.names.values():
            words = f"Names must be unique: there is a node named {new!r} already."
            raise RefusedValue(words, f"There is a node named {new} already. Choose another name.")
        return Graph({**self.nodes, id: self.nodes[id].replace(name=new)}, {**self.names, id: new}, self.edges)

    def problems(self, inputs: Features = None, outputs: Features = None) -> list[Problem]:
        """What keeps the graph from running, in sentences; `inputs` and `outputs` are the features of the data, where known."""
        return problems(self, inputs, outputs)

    def check(self, inputs: Features = None, outputs: Features = None) -> None:
        """Raises a ValueError with the sentences of `problems`."""
        found = self.problems(inputs, outputs)
        if found:
            raise ValueError(" ".join(problem.text for problem in found))

    def sized(self, inputs: Features = None, outputs: Features = None) -> "Graph":
        """The graph in which Input() and LinearReadout() have the sizes of the data."""
        return sized(self, inputs, outputs)

    def to_json(self) -> str:
        """The graph as versioned JSON text: knobs and wires, no arrays."""
        return to_text(graph_data(self))

    @classmethod
    def from_json(cls, text: str | bytes) -> "Graph":
        """The graph of a JSON text (of a graph or of a whole document); a bad entry is a ValueError that names its path."""
        return cls.from_parts(read_document(parse(text)))

    @classmethod
    def from_parts(cls, read: Parts) -> "Graph":
        """The graph of a document that has been read."""
        return cls(read.nodes, read.names, read.wires)

    def to_code(self) -> str:
        """Python that builds the same graph as `model`."""
        return graph_to_code(self)

    def plot_node_graph(self) -> Picture:
        """A static picture of the graph: shows itself in a notebook, `.save("model.svg")` writes it."""
        return Picture(self)

    def summary(self, inputs: Features = None, outputs: Features = None) -> Summary:
        """The model as a table of its nodes: features taken and given, knobs, fixed and trained weights.

        `inputs` and `outputs` are the features of the data, one number for all or by node name, for nodes that have no size of their own.

        >>> from rcwidgets.core.nodes import Input, LinearReadout, Reservoir
        >>> (Input(3) >> Reservoir(50) >> LinearReadout(3)).summary().trained
        153
        """
        return summarise(self, inputs, outputs)

    def _repr_html_(self) -> str:
        return f"{svg(self)}<pre>{escape(repr(self))}</pre>"


def parts(operand: Operand) -> list[Graph]:
    """The operand as graphs: a node is a graph of one; lists and tuples keep their order, sets go by order of creation."""
    if isinstance(operand, Graph):
        return [operand]
    if isinstance(operand, ComposableVertex):
        return [Graph().add(operand)]
    if isinstance(operand, list | tuple):
        return [graph for item in operand for graph in parts(item)]
    if isinstance(operand, set | frozenset):
        return [graph for item in sorted(operand, key=_creation) for graph in parts(item)]
    raise TypeError(f"Only nodes, models and lists of them can be composed, got {type(operand).__name__}.")


def _creation(item: Composable) -> int:
    return min(node.token.order for graph in parts(item) for node in graph.nodes.values())


def union(graphs: Sequence[Graph]) -> Graph:
    """The graphs as one, by node identity; where they differ in a knob or a name, the first one's holds."""
    whole, *others = graphs or [Graph()]
    for graph in others:
        for id, node in graph.nodes.items():
            whole = whole.add(node, graph.names[id])
        for edge in graph.edges:
            if edge not in whole.edges:
                whole = whole.connect(edge.source, edge.target, feedback=edge.feedback)
    return whole


def _wired(sources: Operand, targets: Operand, *, feedback: bool = False) -> Graph:
    """`sources >> targets`: every output of the sources goes to every entry of the targets; or with feedback `targets << sources`."""
    from_parts, to_parts = parts(sources), parts(targets)
    whole = union([*to_parts, *from_parts] if feedback else [*from_parts, *to_parts])
    ends = [id for graph in from_parts for id in graph.exits], [id for graph in to_parts for id in graph.entries]
    for ids in ends:
        twice = next((id for id in ids if ids.count(id) > 1), None)
        if twice is not None:
            raise ValueError(
                f"{whole.names[twice]} stands twice on one side of {'<<' if feedback else '>>'}, but is wired once. Name it once."
            )
    for target in ends[1]:
        for source in ends[0]:
            if Edge(source, target, feedback) not in whole.edges:
                whole = whole.connect(source, target, feedback=feedback)
    return whole
