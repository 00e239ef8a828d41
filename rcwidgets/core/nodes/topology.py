"""Topologies: which units of a reservoir are connected, and how strongly, at spectral radius 1. NumPy float64, no JAX."""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from rcwidgets.core import sparse_arrays
from rcwidgets.core.nodes import weights
from rcwidgets.core.nodes.radius import CIRCULAR_FROM, CIRCULAR_SOURCES, circular_radius

TOPOLOGIES = ("random", "cycle", "cycle with jumps", "delay line", "small world", "orthogonal", "block diagonal")
_RANDOM_LEAST = 1000  # units: below, a change of connectivity, which is the in-degree, shall not compile anew
Matrix: TypeAlias = "np.ndarray | sparse_arrays.csc_array"


class Plan(NamedTuple):
    """What a topology is drawn from; the fields are the knobs of the same names."""

    topology: str
    units: int
    connectivity: float
    distribution: str
    jump_length: int
    jump_weight: float
    neighbours: int
    rewiring: float
    blocks: int

    @property
    def in_degree(self) -> int:
        """How many sources a unit has at most; random weights in the dense form have as many in the mean."""
        return _IN_DEGREES[self.topology](self)

    @property
    def gathered(self) -> bool:
        """Whether the gather form is the faster one; it holds for all draws of the plan."""
        return weights.gathers(self.units, self.in_degree, _RANDOM_LEAST if self.topology == "random" else weights.LEAST)


def draw(generator: np.random.Generator, plan: Plan) -> Matrix:
    """The weights (sources, targets) at spectral radius 1, of a delay line, which has none, at norm 1; sparse where it is gathered."""
    drawn: Matrix = _DRAWS[plan.topology](generator, plan)
    return drawn if plan.gathered or isinstance(drawn, np.ndarray) else drawn.toarray()


def _random(generator: np.random.Generator, plan: Plan) -> Matrix:
    """Sparse random weights; in the gather form every unit has as many sources. From 10,000 units on their radius is 1 to 2 %."""
    if not plan.gathered:
        return weights.recurrent(generator, plan.units, plan.connectivity, plan.distribution)
    depth = plan.in_degree
    sources = np.empty((plan.units, depth), np.int32)
    for own in sources:
        own[:] = generator.choice(plan.units, depth, replace=False, shuffle=False)
    made = _columns(sources, weights.sample(generator, sources.shape, plan.distribution))
    return made / circular_radius(made) if plan.units >= CIRCULAR_FROM and depth >= CIRCULAR_SOURCES else _scaled(made)


def _cycle(generator: np.random.Generator, plan: Plan) -> "sparse_arrays.csc_array":
    """Each unit feeds the next one, the last the first, all with weight 1 (Rodan and Tino 2011)."""
    sources = (np.arange(plan.units)[:, None] - 1) % plan.units
    return _columns(sources, np.ones(sources.shape))


