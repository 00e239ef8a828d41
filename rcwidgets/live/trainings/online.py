"""Online training, live: the readouts change with every step of the training part, and are tested when learning is switched off."""

import math
from collections.abc import Iterator
from typing import Any

import jax
import numpy as np

from rcwidgets.core.algebra.lapack import Checkpoint, nothing
from rcwidgets.core.backend import precision
from rcwidgets.core.model import program as programs
from rcwidgets.core.model.program import Params, State
from rcwidgets.core.series import not_finite
from rcwidgets.core.trainers.online.base import AbstractOnlineTrainer
from rcwidgets.core.trainers.online.learning import learn, mean_squares, weights_of
from rcwidgets.core.trainers.streaming import stream
from rcwidgets.core.trainers.table import RUNNERS
from rcwidgets.live.results.results import Curve, Results, score_of
from rcwidgets.live.stages.prepared import Prepared
from rcwidgets.live.trainings.base import AbstractTraining

SHOWN = 1000  # rows of the training part that are shown while it is learned
STEPS = 512  # of a stretch at 400 features, about 60 ms; the work of a step grows with the square of the features


class OnlineTraining(AbstractTraining):
    """RLS, FORCE or LMS over the training part, from zero weights, after the warm-up has washed out the start.

    Several series run side by side, each from rest: a step learns a row of each, as the trainers do of a batch.
    """

    unit = "step"

    def __init__(self, prepared: Prepared) -> None:
        super().__init__(prepared)
        program, data, dtype = prepared.program, prepared.data, prepared.dtype
        self.trainer: type[AbstractOnlineTrainer] = RUNNERS[prepared.settings.kind].trainer
        self.pairs = prepared.taught()
        self.first = data.washed if data.several else data.warmup  # the step of the first row that is learned
        steps = int(self.pairs.ends.max()) + 1 - self.first
        self.total = steps
        features = {k: program.taken(k)[0] for k in program.trained}
        self.learned: dict[int, Any] = {}
        self.params = prepared.params()
        for k, size in features.items():
            weights = np.zeros((size + 1, program.wires[k].size))
            self.learned[k] = self.trainer.first(prepared.settings, weights)
            self.params[program.names[k]] = weights_of(self.learned[k], dtype)
        longest = int(min(max(STEPS * (400 / max(features.values())) ** 2, 16), 4096))
        self.longest = -(-steps // -(-steps // longest))  # equal stretches, but for the last one
        batch = self.pairs.batch
        with precision(dtype):
            self.state: State = programs.init(program, self.params, batch, dtype)
            if self.first:
                self.state, _, _ = programs.run(program, self.params, self.state, self._inputs(slice(0, self.first)), [])
        self.errors = np.zeros((steps, batch, program.wires[prepared.shown].size))
        self.outputs, self.last = np.zeros((steps, batch, data.targets.shape[1])), np.zeros((1, data.targets.shape[1]))
        self.marks: list[int] = []
        self.sizes: list[float] = []
        self.forecast: np.ndarray | None = None  # of the test part, once all is learned

    def _inputs(self, rows: slice) -> dict[int, np.ndarray]:
        """The inputs (time, batch, inputs) at some steps."""
        return {k: np.ascontiguousarray(one[rows]) for k, one in self.pairs.inputs.items()}

    def advance(self) -> None:
        prepared, program = self.prepared, self.prepared.program
        start = self.first + self.done
        rows = slice(start, min(start + self.longest, self.first + len(self.errors)))
        wanted = {k: np.ascontiguousarray(one[rows]) for k, one in self.pairs.targets.items()}
        taught = {k: one[rows] for k, one in self.pairs.forced(prepared.dtype).items()}
        counted = {k: None if mask is None else mask[rows] for k, mask in self.pairs.counted.items()}
        alive = None if self.pairs.alive is None else self.pairs.alive[rows]
        knob, also = self.trainer.knob(prepared.settings), (prepared.out,)
        with precision(np.float64):
            params = programs.in_order(program, self.params)
            state, learned, last, errors, given = learn(
                program,
                params,
                self.learned,
                self.state,
                self._inputs(rows),
                wanted,
                alive,
                counted,
                knob,
                self.trainer.rule,
                taught,
                also=also,
            )
        learned, found = jax.tree.map(np.asarray, learned), np.asarray(errors[prepared.shown])
        fine = np.append(np.isfinite(found).all(axis=(1, 2)), all(np.isfinite(leaf).all() for leaf in jax.tree.leaves(learned)))
        if not fine.all():
            name, step = program.names[prepared.shown], self.done + int(np.argmin(fine))
            raise not_finite(name, self.trainer.advice, since=f"from step {step:,} on", happened="learning diverged")
        self.state, self.learned = state, learned
        for k, own in learned.items():
            self.params[program.names[k]] = weights_of(own, prepared.dtype)
        here = slice(self.done, self.done + len(found))
        self.errors[here] = found
        shown = np.asarray(given[prepared.out])  # in the precision of the states; the errors are in that of learning
        if not prepared.goes_on:
            count = counted[prepared.shown]
            shown = np.where(True if count is None else count[..., None], wanted[prepared.shown] - found, shown)
        self.outputs[here] = shown
        self.last = np.asarray(last[prepared.out])
        self.done += len(found)
        self.marks.append(self.done)
        self.sizes.append(math.sqrt(sum(float(np.square(own["weights"]).sum()) for own in learned.values())))

    def _rows(self) -> np.ndarray:
        """The rows of the data that were learned last; of several series all that were learned."""
        data = self.prepared.data
        if data.at is None:
            return np.arange(data.warmup + max(0, self.done - SHOWN), data.warmup + self.done)
        return np.flatnonzero(data.at[1][: data.test_start] < self.first + self.done)

    def results(self, revision: int, checkpoint: Checkpoint = nothing) -> Results:
        """While it learns, the last rows that were learned; at the end, and when it is held, the test part too."""
        held, data, names = self.prepared, self.prepared.data, self.prepared.program.names
        counted, learned = self.pairs.counted[held.shown], slice(self.first, self.first + self.done)
        losses = mean_squares(self.errors[: self.done], None if counted is None else counted[learned])
        if counted is not None:
            losses[~counted[learned].any(axis=1)] = np.nan
        curve = Curve(self.unit, self.total, losses, np.array(self.marks, float), np.array(self.sizes), "norm of the weights")
        here = self._rows()
        owner, step = (np.zeros(len(here), int), here) if data.at is None else (one[here] for one in data.at)
        target, outputs = data.targets[here], self.outputs[step - self.first, owner]
        kept: dict[str, Any] = {"curve": curve, "memory": {names[k]: dict(own) for k, own in self.learned.items()}}
        if not data.several:
            kept["last"] = self.last if self.trainer.forces else target[-1:]
        if self.finished:
            if self.forecast is None:
                weights, advice = self.learned[held.shown]["weights"], "Lower the feedback scaling, or train for longer."
                self.forecast = forecast(held, self.params, weights, self.state, checkpoint, advice, since="once learning is off")
            return held.results(revision, outputs, target, self.forecast, self.params, held.kept(self.params, self.state), **kept)
        spread = data.spread / data.scale
        known = np.isfinite(target).all(axis=1)
        nrmse = math.sqrt(float(np.mean(np.square((target - outputs)[known] / spread)))) if known.any() else math.nan
        score = score_of(outputs, target, data.scale, spread**2)
        found = {"train_nrmse": nrmse, "test_nrmse": math.nan, "test_mse": math.nan, "train_score": score}
        return held.shown_of(
            here, outputs, self.params, held.kept(self.params, self.state), revision=revision, part="training", **found, **kept
        )


def forecast(
    held: Prepared, params: Params, weights: np.ndarray, state: State, checkpoint: Checkpoint, advice: str, *, since: str = ""
) -> np.ndarray:
    """The outputs (rows, channels) of the test part, by the weights of the shown readout and what follows it, with learning off; each of
    several series from rest."""
    place = held.out if held.goes_on else held.shown
    arrived = [one[place] for one in _arriving(held, params, place, state, checkpoint)]
    found = np.concatenate([one if held.goes_on else one @ weights[:-1] + weights[-1] for one in arrived]).astype(np.float64)
    if not np.isfinite(found).all():
        raise not_finite("The forecast", advice, since=since, happened="the network blew up")
    return found


def _arriving(held: Prepared, params: Params, place: int, state: State, checkpoint: Checkpoint) -> Iterator[dict[int, np.ndarray]]:
    """What arrives at a place in the rows of the test part, or what it gives where nodes follow the readout."""
    data = held.data
    if data.at is None:
        rows = held.inputs(slice(data.test_start, data.end))
        run = stream(held.program, params, state, rows, [place], held.dtype, checkpoint=checkpoint, outputs=held.goes_on)
        yield from (given for _, given, _ in run)
        return
    tests = slice(data.trained, len(data.names))
    yield held.of_each(params, tests, [place], checkpoint, outputs=held.goes_on)
