"""Online learning: the readouts change with every step, while the model runs; one `lax.scan` over time."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, ClassVar, Self, TypeAlias, cast

import jax
import jax.numpy as jnp
import numpy as np

from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.model import program as programs
from rcwidgets.core.model.program import GivenParams, Params, Program, State
from rcwidgets.core.nodes.base import Array
from rcwidgets.core.precision import precision
from rcwidgets.core.series import Data
from rcwidgets.core.spec.knobs import Spec
from rcwidgets.core.trainers.base import AbstractTrainer
from rcwidgets.core.trainers.settings import AbstractTrainerSettings

# "weights" (features + 1, outputs), the bias last, and what else a rule keeps; in `settings.learning`
Learned: TypeAlias = Mapping[str, Array | np.ndarray]
# (learned, rows x (batch, features + 1), errors (batch, outputs), knob) -> learned
Rule: TypeAlias = Callable[[Learned, Array, Array, Array], Learned]


class AbstractOnlineTrainer(AbstractTrainer):
    """Learns from every step of a run, in order; a second `fit` goes on where the first ended.

    The weights start at zero (or at `params`). The states run in `dtype`; what is learned is in float64, or where `dtype` is float32 in
    that. All trainable readouts learn at once, each from the signals that arrive at it at that time. `train_losses` has one number a step:
    the squared error, averaged over the batch and the outputs, before the step's own target was learned.
    """

    advice: ClassVar[str]

    def __init__(self, model: Graph, params: GivenParams | None, *, seed: int, dtype: str) -> None:
        super().__init__(model, params, seed=seed, dtype=dtype)
        self.train_losses = np.zeros(0)
        self._learned: dict[str, Learned] = {}

    def fit(self, data: Sequence[Data], *, reset: bool = False) -> Self:
        """Learns from `data` = [x, y], arrays (batch, time, features) or (time, features), or dicts by node name, in the order of time.

        Starts from the state that the last call left (a warm-up by `predict`) and from what was learned before; `reset=True` forgets
        both. Every series of a batch counts. A run that diverges is a FloatingPointError that says where, and leaves the weights as they
        were.
        """
        if reset:
            self._forget()
        program, inputs, targets, alive, counted = pairs = self._pairs(data)
        state = self._begin(inputs, reset)
        learned = {k: self._start(program.names[k]) for k in program.trained}
        params = programs.in_order(program, self._params)
        wanted = {k: np.ascontiguousarray(y, dtype=np.float64) for k, y in targets.items()}
        with precision(np.float64):
            state, learned, last, errors = learn(
                program, params, learned, state, inputs, wanted, alive, counted, self.knob(self.settings), self.rule(), self.forces
            )
        found = {k: mean_squares(error, counted[k]) for k, error in errors.items()}
        kept = {k: {key: np.asarray(value) for key, value in own.items()} for k, own in learned.items()}
        for k, loss in found.items():
            finite = np.append(np.isfinite(loss), all(np.isfinite(value).all() for value in kept[k].values()))
            if not finite.all():
                words = f"is not finite from step {np.argmin(finite)} on: learning diverged. {self.advice}"
                raise FloatingPointError(f"{program.names[k]} {words}")
        for k, own in kept.items():
            self._learned[program.names[k]] = own
            self._params[program.names[k]] = weights_of(own, self.dtype)
        self._state, self._last = state, {k: np.asarray(last[k]) if self.forces else y for k, y in pairs.last.items() if k in program.exits}
        self.train_losses = np.concatenate([self.train_losses, np.mean(list(found.values()), axis=0)])
        return self

    def _forget(self) -> None:
        """Back to what was known before the first step; the fixed weights stay."""
        self._learned, self.train_losses = {}, np.zeros(0)
        for name in [self._program.names[k] for k in self._program.trained] if self._program else []:
            if name not in (self._given or {}):
                self._params[name] = {key: np.zeros_like(value) for key, value in self._params[name].items()}
            else:
                self._params[name] = programs.cast({key: np.asarray(value) for key, value in self._given[name].items()}, self.dtype)  # type: ignore[index]

    @classmethod
    def rule(cls) -> Rule:
        """How a step changes what is learned."""
        raise TypeError(f"{cls.__name__} does not say its rule.")

    @classmethod
    def knob(cls, settings: Spec) -> float:
        """The number, of the settings, that the rule takes beside the rows."""
        raise TypeError(f"{cls.__name__} does not say its knob.")

    @classmethod
    def first(cls, settings: Spec, weights: np.ndarray) -> Learned:
        """What is known before the first step, from the weights (features + 1, outputs)."""
        return {"weights": weights.astype(cast(AbstractTrainerSettings, settings).learning)}

    def _start(self, name: str) -> Learned:
        own = self._params[name]
        weights = np.vstack([own["W"], own["b"][None]]).astype(np.float64)
        learned = self._learned.get(name)
        return learned if learned is not None and learned["weights"].shape == weights.shape else self.first(self.settings, weights)

    def _prepare(self, x: Any, y: Any) -> None:
        before = dict(self._params)
        super()._prepare(x, y)
        program = self._ready()
        for name in [program.names[k] for k in program.trained]:
            if name not in (self._given or {}) and self._params[name] is not before.get(name):  # just drawn: learning starts at zero
                self._params[name] = {key: np.zeros_like(value) for key, value in self._params[name].items()}

    def _memory(self) -> Params:
        return {name: dict(own) for name, own in self._learned.items()}

    def _remember(self, memory: Params) -> None:
        for name, own in memory.items():
            first = self._start(name)
            if {key: value.shape for key, value in own.items()} != {key: value.shape for key, value in first.items()}:
                raise ValueError(f"memory/{name} must be what {type(self).__name__} keeps of this model, got {', '.join(own)}.")
        self._learned = {name: dict(own) for name, own in memory.items()}


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


@partial(jax.jit, static_argnames=("rule", "forces", "lanes"))
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
    forces: bool,
    lanes: int | None = None,
) -> tuple[State, Any, Any, Any]:
    """One stretch of learning: the state, what is learned and the last outputs after it, and the errors (time, batch, outputs).

    All by place: `inputs` and `targets` (time, batch, features), `learned` from before; `alive` and `counted` as in `Pairs`. An error is
    the target less what the readout said before it learned that target. `knob` is the number that `rule` takes; with `forces` the
    readout's own output is fed back.

    With `lanes`, the rows of state, inputs and `alive` (time, rows) are lane by lane; what is learned, the knob and the errors of a step
    have a leading axis of lanes; `targets` and `counted` (time, batch, ...) are the same for each lane.
    """
    programs.TRACES["learn"] += 1
    dtype = next(iter(inputs.values())).dtype

    def after_rows(known: Learned, u: Any, wanted: Any, counts: Any) -> tuple[Learned, Any, Any]:
        if lanes is None:
            return learn_rows(known, u, wanted, counts, knob, rule)
        apart = u.reshape(lanes, -1, u.shape[-1])
        return jax.vmap(lambda own, rows, one: learn_rows(own, rows, wanted, counts, one, rule))(known, apart, knob)

    def step(carry: Any, now: Any) -> Any:
        (own, fed, learned, before), ((given, wanted, living, counts), key) = carry, now
        current = list(params)
        for k in learned:
            current[k] = weights_of(learned[k], dtype)
        nodes, values = programs.step_nodes(program, current, range(len(program.nodes)), own, fed, given, key)
        after, errors = {}, {}
        for k, known in learned.items():
            u = programs.join([values[source] for source in program.wires[k].forward])
            after[k], said, errors[k] = after_rows(known, u, wanted[k], counts[k])
            values[k] = said.astype(dtype).reshape(values[k].shape)  # once is enough: XLA leaves out the node's own product
        taught = {k: jnp.concatenate([wanted[k].astype(dtype)] * (lanes or 1)) for k in fed if k in wanted and not forces}
        feedback = {k: taught.get(k, values[k]) for k in fed}
        last = {k: values[k] for k in learned}
        if living is not None:
            nodes, feedback, last = programs.kept(living, (nodes, feedback, last), (own, fed, before))
        return (nodes, feedback, after, last), errors

    steps, batch = next(iter(inputs.values())).shape[:2]
    last = {k: jnp.zeros((batch, program.wires[k].size), dtype) for k in learned}
    carry = (state.nodes, state.feedback, learned, last)
    (nodes, feedback, learned, last), errors = programs.scan(program, step, carry, (inputs, targets, alive, counted), state.steps, steps)
    return State(nodes, feedback, state.steps + jnp.uint32(steps)), learned, last, errors
