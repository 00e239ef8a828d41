"""Intrinsic plasticity: each unit of a reservoir learns a gain and a bias, so that its output is distributed as wished."""

from dataclasses import dataclass
from typing import Any, ClassVar, Self, TypeGuard

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from rcwidgets.core.backend import precision
from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.model import drawing
from rcwidgets.core.model import program as programs
from rcwidgets.core.model.prediction import inputs_of, time_major
from rcwidgets.core.model.program import GivenParams, NamedArrays, Program, State
from rcwidgets.core.model.runner import RNNRunner, RunnerSettings
from rcwidgets.core.nodes.base import knob_along
from rcwidgets.core.nodes.reservoir import ACTIVATIONS, Reservoir
from rcwidgets.core.series import Data, by_node, lengths_of, living, not_finite
from rcwidgets.core.spec.knobs import Spec, dtype_knob, knob, seed_knob
from rcwidgets.core.trainers.pull import pull_back

Learned = dict[int, tuple[Any, Any]]  # gains and biases (units,) of each reservoir that adapts, by place


FOLDED = ("W", "weights", "W_in", "W_fb", "bias")  # what leads to a unit


@dataclass(frozen=True, repr=False)
class PlasticitySettings(Spec):
    """Intrinsic plasticity of tanh and sigmoid reservoirs, before the readout is trained.

    The live experiment does not run it: it is for Python, and no document names it.
    """

    kind: ClassVar[str] = "IntrinsicPlasticity"
    label: ClassVar[str] = "Intrinsic plasticity"

    mean: float = knob(0.0, -0.99, 0.99, "Mean of each unit's output that is aimed at.", slider=(-0.5, 0.5, 0.01))
    deviation: float = knob(0.2, 0.001, 1.0, "Standard deviation of each unit's output that is aimed at.", slider=(0.05, 0.8, 0.01))
    learning_rate: float = knob(5e-4, 0.0, 1.0, "Size of each step of the gains and biases.", slider=(1e-5, 0.1, 0.1), log=True)
    epochs: int = knob(10, 1, 100_000, "How often the series is gone through.", slider=(1, 100, 1))
    seed: int = seed_knob()
    dtype: str = dtype_knob("Precision of the states, gains and biases.")


class IntrinsicPlasticity(RNNRunner):
    """Adapts the units of all tanh or sigmoid reservoirs, once and before the readout is trained: y = f(a x + b), x what arrives at a unit.

    tanh, towards a normal distribution of the given mean and deviation:
        db = -rate (-mean / deviation^2 + y / deviation^2 (2 deviation^2 + 1 - y^2 + mean y))
    sigmoid, towards an exponential distribution of the given mean (deviation is not used):
        db = rate (1 - (2 + 1 / mean) y + y^2 / mean)
    da = rate / a + x db, after every step of every epoch; over the series of a batch the changes are averaged.

    y (units,) is the activation's output; where the leak rate is below 1 and acts after the activation, the states are a smoothed y. A
    gain multiplies all that arrives at a unit, so gains and biases are folded into W, W_in, W_fb and bias: after `fit`, `model` is the same
    model with bias_scaling 1 at these reservoirs, and `params` are its weights, to pass on. A reservoir's spectral radius is then no longer
    that of its knob. Noise is off while it adapts. Activations change by rate / deviation^2 a step: raise the rate where they are still far
    from the goal at the end, lower it where the distribution is rough.

    References: Schrauwen, Wardermann, Verstraeten, Steil & Stroobandt (2008), Neurocomputing 71, 1159-1171, for tanh; Triesch (2005),
    ICANN, LNCS 3696, 65-70, for the sigmoid.

    >>> from rcwidgets.core.nodes import Input, LinearReadout
    >>> x = np.random.default_rng(0).normal(size=(500, 1))
    >>> ip = IntrinsicPlasticity(Input() >> Reservoir(20, seed=0) >> LinearReadout(), deviation=0.3).fit(x)
    >>> sorted(ip.params)
    ['input', 'reservoir']
    """

    def __init__(
        self,
        model: Graph,
        *,
        mean: float = 0.0,
        deviation: float = 0.2,
        learning_rate: float = 5e-4,
        epochs: int = 10,
        seed: int = 0,
        dtype: str = "auto",
        params: GivenParams | None = None,
    ) -> None:
        self.settings = PlasticitySettings(
            mean=mean, deviation=deviation, learning_rate=learning_rate, epochs=epochs, seed=seed, dtype=dtype
        )
        super().__init__(model, params, seed=seed, dtype=dtype)
        tuned = [node for node in model.used().nodes.values() if _adapts(node)]
        if not tuned:
            raise ValueError("There is nothing to adapt. IntrinsicPlasticity takes a model with a tanh or sigmoid Reservoir.")
        if any(node.activation == "sigmoid" for node in tuned) and not self.settings.mean > 0:
            raise ValueError(f"IntrinsicPlasticity.mean must be above 0 for sigmoid units, got {self.settings.mean}. 0.2 is usual.")

    def options(self) -> Spec:
        return RunnerSettings(seed=self.seed, dtype=self.settings.dtype)

    @property
    def params(self) -> NamedArrays:
        """The weights as {node name: {name: array}}, without readouts whose size only their targets will tell."""
        return {name: own for name, own in super().params.items() if name not in self.held.guessed}

    def fit(self, x: Data, y: Data | None = None) -> Self:
        """Adapts the units to the inputs `x`, (batch, time, features), (time, features), or a list of series of unequal length.

        Each epoch starts from rest. Where a readout feeds back, its targets `y` are needed: they take its place on the wires. A second fit
        goes on where the first ended. Gains that run away are a FloatingPointError, which leaves the weights as they were.
        """
        held = self.sized(self.held, x, y)
        program = held.program
        assert program is not None and held.sized is not None
        inputs = inputs_of(program, x, self.dtype)
        later = program.after(program.trained)
        taught = [k for k in program.fed_back if k in later]
        if taught and y is None:
            raise ValueError(f"{program.names[taught[0]]} feeds back: give its targets too, as in fit(x, y).")
        steps, batch = next(iter(inputs.values())).shape[:2]
        forced = {}
        if taught:
            given = by_node(y, self.targets_of(held.sized, y), "y")
            told = {program.names.index(name): time_major(one, "y", np.float64) for name, one in given.items()}
            rows = next(iter(told.values())).shape[:2]
            if rows != (steps, batch):
                raise ValueError(f"x and y must have the same rows, got (time, batch) {(steps, batch)} for x and {rows} for y.")
            lives = living(lengths_of(x), steps)
            pairs = pull_back(program, held.params, None, inputs, told, dict.fromkeys(told, lives), lives, self.dtype)
            forced = pairs.forced(self.dtype)
        tuned = [k for k, node in enumerate(program.nodes) if _adapts(node)]
        drives = {k: program.nodes[k].replace(activation="identity", activation_type="internal", leak_rate=1.0) for k in tuned}
        alive, settings = living(lengths_of(x), steps), self.settings
        with precision(self.dtype):
            ones = {k: jnp.ones(program.wires[k].size, self.dtype) for k in tuned}
            learned: Learned = {k: (one, jnp.zeros_like(one)) for k, one in ones.items()}
            start = programs.init(program, held.params, batch, self.dtype)
            goal = tuple(np.asarray(value, self.dtype) for value in (settings.mean, settings.deviation, settings.learning_rate))
            for _ in range(settings.epochs):
                learned = _adapt(program, drives, programs.in_order(program, held.params), learned, start, inputs, forced, alive, goal)
        for k, (gain, bias) in learned.items():
            if not (np.isfinite(gain).all() and np.isfinite(bias).all()):
                raise not_finite(f"A gain of {program.names[k]}", "Lower the learning rate.", happened="it ran away")
        params, sized = dict(held.params), held.sized
        assert sized is not None
        for k, (gain, bias) in learned.items():
            name = program.names[k]
            params[name] = self._folded(name, params[name], np.asarray(gain, np.float64), np.asarray(bias, np.float64))
            self.model, sized = self.model.replace(name, bias_scaling=1.0), sized.replace(name, bias_scaling=1.0)
        self.held = held._replace(sized=sized, program=programs.compile_graph(sized), params=params, state=None, last={})
        return self

    def _folded(self, name: str, own: dict[str, Any], gain: np.ndarray, bias: np.ndarray) -> dict[str, Any]:
        """The weights (..., units) of a reservoir, all of which lead to its units, with the gains and biases (units,) taken in."""
        folded = {key: value * gain for key, value in own.items() if key in FOLDED}
        folded["bias"] = self.model[name].bias_scaling * folded["bias"] + bias  # type: ignore[attr-defined]
        return {**own, **drawing.cast(folded, self.dtype)}


