"""The pure core of BPTT: many updates of the params in one program, whose live numbers are arguments; and what is saved of it."""

from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any, NamedTuple, Protocol

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from rcwidgets.core.losses import l2_norm
from rcwidgets.core.model import program as programs
from rcwidgets.core.model.program import Params, Program
from rcwidgets.core.trainers.gradient.objective import Objective

Own = tuple[dict[str, Any], ...]  # params by place


class Optimizer(Protocol):
    """What BPTT asks of an optimiser, as optax's `GradientTransformation` has it: optax is imported by those who train with it."""

    @property
    def init(self) -> Callable[[Any], Any]:
        """The state for these params."""

    @property
    def update(self) -> Callable[..., Any]:
        """The changes and the next state, of gradients, state and params."""


@cache
def adam() -> Optimizer:
    """Adam without a learning rate: one object, so that all trainers share its trace."""
    from optax import scale_by_adam

    return scale_by_adam()


class Batch(NamedTuple):
    """What one update learns from.

    inputs (time, batch, features) by place; targets by place, (batch, time, features), for an output that comes once (batch, features), or
    labels without the last axis; lengths (batch,), or None where all series are equally long; weights (batch, time), of outputs that all
    come once (batch,), or None where all count alike.
    """

    inputs: dict[int, Any]
    targets: dict[int, Any]
    lengths: Any
    weights: Any = None


class Knobs(NamedTuple):
    """The live numbers: the learning rate, None where the optimiser has its own, and the largest norm of a gradient."""

    learning_rate: Any
    max_grad_norm: Any


class Carry(NamedTuple):
    """What an update hands to the next: learned params, the optimiser's state, the number of updates made, and whether all was finite."""

    learned: Own
    optimizer: Any
    updates: Any
    finite: Any


class Choices(NamedTuple):
    """What compiles anew when it changes: what training lowers, how a gradient becomes a step, and the longest way back of a gradient."""

    objective: Objective
    optimizer: Optimizer
    truncate: int | None


def parted(program: Program, params: Params) -> tuple[Own, Own]:
    """The params that training changes, and the others, by place."""
    learned, fixed = [], []
    for node, own in zip(program.nodes, programs.in_order(program, params), strict=True):
        names = [name for name in node.learned if name in own]
        learned.append({name: own[name] for name in names})
        fixed.append({name: value for name, value in own.items() if name not in names})
    return tuple(learned), tuple(fixed)


def predicted(
    program: Program, learned: Own, fixed: Own, batch: Batch, first: Any, truncate: int | None, *, training: bool
) -> dict[int, Any]:
    """The outputs by place, (batch, time, features) or once (batch, features), from the initial state on.

    `first` is the number of the first step, from which noise and dropout draw; `truncate` the longest way back of the gradient.
    """
    params = {name: {**one, **other} for name, one, other in zip(program.names, learned, fixed, strict=True)}
    u = next(iter(batch.inputs.values()))
    steps, rows = u.shape[:2]
    alive = None if batch.lengths is None else jnp.arange(steps, dtype=batch.lengths.dtype)[:, None] < batch.lengths[None]
    state = programs.init(program, params, rows, u.dtype)._replace(steps=first)

    def run(state: Any, stretch: Any) -> Any:
        inputs, living = stretch
        state, values, _ = programs.run(program, params, state, inputs, program.exits, alive=living, training=training)
        return lax.stop_gradient(state), values

    values = _in_stretches(run, state, (batch.inputs, alive), steps, truncate)
    ends = None if batch.lengths is None else (batch.lengths - 1, jnp.arange(rows))
    return {k: (y[-1] if ends is None else y[ends]) if k in program.once else jnp.swapaxes(y, 0, 1) for k, y in values.items()}


