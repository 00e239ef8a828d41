"""Backpropagation through time, live: all that can learn, by the gradient of a loss over pieces of the training part."""

import math
from collections.abc import Callable
from dataclasses import replace

import jax
import numpy as np

from rcwidgets.core.document import Document
from rcwidgets.core.metrics import mse
from rcwidgets.core.precision import precision
from rcwidgets.core.program import State, init
from rcwidgets.core.trainers.bptt import BPTT
from rcwidgets.core.trainers.streaming import stream
from rcwidgets.live.prepared import Prepared
from rcwidgets.live.results import Curve, Results
from rcwidgets.live.training import AbstractTraining, nothing

RUN_IN = 500  # rows that a look at the test part runs into it, while training goes on


class GradientTraining(AbstractTraining):
    """BPTT over the pieces of the training part, from the weights as they are drawn."""

    unit = "update"

    def __init__(self, prepared: Prepared) -> None:
        super().__init__(prepared)
        settings, data = prepared.settings, prepared.data
        self.trainer = BPTT(prepared.graph, **replace(settings, patience=None).knobs | prepared.kept.functions_of(settings))
        rows = slice(data.warmup, data.test_start)
        pieces = max(1, data.train // settings.window) if settings.window else 1
        self.total = settings.num_train * math.ceil(pieces / settings.num_batch)
        self.progress = self.trainer.training((data.inputs[rows], data.targets[rows]))
        self.tested: list[int] = []
        self.tests: list[float] = []

    def turn(self, document: Document) -> None:
        super().turn(document)
        settings = self.prepared.settings
        self.trainer.set(learning_rate=settings.learning_rate, max_grad_norm=settings.max_grad_norm)
        self.trainer.turn(self.prepared.graph)

    def advance(self) -> None:
        self.done = next(self.progress).updates

    @property
    def finished(self) -> bool:
        return self.done >= self.total

    def results(self, revision: int, checkpoint: Callable[[], None] = nothing) -> Results:
        """The forecast of the test part by the weights of now."""
        held, data = self.prepared, self.prepared.data
        self.trainer.adopt_now()
        known = data.test_start if self.finished else min(RUN_IN, data.test_start)
        outputs, state = self._forecast(slice(data.test_start - known, data.end), known, checkpoint)
        if not np.isfinite(outputs).all():
            raise FloatingPointError(
                "The forecast is not finite: training diverged. Lower the learning rate, or limit the norm of the gradient."
            )
        tested = outputs[known:]
        if not self.tested or self.tested[-1] != self.done:
            self.tested.append(self.done)
            self.tests.append(mse(tested, data.targets[data.test_start : data.end]))
        curve = Curve(
            self.unit,
            self.total,
            self.trainer.train_losses,
            np.arange(1.0, len(self.trainer.grad_norms) + 1),
            self.trainer.grad_norms,
            "norm of the gradient",
            np.array(self.tested, float),
            np.array(self.tests),
        )
        learned = slice(data.test_start - known + (known > 1), data.test_start)
        return held.results(
            revision,
            outputs[(known > 1) : known],
            data.targets[learned],
            tested,
            self.trainer.params,
            state,
            curve=curve,
            last=data.targets[data.test_start - 1, None],
            memory=self.trainer.snapshot().memory,
        )

    def _forecast(self, rows: slice, known: int, checkpoint: Callable[[], None]) -> tuple[np.ndarray, State]:
        """The outputs (rows, channels), from the initial state, and the state after the first `known` rows."""
        held, outputs, ends = self.prepared, list[np.ndarray](), list[State]()
        program, params = self.trainer.program, self.trainer.params
        with precision(held.dtype):
            ends.append(init(program, params, 1, held.dtype))
        for part in (slice(rows.start, rows.start + known), slice(rows.start + known, rows.stop)):
            inputs = held.inputs(part)
            found = list(stream(program, params, ends[-1], inputs, [held.shown], held.dtype, checkpoint=checkpoint, outputs=True))
            outputs += [values[held.shown] for _, values, _ in found]
            ends.append(found[-1][2])
        return np.concatenate(outputs).astype(np.float64), jax.tree.map(np.asarray, ends[1])
