"""Least mean squares: step by step while the model runs, or normalised, epoch after epoch."""

from collections.abc import Callable, Iterator, Sequence
from typing import Self

import numpy as np
from jax import Array
from numpy.typing import ArrayLike

from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.long_series import Progress, long_pairs
from rcwidgets.core.model.plan import Parallel
from rcwidgets.core.model.program import GivenParams
from rcwidgets.core.series import Data
from rcwidgets.core.trainers.gaps import TargetGaps
from rcwidgets.core.trainers.lanes.alone import fit_alone
from rcwidgets.core.trainers.lanes.side_by_side import Laned, Lesson
from rcwidgets.core.trainers.online.base import AbstractOnlineTrainer
from rcwidgets.core.trainers.online.epochs import Epochs, check_room
from rcwidgets.core.trainers.online.learning import Learned, weights_of
from rcwidgets.core.trainers.online.settings import LMSSettings
from rcwidgets.core.trainers.pairs import fitting_order
from rcwidgets.core.trainers.streaming import Pass


def descent(learned: Learned, x: Array, error: Array, rate: Array) -> Learned:
    """The weights after the rows x (batch, features), whose errors are (batch, outputs): w' = w + rate x.T error."""
    return {"weights": learned["weights"] + rate * (x.T @ error)}


class LMS(AbstractOnlineTrainer):
    """Least mean squares: a step down the gradient of each squared error.

    error[t] = y[t] - x[t] w,  w' = w + learning_rate x[t].T error[t]

    x (batch, features + 1) are the signals that arrive at a readout and a 1 for the bias, w (features + 1, outputs). Each row of a batch
    adds its own step. Cheap and slow: it is stable where learning_rate is below 2 divided by the largest eigenvalue of the mean of x.T x,
    and its directions are learned at the pace of their eigenvalues. A readout that feeds back is replaced by its target (one step late)
    while it learns.

    With `normalised=True` each signal is first brought to mean 0 and standard deviation 1 of the rows that it learns from, z[t], and each
    step is divided by the power of the row:

    error[t] = y[t] - z[t] v,  v' = v + learning_rate z[t].T error[t] / ||z[t]||^2

    The learning rate then has no unit, and is stable below 2 whatever the data; 0.1 is a good one. With `epochs` above 1 the rows are gone
    through so often. With `patience` the last fifth of them is held out: learning ends when the error there has not got better for so many
    epochs, and the weights of the best epoch are kept. `train_losses` then has one number an epoch.

    Reference: Widrow and Hoff (1960), IRE WESCON Convention Record 4, 96-104; Nagumo and Noda (1967), IEEE Transactions on Automatic
    Control 12, 282-287, and Haykin (2002), Adaptive Filter Theory, 4th edition, chapter 6, for the normalised step.

    >>> import numpy as np
    >>> from rcwidgets.core.nodes import Input, LinearReadout, Reservoir
    >>> x = np.sin(np.arange(300) / 5)[:, None]
    >>> trainer = LMS(Input(1) >> Reservoir(50, seed=0) >> LinearReadout(1), learning_rate=0.1).fit([x[:-1], x[1:]])
    >>> bool(trainer.train_losses[-50:].mean() < trainer.train_losses[:50].mean())
    True
    """

    advice = "Lower the learning rate."
    takes = "learning_rate"
    rule = staticmethod(descent)
    settings: LMSSettings

    def __init__(
        self,
        model: Graph,
        *,
        learning_rate: float = 0.01,
        normalised: bool = False,
        epochs: int = 1,
        patience: int | None = None,
        seed: int = 0,
        dtype: str = "auto",
        params: GivenParams | None = None,
        parallel: Parallel = "auto",
    ) -> None:
        self.settings = LMSSettings(
            learning_rate=learning_rate, normalised=normalised, epochs=epochs, patience=patience, seed=seed, dtype=dtype
        )
        super().__init__(model, params, seed=seed, dtype=dtype, parallel=parallel)
        self.checkpoint: Callable[[], None] = lambda: None  # called between two epochs; an error that it raises ends `fit`

    def fit(
        self,
        data: Sequence[Data] | Iterator[Sequence[ArrayLike]],
        *,
        reset: bool = False,
        gaps: TargetGaps = "error",
        progress: Progress | None = None,
    ) -> Self:
        if not self.settings.in_epochs:
            return super().fit(data, reset=reset, gaps=gaps, progress=progress)
        if long_pairs(data) is not None:
            raise ValueError(
                "LMS in epochs keeps the signals of all rows, and this series is read in blocks. Take a part of it, or epochs=1 without "
                "normalised and patience."
            )
        held, pairs, start = self._begin(data, reset, gaps)
        program, params = pairs.program, dict(held.params)
        run, learning = Pass(pairs, params, start, self.dtype), list[Epochs]()
        for group in fitting_order(program):
            signals = _signals(group, run)
            for k in group:
                name = program.names[k]
                one = Epochs(
                    name, self.settings, pairs.targets[k], pairs.counted[k], np.asarray(self.known(self.settings, held, name)["weights"])
                )
                one.take(signals[k])
                while not one.ended:
                    self.checkpoint()
                    one.advance()
                learning.append(one)
                params[name] = weights_of({"weights": one.weights}, self.dtype)
        memory = held.memory | {one.name: {"weights": one.weights.astype(self.settings.learning)} for one in learning}
        self.held = held._replace(params=params, state=run.end, last=pairs.last, memory=memory)
        longest = max(one.done for one in learning)
        losses = [np.pad(one.losses, (0, longest - one.done), mode="edge") for one in learning]
        self.train_losses = np.concatenate([self.train_losses, np.mean(losses, axis=0)])
        if progress is not None:
            progress(*[len(next(iter(pairs.inputs.values())))] * 2)
        return self

    def fit_lanes(self, lesson: Lesson) -> Laned:
        """In epochs one lane after another, each as a trainer alone; losses that are not there, where others go on, are NaN."""
        return fit_alone(lesson) if self.settings.in_epochs else super().fit_lanes(lesson)


def _signals(group: list[int], run: Pass) -> dict[int, np.ndarray]:
    """The signals (steps, batch, features) that arrive at each readout of a group."""
    steps, batch = next(iter(run.pairs.inputs.values())).shape[:2]
    check_room(sum(run.pairs.program.taken(k)[0] for k in group), steps * batch)
    found: dict[int, list[np.ndarray]] = {k: [] for k in group}
    for _, signals in run.stretches(group):
        for k, x in signals.items():
            found[k].append(x.reshape(-1, batch, x.shape[-1]))
    return {k: np.concatenate(parts) for k, parts in found.items()}
