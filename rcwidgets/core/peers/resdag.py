"""Models of ResDAG."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from rcwidgets.core import sparse_arrays
from rcwidgets.core.graph.graph import ComposableVertex, Graph
from rcwidgets.core.model.runner import RNNRunner
from rcwidgets.core.nodes import Concat, Input, LinearReadout, Reservoir
from rcwidgets.core.peers.parts import kind, no_kind, own_name, readout, reservoir, same_name, square, tensor

WHERE = "from_resdag.model"
ACTIVATIONS = {name: name for name in ("tanh", "relu", "identity", "sigmoid")}
PARTS = ("Input", "ESNLayer", "Concatenate", "a readout layer")


def from_resdag(model: object, *, dtype: str = "float64") -> RNNRunner:
    """A model of ResDAG 6 with the weights that it has, as a runner from rest: its states and outputs in eval mode are the same.

    ResDAG keeps weight_hh as (targets, sources), weight_feedback and weight_input as (targets, inputs) and a readout's weight as (outputs,
    sources), as PyTorch does; all weights here are stored (sources, targets), so they are transposed. What it calls feedback is its first
    input, of the same step: W_in here. Radius, scalings and the gains of its calibration are in the weights: the knobs for them are 1.

    `model` is an ESNModel of inputs, ESNLayer, Concatenate and readout layers (`classic_esn`, `headless_esn`, `linear_esn`, `deep_esn`
    and your own); another layer, a leak rate for each unit or an initial state of its own is a ValueError. Its inputs are the runner's in
    the same order; where there are several, `predict` takes a dict by their names here. `dtype` is that of the states; PyTorch's default
    is float32, in which its states are up to 1e-6 off.
    """
    if not all(hasattr(model, name) for name in ("inputs", "outputs", "reset_reservoirs")):
        raise TypeError(f"{WHERE} must be a resdag ESNModel of version 6, got {type(model).__name__}.")
    return _read(model, dtype)


def _read(model: Any, dtype: str) -> RNNRunner:
    graph, params, ids = Graph(), {}, {}
    for one in model.inputs:
        entry = Input(int(one.shape[-1]))
        graph, ids[id(one)] = graph.add(entry), entry.token.id
    for one in _in_order(model.outputs, set(ids)):
        layer, sources = one.layer, [ids[id(parent)] for parent in one.parents]
        made = _node(layer)
        graph = graph.add(made, own_name(getattr(layer, "name", None), graph))
        ids[id(one)] = made.token.id
        for source in sources:
            graph = graph.connect(source, made.token.id)
        if isinstance(made, LinearReadout):
            params[graph.names[made.token.id]] = readout(tensor(layer.weight).T, None if layer.bias is None else tensor(layer.bias))
    return RNNRunner(graph, params, dtype=dtype)


def _in_order(outputs: Any, known: set[int]) -> list[Any]:
    """What the outputs are computed from, sources first; without the inputs, whose ids are `known`."""
    found: list[Any] = []
    waiting = [(one, False) for one in reversed(outputs)]
    while waiting:
        one, seen = waiting.pop()
        if id(one) in known:
            continue
        if seen:
            known.add(id(one))
            found.append(one)
        else:
            waiting.append((one, True))
            waiting.extend((parent, False) for parent in reversed(one.parents))
    return found


def _node(layer: Any) -> ComposableVertex:
    """Our node for one of their layers."""
    if kind(layer) == "ESNLayer":
        return _reservoir(layer)
    if kind(layer) == "Concatenate":
        return Concat()
    if all(hasattr(layer, name) for name in ("is_fitted", "out_features", "weight", "bias")):
        return LinearReadout(layer.out_features)
    raise ValueError(no_kind(WHERE, kind(layer), PARTS))


def _reservoir(layer: Any) -> Reservoir:
    held: Mapping[str, Any] = layer.cell.state_dict()
    start = held.get("_initial_state")
    if start is not None and np.any(tensor(start)):
        raise ValueError(f"{WHERE} has an initial state of its own. States start at 0 here: make it without initial_state_initializer.")
    into = [tensor(layer.weight_feedback)]
    into += [] if layer.weight_input is None else [tensor(layer.weight_input)]
    W_in, W = np.concatenate(into, axis=1), tensor(layer.weight_hh)
    bias = np.zeros(W.shape[0]) if layer.bias_h is None else tensor(layer.bias_h)
    if "_recurrent_gain" in held:
        W = _rows(tensor(held["_recurrent_gain"]), W)
    if "_intrinsic_gain" in held:
        gain = tensor(held["_intrinsic_gain"])
        W, W_in, bias = _rows(gain, W), _rows(gain, W_in), gain * bias + tensor(held["_intrinsic_bias"])
    leak = layer.leak_rate if isinstance(layer.leak_rate, float) else tensor(layer.leak_rate)
    return reservoir(WHERE, square(W.T), W_in.T, bias, leak=leak, activation=same_name(WHERE, layer.activation, ACTIVATIONS))


def _rows(gain: np.ndarray, matrix: Any) -> Any:
    """A matrix with a gain for each of its rows, (targets,)."""
    return sparse_arrays.diags_array(gain) @ matrix
