"""How fast small differences grow: the largest Lyapunov exponent, from the tangent of each step."""

from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from rcwidgets.core.analysis.subject import positive, subject, whole
from rcwidgets.core.finite import not_finite
from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.model import closed_loop
from rcwidgets.core.model import program as programs
from rcwidgets.core.model.program import Program
from rcwidgets.core.model.runner import RNNRunner
from rcwidgets.core.precision import precision
from rcwidgets.core.series import Data, by_node
from rcwidgets.core.short import short_repr


class Lyapunov(NamedTuple):
    """The largest exponent per unit of time, and `growth` (steps,), log of how a small difference grew in each step after the washout."""

    exponent: float
    growth: np.ndarray

    def __repr__(self) -> str:
        return short_repr(self)


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
    entry, exit = closed_loop.check_loop(program)
    last = held.last.get(program.names[exit])
    if held.state is None or last is None:
        raise ValueError("The closed loop has no output to start from. Fit the model, and let predict run into the series first.")
    if len(last) != 1:
        raise ValueError(f"The closed loop must be of one series, got {len(last)}. Let predict run into one with reset=True.")
    with precision(trainer.dtype):
        point = (held.state.nodes, held.state.feedback, np.asarray(last, trainer.dtype))
        params = programs.in_order(program, held.params)
        growth = _grow(program, params, point, {}, held.state.steps, skipped + count, (entry, exit), seed)
    return _exponent(np.asarray(growth), skipped, step)


def _exponent(growth: np.ndarray, washout: int, dt: float) -> Lyapunov:
    if np.isnan(growth).any() or np.isposinf(growth).any():
        bad = int(np.argmax(np.isnan(growth) | np.isposinf(growth)))
        raise not_finite("The run", "Lower the spectral radius or the feedback.", since=f"from step {bad} on", happened="it blew up")
    return Lyapunov(float(np.mean(growth[washout:], dtype=np.float64)) / dt, growth[washout:])


@partial(jax.jit, static_argnames=("steps", "loop"))
def _grow(program: Program, params: Any, point: Any, inputs: Any, first: Any, steps: int, loop: tuple[int, int] | None, seed: Any) -> Any:
    """log of the growth of a small difference in each step (steps,); `loop` are the places (Input, output) of a closed loop."""

    def move(point: Any, given: Any, key: Any) -> Any:
        if loop is not None:
            return closed_loop.loop_step(program, params, point, *loop, key)
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
    return programs.scan(program, step, (leaves, tangent), inputs, first, steps)[1]
