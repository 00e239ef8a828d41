"""One call of `predict`, of a model alone or of lanes of it: what is asked of the data, the run over them, and what is told."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import jax
import numpy as np

from rcwidgets.core.backend import precision
from rcwidgets.core.model import program as programs
from rcwidgets.core.model.forgetting import Forgetting
from rcwidgets.core.model.plan import Parallel, may_run_in_stretches
from rcwidgets.core.model.program import Params, Program, State
from rcwidgets.core.model.series_parts import Series
from rcwidgets.core.model.side_by_side import run_side_by_side
from rcwidgets.core.series import by_node, is_flat, lengths_of, living, same_lengths, stretches

SIGNALS = 1 << 24  # numbers that the nodes of one stretch of a run may give: 67 MB in float32
ByPlace = dict[int, np.ndarray]  # series of nodes


class Call(NamedTuple):
    """What a call asks of a program.

    `inputs` and `forced` are (time, batch, features); `lengths` (batch,) those of the series, None where all are equally long. `exits` are
    the places of the outputs to tell, `outputs` and `states` those of the monitors, by the monitor's name.
    """

    program: Program
    inputs: ByPlace
    lengths: np.ndarray | None
    flat: bool
    exits: list[int]
    outputs: dict[str, int]
    states: dict[str, int]
    forced: ByPlace

    @property
    def steps(self) -> int:
        """How many steps the longest series has."""
        return len(next(iter(self.inputs.values())))

    @property
    def batch(self) -> int:
        """How many series there are."""
        return int(next(iter(self.inputs.values())).shape[1])

    @property
    def alive(self) -> np.ndarray | None:
        """Which series live at which step (time, batch); None where all live to the end."""
        return living(self.lengths, self.steps)

    @property
    def collected(self) -> list[int]:
        """The places of all outputs that are needed."""
        return [*self.exits, *self.outputs.values()]


class Told(NamedTuple):
    """What a call gives: its result, the monitors by name, and the last outputs by node name."""

    result: Any
    monitors: dict[str, Any]
    last: dict[str, np.ndarray]


def read_call(
    program: Program, guessed: Mapping[str, int], x: Any, monitors: Sequence[str], forced: Mapping[str, Any] | None, dtype: Any
) -> Call:
    """The call for the inputs x, an array, a list of series or a dict by node name; what cannot be asked is an error in words."""
    inputs, lengths = inputs_of(program, x, dtype), lengths_of(x)
    unknown = program.after({k for k, name in enumerate(program.names) if name in guessed})
    exits = [k for k in program.exits if k not in unknown]
    outputs, states = _monitored(program, monitors)
    return Call(program, inputs, lengths, is_flat(x), exits, outputs, states, _forced(program, forced, lengths, inputs, dtype))


class Called(NamedTuple):
    """The state after a call, outputs and states (batch, time, features) by place, and how it ran side by side, None where in order."""

    state: State
    series: ByPlace
    states: ByPlace
    forgetting: Forgetting | None


def run_call(call: Call, params: Params, state: State, dtype: Any, parallel: Parallel) -> Called:
    """What the call gives; outputs that are not finite are left to the caller.

    In stretches, side by side where the program forgets its start: the signals between the nodes of a long series are never there for all
    times at once.
    """
    if call.lengths is None and may_run_in_stretches(call.program, call.batch, call.steps, list(call.forced), parallel):
        found = _side_by_side(call, params, state, dtype)
        if found is not None:
            return found
    program, alive, pieces = call.program, call.alive, []
    with precision(dtype):
        for rows in stretches(call.steps, max(1, SIGNALS // (call.batch * sum(wires.size for wires in program.wires)))):
            here, taught = ({k: value[rows] for k, value in series.items()} for series in (call.inputs, call.forced))
            living_here = None if alive is None else alive[rows]
            state, values, seen = programs.run(
                program, params, state, here, call.collected, observe=list(call.states.values()), alive=living_here, forced=taught
            )
            pieces.append(jax.tree.map(np.asarray, (values, seen)))
    values, seen = jax.tree.map(lambda *parts: np.concatenate(parts) if len(parts) > 1 else parts[0], *pieces)
    series, states = ({k: np.swapaxes(np.asarray(value), 0, 1) for k, value in found.items()} for found in (values, seen))
    return Called(state, series, states, None)


def _side_by_side(call: Call, params: Params, state: State, dtype: Any) -> Called | None:
    """The call in stretches side by side; None where it has to run in order."""
    program, observed = call.program, list(call.states.values())
    series = Series(program, params, call.inputs, call.forced, call.collected, observed, dtype, int(state.steps))
    whole, states = (
        {k: np.empty((call.batch, call.steps, program.wires[k].size), dtype) for k in places} for places in (call.collected, observed)
    )

    def put(_: Any, rows: np.ndarray, values: ByPlace, seen: ByPlace) -> None:
        for into, given in ((whole, values), (states, seen)):
            for k, one in given.items():
                into[k][:, rows] = np.moveaxis(one, 2, 0)

    ran = run_side_by_side(series, state, put)
    return None if ran is None else Called(ran.state, whole, states, ran.forgetting)


def told_of(call: Call, series: ByPlace, seen: ByPlace) -> Told:
    """What the call gives, of outputs and states ([lanes,] batch, time, features) by place."""
    program, lengths, names = call.program, call.lengths, call.program.names
    monitors = {name: _cut(series[k], lengths) for name, k in call.outputs.items()}
    monitors |= {name: _cut(seen[k], lengths) for name, k in call.states.items()}
    last = {k: last_rows(series[k], lengths) for k in call.exits}
    whole: dict[str, Any] = {}
    for k in call.exits:
        if k in program.once:
            whole[names[k]] = last[k][..., 0, :] if call.flat else last[k]
        else:
            whole[names[k]] = series[k][..., 0, :, :] if call.flat else _cut(series[k], lengths)
    result = next(iter(whole.values()), None) if len(program.exits) == 1 else whole or None
    return Told(result, monitors, {names[k]: one for k, one in last.items()})


def begun(program: Program, params: Params, state: State | None, batch: int, dtype: Any) -> State:
    """The state to start from: the one that was left, or a fresh one where it is None."""
    if state is None:
        with precision(dtype):
            return programs.init(program, params, batch, dtype)
    held = jax.tree.leaves((state.nodes, state.feedback))
    check_batch(batch, held[0].shape[0] if held else batch)
    return state


def check_batch(given: int, held: int) -> None:
    """Raises a ValueError where the data are not as many series as the state."""
    if given != held:
        raise ValueError(f"x has {given} series, the state is of {held}. Give as many, or reset=True to start afresh.")


def inputs_of(program: Program, x: Any, dtype: Any) -> ByPlace:
    """The inputs by place, time-major."""
    arrays = by_node(x, [program.names[k] for k in program.inputs], "x")
    return {k: time_major(arrays[program.names[k]], "x", dtype) for k in program.inputs}


def time_major(batch: np.ndarray, what: str, dtype: Any) -> np.ndarray:
    """A batch (batch, time, features) in the precision of the states; numbers that are too large for it are a ValueError."""
    with np.errstate(over="ignore"):
        series = np.ascontiguousarray(np.swapaxes(batch, 0, 1), dtype=dtype)
    if batch.dtype.itemsize > series.dtype.itemsize and not np.isfinite(series).all():
        raise ValueError(f'{what} must fit {series.dtype}, got {np.abs(batch).max():.3g}. Scale the data, or choose dtype="float64".')
    return series


def last_rows(series: np.ndarray, lengths: np.ndarray | None) -> np.ndarray:
    """The last value ([lanes,] batch, features) of each series of a batch ([lanes,] batch, time, features)."""
    return series[..., -1, :] if lengths is None else series[..., np.arange(len(lengths)), lengths - 1, :]


def _cut(batch: np.ndarray, lengths: np.ndarray | None) -> Any:
    """The batch ([lanes,] batch, time, features) as a list of series ([lanes,] time_k, features), or as it is."""
    return batch if lengths is None else [batch[..., k, :length, :] for k, length in enumerate(lengths)]


def _forced(program: Program, forced: Mapping[str, Any] | None, lengths: np.ndarray | None, inputs: ByPlace, dtype: Any) -> ByPlace:
    """The series that take the place of outputs on the feedback wires, by place, time-major."""
    if forced is None:
        return {}
    if not isinstance(forced, Mapping):
        raise TypeError(f'forced must be a dict of series by node name such as {{"readout": y}}, got {type(forced).__name__}.')
    known = [program.names[k] for k in program.fed_back]
    unknown = [name for name in forced if name not in known]
    if unknown:
        raise ValueError(f"forced must be of nodes that feed back, got {unknown[0]!r}. The nodes that do: {', '.join(known) or 'none'}.")
    taught = {}
    for name, series in by_node(forced, list(forced), "forced").items():
        k = program.names.index(name)
        wanted = (*next(iter(inputs.values())).shape[1::-1], program.wires[k].size)
        if series.shape != wanted or not same_lengths(lengths_of({name: forced[name]}), lengths):
            raise ValueError(f"forced[{name!r}] must be (batch, time, features) {wanted}, with the lengths of x, got {series.shape}.")
        taught[k] = time_major(series, f"forced[{name!r}]", dtype)
    return taught


def _monitored(program: Program, monitors: Sequence[str]) -> tuple[dict[str, int], dict[str, int]]:
    """The places of the outputs and of the states that the monitors name."""
    if isinstance(monitors, str):
        raise TypeError(f"monitors must be a list of names, got {monitors!r}. Write [{monitors!r}].")
    outputs: dict[str, int] = {}
    states: dict[str, int] = {}
    for monitor in monitors:
        name, _, what = monitor.rpartition(".")
        if name not in program.names or what not in ("state", "output"):
            raise ValueError(
                f"There is no monitor {monitor!r}. Use '<node>.state' or '<node>.output' with a node of: {', '.join(program.names)}."
            )
        place = program.names.index(name)
        if what == "state" and (not program.nodes[place].stateful or program.nodes[place].windowed):
            raise ValueError(f"{name} has no state. Use {name + '.output'!r}.")
        (states if what == "state" else outputs)[monitor] = place
    return outputs, states
