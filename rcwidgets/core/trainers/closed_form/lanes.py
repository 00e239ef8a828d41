"""Ridge regression in lanes: one Gram a run, and all betas of the lanes that share it."""

from collections.abc import Callable, Mapping, Sequence
from math import ceil
from typing import Any

import numpy as np

from rcwidgets.core.algebra.blas import one_thread
from rcwidgets.core.algebra.gram import SHARED_ROWS, Cross, Gram, Readout
from rcwidgets.core.algebra.orthogonal import Triangle, add_triangle
from rcwidgets.core.algebra.rows import blocks, check_finite
from rcwidgets.core.algebra.solver import solve, solve_rows
from rcwidgets.core.model import drawing
from rcwidgets.core.model.program import Params, State
from rcwidgets.core.trainers.lanes.runs import Held, arriving, gathered, run_groups
from rcwidgets.core.trainers.lanes.side_by_side import Laned, Lesson, feeds_forward
from rcwidgets.core.trainers.pairs import fitting_order

Fits = dict[int, dict[int, Readout]]  # by lane, by place
_FIELDS = {"W": "weights", "b": "bias"}


def fit_ridge(lesson: Lesson, usual: float, penalize: bool) -> Laned:
    """What lanes of ridge regression hold after a fit to the data; `usual` is the beta of lanes that have none of their own."""
    held, program, settings = lesson.before, lesson.pairs.program, lesson.passage.settings
    betas, states = settings.trainer.get("beta", np.full(settings.lanes, usual)), lesson.start
    for number, group in enumerate(fitting_order(program)):
        first = lesson.start if number == 0 and not feeds_forward(program) else lesson.start.apart()
        fits, states = _fit_group(lesson, group, betas, penalize, first, held.params_of)
        for k in group:
            stacked = {key: np.stack([getattr(fits[lane][k], field) for lane in range(settings.lanes)]) for key, field in _FIELDS.items()}
            held = held._replace(weights=held.weights | {program.names[k]: drawing.cast(stacked, lesson.passage.dtype)})
    memory = [{program.names[k]: {"beta": np.float64(beta)} for k in program.trained} for beta in betas]
    return held._replace(states=states, memory=memory)


def _fit_group(
    lesson: Lesson, group: Sequence[int], betas: np.ndarray, penalize: bool, held: Held, params_of: Callable[[np.ndarray], Params]
) -> tuple[Fits, Held]:
    """The fits of readouts that do not wait for each other, from the state `held` on, and the state after the last row.

    Each lane is solved by normal equations, or where its beta asks for it by QR in a second pass.
    """
    fits: Fits = {lane: {} for lane in range(len(held.run))}
    hard: dict[tuple[int, int], list[int]] = {}

    def solve_easy(run: int, k: int, lower: np.ndarray) -> None:
        lanes, features = np.flatnonzero(held.run == run).tolist(), lesson.pairs.program.taken(k)[0]
        gram, cross = moments_of(lower, features)
        for lane, fit in zip(lanes, solve(gram, cross, betas[lanes], penalize_bias=penalize), strict=True):
            if fit is None:
                hard.setdefault((run, k), []).append(lane)
            else:
                fits[lane][k] = fit

    def solve_hard(run: int, k: int, triangle: Triangle) -> None:
        lanes = hard.get((run, k), [])
        for lane, fit in zip(lanes, solve_rows(triangle, betas[lanes], penalize_bias=penalize), strict=True):
            fits[lane][k] = fit

    ends = _summed(lesson, group, held, params_of, None, add_moments, solve_easy)
    if hard:
        runs = np.unique([run for run, _ in hard])
        _summed(lesson, sorted({k for _, k in hard}), held, params_of, runs, add_triangle, solve_hard)
    return fits, gathered(held, ends)


def add_moments(
    total: np.ndarray | None, x: np.ndarray, y: np.ndarray, mask: np.ndarray | None, room: np.ndarray | None = None
) -> np.ndarray:
    """[1 | X | Y].T [1 | X | Y], with more rows added: one product a block holds all moments.

    By NumPy, which lets other threads run meanwhile. `room` (SHARED_ROWS, columns) is memory for the blocks: fresh memory
    costs as much as a tenth of the product.
    """
    width = 1 + x.shape[1] + y.shape[1]
    squares = np.zeros((width, width)) if total is None else total
    size = ceil(len(x) / max(ceil(len(x) / SHARED_ROWS), 1))
    with one_thread(), np.errstate(over="ignore", invalid="ignore"):
        for block in blocks((x, y), mask, size=max(size, 1), ones=True, room=room):
            squares += block.T @ block
    return squares


def moments_of(squares: np.ndarray, features: int) -> tuple[Gram, Cross]:
    """The moments of `features` features and of the targets behind them, from the sum of `add_moments`."""
    check_finite(squares[:, 0], "Lanes.signals and targets")
    edge, count = 1 + features, int(squares[0, 0])
    gram = Gram(count, squares[1:edge, 0].copy(), squares[1:edge, 1:edge].copy())
    return gram, Cross(count, squares[edge:, 0].copy(), squares[1:edge, edge:].copy(), np.diag(squares)[edge:].copy())


def _summed(
    lesson: Lesson,
    group: Sequence[int],
    held: Held,
    params_of: Callable[[np.ndarray], Params],
    runs: np.ndarray | None,
    add: Callable[..., Any],
    use: Callable[[int, int, Any], None],
) -> Mapping[int, State]:
    """`use(run, place, sum)` of what `add(sum, signals, targets, mask)` makes of all rows of a run; the states that the groups leave."""
    program, _, targets, _, counted, _, _ = lesson.pairs
    collect = sorted({source for k in group for source in program.wires[k].forward})
    forced = lesson.pairs.forced(lesson.passage.dtype)
    ends: dict[int, State] = {}
    sums: dict[tuple[int, int], Any] = {}
    for part in run_groups(lesson.passage, held, params_of, collect, runs=runs, forced=forced):
        for k in group:
            signals, mask = arriving(program, k, part), counted[k]
            y, kept = targets[k][part.rows].reshape(-1, targets[k].shape[-1]), None if mask is None else mask[part.rows].reshape(-1)
            for place, run in enumerate(part.runs):
                x = signals[:, place].reshape(-1, signals.shape[-1])
                sums[run, k] = add(sums.get((run, k)), x, y, kept)
        if part.state is not None:
            ends[int(part.runs[0])] = part.state
            for run, k in list(sums):
                use(run, k, sums.pop((run, k)))
    return ends
