"""What the readers share: a reservoir and a readout of a peer's own weights, and the refusals of what is not here."""

from collections.abc import Callable, Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from rcwidgets.core import sparse_arrays
from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.nodes import Reservoir
from rcwidgets.core.nodes.layers import ACTIVATIONS
from rcwidgets.core.spec.registry import check_name

POINTS = np.array([-3.0, -1.1, -0.3, 0.0, 0.2, 0.9, 2.5])  # no two of our activations are the same on these


def reservoir(
    where: str, W: Any, W_in: Any, bias: Any, *, leak: Any, activation: str, W_fb: Any = None, name: str | None = None
) -> Reservoir:
    """A reservoir of these weights, all (sources, targets); radius and scalings are in them, so that the knobs for them are 1."""
    units = W.shape[0]
    return Reservoir(
        units,
        spectral_radius=1.0,
        leak_rate=one_leak(where, leak),
        activation=activation,
        input_scaling=1.0,
        feedback_scaling=1.0,
        bias_scaling=1.0,
        W=W,
        W_in=dense(W_in),
        W_fb=None if W_fb is None else dense(W_fb),
        bias=np.broadcast_to(dense(bias).ravel(), (units,)),
        name=name,
    )


def readout(W: Any, b: Any) -> dict[str, np.ndarray]:
    """A readout's params: W (sources, features) and b, a number each or one for all; None is zero."""
    weights = dense(W)
    return {"W": weights, "b": np.broadcast_to(dense(0.0 if b is None else b).ravel(), (weights.shape[1],))}


def dense(value: Any) -> np.ndarray:
    """A peer's array, which may be of scipy.sparse, as float64."""
    return np.asarray(value.toarray() if sparse_arrays.issparse(value) else value, np.float64)


def square(value: Any) -> Any:
    """Recurrent weights, in the sparse form where most are zero."""
    if sparse_arrays.issparse(value):
        return value
    array = dense(value)
    return sparse_arrays.csr_array(array) if np.count_nonzero(array) < array.size / 4 else array


def tensor(value: Any) -> Any:
    """A tensor of PyTorch as an array, of scipy.sparse where it is one in rows (CSR)."""
    plain = value.detach().cpu()
    if str(plain.layout) != "torch.sparse_csr":
        return dense(plain.numpy())
    stored = plain.values().numpy(), plain.col_indices().numpy(), plain.crow_indices().numpy()
    return sparse_arrays.csr_array(stored, shape=tuple(plain.shape), dtype=np.float64)


def one_leak(where: str, leak: Any) -> float:
    """The leak rate, one for all units."""
    found = np.unique(dense(leak))
    if found.size > 1:
        raise ValueError(f"{where} has a leak rate for each unit, from {found[0]:g} to {found[-1]:g}. Give all units one.")
    return float(found[0])


def same_function(where: str, function: Callable[[np.ndarray], Any]) -> str:
    """The name of our activation that has the values of a peer's function: its name alone would not tell."""
    values = np.asarray(function(POINTS.copy()))
    with jax.ensure_compile_time_eval():
        for name, ours in ACTIVATIONS.items():
            if values.shape == POINTS.shape and np.allclose(values, ours(jnp.asarray(POINTS)), atol=1e-5):
                return name
    raise ValueError(no_activation(where, getattr(function, "__name__", repr(function)), ACTIVATIONS))


def same_name(where: str, name: str, known: Mapping[str, str]) -> str:
    """The name of our activation for a peer's name of it."""
    if name not in known:
        raise ValueError(no_activation(where, name, known))
    return known[name]


def no_activation(where: str, name: str, known: Mapping[str, Any]) -> str:
    return f"{where} has the activation {name!r}, which is not here. Those that are: {', '.join(known)}."


def no_kind(where: str, name: str, known: tuple[str, ...]) -> str:
    """The sentence for a part that is not read."""
    return f"{where} has a part of the kind {name}, which is not read. Those that are: {', '.join(known)}."


def kind(one: object) -> str:
    return type(one).__name__


def own_name(name: object, graph: Graph) -> str | None:
    """A part's own name, where it can be one here."""
    try:
        check_name("A node's name", name)
    except (TypeError, ValueError):
        return None
    return None if name in graph.names.values() else str(name)
