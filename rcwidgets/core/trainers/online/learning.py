"""Online learning: the readouts change with every step, while the model runs; one `lax.scan` over time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from rcwidgets.core.model import program as programs
from rcwidgets.core.model.loop import kept, scan
from rcwidgets.core.model.program import Program, State
from rcwidgets.core.nodes.base import Array
from rcwidgets.core.series import not_finite

# "weights" (features + 1, outputs), the bias last, and what else a rule keeps; in `settings.learning`
Learned: TypeAlias = Mapping[str, Array | np.ndarray]
# (learned, rows x (batch, features + 1), errors (batch, outputs), knob) -> learned
Rule: TypeAlias = Callable[[Learned, Array, Array, Array], Learned]


@dataclass(frozen=True)
class InBlocks:
    """A rule that makes so many steps with what is large unchanged, and what they take off it kept apart.

    `opened(learned, steps)` makes room for so many steps, `closed(learned)` brings them in; both take arrays with an axis of lanes in front
    too.
    Only for rows (1, features + 1) of `widest` features or more, which do not lie in a cache: else the rule takes what it is given.
    """

    rule: Rule
    opened: Callable[[Learned, int], Learned]
    closed: Callable[[Learned], Learned]
    steps: int
    widest: int

    def __call__(self, learned: Learned, x: Array, error: Array, knob: Array) -> Learned:
        return self.rule(learned, x, error, knob)

    def pays(self, learned: Mapping[int, Learned], rows: int) -> bool:
        """Whether steps of so many rows each are made in blocks."""
        return rows == 1 and all(known["weights"].shape[-2] >= self.widest for known in learned.values())


def check_learned(name: str, learned: Learned, losses: np.ndarray, advice: str, lanes: np.ndarray | None = None, *, first: int = 0) -> None:
    """Raises the error of what is not finite: losses (time,) from step `first` on, or the arrays learned at the end.

    With `lanes` all have them in front.
    """
    arrays = {key: np.asarray(value) for key, value in learned.items()}
    some = {key: value if lanes is not None else value[None] for key, value in arrays.items()}
    ends = np.all([np.isfinite(value).reshape(len(value), -1).all(axis=1) for value in some.values()], axis=0)
    finite = np.column_stack([np.isfinite(losses).reshape(len(ends), -1), ends])
    if not finite.all():
        place = int(np.argmin(finite.all(axis=1)))
        where = "" if lanes is None else f" in lane {lanes[place]}"
        raise not_finite(name, advice, since=f"from step {first + np.argmin(finite[place])} on{where}", happened="learning diverged")


def mean_squares(errors: Any, counted: np.ndarray | None) -> np.ndarray:
    """The squares of errors (time, [lanes,] batch, outputs), averaged over the outputs and those series of the batch that count.

    Shapes: `counted` (time, batch), the result (time, [lanes]); zero where no series counts.
    """
    with np.errstate(over="ignore", invalid="ignore"):  # what diverged is found where it is used
        squares = np.square(np.asarray(errors)).mean(axis=-1)
    if counted is None:
        means: np.ndarray = squares.mean(axis=-1)
        return means
    counts = np.maximum(counted.sum(axis=1), 1)
    return squares.sum(axis=-1) / counts.reshape(-1, *[1] * (squares.ndim - 2))


def readouts_with(counted: Mapping[int, np.ndarray | None], steps: int, *, gaps: str) -> np.ndarray:
    """By what the sum of the losses of all readouts is divided at each step (steps,): how many there are; where rows of targets are dropped
    as gaps, how many have one, and NaN where none has, by `counted` (steps, batch).
    """
    if gaps == "error":
        return np.full(steps, float(len(counted)))
    known = np.sum([np.ones(steps) if mask is None else mask.any(axis=1) for mask in counted.values()], axis=0, dtype=float)
    return np.where(known > 0, known, np.nan)


def weights_of(learned: Learned, dtype: Any) -> dict[str, Any]:
    """The params of a readout, from weights ([lanes,] features + 1, outputs)."""
    weights = learned["weights"].astype(dtype)
    return {"W": weights[..., :-1, :], "b": weights[..., -1, :]}


def learn_rows(known: Learned, u: Any, wanted: Any, counts: Any, knob: Any, rule: Rule) -> tuple[Learned, Any, Any]:
    """What is known after the rows u (batch, features) with the targets `wanted`, what was said before, and its errors (batch, outputs).

    Only rows that count (batch,) change it, or all where `counts` is None; the errors of the others are zero.
    """
    dtype = known["weights"].dtype
    u, knob = u.astype(dtype), jnp.asarray(knob).astype(dtype)
    x = jnp.concatenate([u, jnp.ones_like(u[:, :1])], axis=-1)
    said = x @ known["weights"]
    error: Any = wanted.astype(dtype) - said
    if counts is not None:  # a row that does not count is a row of zeros: it changes nothing
        kept = counts[:, None].astype(x.dtype)
        x, error = x * kept, error * kept
    return rule(known, x, error, knob), said, error


@partial(jax.jit, static_argnames=("rule", "lanes", "also"))
def learn(
    program: Program,
    params: Any,
    learned: Any,
    state: State,
    inputs: Any,
    targets: Any,
    alive: Any,
    counted: Any,
    knob: Any,
    rule: Rule,
    taught: Any,
    lanes: int | None = None,
    also: tuple[int, ...] = (),
) -> tuple[State, Any, Any, Any, Any]:
    """One stretch of learning: the state, what is learned and the last outputs after it, the errors (time, batch, outputs), and the outputs
    (time, batch, features) of the places `also`. The last outputs are those of the readouts and of the model.

    All by place: `inputs` and `targets` (time, batch, features), `learned` from before; `alive` and `counted` as in `Pairs`. An error is
    the target less what the readout said before it learned that target. `knob` is the number that `rule` takes; `taught`
    (time, rows, features) is what feedback wires deliver, where that is not the node's own output.

    With `lanes`, the rows of state, inputs and `alive` (time, rows) are lane by lane; what is learned, the knob and the errors of a step
    have a leading axis of lanes; `targets` and `counted` (time, batch, ...) are the same for each lane.
    """
    programs.TRACES["learn"] += 1
    steps, batch = next(iter(inputs.values())).shape[:2]
    blocks = rule if isinstance(rule, InBlocks) and rule.pays(learned, batch // (lanes or 1)) else None
    dtype = next(iter(inputs.values())).dtype

    def after_rows(known: Learned, u: Any, wanted: Any, counts: Any) -> tuple[Learned, Any, Any]:
        if lanes is None:
            return learn_rows(known, u, wanted, counts, knob, rule)
        apart = u.reshape(lanes, -1, u.shape[-1])
        return jax.vmap(lambda own, rows, one: learn_rows(own, rows, wanted, counts, one, rule))(known, apart, knob)

    def step(carry: Any, now: Any) -> Any:
        (own, fed, learned, before), ((given, wanted, living, counts, aims), key) = carry, now
        current = list(params)
        for k in learned:
            current[k] = weights_of(learned[k], dtype)
        nodes, values = programs.step_nodes(program, current, range(len(program.nodes)), own, fed, given, key)
        after, errors = {}, {}
        for k, known in learned.items():
            u = programs.join([values[source] for source in program.wires[k].forward])
            after[k], said, errors[k] = after_rows(known, u, wanted[k], counts[k])
            values[k] = said.astype(dtype).reshape(values[k].shape)  # once is enough: XLA leaves out the node's own product
        feedback = {k: aims.get(k, values[k]) for k in fed}
        last, shown = {k: values[k] for k in before}, {k: values[k] for k in also}
        if living is not None:
            nodes, feedback, last = kept(living, (nodes, feedback, last), (own, fed, before))
        return (nodes, feedback, after, last), (errors, shown)

    def in_blocks(carry: Any, given: Any, steps: int) -> Any:
        assert blocks is not None
        opened, closed, size = blocks.opened, blocks.closed, blocks.steps

        def block(carry: Any, here: Any, count: int) -> Any:
            own, fed, learned, last = carry
            begun = (own, fed, {k: opened(known, count) for k, known in learned.items()}, last)
            (own, fed, learned, last), found = lax.scan(step, begun, here, length=count)
            return (own, fed, {k: closed(known) for k, known in learned.items()}, last), found

        whole = steps - steps % size
        cut = jax.tree.map(lambda a: a[:whole].reshape(whole // size, size, *a.shape[1:]), given)
        carry, found = lax.scan(lambda carry, here: block(carry, here, size), carry, cut, length=whole // size)
        found = jax.tree.map(lambda a: a.reshape(whole, *a.shape[2:]), found)
        if whole == steps:
            return carry, found
        carry, rest = block(carry, jax.tree.map(lambda a: a[whole:], given), steps - whole)
        return carry, jax.tree.map(lambda a, b: jnp.concatenate([a, b]), found, rest)

    last = {k: jnp.zeros((batch, program.wires[k].size), dtype) for k in {*learned, *program.exits}}
    carry = (state.nodes, state.feedback, learned, last)
    (nodes, feedback, learned, last), (errors, shown) = scan(
        program.nodes, step, carry, (inputs, targets, alive, counted, taught), state.steps, steps, over=in_blocks if blocks else None
    )
    return State(nodes, feedback, state.steps + jnp.uint32(steps)), learned, last, errors, shown
