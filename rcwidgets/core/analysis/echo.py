"""Whether a reservoir forgets where it started."""

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from rcwidgets.core.analysis.subject import Subject, positive, subject
from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.model import program as programs
from rcwidgets.core.model.program import State
from rcwidgets.core.model.runner import RNNRunner
from rcwidgets.core.precision import precision
from rcwidgets.core.series import Data, as_batch
from rcwidgets.core.short import short_repr


class EchoState(NamedTuple):
    """What two starts became: `holds` where their distance fell below a thousandth within the run.

    `rate` is the mean change of log(distance) per step, negative where the starts converge; `distance` (time,) is the root mean squared
    difference of the outputs of all nodes with a state.
    """

    holds: bool
    rate: float
    distance: np.ndarray

    def __repr__(self) -> str:
        return short_repr(self)


def echo_state(model: Graph | RNNRunner, x: Data, *, spread: float = 1.0, seed: int = 0) -> EchoState:
    """Drives the model by x (time, features) twice, from rest and from normal states of standard deviation `spread`, with the same noise.

    d[t] = sqrt(mean_i (h_i[t] - h'_i[t])^2),  rate = slope of log d[t]

    The slope is fitted over the later half of the steps before the distance meets the rounding errors. A negative rate for one input and
    two starts is evidence for the echo state property. Starts that stay apart disprove it: their distance soon ceases to grow, and the rate
    is then near zero, of either sign; look at `holds`. Outputs that are fed back start at zeros both times.

    Reference: Jaeger (2001), GMD Report 148; Yildiz, Jaeger and Kiebel (2012), Neural Networks 35, 1-9.

    >>> from rcwidgets.core.nodes import Input, Reservoir
    >>> echo_state(Input(1) >> Reservoir(50, spectral_radius=0.5), np.zeros((300, 1))).holds
    True
    """
    series = as_batch(x, "x")
    if len(series) != 1:
        raise ValueError(f"x must be one series (time, features), got {len(series)}.")
    wide = positive("echo_state.spread", spread, " 1.0 is usual.")
    held = subject(model, seed, x)
    rest, other = _run(held, series[0], 0.0, seed), _run(held, series[0], wide, seed)
    distance = np.sqrt(np.mean((rest - other) ** 2, axis=1))
    floor = 1e4 * np.finfo(held.dtype).eps * max(float(np.abs(rest).max(initial=0.0)), float(distance[0]))
    below = np.flatnonzero(~(distance > floor))
    end = int(below[0]) if len(below) else len(distance)
    if end < 2:
        return EchoState(True, -np.inf, distance)
    steps = np.arange(end // 2, end) if end >= 4 else np.arange(end)
    rate = float(np.polyfit(steps, np.log(distance[steps]), 1)[0])
    return EchoState(bool(distance[-1] <= max(1e-3 * distance[0], floor)), rate, distance)


def _run(held: Subject, series: np.ndarray, spread: float, seed: int) -> np.ndarray:
    """The outputs of all nodes with a state side by side, (time, features)."""
    generator = np.random.default_rng(seed)
    program, dtype = held.program, held.dtype
    places = [k for k, node in enumerate(program.nodes) if node.stateful]
    if not places:
        raise ValueError("The model has no node with a state. Add a Reservoir.")

    def moved(leaf: Any) -> Any:
        inexact = jnp.issubdtype(leaf.dtype, jnp.floating)
        return leaf + np.asarray(spread * generator.normal(size=leaf.shape), dtype) if inexact else leaf

    with precision(dtype):
        start = programs.init(program, held.params, 1, dtype)
        start = State(jax.tree.map(moved, start.nodes), start.feedback, start.steps)
        given = dict.fromkeys(program.inputs, np.ascontiguousarray(series[:, None], dtype=dtype))
        _, found, _ = programs.run(program, held.params, start, given, places)
    return np.concatenate([np.asarray(found[k], np.float64)[:, 0] for k in places], axis=-1)
