"""How a reservoir treats small differences: whether it forgets where it started, and how fast they grow."""

from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from rcwidgets.core.analysis.subject import Subject, positive, subject, whole
from rcwidgets.core.backend import precision
from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.model import closed_loop
from rcwidgets.core.model import program as programs
from rcwidgets.core.model.forgetting import TOLERANCE
from rcwidgets.core.model.loop import scan
from rcwidgets.core.model.program import Program, State
from rcwidgets.core.model.runner import RNNRunner
from rcwidgets.core.series import Data, as_batch, by_node, not_finite
from rcwidgets.core.short import in_short


@in_short
class EchoState(NamedTuple):
    """What two starts became: `holds` where their distance fell below a thousandth within the run.

    `washout` is the number of steps after which they stay alike to within rounding, None where they do not: so many steps later the start
    is forgotten, and a run in stretches side by side looks for the same (`RNNRunner.forgetting`).

    `rate` is the mean change of log(distance) per step, negative where the starts converge; `distance` (time,) is the root mean squared
    difference of the outputs of all nodes with a state.
    """

    holds: bool
    rate: float
    distance: np.ndarray
    washout: int | None


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
        return EchoState(True, -np.inf, distance, end)
    steps = np.arange(end // 2, end) if end >= 4 else np.arange(end)
    rate = float(np.polyfit(steps, np.log(distance[steps]), 1)[0])
    return EchoState(bool(distance[-1] <= max(1e-3 * distance[0], floor)), rate, distance, _washout(rest, other, held.dtype))


def _washout(one: np.ndarray, other: np.ndarray, dtype: np.dtype) -> int | None:
    """The number of steps after which two runs (time, features) stay as near to each other as a run in stretches asks for."""
    apart = np.abs(one - other).max(axis=1) > TOLERANCE * np.finfo(dtype).eps * max(
        np.abs(one).max(initial=0.0), np.abs(other).max(initial=0.0)
    )
    last = int(np.flatnonzero(apart)[-1]) + 1 if apart.any() else 0
    return last if last < len(apart) else None


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


@in_short
class Lyapunov(NamedTuple):
    """The largest exponent per unit of time, and `growth` (steps,), log of how a small difference grew in each step after the washout."""

    exponent: float
    growth: np.ndarray


def lyapunov_exponent(model: Graph | RNNRunner, x: Data, *, washout: int = 100, dt: float = 1.0, seed: int = 0) -> Lyapunov:
    """The largest Lyapunov exponent of the states, driven by x (time, features) from rest: how fast two states under one input part.

    v[t+1] = J[t] v[t] / |v[t]|,  exponent = mean_t log|v[t]| / dt

    J[t] is the exact derivative of step t, by forward differentiation, in all states and in the outputs that are fed back; noise is the
    same for both. Negative where the echo state property holds for this input. `washout` steps go before the mean; `dt` is the time of a
    step, so that 1 gives the exponent per step. -inf where a difference vanishes altogether.

    Reference: Benettin, Galgani, Giorgilli and Strelcyn (1980), Meccanica 15, 9-20.
    """
    step = positive("lyapunov_exponent.dt", dt)
    held = subject(model, seed, x)
    program = held.program
    arrays = by_node(x, [program.names[k] for k in program.inputs], "x")
    given = {k: np.swapaxes(arrays[program.names[k]], 0, 1).astype(held.dtype) for k in program.inputs}
    steps, batch = next(iter(given.values())).shape[:2]
    skipped = whole("lyapunov_exponent.washout", washout, 0)
    if batch != 1 or steps <= skipped:
        raise ValueError(f"x must be one series of more than {skipped} steps, the washout, got {batch} of {steps}.")
    with precision(held.dtype):
        start = programs.init(program, held.params, 1, held.dtype)
        point = (start.nodes, start.feedback)
        growth = _grow(program, programs.in_order(program, held.params), point, given, start.steps, steps, None, seed)
    return _exponent(np.asarray(growth), skipped, step)


def closed_loop_exponent(trainer: RNNRunner, steps: int, *, washout: int = 100, dt: float = 1.0, seed: int = 0) -> Lyapunov:
    """The largest Lyapunov exponent of the closed loop of a trained model, from where `generate` would start; the trainer stays as it is.

    As `lyapunov_exponent`, with each output as the next input: the derivative goes through the output. Compare it to the exponent of the
    system that the model has learned (0.9056 for the Lorenz system, with dt its time step).

    Reference: Pathak, Lu, Hunt, Girvan and Ott (2017), Chaos 27, 121102.
    """
    count = whole("closed_loop_exponent.steps", steps, 1)
    skipped, step = whole("closed_loop_exponent.washout", washout, 0), positive("closed_loop_exponent.dt", dt)
    if not isinstance(trainer, RNNRunner):
        raise TypeError(f"closed_loop_exponent.trainer must be a trained model, got {type(trainer).__name__}. Fit a trainer and pass it.")
    program, held = trainer.program, trainer.snapshot()
    loop = closed_loop.check_loop(program)
    last = held.last.get(program.names[loop.exit])
    if held.state is None or last is None:
        raise ValueError("The closed loop has no output to start from. Fit the model, and let predict run into the series first.")
    if len(last) != 1:
        raise ValueError(f"The closed loop must be of one series, got {len(last)}. Let predict run into one with reset=True.")
    with precision(trainer.dtype):
        point = (held.state.nodes, held.state.feedback, np.asarray(last, trainer.dtype))
        params = programs.in_order(program, held.params)
        growth = _grow(program, params, point, {}, held.state.steps, skipped + count, loop, seed)
    return _exponent(np.asarray(growth), skipped, step)


def _exponent(growth: np.ndarray, washout: int, dt: float) -> Lyapunov:
    if np.isnan(growth).any() or np.isposinf(growth).any():
        bad = int(np.argmax(np.isnan(growth) | np.isposinf(growth)))
        raise not_finite("The run", "Lower the spectral radius or the feedback.", since=f"from step {bad} on", happened="it blew up")
    return Lyapunov(float(np.mean(growth[washout:], dtype=np.float64)) / dt, growth[washout:])


@partial(jax.jit, static_argnames=("steps", "loop"))
def _grow(program: Program, params: Any, point: Any, inputs: Any, first: Any, steps: int, loop: closed_loop.Loop | None, seed: Any) -> Any:
    """log of the growth of a small difference in each step (steps,); `loop` is where a closed loop closes."""

    def move(point: Any, given: Any, key: Any) -> Any:
        if loop is not None:
            return closed_loop.loop_step(program, params, point, loop, key)
        own, fed = point
        nodes, values = programs.step_nodes(program, params, range(len(program.nodes)), own, fed, given, key)
        return nodes, {k: values[k] for k in fed}

    leaves, structure = jax.tree.flatten(point)
    smooth = [k for k, leaf in enumerate(leaves) if jnp.issubdtype(leaf.dtype, jnp.floating)]

    def step(carry: Any, now: Any) -> Any:
        leaves, tangent = carry

        def moved(part: Any) -> Any:
            every = list(leaves)
            for k, leaf in zip(smooth, part, strict=True):
                every[k] = leaf
            after = jax.tree.leaves(move(jax.tree.unflatten(structure, every), *now))
            return [after[k] for k in smooth], after

        _, grown, after = jax.jvp(moved, ([leaves[k] for k in smooth],), (tangent,), has_aux=True)
        size = jnp.sqrt(sum(jnp.sum(leaf**2) for leaf in grown))
        return (after, [jnp.where(size > 0, leaf / size, leaf) for leaf in grown]), jnp.log(size)

    keys = jax.random.split(jax.random.key(seed), len(smooth))
    tangent = [jax.random.normal(key, leaves[k].shape, leaves[k].dtype) for key, k in zip(keys, smooth, strict=True)]
    return scan(program.nodes, step, (leaves, tangent), inputs, first, steps)[1]
