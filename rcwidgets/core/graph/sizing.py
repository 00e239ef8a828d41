"""What a graph leaves open, filled in: sizes by the data, spread in topological order, and knobs that follow the use of a node."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from rcwidgets.core.graph.ends import end_of
from rcwidgets.core.graph.structure import G, Structure
from rcwidgets.core.graph.vertex import AbstractVertex
from rcwidgets.core.spec.knobs import knobs_of
from rcwidgets.core.spec.refusal import said_of

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


def sizes(graph: Structure, inputs: Features, outputs: Features) -> tuple[dict[str, int], list[Problem]]:
    """The features that each node gives, by id, and the problems met on the way."""
    told = _told(graph, inputs, outputs)
    known: dict[str, int] = {}
    found: list[Problem] = []
    for id in graph.order():
        node, name = graph.nodes[id], graph.names[id]
        if any(source not in known for source in graph.sources(id)):
            continue
        data = _features_for(name, inputs) if not node.takes_input else told.get(id)
        try:
            size = node.output_size(_arriving(graph, id, known) + _late(graph, id, inputs, outputs))
        except ValueError as error:
            found.append(Problem(id, f"{name}: {error}", getattr(error, "knob", None), f"{name}: {said_of(error)}"))
            continue
        if size is not None and data is not None and size != data:
            whose = "target" if node.takes_input else "data"
            own = not node.takes_input or node.family == "readout"  # else the nodes before it decide
            advice = f"Set its features to {data}, or leave them empty." if own else "Choose the nodes before it so that they give as many."
            found.append(Problem(id, f"{name} has {size} features, the {whose} has {data}. {advice}", "features" if own else None))
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


def _arriving(graph: Structure, id: str, known: Mapping[str, int]) -> int:
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


def _late(graph: Structure, id: str, inputs: Features, outputs: Features) -> int:
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


def _told(graph: Structure, inputs: Features, outputs: Features) -> dict[str, int]:
    """The features that the targets tell, by node id: of the nodes that have targets, and of readouts that wait and lead to these."""
    waiting = [id for id, node in graph.nodes.items() if node.trains or waits(node)]
    if isinstance(outputs, Mapping):
        free = {id for id, node in graph.nodes.items() if node.takes_input and (node.family != "readout" or id in waiting)}
        told = {id: outputs[name] for id, name in graph.names.items() if name in outputs and id in free}
    else:
        told = {} if outputs is None else {end_of(graph, id): outputs for id in waiting}
    if all(id in told for id in waiting if waits(graph.nodes[id])):
        return told
    sizes_of: dict[str, int] = {}  # those that follow from the data alone
    for id in graph.order():
        node, sources = graph.nodes[id], graph.sources(id)
        data = told.get(id) if node.takes_input else _features_for(graph.names[id], inputs)
        if all(source in sizes_of for source in sources):
            try:
                size = node.output_size(_arriving(graph, id, sizes_of) + _late(graph, id, inputs, outputs))
            except ValueError:
                continue
            if size is not None or data is not None:
                sizes_of[id] = data if size is None else size  # type: ignore[assignment]
    for id in waiting:
        if waits(graph.nodes[id]) and id not in told:
            size = _led_to(graph, id, told, sizes_of)
            told |= {} if size is None else {id: size}
    return told


def _led_to(graph: Structure, id: str, told: Mapping[str, int], known: Mapping[str, int]) -> int | None:
    """The features of a node that the nodes after it tell: those of a signal that is added to it, or those of a target there."""
    for target in graph.targets(id):
        node, others = graph.nodes[target], [source for source in graph.sources(target) if source != id]
        beside = [known[source] for source in others if source in known]
        if node.adds and beside:
            return beside[0]
        size = told[target] if target in told else _led_to(graph, target, told, known)
        if size is not None and len(beside) == len(others):
            found = node.source_size(size, sum(beside))
            if found is not None and found > 0:
                return found
    return None


def _of_data(node: AbstractVertex, name: str, inputs: Features, outputs: Features) -> int | None:
    """The features that the data have for a node, where they are known and the node is of the kind that the data concern."""
    return _features_for(name, inputs) if not node.takes_input else _features_for(name, outputs) if node.trains or waits(node) else None


def waits(node: AbstractVertex) -> bool:
    """Whether the node is a readout that has no size of its own: the target tells it."""
    return node.family == "readout" and getattr(node, "features", 0) is None


def _features_for(name: str, given: Features) -> int | None:
    return given.get(name) if isinstance(given, Mapping) else given


def sized(graph: G, inputs: Features, outputs: Features) -> G:
    """The graph in which nodes without a size of their own have that of the data; a mismatch is a ValueError that names both sizes."""
    known, found = sizes(graph, inputs, outputs)
    if found:
        raise ValueError(" ".join(problem.text for problem in found))
    for id, size in known.items():
        if getattr(graph.nodes[id], "features", size) is None:
            graph = graph.replace(graph.names[id], features=size)
    return graph


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
