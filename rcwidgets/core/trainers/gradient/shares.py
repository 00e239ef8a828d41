"""Updates whose batch is shared out: each core runs its part of the series forward and back, and the gradients are added in a fixed order.

The loss is that of the whole batch, whatever it is: it is taken of the outputs of all parts, and each goes back from its own. What XLA
would do with one program on several cores is less: a product of so few rows stays on one.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache, partial, reduce
from operator import add
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from rcwidgets.core.backend import one_core_options, precision
from rcwidgets.core.cores import cores
from rcwidgets.core.model import program as programs
from rcwidgets.core.model.plan import Parallel
from rcwidgets.core.model.program import Program
from rcwidgets.core.trainers.gradient.updates import Batch, Carry, Choices, Knobs, Own, predicted, stepped

LEAST = 2e7  # weights times series times steps of an update, some 3 ms of one core: handing over takes some 0.5 ms of each
FEWEST = 16  # series in a part
MOST = 8  # parts


def parts_of(program: Program, learned: Own, fixed: Own, batches: Batch, parallel: Parallel) -> int:
    """Into how many parts the batches (updates, time, series, ...) are cut: a fixed function of sizes and cores.

    Only where each series stands for itself: noise and dropout draw for the whole batch.
    """
    if parallel == "off" or jax.default_backend() != "cpu":
        return 1
    if any(node.drops for node in program.nodes) or any(
        float(jnp.max(level)) > 0 for node in program.nodes if (level := node.loudness()) is not None
    ):
        return 1
    _, steps, series = next(iter(batches.inputs.values())).shape[:3]
    weights = sum(np.size(array) for own in (*learned, *fixed) for array in own.values() if np.ndim(array) == 2)
    most = min(cores(), MOST) if weights * series * steps >= LEAST else 1
    return next((count for count in range(most, 1, -1) if series % count == 0 and series // count >= FEWEST), 1)


def shared_updates(
    program: Program, fixed: Own, carry: Carry, knobs: Knobs, batches: Batch, count: int, choices: Choices, parts: int, dtype: Any
) -> tuple[Carry, list[Any], list[Any]]:
    """`updates` with each batch in so many parts: the carry after `count` of them, and their losses and norms."""
    given, tree = jax.tree.flatten((program, fixed, batches))
    shapes = tuple(np.shape(leaf) for leaf in given)
    with precision(dtype):
        carried, carry_tree = jax.tree.flatten(carry)
        turned, knobs_tree = jax.tree.flatten(knobs)
        made = _programs(tree, shapes, carry_tree, knobs_tree, choices, parts, np.dtype(dtype))
        return made.run(jax.device_put(given), carried, turned, count)


class _Shared:
    """The programs of one kind of update, which take flat lists of arrays: what is a tree costs time at each call."""

    def __init__(self, trees: Sequence[Any], choices: Choices, parts: int, dtype: Any) -> None:
        self._tree, self._carry, self._knobs = trees
        self._choices, self._parts, self._dtype = choices, parts, dtype
        compiled = partial(jax.jit, compiler_options=one_core_options(ynnpack=dtype == np.float64))
        self._forward, self._backward, self._step = (compiled(one) for one in (self._ahead, self._back, self._down))
        self._way_back: Any = None
        self._ready = False

    def run(self, given: list[Any], carried: list[Any], turned: list[Any], count: int) -> tuple[Carry, list[Any], list[Any]]:
        """Makes `count` updates; only asked for, and under way, when it returns."""
        losses, norms = list[Any](), list[Any]()
        with ThreadPoolExecutor(self._parts - 1, "rcwidgets-shares") as pool:
            for k in map(np.int32, range(count)):
                ahead = self._each(pool, partial(self._forward, given, carried, k))
                outputs, kept = ([own[which] for own in ahead] for which in (0, 1))
                back = self._each(pool, partial(self._from, kept, given, carried, k, outputs))
                carried, norm = self._step(carried, turned, back[0][0], [gradient for _, gradient in back])
                losses.append(back[0][0])
                norms.append(norm)
                self._ready = True
        return self._carry.unflatten(carried), losses, norms

    def _from(self, kept: list[Any], given: list[Any], carried: list[Any], k: Any, outputs: list[Any], part: np.int32) -> Any:
        """The way back of one part, from what it kept on the way there."""
        return self._backward(given, carried, k, part, outputs, kept[part])

    def _each(self, pool: ThreadPoolExecutor, job: Callable[[np.int32], Any]) -> list[Any]:
        """What `job` gives for each part, asked for side by side; at first one after another, so that it is compiled once."""
        numbers = [np.int32(part) for part in range(self._parts)]
        if not self._ready:
            return [job(part) for part in numbers]

        def there(part: np.int32) -> Any:
            with precision(self._dtype):
                return job(part)

        others = [pool.submit(there, part) for part in numbers[1:]]
        return [job(numbers[0]), *(other.result() for other in others)]

    def _batch(self, given: list[Any], k: Any) -> tuple[Program, Own, Batch]:
        program, fixed, batches = self._tree.unflatten(given)
        return program, fixed, jax.tree.map(lambda a: lax.dynamic_index_in_dim(a, k, keepdims=False), batches)

    def _own(self, array: Any, part: Any, axis: int) -> Any:
        """The part of an array that has an axis of series."""
        size = array.shape[axis] // self._parts
        return lax.dynamic_slice_in_dim(array, part * size, size, axis)

    def _ahead(self, given: list[Any], carried: list[Any], k: Any, part: Any) -> Any:
        programs.TRACES["shared_updates"] += 1
        program, fixed, batch = self._batch(given, k)
        carry: Carry = self._carry.unflatten(carried)
        inputs = {place: self._own(array, part, 1) for place, array in batch.inputs.items()}
        steps = next(iter(inputs.values())).shape[0]
        own = Batch(inputs, {}, None if batch.lengths is None else self._own(batch.lengths, part, 0))

        def outputs(learned: Own) -> Any:
            return predicted(program, learned, fixed, own, carry.updates * jnp.uint32(steps), self._choices.truncate, training=True)

        found, back = jax.vjp(outputs, carry.learned)
        kept, self._way_back = jax.tree.flatten(back)
        return found, kept

    def _back(self, given: list[Any], carried: list[Any], k: Any, part: Any, outputs: list[Any], kept: list[Any]) -> Any:
        _, _, batch = self._batch(given, k)
        carry: Carry = self._carry.unflatten(carried)
        whole = jax.tree.map(lambda *each: jnp.concatenate(each), *outputs)

        def loss_of(outputs: Any, learned: Own) -> Any:
            return self._choices.objective(outputs, batch.targets, learned, batch.lengths)

        loss, (wanted, direct) = jax.value_and_grad(loss_of, (0, 1))(whole, carry.learned)
        (gradient,) = self._way_back.unflatten(kept)(jax.tree.map(lambda one: self._own(one, part, 0), wanted))
        first = part == 0  # what the loss asks of the params themselves counts once
        return loss, jax.tree.map(lambda through, own: through + jnp.where(first, own, jnp.zeros_like(own)), gradient, direct)

    def _down(self, carried: list[Any], turned: list[Any], loss: Any, gradients: list[Any]) -> Any:
        gradient = jax.tree.map(lambda *each: reduce(add, each), *gradients)
        carry, norm = stepped(self._carry.unflatten(carried), self._knobs.unflatten(turned), loss, gradient, self._choices.optimizer)
        return jax.tree.leaves(carry), norm


@lru_cache(maxsize=32)
def _programs(tree: Any, shapes: Any, carry: Any, knobs: Any, choices: Choices, parts: int, dtype: Any) -> _Shared:
    return _Shared((tree, carry, knobs), choices, parts, dtype)