def _adapts(node: Any) -> TypeGuard[Reservoir]:
    return isinstance(node, Reservoir) and node.activation in ("tanh", "sigmoid")


def _change(activation: str, goal: Any, y: Any) -> Any:
    """The change of the bias for the outputs y (batch, units)."""
    mean, deviation, rate = goal
    if activation == "tanh":
        spread = deviation**2
        return rate * (mean / spread - y / spread * (2 * spread + 1 - y**2 + mean * y))
    return rate * (1 - (2 + 1 / mean) * y + y**2 / mean)


@jax.jit
def _adapt(
    program: Program, drives: dict[int, Any], params: Any, learned: Learned, state: State, inputs: Any, forced: Any, alive: Any, goal: Any
) -> Learned:
    """One epoch. `drives` are the adapting reservoirs as identity units without a leak: what they give is what arrives at each unit."""
    programs.TRACES["adapt"] += 1

    def step(carry: Any, now: Any) -> Any:
        (own, fed, learned), (given, taught, lives) = carry, now
        nodes, values, changed = list(own), dict(given), {}
        for k, node in enumerate(program.nodes):
            wires = program.wires[k]
            u = given[k] if k in given else programs.taken_by(node, [values[source] for source in wires.forward])
            feedback = programs.join([fed[source] for source in wires.feedback]) if wires.feedback else None
            if k not in learned or not isinstance(node, Reservoir):
                nodes[k], values[k] = node.step(params[k], own[k], u, feedback, None)
                continue
            (gain, bias), f, leak = learned[k], ACTIVATIONS[node.activation], knob_along(node, "leak_rate", params[k], own[k]["h"])
            arriving = drives[k].step(
                {name: value for name, value in params[k].items() if name != "leak_rate"}, {"h": own[k]["h"]}, u, feedback, None
            )[1]
            outside = node.activation_type == "external"
            if outside:
                arriving = (1 - leak) * own[k]["r"] + leak * arriving
            y = f(gain[None] * arriving + bias[None])
            nodes[k] = {"h": y, "r": arriving} if outside else {"h": (1 - leak) * own[k]["h"] + leak * y}
            values[k] = nodes[k]["h"]
            change = _change(node.activation, goal, y)
            share = jnp.ones_like(y[:, 0]) if lives is None else lives.astype(y.dtype)  # the states of a series that is over do not count
            share = share / share.sum()  # at each step at least one series lives
            changed[k] = (gain + goal[2] / gain + share @ (change * arriving), bias + share @ change)
        feedback = {k: taught[k] if k in taught else values[k] for k in fed}
        return (tuple(nodes), feedback, changed), None

    (_, _, learned), _ = lax.scan(step, (state.nodes, state.feedback, learned), (inputs, forced, alive))
    return learned
