"""Online learning in lanes: each lane learns with what it knows itself."""

from typing import Any, cast

import jax
import numpy as np

from rcwidgets.core.model.program import Program, State, in_order
from rcwidgets.core.precision import precision
from rcwidgets.core.series import stretches
from rcwidgets.core.trainers.lanes.runs import gathered, groups, over
from rcwidgets.core.trainers.lanes.side_by_side import Laned, Lesson
from rcwidgets.core.trainers.online.learning import check_learned, learn, mean_squares, weights_of

WORK = 1 << 25  # square of a readout's features times steps of one stretch: a quarter of a second with eight lanes of least squares
MOST_STEPS = 8192  # of one stretch


def learn_lanes(trainer: Any, lesson: Lesson) -> Laned:
    """What lanes of an online trainer hold after the data. Learning that diverges is a FloatingPointError that names the lane."""
    (program, inputs, targets, alive, counted), passage, before = lesson.pairs, lesson.passage, lesson.before
    names, lanes, start = program.names, passage.settings.lanes, lesson.start.apart()
    settings = [passage.settings.settings(trainer.settings, lane) for lane in range(lanes)]
    held = [before.shared._replace(memory=before.memory[lane] if before.memory else {}) for lane in range(lanes)]
    known = [{k: trainer.known(settings[lane], held[lane], names[k]) for k in targets} for lane in range(lanes)]
    wanted = {k: np.ascontiguousarray(y, dtype=np.float64) for k, y in targets.items()}
    memory: list[dict[str, Any]] = [{} for _ in range(lanes)]
    ends: dict[int, State] = {}
    last = {k: np.zeros((lanes, start.batch, program.wires[k].size), passage.dtype) for k in targets}
    steps = len(next(iter(inputs.values())))
    losses = np.zeros((lanes, steps))
    for chosen, count in groups(np.arange(lanes)):
        size, counting = len(chosen), chosen[:count]
        stacked = {k: {key: np.stack([known[lane][k][key] for lane in chosen]) for key in known[chosen[0]][k]} for k in targets}
        rates = np.array([trainer.knob(settings[lane]) for lane in chosen])
        laned = passage.settings.program(program, chosen, start.batch, passage.dtype)
        params, state, learned = in_order(program, before.params_of(chosen)), start.rows(chosen), stacked
        ended = {k: np.zeros((size * start.batch, program.wires[k].size), passage.dtype) for k in targets}
        pieces: list[Any] = []
        for rows in stretches(steps, stretch_of(program)):
            passage.checkpoint()
            given = {k: over(value[rows], size) for k, value in inputs.items()}
            aims, counts = ({k: None if value is None else value[rows] for k, value in own.items()} for own in (wanted, counted))
            living = None if alive is None else over(alive[rows], size)
            with precision(np.float64):
                state, learned, last_here, errors = learn(
                    laned, params, learned, state, given, aims, living, counts, rates, trainer.rule(), trainer.forces, lanes=size
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
            check_learned(names[k], arrays, loss, trainer.advice, counting)
            losses[counting] += loss / len(targets)
            last[k][counting] = ended[k].reshape(size, start.batch, -1)[:count]
            for place, lane in enumerate(counting):
                memory[lane][names[k]] = {key: value[place] for key, value in arrays.items()}
    weights = {name: weights_of({"weights": np.stack([own[name]["weights"] for own in memory])}, passage.dtype) for name in memory[0]}
    told = {name: last[names.index(name)] for name in before.last} if trainer.forces else before.last
    losses = np.concatenate([before.losses, losses], axis=1)
    return before._replace(states=gathered(start, ends), weights=weights, memory=memory, losses=losses, last=told)


def learn_alone(lesson: Lesson) -> Laned:
    """What lanes hold after each has learned alone, one after another; losses that are not there, where others go on, are NaN."""
    before, done = lesson.before._replace(states=lesson.start.apart()), []
    assert before.states is not None
    for lane in range(lesson.passage.settings.lanes):
        lesson.passage.checkpoint()
        made = lesson.alone(before, lane)
        made.checkpoint = lesson.passage.checkpoint
        try:
            done.append(made.fit(lesson.data))
        except FloatingPointError as error:
            raise FloatingPointError(f"Lane {lane}: {error}") from error
    longest = max(len(one.train_losses) for one in done)
    losses = [np.pad(one.train_losses, (0, longest - len(one.train_losses)), constant_values=np.nan) for one in done]
    states = gathered(before.states, {lane: cast(State, one.state) for lane, one in enumerate(done)})
    names = [lesson.pairs.program.names[k] for k in lesson.pairs.program.trained]
    weights = {name: {key: np.stack([one.held.params[name][key] for one in done]) for key in ("W", "b")} for name in names}
    return before._replace(states=states, weights=weights, memory=[one.held.memory for one in done], losses=np.stack(losses))


def stretch_of(program: Program) -> int:
    """How many steps one stretch of learning has at most, so that a run can be given up between two of them."""
    features = max(program.taken(k)[0] for k in program.trained)
    return int(min(max(WORK / features**2, 64), MOST_STEPS))
