"""The closed loop: a model that takes its own output as its next input, beside inputs that are known; one `lax.scan` over time."""

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType
from typing import Any, NamedTuple, TypeAlias

import jax
import jax.numpy as jnp
import numpy as np

from rcwidgets.core.model import program as programs
from rcwidgets.core.model.loop import scan
from rcwidgets.core.model.program import Params, Program, State
from rcwidgets.core.series import array_of, check_finite

ByPlace: TypeAlias = Mapping[int, np.ndarray]


class Loop(NamedTuple):
    """Where the closed loop closes: the places of the Input and of the output, and the column of the Input for each feature of the output.

    None stands for all columns in their order.
    """

    entry: int
    exit: int
    columns: tuple[int, ...] | None = None


def check_loop(program: Program) -> Loop:
    """The loop of a model that can take its output as its whole input, or a ValueError that says what is in the way."""
    exit, names = _exit(program), program.names
    if len(program.inputs) != 1:
        listed = [names[k] for k in program.inputs]
        known = ", ".join(f"{name!r}: ..." for name in listed[1:])
        raise ValueError(
            f"The closed loop needs one Input and one output, got {len(listed)} inputs: {', '.join(listed)}. "
            f"Join them in one node, or give those that are known: generate(steps, drive={{{known}}})."
        )
    (entry,) = program.inputs
    taken, given = program.wires[entry].size, program.wires[exit].size
    if taken != given:
        those = f"{_features(taken - given)} that {'is' if taken - given == 1 else 'are'} known"
        known = f", or give the {those}: generate(steps, drive=...)" if taken > given else ""
        raise ValueError(
            f"The closed loop feeds {names[exit]} back as {names[entry]}: {names[exit]} gives {_features(given)}, "
            f"{names[entry]} takes {taken}. Train the model to forecast its own input{known}."
        )
    return Loop(entry, exit)


def loop_of(program: Program, drive: Any, steps: int, batch: int, dtype: Any) -> tuple[Loop, ByPlace]:
    """The loop of a model, with the inputs that are known where `drive` gives some."""
    return (check_loop(program), {}) if drive is None else driven(program, drive, steps, batch, dtype)


def driven(program: Program, drive: Any, steps: int, batch: int, dtype: Any) -> tuple[Loop, ByPlace]:
    """The loop of a model of which some inputs are known, and these by place, (steps, batch, features), as `generate` takes them.

    `drive` is as `RNNRunner.generate` tells. What does not fit the model is a ValueError that says what would.
    """
    exit, names, given = _exit(program), program.names, dict[int, np.ndarray]()
    if not isinstance(drive, Mapping):
        if len(program.inputs) != 1:
            listed = [names[k] for k in program.inputs]
            raise ValueError(f"drive must be a dict of series by the names of Inputs, of which there are {', '.join(listed)}.")
        drive = {names[program.inputs[0]]: drive}
    for name, series in drive.items():
        if name not in [names[k] for k in program.inputs]:
            raise ValueError(f"drive must be of Inputs, got {name!r}. The Inputs: {', '.join(names[k] for k in program.inputs)}.")
        given[names.index(name)] = _rows(series, name, steps, batch)
    free = [k for k in program.inputs if k not in given or _partial(given[k], program, k, exit)]
    if len(free) != 1:
        listed = [names[k] for k in free]
        rule = f"must leave one Input that takes what {names[exit]} gives, got {'none' if not free else ', '.join(listed)} left"
        advice = "Give those of them that are known." if free else "Where all inputs are known, call predict."
        raise ValueError(f"drive {rule}. {advice}")
    (entry,) = free
    taken, fed = program.wires[entry].size, program.wires[exit].size
    columns: tuple[int, ...] | None = None
    known: dict[int, np.ndarray] = {}
    for k, series in given.items():
        if k == entry:
            gaps = np.isnan(series).all(axis=(0, 1))
            columns = tuple(np.flatnonzero(gaps).tolist()) if series.shape[2] == taken else tuple(range(fed))
            series = series[:, :, ~gaps] if series.shape[2] == taken else series
        elif series.shape[2] != program.wires[k].size:
            raise ValueError(f"drive[{names[k]!r}] must have {_features(program.wires[k].size)}, got {series.shape[2]}.")
        check_finite(series, f"drive of {names[k]!r}")
        known[k] = np.ascontiguousarray(np.swapaxes(np.broadcast_to(series, (batch, *series.shape[1:])), 0, 1), dtype=dtype)
    if columns is None and taken != fed:
        advice = f" Give the others too: drive={{{names[entry]!r}: ...}}." if taken > fed else ""
        words = f"{names[exit]} gives {_features(fed)}, {names[entry]} takes {taken}"
        raise ValueError(f"The closed loop feeds {names[exit]} back as {names[entry]}: {words}.{advice}")
    return Loop(entry, exit, columns), known


