"""The eigenvalues of the recurrent weights."""

from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np

from rcwidgets.core import sparse_arrays
from rcwidgets.core.analysis.subject import subject
from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.model.runner import RNNRunner
from rcwidgets.core.nodes import weights

MOST_UNITS = 5000  # whose dense eigenvalues are taken: some two minutes
GROWN_FROM = 10_000  # units whose radius is told by growth
Subjects: TypeAlias = "Graph | RNNRunner | np.ndarray | sparse_arrays.sparray"  # a model or a trainer, or a square matrix


def spectrum(model: Subjects, *, node: str | None = None, leaky: bool = False, seed: int = 0) -> np.ndarray:
    """The eigenvalues (units,), complex, the largest in absolute value first.

    Of a square matrix (NumPy or scipy.sparse), or of the recurrent weights spectral_radius * W of a model's or a trainer's reservoir
    (`node`, where there are several). `leaky=True` takes the update of a small state with its leak: (1 - leak_rate) I + leak_rate
    spectral_radius W. The dense eigenvalues of all units: O(units^3), about a second for 1,000; more than 5,000 units are a ValueError.

    >>> spectrum(np.diag([0.5, -3.0])).tolist()
    [(-3+0j), (0.5+0j)]
    """
    matrix = _matrix(model, node, leaky, seed)
    if matrix.shape[0] > MOST_UNITS:
        hours, size = (matrix.shape[0] / 1000) ** 3 / 3600, 8 * matrix.shape[0] ** 2 / 1e9
        raise ValueError(
            f"spectrum takes at most {MOST_UNITS:,} units, got {matrix.shape[0]:,}: all eigenvalues take some {hours:,.1f} hours, and "
            f"{size:.1f} GB several times. analysis.spectral_radius tells the largest one."
        )
    values = np.linalg.eigvals(matrix.toarray() if sparse_arrays.issparse(matrix) else matrix).astype(complex)
    return values[np.lexsort((-values.imag, -values.real, -np.abs(values).round(12)))]


def spectral_radius(model: Subjects, *, node: str | None = None, leaky: bool = False, seed: int = 0) -> float:
    """The largest absolute eigenvalue of what `spectrum` takes: of large matrices by Arnoldi's method, of sparse ones without a dense one.

    From 10,000 units on it is told by 600 products, to 1 % (how fast the matrix makes vectors grow), a cycle's exactly.

    >>> spectral_radius(np.diag([0.5, -3.0]))
    3.0
    """
    return weights.spectral_radius(_matrix(model, node, leaky, seed), grown_from=GROWN_FROM)


def _matrix(model: Any, node: str | None, leaky: bool, seed: int) -> Any:
    if isinstance(model, np.ndarray) or sparse_arrays.issparse(model):
        values = model.data if sparse_arrays.issparse(model) else model
        if values.dtype.kind not in "fiub":
            raise TypeError(f"The matrix must hold real numbers, got {values.dtype}. Convert it.")
        if model.ndim != 2 or model.shape[0] != model.shape[1] or not model.shape[0]:
            raise ValueError(f"The matrix must be square, got the shape {model.shape}.")
        if not np.isfinite(values).all():
            raise ValueError(f"The matrix must be finite, got {values[~np.isfinite(values)][0]}. Look for numbers that overflowed.")
        return model.astype(np.float64)
    if not isinstance(model, Graph | RNNRunner):
        raise TypeError(f"The matrix must be a NumPy or scipy.sparse array, or else a model or a trainer, got {type(model).__name__}.")
    held = subject(model, seed)
    place = held.place(node)
    own, spec, name = held.params[held.program.names[place]], held.program.nodes[place], held.program.names[place]
    matrix = square(own)
    if matrix is None:
        raise ValueError(f"{name} has no square matrix W. Choose a reservoir.")
    size = matrix.shape[0]
    one = sparse_arrays.eye_array(size, format="csr") if sparse_arrays.issparse(matrix) else np.eye(size)
    matrix = float(getattr(spec, "spectral_radius", 1.0)) * matrix
    rate = float(getattr(spec, "leak_rate", 1.0)) if leaky else 1.0
    return (1 - rate) * one + rate * matrix


def square(own: Mapping[str, Any]) -> Any:
    """The recurrent weights (units, units) as drawn, of a node's params: an array, scipy.sparse where they are packed, None without any."""
    if "sources" in own:
        return weights.unpack(own)
    matrix = np.asarray(own.get("W", ()), np.float64)
    return matrix if matrix.ndim == 2 and matrix.shape[0] == matrix.shape[1] else None
