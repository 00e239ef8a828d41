"""Recurrent networks that are trained through time, and what they share: weights, initial state, and what of both is learned."""

from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass
from typing import ClassVar

import jax
import jax.numpy as jnp
import numpy as np
from jax.typing import DTypeLike

from rcwidgets.core.graph.vertex import Stream
from rcwidgets.core.nodes.base import AbstractNode, Array, Arrays, along, node
from rcwidgets.core.nodes.layers import ACTIVATIONS
from rcwidgets.core.spec.knobs import Effect, choice, knob, own_seed_knob, toggle

Draw = Callable[[np.random.Generator, int, int], np.ndarray]


def xavier(generator: np.random.Generator, sources: int, targets: int) -> np.ndarray:
    """Weights (sources, targets) from normal(0, 2 / (sources + targets)), the second number being the variance.

    Reference: Glorot & Bengio (2010), Proceedings of AISTATS, 249-256.
    """
    return generator.normal(0.0, np.sqrt(2.0 / (sources + targets)), (sources, targets))


def orthogonal(generator: np.random.Generator, sources: int, targets: int) -> np.ndarray:
    """A square orthogonal matrix, every one as likely (QR of a normal matrix, with the signs of R's diagonal taken out).

    Reference: Saxe, McClelland & Ganguli (2014), arXiv:1312.6120.
    """
    q, r = np.linalg.qr(generator.normal(size=(sources, targets)))
    return q * np.sign(np.diag(r))


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


@node
class GRU(AbstractRecurrent):
    """Gated recurrent units: each unit learns when to take something new, and when to forget what it knew.

    z, r = sigmoid(d_z + h[t] W_z), sigmoid(d_r + h[t] W_r),  n = tanh(d_n + (r h[t]) W_n),  h[t+1] = z h[t] + (1 - z) n
    d = u[t] W_in + y[t-1] W_fb + b

    Of the two common variants this is the published one, in which the reset gate r acts on the state before the recurrent weights (the
    other one multiplies h[t] W_n by r).

    Shapes: u (batch, inputs), h (batch, units), W_in (inputs, 3 units), W (units, 3 units), W_fb (feedback, 3 units), b (3 units,), with
    the gates in the order z, r, n; h0 (units,). Each gate's recurrent weights are orthogonal, W_in and W_fb are Xavier normal, b and the
    initial state h0 are zero.

    Reference: Cho et al. (2014), arXiv:1406.1078.

    >>> GRU(50)
    GRU(50)
    """

    aliases: ClassVar[tuple[str, ...]] = ("gated recurrent unit",)
    gates: ClassVar[int] = 3

    def draw(self, stream: Stream, inputs: int, feedback: int) -> dict[str, np.ndarray]:
        return self.draw_weights(stream, inputs, feedback, orthogonal)

    def step(self, params: Arrays, state: Arrays, u: Array, feedback: Array | None, key: Array | None) -> tuple[Arrays, Array]:
        h, W, d, ends = state["h"], params["W"], self.drive(params, u, feedback), 2 * self.units
        z, r = jnp.split(jax.nn.sigmoid(d[..., :ends] + h @ W[:, :ends]), 2, axis=-1)
        n = jnp.tanh(d[..., ends:] + (r * h) @ W[:, ends:])
        h = z * h + (1 - z) * n
        return {"h": h}, h


@node
class LSTM(AbstractRecurrent):
    """Long short-term memory: cells c keep what the gates let in, until the forget gate lets it go.

    i, f, o = sigmoid(a_i), sigmoid(a_f + 1), sigmoid(a_o),  g = tanh(a_g),  a = u[t] W_in + y[t-1] W_fb + h[t] W + b
    c[t+1] = f c[t] + i g,  h[t+1] = o tanh(c[t+1])

    Shapes: u (batch, inputs), h, c (batch, units), W_in (inputs, 4 units), W (units, 4 units), W_fb (feedback, 4 units), b (4 units,), with
    the gates in the order i, f, g, o; h0, c0 (units,). Each gate's recurrent weights are orthogonal, W_in and W_fb are Xavier normal, b and
    the initial states h0 and c0 are zero; the offset of 1 lets an untrained cell remember.

    Reference: Hochreiter & Schmidhuber (1997), Neural Computation 9, 1735-1780; Gers, Schmidhuber & Cummins (2000), Neural Computation 12,
    2451-2471, for the forget gate.

    >>> LSTM(50)
    LSTM(50)
    """

    aliases: ClassVar[tuple[str, ...]] = ("long short-term memory",)
    gates: ClassVar[int] = 4
    starts: ClassVar[tuple[str, ...]] = ("h0", "c0")

    def draw(self, stream: Stream, inputs: int, feedback: int) -> dict[str, np.ndarray]:
        return self.draw_weights(stream, inputs, feedback, orthogonal)

    def step(self, params: Arrays, state: Arrays, u: Array, feedback: Array | None, key: Array | None) -> tuple[Arrays, Array]:
        i, f, g, o = jnp.split(self.drive(params, u, feedback) + state["h"] @ params["W"], 4, axis=-1)
        c = jax.nn.sigmoid(f + 1) * state["c"] + jax.nn.sigmoid(i) * jnp.tanh(g)
        h = jax.nn.sigmoid(o) * jnp.tanh(c)
        return {"h": h, "c": c}, h
