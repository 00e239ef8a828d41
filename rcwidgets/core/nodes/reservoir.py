"""The echo state network's reservoir."""

from typing import ClassVar, cast

import jax
import jax.numpy as jnp
import numpy as np
from jax.typing import DTypeLike
from numpy.typing import ArrayLike

from rcwidgets.core.graph.tokens import Stream
from rcwidgets.core.nodes import topology as topologies
from rcwidgets.core.nodes import weights
from rcwidgets.core.nodes.base import Array, Arrays, along, knob_along, node
from rcwidgets.core.nodes.layers import ACTIVATIONS
from rcwidgets.core.nodes.reservoir_knobs import AbstractReservoir
from rcwidgets.core.spec.refusal import RefusedValue
from rcwidgets.core.threefry import numbers_of


@node
class Reservoir(AbstractReservoir):
    """Leaky units with fixed random recurrent weights.

    internal:  h[t+1] = (1 - leak_rate) h[t] + leak_rate f(d[t])
    external:  r[t+1] = (1 - leak_rate) r[t] + leak_rate d[t],  h[t+1] = f(r[t+1])
    d[t] = spectral_radius h[t] W + input_scaling (u[t] + e_in) W_in + feedback_scaling (y[t-1] + e_fb) W_fb + bias_scaling bias + e

    Shapes: u (batch, inputs), h, r (batch, units), W (units, units), W_in (inputs, units), W_fb (feedback, units), bias (units,); all
    weights are stored (sources, targets). W is drawn at spectral radius 1, so that the knob is exact and never draws anew. The noises
    e, e_in, e_fb are normal with standard deviations noise, input_noise, feedback_noise; each row of a batch has its own.

    `feedback_scaling` follows the use where it is left out: 1 under `FORCELearning`, where the output has to be heard, and 0.05 elsewhere,
    which keeps closed loops on raw data stable.

    `leak_rate` may be an array (units,), a number for each unit, and `input_scaling` an array (inputs,), one for each channel; both are
    checked, saved and written as code like W. A series starts from h[0] = 0; with `initial_state` above 0 from random numbers, uniform in
    (-initial_state, initial_state), the same for each series, and with an array (units,) from these (external: r[0], and h[0] = f(r[0])).
    Without input, bias, feedback and noise the state 0 stays 0 for ever, at any spectral radius.

    `topology` says which units are connected. "cycle", "cycle with jumps" and "delay line" have fixed positive weights: nothing is random
    in their W. A delay line has no cycle, so its eigenvalues are 0; there, spectral_radius is its largest singular value.

    Large sparse W are kept as in-degrees instead (params `sources` and `weights`, see `weights`), which is faster: from 300 units
    where a unit has at most units / 12 sources, from 1,500 units on units / 6; random weights only from 1,000 units on, and with as many
    sources for every unit. In this form the in-degree is a shape: a change of `connectivity` or `neighbours` compiles anew, as does a
    change of topology to or from it. A trainable reservoir is always dense.

    `W`, `W_in`, `W_fb` and `bias` are arrays of your own, in those shapes, in place of drawn ones; W may be a scipy.sparse array. They are
    taken as they are and the equation holds with them: spectral_radius=1 uses W as it is; divide W by its radius
    (`rc.analysis.spectral_radius(W)`) for the knob to be the radius. Without `units`, their size counts. W[i, j] is the weight from unit i
    to unit j, (sources, targets), as PyRCN keeps it too; ReservoirPy, orc and ResDAG keep W as (targets, sources): give theirs as W.T, and
    W_in likewise. A square W fits both ways, so that untransposed it is taken, and its states are wrong; `rc.from_reservoirpy`,
    `rc.from_orc`, `rc.from_resdag` and `rc.from_pyrcn` read whole models of theirs the right way round.

    From 10,000 units on random weights are scaled by the circular law: their radius is then 1 to 2 %, and drawing takes seconds.

    Reference: Jaeger (2001), GMD Report 148; Jaeger et al. (2007), Neural Networks 20, 335-352, for the leak; Rodan and Tino (2011), IEEE
    Transactions on Neural Networks 22, 131-144, for cycle and delay line; Rodan and Tino (2012), Neural Computation 24, 1822-1852, for
    jumps; Watts and Strogatz (1998), Nature 393, 440-442, for the small world.

    >>> Reservoir(50, leak_rate=0.5)
    Reservoir(50, leak_rate=0.5)
    >>> Reservoir(W=np.eye(3), spectral_radius=1.0)
    Reservoir(3, spectral_radius=1.0, W=<array (3, 3)>)

    Defaults, measured
    ------------------
    Medians of ten seeds of the error on the test part (`python -m benchmarks.defaults`), with the defaults in bold. Lorenz: raw data, dt
    0.01, one step ahead, 400 units, beta 1e-6, at spectral radius 0.9 and at 1.4. Mackey-Glass: tau 17, a value each time unit,
    standardised, one step and 84 steps ahead by a readout of the state, 400 units, radius 0.9, beta 1e-6. NARMA10: 200 units, radius 0.95,
    beta 1e-8.

    | connectivity | scaling | leak | bias | Lorenz, MSE | at radius 1.4 | Mackey-Glass, NRMSE | 84 steps | NARMA10, NMSE |
    | --- | --- | --- | --- | --- | --- | --- | --- | --- |
    | 0.1 | 0.01 | 0.3 | 0 | 5.5e-6 | 2.5 | 0.023 | 0.54 | 0.3 |
    | 0.1 | 0.02 | 0.3 | 0 | 6.9e-7 | 1 | 0.02 | 0.53 | 0.3 |
    | 0.1 | 0.05 | 0.3 | 0 | 3.2e-7 | 0.12 | 0.015 | 0.46 | 0.29 |
    | 0.1 | 0.1 | 0.3 | 0 | 6.8e-7 | 0.033 | 0.011 | 0.38 | 0.27 |
    | 0.1 | 0.3 | 0.3 | 0 | 1.2e-5 | 0.067 | 0.005 | 0.17 | 0.25 |
    | 0.1 | 1 | 0.3 | 0 | 0.0016 | 0.15 | 0.002 | 0.077 | 0.25 |
    | 0.1 | 0.05 | 0.1 | 0 | 8.2e-5 | 15 | 0.094 | 0.51 | 0.36 |
    | 0.1 | 0.05 | 1 | 0 | 1.6e-8 | 0.57 | 0.0015 | 0.51 | 0.14 |
    | 0.1 | 0.05 | 0.3 | 0.1 | 2e-7 | 0.18 | 0.011 | 0.37 | 0.28 |
    | 0.1 | 0.05 | 0.3 | 1 | 4.5e-8 | 1.6e-6 | 0.017 | 0.45 | 0.31 |
    | 1 | 0.01 | 0.3 | 0 | 2.3e-7 | 0.3 | 0.018 | 0.52 | 0.29 |
    | 1 | 0.02 | 0.3 | 0 | 4.7e-8 | 0.015 | 0.014 | 0.46 | 0.28 |
    | **1** | **0.05** | **0.3** | **0** | 4.4e-8 | 0.00043 | 0.0072 | 0.28 | 0.26 |
    | 1 | 0.1 | 0.3 | 0 | 6.9e-7 | 0.00084 | 0.005 | 0.18 | 0.25 |
    | 1 | 0.3 | 0.3 | 0 | 0.00046 | 0.02 | 0.0017 | 0.085 | 0.24 |
    | 1 | 1 | 0.3 | 0 | 1.2 | 3.8 | 0.0014 | 0.042 | 0.25 |
    | 1 | 0.05 | 0.1 | 0 | 2.3e-6 | 0.0035 | 0.065 | 0.45 | 0.35 |
    | 1 | 0.05 | 1 | 0 | 1.5e-8 | 0.00074 | 0.0008 | 0.33 | 0.095 |
    | 1 | 0.05 | 0.3 | 0.1 | 3.8e-8 | 0.00068 | 0.0053 | 0.22 | 0.25 |
    | 1 | 0.05 | 0.3 | 1 | 1.6e-8 | 1.2e-5 | 0.0099 | 0.35 | 0.28 |

    The defaults are made for raw data of the size of Lorenz's: no other scaling or connectivity does better there at both radii. Data
    of standard deviation 1 take an input scaling of 0.3 to 1. A leak rate of 1 is better one step ahead and where the target has no slow
    part; 0.3, the usual value, is a little ahead at 84 steps and at radius 1.4. A bias calms a network of radius above 1, but then the
    network is not silent at rest and its small signals have another radius than the knob says, so it is 0 until asked for.
    """

    aliases: ClassVar[tuple[str, ...]] = ("esn", "echo state network", "feedback", "random network")
    family: ClassVar[str] = "state"
    group: ClassVar[str] = "Reservoirs"
    card: ClassVar[tuple[str, ...]] = ("spectral_radius", "leak_rate", "input_scaling")
    grows_by: ClassVar[str | None] = "units"
    stateful: ClassVar[bool] = True

    @property
    def learned(self) -> tuple[str, ...]:
        return ("W", "W_in", "W_fb", "bias") if self.trainable else ()

    def output_size(self, inputs: int) -> int | None:
        own = self.arrays.get("W_in")
        if own is not None and own.shape[0] != inputs:
            takes = f"W_in takes {own.shape[0]} features, {inputs} arrive."
            raise RefusedValue(f"Reservoir.{takes} Give a W_in of {(inputs, self.units)}.", f"Its own {takes}")
        scaling = self.arrays.get("input_scaling")
        if scaling is not None and scaling.shape[0] != inputs:
            takes = f"input_scaling is for {scaling.shape[0]} channels, {inputs} arrive."
            raise RefusedValue(f"Reservoir.{takes} Give one number, or {inputs}.", f"Its own {takes}")
        return self.units

    def check_feedback(self, features: int) -> None:
        own = self.arrays.get("W_fb")
        if own is not None and own.shape[0] != features:
            takes = f"W_fb takes {own.shape[0]} features, {features} are fed back."
            raise RefusedValue(f"Reservoir.{takes} Give a W_fb of {(features, self.units)}.", f"Its own {takes}")

    def recurrence(self, size: int) -> int:
        own = self.arrays.get("W")
        depth = self.plan.in_degree if own is None else own.in_degree
        return 3 * depth * size if self.gathered else size * size  # a weight, its source, and as much as that to sort them

    def draw(self, stream: Stream, inputs: int, feedback: int) -> dict[str, np.ndarray]:
        drawn = {
            **self._recurrent(stream("W")),
            "W_in": self._taken("W_in", stream, (inputs, self.units), self.input_connectivity),
            "bias": self._taken("bias", stream, (self.units,), 1.0),
            "key": stream("noise").integers(0, 2**32, 2, dtype=np.uint32),
        }
        drawn |= {name: np.array(own) for name, own in self.arrays.items() if name in ("leak_rate", "input_scaling", "initial_state")}
        if "initial_state" not in drawn and self.initial_state > 0:
            drawn["initial_state"] = self.initial_state * stream("initial_state").uniform(-1.0, 1.0, self.units)
        if feedback:
            drawn["W_fb"] = self._taken("W_fb", stream, (feedback, self.units), self.feedback_connectivity)
        return drawn

    def _recurrent(self, generator: np.random.Generator) -> dict[str, np.ndarray]:
        """The recurrent weights, in the form that is the faster one."""
        own = self.arrays.get("W")
        if own is None:
            matrix = topologies.draw(generator, self.plan)
            depth = self.plan.in_degree
        else:
            matrix = own.as_sparse() if self.gathered else np.array(own)
            depth = own.in_degree
        if isinstance(matrix, np.ndarray):
            return {"W": matrix}
        return weights.pack(matrix, depth) if self.gathered else {"W": matrix.toarray()}

    def _taken(self, name: str, stream: Stream, shape: tuple[int, ...], connectivity: float) -> np.ndarray:
        """Weights of the user's own, else drawn ones."""
        own = self.arrays.get(name)
        return weights.sparse(stream(name), shape, connectivity, self.input_distribution) if own is None else np.array(own)

    def init(self, params: Arrays, batch: int, inputs: int, dtype: DTypeLike) -> Arrays:
        rest = jax.device_put(np.zeros((batch, self.units), dtype))  # jnp.zeros would be a program of its own
        start = rest + along(jnp.asarray(params["initial_state"], dtype), rest) if "initial_state" in params else rest
        if self.activation_type == "internal":
            return {"h": start}
        return {"h": ACTIVATIONS[self.activation](start) if "initial_state" in params else rest, "r": start}

    def noises(self) -> tuple[ArrayLike, ...]:
        return self.noise, self.input_noise, self.feedback_noise

    def step(self, params: Arrays, state: Arrays, u: Array, feedback: Array | None, key: Array | None) -> tuple[Arrays, Array]:
        h = state["h"]
        inner: Array | float = 0.0
        if key is not None:
            inner, on_input, on_feedback = _normal(params["key"], key, h, u, feedback)
            inner, u = self.noise * inner, u + self.input_noise * on_input
            feedback = None if feedback is None else feedback + self.feedback_noise * on_feedback
        echo = weights.product(h, params["sources"], params["weights"]) if "sources" in params else h @ params["W"]
        if "input_scaling" in params:
            arrived = (u * along(params["input_scaling"], u)) @ params["W_in"]
        else:
            arrived = self.input_scaling * (u @ params["W_in"])
        drive, leak = self.spectral_radius * echo + arrived, knob_along(self, "leak_rate", params, h)
        drive = drive + self.bias_scaling * along(params["bias"], h) + inner
        if feedback is not None:
            drive = drive + cast(float, self.feedback_scaling) * (feedback @ params["W_fb"])
        f = ACTIVATIONS[self.activation]
        if self.activation_type == "internal":
            h = (1 - leak) * h + leak * f(drive)
            return {"h": h}, h
        r = (1 - leak) * state["r"] + leak * drive
        h = f(r)
        return {"h": h, "r": r}, h


def _normal(own: Array, step: Array, h: Array, u: Array, feedback: Array | None) -> list[Array]:
    """Standard normal numbers of one step, shaped as h, u and feedback, from one draw; `own` is the reservoir's key (2,).

    In lanes it is (lanes, 2), the same key for each: every lane has the noise that it would have alone. Where `step` is (parts,), the rows
    are so many parts of a series, and each has the noise of its own step.
    """
    widths = [h.shape[-1], u.shape[-1], 0 if feedback is None else feedback.shape[-1]]
    lanes, own = (own.shape[0], own[0]) if own.ndim == 2 else (1, own)
    shape = (h.shape[0] // (lanes * step.size), *h.shape[1:-1], sum(widths))

    def drawn_at(one: Array) -> Array:
        return jax.random.normal(numbers_of(own, one), shape, h.dtype)

    drawn = jnp.concatenate(jax.vmap(drawn_at)(step)) if step.ndim else drawn_at(step)
    drawn = jnp.concatenate([drawn] * lanes) if lanes > 1 else drawn
    return jnp.split(drawn, [widths[0], widths[0] + widths[1]], axis=-1)
