"""What the trainers that learn at every step share, alone and in lanes."""

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, Self, cast

import jax
import numpy as np
from numpy.typing import ArrayLike

from rcwidgets.core.backend import precision
from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.long_series import LongSeries, Progress, long_pairs
from rcwidgets.core.model import drawing
from rcwidgets.core.model import program as programs
from rcwidgets.core.model.plan import Parallel
from rcwidgets.core.model.prediction import begun
from rcwidgets.core.model.program import GivenParams, State, in_order
from rcwidgets.core.model.snapshot import Snapshot
from rcwidgets.core.series import Data, stretches
from rcwidgets.core.spec.knobs import Spec
from rcwidgets.core.trainers.base import AbstractTrainerSettings
from rcwidgets.core.trainers.gaps import TargetGaps, check_gaps
from rcwidgets.core.trainers.lanes.alone import fit_alone, goes_on
from rcwidgets.core.trainers.lanes.runs import gathered, groups, over
from rcwidgets.core.trainers.lanes.side_by_side import AbstractSideBySide, Laned, Lesson
from rcwidgets.core.trainers.online.learning import Learned, check_learned, learn, mean_squares, readouts_with, weights_of
from rcwidgets.core.trainers.online.long_fit import kept, learn_blocks, stretch_of
from rcwidgets.core.trainers.pairs import Pairs


