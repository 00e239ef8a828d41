"""What is analysed: a model or a runner, sized, with its weights; the analysis never changes it."""

from collections.abc import Mapping, Sequence
from numbers import Real
from typing import Any, NamedTuple

import numpy as np

from rcwidgets.core.backend import precision
from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.model import program as programs
from rcwidgets.core.model.program import Params, Program
from rcwidgets.core.model.runner import RNNRunner
from rcwidgets.core.series import by_node, not_finite


class Subject(NamedTuple):
    """A program, its weights, and the precision that it runs in."""

    program: Program
    params: Params
    dtype: np.dtype

    def place(self, node: str | None) -> int:
        """The place of the stateful node with this name, or of the only one."""
        names = {self.program.names[k]: k for k, own in enumerate(self.program.nodes) if own.stateful}
        if node is None and len(names) == 1:
            return next(iter(names.values()))
        if node not in names:
            said = "must be given where a model has not one node with a state" if node is None else f"must have a state, got {node!r}"
            raise ValueError(f"node {said}. The nodes with a state: {', '.join(names) or 'none'}.")
        return names[node]

    def states(self, x: np.ndarray, places: Sequence[int]) -> list[np.ndarray]:
        """The outputs (time, batch, features) of some nodes, from rest, for one input x (time, batch, features) to all Inputs."""
        given = dict.fromkeys(self.program.inputs, np.ascontiguousarray(x, dtype=self.dtype))
        with precision(self.dtype):
            start = programs.init(self.program, self.params, x.shape[1], self.dtype)
            _, found, _ = programs.run(self.program, self.params, start, given, list(places))
        return self._finite(found, places)

    def last(self, x: np.ndarray, place: int) -> np.ndarray:
        """The output (batch, features) of a node at the last step, from rest, for one input x (time, batch, features) to all Inputs.

        No earlier output is kept: those of many series of thousands of units would take gigabytes.
        """
        given = np.ascontiguousarray(x, dtype=self.dtype)
        with precision(self.dtype):
            state = programs.init(self.program, self.params, x.shape[1], self.dtype)
            if len(x) > 1:
                state, _, _ = programs.run(self.program, self.params, state, dict.fromkeys(self.program.inputs, given[:-1]), [])
            _, found, _ = programs.run(self.program, self.params, state, dict.fromkeys(self.program.inputs, given[-1:]), [place])
        return self._finite(found, [place])[0][0]

    def _finite(self, found: Mapping[int, Any], places: Sequence[int]) -> list[np.ndarray]:
        arrays = [np.asarray(found[k]) for k in places]
        for k, array in zip(places, arrays, strict=True):
            if not np.isfinite(array).all():
                raise not_finite(self.program.names[k], "Lower the spectral radius.")
        return arrays


def subject(model: Graph | RNNRunner, seed: int, x: Any = None) -> Subject:
    """The subject: a Graph with weights drawn from `seed`, in float64; a runner or trainer with the weights and precision that it has.

    `x` are data that size the model; without them, an Input without a size takes one feature.
    """
    if not isinstance(model, Graph | RNNRunner):
        raise TypeError(f"model must be a model or a trainer, got {model!r}.")
    if isinstance(model, RNNRunner) and model.ready:
        return Subject(model.program, model.params, model.dtype)
    given = None if isinstance(model, Graph) else model.held.given
    graph, number, dtype = (model, seed, "float64") if isinstance(model, Graph) else (model.model, model.seed, model.dtype.name)
    runner = RNNRunner(graph, given, seed=number, dtype=dtype)
    runner.predict({name: np.zeros((1, size)) for name, size in _sizes(graph, x).items()})
    return Subject(runner.program, runner.params, runner.dtype)


def one_input(held: Subject) -> int:
    """The number of features of the model's Input."""
    inputs = held.program.inputs
    if len(inputs) != 1:
        raise ValueError(f"The model must have one Input, got {len(inputs)}: {', '.join(held.program.names[k] for k in inputs)}.")
    return held.program.wires[inputs[0]].size


def whole(owner: str, value: Any, low: int) -> int:
    """A whole number of at least `low`, or an error that names the owner ("memory_capacity.lags")."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < low:
        raise ValueError(f"{owner} must be a whole number of at least {low}, got {value!r}.")
    return int(value)


def positive(owner: str, value: Any, advice: str = "") -> float:
    """A finite number above 0, or an error that names the owner ("echo_state.spread") and adds the advice."""
    if isinstance(value, bool | np.bool_) or not isinstance(value, Real):
        raise TypeError(f"{owner} must be a number, got {value!r}.{advice}")
    number = float(value)
    if not 0 < number < np.inf:
        raise ValueError(f"{owner} must be above 0 and finite, got {value!r}.{advice}")
    return number


def _sizes(graph: Graph, x: Any) -> dict[str, int]:
    used = graph.used()
    entries = {used.names[id]: node for id, node in used.nodes.items() if not node.takes_input}
    if x is not None:
        return {name: array.shape[-1] for name, array in by_node(x, list(entries), "x").items()}
    return {name: getattr(node, "features", None) or 1 for name, node in entries.items()}
