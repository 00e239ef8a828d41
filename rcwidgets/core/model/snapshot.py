"""All that a runner holds beside its model and its options, as one value."""

from typing import Any, NamedTuple

import numpy as np

from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.model import program as programs
from rcwidgets.core.model.program import Params, Program, State
from rcwidgets.core.short import in_short

_NOTHING: dict[str, Any] = {}


@in_short
class Snapshot(NamedTuple):
    """What a runner holds beside its model and options. It is replaced and never changed, nor are the dicts in it.

    `sized` is the used part of the model with the sizes that the data gave, and `program` what it compiles to: None before any data.
    `guessed` are the sizes, by node name, that a later `fit` may change. `given` are the weights that the runner was made with, `params`
    those that it has, `memory` what it has learned beside them, all {node name: {name: array}}. `state` is what the next call starts from,
    None before the first run; `last` are outputs (batch, features) by node name, which the closed loop starts from; `flat` is True after
    data without an axis of batch.
    """

    sized: Graph | None = None
    program: Program | None = None
    guessed: dict[str, int] = _NOTHING
    given: Params | None = None
    params: Params = _NOTHING
    state: State | None = None
    last: dict[str, np.ndarray] = _NOTHING
    flat: bool = False
    memory: Params = _NOTHING

    @property
    def ready(self) -> bool:
        """Whether the sizes are known."""
        return self.program is not None

    def features(self, model: Graph) -> dict[str, int]:
        """The sizes, by node name, that the data gave."""
        if self.program is None:
            return {}
        free = {name for name, node in model.by_name().items() if getattr(node, "features", 0) is None and name not in self.guessed}
        return {name: wires.size for name, wires in zip(self.program.names, self.program.wires, strict=True) if name in free}

    @classmethod
    def of_sizes(cls, model: Graph, features: dict[str, int], guessed: dict[str, int]) -> "Snapshot":
        """That of a model with these sizes, without weights; sizes that do not fit it are a ValueError."""
        sizes = {**features, **guessed}
        model.check(sizes, sizes)
        sized = model.used().sized(sizes, sizes)
        return cls(sized, programs.compile_graph(sized), guessed)
