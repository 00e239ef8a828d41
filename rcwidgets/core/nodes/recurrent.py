"""Recurrent networks that are trained through time, and what they share: weights, initial state, and what of both is learned."""

from dataclasses import KW_ONLY, dataclass
from typing import ClassVar

import jax.numpy as jnp
import numpy as np
from jax.typing import DTypeLike

from rcwidgets.core.graph.tokens import Stream
from rcwidgets.core.nodes.base import AbstractNode, Array, Arrays, along, node
from rcwidgets.core.nodes.initial_weights import Draw, xavier
from rcwidgets.core.nodes.layers import ACTIVATIONS
from rcwidgets.core.spec.knobs import Effect, choice, knob, own_seed_knob, toggle


@dataclass(frozen=True, eq=False, repr=False)
class AbstractRecurrent(AbstractNode):
    """Units whose weights are trained through time.

    W_in (inputs, gates * units), W (units, gates * units), W_fb (feedback, gates * units) and b (gates * units,) hold the weights of the
    gates side by side; each gate is drawn as a matrix of its own. h0 (units,) is the state before the first step.
    """

    family: ClassVar[str] = "state"
    group: ClassVar[str] = "Recurrent"
    card: ClassVar[tuple[str, ...]] = ("units",)
    stateful: ClassVar[bool] = True
    starts: ClassVar[tuple[str, ...]] = ("h0",)  # the params that are the initial state

    units: int = knob(100, 1, 20_000, "Number of units.", effect=Effect.REBUILD, slider=(1, 500, 1))
    state_trainable: bool = toggle(False, "Whether training changes the initial state.", label="Trainable initial state")
    _: KW_ONLY
    trainable: bool = toggle(True, "Whether training changes the weights.")
    seed: int | None = own_seed_knob()

    @property
    def learned(self) -> tuple[str, ...]:
        return (("W_in", "W", "W_fb", "b") if self.trainable else ()) + (self.starts if self.state_trainable else ())

    def output_size(self, inputs: int) -> int | None:
        return self.units

    def draw_weights(self, stream: Stream, inputs: int, feedback: int, recurrent: Draw) -> dict[str, np.ndarray]:
        """All weights of all gates, the recurrent ones by `recurrent`, the others by `xavier`; zero bias and zero initial state."""

        def gates(name: str, sources: int, draw: Draw) -> np.ndarray:
            generator = stream(name)
            return np.hstack([draw(generator, sources, self.units) for _ in range(self.gates)])

        drawn = {"W_in": gates("W_in", inputs, xavier), "W": gates("W", self.units, recurrent), "b": np.zeros(self.gates * self.units)}
        if feedback:
            drawn["W_fb"] = gates("W_fb", feedback, xavier)
        return drawn | {name: np.zeros(self.units) for name in self.starts}

    def init(self, params: Arrays, batch: int, inputs: int, dtype: DTypeLike) -> Arrays:
        shape = (batch, self.units)
        return {name.removesuffix("0"): jnp.broadcast_to(jnp.asarray(params[name], dtype), shape) for name in self.starts}

    def drive(self, params: Arrays, u: Array, feedback: Array | None) -> Array:
        """u W_in + y_fb W_fb + b, (..., gates * units): what the gates get from outside."""
        arriving = u @ params["W_in"]
        if feedback is not None:
            arriving = arriving + feedback @ params["W_fb"]
        return arriving + along(params["b"], arriving)


@node
class VanillaRNN(AbstractRecurrent):
    """A recurrent network whose weights are trained through time.

    h[t+1] = f(u[t] W_in + y[t-1] W_fb + h[t] W + b)

    Shapes: u (batch, inputs), h (batch, units), W_in (inputs, units), W (units, units), W_fb (feedback, units), b (units,), h0 (units,);
    weights are stored (sources, targets). W_in, W and W_fb are drawn from Xavier's normal distribution, b is zero, and the initial state
    h0 is uniform in [0, 1).

    Reference: Elman (1990), Cognitive Science 14, 179-211.

    >>> VanillaRNN(50, state_trainable=True)
    VanillaRNN(50, state_trainable=True)
    """

    short_name: ClassVar[str] = "rnn"
    aliases: ClassVar[tuple[str, ...]] = ("rnn", "elman network", "simple recurrent network")

    activation: str = choice("relu", tuple(ACTIVATIONS), "The units' nonlinearity f.")

    def draw(self, stream: Stream, inputs: int, feedback: int) -> dict[str, np.ndarray]:
        return self.draw_weights(stream, inputs, feedback, xavier) | {"h0": stream("h0").uniform(0.0, 1.0, self.units)}

    def step(self, params: Arrays, state: Arrays, u: Array, feedback: Array | None, key: Array | None) -> tuple[Arrays, Array]:
        h = ACTIVATIONS[self.activation](self.drive(params, u, feedback) + state["h"] @ params["W"])
        return {"h": h}, h
