"""Several settings of live knobs, trained by backpropagation through time in one program."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Self

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from numpy.typing import ArrayLike

from rcwidgets.core.backend import precision
from rcwidgets.core.long_series import is_long_pair
from rcwidgets.core.model import program as programs
from rcwidgets.core.model.program import NamedArrays, Program
from rcwidgets.core.spec.knobs import Effect, knobs_of
from rcwidgets.core.trainers.gaps import TargetGaps, check_gaps, open_gaps
from rcwidgets.core.trainers.gradient.batches import LOOKED_AT, Pieces, TrainingData, sources
from rcwidgets.core.trainers.gradient.bptt import BPTT
from rcwidgets.core.trainers.gradient.descent import Advice, Plateau, chunks, copied, start
from rcwidgets.core.trainers.gradient.objective import Objective
from rcwidgets.core.trainers.gradient.reading import Reader, Rows, stack
from rcwidgets.core.trainers.gradient.settings import EPOCHS
from rcwidgets.core.trainers.gradient.updates import Batch, Carry, Choices, Knobs, Own, evaluate, many
from rcwidgets.core.trainers.lanes.settings import AbstractLanes, LaneSettings

Varied = tuple[tuple[int, str], ...]  # the node knobs that differ between lanes, as (place, knob)
_SMALL = 700  # numbers in the largest signal of a batch


class BPTTLanes(AbstractLanes[BPTT]):
    """One BPTT trainer with several settings of its live knobs, trained in one program; each lane is what the trainer would be alone.

    `knobs` are arrays (lanes,) by name: "<node>.<knob>" of a node, and the trainer's own "learning_rate" and "max_grad_norm". The lanes
    start from the weights and the seed of the trainer, and see the same batches. `train_losses` and `grad_norms` are (lanes, updates).
    A lane that diverges stays as it was before, and its numbers are NaN from there on; `finite` (lanes,) says which did not.
    `lanes[k]` is an ordinary trainer of one lane. Small lanes are one product, others run one after another (see `side_by_side`).

    >>> from rcwidgets.core.nodes import Dense, Input, VanillaRNN
    >>> x = np.random.default_rng(0).normal(size=(8, 10, 1))
    >>> bptt = BPTT(Input(1) >> VanillaRNN(5) >> Dense(1))
    >>> lanes = BPTTLanes(bptt, {"learning_rate": [1e-3, 1e-2]}).fit((x, x.cumsum(axis=1)), num_train=3)
    >>> lanes.train_losses.shape
    (2, 3)
    """

    def __init__(self, trainer: BPTT, knobs: Mapping[str, ArrayLike], *, checkpoint: Callable[[], None] = lambda: None) -> None:
        """`checkpoint` is called after each chunk of updates: an error that it raises ends the fit."""
        if not isinstance(trainer, BPTT):
            raise TypeError(f"BPTTLanes.trainer must be a BPTT, got {type(trainer).__name__}.")
        if "learning_rate" in knobs and trainer.knobs().learning_rate is None:
            raise ValueError("BPTTLanes.knobs must be live, got a learning_rate: the rate of your own optimizer is fixed. Leave it out.")
        self.settings = LaneSettings.read(trainer.model, trainer.settings, knobs)
        self._one = trainer.detached(trainer.model, trainer.settings, trainer.snapshot())
        self._checkpoint = checkpoint
        self._carry: Carry | None = None
        self._forget()

    def _forget(self) -> None:
        self._carry = None
        self.train_losses, self.grad_norms = (np.zeros((len(self), 0)) for _ in range(2))

    def _lane(self, lane: int) -> BPTT:
        one = self._one
        made = one.detached(self.settings.model(one.model, lane), self.settings.settings(one.settings, lane), one.snapshot())
        if self._carry is not None:
            made.adopt(jax.tree.map(lambda a: np.asarray(a)[lane], self._carry))
            kept = np.isfinite(self.train_losses[lane])
            made.train_losses, made.grad_norms = self.train_losses[lane, kept], self.grad_norms[lane, kept]
            rate = made.knobs().learning_rate
            made.learning_rates = np.full(kept.sum(), np.nan if rate is None else rate)
        return made

    @property
    def params(self) -> NamedArrays:
        """The weights as {node name: {name: array}}; those that learn have a leading axis of lanes, once they are fitted."""
        params = self._one.params
        for name, own in zip(self._one.program.names, self._carry.learned if self._carry else (), strict=self._carry is not None):
            params[name] |= {key: np.array(value) for key, value in own.items()}
        return params

    @property
    def finite(self) -> np.ndarray:
        """Which lanes have not diverged, (lanes,)."""
        return np.ones(len(self), bool) if self._carry is None else np.array(self._carry.finite)

    def fit(
        self,
        train_data: TrainingData,
        *,
        num_train: int | None = None,
        num_batch: int | None = None,
        reset: bool = False,
        gaps: TargetGaps = "error",
    ) -> Self:
        """Trains every lane as `fit` of the trainer would, on the same batches; a second fit goes on, unless `reset`.

        With patience it ends when no lane gets better; each has its own best params, and its own cuts of the learning rate.

        A lane that diverged in an earlier fit goes on from the weights that it kept.
        """
        check_gaps("BPTTLanes.fit", gaps)
        if gaps == "drop" and not is_long_pair(train_data):
            train_data = open_gaps(train_data, tells=self._one.model.used())
        one, settings = self._one, self._one.settings
        num_train = (settings.num_train or EPOCHS) if num_train is None else num_train
        num_batch = settings.num_batch if num_batch is None else num_batch
        source, test, _ = sources("BPTTLanes", settings, train_data, None, num_batch)
        if reset:
            self._forget()
            one.forget()
        reader = one.reader(*source.first(), gaps=gaps)
        carry, fixed = start(one.program, one.held.params, one.optimizer, one.optimizer_state, one.updates, one.dtype)
        with precision(one.dtype):
            held = self._carry or jax.tree.map(lambda a: np.broadcast_to(a, (len(self), *a.shape)), carry)
            self._carry = copied(held)._replace(finite=jnp.ones(len(self), bool))
        if test is None:
            self._learn(reader, fixed, one.batches(source, reader, num_batch, num_train), np.ones(len(self)), np.ones(len(self), bool))
        else:
            self._watched(reader, fixed, source, test, num_batch, num_train)
        return self

    def _watched(self, reader: Reader, fixed: Own, source: Pieces, test: Pieces, num_batch: int, num_train: int) -> None:
        """Trains with a look at the held-out data after each epoch, until no lane gets better; each keeps its best params."""
        one, settings = self._one, self._one.settings
        looks = [Plateau(settings.least_gain) for _ in range(len(self))]
        with precision(one.dtype):
            best = copied(self._carry)
        alive = np.ones(len(self), bool)
        for _ in range(num_train):
            shares = np.array([look.share for look in looks])
            self._learn(reader, fixed, one.batches(source, reader, num_batch, 1), shares, alive)
            losses = self._test_losses(reader, fixed, test)
            advice = [
                look.look(loss, settings.patience or 1, settings.rate_cuts) if on else Advice.ON
                for look, loss, on in zip(looks, losses.tolist(), alive, strict=True)
            ]
            with precision(one.dtype):
                best = _where([each is Advice.BEST for each in advice], self._carry, best)
                self._carry = _where([each is Advice.BACK for each in advice], best, self._carry)
            alive &= [each is not Advice.END for each in advice]
            if not alive.any():
                break
        assert self._carry is not None
        found = np.isfinite([look.best for look in looks])
        with precision(one.dtype):
            self._carry = _where(found, best, self._carry)._replace(finite=self._carry.finite)

    def _learn(self, reader: Reader, fixed: Own, batches: Iterator[Rows], shares: np.ndarray, alive: np.ndarray) -> None:
        """Makes one update a batch, with these shares of the learning rates; numbers of lanes that are not `alive` are not kept."""
        one, knobs = self._one, self._knobs()
        varied, values = self._turned()
        if knobs.learning_rate is not None:
            knobs = knobs._replace(learning_rate=(knobs.learning_rate * shares).astype(one.dtype))

        def launch(batch: Batch, count: np.ndarray) -> Any:
            joined = side_by_side(one.program, next(iter(batch.inputs.values())).shape[2])
            choices = Choices(reader.objective, one.optimizer, one.settings.truncate)
            with precision(one.dtype):
                self._carry, losses, norms = lane_updates(
                    one.program, fixed, self._carry, knobs, values, batch, count, choices, varied, joined
                )
            return losses, norms, self._carry.updates

        assert self._carry is not None
        before = np.array(self._carry.updates)
        for (losses, norms, after), count in chunks(batches, launch, one.dtype):
            made = (np.asarray(after - before)[:, None] > np.arange(count)) & alive[:, None]
            self.train_losses = np.hstack([self.train_losses, np.where(made, losses[:, :count], np.nan)])
            self.grad_norms = np.hstack([self.grad_norms, np.where(made, norms[:, :count], np.nan)])
            before = np.array(after)
            self._checkpoint()

    def _test_losses(self, reader: Reader, fixed: Own, test: Pieces) -> np.ndarray:
        """The loss of each lane (lanes,) on the held-out data, each batch weighted by its series."""
        one, found, weights = self._one, [], []
        assert self._carry is not None
        varied, values = self._turned()
        for rows in test.epoch(reader, max(one.settings.num_batch, LOOKED_AT), None):
            batch = jax.tree.map(lambda a: a[0], stack([rows], 1, one.dtype))
            with precision(one.dtype):
                losses = lane_losses(one.program, fixed, self._carry.learned, values, batch, reader.objective, varied)
            found.append(np.asarray(losses, np.float64))
            weights.append(len(rows))
        return np.average(found, axis=0, weights=weights)

    def _turned(self) -> tuple[Varied, tuple[np.ndarray, ...]]:
        """The node knobs that differ between lanes, and their values (lanes,)."""
        names = self._one.program.names
        own = {(names.index(name), knob): values for name, found in self.settings.nodes.items() for knob, values in found.items()}
        return tuple(own), tuple(values.astype(self._one.dtype) for values in own.values())

    def _knobs(self) -> Knobs:
        """The trainer's live numbers, (lanes,)."""
        one, own = self._one.settings, self.settings.trainer
        rates, norms = (own.get(name, np.full(len(self), getattr(one, name) or 0.0)) for name in ("learning_rate", "max_grad_norm"))
        limits = np.where(norms > 0, norms, np.inf).astype(self._one.dtype)
        return Knobs(None if self._one.knobs().learning_rate is None else rates.astype(self._one.dtype), limits)


