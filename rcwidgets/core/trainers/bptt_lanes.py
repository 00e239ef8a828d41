"""Several settings of live knobs, trained by backpropagation through time side by side in one program."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Self

import jax
import jax.numpy as jnp
import numpy as np
import optax

from rcwidgets.core import program as programs
from rcwidgets.core.knobs import Effect, knobs_of
from rcwidgets.core.precision import precision
from rcwidgets.core.program import Params, Program
from rcwidgets.core.trainers.batches import Source
from rcwidgets.core.trainers.bptt import BPTT
from rcwidgets.core.trainers.chunks import chunks
from rcwidgets.core.trainers.descent import copied, start
from rcwidgets.core.trainers.lane_settings import LaneSettings
from rcwidgets.core.trainers.objective import Objective
from rcwidgets.core.trainers.updates import Batch, Carry, Knobs, Own, many

Varied = tuple[tuple[int, str], ...]  # the node knobs that differ between lanes, as (place, knob)


class BPTTLanes:
    """One BPTT trainer with several settings of its live knobs, trained side by side; each lane is what the trainer would be alone.

    `knobs` are arrays (lanes,) by name: "<node>.<knob>" of a node, and the trainer's own "learning_rate" and "max_grad_norm". The lanes
    start from the weights and the seed of the trainer, and see the same batches. `train_losses` and `grad_norms` are (lanes, updates).
    A lane that diverges stays as it was before, and its numbers are NaN from there on; `finite` (lanes,) says which did not.
    `lanes[k]` is an ordinary trainer of one lane.

    >>> from rcwidgets.core.nodes import Dense, Input, VanillaRNN
    >>> x = np.random.default_rng(0).normal(size=(8, 10, 1))
    >>> bptt = BPTT(Input(1) >> VanillaRNN(5) >> Dense(1))
    >>> lanes = BPTTLanes(bptt, {"learning_rate": [1e-3, 1e-2]}).fit((x, x.cumsum(axis=1)), num_train=3)
    >>> lanes.train_losses.shape
    (2, 3)
    """

    def __init__(self, trainer: BPTT, knobs: Mapping[str, Any]) -> None:
        if not isinstance(trainer, BPTT):
            raise TypeError(f"BPTTLanes.trainer must be a BPTT, got {type(trainer).__name__}.")
        if "learning_rate" in knobs and trainer.knobs().learning_rate is None:
            raise ValueError("BPTTLanes.knobs must be live, got a learning_rate: the rate of your own optimizer is fixed. Leave it out.")
        self.settings = LaneSettings.read(trainer.model, trainer.settings, knobs)
        self._one = trainer.detached()
        self._carry: Carry | None = None
        self._forget()

    def _forget(self) -> None:
        self._carry = None
        self.train_losses, self.grad_norms = (np.zeros((len(self), 0)) for _ in range(2))

    def __len__(self) -> int:
        return self.settings.lanes

    def __iter__(self) -> Iterator[BPTT]:
        return (self[lane] for lane in range(len(self)))

    def __getitem__(self, lane: int) -> BPTT:
        if not -len(self) <= lane < len(self):
            raise IndexError(f"There is no lane {lane}. There are {len(self)}.")
        lane = lane % len(self)
        made = self._one.detached(self.settings.model(self._one.model, lane), self.settings.settings(self._one.settings, lane))
        if self._carry is not None:
            made.adopt(jax.tree.map(lambda a: np.asarray(a)[lane], self._carry))
            kept = int(np.isfinite(self.train_losses[lane]).sum())
            made.train_losses, made.grad_norms = self.train_losses[lane, :kept], self.grad_norms[lane, :kept]
            made.learning_rates = np.full(kept, np.nan if made.knobs().learning_rate is None else made.settings.learning_rate)
        return made

    @property
    def params(self) -> Params:
        """The weights as {node name: {name: array}}; those that learn have a leading axis of lanes, once they are fitted."""
        params = self._one.params
        for name, own in zip(self._one.program.names, self._carry.learned if self._carry else (), strict=self._carry is not None):
            params[name] |= {key: np.array(value) for key, value in own.items()}
        return params

    @property
    def finite(self) -> np.ndarray:
        """Which lanes have not diverged, (lanes,)."""
        return np.ones(len(self), bool) if self._carry is None else np.array(self._carry.finite)

    def fit(self, train_data: Any, *, num_train: int = 30, num_batch: int = 128, reset: bool = False) -> Self:
        """Trains every lane as `fit` of the trainer would, on the same batches; a second fit goes on, unless `reset`.

        A lane that diverged in an earlier fit goes on from the weights that it kept.
        """
        one, source = self._one, Source(train_data, "BPTTLanes.train_data")
        if reset:
            self._forget()
            one.forget()
        reader = one.reader(*source.first())
        program, varied = self._program()
        carry, fixed = start(one.program, one.params, one.optimizer, one.optimizer_state, one.updates, one.dtype)
        with precision(one.dtype):
            held = self._carry or jax.tree.map(lambda a: np.broadcast_to(a, (len(self), *a.shape)), carry)
            self._carry = copied(held)._replace(finite=jnp.ones(len(self), bool))
        rates = self._knobs()

        def launch(batch: Batch, count: np.ndarray) -> Any:
            with precision(one.dtype):
                self._carry, losses, norms = lane_updates(
                    program, fixed, self._carry, rates, batch, count, reader.objective, one.optimizer, one.settings.truncate, varied
                )
            return losses, norms, self._carry.updates

        before = np.asarray(self._carry.updates)
        for (losses, norms, after), count in chunks(one.batches(source, reader, num_batch, num_train), launch, one.dtype):
            made = np.asarray(after - before)[:, None] > np.arange(count)
            self.train_losses = np.hstack([self.train_losses, np.where(made, losses[:, :count], np.nan)])
            self.grad_norms = np.hstack([self.grad_norms, np.where(made, norms[:, :count], np.nan)])
            before = np.array(after)
        return self

    def _program(self) -> tuple[Program, Varied]:
        """The program with arrays (lanes,) for the knobs that differ, and which these are."""
        program, nodes, varied = self._one.program, [], []
        for k, (node, name) in enumerate(zip(program.nodes, program.names, strict=True)):
            own = self.settings.nodes.get(name, {})
            nodes.append(node.replace(**{knob: values.astype(self._one.dtype) for knob, values in own.items()}) if own else node)
            varied += [(k, knob) for knob in own]
        return replace(program, nodes=tuple(nodes)), tuple(varied)

    def _knobs(self) -> Knobs:
        """The trainer's live numbers, (lanes,)."""
        one, own = self._one.settings, self.settings.trainer
        rates, norms = (own.get(name, np.full(len(self), getattr(one, name) or 0.0)) for name in ("learning_rate", "max_grad_norm"))
        limits = np.where(norms > 0, norms, np.inf).astype(self._one.dtype)
        return Knobs(None if self._one.knobs().learning_rate is None else rates.astype(self._one.dtype), limits)


