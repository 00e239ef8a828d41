"""Online learning in lanes: each lane learns with what it knows itself."""

from collections.abc import Callable, Sequence
from typing import Any

import jax
import numpy as np

from rcwidgets.core.model.program import Params, Program, State, in_order
from rcwidgets.core.precision import precision
from rcwidgets.core.series import stretches
from rcwidgets.core.trainers.base import Pairs
from rcwidgets.core.trainers.lanes.runs import Held, Passage, gathered, groups, over
from rcwidgets.core.trainers.online.base import AbstractOnlineTrainer, Learned, learn, mean_squares

Known = list[dict[int, Learned]]  # by lane, by place
WORK = 1 << 25  # square of a readout's features times steps of one stretch: a quarter of a second with eight lanes of least squares
LONGEST = 8192  # steps


def fit_online(
    trainers: Sequence[AbstractOnlineTrainer],
    passage: Passage,
    pairs: Pairs,
    held: Held,
    params_of: Callable[[np.ndarray], Params],
    known: Known,
) -> tuple[Known, Held, dict[int, np.ndarray], np.ndarray]:
    """What each lane knows after the data, the state after the last row, the last outputs (lanes, batch, features), and the losses.

    `trainers` are one of each lane, with its settings; `known` is what each knows before. Learning that diverges is a FloatingPointError.
    """
    program, inputs, targets, alive, counted = pairs
    wanted = {k: np.ascontiguousarray(y, dtype=np.float64) for k, y in targets.items()}
    after: Known = [{} for _ in trainers]
    ends: dict[int, State] = {}
    last = {k: np.zeros((len(trainers), held.batch, program.wires[k].size), passage.dtype) for k in targets}
    steps = len(next(iter(inputs.values())))
    losses = np.zeros((len(trainers), steps))
    for chosen, count in groups(np.arange(len(trainers))):
        size, counting = len(chosen), chosen[:count]
        stacked = {k: {key: np.stack([known[lane][k][key] for lane in chosen]) for key in known[chosen[0]][k]} for k in targets}
        rates = np.array([trainers[lane].knob(trainers[lane].settings) for lane in chosen])
        rule, forces = trainers[0].rule(), trainers[0].forces
        laned = passage.settings.program(program, chosen, held.batch, passage.dtype)
        params, state, learned = in_order(program, params_of(chosen)), held.rows(chosen), stacked
        ended = {k: np.zeros((size * held.batch, program.wires[k].size), passage.dtype) for k in targets}
        pieces: list[Any] = []
        for rows in stretches(steps, stretch_of(program)):
            passage.checkpoint()
            given = {k: over(value[rows], size) for k, value in inputs.items()}
            aims, counts = ({k: None if value is None else value[rows] for k, value in own.items()} for own in (wanted, counted))
            living = None if alive is None else over(alive[rows], size)
            with precision(np.float64):
                state, learned, last_here, errors = learn(
                    laned, params, learned, state, given, aims, living, counts, rates, rule, forces, lanes=size
                )
            going = slice(None) if living is None else living[0]  # a series that was over before keeps its last output
            for k in targets:
                ended[k][going] = np.asarray(last_here[k])[going]
            pieces.append(jax.tree.map(np.asarray, errors))
        found = jax.tree.map(lambda *parts: np.concatenate(parts) if len(parts) > 1 else parts[0], *pieces)
        ends[int(chosen[0])] = state
        for k in targets:
            arrays = {key: np.asarray(value)[:count] for key, value in learned[k].items()}
            loss = mean_squares(found[k], counted[k]).T[:count]
            _check(trainers[0], program.names[k], counting, arrays, loss)
            losses[counting] += loss / len(targets)
            last[k][counting] = ended[k].reshape(size, held.batch, -1)[:count]
            for place, lane in enumerate(counting):
                after[lane][k] = {key: value[place] for key, value in arrays.items()}
    return after, gathered(held, ends), last, losses


def stretch_of(program: Program) -> int:
    """How many steps one stretch of learning has at most, so that a run can be given up between two of them."""
    features = max(program.taken(k)[0] for k in program.trained)
    return int(min(max(WORK / features**2, 64), LONGEST))


def _check(trainer: AbstractOnlineTrainer, name: str, lanes: np.ndarray, learned: Learned, losses: np.ndarray) -> None:
    ends = np.all([np.isfinite(value).reshape(len(lanes), -1).all(axis=1) for value in learned.values()], axis=0)
    finite = np.column_stack([np.isfinite(losses), ends])
    if not finite.all():
        place = int(np.argmin(finite.all(axis=1)))
        words = f"is not finite from step {np.argmin(finite[place])} on in lane {lanes[place]}: learning diverged. {trainer.advice}"
        raise FloatingPointError(f"{name} {words}")