def side_by_side(program: Program, batch: int) -> bool:
    """Whether lanes are made as one product, or one after another in one program, which XLA's CPU does faster unless they are small.

    Measured on 2 cores, 32 lanes, as the time of one after another over that of one product: 20 units and a batch of 32 take 1.5, 50 and 16
    take 1, 30 and 128 take 0.4, 100 and 128 take 0.3.
    """
    return jax.default_backend() != "cpu" or max(wires.size for wires in program.wires) * batch <= _SMALL


def turned(program: Program, varied: Varied, values: Any) -> Program:
    """The program with other values of some live knobs."""
    nodes = list(program.nodes)
    for (place, knob), value in zip(varied, values, strict=True):
        live = [name for name, made in knobs_of(type(nodes[place])).items() if made.effect is Effect.LIVE]
        tree: Any
        leaves, tree = jax.tree.flatten(nodes[place], is_leaf=lambda leaf: leaf is None)
        leaves[live.index(knob)] = value
        nodes[place] = tree.unflatten(leaves)
    return replace(program, nodes=tuple(nodes))


@partial(jax.jit, static_argnames=("choices", "varied", "joined"), donate_argnames="carry")
def lane_updates(
    program: Program,
    fixed: Own,
    carry: Any,
    knobs: Knobs,
    values: Any,
    batches: Batch,
    count: Any,
    choices: Choices,
    varied: Varied,
    joined: bool,
) -> tuple[Any, Any, Any]:
    """`updates` of every lane: carry, knobs and the values of the `varied` knobs of nodes have a leading axis of lanes."""
    programs.TRACES["lane_updates"] += 1

    def lane(own: Any) -> Any:
        carry, knobs, values = own
        return many(turned(program, varied, values), fixed, carry, knobs, batches, count, choices)

    given = (carry, knobs, values)
    return jax.vmap(lane)(given) if joined else lax.map(lane, given)


@partial(jax.jit, static_argnames=("objective", "varied"))
def lane_losses(program: Program, fixed: Own, learned: Any, values: Any, batch: Batch, objective: Objective, varied: Varied) -> Any:
    """`evaluate` of every lane, (lanes,): the learned params and the values of the `varied` knobs have a leading axis of lanes."""
    programs.TRACES["lane_losses"] += 1
    return lax.map(lambda own: evaluate(turned(program, varied, own[1]), fixed, own[0], batch, objective), (learned, values))


def _where(lanes: Any, one: Any, other: Any) -> Any:
    """The arrays of one tree in some lanes, and those of the other in the rest."""
    chosen = np.asarray(lanes, bool)

    def pick(a: Any, b: Any) -> Any:
        return jnp.asarray(np.where(chosen.reshape(-1, *[1] * (np.ndim(a) - 1)), a, b))

    return jax.tree.map(pick, one, other)