def axes(program: Program, varied: Varied) -> Program:
    """Which leaves of the program have an axis of lanes: 0 there, None elsewhere."""
    nodes = []
    for k, node in enumerate(program.nodes):
        live = [name for name, made in knobs_of(type(node)).items() if made.effect is Effect.LIVE]
        tree: Any
        _, tree = jax.tree.flatten(node, is_leaf=lambda leaf: leaf is None)
        nodes.append(tree.unflatten([0 if (k, name) in varied else None for name in live]))
    return replace(program, nodes=tuple(nodes))


@partial(jax.jit, static_argnames=("objective", "optimizer", "truncate", "varied"), donate_argnames=("carry",))
def lane_updates(
    program: Program,
    fixed: Own,
    carry: Any,
    knobs: Knobs,
    batches: Batch,
    count: Any,
    objective: Objective,
    optimizer: optax.GradientTransformation,
    truncate: int | None,
    varied: Varied,
) -> tuple[Any, Any, Any]:
    """`updates` of every lane: carry and knobs have a leading axis of lanes, and so have the knobs of nodes that are `varied`."""
    programs.TRACES["lane_updates"] += 1

    def lane(program: Program, carry: Carry, knobs: Knobs) -> Any:
        return many(program, fixed, carry, knobs, batches, count, objective, optimizer, truncate)

    return jax.vmap(lane, in_axes=(axes(program, varied), 0, 0))(program, carry, knobs)
