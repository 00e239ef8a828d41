"""Runs a model over data: the stateful shell around a program."""

import os
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import jax
import numpy as np

from rcwidgets.core.backend import precision, states_dtype
from rcwidgets.core.graph.ends import names_for
from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.graph.sizing import auto_choices, with_auto_values
from rcwidgets.core.graph.summary import Summary, summarise
from rcwidgets.core.long_series import LongSeries, Progress, is_long
from rcwidgets.core.model import closed_loop, drawing, saving
from rcwidgets.core.model.forgetting import Forgetting
from rcwidgets.core.model.long_prediction import check_series, predict_long, put
from rcwidgets.core.model.plan import PARALLEL, Parallel
from rcwidgets.core.model.prediction import begun, read_call, run_call, told_of
from rcwidgets.core.model.program import GivenParams, NamedArrays, Params, Program, State
from rcwidgets.core.model.sized import matched, sized
from rcwidgets.core.model.snapshot import Snapshot
from rcwidgets.core.series import Data, Predictions, RowsToFill, check_run
from rcwidgets.core.spec.knobs import Spec, arguments, dtype_knob, knobs_of, seed_knob

DTYPES = ("auto", "float32", "float64")


@dataclass(frozen=True, repr=False)
class RunnerSettings(Spec):
    """The knobs of a model that is only run, which every trainer has too. Not for documents: it trains nothing."""

    kind: ClassVar[str] = "RNNRunner"

    seed: int = seed_knob()
    dtype: str = dtype_knob("Precision of the states.")