def _jumps(generator: np.random.Generator, plan: Plan) -> "sparse_arrays.csc_array":
    """A cycle whose every `jump_length`-th unit is also wired to the next such unit, both ways, with one weight (Rodan and Tino 2012).

    The last jump ends at the first unit where the length divides the number of units, else at the last unit that the jumps reach.
    """
    units, length = plan.units, plan.jump_length
    start = np.arange(units // length if units > length else 0) * length
    end = (start + length) % units
    around = np.arange(units)
    pairs = np.unique(np.concatenate([np.stack([start, end]), np.stack([end, start])], axis=1), axis=1)
    pairs = pairs[:, (pairs[0] + 1) % units != pairs[1]]  # a jump back over one last unit is that unit's connection of the cycle
    sources, targets = np.concatenate([around, pairs[0]]), np.concatenate([(around + 1) % units, pairs[1]])
    strengths = np.concatenate([np.ones(units), np.full(pairs.shape[1], plan.jump_weight)])
    return _scaled(sparse_arrays.csc_array((strengths, (sources, targets)), shape=(units, units)))


def _delay_line(generator: np.random.Generator, plan: Plan) -> "sparse_arrays.csc_array":
    """Each unit feeds the next one, with weight 1 (Rodan and Tino 2011)."""
    sources = np.arange(plan.units - 1)
    return sparse_arrays.csc_array((np.ones(len(sources)), (sources, sources + 1)), shape=(plan.units, plan.units))


def _small_world(generator: np.random.Generator, plan: Plan) -> "sparse_arrays.csc_array":
    """A ring on which each unit takes from its neighbours on both sides; some connections come from any unit (Watts and Strogatz 1998).

    Each source is replaced with the chance `rewiring`, by a unit that is neither the target nor a source of it already, so that the
    in-degree stays.
    """
    units, depth = plan.units, plan.in_degree
    steps = np.arange(1, depth // 2 + depth % 2 + 1)
    offsets = np.concatenate([steps, -steps])[:depth]
    sources = (np.arange(units)[:, None] + offsets) % units
    rewired = generator.random(sources.shape) < plan.rewiring
    for unit in np.flatnonzero(rewired.any(axis=1)):
        kept = sources[unit, ~rewired[unit]]
        free = units - 1 - depth
        count = min(int(rewired[unit].sum()), free)
        if count == 0:
            continue
        taken = {unit, *sources[unit].tolist()}
        fresh: list[int] = []
        while len(fresh) < count:
            other = int(generator.integers(units))
            if other not in taken:
                taken.add(other)
                fresh.append(other)
        left = sources[unit, rewired[unit]][count:]
        sources[unit] = np.concatenate([kept, left, fresh])
    return _scaled(_columns(sources, weights.sample(generator, sources.shape, plan.distribution)))


def _orthogonal(generator: np.random.Generator, plan: Plan) -> np.ndarray:
    """A random rotation or reflection: all eigenvalues have absolute value 1. Uniform over all of them, by QR with the signs of R."""
    q, r = np.linalg.qr(generator.normal(size=(plan.units, plan.units)))
    return q * np.where(np.diag(r) < 0, -1.0, 1.0)


def _blocks(generator: np.random.Generator, plan: Plan) -> "sparse_arrays.csc_array":
    """Groups of equal size (to one unit) without connections between them; each is full, and of spectral radius 1."""
    sizes = [len(part) for part in np.array_split(np.arange(plan.units), min(plan.blocks, plan.units))]
    groups = [weights.recurrent(generator, size, 1.0, plan.distribution) for size in sizes]
    return sparse_arrays.csc_array(sparse_arrays.block_diag(groups, format="csc"))


def _columns(sources: np.ndarray, strengths: np.ndarray) -> "sparse_arrays.csc_array":
    """The matrix whose column j has strengths[j] at the rows sources[j]; both (units, in-degree)."""
    units, depth = sources.shape
    made = sparse_arrays.csc_array((strengths.ravel(), sources.ravel(), np.arange(units + 1) * depth), shape=(units, units))
    made.sort_indices()
    return made


def _scaled(matrix: "sparse_arrays.csc_array") -> "sparse_arrays.csc_array":
    radius = weights.spectral_radius(matrix)
    return matrix / radius if radius > 0 else matrix


def _share(plan: Plan) -> int:
    """The in-degree of random weights: the share of the units, rounded, at least 1 where there are connections at all."""
    return max(round(plan.connectivity * plan.units), int(plan.connectivity > 0))


_DRAWS: dict[str, Callable[[np.random.Generator, Plan], Any]] = {
    "random": _random,
    "cycle": _cycle,
    "cycle with jumps": _jumps,
    "delay line": _delay_line,
    "small world": _small_world,
    "orthogonal": _orthogonal,
    "block diagonal": _blocks,
}
_IN_DEGREES: dict[str, Callable[[Plan], int]] = {
    "random": _share,
    "cycle": lambda plan: 1,
    "cycle with jumps": lambda plan: 3,
    "delay line": lambda plan: 1,
    "small world": lambda plan: min(2 * plan.neighbours, plan.units - 1),
    "orthogonal": lambda plan: plan.units,
    "block diagonal": lambda plan: -(-plan.units // min(plan.blocks, plan.units)),
}
