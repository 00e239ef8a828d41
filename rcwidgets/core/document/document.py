"""The document: graph, task, trainer and the places on the canvas, as frozen data and as versioned JSON."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.graph.needs import memory_problem
from rcwidgets.core.graph.plain import graph_data, nested, read_document, spec_data, to_text
from rcwidgets.core.short import in_short
from rcwidgets.core.spec.json_values import DocumentError, Position, parse, read_position
from rcwidgets.core.spec.own_arrays import CheckedArray
from rcwidgets.core.tasks import AbstractTask, LorenzTask
from rcwidgets.core.trainers.base import AbstractTrainerSettings
from rcwidgets.core.trainers.closed_form.ridge import RidgeSettings


@in_short
@dataclass(frozen=True, eq=False)
class Document:
    """What a person has made: every change gives a new document.

    `positions` are {node id: (x, y)} in pixels; nodes without one are laid out by the page. A half-wired graph is a valid document.

    >>> Document(Graph()).to_data()["trainer"]["kind"]
    'RidgeTrainer'
    """

    graph: Graph
    task: AbstractTask = field(default_factory=LorenzTask)
    trainer: AbstractTrainerSettings = field(default_factory=RidgeSettings)
    positions: Mapping[str, Position] = field(default_factory=dict)

    def __post_init__(self) -> None:
        form = (("graph", Graph, "a model"), ("task", AbstractTask, "a task"), ("trainer", AbstractTrainerSettings, "a trainer's settings"))
        for name, kind, what in form:
            if not isinstance(getattr(self, name), kind):
                raise TypeError(f"Document.{name} must be {what}, got {getattr(self, name)!r}.")
        stray = [id for id in self.positions if id not in self.graph.nodes]
        if stray:
            raise ValueError(f"Document.positions must be of nodes of the model, got one of {stray[0]!r}.")
        places = {id: read_position(f"Document.positions[{id!r}]", place) for id, place in self.positions.items()}
        object.__setattr__(self, "positions", MappingProxyType(places))

    def to_data(self, arrays: Callable[[CheckedArray], Any] | None = nested) -> dict[str, Any]:
        """The document as plain JSON values, with all knobs, in a fixed order; `arrays` writes the user's own, None leaves them out."""
        return {**graph_data(self.graph, self.positions, arrays), "task": spec_data(self.task), "trainer": spec_data(self.trainer)}

    def key(self) -> str:
        """A text that is the same for documents of the same content; it holds the digests of arrays, so that these may be of any size."""
        return to_text(self.to_data(lambda array: array.digest))

    @classmethod
    def from_data(cls, data: Any) -> "Document":
        """The document of plain JSON values; a bad entry is a DocumentError (a ValueError) that names its path.

        Without a task it is the Lorenz task, without a trainer ridge regression. A model too large for most machines is refused, before
        anything of it is drawn.
        """
        parts = read_document(data)
        graph = Graph.from_parts(parts)
        problem = memory_problem(graph, weights_alone=True)
        if problem:
            at = f"nodes[{list(graph.nodes).index(problem.owner)}]"  # type: ignore[arg-type]
            raise DocumentError(f"{at}.knobs.{problem.knob}" if problem.knob else at, problem.text)
        return cls(graph, parts.task or LorenzTask(), parts.trainer or RidgeSettings(), parts.positions)

    def to_json(self) -> str:
        """The document as JSON text, of at most 256 kB."""
        return to_text(self.to_data())

    @classmethod
    def from_json(cls, text: str | bytes) -> "Document":
        """The document of a JSON text."""
        return cls.from_data(parse(text))
