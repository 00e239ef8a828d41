"""Backpropagation through time, live: all that can learn, by the gradient of a loss over pieces of the training part."""

import math
from dataclasses import replace
from typing import Any

import numpy as np

from rcwidgets.core.algebra.lapack import Checkpoint, nothing
from rcwidgets.core.algebra.path import fitted_rows
from rcwidgets.core.backend import precision
from rcwidgets.core.datasets.reader.notes import said_elsewhere
from rcwidgets.core.document.document import Document
from rcwidgets.core.model.program import State, init
from rcwidgets.core.series import not_finite
from rcwidgets.core.trainers.gradient.batches import count_pieces
from rcwidgets.core.trainers.gradient.bptt import BPTT
from rcwidgets.core.trainers.streaming import stream
from rcwidgets.live.results.results import Curve, Results
from rcwidgets.live.stages.prepared import Prepared
from rcwidgets.live.trainings.base import AbstractTraining

RUN_IN = 500  # rows that a look at the test part runs into it, while training goes on


class GradientTraining(AbstractTraining):
    """BPTT over the pieces of the training part, from the weights as they are drawn."""

    unit = "update"

    def __init__(self, prepared: Prepared) -> None:
        super().__init__(prepared)
        settings, data = prepared.settings.in_experiment, prepared.data
        if data.several:  # a window would cut one long series
            settings = replace(settings, window=None, washout=data.washed)
        self.trainer = BPTT(prepared.graph, **settings.knobs | prepared.cache.functions_of(settings))
        rows = slice(data.warmup, data.test_start)
        whole = data.trained if data.several else data.train
        learned = whole if settings.patience is None else fitted_rows(whole)
        pieces = learned if data.several else count_pieces(learned, settings.window, settings.washout)
        known = prepared.settings.num_train
        self.total = None if known is None else known * math.ceil(pieces / settings.num_batch)
        pair: Any = data.pairs(slice(0, data.trained)) if data.several else (data.inputs[rows], data.targets[rows])
        self.progress = self.trainer.training(pair, gaps="error" if data.known is None else "drop")
        self.ended = False

    def turn(self, document: Document) -> None:
        super().turn(document)
        settings = self.prepared.settings
        live = {name: getattr(settings, name) for name in ("learning_rate", "max_grad_norm", "rate_cuts", "shuffle")}
        held = {"patience": settings.waits} if self.trainer.settings.patience and settings.waits else {}
        self.trainer.set(**live, **held)
        self.trainer.turn(self.prepared.graph)

    def advance(self) -> None:
        with said_elsewhere():  # the table of metrics has how many rows have no target
            found = next(self.progress, None)
        self.ended = found is None
        if found is not None:
            self.done = found.updates

    @property
    def finished(self) -> bool:
        return self.ended

    @property
    def best(self) -> int | None:
        """The update with the least held-out loss so far."""
        trainer = self.trainer
        return int(trainer.test_updates[np.nanargmin(trainer.test_losses)]) if np.isfinite(trainer.test_losses).any() else None

    @property
    def standing(self) -> str:
        return "" if self.best is None else f"best so far after {self.best:,}"

    @property
    def outcome(self) -> str:
        return f": {self.ending}" if self.ending else ""

    @property
    def ending(self) -> str:
        """Why it ended; empty before."""
        end, asked = self.trainer.ending, self.prepared.settings.num_train
        if end is None:
            return ""
        if end.reason == "no better":
            return f"no better for {end.waited:,} updates; best weights of update {end.best:,} kept"
        epochs = f"the {asked:,} epochs that were asked for" if asked != 1 else "the one epoch that was asked for"
        if self.best is None:
            return f"{epochs}, with nothing held out; leave Epochs empty to train until it no longer gets better"
        return f"{epochs}; best weights of update {end.best:,} kept"

    def results(self, revision: int, checkpoint: Checkpoint = nothing) -> Results:
        """The forecast of the test part by the weights of now, or, where rows are held out, by the best so far."""
        held, data = self.prepared, self.prepared.data
        self.trainer.adopt_now()
        known = data.test_start if self.finished or data.several else min(RUN_IN, data.test_start)
        outputs, state = self._forecast(slice(data.test_start - known, data.end), known, checkpoint)
        if not np.isfinite(outputs).all():
            advice = "Lower the learning rate, or limit the norm of the gradient."
            raise not_finite("The forecast", advice, happened="training diverged")
        tested = outputs[known:]
        trainer = self.trainer
        curve = Curve(
            self.unit,
            self.done if self.finished else self.total,
            trainer.train_losses,
            np.arange(1.0, len(trainer.grad_norms) + 1),
            trainer.grad_norms,
            "norm of the gradient",
            *self.tests_with(tested),
            trainer.test_updates,
            trainer.test_losses,
            self.ending,
        )
        first = int(known > 1 and not data.several)
        learned = data.targets[data.test_start - known + first : data.test_start]
        trained, memory = outputs[first:known], trainer.snapshot().memory
        return held.results(revision, trained, learned, tested, trainer.params, state, curve=curve, memory=memory)

    def _of_each(self) -> np.ndarray:
        """The outputs (rows, channels) of all rows of several series."""
        data = self.prepared.data
        assert data.at is not None
        told: Any = self.trainer.predict(data.series_of(slice(0, len(data.names))), reset=True)
        if data.classes:
            return np.asarray(told, np.float64)
        owner, step = data.at
        return np.array([told[one][at] for one, at in zip(owner.tolist(), step.tolist(), strict=True)], np.float64)

    def _forecast(self, rows: slice, known: int, checkpoint: Checkpoint) -> tuple[np.ndarray, State]:
        """The outputs (rows, channels) from the initial state, and the state after the first `known` rows.

        Of classes that were learned by cross entropy the outputs are probabilities.
        """
        held, outputs, ends = self.prepared, list[np.ndarray](), list[State]()
        program, params = self.trainer.program, self.trainer.params
        if held.data.several:
            told = self._of_each()
            if held.settings.loss == "cross_entropy":  # the outputs are logarithms of probabilities, but for a constant
                from scipy.special import softmax  # here alone, and slow to import

                told = softmax(told, axis=1)
            with precision(held.dtype):
                return told, init(program, params, 1, held.dtype)
        with precision(held.dtype):
            ends.append(init(program, params, 1, held.dtype))
        for part in (slice(rows.start, rows.start + known), slice(rows.start + known, rows.stop)):
            inputs = held.inputs(part)
            found = list(stream(program, params, ends[-1], inputs, [held.shown], held.dtype, checkpoint=checkpoint, outputs=True))
            outputs += [values[held.shown] for _, values, _ in found]
            ends.append(found[-1][2])
        return np.concatenate(outputs).astype(np.float64), ends[1]
