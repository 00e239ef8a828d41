"""Estimators of PyRCN."""

from typing import Any, NamedTuple

import numpy as np

from rcwidgets.core import sparse_arrays
from rcwidgets.core.graph.graph import Composable
from rcwidgets.core.model.runner import RNNRunner
from rcwidgets.core.nodes import Input, LinearReadout
from rcwidgets.core.peers.parts import dense, kind, no_kind, readout, reservoir, same_name, square, tensor

WHERE = "from_pyrcn.estimator"
ACTIVATIONS = {"tanh": "tanh", "identity": "identity", "logistic": "sigmoid", "relu": "relu"}
INPUTS = ("InputToNode", "PredefinedWeightsInputToNode")
RESERVOIRS = ("NodeToNode", "PredefinedWeightsNodeToNode", "HebbianNodeToNode")

REGRESSORS = ("IncrementalRegression", "a fitted linear regressor of scikit-learn with coef_ and intercept_")
MODULES = ("input_map", "reservoir", "readout")


class Weights(NamedTuple):
    """What an estimator computes with, scalings in it: W_in (inputs, units), b_in (units,), W and W_out (sources, targets)."""

    W_in: Any
    b_in: Any
    g: str
    W: Any
    f: str
    leak: float
    W_out: Any
    b_out: Any


def from_pyrcn(estimator: object, *, dtype: str = "float64") -> RNNRunner:
    """An ESNRegressor or ESNClassifier of PyRCN with the weights that it has, as a runner from rest: its states and outputs are the same.

    PyRCN keeps its weights as (sources, targets), as is done here, and radius, scalings and shifts apart; here they are in the weights,
    and the knobs for them are 1. Its input has a nonlinearity of its own, tanh if nothing is said, before the reservoir adds it:

    r[t+1] = (1 - leakage) r[t] + leakage f(g(u[t] W_in + b_in) + r[t] W)

    so the model here is Input >> Reservoir "features" (g, without recurrence) >> Reservoir "reservoir" >> LinearReadout "readout"; where g
    is the identity, "reservoir" has W_in itself and there are no "features". Outputs of a classifier are its scores for each step and
    class, in the order of the sorted labels (one score where there are two), before they
    become a label.

    `estimator` is fitted, with an InputToNode, a NodeToNode (or HebbianNodeToNode) and an IncrementalRegression or another linear
    regressor; weights that gradients trained are those read. Bidirectional and Euler reservoirs, other blocks, the activation
    "bounded_relu" and normalize=True are not here: a ValueError. `dtype` is that of the states; PyRCN's is float64.

    Reference: Steiner, Jalalvand, Stone and Birkholz (2022), Engineering Applications of Artificial Intelligence 113, 104964, for PyRCN.
    """
    if not all(hasattr(estimator, name) for name in ("input_to_node", "node_to_node", "regressor")):
        raise TypeError(f"{WHERE} must be an ESNRegressor or ESNClassifier of pyrcn, got {type(estimator).__name__}.")
    return _read(estimator, dtype)


def _read(estimator: Any, dtype: str) -> RNNRunner:
    first, second = estimator.input_to_node, estimator.node_to_node
    for block, known in ((first, INPUTS), (second, RESERVOIRS)):
        if kind(block) not in known:
            raise ValueError(no_kind(WHERE, kind(block), known))
    if second.bidirectional:
        raise ValueError(f"{WHERE} is bidirectional: its states know the future. Only reservoirs that run forward are read.")
    if np.ndim(first.input_weights) == 0:
        raise ValueError(f"{WHERE} has no weights yet: it has seen no data. Fit it first.")
    if getattr(estimator.regressor, "normalize", False):
        raise ValueError(
            f"{WHERE} scales states by those of the very data that it predicts; no readout here does. Fit it without normalize."
        )
    if getattr(estimator, "_use_torch", False):  # it has no public name for the modules that it predicts with
        made = _of_modules(*(getattr(estimator, f"_torch_{name}") for name in MODULES))
    else:
        if not hasattr(estimator.regressor, "coef_"):
            raise ValueError(no_kind(WHERE, kind(estimator.regressor), REGRESSORS))
        made = _of_blocks(first, second, estimator.regressor)
    f, g = (same_name(WHERE, name, ACTIVATIONS) for name in (made.f, made.g))
    units = made.W.shape[0]
    graph: Composable = Input(made.W_in.shape[0])
    if g == "identity":
        graph = graph >> reservoir(WHERE, square(made.W), made.W_in, made.b_in, leak=made.leak, activation=f)
    else:
        none = sparse_arrays.csr_array((units, units))
        graph = graph >> reservoir(WHERE, none, made.W_in, made.b_in, leak=1.0, activation=g, name="features")
        graph = graph >> reservoir(WHERE, square(made.W), np.eye(units), 0.0, leak=made.leak, activation=f, name="reservoir")
    W_out = dense(made.W_out)
    out = {"readout": readout(W_out.reshape(units, -1), made.b_out)}
    return RNNRunner(graph >> LinearReadout(W_out.size // units, name="readout"), out, dtype=dtype)


def _of_modules(first: Any, second: Any, last: Any) -> Weights:
    """The weights of its modules of PyTorch, in which the scalings are; closed-form and trained readouts keep them in other places."""
    cell = second.cell
    if hasattr(last, "linear"):
        W_out, b_out = tensor(last.linear.weight).T, None if last.linear.bias is None else tensor(last.linear.bias)
    else:
        W_out = tensor(last.output_weights)
        W_out, b_out = (W_out[:-1], W_out[-1]) if last.fit_intercept else (W_out, None)
    W_in, b_in = tensor(first.weight).T, tensor(first.bias)
    return Weights(W_in, b_in, first.activation, tensor(cell.weight_hh).T, cell.activation, cell.leakage, W_out, b_out)


def _of_blocks(first: Any, second: Any, last: Any) -> Weights:
    """The weights of its blocks, where another regressor than its own is fitted, or the fit goes on in parts."""
    shift = first.input_shift + first.bias_shift
    W_in, b_in = first.input_scaling * dense(first.input_weights), first.bias_scaling * dense(first.bias_weights).ravel() + shift
    W = second.spectral_radius * square(second.recurrent_weights)
    b_out = dense(last.intercept_)
    W_out = np.atleast_2d(dense(last.coef_)).T
    return Weights(W_in, b_in, first.input_activation, W, second.reservoir_activation, second.leakage, W_out, b_out if b_out.size else None)
