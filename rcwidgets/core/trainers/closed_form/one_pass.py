"""Ridge regression at many settings in one pass over a series: groups of lanes run side by side, each on a core of its own."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from math import ceil
from threading import Lock
from typing import Any, NamedTuple

import jax
import numpy as np

from rcwidgets.core.algebra.blas import one_thread
from rcwidgets.core.algebra.gram import SHARED_ROWS, Readout, mean_residuals
from rcwidgets.core.algebra.rows import tall_product
from rcwidgets.core.algebra.solver import LARGE, solve
from rcwidgets.core.backend import precision
from rcwidgets.core.devices import at_once, on_device
from rcwidgets.core.model import program as programs
from rcwidgets.core.model.program import Params, Program, State
from rcwidgets.core.series import stretches
from rcwidgets.core.short import in_short
from rcwidgets.core.trainers.closed_form.lanes import add_moments, moments_of
from rcwidgets.core.trainers.lanes.runs import SHORTEST, groups, groups_of, over, params_of_lanes
from rcwidgets.core.trainers.lanes.settings import LaneSettings
from rcwidgets.core.trainers.pairs import fitting_order
from rcwidgets.core.trainers.streaming import stretch_length

COSTS = {1: 1.35, 2: 1.2, 3: 1.06, 4: 1.03, 5: 1.0, 6: 1.0, 7: 1.0}  # of a lane by the size of its group (measured at 400 units)
LANES = max(COSTS)
GLANCE = 0.004  # seconds between two calls of `meanwhile`
LENGTH = 8  # of a stretch: a thread that waits for XLA less often is woken late less often
MOMENTS = 2**30  # bytes that the Gram matrices of the lanes under way may take together
_DISPATCH = Lock()  # one thread at a time asks for a program, so that a new one is compiled once


class Trial(NamedTuple):
    """What all lanes are tried on: a sized program with its weights, and one series.

    `inputs` (time, 1, features) by place: warm-up rows, the rows `train` with the `targets` (rows, outputs), and rows to forecast. `beta`
    is that of lanes that have none of their own. `checkpoint` is called by each group between stretches, in a thread of its own, and
    `meanwhile` every few milliseconds by the thread that waits for the groups. A stretch of seven lanes takes about as long as `length` of
    those that a run alone has.
    """

    program: Program
    params: Params
    inputs: Mapping[int, np.ndarray]
    targets: np.ndarray
    train: slice
    beta: float
    penalize: bool
    dtype: Any
    checkpoint: Callable[[], None]
    meanwhile: Callable[[], None] | None = None
    length: int = LENGTH


class Cut(NamedTuple):
    """So many threads, each with a group of so many runs."""

    threads: int
    size: int


@in_short
class Tried(NamedTuple):
    """What one lane gave: the readout, its training error, the forecast (rows, outputs), and the state after the training rows.

    `squares` (outputs,) are the mean squared residuals of the training rows, from the moments: exact to some 2e-14 of the target's
    variance. The readout is None, and the forecast is NaN, where the run diverged (`diverged`), or where beta is too small for the normal
    equations.
    """

    lane: int
    readout: Readout | None
    squares: np.ndarray
    forecast: np.ndarray
    state: State | None
    diverged: bool


def in_one_pass(program: Program) -> bool:
    """Whether `tried` can run the program: its one readout is its one output, not a `LARGE` one, and nothing else takes it."""
    trained = program.trained
    alone = len(trained) == 1 and tuple(program.exits) == tuple(trained) and len(fitting_order(program)) == 1
    return alone and trained[0] not in program.fed_back and not program.once and program.taken(trained[0])[0] < LARGE


def tried(trial: Trial, settings: LaneSettings, *, most: int = LANES, cut: Cut | None = None) -> Iterator[list[Tried]]:
    """Yields what the lanes of each group gave, group by group; lanes that share all node knobs share a run and its Gram matrix.

    Groups and threads are those of `cut`, which is made for the machine where it is not given. In float32 the last digits of a lane depend
    on its place in a group and on the group's size: the same groups give the same bits, in whichever process.
    An error that `trial.checkpoint` or `trial.meanwhile` raises ends all.
    """
    lane, run = settings.distinct()
    betas = settings.trainer.get("beta", np.full(settings.lanes, trial.beta))
    workers, size = cut or cut_of(trial, len(lane), most)
    parts = groups_of(np.arange(len(lane)), size)
    with one_thread(), ThreadPoolExecutor(min(len(parts), workers), "rcwidgets-lanes") as pool:
        waiting = [pool.submit(on_device(k, _group), trial, settings, betas, lane, run, *part) for k, part in enumerate(parts)]
        try:
            while waiting:
                while trial.meanwhile is not None and not wait(waiting[:1], GLANCE).done:
                    trial.meanwhile()
                yield waiting.pop(0).result()
        finally:
            for future in waiting:
                future.cancel()


def cut_of(trial: Trial, runs: int, most: int = LANES) -> Cut:
    """How so many runs are cut on this machine, whose cores and devices all get a group where there are enough."""
    workers, size = crew(runs, trial.program.taken(trial.program.trained[0])[0], at_once(), most)
    return Cut(workers, len(groups(np.arange(runs), size)[0][0]))


def crew(runs: int, features: int, cores: int, most: int = LANES) -> tuple[int, int]:
    """How many groups are under way at once, and the lanes of each, for readouts of so many features.

    One group more than there are cores: a thread sleeps while XLA runs its scan, and is woken late where all others are busy.
    """
    room = max(1, MOMENTS // (8 * features**2))
    workers = min(cores + 1, room)
    return workers, best_size(runs, min(cores, room), min(most, room // workers))


def best_size(runs: int, cores: int, most: int = LANES) -> int:
    """The size of groups at which so many runs on so many cores are done first."""
    return min(range(1, most + 1), key=lambda size: ceil(ceil(runs / size) / cores) * size * COSTS[size])


def _group(
    trial: Trial, settings: LaneSettings, betas: np.ndarray, lane: np.ndarray, run: np.ndarray, chosen: np.ndarray, count: int
) -> list[Tried]:
    """The lanes of one group of runs, of which the first `count` are wanted."""
    program, dtype, train = trial.program, trial.dtype, trial.train
    size, k = len(chosen), program.trained[0]
    sources = program.wires[k].forward
    turned, params = settings.program(program, lane[chosen], 1, dtype), params_of_lanes(trial.params, size)
    steps = len(next(iter(trial.inputs.values())))
    sums: list[np.ndarray | None] = [None] * count
    alive = np.ones(count, bool)
    kept: list[np.ndarray] = []
    room = np.empty((SHARED_ROWS, 1 + program.taken(k)[0] + trial.targets.shape[1]))
    trained: State | None = None
    with precision(dtype):
        state = programs.init(turned, params, size, dtype)
    for rows in _stretches(trial, size, steps):
        trial.checkpoint()
        given = {place: over(np.ascontiguousarray(value[rows], dtype), size) for place, value in trial.inputs.items()}
        with precision(dtype), _DISPATCH:
            state, values, _ = programs.run(turned, params, state, given, sorted(set(sources)), one_core=True)
        arrived = [np.asarray(values[source]) for source in sources]
        x = arrived[0] if len(arrived) == 1 else np.concatenate(arrived, axis=-1)
        alive &= np.isfinite(x[-1, :count]).all(axis=-1)
        if rows.start >= train.stop:
            kept.append(x)
        elif train.start < rows.stop <= train.stop:
            first = max(train.start - rows.start, 0)
            y = trial.targets[rows.start + first - train.start : rows.stop - train.start]
            for place in np.flatnonzero(alive).tolist():
                sums[place] = add_moments(sums[place], x[first:, place], y, None, room)
        if rows.stop == train.stop:
            trained = state
    found: list[Tried] = []
    for place in range(count):
        lanes = np.flatnonzero(run == chosen[place])
        total = sums[place] if alive[place] else None
        found += _solved(trial, lanes, betas[lanes], total, [x[:, place] for x in kept], None if trained is None else _rows(trained, place))
    return found


def _stretches(trial: Trial, size: int, steps: int) -> Iterator[slice]:
    """The rows stretch by stretch; none goes past the last training row."""
    length = max(SHORTEST, trial.length * stretch_length(trial.program) // max(size, LANES))
    for start, stop in ((0, trial.train.stop), (trial.train.stop, steps)):
        if start < stop:
            yield from (slice(start + cut.start, start + cut.stop) for cut in stretches(stop - start, length))


def _solved(
    trial: Trial, lanes: np.ndarray, betas: np.ndarray, total: np.ndarray | None, kept: list[np.ndarray], state: State | None
) -> list[Tried]:
    """What the lanes of one run give: `total` are its moments, None where it diverged, `kept` (rows, features) the signals."""
    outputs = trial.targets.shape[1]
    nothing = np.full((sum(map(len, kept)), outputs), np.nan)
    if total is None:
        return [Tried(int(lane), None, nothing[:0], nothing, None, True) for lane in lanes]
    gram, cross = moments_of(total, trial.program.taken(trial.program.trained[0])[0])
    solved = list(zip(lanes, betas, solve(gram, cross, betas, penalize_bias=trial.penalize), strict=True))
    easy = [(lane, beta, readout) for lane, beta, readout in solved if readout is not None]
    found = [Tried(int(lane), None, nothing[:0], nothing, state, False) for lane, _, readout in solved if readout is None]
    if easy:
        weights = np.concatenate([readout.weights for _, _, readout in easy], axis=1)
        y = np.concatenate([tall_product(x, weights) for x in kept])
        for place, (lane, beta, readout) in enumerate(easy):
            own = y[:, place * outputs : (place + 1) * outputs] + readout.bias
            squares = mean_residuals(gram, cross, readout, float(beta), penalize_bias=trial.penalize)
            found.append(Tried(int(lane), readout, squares, own, state, not bool(np.isfinite(own).all())))
    return found


def _rows(state: State, place: int) -> State:
    """The state of one lane of a group."""

    def row(leaf: Any) -> Any:
        return np.asarray(leaf)[place : place + 1]

    nodes, feedback = jax.tree.map(row, (state.nodes, state.feedback))
    return State(nodes, feedback, np.asarray(state.steps))
