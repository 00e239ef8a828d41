"""Least mean squares in epochs: the signals of a readout are computed once, and then gone through again and again."""

from functools import cache
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from rcwidgets.core.algebra.path import fitted_rows
from rcwidgets.core.backend import one_core_options, precision
from rcwidgets.core.model import program as programs
from rcwidgets.core.series import not_finite
from rcwidgets.core.trainers.online.learning import mean_squares
from rcwidgets.core.trainers.online.settings import LMSSettings

MOST_BYTES = 1 << 30  # bytes of signals that are kept


class Scale(NamedTuple):
    """What brings signals to mean 0 and standard deviation 1: `mean` and `deviation` (features,); a signal that never changes becomes 0."""

    mean: np.ndarray
    deviation: np.ndarray

    @classmethod
    def of(cls, x: np.ndarray, counts: np.ndarray | None) -> "Scale":
        """That of the rows (steps, batch, features) that count (steps, batch)."""
        rows = x.reshape(-1, x.shape[-1]) if counts is None else x[counts]
        deviation = rows.std(axis=0) if len(rows) else np.zeros(x.shape[-1])
        return cls(rows.mean(axis=0) if len(rows) else deviation, np.where(deviation > 1e-12 * np.abs(rows).max(initial=0), deviation, 1.0))

    def inner(self, weights: np.ndarray) -> np.ndarray:
        """Weights (features + 1, outputs) of the signals, the bias last, as those of the scaled signals."""
        return np.vstack([weights[:-1] * self.deviation[:, None], weights[-1:] + self.mean @ weights[:-1]])

    def outer(self, weights: np.ndarray) -> np.ndarray:
        """Weights of the scaled signals as those of the signals."""
        own = weights[:-1] / self.deviation[:, None]
        return np.vstack([own, weights[-1:] - self.mean @ own])


class Epochs:
    """One readout that learns in epochs; `done` are made.

    `targets` (steps, batch, outputs) and `counted` (steps, batch), or None where all rows count, are those of the training rows; `take`
    brings the signals that arrive at the readout meanwhile. With patience the last fifth of the rows is held out: `held_out` has their
    mean squared error after each epoch, and `ended` is True when it has not got better for so many epochs. `losses` has the mean squared
    error of each epoch, each row's before it was learned.
    """

    def __init__(self, name: str, settings: LMSSettings, targets: np.ndarray, counted: np.ndarray | None, weights: np.ndarray) -> None:
        self.name, self.settings, self._counted = name, settings, counted
        self._targets = np.ascontiguousarray(targets, dtype=settings.learning)
        self._weights = weights.astype(np.float64)
        self._scale = Scale(np.zeros(len(weights) - 1), np.ones(len(weights) - 1))
        steps = len(targets)
        self._cut = steps if settings.patience is None else fitted_rows(steps)
        if self._cut < steps:
            counts: np.ndarray = np.ones(steps, bool) if counted is None else np.any(counted, axis=1)
            if not (counts[: self._cut].any() and counts[self._cut :].any()):
                raise ValueError(
                    f"LMS.patience holds out the last fifth of the rows, and {name} then has no targets left to learn or to be judged by. "
                    "Leave patience out."
                )
        self.losses: list[float] = []
        self.held_out: list[float] = []
        self._best: tuple[float, int, np.ndarray] = (np.inf, 0, self._weights)

    def take(self, x: np.ndarray) -> None:
        """Takes the signals (steps, batch, features) of the training rows; what was learned goes on, the best so far is forgotten."""
        fitted = slice(0, self._cut)
        weights = self._scale.outer(self._weights)
        if self.settings.normalised:
            self._scale = Scale.of(x[fitted].astype(np.float64), None if self._counted is None else self._counted[fitted])
            x = (x - self._scale.mean) / self._scale.deviation
        self._weights = self._scale.inner(weights)
        x = np.concatenate([x, np.ones((*x.shape[:2], 1))], axis=-1, dtype=self.settings.learning)
        self._held = x[self._cut :]
        self._best = (np.inf, self.done, self._weights)
        with precision(np.float64):
            counts = None if self._counted is None else self._counted[fitted]
            self._rows = jax.device_put((x[fitted], self._targets[fitted], counts))

    @property
    def done(self) -> int:
        """How many epochs are made."""
        return len(self.losses)

    @property
    def best(self) -> int:
        """The epoch whose weights are the best on the rows held out; without any, the last one."""
        return self._best[1] if self.settings.patience is not None else self.done

    @property
    def ended(self) -> bool:
        """Whether all epochs are made, or the error of the rows held out gets no better."""
        patience = self.settings.patience
        return self.done >= self.settings.epochs or (patience is not None and self.done - self._best[1] >= patience)

    @property
    def weights(self) -> np.ndarray:
        """The weights (features + 1, outputs) of the signals, the bias last: those of now, at the end those of the best epoch."""
        return self._scale.outer(self._best[2] if self.ended and self.settings.patience is not None else self._weights)

    def advance(self) -> None:
        """Goes through the rows once; where that diverges it is a FloatingPointError, and what was learned before stays."""
        settings = self.settings
        with precision(np.float64):
            start = self._weights.astype(settings.learning)
            found, errors = _compiled()(start, *self._rows, settings.learning_rate, normalised=settings.normalised)
        weights = np.asarray(found).astype(np.float64)
        loss = _mean(np.asarray(errors), None if self._counted is None else self._counted[: self._cut])
        held = self._held_out(weights)
        if not (np.isfinite(weights).all() and np.isfinite(loss) and (held is None or np.isfinite(held))):
            raise not_finite(self.name, "Lower the learning rate.", since=f"from epoch {self.done + 1} on", happened="learning diverged")
        self._weights = weights
        self.losses.append(loss)
        if held is not None:
            self.held_out.append(held)
            if held < self._best[0]:
                self._best = (held, self.done, weights)

    def _held_out(self, weights: np.ndarray) -> float | None:
        if self._cut == len(self._targets):
            return None
        rows = slice(self._cut, None)
        with np.errstate(over="ignore", invalid="ignore"):  # what diverged is found where it is used
            errors = self._targets[rows] - self._held @ weights
        return _mean(errors, None if self._counted is None else self._counted[rows])


