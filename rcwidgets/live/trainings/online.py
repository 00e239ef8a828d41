"""Online training, live: the readouts change with every step of the training part, and are tested when learning is switched off."""

import math
from typing import Any

import jax
import numpy as np

from rcwidgets.core.algebra.lapack import Checkpoint, nothing
from rcwidgets.core.backend import precision
from rcwidgets.core.model import program as programs
from rcwidgets.core.model.program import Params, State
from rcwidgets.core.series import not_finite
from rcwidgets.core.trainers.online.base import AbstractOnlineTrainer
from rcwidgets.core.trainers.online.learning import learn, weights_of
from rcwidgets.core.trainers.streaming import stream
from rcwidgets.core.trainers.table import RUNNERS
from rcwidgets.live.results.results import Curve, Results, score_of
from rcwidgets.live.stages.prepared import Prepared
from rcwidgets.live.trainings.base import AbstractTraining

SHOWN = 1000  # rows of the training part that are shown while it is learned
STEPS = 512  # of a stretch at 400 features, about 60 ms; the work of a step grows with the square of the features


class OnlineTraining(AbstractTraining):
    """RLS, FORCE or LMS over the training part, from zero weights, after the warm-up has washed out the start."""

    unit = "step"

    def __init__(self, prepared: Prepared) -> None:
        super().__init__(prepared)
        program, data, dtype = prepared.program, prepared.data, prepared.dtype
        self.total = data.train
        self.trainer: type[AbstractOnlineTrainer] = RUNNERS[prepared.settings.kind].trainer
        features = {k: program.taken(k)[0] for k in program.trained}
        self.learned: dict[int, Any] = {}
        self.params = prepared.params()
        for k, size in features.items():
            weights = np.zeros((size + 1, program.wires[k].size))
            self.learned[k] = self.trainer.first(prepared.settings, weights)
            self.params[program.names[k]] = weights_of(self.learned[k], dtype)
        longest = int(min(max(STEPS * (400 / max(features.values())) ** 2, 16), 4096))
        self.longest = -(-self.total // -(-self.total // longest))  # equal stretches, but for the last one
        with precision(dtype):
            self.state: State = programs.init(program, self.params, 1, dtype)
            if data.warmup:
                self.state, _, _ = programs.run(program, self.params, self.state, prepared.inputs(slice(0, data.warmup)), [])
        self.pairs = prepared.taught()
        self.errors = np.zeros((self.total, program.wires[prepared.shown].size))
        self.outputs, self.last = np.zeros((self.total, data.targets.shape[1])), np.zeros((1, data.targets.shape[1]))
        self.marks: list[int] = []
        self.sizes: list[float] = []
        self.forecast: np.ndarray | None = None  # of the test part, once all is learned

    def advance(self) -> None:
        prepared, program = self.prepared, self.prepared.program
        start = prepared.data.warmup + self.done
        rows = slice(start, min(start + self.longest, prepared.data.test_start))
        wanted = {k: np.ascontiguousarray(one[rows]) for k, one in self.pairs.targets.items()}
        taught = {k: one[rows] for k, one in self.pairs.forced(prepared.dtype).items()}
        counted = {k: None if mask is None else mask[rows] for k, mask in self.pairs.counted.items()}
        knob, also = self.trainer.knob(prepared.settings), (prepared.out,)
        with precision(np.float64):
            params, inputs = programs.in_order(program, self.params), prepared.inputs(rows)
            state, learned, last, errors, given = learn(
                program, params, self.learned, self.state, inputs, wanted, None, counted, knob, self.trainer.rule, taught, also=also
            )
        learned, found = jax.tree.map(np.asarray, learned), np.asarray(errors[prepared.shown])[:, 0]
        fine = np.append(np.isfinite(found).all(axis=1), all(np.isfinite(leaf).all() for leaf in jax.tree.leaves(learned)))
        if not fine.all():
            name, step = program.names[prepared.shown], self.done + int(np.argmin(fine))
            raise not_finite(name, self.trainer.advice, since=f"from step {step:,} on", happened="learning diverged")
        self.state, self.learned = state, learned
        for k, own in learned.items():
            self.params[program.names[k]] = weights_of(own, prepared.dtype)
        self.errors[self.done : self.done + len(found)] = found
        target = prepared.data.targets[rows]
        shown = np.asarray(given[prepared.out])[:, 0]  # in the precision of the states; the errors are in that of learning
        exact = shown if prepared.goes_on else np.where(np.isfinite(target), target - found, shown)
        self.outputs[self.done : self.done + len(found)] = exact
        self.last = np.asarray(last[prepared.out]) if self.trainer.forces else target[-1:]
        self.done += len(found)
        self.marks.append(self.done)
        self.sizes.append(math.sqrt(sum(float(np.square(own["weights"]).sum()) for own in learned.values())))

    def results(self, revision: int, checkpoint: Checkpoint = nothing) -> Results:
        """While it learns, the last rows that were learned; at the end, and when it is held, the test part too."""
        held, data, names = self.prepared, self.prepared.data, self.prepared.program.names
        losses = np.square(self.errors[: self.done]).mean(axis=1)
        if data.known is not None:
            losses[~data.known[data.warmup : data.warmup + self.done]] = np.nan
        curve = Curve(self.unit, self.total, losses, np.array(self.marks, float), np.array(self.sizes), "norm of the weights")
        kept = {"curve": curve, "last": self.last, "memory": {names[k]: dict(own) for k, own in self.learned.items()}}
        rows = slice(max(0, self.done - SHOWN), self.done)
        here = slice(data.warmup + rows.start, data.warmup + rows.stop)
        target, outputs = data.targets[here], self.outputs[rows]
        if self.finished:
            if self.forecast is None:
                weights, advice = self.learned[held.shown]["weights"], "Lower the feedback scaling, or train for longer."
                self.forecast = forecast(held, self.params, weights, self.state, checkpoint, advice, since="once learning is off")
            return held.results(revision, outputs, target, self.forecast, self.params, self.state, **kept)
        spread = data.spread / data.scale
        known = np.isfinite(target).all(axis=1)
        nrmse = math.sqrt(float(np.mean(np.square((target - outputs)[known] / spread)))) if known.any() else math.nan
        score = score_of(outputs, target, data.scale, spread**2)
        found = {"train_nrmse": nrmse, "test_nrmse": math.nan, "test_mse": math.nan, "train_score": score}
        return held.shown_of(here, outputs, self.params, self.state, revision=revision, part="training", **found, **kept)


def forecast(
    held: Prepared, params: Params, weights: np.ndarray, state: State, checkpoint: Checkpoint, advice: str, *, since: str = ""
) -> np.ndarray:
    """The outputs (rows, channels) of the test part, by the weights of the shown readout and what follows it, with learning off."""
    data, outputs = held.data, []
    rows = held.inputs(slice(data.test_start, data.end))
    for _, given, _ in stream(held.program, params, state, rows, [held.out], held.dtype, checkpoint=checkpoint, outputs=held.goes_on):
        outputs.append(given[held.out] if held.goes_on else given[held.shown] @ weights[:-1] + weights[-1])
    found = np.concatenate(outputs).astype(np.float64)
    if not np.isfinite(found).all():
        raise not_finite("The forecast", advice, since=since, happened="the network blew up")
    return found
