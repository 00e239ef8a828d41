"""Streams a run in stretches: while one is scanned, the last one is used."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from rcwidgets.core.model import program as programs
from rcwidgets.core.model.levels import stretch_length
from rcwidgets.core.model.program import Params, Program, State
from rcwidgets.core.precision import precision
from rcwidgets.core.series import stretches


def stream(
    program: Program,
    params: Params,
    state: State,
    inputs: Mapping[int, np.ndarray],
    readouts: Sequence[int],
    dtype: Any,
    *,
    forced: Mapping[int, np.ndarray] | None = None,
    alive: np.ndarray | None = None,
    checkpoint: Callable[[], None] = lambda: None,
    outputs: bool = False,
    meanwhile: Callable[[], None] = lambda: None,
) -> Iterator[tuple[slice, dict[int, np.ndarray], State]]:
    """Yields, stretch by stretch, its rows, the signals (rows * batch, features) that arrive at each readout, and the state after it.

    With `outputs`, what each readout gives takes the place of what arrives at it.

    `inputs`, `forced` (time, batch, features) and `alive` (time, batch) are those of `program.run`. The next stretch is dispatched before
    the last one is yielded, so that JAX scans on one core while the caller sums on another; `meanwhile` is called while the first one is
    scanned. Signals that are not finite are a
    FloatingPointError that says from where on.
    """
    sources = {k: (k,) if outputs else program.wires[k].forward for k in readouts}
    collect = sorted({source for wired in sources.values() for source in wired})
    steps = next(iter(inputs.values())).shape[0]
    last: tuple[slice, dict[int, Any], State] | None = None
    for rows in stretches(steps, stretch_length(program)):
        checkpoint()
        with precision(dtype):
            cut = {k: value[rows] for k, value in inputs.items()}
            taught = {k: value[rows] for k, value in (forced or {}).items()}
            state, values, _ = programs.run(
                program, params, state, cut, collect, forced=taught, alive=None if alive is None else alive[rows]
            )
        if last is None:
            meanwhile()
        else:
            yield _ready(program, sources, *last)
        last = (rows, values, state)
    if last is not None:
        yield _ready(program, sources, *last)


def _ready(
    program: Program, sources: Mapping[int, tuple[int, ...]], rows: slice, values: dict[int, Any], state: State
) -> tuple[slice, dict[int, np.ndarray], State]:
    arrays = {k: np.asarray(value) for k, value in values.items()}
    for k, array in arrays.items():
        if not np.isfinite(array[-1]).all():
            bad = int(np.argwhere(~np.isfinite(array).all(axis=(1, 2)))[0, 0])
            raise FloatingPointError(
                f"{program.names[k]} is not finite from step {rows.start + bad} on: the run diverged. "
                "Lower the spectral radius, the input scaling or the feedback."
            )
    signals = {
        k: np.concatenate([arrays[s] for s in wired], axis=-1) if len(wired) > 1 else arrays[wired[0]] for k, wired in sources.items()
    }
    return rows, {k: signal.reshape(-1, signal.shape[-1]) for k, signal in signals.items()}, state
