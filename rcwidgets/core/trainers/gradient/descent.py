"""One fit of BPTT: what the updates start from, what moves them, and what comes of them."""

import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from rcwidgets.core.model.program import Params, Program
from rcwidgets.core.precision import precision
from rcwidgets.core.trainers.gradient.batches import Source
from rcwidgets.core.trainers.gradient.chunks import chunks
from rcwidgets.core.trainers.gradient.reading import Reader, Rows, stack
from rcwidgets.core.trainers.gradient.updates import Batch, Carry, Knobs, Optimizer, Own, evaluate, parted, updates


class Progress(NamedTuple):
    """Where training stands: updates and whole epochs made in all fits, and the losses of the updates since the last progress."""

    updates: int
    epochs: int
    losses: np.ndarray


class Made(NamedTuple):
    """What a chunk made: the losses, gradient norms and learning rates of its updates, and whether all were finite.

    Of an update that was not, the loss stands in `losses`, but it does not count in `made`.
    """

    losses: np.ndarray
    norms: np.ndarray
    rates: np.ndarray
    made: int
    finite: bool


class Descent:
    """The carry of one fit, and the program that moves it."""

    def __init__(self, program: Program, reader: Reader, fixed: Own, carry: Carry, optimizer: Optimizer, truncate: int | None) -> None:
        self.program, self.reader, self.fixed, self.carry = program, reader, fixed, carry
        self._fixed_choices = (reader.objective, optimizer, truncate)

    def run(self, batches: Iterator[Rows], knobs: Callable[[], Knobs], dtype: Any) -> Iterator[Made]:
        """Makes one update a batch; yields after each chunk. `knobs` says the live numbers of the next one."""
        before = int(self.carry.updates)

        def launch(batch: Batch, count: np.ndarray) -> Any:
            now = knobs()
            with precision(dtype):
                self.carry, losses, norms = updates(self.program, self.fixed, self.carry, now, batch, count, *self._fixed_choices)
            return losses, norms, now.learning_rate, self.carry.updates, self.carry.finite

        for (losses, norms, rate, after, finite), count in chunks(batches, launch, dtype):
            made, before = int(after) - before, int(after)
            rates = np.full(count, np.nan if rate is None else rate)
            yield Made(np.asarray(losses[:count]), np.asarray(norms[:count]), rates, made, bool(finite))

    def test_loss(self, source: Source, size: int, dtype: Any) -> float:
        """The loss on all batches of the test data, each weighted by its series."""
        losses, weights = [], []
        for rows in source.epoch(self.reader, size, None):
            batch = jax.tree.map(lambda a: a[0], stack([rows], 1, dtype))
            with precision(dtype):
                losses.append(float(evaluate(self.program, self.fixed, self.carry.learned, batch, self.reader.objective)))
            weights.append(len(rows))
        return float(np.average(losses, weights=weights))


def start(program: Program, params: Params, optimizer: Optimizer, state: Any, updates: int, dtype: Any) -> tuple[Carry, Own]:
    """The carry before the first update, in arrays that it may overwrite, and the params that stay.

    `state` is the optimiser's from an earlier fit; where it does not fit the params (or is None) the optimiser starts anew.
    """
    with precision(dtype):
        learned, fixed = (copied(part) for part in parted(program, params))
        with jax.numpy_dtype_promotion("standard"), jax.numpy_rank_promotion("allow"):
            fresh = optimizer.init(learned)
        return Carry(learned, copied(state) if _alike(state, fresh) else fresh, jnp.uint32(updates), jnp.bool_(True)), fixed


def copied(tree: Any) -> Any:
    """The tree with arrays of JAX that share no memory with its own."""
    return jax.tree.map(lambda a: jnp.array(a, copy=True), tree)


def _alike(one: Any, other: Any) -> bool:
    """Whether two trees hold arrays of the same shapes in the same places."""
    structures: list[Any] = [jax.tree.structure(one), jax.tree.structure(other)]
    if structures[0] != structures[1]:
        return False
    return all(np.shape(a) == np.shape(b) for a, b in zip(jax.tree.leaves(one), jax.tree.leaves(other), strict=True))


def told(training: Iterator[Progress], every: int) -> None:
    """Goes through a training, and prints a line with the mean loss after so many updates; with 0 it prints none."""
    begun, since = time.perf_counter(), list[float]()
    for progress in training:
        for done, loss in enumerate(progress.losses, progress.updates - len(progress.losses) + 1):
            since.append(loss)
            if every and done % every == 0:
                seconds, mean = time.perf_counter() - begun, np.mean(since)
                print(f"{done} updates, {seconds:.1f} s: loss {mean:.4g} (mean of {len(since)} updates)", flush=True)
                since = []


def check_own(loss: Any, optimizer: Any) -> None:
    """Raises a TypeError where a loss is neither a name nor a function, or an optimiser of the user's own (or None) is none."""
    if not isinstance(loss, str) and not callable(loss):
        raise TypeError(f"BPTT.loss must be a name or a function f(predictions, targets), got {loss!r}.")
    if optimizer is not None and not (callable(getattr(optimizer, "init", None)) and callable(getattr(optimizer, "update", None))):
        raise TypeError(f"BPTT.optimizer must be an optax optimiser such as optax.adam(0.01), got {optimizer!r}.")


def check_whole(low: int, more: str = "", **given: Any) -> None:
    """Raises a ValueError unless the arguments of `fit` are whole numbers from `low` on."""
    for name, value in given.items():
        if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < low:
            raise ValueError(f"BPTT.fit takes a whole {name} from {low}, got {value!r}.{more}")
