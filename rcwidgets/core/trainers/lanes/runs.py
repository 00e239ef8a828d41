"""Runs many settings of one program in groups of lanes, stretch by stretch."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import jax
import numpy as np

from rcwidgets.core.backend import precision
from rcwidgets.core.model import program as programs
from rcwidgets.core.model.program import Params, Program, State
from rcwidgets.core.series import not_finite, stretches
from rcwidgets.core.trainers.lanes.settings import LaneSettings
from rcwidgets.core.trainers.streaming import CALMER, stretch_length

GROUP = 8  # lanes in one matrix product: from 8 on a lane costs hardly less, and the states of a stretch leave the cache
AHEAD = 4  # stretches that are scanned while the last one is used: some 60 MB at 400 units
SHORTEST = 64  # steps


class Held(NamedTuple):
    """The state of all lanes. Lanes that share all node knobs may share a run.

    `lane` (runs,) is one lane of each run, `run` (lanes,) the run of each lane; the leaves of `state` are (runs * batch, ...), run by run.
    """

    lane: np.ndarray
    run: np.ndarray
    batch: int
    state: State

    def rows(self, runs: np.ndarray) -> State:
        """The state of some runs: their rows one after the other."""
        rows = (np.asarray(runs)[:, None] * self.batch + np.arange(self.batch)).reshape(-1)
        nodes, feedback = jax.tree.map(lambda leaf: np.asarray(leaf)[rows], (self.state.nodes, self.state.feedback))
        return State(nodes, feedback, self.state.steps)

    def apart(self) -> "Held":
        """The same, with a run of its own for each lane."""
        lanes = np.arange(len(self.run))
        return Held(lanes, lanes, self.batch, self.rows(self.run))


class Part(NamedTuple):
    """What a group gave in one stretch: the runs (without those that only fill the group up), its rows, and arrays by place.

    `values` and `seen` are (time, group, batch, features). `state`, with all rows of the group, is None before the last stretch.
    """

    runs: np.ndarray
    rows: slice
    values: dict[int, np.ndarray]
    seen: dict[int, np.ndarray]
    state: State | None


class Passage(NamedTuple):
    """What all lanes run over: a sized program, data (time, batch, features) by place, and which series live (time, batch)."""

    program: Program
    settings: LaneSettings
    inputs: Mapping[int, np.ndarray]
    alive: np.ndarray | None
    dtype: Any
    checkpoint: Callable[[], None]


def groups(runs: np.ndarray, most: int = GROUP) -> list[tuple[np.ndarray, int]]:
    """The runs in nearly equal groups of at most `most`, all of one size: (runs, how many count); the others only fill a group up."""
    count = -(-len(runs) // most)
    return groups_of(runs, -(-len(runs) // count))


def groups_of(runs: np.ndarray, size: int) -> list[tuple[np.ndarray, int]]:
    """The runs in groups of exactly `size`, in order, of which the last one is filled up: (runs, how many count)."""
    parts = [runs[start : start + size] for start in range(0, len(runs), size)]
    return [(np.concatenate([part, np.repeat(part[-1:], size - len(part))]), len(part)) for part in parts]


def params_of_lanes(params: Params, lanes: int) -> Params:
    """The params as a program of lanes takes them: a generator's key, once for each lane."""

    def own_of(own: dict[str, Any]) -> dict[str, Any]:
        return {**own, "key": np.broadcast_to(own["key"], (lanes, *own["key"].shape))} if "key" in own else own

    return {name: own_of(own) for name, own in params.items()}


def over(rows: np.ndarray | None, lanes: int) -> np.ndarray | None:
    """The rows (time, batch, ...) once for each lane: (time, lanes * batch, ...)."""
    return None if rows is None else np.tile(rows, (1, lanes, *[1] * (rows.ndim - 2)))


def run_groups(
    passage: Passage,
    held: Held,
    params_of: Callable[[np.ndarray], Params],
    collect: Sequence[int],
    *,
    runs: np.ndarray | None = None,
    forced: Mapping[int, np.ndarray] | None = None,
    observe: Sequence[int] = (),
) -> Iterator[Part]:
    """Runs all lanes, or some of the `runs`, over the data, group by group; yields each stretch while the next ones are scanned.

    `params_of` gives the params of some lanes. Every group has the same shapes, so there is one trace. States that are not finite are a
    FloatingPointError that names the lane and the step.
    """
    program, settings, inputs, alive, dtype, checkpoint = passage
    steps, waiting = next(iter(inputs.values())).shape[0], deque[Any]()
    for chosen, count in groups(np.arange(len(held.lane)) if runs is None else runs):
        size, lanes, state = len(chosen), held.lane[chosen], held.rows(chosen)
        laned, params = settings.program(program, lanes, held.batch, dtype), params_of(lanes)
        for rows in stretches(steps, max(SHORTEST, 4 * stretch_length(program) // (size * held.batch))):
            checkpoint()
            given, taught = ({k: over(value[rows], size) for k, value in data.items()} for data in (inputs, forced or {}))
            living = None if alive is None else over(alive[rows], size)
            with precision(dtype):
                state, values, seen = programs.run(laned, params, state, given, collect, forced=taught, observe=observe, alive=living)
            waiting.append((chosen[:count], rows, values, seen, state if rows.stop == steps else None))
            if len(waiting) > AHEAD:
                yield _ready(program, held, *waiting.popleft())
    while waiting:
        yield _ready(program, held, *waiting.popleft())


def _ready(program: Program, held: Held, runs: np.ndarray, rows: slice, values: Any, seen: Any, state: State | None) -> Part:
    def apart(found: Any) -> dict[int, np.ndarray]:
        arrays = {k: np.asarray(value) for k, value in found.items()}
        return {k: array.reshape(len(array), -1, held.batch, array.shape[-1]) for k, array in arrays.items()}

    part = Part(runs, rows, apart(values), apart(seen), state)
    for k, array in (part.values | part.seen).items():
        if not np.isfinite(array[-1]).all():
            step, run = np.argwhere(~np.isfinite(array).all(axis=(2, 3)))[0]
            lane = held.lane[runs[min(run, len(runs) - 1)]]
            raise not_finite(program.names[k], CALMER, since=f"from step {rows.start + step} on in lane {lane}")
    return part


def arriving(program: Program, k: int, part: Part) -> np.ndarray:
    """The signals (time, group, batch, features) that arrive at a node."""
    signals = [part.values[source] for source in program.wires[k].forward]
    return signals[0] if len(signals) == 1 else np.concatenate(signals, axis=-1)


def gathered(held: Held, parts: Mapping[int, State]) -> Held:
    """The held lanes with the states that the groups left, by the number of their first run."""
    states = [parts[k] for k in sorted(parts)]
    count = len(held.lane) * held.batch
    nodes, feedback = jax.tree.map(
        lambda *leaves: np.concatenate([np.asarray(leaf) for leaf in leaves])[:count], *[(s.nodes, s.feedback) for s in states]
    )
    return held._replace(state=State(nodes, feedback, np.asarray(states[0].steps)))
