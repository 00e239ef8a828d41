"""The closed loop from the end of the training part: the model takes its own forecast as its next input, and is held to the truth.

Inputs that are no targets are known: the run takes them from the test part.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from rcwidgets.core.backend import precision, states_dtype
from rcwidgets.core.datasets.calendar import calendar_of
from rcwidgets.core.metrics import valid_prediction_time
from rcwidgets.core.model import closed_loop as loops
from rcwidgets.core.model import program as programs
from rcwidgets.core.model.program import Program
from rcwidgets.core.short import short_repr
from rcwidgets.core.tasks import TaskData
from rcwidgets.live.results.results import Results

STEPS = 2_000  # of the run, at most: 18 Lyapunov times of the Lorenz task
NAMED = 3  # columns that a sentence names
STRETCH = 250  # steps between two looks at whether the run is still wanted; one trace serves every length


@dataclass(frozen=True, eq=False)
class FreeRun:
    """A closed loop beside the truth, both (steps, channels) in the data's own units.

    `time` (steps,) counts from the end of the training part, in Lyapunov times where the task knows its own, else in steps (`unit`). The
    run ends with its last finite row. `valid` is the valid prediction time in the same unit, at the error `threshold`; NaN where there
    is none. Where the data have dates, `when` (steps,) are the times of the rows by `time_label`, which counts from a date. `known` names
    the inputs that the run took from the data. `problem` says in a sentence why there is no run, or that it blew up.
    """

    time: np.ndarray
    unit: str
    truth: np.ndarray
    run: np.ndarray
    channels: tuple[str, ...]
    threshold: float
    valid: float = math.nan
    problem: str = ""
    known: tuple[str, ...] = ()
    when: np.ndarray | None = None
    time_label: str = ""

    __repr__ = short_repr

    @property
    def held_to_the_end(self) -> bool:
        """True where the error never passed the threshold: the valid prediction time may be longer."""
        return len(self.run) == len(self.truth) and bool(len(self.time)) and self.valid >= float(self.time[-1])


def listed(channels: tuple[str, ...]) -> str:
    """Names in a sentence, however many there are."""
    return ", ".join(channels) if len(channels) <= NAMED else f"{', '.join(channels[:NAMED])} and {len(channels) - NAMED} more"


def _why_not(results: Results) -> str:
    """Why these results have no loop to run, whatever the model is; empty where they have."""
    data = results.data
    if data is not None and data.several:
        return "The closed loop runs on from the end of one series, and these data are several. Take one of them alone."
    if results.part != "test":
        return "The closed loop begins where the training part ends. Let the training run to its end."
    if data is not None and not set(data.channels) <= set(data.input_channels):
        words = f"The targets are not among the inputs, so there is no loop to close: this task goes from {listed(data.input_channels)}"
        return f"{words} to {listed(data.channels)}. Take a task that forecasts its inputs."
    if results.horizon != 1:
        return f"The closed loop needs a forecast 1 step ahead, this one is {results.horizon:,}. Set the horizon to 1."
    return "The closed loop needs the state at the end of the training part." if data is None or results.last is None else ""


def _loop(program: Program, data: TaskData, columns: list[int], steps: int, dtype: Any) -> tuple[loops.Loop, loops.ByPlace]:
    """The loop of a task some of whose inputs are no targets, and these from the test part on, for whole stretches."""
    count = -(-steps // STRETCH) * STRETCH  # one trace serves them all; what lies past the last step is cut off
    drive = np.zeros((count, len(data.input_channels)))
    there = data.inputs[data.test_start : data.test_start + count]
    drive[: len(there)] = there
    drive[:, columns] = np.nan
    return loops.driven(program, drive, count, 1, dtype)


def closed_loop(results: Results, before: FreeRun | None, checkpoint: Callable[[], None]) -> FreeRun:
    """Runs the closed loop over the test part; `checkpoint()` is called between stretches and may raise."""
    data = results.data
    none = np.zeros((0, len(results.channels)))
    nothing = FreeRun(np.zeros(0), "steps", none, none, results.channels, results.threshold)
    problem = _why_not(results)
    if problem or data is None:
        return replace(nothing, problem=problem)
    program = programs.compile_graph(results.model)
    steps, dtype = min(STEPS, len(results.truth)), states_dtype(results.settings.precision, program.nodes)
    columns = [data.input_channels.index(name) for name in data.channels]
    known = tuple(name for name in data.input_channels if name not in data.channels)
    try:
        loop, drive = _loop(program, data, columns, steps, dtype) if known else (loops.check_loop(program), {})
    except ValueError as error:
        return replace(nothing, problem=str(error))
    if columns != list(range(len(columns))):
        loop = loop._replace(columns=tuple(columns))
    state, now, pieces = results.state, np.asarray(results.last, dtype), list[np.ndarray]()
    for start in range(0, steps, STRETCH):
        checkpoint()
        given = {k: rows[start : start + STRETCH] for k, rows in drive.items()}
        with precision(dtype):
            state, outputs = loops.generate(program, results.params, state, now, STRETCH, loop, given)
        pieces.append(np.asarray(outputs)[:, 0].astype(np.float64))
        now = pieces[-1][-1:].astype(dtype)
        if not np.isfinite(now).all():
            break
    outputs = np.concatenate(pieces)[:steps]
    finite = np.isfinite(outputs).all(axis=1)
    rows = len(outputs) if finite.all() else int(np.argmin(finite))
    run, truth = outputs[:rows] * data.scale + data.mean, results.truth[:steps]
    held = np.full_like(truth, np.inf)
    held[:rows] = run
    dt = float(results.time[1] - results.time[0])
    lyapunov_time = data.lyapunov_time or dt
    varies = bool((np.ptp(truth, axis=0) > 0).all())
    valid = valid_prediction_time(held, truth, dt=dt, lyapunov_time=lyapunov_time, threshold=results.threshold) if varies else math.nan
    time, unit = np.arange(1, steps + 1) * dt / lyapunov_time, "Lyapunov times" if data.lyapunov_time else "steps"
    problem = f"The run blew up at step {rows + 1:,}. Train with a larger beta or some noise." if rows < steps else ""
    when = None if calendar_of(results.time_label) is None else results.time[:steps]
    return FreeRun(time, unit, truth, run, results.channels, results.threshold, valid, problem, known, when, results.time_label)