def _in_stretches(run: Any, state: Any, series: Any, steps: int, longest: int | None) -> Any:
    """The outputs of run(state, series) over stretches of `longest` steps, or over all steps at once; `run` cuts the gradient."""
    if longest is None or longest >= steps:
        return run(state, series)[1]
    whole = steps - steps % longest
    cut = jax.tree.map(lambda a: a[:whole].reshape(whole // longest, longest, *a.shape[1:]), series)
    state, values = lax.scan(run, state, cut)
    values = jax.tree.map(lambda a: a.reshape(whole, *a.shape[2:]), values)
    if whole == steps:
        return values
    rest = run(state, jax.tree.map(lambda a: a[whole:], series))[1]
    return jax.tree.map(lambda a, b: jnp.concatenate([a, b]), values, rest)


def update(program: Program, fixed: Own, carry: Carry, knobs: Knobs, batch: Batch, choices: Choices) -> tuple[Carry, Any, Any]:
    """One step down the gradient: the carry after it, the loss before it, and the norm of the gradient before it is clipped.

    Where the loss, the gradient or the step is not finite, nothing changes, then or later.
    """
    from optax import apply_updates

    steps = next(iter(batch.inputs.values())).shape[0]

    def loss_of(learned: Own) -> Any:
        first = carry.updates * jnp.uint32(steps)
        outputs = predicted(program, learned, fixed, batch, first, choices.truncate, training=True)
        return choices.objective(outputs, batch.targets, learned, batch.lengths, batch.weights)

    loss, gradient = jax.value_and_grad(loss_of)(carry.learned)
    norm, limit = l2_norm(gradient), knobs.max_grad_norm
    gradient = jax.tree.map(lambda g: jnp.where(norm < limit, g, g / norm * limit), gradient)
    with jax.numpy_dtype_promotion("standard"), jax.numpy_rank_promotion("allow"):  # optimisers mix whole numbers and floats
        change, state = choices.optimizer.update(gradient, carry.optimizer, carry.learned)
        if knobs.learning_rate is not None:
            change = jax.tree.map(lambda c: -knobs.learning_rate * c, change)
        learned = apply_updates(carry.learned, change)
    finite = carry.finite & jnp.isfinite(loss) & jnp.isfinite(norm) & jnp.isfinite(l2_norm(change))
    after = Carry(learned, state, carry.updates + jnp.uint32(1), finite)
    return jax.tree.map(lambda new, old: jnp.where(finite, new, old), after, carry._replace(finite=finite)), loss, norm


@partial(jax.jit, static_argnames="choices", donate_argnames="carry")
def updates(
    program: Program, fixed: Own, carry: Carry, knobs: Knobs, batches: Batch, count: Any, choices: Choices
) -> tuple[Carry, Any, Any]:
    """The first `count` updates of `batches`, whose arrays have a leading axis: the carry after them, and losses and norms (updates,).

    However many of them count, there is one trace; what was not made is zero.
    """
    programs.TRACES["updates"] += 1
    return many(program, fixed, carry, knobs, batches, count, choices)


def many(program: Program, fixed: Own, carry: Carry, knobs: Knobs, batches: Batch, count: Any, choices: Choices) -> tuple[Carry, Any, Any]:
    """`updates`, to be traced as a part of something larger."""
    some = next(iter(batches.inputs.values()))
    zeros = jnp.zeros(some.shape[0], some.dtype)

    def body(k: Any, now: Any) -> Any:
        carry, losses, norms = now
        batch = jax.tree.map(lambda a: lax.dynamic_index_in_dim(a, k, keepdims=False), batches)
        carry, loss, norm = update(program, fixed, carry, knobs, batch, choices)
        return carry, losses.at[k].set(loss), norms.at[k].set(norm)

    return lax.fori_loop(0, count, body, (carry, zeros, zeros))


@partial(jax.jit, static_argnames=("objective",))
def evaluate(program: Program, fixed: Own, learned: Own, batch: Batch, objective: Objective) -> Any:
    """The loss on one batch, without dropout."""
    programs.TRACES["evaluate"] += 1
    told = predicted(program, learned, fixed, batch, jnp.uint32(0), None, training=False)
    return objective(told, batch.targets, learned, batch.lengths, batch.weights)


def live_numbers(learning_rate: float | None, max_grad_norm: float | None, dtype: Any) -> Knobs:
    """The live numbers as arrays; no limit, or one of 0, is a limit of infinity."""
    rate = None if learning_rate is None else np.asarray(learning_rate, dtype)
    return Knobs(rate, np.asarray(max_grad_norm or np.inf, dtype))


_KINDS = ("mean", "square")
_COUNTS = ("updates", "epochs", "steps")


def written_memory(names: tuple[str, ...], learned: Own, updates: int, epochs: int, adam: Any) -> Params:
    """The counts, at the first node that learns, and Adam's averages, where `adam` is its state and not None; nothing before any update."""
    if not updates:
        return {}
    memory: Params = {name: {} for name, own in zip(names, learned, strict=True) if own}
    first = next(iter(memory.values()))
    first.update(updates=np.asarray(updates, np.uint32), epochs=np.asarray(epochs, np.uint32))
    if adam is not None:
        first["steps"] = np.asarray(adam.count)
        for kind, averages in zip(_KINDS, (adam.mu, adam.nu), strict=True):
            for name, own in zip(names, averages, strict=True):
                for key, value in own.items():
                    memory[name][f"{key}-{kind}"] = np.asarray(value)
    return memory


def read_memory(names: tuple[str, ...], learned: Own, memory: Mapping[str, Mapping[str, Any]]) -> tuple[int, int, Any]:
    """The numbers of updates and of epochs, and Adam's state or None; arrays that do not fit the learned params are a ValueError."""
    counts = {key: value for own in memory.values() for key, value in own.items() if key in _COUNTS}
    given = {(name, key): value for name, own in memory.items() for key, value in own.items() if key not in _COUNTS}
    wanted = {
        (name, f"{key}-{kind}"): value
        for name, own in zip(names, learned, strict=True)
        for key, value in own.items()
        for kind in _KINDS
        if "steps" in counts
    }
    for name, key in {**given, **wanted}:
        shapes = [None if entry is None else np.shape(entry) for entry in (wanted.get((name, key)), given.get((name, key)))]
        if shapes[0] != shapes[1]:
            raise ValueError(f"memory/{name}/{key} must be {shapes[0]}, got {shapes[1]}: it is of another model.")
    if not {"updates", "epochs"} <= counts.keys() or any(np.shape(value) or value.dtype.kind not in "ui" for value in counts.values()):
        raise ValueError(f"memory must say how many updates and epochs were made, got {', '.join(counts) or 'nothing'}.")
    adam = None
    if "steps" in counts:
        mean, square = (
            tuple(
                {key: given[name, f"{key}-{kind}"].astype(value.dtype) for key, value in own.items()}
                for name, own in zip(names, learned, strict=True)
            )
            for kind in _KINDS
        )
        from optax import ScaleByAdamState

        adam = ScaleByAdamState(np.asarray(counts["steps"], np.int32), mean, square)
    return int(counts["updates"]), int(counts["epochs"]), adam
