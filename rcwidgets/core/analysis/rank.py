"""How many different inputs the states tell apart."""

from typing import Any, NamedTuple

import numpy as np

from rcwidgets.core.algebra.blas import one_thread
from rcwidgets.core.analysis.subject import one_input, positive, subject, whole
from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.model.runner import RNNRunner
from rcwidgets.core.short import in_short


@in_short
class Rank(NamedTuple):
    """The number of `singular_values` (largest first) above the tolerance times the largest."""

    rank: int
    singular_values: np.ndarray


def kernel_rank(
    model: Graph | RNNRunner,
    *,
    streams: int | None = None,
    steps: int = 200,
    tolerance: float = 1e-3,
    amplitude: float = 1.0,
    node: str | None = None,
    seed: int = 0,
) -> Rank:
    """The kernel rank: the rank of the matrix (streams, units) of the states after `steps` steps of entirely different inputs.

    The inputs are uniform in [-amplitude, amplitude] and independent. `streams` is the number of units unless given; for thousands of units
    some hundreds are faster, and the rank is at most that many. High is good: a linear readout can tell that many inputs apart. The figure
    depends on the tolerance: quote both.

    Reference: Legenstein and Maass (2007), Neural Networks 20, 323-334.
    """
    return _rank("kernel_rank", model, streams, steps, 0, tolerance, amplitude, node, seed)


def generalization_rank(
    model: Graph | RNNRunner,
    *,
    shared: int = 10,
    streams: int | None = None,
    steps: int = 200,
    tolerance: float = 1e-3,
    amplitude: float = 1.0,
    node: str | None = None,
    seed: int = 0,
) -> Rank:
    """The generalisation rank: as `kernel_rank`, for inputs whose last `shared` steps are the same.

    Low is good: what differs only long ago ends in similar states. 1 means that all streams end in one state.

    Reference: Legenstein and Maass (2007), Neural Networks 20, 323-334; Buesing, Schrauwen and Legenstein (2010), Neural Computation 22.
    """
    common = whole("generalization_rank.shared", shared, 1)
    return _rank("generalization_rank", model, streams, steps, common, tolerance, amplitude, node, seed)


def _rank(
    owner: str, model: Any, streams: int | None, steps: int, shared: int, tolerance: float, amplitude: float, node: str | None, seed: int
) -> Rank:
    if not 0 < tolerance < 1:
        raise ValueError(f"{owner}.tolerance must be between 0 and 1, got {tolerance!r}.")
    held = subject(model, seed)
    place = held.place(node)
    count = whole(f"{owner}.streams", held.program.wires[place].size if streams is None else streams, 1)
    length, wide = whole(f"{owner}.steps", steps, shared + 1), positive(f"{owner}.amplitude", amplitude)
    u = np.random.default_rng(seed).uniform(-wide, wide, (length, count, one_input(held)))
    if shared:
        u[-shared:] = u[-shared:, :1]
    states = held.last(u, place)
    with one_thread():
        values = np.linalg.svd(states.astype(np.float64), compute_uv=False)
    return Rank(int(np.sum(values > tolerance * values[0])), values)
