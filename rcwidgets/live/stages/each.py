"""Several series run side by side, of which the steps are kept that are rows of the data."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from rcwidgets.core.backend import precision
from rcwidgets.core.model import program as programs
from rcwidgets.core.model.program import Params, Program
from rcwidgets.core.trainers.streaming import stream

Heard = Callable[[float, int], None]  # told how far a run is, and how many steps the last stretch had


def unheard(share: float, steps: int) -> None:
    """For a run whose progress nobody hears."""


def rows_of_each(
    program: Program,
    params: Params,
    inputs: Mapping[int, np.ndarray],
    at: tuple[np.ndarray, np.ndarray],
    lengths: np.ndarray,
    places: list[int],
    dtype: Any,
    checkpoint: Callable[[], None],
    heard: Heard,
    *,
    outputs: bool = False,
    forced: Mapping[int, np.ndarray] | None = None,
) -> dict[int, np.ndarray]:
    """The signals (rows, features) that arrive at some places, or with `outputs` what these give; each series starts from rest.

    `inputs` (longest, series, inputs) by place are those of series of `lengths` (series,); `at` tells of which series and which step each
    row is. `forced` (longest, series, features) are what feedback wires deliver in the place of what is given. `heard(share, steps)` is
    told how far it is, and how many steps that were.
    """
    (owner, step), alive = at, np.arange(lengths.max())[:, None] < lengths
    with precision(dtype):
        state = programs.init(program, params, len(lengths), dtype)
    found: dict[int, np.ndarray] = {}
    run = stream(program, params, state, inputs, places, dtype, forced=forced, alive=alive, checkpoint=checkpoint, outputs=outputs)
    for cut, given, _ in run:
        heard(cut.stop / len(alive), cut.stop - cut.start)
        here = np.flatnonzero((cut.start <= step) & (step < cut.stop))
        for k, x in given.items():
            if k not in found:
                found[k] = np.empty((len(step), x.shape[-1]), x.dtype)
            found[k][here] = x.reshape(cut.stop - cut.start, len(lengths), -1)[step[here] - cut.start, owner[here]]
    return found
