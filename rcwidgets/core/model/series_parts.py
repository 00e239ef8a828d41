"""A series whose parts run side by side, chunk by chunk: the rows of one batch, each at a time of its own."""

from collections.abc import Mapping, Sequence
from threading import Lock
from typing import Any, NamedTuple

import jax
import numpy as np

from rcwidgets.core.backend import precision
from rcwidgets.core.model import program as programs
from rcwidgets.core.model.plan import ROWS
from rcwidgets.core.model.program import Params, Program, State

CHUNK, SHORTEST_CHUNK = 256, 64  # steps of one call: its signals then lie in the cache of a core
SIGNALS = 1 << 19  # numbers that the nodes give in a chunk: of more, it has fewer steps
_DISPATCH = Lock()  # one thread at a time asks for a program, so that a new one is compiled once
ByPlace = dict[int, np.ndarray]


class BlownUp(Exception):
    """States are not finite."""


class Series(NamedTuple):
    """What is run: a program with its weights over series (time, batch, features) by place, and the outputs and states that are wanted.

    `first` is the number of the step of the first row, which tells the noise. `kept` is the number of rows after which the state is wanted
    too, beside that at the end. Once it is `ready`, `still` are the nodes at rest (batch, ...), and `loud` tells whether there is noise.
    """

    program: Program
    params: Params
    inputs: Mapping[int, np.ndarray]
    forced: Mapping[int, np.ndarray]
    collect: Sequence[int]
    observe: Sequence[int]
    dtype: Any
    first: int
    kept: int | None = None
    still: Any = None
    loud: bool = False

    @property
    def steps(self) -> int:
        """How many steps the series has."""
        return len(next(iter(self.inputs.values())))

    @property
    def batch(self) -> int:
        """How many series there are."""
        return int(next(iter(self.inputs.values())).shape[1])

    @property
    def chunk(self) -> int:
        """How many steps one call makes."""
        width, chunk = ROWS * sum(wires.size for wires in self.program.wires), CHUNK
        while chunk > SHORTEST_CHUNK and chunk * width > SIGNALS:
            chunk //= 2
        return chunk

    @property
    def watched(self) -> list[int]:
        """The places of the nodes with a state."""
        return [k for k, node in enumerate(self.program.nodes) if node.stateful]

    @property
    def lively(self) -> list[int]:
        """Those whose state spreads what is rounded: not those that hold what came, which are filled up from rest."""
        return [k for k in self.watched if not self.program.nodes[k].windowed]

    def ready(self) -> "Series":
        """The same with its weights where the programs read them, with the nodes at rest, and collecting what all with a state give."""
        with precision(self.dtype):
            params = jax.device_put(dict(self.params))
            fresh = programs.init(self.program, params, self.batch, self.dtype)
        loud = any(np.max(level) > 0 for node in self.program.nodes for level in node.noises())
        return self._replace(
            collect=sorted({*self.collect, *self.watched}), params=params, still=jax.tree.map(np.asarray, fresh.nodes), loud=loud
        )

    def rest(self, rows: np.ndarray) -> State:
        """The state of parts (parts * batch, ...) that start afresh at these rows; on feedback wires is what comes from the row before."""
        nodes = jax.tree.map(lambda leaf: np.tile(leaf, (len(rows),) + (1,) * (leaf.ndim - 1)), self.still)
        return State(nodes, {k: self._taken(self.forced[k], rows[None] - 1)[0] for k in self.program.fed_back}, self.number(rows))

    def advance(self, state: State, rows: np.ndarray, steps: int) -> tuple[State, np.ndarray, ByPlace, ByPlace]:
        """Runs parts that are at these rows on by at most a chunk: their state, the rows (steps, parts) run, and what they gave."""
        index = rows[None] + np.minimum(np.arange(self.chunk), steps - 1)[:, None]
        given, taught = ({k: self._taken(one, index) for k, one in series.items()} for series in (self.inputs, self.forced))
        with precision(self.dtype), _DISPATCH:
            state, *found = programs.run(
                self.program,
                self.params,
                state,
                given,
                self.collect,
                forced=taught,
                observe=self.observe,
                one_core=True,
                count=steps,
                loud=self.loud,
            )
        if not all(np.isfinite(leaf).all() for leaf in map(np.asarray, jax.tree.leaves(state.nodes))):
            raise BlownUp
        values, seen = ({k: np.asarray(one)[:steps].reshape(steps, len(rows), self.batch, -1) for k, one in kind.items()} for kind in found)
        return state, index[:steps], values, seen

    def _taken(self, series: np.ndarray, index: np.ndarray) -> np.ndarray:
        """The rows `index` (time, parts) of a series as (time, parts * batch, features)."""
        return np.ascontiguousarray(series[index], dtype=self.dtype).reshape(len(index), -1, series.shape[-1])

    def number(self, row: Any) -> np.ndarray:
        """The number of the step of a row, or of several."""
        return np.asarray(self.first + np.asarray(row)).astype(np.uint32)
