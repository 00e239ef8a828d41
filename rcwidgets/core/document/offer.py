"""Offers: what a trainer would rather start from, where the user has a model that stays."""

from typing import NamedTuple

from rcwidgets.core.document import ops
from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.starts import Start, start_of
from rcwidgets.core.tasks import AbstractTask
from rcwidgets.core.trainers.base import AbstractTrainerSettings


class Offer(NamedTuple):
    """A sentence, the words of the button that takes it, and the edit that this makes."""

    text: str
    label: str
    edit: ops.Op


def offer_of(graph: Graph, task: AbstractTask, trainer: AbstractTrainerSettings, *, chosen: bool, untouched: bool) -> Offer | None:
    """What to offer for a model with a task and a trainer; None where there is nothing to say.

    `untouched` tells that it is what they start with, and `chosen` that task or trainer were the last choice, which left the model alone.
    """
    if untouched:
        return None
    start = start_of(type(task)(), trainer.kind)
    use = Offer("", f"Use {in_words(start)}", ops.Start())
    if trainer.gradient and not _learns_memory(graph):
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


def _learns_memory(graph: Graph) -> bool:
    """Whether a node with memory changes by gradients."""
    return any(node.stateful and node.learned for node in graph.used().nodes.values())
