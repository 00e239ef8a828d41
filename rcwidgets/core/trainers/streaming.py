"""Streams a run in stretches: while one is scanned, the last one is used."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from rcwidgets.core.backend import precision
from rcwidgets.core.model import program as programs
from rcwidgets.core.model.program import Params, Program, State
from rcwidgets.core.series import not_finite, stretches
from rcwidgets.core.trainers.pairs import Pairs

REFERENCE_COST = 3.2e8  # recurrent numbers (units squared, fewer where they are sparse) times steps: about 15 ms of scan on one core
CALMER = "Lower the spectral radius, the input scaling or the feedback."


def stream(
    program: Program,
    params: Params,
    state: State,
    inputs: Mapping[int, np.ndarray],
    readouts: Sequence[int],
    dtype: Any,
    *,
    forced: Mapping[int, np.ndarray] | None = None,
    alive: np.ndarray | None = None,
    checkpoint: Callable[[], None] = lambda: None,
    outputs: bool = False,
    meanwhile: Callable[[], None] = lambda: None,
) -> Iterator[tuple[slice, dict[int, np.ndarray], State]]:
    """Yields, stretch by stretch, its rows, the signals (rows * batch, features) that arrive at each readout, and the state after it.

    With `outputs`, what each readout gives takes the place of what arrives at it.

    `inputs`, `forced` (time, batch, features) and `alive` (time, batch) are those of `program.run`. The next stretch is dispatched before
    the last one is yielded, so that JAX scans on one core while the caller sums on another; `meanwhile` is called while the first one is
    scanned. Signals that are not finite are a FloatingPointError that says from where on.
    """
    sources = {k: (k,) if outputs else program.wires[k].forward for k in readouts}
    collect = sorted({source for wired in sources.values() for source in wired})
    steps = next(iter(inputs.values())).shape[0]
    last: tuple[slice, dict[int, Any], State] | None = None
    for rows in stretches(steps, stretch_length(program)):
        checkpoint()
        with precision(dtype):
            cut = {k: value[rows] for k, value in inputs.items()}
            taught = {k: value[rows] for k, value in (forced or {}).items()}
            living = None if alive is None else alive[rows]
            state, values, _ = programs.run(program, params, state, cut, collect, forced=taught, alive=living)
        if last is None:
            meanwhile()
        else:
            yield _ready(program, sources, *last)
        last = (rows, values, state)
    if last is not None:
        yield _ready(program, sources, *last)


Counted = dict[int, np.ndarray | None]  # which rows (time, batch) count, by place


class Pass:
    """Goes over pairs of inputs and targets from one state, as often as it is asked; `end` is the state after the last row.

    The targets take the place of readouts on the feedback wires. `params` are looked up each time.
    """

    def __init__(self, pairs: Pairs, params: Params, start: State, dtype: Any) -> None:
        self.pairs, self.end = pairs, start
        self._params, self._start, self._dtype = params, start, dtype

    def stretches(self, group: Sequence[int]) -> Iterator[tuple[slice, dict[int, np.ndarray]]]:
        """The rows of each stretch, and the signals (rows * batch, features) that arrive at each readout of a group."""
        program, inputs, _, alive, *_ = self.pairs
        taught = self.pairs.forced(self._dtype)
        for rows, signals, state in stream(program, self._params, self._start, inputs, group, self._dtype, forced=taught, alive=alive):
            self.end = state
            yield rows, signals

    def summed(self, group: Sequence[int], of: Callable[..., Any], counted: Counted | None = None) -> dict[int, Any]:
        """`of(signals, targets, mask)` of each readout, added up; `counted` are the rows that count, other than those of the pairs."""
        sums: dict[int, Any] = {}
        known = self.pairs.counted if counted is None else counted
        for rows, signals in self.stretches(group):
            for k, x in signals.items():
                mask = known[k]
                part = of(x, self.pairs.targets[k][rows].reshape(len(x), -1), None if mask is None else mask[rows].reshape(-1))
                sums[k] = sums[k] + part if k in sums else part
        return sums

    def apart(self, group: Sequence[int], of: Callable[..., Any], parts: Mapping[int, np.ndarray], count: int) -> dict[int, list[Any]]:
        """`of(signals, targets, mask)` of each readout, added up apart for each of `count` parts of the rows, in one run.

        `parts` (time, batch) by place are the numbers of the parts, -1 where a row does not count. A part without rows is left out.
        """
        sums: dict[int, dict[int, Any]] = {k: {} for k in group}
        for rows, signals in self.stretches(group):
            for k, x in signals.items():
                numbers, y = parts[k][rows].reshape(-1), self.pairs.targets[k][rows].reshape(len(x), -1)
                for number in np.unique(numbers[numbers >= 0]).tolist():
                    mask = numbers == number
                    part = of(x, y, None if mask.all() else mask)
                    sums[k][number] = sums[k][number] + part if number in sums[k] else part
        return {k: [own[number] for number in range(count) if number in own] for k, own in sums.items()}


def stretch_length(program: Program) -> int:
    """How many steps one stretch of the scan should have, so that a run can be cancelled and overlapped between stretches."""
    cost = sum(node.recurrence(wires.size) for wires, node in zip(program.wires, program.nodes, strict=True))
    return int(min(max(REFERENCE_COST / max(cost, 1), 64), 4096))


def _ready(
    program: Program, sources: Mapping[int, tuple[int, ...]], rows: slice, values: dict[int, Any], state: State
) -> tuple[slice, dict[int, np.ndarray], State]:
    arrays = {k: np.asarray(value) for k, value in values.items()}
    for k, array in arrays.items():
        if not np.isfinite(array[-1]).all():
            bad = int(np.argwhere(~np.isfinite(array).all(axis=(1, 2)))[0, 0])
            raise not_finite(program.names[k], CALMER, since=f"from step {rows.start + bad} on")
    wired = {k: [arrays[source] for source in own] for k, own in sources.items()}
    signals = {k: np.concatenate(own, axis=-1) if len(own) > 1 else own[0] for k, own in wired.items()}
    return rows, {k: signal.reshape(-1, signal.shape[-1]) for k, signal in signals.items()}, state
