"""Models of ReservoirPy."""

from collections.abc import Sequence
from typing import Any

from rcwidgets.core.graph.graph import ComposableVertex, Graph
from rcwidgets.core.model.runner import RNNRunner
from rcwidgets.core.nodes import Input, LinearReadout
from rcwidgets.core.peers.parts import dense, kind, no_kind, own_name, readout, reservoir, same_function

WHERE = "from_reservoirpy.model"
READOUTS = ("Ridge", "RLS", "LMS")
PASSING = ("Input", "Output")


def from_reservoirpy(model: object, *, dtype: str = "float64") -> RNNRunner:
    """A model of ReservoirPy 0.4 with the weights that it has, as a runner from rest: its states and outputs are the same.

    ReservoirPy keeps W as (targets, sources) and Win as (targets, inputs); all weights here are stored (sources, targets), so they are
    transposed. Columns of Win that edges of one step's delay feed become W_fb. Radius and scalings are in the weights: the knobs for them
    are 1. `model` is a Model or an ESN that has run or is fitted, of Input, Output, Reservoir, Ridge, RLS and LMS; another node, a longer
    delay, an activation that is not here or a leak rate for each unit is a ValueError. `dtype` is that of the states; ReservoirPy's is
    float64. The runner's `model` can be trained anew by any trainer.

    Reference: Trouvain, Pedrelli, Dinh and Hinaut (2020), ICANN, 494-505, for ReservoirPy.
    """
    if not all(hasattr(model, name) for name in ("nodes", "edges", "inputs", "parents", "execution_order")):
        raise TypeError(f"{WHERE} must be a reservoirpy Model or ESN of version 0.4, got {type(model).__name__}.")
    return _read(model, dtype)


def _read(model: Any, dtype: str) -> RNNRunner:
    waiting = [one for one in model.nodes if not getattr(one, "initialized", False)]
    if waiting:
        raise ValueError(f"{WHERE} has no weights yet: its {kind(waiting[0])} has seen no data. Fit or run it first.")
    graph, params = Graph(), {}
    ids: dict[Any, str] = {}
    for one in model.execution_order:
        late = [(parent, delay) for parent, delay, child in model.edges if child is one and delay]
        if any(delay > 1 for _, delay in late):
            raise ValueError(f"{WHERE} has an edge that is {max(delay for _, delay in late)} steps late. One step is possible here.")
        if late and kind(one) != "Reservoir":
            raise ValueError(f"{WHERE} feeds back to its {kind(one)}. Only a Reservoir takes feedback here.")
        sources = [ids[parent] for parent in model.parents[one]]
        if one in model.inputs and kind(one) != "Input":
            entry = Input(one.input_dim - sum(parent.output_dim for parent, _ in late))
            graph, sources = graph.add(entry), [entry.token.id]
        if kind(one) == "Output":
            if len(sources) != 1:
                raise ValueError(f"{WHERE} has an Output of {len(sources)} nodes. One is possible: take an Output each.")
            ids[one] = sources[0]
            continue
        made = _node(one, [parent.output_dim for parent, _ in late])
        graph = graph.add(made, own_name(one.name, graph))
        ids[one] = made.token.id
        for source in sources:
            graph = graph.connect(source, made.token.id)
        if kind(one) in READOUTS:
            params[graph.names[made.token.id]] = readout(one.Wout, one.bias)
    for parent, delay, child in model.edges:
        if delay:
            graph = graph.connect(ids[parent], ids[child], feedback=True)
    return RNNRunner(graph, params, dtype=dtype)


def _node(one: Any, fed_back: Sequence[int]) -> ComposableVertex:
    """Our node for one of theirs; `fed_back` are the features of each edge that feeds back to it."""
    if kind(one) == "Input":
        return Input(one.output_dim)
    if kind(one) in READOUTS:
        return LinearReadout(one.output_dim)
    if kind(one) != "Reservoir":
        raise ValueError(no_kind(WHERE, kind(one), (*PASSING, "Reservoir", *READOUTS)))
    win = dense(one.Win).T
    forward = len(win) - sum(fed_back)
    W_fb = win[forward:] if fed_back else None
    activation = same_function(WHERE, one.activation)
    return reservoir(WHERE, one.W.T, win[:forward], one.bias, leak=one.lr, activation=activation, W_fb=W_fb)
