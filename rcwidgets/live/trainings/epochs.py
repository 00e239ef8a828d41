"""Least mean squares in epochs, live: the signals are computed once, and again only where a knob of the network moves."""

import time
from collections.abc import Iterator
from typing import Any

import jax
import numpy as np

from rcwidgets.core.algebra.lapack import Checkpoint, nothing
from rcwidgets.core.backend import precision
from rcwidgets.core.document.document import Document
from rcwidgets.core.model import program as programs
from rcwidgets.core.model.program import State
from rcwidgets.core.trainers.online.epochs import Epochs, check_room
from rcwidgets.core.trainers.online.learning import weights_of
from rcwidgets.core.trainers.streaming import stream
from rcwidgets.live.results.results import Curve, Results
from rcwidgets.live.stages.prepared import Prepared
from rcwidgets.live.trainings.base import STRETCH, AbstractTraining
from rcwidgets.live.trainings.online import SHOWN, forecast


class EpochTraining(AbstractTraining):
    """LMS over the training part, epoch after epoch, from zero weights; readouts behind one another learn in order.

    Several series run side by side, each from rest: a step learns a row of each, as the trainer does of a batch.
    """

    unit = "epoch"

    def __init__(self, prepared: Prepared) -> None:
        super().__init__(prepared)
        program, data = prepared.program, prepared.data
        self.total = prepared.settings.epochs * len(prepared.levels)
        self.stretch = STRETCH
        self.params = prepared.params()
        self.pairs, self.first = (
            prepared.taught(),
            data.washed if data.several else data.warmup,
        )  # the step of the first row that is learned
        self.rows = rows = slice(self.first, int(self.pairs.ends.max()) + 1)
        signals = max(sum(program.taken(k)[0] for k in group) for group in prepared.levels)
        check_room(signals, (rows.stop - rows.start) * self.pairs.batch)
        counted = {k: None if mask is None else mask[rows] for k, mask in self.pairs.counted.items()}
        self.learning: dict[int, Epochs] = {}
        for k in program.trained:
            weights = np.zeros((program.taken(k)[0] + 1, program.wires[k].size))
            self.learning[k] = Epochs(program.names[k], prepared.settings, self.pairs.targets[k][rows], counted[k], weights)
            self.params[program.names[k]] = weights_of({"weights": weights}, prepared.dtype)
        self._level = 0
        self._moved = True  # whether the signals are not those of the knobs
        self._signals: dict[int, np.ndarray] = {}  # the last ones of each readout, (steps, batch, features)
        self.state: State | None = None
        self.sizes: list[float] = []

    def turn(self, document: Document) -> None:
        before = jax.tree.leaves(self.prepared.program)
        super().turn(document)
        self._moved |= before != jax.tree.leaves(self.prepared.program)
        for one in self.learning.values():
            one.settings = self.prepared.settings

    def advance(self) -> None:
        began = time.perf_counter()
        while not self.finished:
            group = self.prepared.levels[self._level]
            if self._moved:
                self._take(group)
            for k in group:
                if not self.learning[k].ended:
                    self.learning[k].advance()
                self.params[self.prepared.program.names[k]] = weights_of({"weights": self.learning[k].weights}, self.prepared.dtype)
            self.done += 1
            self.sizes.append(float(np.sqrt(sum(np.square(one.weights).sum() for one in self.learning.values()))))
            if all(self.learning[k].ended for k in group) and self._level + 1 < len(self.prepared.levels):
                self._level, self._moved = self._level + 1, True
            if time.perf_counter() - began > self.stretch:
                return

    @property
    def finished(self) -> bool:
        return all(one.ended for one in self.learning.values())

    @property
    def outcome(self) -> str:
        shown = self.learning[self.prepared.shown]
        if shown.settings.patience is None:
            return ""
        if shown.best == shown.done:
            return "; the last one is the best on the held-out rows"
        return f"; the weights of epoch {shown.best:,} are kept, the best on the held-out rows"

    def _take(self, group: list[int]) -> None:
        """Computes the signals of the training part, with the targets on the feedback wires, and the state after it."""
        found: dict[int, list[np.ndarray]] = {k: [] for k in group}
        for arrived, after in self._run(group):
            for k, x in arrived.items():
                found[k].append(x.reshape(-1, self.pairs.batch, x.shape[-1]))
            self.state = after
        for k, parts in found.items():
            self._signals[k] = np.concatenate(parts)
            self.learning[k].take(self._signals[k])
        self._moved = False

    def _inputs(self, rows: slice) -> dict[int, np.ndarray]:
        """The inputs (time, batch, inputs) at some steps."""
        return {k: np.ascontiguousarray(one[rows]) for k, one in self.pairs.inputs.items()}

    def _run(
        self, places: list[int], checkpoint: Checkpoint = nothing, *, outputs: bool = False
    ) -> Iterator[tuple[dict[int, np.ndarray], State]]:
        """What arrives at some places in the steps that are learned, or what these give, and the state after each stretch."""
        held, rows = self.prepared, self.rows
        forced = {k: one[rows] for k, one in self.pairs.forced(held.dtype).items()}
        alive = None if self.pairs.alive is None else self.pairs.alive[rows]
        options: dict[str, Any] = {"forced": forced, "alive": alive, "checkpoint": checkpoint, "outputs": outputs}
        for _, given, after in stream(held.program, self.params, self._warm(), self._inputs(rows), places, held.dtype, **options):
            yield given, after

    def _warm(self) -> State:
        """The state after the warm-up."""
        prepared, program = self.prepared, self.prepared.program
        with precision(prepared.dtype):
            state = programs.init(program, self.params, self.pairs.batch, prepared.dtype)
            if self.first:
                state, _, _ = programs.run(program, self.params, state, self._inputs(slice(0, self.first)), [])
        return state

    def _told(self, checkpoint: Checkpoint) -> np.ndarray:
        """What the model gives for the training steps (steps, batch, channels)."""
        held, shown = self.prepared, self.prepared.shown
        if held.goes_on:
            parts = [given[held.out] for given, _ in self._run([held.out], checkpoint, outputs=True)]
            return np.concatenate(parts).reshape(-1, self.pairs.batch, held.data.targets.shape[1]).astype(np.float64)
        weights = self.learning[shown].weights
        signals = self._signals.get(shown)
        if signals is None:  # other readouts learn first
            signals = np.zeros((self.rows.stop - self.rows.start, self.pairs.batch, len(weights) - 1))
        return np.asarray(signals @ weights[:-1] + weights[-1])

    def results(self, revision: int, checkpoint: Checkpoint = nothing) -> Results:
        """The forecast of the test part by the weights of now, and at the end by those that are kept."""
        held, data, shown = self.prepared, self.prepared.data, self.prepared.shown
        if self._moved:
            self._take(held.levels[self._level])
        weights, state = self.learning[shown].weights, self.state
        assert state is not None
        tested = forecast(held, self.params, weights, state, checkpoint, "Lower the feedback scaling or the learning rate.")
        curve = self._curve(*self.tests_with(tested))
        told = self._told(checkpoint)
        trained = told[-SHOWN:, 0] if data.at is None else told[data.at[1][: data.test_start] - self.first, data.at[0][: data.test_start]]
        learned = data.targets[data.test_start - len(trained) : data.test_start]
        memory = {held.program.names[k]: {"weights": one.weights.astype(held.settings.learning)} for k, one in self.learning.items()}
        state = held.kept(self.params, state)
        return held.results(revision, trained, learned, tested, self.params, state, curve=curve, memory=memory)

    def _curve(self, tested: np.ndarray, tests: np.ndarray) -> Curve:
        """The losses level by level, one number an epoch: the mean over the readouts that learn then."""
        losses: list[float] = []
        for group in self.prepared.levels:
            own = [self.learning[k].losses for k in group]
            longest = max(len(one) for one in own)
            padded = [np.pad(one, (0, longest - len(one)), mode="edge") for one in own if one]
            losses += np.mean(padded, axis=0).tolist() if padded else []
        marks = np.arange(1.0, len(self.sizes) + 1)
        return Curve(self.unit, self.total, np.array(losses), marks, np.array(self.sizes), "norm of the weights", tested, tests)
