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
    A loss by name is summed over the outputs. `exits` and `nodes` are the names that such a function sees; else they are empty. The first
    `washout` steps of each series count in neither.
    """

    function: Callable[..., Any]
    own: bool
    exits: tuple[str, ...]
    nodes: tuple[str, ...]
    washout: int = 0

    @classmethod
    def of(cls, loss: str | Callable[..., Any], program: Program, washout: int = 0) -> "Objective":
        """The objective of a loss, by name or a function, for this program."""
        function, own = (losses.LOSSES[loss], False) if isinstance(loss, str) else (loss, True)
        several = own and len(program.exits) > 1
        return cls(
            function,
            own,
            tuple(program.names[k] for k in program.exits) if several else (),
            program.names if own and _takes_params(function) else (),
            washout,
        )

    @property
    def takes_labels(self) -> bool:
        """Whether targets may be whole class numbers; else they must have the shape of the predictions."""
        return self.own or self.function is losses.cross_entropy

    def __call__(self, predictions: Mapping[int, Any], targets: Mapping[int, Any], learned: tuple[dict[str, Any], ...]) -> Any:
        """The loss, one number; all by place."""
        if self.washout:
            targets = {k: self._counted(targets[k], np.ndim(predictions[k]) == 3) for k in predictions}
            predictions = {k: self._counted(one, np.ndim(one) == 3) for k, one in predictions.items()}
        if not self.own:
            parts = [self._called(predictions[k], targets[k]) for k in sorted(predictions)]
            return sum(parts[1:], parts[0])
        given = [dict(zip(self.exits, _by_place(one), strict=True)) if self.exits else _by_place(one)[0] for one in (predictions, targets)]
        params = {name: dict(own) for name, own in zip(self.nodes, learned, strict=True) if own} if self.nodes else None
        return self._called(*given, *([] if params is None else [params]))

    def _counted(self, values: Any, timed: bool) -> Any:
        """The values (batch, time, ...) without the steps that run in; values that come once a series stay whole."""
        if timed and values.shape[1] <= self.washout:
            words = f"BPTT.washout must be less than the {values.shape[1]} steps of a series, got {self.washout}."
            raise ValueError(f"{words} Take a shorter run-in, or a longer window.")
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
