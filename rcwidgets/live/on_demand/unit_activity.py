"""What the units of the first recurrent node did over the last rows of the test part."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from rcwidgets.core.backend import precision, states_dtype
from rcwidgets.core.model import program as programs
from rcwidgets.core.series import not_finite
from rcwidgets.core.short import short_repr
from rcwidgets.live.results.results import Results

ROWS = 300  # shown
UNITS = 60  # shown, evenly spaced among all of them
STRETCH = 500  # rows between two looks at whether the run is still wanted


@dataclass(frozen=True, eq=False)
class UnitActivity:
    """The outputs (rows, shown units) of the node `name` at `time` (rows,); `units` are the places of the shown ones among `total`.

    Empty where `problem` says in a sentence why.
    """

    name: str
    time: np.ndarray
    time_label: str
    values: np.ndarray
    units: np.ndarray
    total: int
    problem: str = ""

    __repr__ = short_repr


def activity_of(results: Results, before: UnitActivity | None, checkpoint: Callable[[], None]) -> UnitActivity:
    """Runs the model over the test part again; `checkpoint()` is called between stretches and may raise."""
    data, program = results.data, programs.compile_graph(results.model)
    place = next((k for k, node in enumerate(program.nodes) if node.stateful and not node.windowed), None)
    nothing = ("", np.zeros(0), results.time_label, np.zeros((0, 0)), np.zeros(0, int), 0)
    if place is None:
        return UnitActivity(*nothing, "No node of this model has units with a memory. Put in a Reservoir.")
    if data is None or results.part != "test":
        return UnitActivity(*nothing, "The activity is that of the test part. Let the training run to its end.")
    dtype, label = states_dtype(results.settings.precision, program.nodes), results.time_label
    rows_of, steps, time = data.inputs, slice(data.test_start, data.end), results.time
    if data.several:  # the first series of the test part
        (rows_of,) = data.series_of(slice(data.trained, data.trained + 1))
        steps, time = slice(0, len(rows_of)), np.arange(1.0, len(rows_of) + 1)
        label = f"step of {data.names[data.trained] if data.classes else f'series {data.names[data.trained]}'}"
    state, outputs = results.state, np.zeros((0, program.wires[place].size))
    for start in range(steps.start, steps.stop, STRETCH):
        checkpoint()
        rows = slice(start, min(start + STRETCH, steps.stop))
        given = np.ascontiguousarray(rows_of[rows, None], dtype=dtype)
        with precision(dtype):
            state, found, _ = programs.run(program, results.params, state, dict.fromkeys(program.inputs, given), [place])
        outputs = np.concatenate([outputs, np.asarray(found[place])[:, 0].astype(np.float64)])[-ROWS:]
    total = outputs.shape[1]
    units = np.unique(np.linspace(0, total - 1, min(UNITS, total)).astype(int))
    name = program.names[place]
    if not np.isfinite(outputs).all():
        return UnitActivity(*nothing, str(not_finite(name, "Lower the spectral radius.")))
    return UnitActivity(name, time[-len(outputs) :], label, outputs[:, units], units, total)
