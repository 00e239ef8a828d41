"""Runs a model over data: the stateful shell around a program."""

import os
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import jax
import numpy as np

from rcwidgets.core.graph.auto_knobs import auto_choices, with_auto_values
from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.graph.sizing import waits
from rcwidgets.core.graph.summary import Summary, summarise
from rcwidgets.core.model import closed_loop, saving
from rcwidgets.core.model import program as programs
from rcwidgets.core.model.program import GivenParams, NamedArrays, Params, Program, State
from rcwidgets.core.model.saving import Snapshot
from rcwidgets.core.model.settings import RunnerSettings
from rcwidgets.core.precision import precision, states_dtype
from rcwidgets.core.series import Data, Predictions, by_node, cut, is_flat, lengths_of, living, stretches
from rcwidgets.core.spec.knobs import Spec, arguments, knobs_of

DTYPES = ("auto", "float32", "float64")
SIGNALS = 1 << 24  # numbers that the nodes of one stretch of a run may give: 67 MB in float32


class RNNRunner:
    """Runs a model over series; the state carries on from call to call.

    Arrays are (batch, time, features), or (time, features) for one series, or a list of series of unequal length; where a model has
    several inputs or outputs they are dicts by node name. After a node such as TimeMean there is one value a series: (batch, features).
    `dtype` is "float32", "float64" or "auto" (float64 where a node asks for it, else float32). Without `params` the weights are drawn
    from `seed` and untrained; trainable nodes that `params` leave out are drawn, too. `model` of a runner has a number for each knob that
    the given one leaves to its use, such as the feedback scaling; where params come with such a model, a UserWarning says which is taken.

    >>> from rcwidgets.core.nodes import Input, LinearReadout, Reservoir
    >>> RNNRunner(Input(1) >> Reservoir(20) >> LinearReadout(1)).predict(np.zeros((50, 1))).shape
    (50, 1)
    """

    forces: ClassVar[bool] = False  # whether the readout's own output is fed back while it learns, not its target

    def __init__(self, model: Graph, params: GivenParams | None = None, *, seed: int = 0, dtype: str = "auto") -> None:
        if not isinstance(model, Graph):
            raise TypeError(
                f"{type(self).__name__}.model must be a model such as Input(3) >> Reservoir(100) >> LinearReadout(3), got {model!r}."
            )
        if dtype not in DTYPES:
            raise ValueError(f"{type(self).__name__}.dtype must be one of {', '.join(DTYPES)}, got {dtype!r}.")
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
        self.mon: dict[str, np.ndarray] = {}
        self._given = params
        self._sized: Graph | None = None
        self._guessed: dict[str, int] = {}
        self._program: Program | None = None
        self._params: Params = {}
        self._state: State | None = None
        self._last: dict[int, np.ndarray] = {}  # what each output gave last, (batch, features), by place: the closed loop starts from it
        self._flat = False  # whether the last data were one series (time, features)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}({', '.join(arguments(self.options()))}) of a model of {self.model.in_words}>"

    @property
    def params(self) -> NamedArrays:
        """The weights as {node name: {name: array}}."""
        return {name: {key: np.array(value) for key, value in own.items()} for name, own in self._params.items()}

    @property
    def state(self) -> State | None:
        """What the next call starts from, a pytree with feedback buffers; None before the first call."""
        return None if self._state is None else jax.tree.map(np.array, self._state)

    def predict(
        self, x: Data, *, reset: bool = False, monitors: Sequence[str] = (), forced: Mapping[str, Data] | None = None
    ) -> Predictions | None:
        """The outputs for the inputs `x`, (batch, time, features) or as `x` is shaped; a list where `x` is a list of unequal lengths.

        The state carries on from the last call; `reset=True` starts from rest. `monitors` names states to keep, such as
        "reservoir.state", in `mon`, (batch, time, units); "readout.output" keeps a node's output. `forced` are series, by node name and
        shaped as the node's outputs, that its feedback wires deliver (one step late) in the place of what it gives. Before a trainer has
        seen targets, a readout without a size gives nothing: where all are like that, the call only moves the state (a warm-up) and
        returns None.
        """
        self._prepare(x, None)
        program = self._ready()
        inputs = self._inputs(x)
        self._begin(inputs, reset)
        outputs, observed = self._monitored(monitors)
        exits = [k for k in program.exits if program.names[k] not in self._guessed]
        lengths = lengths_of(x)
        alive = living(lengths, len(next(iter(inputs.values()))))
        taught = self._forced(forced, lengths, inputs)
        state, collected, seen = self._run(inputs, [*exits, *outputs.values()], observe=list(observed.values()), alive=alive, forced=taught)
        self._state = state
        self._flat = flat = is_flat(x)
        series = {k: self._finite(np.swapaxes(np.asarray(value), 0, 1), k) for k, value in collected.items()}
        self.mon = {name: cut(series[k], lengths) for name, k in outputs.items()}
        self.mon |= {name: cut(np.swapaxes(np.asarray(seen[k]), 0, 1), lengths) for name, k in observed.items()}
        self._last = {k: last_rows(series[k], lengths) for k in exits}
        whole = {k: self._last[k] if k in program.once else series[k] for k in exits}
        given = {program.names[k]: one[0] if flat else one if k in program.once else cut(one, lengths) for k, one in whole.items()}
        return next(iter(given.values()), None) if len(program.exits) == 1 else given or None

    def generate(self, steps: int) -> np.ndarray:
        """The outputs of `steps` steps of the closed loop, in which each output is the next input: y[t] = model(y[t-1]).

        Starts from the state and the last output that `predict` left, or the last target after `fit`, and carries on from call to call.
        Shapes: (batch, steps, features), or (steps, features) after data without a batch. The model needs one Input and one output of its
        size. A run that blows up is a FloatingPointError that says at which step; it leaves the state as it was.
        """
        program, name = self._ready(), type(self).__name__
        if isinstance(steps, bool) or not isinstance(steps, int | np.integer) or steps < 1:
            raise ValueError(f"{name}.generate takes a whole number of steps from 1, got {steps!r}.")
        entry, exit = closed_loop.check_loop(program)
        if self._state is None or exit not in self._last:
            raise ValueError(f"{name} has no output to start the closed loop from. Fit it, and let predict run into the series first.")
        last = np.asarray(self._last[exit], dtype=self.dtype)
        with precision(self.dtype):
            state, outputs = closed_loop.generate(program, self._params, self._state, last, int(steps), entry, exit)
        y = np.swapaxes(np.asarray(outputs), 0, 1)
        if not np.isfinite(y).all():
            step = int(np.argwhere(~np.isfinite(y))[:, 1].min())
            raise FloatingPointError(
                f"{program.names[exit]} is not finite from step {step} of the closed loop on: the run blew up. "
                "Train with some noise on the data or with a larger beta, or generate fewer steps."
            )
        self._state, self._last = state, {exit: y[:, -1]}
        return y[0] if self._flat else y

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Writes model, settings, weights and state to one .npz file, which `load` reads: what it predicts is the same, bit for bit."""
        return saving.save(path, self.model, self.options(), self.snapshot(), self._program.names if self._program else ())

    def options(self) -> Spec:
        """What the runner was made with, beside the model and the weights."""
        return RunnerSettings(seed=self.seed, dtype=self.dtype.name)

    def summary(self) -> Summary:
        """The model as a table of its nodes, with the sizes that the data gave and the numbers of weights."""
        return summarise(self._sized or self.model, params=self._params or None)

    @property
    def ready(self) -> bool:
        """Whether the sizes are known, by data seen."""
        return self._program is not None

    @property
    def program(self) -> Program:
        """The compiled graph, once the data have given its sizes."""
        return self._ready()

    def snapshot(self) -> Snapshot:
        """What the runner holds beside its model and options."""
        if self._program is None:
            return Snapshot(False, {}, {}, False, {name: dict(own) for name, own in (self._given or {}).items()}, None, {}, {})
        free = [name for name, node in self.model.by_name().items() if getattr(node, "features", 0) is None and name not in self._guessed]
        sizes = {name: self._program.wires[k].size for k, name in enumerate(self._ready().names) if name in free}
        last = {self._ready().names[k]: np.array(value) for k, value in self._last.items()}
        return Snapshot(True, sizes, dict(self._guessed), self._flat, self.params, self.state, last, self._memory())

    def restore(self, held: Snapshot) -> None:
        """Takes over what another runner of the same model held; weights of other shapes are a ValueError."""
        if not held.ready:
            self._given = held.params or None
            return
        sizes = {**held.features, **held.guessed}
        self.model.check(sizes, sizes)
        self._sized, self._guessed = self.model.used().sized(sizes, sizes), dict(held.guessed)
        self._program = programs.compile_graph(self._sized)
        self._params = _matched(held.params, programs.draw(self._program, self.seed, self.dtype), self.dtype)
        self._state, self._flat = held.state, held.flat
        self._last = {self._ready().names.index(name): value for name, value in held.last.items()}
        self._remember(held.memory)

    def _memory(self) -> Params:
        """What the runner has learned beside the weights, by node name: nothing, unless it learns step by step."""
        return {}

    def _remember(self, memory: Params) -> None:
        if memory:
            raise ValueError(f"{type(self).__name__} keeps no memory, got one of {next(iter(memory))!r}.")

    def _prepare(self, x: Any, y: Any) -> None:
        """Sizes the model by the data and draws the weights, once; y is known when a trainer fits."""
        model = self.model if self._sized is None or self._guessed or y is not None else self._sized
        used = model.used()
        names = {id: used.names[id] for id in used.nodes}
        inputs = by_node(x, [names[id] for id, node in used.nodes.items() if not node.takes_input], "x")
        targets = None if y is None else by_node(y, self._target_names(used), "y", {names[id] for id in used.once})
        features = {name: array.shape[-1] for name, array in inputs.items()}
        if self._program is not None and model is self._sized and features == self._program.sizes:
            return
        held = _sizes_held(used, self._given or {})
        guessed = {name: 1 for name in _unsized_readouts(used) if name not in held} if targets is None else {}
        given = guessed | held if targets is None else {name: array.shape[-1] for name, array in targets.items()}
        model.check(features, given)
        self._sized = used.sized(features, given)
        program = programs.compile_graph(self._sized)
        if self._program is None or not _same_structure(self._program, program):
            drawn = programs.draw(program, self.seed, self.dtype)
            self._params = {**drawn, **{name: own for name, own in self._params.items() if _shapes(own) == _shapes(drawn.get(name, {}))}}
            if self._given is not None:
                untrained = {program.names[k]: drawn[program.names[k]] for k in program.trained}  # where none are given
                self._params = _matched({**untrained, **self._given}, drawn, self.dtype)
            self._state = self._state if self._guessed else None  # a readout that only got its size leaves the states as they are
        self._program = program
        self._guessed = guessed

    def _target_names(self, used: Graph) -> list[str]:
        """The names of the nodes that a trainer wants targets for."""
        return [used.names[id] for id, node in used.nodes.items() if node.trains]

    def _ready(self) -> Program:
        if self._program is None:
            raise ValueError(f"{type(self).__name__} has seen no data yet. Call predict first.")
        return self._program

    def _inputs(self, x: Any) -> dict[int, np.ndarray]:
        """The inputs by place, time-major."""
        program = self._ready()
        arrays = by_node(x, [program.names[k] for k in program.inputs], "x")
        return {k: self._time_major(arrays[program.names[k]], "x") for k in program.inputs}

    def _time_major(self, batch: np.ndarray, what: str) -> np.ndarray:
        """A batch (batch, time, features) in the precision of the states; numbers that are too large for it are a ValueError."""
        with np.errstate(over="ignore"):
            series = np.ascontiguousarray(np.swapaxes(batch, 0, 1), dtype=self.dtype)
        if batch.dtype.itemsize > self.dtype.itemsize and not np.isfinite(series).all():
            raise ValueError(f'{what} must fit {self.dtype}, got {np.abs(batch).max():.3g}. Scale the data, or choose dtype="float64".')
        return series

    def _begin(self, inputs: dict[int, np.ndarray], reset: bool) -> State:
        """The state to start from: the one that was left, or a fresh one."""
        batch = next(iter(inputs.values())).shape[1]
        if self._state is not None and not reset:
            held = jax.tree.leaves((self._state.nodes, self._state.feedback))
            if held and held[0].shape[0] != batch:
                raise ValueError(f"x has {batch} series, the state is of {held[0].shape[0]}. Give as many, or reset=True to start afresh.")
            return self._state
        with precision(self.dtype):
            self._state = programs.init(self._ready(), self._params, batch, self.dtype)
        return self._state

    def _run(self, inputs: dict[int, np.ndarray], collect: Sequence[int], *, observe: Sequence[int], alive: Any, forced: Any) -> Any:
        """`program.run` in stretches: the signals between the nodes of a long series are never there for all times at once."""
        program, state = self._ready(), self._state
        steps, batch = next(iter(inputs.values())).shape[:2]
        pieces = []
        with precision(self.dtype):
            for rows in stretches(steps, max(1, SIGNALS // (batch * sum(wires.size for wires in program.wires)))):
                here, taught = ({k: value[rows] for k, value in series.items()} for series in (inputs, forced))
                living_here = None if alive is None else alive[rows]
                state, values, seen = programs.run(
                    program,
                    self._params,
                    state,  # type: ignore[arg-type]
                    here,
                    collect,
                    observe=observe,
                    alive=living_here,
                    forced=taught,
                )
                pieces.append(jax.tree.map(np.asarray, (values, seen)))
        return state, *jax.tree.map(lambda *parts: np.concatenate(parts) if len(parts) > 1 else parts[0], *pieces)

    def _forced(self, forced: Mapping[str, Any] | None, lengths: np.ndarray | None, inputs: dict[int, np.ndarray]) -> dict[int, np.ndarray]:
        """The series that take the place of outputs on the feedback wires, by place, time-major."""
        if forced is None:
            return {}
        if not isinstance(forced, Mapping):
            raise TypeError(f'forced must be a dict of series by node name such as {{"readout": y}}, got {type(forced).__name__}.')
        program = self._ready()
        known = [program.names[k] for k in program.fed_back]
        unknown = [name for name in forced if name not in known]
        if unknown:
            raise ValueError(
                f"forced must be of nodes that feed back, got {unknown[0]!r}. The nodes that do: {', '.join(known) or 'none'}."
            )
        taught = {}
        for name, series in by_node(forced, list(forced), "forced").items():
            k = program.names.index(name)
            wanted = (*next(iter(inputs.values())).shape[1::-1], program.wires[k].size)
            if series.shape != wanted or not np.array_equal(lengths_of({name: forced[name]}), lengths):  # type: ignore[arg-type]
                raise ValueError(f"forced[{name!r}] must be (batch, time, features) {wanted}, with the lengths of x, got {series.shape}.")
            taught[k] = self._time_major(series, f"forced[{name!r}]")
        return taught

    def _monitored(self, monitors: Sequence[str]) -> tuple[dict[str, int], dict[str, int]]:
        if isinstance(monitors, str):
            raise TypeError(f"monitors must be a list of names, got {monitors!r}. Write [{monitors!r}].")
        program = self._ready()
        outputs: dict[str, int] = {}
        observed: dict[str, int] = {}
        for monitor in monitors:
            name, _, what = monitor.rpartition(".")
            if name not in program.names or what not in ("state", "output"):
                raise ValueError(
                    f"There is no monitor {monitor!r}. Use '<node>.state' or '<node>.output' with a node of: {', '.join(program.names)}."
                )
            place = program.names.index(name)
            if what == "state" and (not program.nodes[place].stateful or program.nodes[place].windowed):
                raise ValueError(f"{name} has no state. Use {name + '.output'!r}.")
            (observed if what == "state" else outputs)[monitor] = place
        return outputs, observed

    def _finite(self, series: np.ndarray, place: int) -> np.ndarray:
        if not np.isfinite(series).all():
            step = int(np.argwhere(~np.isfinite(series))[:, 1].min())
            raise FloatingPointError(
                f"{self._ready().names[place]} is not finite from step {step} on: the run diverged. "
                "Lower the spectral radius or the feedback."
            )
        return series


def last_rows(series: np.ndarray, lengths: np.ndarray | None) -> np.ndarray:
    """The last value (batch, features) of each series of a batch (batch, time, features)."""
    return series[:, -1] if lengths is None else series[np.arange(len(series)), lengths - 1]


def _sizes_held(graph: Graph, params: Mapping[str, Mapping[str, Any]]) -> dict[str, int]:
    """The size of each readout, by name, that has none of its own but weights that tell it."""
    waiting = [name for name, node in graph.by_name().items() if waits(node)]
    return {name: np.shape(params[name]["b"])[-1] for name in waiting if np.ndim(params.get(name, {}).get("b", 0)) == 1}


def _unsized_readouts(graph: Graph) -> list[str]:
    """The name of each readout that waits for its targets and feeds nothing back."""
    waiting = {id for id, node in graph.nodes.items() if waits(node)}
    return [graph.names[id] for id in graph.nodes if id in waiting and not graph.targets(id) and not graph.targets(id, feedback=True)]


def _same_structure(one: Any, other: Any) -> bool:
    structures: list[Any] = [jax.tree.structure(one), jax.tree.structure(other)]
    return bool(structures[0] == structures[1])


def _shapes(own: Mapping[str, Any]) -> dict[str, tuple[int, ...]]:
    return {name: np.shape(value) for name, value in own.items()}


def _matched(given: Mapping[str, Mapping[str, Any]], drawn: Params, dtype: Any) -> Params:
    for name, own in drawn.items():
        if _shapes(given.get(name, {})) != _shapes(own):
            raise ValueError(f"params[{name!r}] must have the shapes {_shapes(own)}, got {_shapes(given.get(name, {}))}.")
        for key, value in own.items():
            kind = np.asarray(given[name][key]).dtype
            if kind.kind == "f" and not np.isfinite(given[name][key]).all():
                raise ValueError(f"params[{name!r}][{key!r}] must be finite, got NaN or infinity. Take those of a run that stayed finite.")
            if np.issubdtype(value.dtype, np.integer) and kind != value.dtype:
                raise TypeError(f"params[{name!r}][{key!r}] must be {value.dtype}, got {kind}.")
    return {name: programs.cast({key: np.asarray(value) for key, value in given.get(name, {}).items()}, dtype) for name in drawn}