def _mean(errors: np.ndarray, counts: np.ndarray | None) -> float:
    """The mean square of errors (steps, batch, outputs) over all that count (steps, batch)."""
    if counts is None:
        return float(mean_squares(errors, None).mean())
    return float((mean_squares(errors, counts) * counts.sum(axis=1)).sum() / max(counts.sum(), 1))


def _gone_through(weights: Any, x: Any, y: Any, counts: Any, rate: Any, normalised: bool) -> tuple[Any, Any]:
    """The weights after the rows x (steps, batch, features), one step after another, and the errors (steps, batch, outputs) before each.

    w' = w + rate x.T error, with `normalised` divided by the sum of the squares of x. Rows that do not count (steps, batch) change nothing.
    """
    programs.TRACES["learn"] += 1

    def step(w: Any, now: Any) -> Any:  # w (outputs, features): products with columns of weights take several times as long
        rows, wanted, kept = now
        error = wanted - rows @ w.T
        if kept is not None:
            rows, error = rows * kept[:, None], error * kept[:, None]
        size = rate / jnp.maximum(jnp.square(rows).sum(), jnp.finfo(w.dtype).tiny) if normalised else rate
        return w + jnp.asarray(size, w.dtype) * (error.T @ rows), error

    w, errors = jax.lax.scan(step, weights.T, (x, y, None if counts is None else counts.astype(weights.dtype)))
    return w.T, errors


@cache
def _compiled() -> Any:
    """`_gone_through` on one core: to share work of microseconds among threads takes longer than the work."""
    return jax.jit(_gone_through, static_argnames="normalised", compiler_options=one_core_options())


def check_room(features: int, rows: int) -> None:
    """Raises a ValueError where the signals of so many rows are too large to be kept."""
    if features * rows * 8 > MOST_BYTES:
        words = f"{rows:,} rows of {features:,} signals need more than {MOST_BYTES >> 30} GB"
        raise ValueError(
            f"LMS in epochs keeps the signals: {words}. Take fewer rows or units, or epochs=1 without normalised and patience."
        )
