"""One fit of BPTT: what the updates start from, what moves them chunk by chunk, and when it no longer gets better."""

import math
import time
from collections.abc import Callable, Iterator
from enum import Enum
from typing import Any, Literal, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from rcwidgets.core.backend import precision
from rcwidgets.core.devices import spread_batch
from rcwidgets.core.model.program import Params, Program
from rcwidgets.core.trainers.gradient.batches import Pieces
from rcwidgets.core.trainers.gradient.reading import Reader, Rows, stack
from rcwidgets.core.trainers.gradient.updates import Batch, Carry, Choices, Knobs, Optimizer, Own, evaluate, parted, updates

Reason = Literal["no better", "epochs"]


class Advice(Enum):
    """What comes after a look at the held-out loss."""

    BEST = "these are the best weights so far"
    ON = "go on"
    BACK = "go back to the best weights, with a smaller learning rate"
    END = "end"


class Ending(NamedTuple):
    """Why training ended: it was `waited` updates "no better", or had gone through its last epoch; `best` is the update of its weights."""

    reason: Reason
    updates: int
    best: int
    waited: int


class Plateau:
    """Follows the held-out loss from epoch to epoch.

    After `patience` epochs without a loss that is better by the share `least_gain` the learning rate is cut to a third, `cuts` times at
    most, and then it ends.
    """

    def __init__(self, least_gain: float = 0.0) -> None:
        self.least_gain = least_gain
        self.best = self.mark = math.inf
        self.waited = self.cut = 0

    def look(self, loss: float, patience: int, cuts: int) -> Advice:
        """What to do after an epoch with this held-out loss."""
        better = loss < self.best
        self.best = min(loss, self.best) if better else self.best
        self.waited += 1
        if loss < self.mark * (1 - self.least_gain):
            self.mark, self.waited = loss, 0
        if self.waited < patience or better:
            return Advice.BEST if better else Advice.ON
        if self.cut >= cuts:
            return Advice.END
        self.cut, self.waited = self.cut + 1, 0
        return Advice.BACK

    @property
    def share(self) -> float:
        """What is left of the learning rate."""
        return float(3.0**-self.cut)


SECONDS = 0.075  # a chunk: between 50 and 100 ms
MOST = 64  # updates in a chunk
BYTES = 64_000_000  # the most that the batches of a chunk take


def chunks(batches: Iterator[Rows], launch: Callable[[Batch, np.ndarray], Any], dtype: Any) -> Iterator[tuple[Any, int]]:
    """Yields the outcome of `launch(stacked batches, count)`, and the count of updates, for chunk after chunk, in order, each finished.

    Chunks are of many updates: long enough that calls cost nothing, short enough that a hand feels no delay.

    The first chunk of a shape is one update, which is not timed: it may be compiled. The second one is one update too; from its time on,
    a chunk has as many updates as take `SECONDS`. While one chunk is computed, the next one is gathered.
    """
    wanted, seen = 1, set[Any]()
    running: tuple[Any, int, float | None] | None = None

    def finished() -> tuple[Any, int]:
        nonlocal wanted
        assert running is not None
        outcome, count, began = running
        jax.block_until_ready(outcome)
        if began is not None:
            wanted = max(1, min(MOST, int(SECONDS * count / max(time.perf_counter() - began, 1e-9))))
        return outcome, count

    for group in _groups(batches, lambda: wanted):
        shapes = group[0].shapes
        capacity = capacity_of(group[0])
        stacked = stack(group, capacity, dtype)
        if running is not None:
            yield finished()
        began = time.perf_counter() if shapes in seen else None
        seen.add(shapes)
        running = launch(stacked, np.asarray(len(group), np.int32)), len(group), began
    if running is not None:
        yield finished()


def capacity_of(batch: Rows) -> int:
    """How many batches like this one a chunk has room for."""
    return max(1, min(MOST, BYTES // sum(array.nbytes for array in batch.arrays())))


def _groups(batches: Iterator[Rows], wanted: Callable[[], int]) -> Iterator[list[Rows]]:
    """Batches in groups of one shape, as long as `wanted` says at the time and as a chunk has room for."""
    group: list[Rows] = []
    for batch in batches:
        if group and batch.shapes != group[0].shapes:
            yield group
            group = []
        group.append(batch)
        if len(group) >= min(wanted(), capacity_of(batch)):
            yield group
            group = []
    if group:
        yield group


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
        self._choices = Choices(reader.objective, optimizer, truncate)

    def run(self, batches: Iterator[Rows], knobs: Callable[[], Knobs], dtype: Any) -> Iterator[Made]:
        """Makes one update a batch; yields after each chunk. `knobs` says the live numbers of the next one."""
        before = int(self.carry.updates)

        def launch(batch: Batch, count: np.ndarray) -> Any:
            now = knobs()
            with precision(dtype):
                batch = spread_batch(batch, next(iter(batch.inputs.values())).shape[2])
                self.carry, losses, norms = updates(self.program, self.fixed, self.carry, now, batch, count, self._choices)
            return losses, norms, now.learning_rate, self.carry.updates, self.carry.finite

        for (losses, norms, rate, after, finite), count in chunks(batches, launch, dtype):
            made, before = int(after) - before, int(after)
            rates = np.full(count, np.nan if rate is None else rate)
            yield Made(np.asarray(losses[:count]), np.asarray(norms[:count]), rates, made, bool(finite))

    def test_loss(self, source: Pieces, size: int, dtype: Any) -> float:
        """The loss on all batches of the test data, each weighted by its rows, or by its series."""
        losses, weights = [], []
        for rows in source.epoch(self.reader, size, None):
            batch = jax.tree.map(lambda a: a[0], stack([rows], 1, dtype))
            with precision(dtype):
                losses.append(float(evaluate(self.program, self.fixed, self.carry.learned, batch, self.reader.objective)))
            if rows.weights is not None:
                weights.append(float(rows.weights.sum()))
                continue
            weights.append(len(rows) if rows.lengths is None or self.reader.once else int(rows.lengths.sum()))
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
    both: list[Any] = [(jax.tree.structure(tree), jax.tree.map(np.shape, tree)) for tree in (one, other)]
    return bool(both[0] == both[1])


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
