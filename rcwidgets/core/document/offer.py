"""What is made of starts: which model is one, what takes its place, and offers where the user has a model that stays."""

from typing import Any, NamedTuple

from rcwidgets.core.document import ops
from rcwidgets.core.document.document import Document
from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.spec.knobs import Effect, knobs_of
from rcwidgets.core.starts import Start, start_of


class Offer(NamedTuple):
    """A sentence, the words of the button that takes it, and the edit that this makes."""

    text: str
    label: str
    edit: ops.Op


def offer(document: Document, *, chosen: bool = False) -> Offer | None:
    """What task and trainer would rather start from; None where there is nothing to say.

    `chosen` tells that one of them was the last choice, which left the model alone.
    """
    graph, task, trainer = document.graph, document.task, document.trainer
    start = start_of(type(task)(), trainer.kind)
    if is_start(graph, start) and task.normalise == start.task.normalise:
        return None
    use = Offer("", f"Use {in_words(start)}", ops.Start())
    if trainer.gradient and not any(node.stateful and node.learned for node in graph.used().nodes.values()):
        return use._replace(text="This trainer learns best with a trainable network.")
    if trainer.gradient and start.task.normalise and not task.normalise:
        return Offer("This trainer learns best from standardised data.", "Standardise the data", ops.Set("task", "normalise", True))
    if chosen:
        return use._replace(text=f"Your model stays. {task.label} with {trainer.label} usually starts from another.")
    return None


def in_words(start: Start) -> str:
    """The network of a start: "a GRU of 50 units"."""
    inner = [node for node in start.graph.nodes.values() if node.takes_input and not node.trains and node.family != "readout"]
    if len(inner) != 1 or not hasattr(inner[0], "units"):
        return "the usual model"
    node = inner[0]
    kind = "trainable reservoir" if node.kind == "Reservoir" and node.learned else node.kind if node.learned else node.kind.lower()
    return f"a {kind} of {node.units:,} units"


def is_start(graph: Graph, start: Start) -> bool:
    """Whether a graph is what the task starts with, by itself or as the user's data ask for."""
    return any(same_model(graph, one) for one in (start.graph, *start.task.starts_like(graph)))


def same_model(graph: Graph, other: Graph) -> bool:
    """Whether two graphs have the same nodes, knobs, names and wires."""
    one, two = (
        ([(node.kind, node.knobs, list(node.arrays)) for node in made.nodes.values()], list(made.names.values()), _structure(made)[1])
        for made in (graph, other)
    )
    return one == two and not any(node.arrays for node in graph.nodes.values())


def _structure(graph: Graph) -> tuple[Any, ...]:
    """What compiles anew when it changes: kinds, rebuild knobs, which arrays are the user's own, and wires, by place."""
    place = {id: k for k, id in enumerate(graph.nodes)}
    built = []
    for node in graph.nodes.values():
        rebuilding = [node.knobs[name] for name, knob in knobs_of(type(node)).items() if knob.effect is Effect.REBUILD]
        built.append((node.kind, [*rebuilding, *node.arrays]))
    return built, [(place[edge.source], place[edge.target], edge.feedback) for edge in graph.edges]


def as_known(graph: Graph, start: Graph) -> Graph:
    """The model to start from; with the ids and names of the graph that it replaces where the kinds and wires are the same."""
    (ours, our_wires), (theirs, their_wires) = _structure(graph), _structure(start)
    if [kind for kind, _ in ours] != [kind for kind, _ in theirs] or our_wires != their_wires:
        return start
    turned = zip(graph.nodes.items(), start.nodes.values(), strict=True)
    return Graph({id: node.replace(**new.knobs) for (id, node), new in turned}, graph.names, graph.edges)