class AbstractOnlineTrainer(AbstractSideBySide):
    """Learns from every step of a run, in order; a second `fit` goes on where the first ended.

    The weights start at zero (or at `params`). The states run in `dtype`; what is learned is in float64, or where `dtype` is float32 in
    that. All trainable readouts learn at once, each from the signals that arrive at it at that time. `train_losses` has one number a step:
    the squared error, averaged over the batch and the outputs, before the step's own target was learned. Where nodes follow a readout, the
    targets are pulled back to it, see `AbstractClosedFormTrainer`, and its errors are those of the readout.
    """

    advice: ClassVar[str]
    takes: ClassVar[str]  # the knob whose number the rule takes beside the rows

    def __init__(self, model: Graph, params: GivenParams | None, *, seed: int, dtype: str, parallel: Parallel) -> None:
        super().__init__(model, params, seed=seed, dtype=dtype, parallel=parallel)
        self.train_losses = np.zeros(0)

    def fit(
        self,
        data: Sequence[Data] | Iterator[Sequence[ArrayLike]],
        *,
        reset: bool = False,
        gaps: TargetGaps = "error",
        progress: Progress | None = None,
    ) -> Self:
        """Learns from `data` = [x, y], arrays (batch, time, features) or (time, features), or dicts by node name, in the order of time.

        x and y may be series that do not fit in memory, and `data` an iterable of blocks [x, y], as `RidgeTrainer.fit` takes them. They are
        read a block at a time, once, and learn the numbers of arrays in memory, bit for bit; `train_losses` then has the mean of each
        stretch of some thousand steps. `progress(done, rows)` is called after each block.

        Starts from the state that the last call left (a warm-up by `predict`) and from what was learned before; `reset=True` forgets
        both. Every series of a batch counts. With gaps="drop" a row of the targets that has a NaN or a masked entry teaches nothing, as if
        it had no weight, and its loss is NaN; the signals run through it. A DataWarning says how many rows these are.

        A run that diverges is a FloatingPointError that says where, and leaves the weights as they were.
        """
        blocks = long_pairs(data, gaps=("y",) if gaps == "drop" else ())
        if blocks is not None:
            return self._fit_long(blocks, reset, gaps, progress)
        held, pairs, start = self._begin(data, reset, gaps)
        program, inputs, targets, alive, counted, _, _ = pairs
        names, known = program.names, {k: self.known(self.settings, held, program.names[k]) for k in program.trained}
        wanted = {k: np.ascontiguousarray(y, dtype=np.float64) for k, y in targets.items()}
        params, knob = programs.in_order(program, held.params), self.knob(self.settings)
        with precision(np.float64):
            taught = {} if self.forces else pairs.forced(self.dtype)
            found = learn(program, params, known, start, inputs, wanted, alive, counted, knob, self.rule, taught)
        state, learned, last, errors, _ = found
        losses = {k: mean_squares(error, counted[k]) for k, error in errors.items()}
        for k, loss in losses.items():
            check_learned(names[k], learned[k], loss, self.advice)
        self.held = kept(held, pairs, state, learned, last, self)
        total: np.ndarray = np.sum(list(losses.values()), axis=0)
        self.train_losses = np.concatenate([self.train_losses, total / readouts_with(counted, len(total), gaps=gaps)])
        if progress is not None:
            progress(len(total), len(total))
        return self

    def _fit_long(self, blocks: LongSeries, reset: bool, gaps: TargetGaps, progress: Progress | None) -> Self:
        """Learns from a series that is read block by block."""
        check_gaps(f"{type(self).__name__}.fit", gaps)
        before = self.forgotten(self.held)._replace(state=None) if reset else self.held
        self.held, losses = learn_blocks(self, before, blocks, gaps, progress)
        self.train_losses = losses if reset else np.concatenate([self.train_losses, losses])
        return self

    def _begin(self, data: Sequence[Data] | Iterator[Sequence[ArrayLike]], reset: bool, gaps: TargetGaps) -> tuple[Snapshot, Pairs, State]:
        """What is held once the model is sized by the data, the data, and the state to start from."""
        if reset:
            self.held, self.train_losses = self.forgotten(self.held), np.zeros(0)
        held, pairs = self.pairs(self.held, data, reset=reset, gaps=gaps)
        return held, pairs, begun(pairs.program, held.params, None if reset else held.state, pairs.batch, self.dtype)

    def forgotten(self, held: Snapshot) -> Snapshot:
        """What was held before the first step: the weights that learn are those that were given, or zero; the fixed weights stay."""
        params, given = dict(held.params), held.given or {}
        for name in [held.program.names[k] for k in held.program.trained] if held.program else []:
            if name in given:
                params[name] = drawing.cast({key: np.asarray(value) for key, value in given[name].items()}, self.dtype)
            else:
                params[name] = {key: np.zeros_like(value) for key, value in params[name].items()}
        return held._replace(params=params, memory={})

    def sized(self, held: Snapshot, x: Data, y: Data | None) -> Snapshot:
        after = super().sized(held, x, y)
        assert after.program is not None
        drawn = [
            name
            for name in (after.program.names[k] for k in after.program.trained)
            if name not in (held.given or {}) and after.params[name] is not held.params.get(name)
        ]
        zeros = {name: {key: np.zeros_like(value) for key, value in after.params[name].items()} for name in drawn}
        return after._replace(params=after.params | zeros) if drawn else after  # learning starts at zero

    @staticmethod
    def rule(learned: Learned, x: Any, error: Any, knob: Any, /) -> Learned:
        """How a step changes what is learned, see `Rule`."""
        raise TypeError("The trainer does not say its rule.")

    @classmethod
    def knob(cls, settings: Spec) -> float:
        """The number, of the settings, that the rule takes beside the rows."""
        return float(getattr(settings, cls.takes))

    @classmethod
    def first(cls, settings: Spec, weights: np.ndarray) -> Learned:
        """What is known before the first step, from the weights (features + 1, outputs)."""
        return {"weights": weights.astype(cast(AbstractTrainerSettings, settings).learning)}

    def known(self, settings: Spec, held: Snapshot, name: str) -> Learned:
        """What a readout knows before it learns from more data: what was learned, or what its weights tell."""
        own = held.params[name]
        weights = np.vstack([own["W"], own["b"][None]]).astype(np.float64)
        learned = held.memory.get(name)
        return learned if learned is not None and learned["weights"].shape == weights.shape else self.first(settings, weights)

    def check_memory(self, held: Snapshot) -> None:
        for name, own in held.memory.items():
            first = self.known(self.settings, held._replace(memory={}), name)
            if {key: value.shape for key, value in own.items()} != {key: value.shape for key, value in first.items()}:
                raise ValueError(f"memory/{name} must be what {type(self).__name__} keeps of this model, got {', '.join(own)}.")

    def fit_lanes(self, lesson: Lesson) -> Laned:
        return fit_alone(lesson) if goes_on(lesson.pairs.program) else learn_lanes(self, lesson)


def learn_lanes(trainer: Any, lesson: Lesson) -> Laned:
    """What lanes of an online trainer hold after the data. Learning that diverges is a FloatingPointError that names the lane."""
    (program, inputs, targets, alive, counted, _, taught), passage, before = lesson.pairs, lesson.passage, lesson.before
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
            fed = {k: over(np.asarray(value[rows], passage.dtype), size) for k, value in taught.items()}
            with precision(np.float64):
                state, learned, last_here, errors, _ = learn(
                    laned, params, learned, state, given, aims, living, counts, rates, trainer.rule, fed, lanes=size
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
            losses[counting] += loss
            last[k][counting] = ended[k].reshape(size, start.batch, -1)[:count]
            for place, lane in enumerate(counting):
                memory[lane][names[k]] = {key: value[place] for key, value in arrays.items()}
    weights = {name: weights_of({"weights": np.stack([own[name]["weights"] for own in memory])}, passage.dtype) for name in memory[0]}
    told = {name: last[names.index(name)] for name in before.last} if trainer.forces else before.last
    losses = np.concatenate([before.losses, losses / readouts_with(counted, steps, gaps=lesson.gaps)], axis=1)
    return before._replace(states=gathered(start, ends), weights=weights, memory=memory, losses=losses, last=told)
