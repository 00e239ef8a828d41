"""Streams a run in stretches: while one is scanned, the last one is used."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from rcwidgets.core.backend import precision
from rcwidgets.core.model import program as programs
from rcwidgets.core.model.forgetting import Forgetting
from rcwidgets.core.model.plan import Parallel, may_run_in_stretches
from rcwidgets.core.model.program import Params, Program, State
from rcwidgets.core.model.series_parts import ByPlace, Series
from rcwidgets.core.model.side_by_side import run_side_by_side
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


Add = Callable[[Any, np.ndarray, np.ndarray, np.ndarray | None], Any]
"""add(total, signals, targets, mask) is the total with these rows, the first one None; two totals can be added."""
Put = Callable[[dict[Any, Any], int, np.ndarray, Any], None]
"""put(sums, place, signals, rows) adds what arrives at a readout in `rows`, which index the axis of time of the pairs."""
Counted = dict[int, np.ndarray | None]  # which rows (time, batch) count, by place


class Pass:
    """Goes over pairs of inputs and targets from one state, as often as it is asked; `end` is the state after the last row.

    The targets take the place of readouts on the feedback wires. `params` are looked up each time. Sums are made of stretches side by side
    where the program forgets its start, unless `parallel` is "off"; `forgetting` then tells of the last run.
    """

    def __init__(self, pairs: Pairs, params: Params, start: State, dtype: Any, parallel: Parallel = "auto") -> None:
        self.pairs, self.end = pairs, start
        self.forgetting: Forgetting | None = None
        self._params, self._start, self._dtype, self._parallel = params, start, dtype, parallel

    def rows(self, k: int) -> int:
        """How many rows have a target for a readout."""
        mask, shape = self.pairs.counted[k], next(iter(self.pairs.inputs.values())).shape
        return int(shape[0] * shape[1] if mask is None else mask.sum())

    def stretches(self, group: Sequence[int]) -> Iterator[tuple[slice, dict[int, np.ndarray]]]:
        """The rows of each stretch, and the signals (rows * batch, features) that arrive at each readout of a group."""
        program, inputs, _, alive, *_ = self.pairs
        taught = self.pairs.forced(self._dtype)
        for rows, signals, state in stream(program, self._params, self._start, inputs, group, self._dtype, forced=taught, alive=alive):
            self.end = state
            yield rows, signals

    def summed(self, group: Sequence[int], add: Add, counted: Counted | None = None, *, ordered: bool = False) -> dict[int, Any]:
        """The sum of each readout over all rows; `counted` are the rows that count, other than those of the pairs.

        With `ordered`, the rows are added in the order of time.
        """
        known = self.pairs.counted if counted is None else counted

        def put(sums: dict[int, Any], k: int, x: np.ndarray, rows: Any) -> None:
            mask, y = known[k], self.pairs.targets[k][rows].reshape(len(x), -1)
            sums[k] = add(sums.get(k), x, y, None if mask is None else mask[rows].reshape(-1))

        return self._added(group, put, ordered=ordered)

    def apart(self, group: Sequence[int], add: Add, parts: Mapping[int, np.ndarray], count: int) -> dict[int, list[Any]]:
        """The sums of each readout over each of `count` parts of the rows, in one run.

        `parts` (time, batch) by place are the numbers of the parts, -1 where a row does not count. A part without rows is left out.
        """

        def put(sums: dict[tuple[int, int], Any], k: int, x: np.ndarray, rows: Any) -> None:
            numbers, y = parts[k][rows].reshape(-1), self.pairs.targets[k][rows].reshape(len(x), -1)
            for number in np.unique(numbers[numbers >= 0]).tolist():
                mask = numbers == number
                sums[k, number] = add(sums.get((k, number)), x, y, None if mask.all() else mask)

        sums = self._added(group, put)
        return {k: [sums[k, number] for number in range(count) if (k, number) in sums] for k in group}

    def _added(self, group: Sequence[int], put: Put, *, ordered: bool = False) -> dict[Any, Any]:
        """The sums, by any key, that `put` makes of all rows."""
        found = None if ordered else self._side_by_side(group, put)
        if found is not None:
            return found
        sums: dict[Any, Any] = {}
        for rows, signals in self.stretches(group):
            for k, x in signals.items():
                put(sums, k, x, rows)
        return sums

    def _side_by_side(self, group: Sequence[int], put: Put) -> dict[Any, Any] | None:
        """The same of stretches side by side; None where they cannot be."""
        program, inputs, _, alive, *_ = self.pairs
        taught, parallel = self.pairs.forced(self._dtype), "off" if alive is not None else self._parallel
        sources = {k: program.wires[k].forward for k in group}
        if not may_run_in_stretches(program, self.pairs.batch, len(next(iter(inputs.values()))), list(taught), parallel):
            return None
        collect = sorted({source for wired in sources.values() for source in wired})
        series = Series(program, self._params, inputs, taught, collect, [], self._dtype, int(self._start.steps))

        def fold(total: Any, rows: np.ndarray, values: ByPlace, seen: ByPlace) -> Any:
            sums = {} if total is None else total
            for k, wired in sources.items():
                x = np.concatenate([values[s] for s in wired], axis=-1) if len(wired) > 1 else values[wired[0]]
                put(sums, k, x.reshape(-1, x.shape[-1]), rows)
            return sums

        ran = run_side_by_side(series, self._start, fold)
        if ran is None:
            self._parallel = "off"  # what does not forget once does not the second time
            return None
        self.end, self.forgetting = ran.state, ran.forgetting
        return merged(ran.totals)


def merged(totals: Sequence[dict[Any, Any] | None]) -> dict[Any, Any]:
    """The sums of several totals, key by key; those of the first are added to in place."""
    whole: dict[Any, Any] = {}
    for total in totals:
        for key, part in (total or {}).items():
            if key in whole:
                whole[key] += part
            else:
                whole[key] = part
    return whole


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