class RNNRunner:
    """Runs a model over series; the state carries on from call to call.

    Arrays are (batch, time, features), or (time, features) for one series, or a list of series of unequal length; where a model has
    several inputs or outputs they are dicts by node name. After a node such as TimeMean there is one value a series: (batch, features).
    `dtype` is "float32", "float64" or "auto" (float64 where a node asks for it, else float32). Without `params` the weights are drawn
    from `seed` and untrained; so are those arrays and nodes that `params` leave out. `model` of a runner has a number for each knob that
    the given one leaves to its use, such as the feedback scaling; where params come with such a model, a UserWarning says which is taken.

    A long series runs in stretches side by side, on all cores, where the model forgets its start: each stretch starts from rest some steps
    earlier, and whether that was forgotten is looked at each time. The numbers are those of a run in order to within rounding, the same for
    the same call and number of cores. `forgetting` tells the wash-out and the gap at the seams of the last call, None where it ran in
    order, which `parallel="off"` always does.

    >>> from rcwidgets.core.nodes import Input, LinearReadout, Reservoir
    >>> RNNRunner(Input(1) >> Reservoir(20) >> LinearReadout(1)).predict(np.zeros((50, 1))).shape
    (50, 1)
    """

    forces: ClassVar[bool] = False  # whether the readout's own output is fed back while it learns, not its target

    def __init__(
        self, model: Graph, params: GivenParams | None = None, *, seed: int = 0, dtype: str = "auto", parallel: Parallel = "auto"
    ) -> None:
        if not isinstance(model, Graph):
            raise TypeError(
                f"{type(self).__name__}.model must be a model such as Input(3) >> Reservoir(100) >> LinearReadout(3), got {model!r}."
            )
        for node in model.nodes.values():
            node.check_numbers()
        if dtype not in DTYPES:
            raise ValueError(f"{type(self).__name__}.dtype must be one of {', '.join(DTYPES)}, got {dtype!r}.")
        if parallel not in PARALLEL:
            raise ValueError(f"{type(self).__name__}.parallel must be one of {', '.join(PARALLEL)}, got {parallel!r}.")
        if params is not None and not isinstance(params, Mapping):
            raise TypeError(f"{type(self).__name__}.params must be {{node name: {{name: array}}}}, got {type(params).__name__}.")
        if params is not None and not self.forces:
            for place, (taken, forced) in auto_choices(model).items():
                warnings.warn(
                    f"{type(self).__name__}.model leaves {place} to its use, and params do not tell it: {taken:g} is taken, where "
                    f"FORCE learning takes {forced:g}. Give the model of the trainer that made them, trainer.model, or set {place}.",
                    UserWarning,
                    stacklevel=2,
                )
        self.model = with_auto_values(model, self.forces)
        self.seed: int = knobs_of(RunnerSettings)["seed"].check(f"{type(self).__name__}.seed", seed)
        self.dtype = states_dtype(dtype, model.nodes.values())
        self.parallel: Parallel = parallel
        self.forgetting: Forgetting | None = None
        self.mon: dict[str, np.ndarray] = {}
        self.held = Snapshot(given=params)  # type: ignore[arg-type]

    def __repr__(self) -> str:
        return f"<{type(self).__name__}({', '.join(arguments(self.options()))}) of a model of {self.model.in_words}>"

    @property
    def params(self) -> NamedArrays:
        """The weights as {node name: {name: array}}."""
        return copied(self.held.params)

    @property
    def state(self) -> State | None:
        """What the next call starts from, a pytree with feedback buffers; None before the first call."""
        return None if self.held.state is None else jax.tree.map(np.array, self.held.state)

    def predict(
        self,
        x: Data,
        *,
        reset: bool = False,
        monitors: Sequence[str] = (),
        forced: Mapping[str, Data] | None = None,
        out: RowsToFill | None = None,
        progress: Progress | None = None,
    ) -> Predictions | None:
        """The outputs for the inputs `x`, (batch, time, features) or as `x` is shaped; a list where `x` is a list of unequal lengths.

        The state carries on from the last call; `reset=True` starts from rest. `monitors` names states to keep, such as
        "reservoir.state", in `mon`, (batch, time, units); "readout.output" keeps a node's output. `forced` are series, by node name and
        shaped as the node's outputs, that its feedback wires deliver (one step late) in the place of what it gives. Before a trainer has
        seen targets, a readout without a size gives nothing: where all are like that, the call only moves the state (a warm-up) and
        returns None.

        x may be a series that does not fit in memory, as `fit` takes it: what has a length and slices, (time, features), or an iterable of
        blocks. It is read a block at a time. `out`, anything of the outputs' shape that slices are put into, such as a memory-mapped .npy,
        is filled and given back; without it the outputs are an array in memory. `progress(done, rows)` is called after each block.
        """
        if is_long(x):
            return self._predict_long(LongSeries({"x": x}), reset, monitors, forced, out, progress)
        held = self.sized(self.held, x, None)
        assert held.program is not None
        call = read_call(held.program, held.guessed, x, monitors, forced, self.dtype)
        start = begun(held.program, held.params, None if reset else held.state, call.batch, self.dtype)
        called = run_call(call, held.params, start, self.dtype, self.parallel)
        for k, one in called.series.items():
            check_run(one, held.program.names[k], "Lower the spectral radius or the feedback.")
        told = told_of(call, called.series, called.states)
        if out is not None and told.result is not None:
            check_series(told.result, call.steps)
            put(out, 0, told.result, call.steps)
        self.held, self.mon = held._replace(state=called.state, last=told.last, flat=call.flat), told.monitors
        self.forgetting = called.forgetting
        if progress is not None:
            progress(call.steps, call.steps)
        result: Any = told.result if out is None else out
        return result

    def _predict_long(
        self, source: LongSeries, reset: bool, monitors: Sequence[str], forced: Any, out: RowsToFill | None, progress: Progress | None
    ) -> Predictions | None:
        """The outputs of a series that is read block by block; one that fails leaves the state as it was."""
        if monitors or forced is not None:
            what = "monitors" if monitors else "forced"
            raise ValueError(f"predict takes no {what} with a series that is read in blocks. Predict a part of it, in memory.")
        before, self.held = self.held, self.held._replace(state=None) if reset else self.held
        try:
            found: Any = predict_long(source, self.predict, out, progress)
        except BaseException:
            self.held = before
            raise
        return found

    def generate(self, steps: int, *, drive: Data | None = None) -> np.ndarray:
        """The outputs of `steps` steps of the closed loop, in which each output is the next input: y[t] = model(y[t-1], drive[t]).

        Starts from the state and the last output that `predict` left, or the last target after `fit`, and carries on from call to call.
        Shapes: (batch, steps, features), or (steps, features) after data without a batch. The model needs one output.

        Without `drive` it needs one Input of the output's size. Inputs that are known in advance, such as the hour or a controller's
        setting, are `drive`, a row for each step, (steps, features) for all series alike or (batch, steps, features): of one Input its
        last features, where the output is the first ones; or all its features, with nan in the columns that are outputs, in whatever
        place; of several Inputs a dict of them by name, which leaves one to the output.

        A run that blows up is a FloatingPointError that says at which step; it leaves the state as it was.
        """
        program, name, held = self.program, type(self).__name__, self.held
        closed_loop.check_steps(name, steps)
        batch = max((len(one) for one in held.last.values()), default=1)
        loop, known = closed_loop.loop_of(program, drive, int(steps), batch, self.dtype)
        exit = program.names[loop.exit]
        if held.state is None or exit not in held.last:
            raise ValueError(f"{name} has no output to start the closed loop from. Fit it, and let predict run into the series first.")
        last = np.asarray(held.last[exit], dtype=self.dtype)
        with precision(self.dtype):
            state, outputs = closed_loop.generate(program, held.params, held.state, last, int(steps), loop, known)
        y = np.swapaxes(np.asarray(outputs), 0, 1)
        advice = "Train with some noise on the data or with a larger beta, or generate fewer steps."
        check_run(y, exit, advice, where=" of the closed loop", happened="the run blew up")
        self.held = held._replace(state=state, last={exit: y[:, -1]})
        return y[0] if held.flat else y

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Writes model, settings, weights and state to one .npz file, which `load` reads: what it predicts is the same, bit for bit."""
        return saving.save(path, self.model, self.options(), self.snapshot())

    def options(self) -> Spec:
        """What the runner was made with, beside the model and the weights."""
        return RunnerSettings(seed=self.seed, dtype=self.dtype.name)

    def summary(self) -> Summary:
        """The model as a table of its nodes, with the sizes that the data gave and the numbers of weights."""
        return summarise(self.held.sized or self.model, params=self.held.params or None)

    @property
    def ready(self) -> bool:
        """Whether the sizes are known, by data seen."""
        return self.held.ready

    @property
    def program(self) -> Program:
        """The compiled graph, once the data have given its sizes."""
        if self.held.program is None:
            raise ValueError(f"{type(self).__name__} has seen no data yet. Call predict first.")
        return self.held.program

    def sized(self, held: Snapshot, x: Data, y: Data | None) -> Snapshot:
        """What the runner would hold after it has seen data: x, and y where a trainer fits. Changes nothing."""
        return sized(self.model, held, x, y, self.targets_of, self.seed, self.dtype)

    def targets_of(self, used: Graph, y: object) -> list[str]:
        """The names of the nodes that a trainer takes the targets y for."""
        return names_for(used, y)

    def snapshot(self) -> Snapshot:
        """What the runner holds beside its model and options, in arrays of its own."""
        held = self.held
        last = {name: np.array(value) for name, value in held.last.items()}
        return held._replace(params=copied(held.params), state=self.state, last=last, memory=copied(held.memory))

    def restore(self, held: Snapshot) -> None:
        """Takes over what another runner of the same model held; weights of other shapes are a ValueError."""
        if held.program is not None:
            own = Snapshot.of_sizes(self.model, held.features(self.model), held.guessed)  # its knobs may be others
            assert own.program is not None
            drawn = drawing.draw(own.program, self.seed, self.dtype)
            held = held._replace(
                sized=own.sized, program=own.program, given=self.held.given, params=matched(held.params, drawn, self.dtype)
            )
            self.check_memory(held)
        self.held = held

    def check_memory(self, held: Snapshot) -> None:
        """Raises a ValueError where the memory is not one that this runner keeps: none, unless it learns step by step."""
        if held.memory:
            raise ValueError(f"{type(self).__name__} keeps no memory, got one of {next(iter(held.memory))!r}.")


def copied(params: Params) -> NamedArrays:
    """The arrays by node name, in memory of their own."""
    return {name: {key: np.array(value) for key, value in own.items()} for name, own in params.items()}
