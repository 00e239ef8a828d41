"""The closed loop: a model that takes its own output as its next input; one `lax.scan` over time."""

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from rcwidgets.core.model import program as programs
from rcwidgets.core.model.program import Params, Program, State


def check_loop(program: Program) -> tuple[int, int]:
    """The places (Input, output) of a model that can take its output as its input, or a ValueError that says what is in the way."""
    names = program.names
    if len(program.inputs) != 1 or len(program.exits) != 1:
        many, what = (program.inputs, "inputs") if len(program.inputs) != 1 else (program.exits, "outputs")
        raise ValueError(
            f"The closed loop needs one Input and one output, got {len(many)} {what}: {', '.join(names[k] for k in many)}. "
            "Join them in one node."
        )
    (entry,), (exit,) = program.inputs, program.exits
    if exit in program.once:
        raise ValueError(f"The closed loop needs an output at every step: {names[exit]} gives one value a series.")
    if program.wires[entry].size != program.wires[exit].size:
        raise ValueError(
            f"The closed loop feeds {names[exit]} back as {names[entry]}: {names[exit]} gives {program.wires[exit].size} features, "
            f"{names[entry]} takes {program.wires[entry].size}. Train the model to forecast its own input."
        )
    return entry, exit


def check_steps(owner: str, steps: Any) -> None:
    """Raises a ValueError unless so many steps can be generated."""
    if isinstance(steps, bool) or not isinstance(steps, int | np.integer) or steps < 1:
        raise ValueError(f"{owner}.generate takes a whole number of steps from 1, got {steps!r}.")


def generate(program: Program, params: Params, state: State, last: Any, steps: int, entry: int, exit: int) -> tuple[State, Any]:
    """Runs `steps` steps of the closed loop u[t] = y[t-1] from `state`; the first input is `last` (batch, features).

    Returns the state after the last step and the outputs y (time, batch, features).
    """
    return _generate(program, programs.in_order(program, params), state, last, steps, entry, exit)


@partial(jax.jit, static_argnames=("steps", "entry", "exit"))
def _generate(program: Program, params: Any, state: State, last: Any, steps: int, entry: int, exit: int) -> Any:
    def step(carry: Any, now: Any) -> Any:
        carry = loop_step(program, params, carry, entry, exit, now[1])
        return carry, carry[2]

    carry = (state.nodes, state.feedback, last)
    (nodes, feedback, _), outputs = programs.scan(program, step, carry, {}, state.steps, steps)
    return State(nodes, feedback, state.steps + jnp.uint32(steps)), outputs


def loop_step(program: Program, params: Any, carry: Any, entry: int, exit: int, key: Any) -> tuple[Any, Any, Any]:
    """One step of the closed loop: (states, outputs on the feedback wires, output that is the next input) before it and after it."""
    own, fed, last = carry
    nodes, values = programs.step_nodes(program, params, range(len(program.nodes)), own, fed, {entry: last}, key)
    return nodes, {k: values[k] for k in fed}, values[exit]
