"""The closed loop from the end of the training part: the model takes its own forecast as its next input, and is held to the truth.

Inputs that are no targets are known: the run takes them from the test part. Of several series each of the test part runs on from its own
warm-up, all side by side.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

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

    Of several series `each` has the run of each by its name, from the end of its warm-up. The rows of one then stand behind those of
    another, NaN where a run has ended, and `valid` is the median of theirs; `trial` is the name of the one whose run alone this is.
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
    trial: str = ""
    each: "Mapping[str, FreeRun]" = field(default_factory=dict, repr=False)

    __repr__ = short_repr

    @property
    def trials(self) -> "Mapping[str, FreeRun]":
        """The run of each of several series, by its name; empty where there is one series."""
        return self.each

    def of_trial(self, name: str) -> "FreeRun":
        """The run of one of the several series."""
        return self.each[name]

    @property
    def held_to_the_end(self) -> bool:
        """True where the error never passed the threshold: the valid prediction time may be longer."""
        if self.each:
            return all(one.held_to_the_end for one in self.each.values())
        return len(self.run) == len(self.truth) and bool(len(self.time)) and self.valid >= float(self.time[-1])


def listed(channels: tuple[str, ...]) -> str:
    """Names in a sentence, however many there are."""
    return ", ".join(channels) if len(channels) <= NAMED else f"{', '.join(channels[:NAMED])} and {len(channels) - NAMED} more"


def _why_not(results: Results) -> str:
    """Why these results have no loop to run, whatever the model is; empty where they have."""
    data = results.data
    if data is not None and data.classes:
        return "There is no loop to close: this task asks for one value a series. Take a task that forecasts its inputs."
    if results.part != "test":
        return "The closed loop begins where the training part ends. Let the training run to its end."
    if data is not None and not set(data.channels) <= set(data.input_channels):
        words = f"The targets are not among the inputs, so there is no loop to close: this task goes from {listed(data.input_channels)}"
        return f"{words} to {listed(data.channels)}. Take a task that forecasts its inputs."
    if results.horizon != 1:
        return f"The closed loop needs a forecast 1 step ahead, this one is {results.horizon:,}. Set the horizon to 1."
    needs_last = data is None or (results.last is None and not data.several)
    return "The closed loop needs the state at the end of the training part." if needs_last else ""


class _Begun(NamedTuple):
    """Where runs begin: the state of all of them, and their first input (runs, channels), which is known.

    `known` (runs, steps, inputs) are the inputs of the data from there on, and `rows` those of the results that each run is held to.
    """

    state: Any
    last: np.ndarray
    known: np.ndarray
    rows: Sequence[slice]
    names: Sequence[str]


def _at_training_end(results: Results, data: TaskData) -> _Begun:
    """The one run from the end of the training part."""
    steps = min(STEPS, len(results.truth))
    known = data.inputs[None, data.test_start : data.test_start + steps]
    return _Begun(results.state, np.asarray(results.last), known, [slice(0, steps)], [""])


def _at_warmups(results: Results, data: TaskData, program: Program, columns: list[int], dtype: Any) -> _Begun:
    """The runs of the several series of the test part, each from rest through its warm-up."""
    trials = dict(data.trials())
    rows = [slice(one.start, min(one.stop, one.start + STEPS)) for one in trials.values()]
    values, washed = data.inputs[data.trained :], data.washed
    with precision(dtype):
        state = programs.init(program, results.params, len(rows), dtype)
        if washed:
            given = np.ascontiguousarray(np.swapaxes(values[:, :washed], 0, 1), dtype=dtype)
            state, _, _ = programs.run(program, results.params, state, dict.fromkeys(program.inputs, given), [])
    steps = max(one.stop - one.start for one in rows)
    return _Begun(state, values[:, washed][:, columns], values[:, washed : washed + steps], rows, list(trials))


def _loop(program: Program, known: np.ndarray, columns: list[int], dtype: Any) -> tuple[loops.Loop, loops.ByPlace]:
    """The loop of a task some of whose inputs are no targets, and these (runs, steps, inputs), for whole stretches."""
    steps = known.shape[1]
    count = -(-steps // STRETCH) * STRETCH  # one trace serves them all; what lies past the last step is cut off
    drive = np.zeros((len(known), count, known.shape[2]))
    drive[:, :steps] = known
    drive[..., columns] = np.nan
    return loops.driven(program, drive, count, len(known), dtype)


def closed_loop(results: Results, before: FreeRun | None, checkpoint: Callable[[], None]) -> FreeRun:
    """Runs the closed loop over the test part; `checkpoint()` is called between stretches and may raise."""
    data = results.data
    none = np.zeros((0, len(results.channels)))
    nothing = FreeRun(np.zeros(0), "steps", none, none, results.channels, results.threshold)
    problem = _why_not(results)
    if problem or data is None:
        return replace(nothing, problem=problem)
    program = programs.compile_graph(results.model)
    dtype = states_dtype(results.settings.precision, program.nodes)
    columns = [data.input_channels.index(name) for name in data.channels]
    known = tuple(name for name in data.input_channels if name not in data.channels)
    try:
        loop = None if known else loops.check_loop(program)
        begun = _at_warmups(results, data, program, columns, dtype) if data.several else _at_training_end(results, data)
        drive: loops.ByPlace = {}
        if loop is None:
            loop, drive = _loop(program, begun.known, columns, dtype)
    except ValueError as error:
        return replace(nothing, problem=str(error))
    if columns != list(range(len(columns))):
        loop = loop._replace(columns=tuple(columns))
    state, now, pieces = begun.state, np.asarray(begun.last, dtype), list[np.ndarray]()
    for start in range(0, max(one.stop - one.start for one in begun.rows), STRETCH):
        checkpoint()
        given = {k: rows[start : start + STRETCH] for k, rows in drive.items()}
        with precision(dtype):
            state, outputs = loops.generate(program, results.params, state, now, STRETCH, loop, given)
        pieces.append(np.asarray(outputs).astype(np.float64))
        now = pieces[-1][-1].astype(dtype)
        if not np.isfinite(now).all(axis=1).any():
            break
    outputs = np.concatenate(pieces)
    runs = [_held(results, data, outputs[:, place], rows) for place, rows in enumerate(begun.rows)]
    runs = [replace(one, known=known, trial=name) for one, name in zip(runs, begun.names, strict=True)]
    return _joined(runs) if data.several else runs[0]


def _held(results: Results, data: TaskData, outputs: np.ndarray, part: slice) -> FreeRun:
    """One run, of outputs (steps or more, channels), beside these rows of the results."""
    truth, times = results.truth[part], results.time[part]
    steps, outputs = len(truth), outputs[: len(truth)]
    finite = np.isfinite(outputs).all(axis=1)
    rows = len(outputs) if finite.all() else int(np.argmin(finite))
    run = outputs[:rows] * data.scale + data.mean
    held = np.full_like(truth, np.inf)
    held[:rows] = run
    dt = float(results.time[1] - results.time[0])
    lyapunov_time = data.lyapunov_time or dt
    varies = steps > 1 and bool((np.ptp(truth, axis=0) > 0).all())
    valid = valid_prediction_time(held, truth, dt=dt, lyapunov_time=lyapunov_time, threshold=results.threshold) if varies else math.nan
    time, unit = np.arange(1, steps + 1) * dt / lyapunov_time, "Lyapunov times" if data.lyapunov_time else "steps"
    problem = f"The run blew up at step {rows + 1:,}. Train with a larger beta or some noise." if rows < steps else ""
    when = None if calendar_of(results.time_label) is None else times
    label = results.time_label
    return FreeRun(time, unit, truth, run, results.channels, results.threshold, valid, problem, when=when, time_label=label)


def _joined(runs: list[FreeRun]) -> FreeRun:
    """The runs of several series, one behind the other."""
    whole = [np.concatenate([one.run, np.full((len(one.truth) - len(one.run), len(one.channels)), np.nan)]) for one in runs]
    time, truth = np.concatenate([one.time for one in runs]), np.concatenate([one.truth for one in runs])
    when = None if runs[0].when is None else np.concatenate([one.when for one in runs if one.when is not None])
    known = [one.valid for one in runs if math.isfinite(one.valid)]
    blown = [one for one in runs if one.problem]
    problem = f"Series {blown[0].trial}: {blown[0].problem}" if blown else ""
    each, valid = {one.trial: one for one in runs}, float(np.median(known)) if known else math.nan
    return replace(runs[0], time=time, truth=truth, run=np.concatenate(whole), valid=valid, problem=problem, when=when, trial="", each=each)
