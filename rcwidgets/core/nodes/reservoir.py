"""The echo state network's reservoir."""

from typing import Any, ClassVar

import jax
import jax.numpy as jnp
import numpy as np

from rcwidgets.core.knobs import Effect, choice, knob
from rcwidgets.core.nodes import weights
from rcwidgets.core.nodes.activation import ACTIVATIONS
from rcwidgets.core.nodes.base import AbstractNode, Stream, along, node


@node
class Reservoir(AbstractNode):
    """Leaky units with fixed random recurrent weights.

    internal:  h[t+1] = (1 - leak_rate) h[t] + leak_rate f(d[t])
    external:  r[t+1] = (1 - leak_rate) r[t] + leak_rate d[t],  h[t+1] = f(r[t+1])
    d[t] = spectral_radius h[t] W + input_scaling (u[t] + e_in) W_in + feedback_scaling (y[t-1] + e_fb) W_fb + bias_scaling bias + e

    Shapes: u (batch, inputs), h, r (batch, units), W (units, units), W_in (inputs, units), W_fb (feedback, units), bias (units,); all
    weights are stored (sources, targets). W is drawn at spectral radius 1, so that the knob is exact and never draws anew. The noises
    e, e_in, e_fb are normal with standard deviations noise, input_noise, feedback_noise; each row of a batch has its own.

    Reference: Jaeger (2001), GMD Report 148; Jaeger et al. (2007), Neural Networks 20, 335-352, for the leak.

    >>> Reservoir(50, leak_rate=0.5)
    Reservoir(50, leak_rate=0.5)
    """

    short_name: ClassVar[str] = "reservoir"
    label: ClassVar[str] = "Reservoir"
    family: ClassVar[str] = "state"
    group: ClassVar[str] = "Reservoirs"
    card: ClassVar[tuple[str, ...]] = ("spectral_radius", "leak_rate", "input_scaling")
    grows_by: ClassVar[str | None] = "units"
    stateful: ClassVar[bool] = True

    units: int = knob(300, 1, 20_000, "Number of units.", label="Units", effect=Effect.REBUILD, integer=True)
    spectral_radius: float = knob(
        0.9,
        0.0,
        10.0,
        "Largest absolute eigenvalue of the recurrence: how long the past echoes.",
        label="Spectral radius",
        slider=(0.0, 2.0, 0.01),
    )
    leak_rate: float = knob(
        0.3,
        0.001,
        1.0,
        "Share of the new state in each step; 1 forgets the last state at once.",
        label="Leak rate",
        slider=(0.01, 1.0, 0.01),
    )
    input_scaling: float = knob(
        0.05,
        0.0,
        100.0,
        "Strength of the input weights; the best value depends on the size of the data.",
        label="Input scaling",
        slider=(0.001, 10.0, 0.02),
        log=True,
    )
    bias_scaling: float = knob(
        0.0, 0.0, 100.0, "Strength of the constant input of each unit.", label="Bias scaling", slider=(0.0, 2.0, 0.01)
    )
    feedback_scaling: float = knob(
        0.05, 0.0, 100.0, "Strength of the feedback weights.", label="Feedback scaling", slider=(0.001, 10.0, 0.02), log=True
    )
    noise: float = knob(0.0, 0.0, 10.0, "Standard deviation of the noise inside the activation.", label="Noise", slider=(0.0, 0.1, 0.001))
    input_noise: float = knob(
        0.0, 0.0, 10.0, "Standard deviation of the noise on the input.", label="Input noise", slider=(0.0, 0.1, 0.001)
    )
    feedback_noise: float = knob(
        0.0, 0.0, 10.0, "Standard deviation of the noise on the feedback.", label="Feedback noise", slider=(0.0, 0.1, 0.001)
    )
    connectivity: float = knob(
        0.1,
        0.0,
        1.0,
        "Share of the possible recurrent connections that exist.",
        label="Connectivity",
        effect=Effect.REDRAW,
        slider=(0.01, 1.0, 0.01),
    )
    input_connectivity: float = knob(
        1.0,
        0.0,
        1.0,
        "Share of the possible input connections that exist.",
        label="Input connectivity",
        effect=Effect.REDRAW,
        slider=(0.01, 1.0, 0.01),
    )
    feedback_connectivity: float = knob(
        1.0,
        0.0,
        1.0,
        "Share of the possible feedback connections that exist.",
        label="Feedback connectivity",
        effect=Effect.REDRAW,
        slider=(0.01, 1.0, 0.01),
    )
    distribution: str = choice(
        "normal", weights.DISTRIBUTIONS, "Distribution of the recurrent weights.", label="Weight distribution", effect=Effect.REDRAW
    )
    input_distribution: str = choice(
        "uniform",
        weights.DISTRIBUTIONS,
        "Distribution of the input, feedback and bias weights.",
        label="Input distribution",
        effect=Effect.REDRAW,
    )
    seed: int | None = knob(
        None, 0, 2**32 - 1, "Seed of the random weights; empty takes it from the trainer's seed and the name.", label="Seed",
        effect=Effect.REDRAW, integer=True, optional=True,
    )  # fmt: skip
    activation: str = choice("tanh", tuple(ACTIVATIONS), "The units' nonlinearity f.", label="Activation")
    activation_type: str = choice(
        "internal",
        ("internal", "external"),
        "Whether the activated state leaks (internal) or the pre-activation (external).",
        label="Activation type",
    )

    def output_size(self, inputs: int) -> int | None:
        return self.units

    def draw(self, stream: Stream, inputs: int, feedback: int) -> dict[str, np.ndarray]:
        drawn = {
            "W": weights.recurrent(stream("W"), self.units, self.connectivity, self.distribution),
            "W_in": weights.sparse(stream("W_in"), (inputs, self.units), self.input_connectivity, self.input_distribution),
            "bias": weights.sparse(stream("bias"), (self.units,), 1.0, self.input_distribution),
            "key": stream("noise").integers(0, 2**32, 2, dtype=np.uint32),
        }
        if feedback:
            drawn["W_fb"] = weights.sparse(stream("W_fb"), (feedback, self.units), self.feedback_connectivity, self.input_distribution)
        return drawn

    def init(self, params: Any, batch: int, inputs: int, dtype: Any) -> dict[str, jax.Array]:
        zeros = jnp.zeros((batch, self.units), dtype)
        return {"h": zeros} if self.activation_type == "internal" else {"h": zeros, "r": zeros}

    def loudness(self) -> Any:
        return jnp.maximum(
            jnp.max(jnp.asarray(self.noise)), jnp.maximum(jnp.max(jnp.asarray(self.input_noise)), jnp.max(jnp.asarray(self.feedback_noise)))
        )

    def step(self, params: Any, state: Any, u: Any, feedback: Any, key: Any) -> tuple[Any, Any]:
        h = state["h"]
        inner = 0.0
        if key is not None:
            inner, on_input, on_feedback = _normal(params["key"], key, h, u, feedback)
            inner, u = self.noise * inner, u + self.input_noise * on_input
            feedback = None if feedback is None else feedback + self.feedback_noise * on_feedback
        drive = self.spectral_radius * (h @ params["W"]) + self.input_scaling * (u @ params["W_in"])
        drive = drive + self.bias_scaling * along(params["bias"], h) + inner
        if feedback is not None:
            drive = drive + self.feedback_scaling * (feedback @ params["W_fb"])
        f = ACTIVATIONS[self.activation]
        if self.activation_type == "internal":
            h = (1 - self.leak_rate) * h + self.leak_rate * f(drive)
            return {"h": h}, h
        r = (1 - self.leak_rate) * state["r"] + self.leak_rate * drive
        h = f(r)
        return {"h": h, "r": r}, h


def _normal(own: Any, step: Any, h: Any, u: Any, feedback: Any) -> list[Any]:
    """Standard normal numbers of one step, shaped as h, u and feedback, from one draw; `own` is the reservoir's key."""
    widths = [h.shape[-1], u.shape[-1], 0 if feedback is None else feedback.shape[-1]]
    key = jax.random.fold_in(jax.random.wrap_key_data(own, impl="threefry2x32"), step)
    drawn = jax.random.normal(key, (*h.shape[:-1], sum(widths)), h.dtype)
    return jnp.split(drawn, [widths[0], widths[0] + widths[1]], axis=-1)
