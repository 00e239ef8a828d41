"""The loop over time: as many steps as there are, or as the call says, with the random numbers of each step where there is noise."""

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax

from rcwidgets.core.nodes.base import AbstractNode


def scan(
    nodes: Sequence[AbstractNode],
    step: Any,
    carry: Any,
    given: Any,
    first: Any,
    steps: int,
    *,
    count: Any = None,
    training: bool = False,
    over: Any = None,
    loud: bool | None = None,
) -> Any:
    """`lax.scan` of step(carry, (given of the step, key)); the key is the number of the step, from `first` on, or None without noise.

    With `count`, a number that the compiled program is given, only so many steps are made, and what the others would give is 0. `first`
    may then be (parts,): the rows of the carry are so many parts, each at a time of its own. `over(carry, given, steps)` takes the place of
    `lax.scan` over the steps. `loud` says whether there is noise, where that is known before it is compiled.
    """

    def each(keys: Any) -> Any:
        return lax.scan(step, carry, (given, keys), length=steps) if over is None else over(carry, (given, keys), steps)

    def quiet() -> Any:
        return each(None) if count is None else counted(noisy=False)

    def noisy() -> Any:
        return each(first + jnp.arange(steps, dtype=jnp.uint32)) if count is None else counted(noisy=True)

    def counted(*, noisy: bool) -> Any:
        def one(k: Any, carry: Any) -> Any:
            here = jax.tree.map(lambda leaf: lax.dynamic_index_in_dim(leaf, k, keepdims=False), given)
            return step(carry, (here, first + jnp.asarray(k, jnp.uint32) if noisy else None))

        def put(k: Any, held: Any) -> Any:
            carry, rooms = held
            carry, found = one(k, carry)
            return carry, jax.tree.map(lambda room, value: lax.dynamic_update_index_in_dim(room, value, k, 0), rooms, found)

        shapes = jax.eval_shape(lambda held: one(0, held)[1], carry)
        rooms = jax.tree.map(lambda shape: jnp.zeros((steps, *shape.shape), shape.dtype), shapes)
        return lax.fori_loop(jnp.int32(0), count, put, (carry, rooms))

    if loud or (training and any(node.drops for node in nodes)):
        return noisy()
    if loud is False:
        return quiet()
    levels = [jnp.max(jnp.asarray(level)) for node in nodes for level in node.noises()]
    return lax.cond(sum(levels) > 0, noisy, quiet) if levels else quiet()


def kept(living: Any, after: Any, before: Any) -> Any:
    """The values after the step for the series that live, else those before it; `living` (batch,), each value (batch, ...)."""
    return jax.tree.map(lambda new, old: jnp.where(living.reshape(-1, *[1] * (new.ndim - 1)), new, old), after, before)
