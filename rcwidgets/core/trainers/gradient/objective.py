"""What BPTT minimises: a loss by its name, or a function of the user's own."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from rcwidgets.core import losses
from rcwidgets.core.model.program import Program


@dataclass(frozen=True)
class Objective:
    """The number that training lowers, as a part of the compile key.

    A function of the user's own gets predictions and targets, (batch, time, features) or (batch, features), and, where it has a third
    argument, the trained params as {node: {name: array}}. Where a model has several outputs, predictions and targets are dicts by name.
    A loss by name is summed over the outputs. With `gaps` each is the mean over the rows (batch, time) whose targets are all numbers
    (class numbers: not negative), and with weights their weighted mean, sum(w loss) / sum(w).
    `exits` and `nodes` are the names that a function of the user's own sees; else they are empty. The first `washout` steps of each series
    count in neither. Of series of unequal length only the rows before the end of each count: a loss by name is then the mean of the losses
    of these rows. A function of the user's own is given whole arrays, and cannot take such series.
    """

    function: Callable[..., Any]
    own: bool
    exits: tuple[str, ...]
    nodes: tuple[str, ...]
    washout: int = 0
    gaps: bool = False

    @classmethod
    def of(cls, loss: str | Callable[..., Any], program: Program, washout: int = 0, *, gaps: bool = False) -> "Objective":
        """The objective of a loss, by name or a function, for this program; with `gaps` targets that are NaN do not count."""
        if gaps and callable(loss):
            raise ValueError(
                f"BPTT.loss with gaps='drop' must be one of {', '.join(losses.LOSSES)}, got a function of your own, which is given whole "
                "arrays. Leave such rows out."
            )
        function, own = (losses.LOSSES[loss], False) if isinstance(loss, str) else (loss, True)
        several = own and len(program.exits) > 1
        return cls(
            function,
            own,
            tuple(program.names[k] for k in program.exits) if several else (),
            program.names if own and _takes_params(function) else (),
            washout,
            gaps,
        )

    @property
    def takes_labels(self) -> bool:
        """Whether targets may be whole class numbers; else they must have the shape of the predictions."""
        return self.own or self.function is losses.cross_entropy

    def __call__(
        self,
        predictions: Mapping[int, Any],
        targets: Mapping[int, Any],
        learned: tuple[dict[str, Any], ...],
        lengths: Any = None,
        weights: Any = None,
    ) -> Any:
        """The loss, one number; all by place. `lengths` (batch,) are those of series of unequal length, `weights` (batch, time) or (batch,)
        how much each row or series counts.
        """
        uneven = lengths is not None and any(np.ndim(one) == 3 for one in predictions.values())
        if uneven or self.gaps or weights is not None:
            parts = [self._by_rows(predictions[k], targets[k], lengths, weights) for k in sorted(predictions)]
            return sum(parts[1:], parts[0])
        if self.washout:
            targets = {k: self._counted(targets[k], np.ndim(predictions[k]) == 3) for k in predictions}
            predictions = {k: self._counted(one, np.ndim(one) == 3) for k, one in predictions.items()}
        if not self.own:
            parts = [self._called(predictions[k], targets[k]) for k in sorted(predictions)]
            return sum(parts[1:], parts[0])
        given = [dict(zip(self.exits, _by_place(one), strict=True)) if self.exits else _by_place(one)[0] for one in (predictions, targets)]
        params = {name: dict(own) for name, own in zip(self.nodes, learned, strict=True) if own} if self.nodes else None
        return self._called(*given, *([] if params is None else [params]))

    def _by_rows(self, predictions: Any, targets: Any, lengths: Any, weights: Any) -> Any:
        """The mean loss of the rows of one output that count, each as much as it weighs."""
        timed, counts = np.ndim(predictions) == 3, jnp.ones(predictions.shape[:-1], bool)
        if timed:
            self._check_washout(predictions.shape[1])
            steps = jnp.arange(predictions.shape[1])[None]
            counts &= steps >= self.washout
            if lengths is not None:
                counts &= steps.astype(lengths.dtype) < lengths[:, None]
        if self.gaps:
            known = targets >= 0 if np.ndim(targets) < np.ndim(predictions) else jnp.isfinite(targets).all(axis=-1)
            counts &= known
            predictions = jnp.where(known[..., None], predictions, jnp.zeros_like(predictions))  # no number there, and no gradient
            targets = jnp.where(known if np.ndim(targets) == known.ndim else known[..., None], targets, jnp.zeros_like(targets))
        of_row = jax.vmap(lambda p, t: self._called(p[None], t[None]))
        rows = (jax.vmap(of_row) if timed else of_row)(predictions, targets)
        times = counts.astype(rows.dtype)
        if weights is not None:
            times *= self._weights(weights, lengths, timed, rows.shape)
        return jnp.where(times > 0, rows * times, 0).sum() / jnp.maximum(times.sum(), jnp.finfo(rows.dtype).tiny)

    def _weights(self, weights: Any, lengths: Any, timed: bool, shape: tuple[int, ...]) -> Any:
        """How much the rows of one output count: of one with a value once a series, what its last row does."""
        if timed or weights.ndim == 1:
            return weights if weights.ndim == len(shape) else jnp.broadcast_to(weights[:, None], shape)
        return weights[:, -1] if lengths is None else weights[jnp.arange(len(weights)), lengths - 1]

    def _check_washout(self, steps: int) -> None:
        if steps <= self.washout:
            words = f"BPTT.washout must be less than the {steps} steps of a series, got {self.washout}."
            raise ValueError(f"{words} Take a shorter run-in, or a longer window.")

    def _counted(self, values: Any, timed: bool) -> Any:
        """The values (batch, time, ...) without the steps that run in; values that come once a series stay whole."""
        if timed:
            self._check_washout(values.shape[1])
        return values[:, self.washout :] if timed else values

    def _called(self, *given: Any) -> Any:
        try:
            value = self.function(*given)
        except Exception as error:
            shapes = [jax.tree.map(np.shape, one) for one in given[:2]]
            error.add_note(
                f"The loss {_name(self.function)} raised this. It got predictions of shape {shapes[0]} and targets of {shapes[1]}."
            )
            raise
        if np.shape(value) != ():
            raise TypeError(f"BPTT.loss must give one number, {_name(self.function)} gave the shape {np.shape(value)}. Take its mean.")
        return jnp.asarray(value, jax.tree.leaves(given[0])[0].dtype)


def _by_place(values: Mapping[int, Any]) -> list[Any]:
    return [values[k] for k in sorted(values)]


def _name(function: Callable[..., Any]) -> str:
    return str(getattr(function, "__name__", type(function).__name__))


def _takes_params(function: Callable[..., Any]) -> bool:
    """Whether a third argument waits for params: one that has no default, or that is called so."""
    try:
        found = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return False
    places = [one for one in found if one.kind in (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)]
    return len(places) > 2 and (places[2].default is inspect.Parameter.empty or places[2].name == "params")