def _exit(program: Program) -> int:
    """The place of the one output, which tells something at every step."""
    names = program.names
    if len(program.exits) != 1:
        listed = ", ".join(names[k] for k in program.exits)
        raise ValueError(
            f"The closed loop needs one Input and one output, got {len(program.exits)} outputs: {listed}. Join them in one node."
        )
    (exit,) = program.exits
    if exit in program.once:
        raise ValueError(f"The closed loop needs an output at every step: {names[exit]} gives one value a series.")
    return exit


def _features(count: int) -> str:
    return f"{count:,} feature{'s' * (count != 1)}"


def _rows(series: Any, name: str, steps: int, batch: int) -> np.ndarray:
    """A known input as (1 or batch, steps, features)."""
    array = array_of(series, f"drive of {name!r}")
    if array.dtype.kind not in "iuf":
        raise TypeError(f"drive of {name!r} must be numbers, got an array of {array.dtype}.")
    array = array.astype(np.float64)
    array = array[:, None] if array.ndim == 1 else array
    array = array[None] if array.ndim == 2 else array
    if array.ndim != 3 or array.shape[1] != steps or array.shape[0] not in (1, batch):
        many = f"({batch}, {steps}, features) or " if batch > 1 else ""
        raise ValueError(f"drive of {name!r} must be {many}({steps}, features), a row for each step, got the shape {np.shape(series)}.")
    return array


def _partial(series: np.ndarray, program: Program, entry: int, exit: int) -> bool:
    """Whether a known input leaves columns to the output; one that leaves another number of them is a ValueError."""
    taken, fed, name = program.wires[entry].size, program.wires[exit].size, program.names[entry]
    if series.shape[2] == taken:
        gaps = int(np.isnan(series).all(axis=(0, 1)).sum())
        if not gaps and len(program.inputs) > 1:
            return False
        if gaps == fed:
            return True
    elif series.shape[2] == taken - fed:
        return True
    if taken <= fed:
        raise ValueError(f"{program.names[exit]} gives all that {name} takes, so nothing of it is known. Leave drive out.")
    raise ValueError(
        f"drive of {name!r} must have its last {_features(taken - fed)}, where {program.names[exit]} is the first {fed}, or all {taken}, "
        f"with nan in the columns that {program.names[exit]} gives, got {_features(series.shape[2])}."
    )


def check_steps(owner: str, steps: Any) -> None:
    """Raises a ValueError unless so many steps can be generated."""
    if isinstance(steps, bool) or not isinstance(steps, int | np.integer) or steps < 1:
        raise ValueError(f"{owner}.generate takes a whole number of steps from 1, got {steps!r}.")


def generate(
    program: Program, params: Params, state: State, last: Any, steps: int, loop: Loop, known: ByPlace = MappingProxyType({})
) -> tuple[State, Any]:
    """Runs `steps` steps of the closed loop u[t] = (y[t-1], known[t]) from `state`; the first output is `last` (batch, features).

    `known` are the inputs, or the columns of the loop's Input, that are no outputs: (steps, batch, features) by the place of the Input.
    Returns the state after the last step and the outputs y (time, batch, features).
    """
    return _generate(program, programs.in_order(program, params), state, last, dict(known), steps, loop)


@partial(jax.jit, static_argnames=("steps", "loop"))
def _generate(program: Program, params: Any, state: State, last: Any, known: Any, steps: int, loop: Loop) -> Any:
    def step(carry: Any, now: Any) -> Any:
        carry = loop_step(program, params, carry, loop, now[1], now[0])
        return carry, carry[2]

    carry = (state.nodes, state.feedback, last)
    (nodes, feedback, _), outputs = scan(program.nodes, step, carry, known, state.steps, steps)
    return State(nodes, feedback, state.steps + jnp.uint32(steps)), outputs


def loop_step(program: Program, params: Any, carry: Any, loop: Loop, key: Any, known: Any = MappingProxyType({})) -> tuple[Any, Any, Any]:
    """One step of the closed loop: (states, outputs on the feedback wires, output that is the next input) before it and after it."""
    own, fed, last = carry
    u = last
    if loop.columns is not None:
        others = [k for k in range(program.wires[loop.entry].size) if k not in loop.columns]
        parts = [last, known[loop.entry]] if others else [last]
        u = jnp.concatenate(parts, axis=-1)[..., np.argsort([*loop.columns, *others])]
    given = {**known, loop.entry: u}
    nodes, values = programs.step_nodes(program, params, range(len(program.nodes)), own, fed, given, key)
    return nodes, {k: values[k] for k in fed}, values[loop.exit]
