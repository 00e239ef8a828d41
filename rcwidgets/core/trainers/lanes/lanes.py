"""Several settings of live knobs at once, as one matrix product."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from rcwidgets.core.algebra.blas import one_thread
from rcwidgets.core.backend import precision
from rcwidgets.core.model import closed_loop
from rcwidgets.core.model import program as programs
from rcwidgets.core.model.prediction import ByPlace, Call, check_batch, read_call, told_of
from rcwidgets.core.model.program import NamedArrays, Params, Program, State
from rcwidgets.core.series import Data, Predictions, check_run
from rcwidgets.core.trainers.base import AbstractTrainer
from rcwidgets.core.trainers.gaps import TargetGaps
from rcwidgets.core.trainers.lanes.runs import Held, Passage, arriving, gathered, groups, run_groups
from rcwidgets.core.trainers.lanes.settings import AbstractLanes, LaneSettings
from rcwidgets.core.trainers.lanes.side_by_side import AbstractSideBySide, Laned, Lesson, alike, only_read


class Lanes(AbstractLanes[AbstractSideBySide]):
    """One trainer with several settings of its live knobs, run and fitted side by side; each lane is what the trainer would be alone.

    `knobs` are arrays (lanes,) by name: "<node>.<knob>" of a node, such as "reservoir.spectral_radius", and the trainer's own, such as
    "beta". The lanes have the same weights and seed, and start from rest. The calls are those of a trainer, and results have a leading
    axis of lanes: (lanes, [batch,] time, features). `lanes[k]` is an ordinary trainer of one lane.

    Eight lanes are one product of states (8 * batch, units) with the recurrent weights, which are then read once for all of them; more
    lanes run in groups. Lanes that differ in the trainer's knobs alone share one run and one Gram matrix. Single runs round otherwise:
    in float32, lanes of chaotic reservoirs (a radius above some 1.5) part from them as any two runs of these do.

    >>> from rcwidgets.core.nodes import Input, LinearReadout, Reservoir
    >>> from rcwidgets.core.trainers.closed_form.ridge import RidgeTrainer
    >>> x = np.sin(np.arange(300) / 5)[:, None]
    >>> trainer = RidgeTrainer(Input(1) >> Reservoir(50, seed=0) >> LinearReadout(1))
    >>> lanes = Lanes(trainer, {"reservoir.spectral_radius": [0.5, 0.9, 1.3]}).fit([x[:-1], x[1:]])
    >>> lanes.predict(x[-10:]).shape
    (3, 10, 1)
    """

    def __init__(self, trainer: AbstractTrainer, knobs: Mapping[str, ArrayLike], *, checkpoint: Callable[[], None] = lambda: None) -> None:
        """`checkpoint` is called between two stretches of a run: an error that it raises ends the call."""
        if not isinstance(trainer, AbstractSideBySide):
            raise TypeError(f"Lanes.trainer must be a RidgeTrainer, RLS, FORCELearning or LMS, got {type(trainer).__name__}.")
        self.settings = LaneSettings.read(trainer.model, trainer.settings, knobs)
        self.mon: dict[str, Any] = {}
        self._one = trainer.detached(trainer.model, trainer.settings, trainer.held._replace(state=None, last={}, memory={}))
        self._checkpoint = checkpoint
        self.held = Laned(self._one.held, self.settings, np.zeros((self.settings.lanes, 0)))

    def _lane(self, lane: int) -> AbstractSideBySide:
        return self._alone(self.held, lane)

    def _alone(self, held: Laned, lane: int) -> AbstractSideBySide:
        one: Any = self._one
        made = one.detached(self.settings.model(one.model, lane), self.settings.settings(one.settings, lane), held.of_lane(lane))
        if hasattr(one, "train_losses"):
            made.train_losses = held.losses[lane][~np.isnan(held.losses[lane])]
        return made

    @property
    def train_losses(self) -> np.ndarray:
        """What the trainer's `train_losses` are, (lanes, ...); NaN where a lane has none."""
        return self.held.losses

    @property
    def params(self) -> NamedArrays:
        """The weights as {node name: {name: array}}; those of trained nodes have a leading axis of lanes."""
        program, lanes = self.held.program, np.arange(len(self))
        shared = {name: {key: np.array(value) for key, value in own.items()} for name, own in self.held.shared.params.items()}
        return shared | {program.names[k]: self.held.trained(program.names[k], lanes) for k in program.trained}

    def predict(
        self, x: Data, *, reset: bool = False, monitors: Sequence[str] = (), forced: Mapping[str, Data] | None = None
    ) -> Predictions | None:
        """The outputs (lanes, batch, time, features) for the inputs `x`, which are the same for all lanes.

        As `predict` of a trainer: without an axis of batch where `x` has none, a dict where there are several outputs, a list of
        (lanes, time_k, features) for a list of series of unequal lengths; `mon` has the monitors, with lanes in front. `forced` are series
        that feedback wires deliver, the same for all lanes.
        """
        one, before = self._one, self.held
        held = before._replace(shared=one.sized(before.shared, x, None))
        program = held.program
        call = read_call(program, held.shared.guessed, x, monitors, forced or {}, one.dtype)
        start = self._begin(before, program, held.shared.params, call.batch, reset)
        states, series, seen = self._run(call, held, start if only_read(program) else start.apart())
        for k in call.exits:
            check_run(series[k], program.names[k], "Lower the spectral radius or the feedback.")
        told = told_of(call, series, seen)
        self.mon = told.monitors
        self.held = held._replace(shared=held.shared._replace(flat=call.flat), states=states, last=told.last)
        return told.result

    def _run(self, call: Call, held: Laned, start: Held) -> tuple[Held, ByPlace, ByPlace]:
        """The states after the call, and outputs and states (lanes, batch, time, features) by place."""
        program, dtype = call.program, self._one.dtype
        outputs, observed = set(call.collected), list(call.states.values())
        read = [k for k in outputs if k in program.trained and only_read(program)]
        collect = outputs - set(read) | {source for k in read for source in program.wires[k].forward}
        shape = (len(self), call.batch, call.steps)
        found, seen = ({k: np.empty((*shape, program.wires[k].size), dtype) for k in places} for places in (outputs, observed))
        ends: dict[int, State] = {}
        passage = Passage(program, self.settings, call.inputs, call.alive, dtype, self._checkpoint)
        for part in run_groups(passage, start, held.params_of, sorted(collect), forced=call.forced, observe=observed):
            for place, run in enumerate(part.runs):
                lanes = np.flatnonzero(start.run == run)
                for k in read:
                    own = held.trained(program.names[k], lanes)
                    found[k][lanes, :, part.rows] = _read(arriving(program, k, part)[:, place], own["W"], own["b"])
                for kept, given in ((found, part.values), (seen, part.seen)):
                    for k in kept.keys() & given.keys() - set(read):
                        kept[k][lanes, :, part.rows] = given[k][:, place].swapaxes(0, 1)[None]
            if part.state is not None:
                ends[int(part.runs[0])] = part.state
        return gathered(start, ends), found, seen

    def fit(self, data: Sequence[Data], *, reset: bool = False, gaps: TargetGaps = "error") -> Self:
        """Fits the readouts of every lane to `data` = [x, y], the same for all lanes, as `fit` of the trainer would."""
        one, before = self._one, self.held
        if reset:
            before = Laned(one.forgotten(before.shared), self.settings, np.zeros((len(self), 0)))
        shared, pairs = one.pairs(before.shared, data, gaps=gaps)
        if not before.shared.ready:
            self.held = before._replace(shared=shared)  # the sizes stay known where the fit fails
        passage = Passage(pairs.program, self.settings, pairs.inputs, pairs.alive, one.dtype, self._checkpoint)
        start = self._begin(before, pairs.program, shared.params, pairs.batch, reset)
        last = {name: np.broadcast_to(y, (len(self), *y.shape)) for name, y in pairs.last.items()}
        self.held = one.fit_lanes(Lesson(data, pairs, passage, before._replace(shared=shared, last=last), start, self._alone, gaps))
        return self

    def generate(self, steps: int, *, drive: Data | None = None) -> np.ndarray:
        """The outputs (lanes, [batch,] steps, features) of the closed loop of every lane, by one `drive`, as `generate` of a trainer."""
        before, dtype = self.held, self._one.dtype
        program = before.program
        closed_loop.check_steps("Lanes", steps)
        batch = 1 if before.states is None else before.states.batch
        loop, known = closed_loop.loop_of(program, drive, int(steps), batch, dtype)
        name = program.names[loop.exit]
        if before.states is None or name not in before.last:
            raise ValueError("Lanes have no output to start the closed loop from. Fit them, and let predict run into the series first.")
        held, ends, y = before.states.apart(), {}, []
        for chosen, count in groups(np.arange(len(self))):
            self._checkpoint()
            laned, params = self.settings.program(program, chosen, held.batch, dtype), before.params_of(chosen, True)
            last = np.asarray(before.last[name][chosen], dtype).reshape(len(chosen) * held.batch, -1)
            driven = {k: np.tile(rows, (1, len(chosen), 1)) for k, rows in known.items()}
            with precision(dtype):
                state, outputs = closed_loop.generate(laned, params, held.rows(chosen), last, int(steps), loop, driven)
            ends[int(chosen[0])] = state
            y.append(np.swapaxes(np.asarray(outputs), 0, 1).reshape(len(chosen), held.batch, int(steps), -1)[:count])
        whole = np.concatenate(y)
        check_run(whole, name, "Train with some noise on the data or with a larger beta.", where=" of the closed loop")
        self.held = before._replace(states=gathered(held, ends), last={name: whole[:, :, -1]})
        return whole[:, 0] if before.shared.flat else whole

    def _begin(self, before: Laned, program: Program, params: Params, batch: int, reset: bool) -> Held:
        """The states to start from: those that were left, or fresh ones, with one run for all lanes that can share it."""
        ran = before.shared.program
        if before.states is not None and not reset and ran is not None and alike(ran, program):
            check_batch(batch, before.states.batch)  # a readout that only got its size leaves the states as they are
            return before.states
        lane, run = self.settings.distinct()
        with precision(self._one.dtype):
            laned = self.settings.program(program, lane, batch, self._one.dtype)
            return Held(lane, run, batch, programs.init(laned, params, len(lane) * batch, self._one.dtype))


def _read(x: np.ndarray, weights: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """The outputs (lanes, batch, time, features) of readouts W (lanes, inputs, features) of the same signals x (time, batch, inputs)."""
    lanes, inputs, features = weights.shape
    with one_thread():
        y = x.reshape(-1, inputs) @ weights.transpose(1, 0, 2).reshape(inputs, -1) + bias.reshape(-1)
    return y.reshape(*x.shape[:2], lanes, features).transpose(2, 1, 0, 3)
