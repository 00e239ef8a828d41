"""Several settings of live knobs at once, as one matrix product."""

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Self, cast

import numpy as np
from numpy.typing import ArrayLike

from rcwidgets.core.algebra.blas import one_thread
from rcwidgets.core.model import closed_loop
from rcwidgets.core.model import program as programs
from rcwidgets.core.model.levels import levels
from rcwidgets.core.model.program import NamedArrays, Params, Program, State
from rcwidgets.core.model.runner import last_rows
from rcwidgets.core.precision import precision
from rcwidgets.core.series import Data, Predictions, is_flat, lengths_of, living
from rcwidgets.core.trainers.base import AbstractTrainer
from rcwidgets.core.trainers.closed_form.ridge import RidgeTrainer
from rcwidgets.core.trainers.closed_form.settings import RidgeSettings
from rcwidgets.core.trainers.lanes.online import Known, fit_online
from rcwidgets.core.trainers.lanes.ridge import Lesson, arriving, fit_level
from rcwidgets.core.trainers.lanes.runs import Held, Passage, gathered, groups, params_of_lanes, run_groups
from rcwidgets.core.trainers.lanes.settings import LaneSettings
from rcwidgets.core.trainers.online.base import AbstractOnlineTrainer, Learned, weights_of
from rcwidgets.core.trainers.online.lms import LMS
from rcwidgets.core.trainers.online.settings import LMSSettings


class Lanes:
    """One trainer with several settings of its live knobs, run and fitted side by side; each lane is what the trainer would be alone.

    `knobs` are arrays (lanes,) by name: "<node>.<knob>" of a node, such as "reservoir.spectral_radius", and the trainer's own, such as
    "beta". The lanes have the same weights and seed, and start from rest. The calls are those of a trainer, and results have a leading
    axis of lanes: (lanes, [batch,] time, features). `lanes[k]` is an ordinary trainer of one lane.

    Eight lanes are one product of states (8 * batch, units) with the recurrent weights, which are then read once for all of them; more
    lanes run in groups. Lanes that differ in the trainer's knobs alone share one run and one Gram matrix. Single runs round otherwise:
    in float32, lanes of chaotic reservoirs (a radius above some 1.5) part from them as any two runs of these do.

    >>> from rcwidgets.core.nodes import Input, LinearReadout, Reservoir
    >>> x = np.sin(np.arange(300) / 5)[:, None]
    >>> trainer = RidgeTrainer(Input(1) >> Reservoir(50, seed=0) >> LinearReadout(1))
    >>> lanes = Lanes(trainer, {"reservoir.spectral_radius": [0.5, 0.9, 1.3]}).fit([x[:-1], x[1:]])
    >>> lanes.predict(x[-10:]).shape
    (3, 10, 1)
    """

    def __init__(self, trainer: AbstractTrainer, knobs: Mapping[str, ArrayLike], *, checkpoint: Callable[[], None] = lambda: None) -> None:
        """`checkpoint` is called between two stretches of a run: an error that it raises ends the call."""
        if not isinstance(trainer, RidgeTrainer | AbstractOnlineTrainer):
            raise TypeError(f"Lanes.trainer must be a RidgeTrainer, RLS, FORCELearning or LMS, got {type(trainer).__name__}.")
        if trainer.settings.knobs.get("selection", "fixed") != "fixed":
            raise ValueError("Lanes.trainer must have a fixed beta, got one that chooses it. Give the lanes theirs, as {'beta': values}.")
        self.settings = LaneSettings.read(trainer.model, trainer.settings, knobs)
        self.mon: dict[str, Any] = {}
        self.train_losses = np.zeros((self.settings.lanes, 0))
        self._one = _fresh(trainer)
        self._checkpoint = checkpoint
        self._weights: Params = {}  # (lanes, ...) of the trained nodes, once they are fitted
        self._known: Known = []
        self._held: Held | None = None
        self._ran: Program | None = None  # what left the state
        self._last: dict[int, np.ndarray] = {}  # (lanes, batch, features) by place

    def __repr__(self) -> str:
        return f"<{len(self)} lanes of {self._one!r}: {', '.join(self.settings.knob_names)}>"

    def __len__(self) -> int:
        return self.settings.lanes

    def __iter__(self) -> Iterator[AbstractTrainer]:
        return (self[lane] for lane in range(len(self)))

    @property
    def params(self) -> NamedArrays:
        """The weights as {node name: {name: array}}; those of trained nodes have a leading axis of lanes."""
        program = self._one.program
        return {**self._one.params, **{program.names[k]: self._trained(program.names[k], np.arange(len(self))) for k in program.trained}}

    def predict(
        self, x: Data, *, reset: bool = False, monitors: Sequence[str] = (), forced: Mapping[str, Data] | None = None
    ) -> Predictions | None:
        """The outputs (lanes, batch, time, features) for the inputs `x`, which are the same for all lanes.

        As `predict` of a trainer: without an axis of batch where `x` has none, a dict where there are several outputs, a list of
        (lanes, time_k, features) for a list of series of unequal lengths; `mon` has the monitors, with lanes in front. `forced` are series
        that feedback wires deliver, the same for all lanes.
        """
        one = self._one
        one._prepare(x, None)
        program, inputs, lengths = one._ready(), one._inputs(x), lengths_of(x)
        steps, batch = next(iter(inputs.values())).shape[:2]
        taught = one._forced(forced or {}, lengths, inputs)
        held = self._begin(batch, reset)
        held = held if _free(program) else held.apart()
        outputs, observed = one._monitored(monitors)
        exits = [k for k in program.exits if program.names[k] not in one._guessed]
        read = [k for k in {*exits, *outputs.values()} if k in program.trained and _free(program)]
        collect = {*exits, *outputs.values()} - set(read) | {source for k in read for source in program.wires[k].forward}
        found = {k: np.empty((len(self), batch, steps, program.wires[k].size), one.dtype) for k in {*exits, *outputs.values()}}
        seen = {k: np.empty((len(self), batch, steps, program.wires[k].size), one.dtype) for k in observed.values()}
        ends: dict[int, State] = {}
        passage = Passage(program, self.settings, inputs, living(lengths, steps), one.dtype, self._checkpoint)
        for part in run_groups(passage, held, self._params_of, sorted(collect), forced=taught, observe=list(observed.values())):
            for place, run in enumerate(part.runs):
                lanes = np.flatnonzero(held.run == run)
                for k in read:
                    own = self._trained(program.names[k], lanes)
                    found[k][lanes, :, part.rows] = _read(arriving(program, k, part)[:, place], own["W"], own["b"])
                for kept, given in ((found, part.values), (seen, part.seen)):
                    for k in kept.keys() & given.keys() - set(read):
                        kept[k][lanes, :, part.rows] = given[k][:, place].swapaxes(0, 1)[None]
            if part.state is not None:
                ends[int(part.runs[0])] = part.state
        for k in exits:
            self._check(found[k], program.names[k])
        self._held, one._flat = gathered(held, ends), is_flat(x)
        self.mon = {name: _cut(found[k], lengths) for name, k in outputs.items()}
        self.mon |= {name: _cut(seen[k], lengths) for name, k in observed.items()}
        flat = {k: found[k].reshape(-1, *found[k].shape[2:]) for k in exits}
        ended = None if lengths is None else np.tile(lengths, len(self))
        self._last = {k: last_rows(flat[k], ended).reshape(len(self), batch, -1) for k in exits}
        whole = {k: self._last[k] if k in program.once else found[k] for k in exits}
        result = {program.names[k]: y[:, 0] if one._flat else y if k in program.once else _cut(y, lengths) for k, y in whole.items()}
        return next(iter(result.values()), None) if len(program.exits) == 1 else result or None

    def fit(self, data: Sequence[Data], *, reset: bool = False) -> Self:
        """Fits the readouts of every lane to `data` = [x, y], the same for all lanes, as `fit` of the trainer would."""
        one, online = self._one, isinstance(self._one, AbstractOnlineTrainer)
        if reset and online:
            self._known, self._weights, self.train_losses = [], {}, np.zeros((len(self), 0))
            one._params, one._program = {}, None
        pairs = one._pairs(data)
        program, batch = pairs.program, next(iter(pairs.inputs.values())).shape[1]
        passage = Passage(program, self.settings, pairs.inputs, pairs.alive, one.dtype, self._checkpoint)
        held = self._begin(batch, reset)
        self._last = {k: np.broadcast_to(y, (len(self), *y.shape)) for k, y in pairs.last.items() if k in program.exits}
        if isinstance(one.settings, LMSSettings) and one.settings.in_epochs:
            self._fit_epochs(data, held.apart())
        elif online:
            self._fit_online(passage, pairs, held)
        else:
            self._fit_ridge(passage, pairs, held)
        return self

    def _fit_ridge(self, passage: Passage, pairs: Any, start: Held) -> None:
        settings, program = cast(RidgeSettings, self._one.settings), pairs.program
        own = self.settings.trainer.get("beta", np.full(len(self), settings.beta))
        lesson = Lesson(passage, pairs, own, settings.penalize_bias)
        held = start
        for number, group in enumerate(levels(program)):
            first = start if number == 0 and not _forward(program) else start.apart()
            fits, held = fit_level(lesson, group, first, self._params_of)
            for k in group:
                stacked = {key: np.stack([getattr(fits[lane][k], field) for lane in range(len(self))]) for key, field in _FIELDS.items()}
                self._weights[program.names[k]] = programs.cast(stacked, self._one.dtype)
        self._held = held

    def _fit_online(self, passage: Passage, pairs: Any, held: Held) -> None:
        one, program = self._one, pairs.program
        trainers: list[Any] = [self._turned(lane) for lane in range(len(self))]
        known = [{k: self._known_of(trainers[lane], lane, program, k) for k in program.trained} for lane in range(len(self))]
        known, self._held, last, losses = fit_online(trainers, passage, pairs, held.apart(), self._params_of, known)
        self._known = known
        self.train_losses = np.concatenate([self.train_losses, losses], axis=1)
        for k in program.trained:
            stacked = {"weights": np.stack([own[k]["weights"] for own in known])}
            self._weights[program.names[k]] = weights_of(stacked, one.dtype)
        if trainers[0].forces:
            self._last = {k: last[k] for k in self._last}

    def _fit_epochs(self, data: Any, held: Held) -> None:
        """One lane after another, each as a trainer alone; where lanes end at different epochs, the losses that are not there are NaN."""
        self._held, program = held, self._one._ready()
        done: list[LMS] = []
        for lane in range(len(self)):
            self._checkpoint()
            made = cast(LMS, self[lane])
            made.checkpoint = self._checkpoint
            try:
                done.append(made.fit(data))
            except FloatingPointError as error:
                raise FloatingPointError(f"Lane {lane}: {error}") from error
        longest = max(len(one.train_losses) for one in done)
        self.train_losses = np.stack(
            [np.pad(one.train_losses, (0, longest - len(one.train_losses)), constant_values=np.nan) for one in done]
        )
        self._known = [{program.names.index(name): own for name, own in one._memory().items()} for one in done]
        self._held = gathered(held, {lane: cast(State, one.state) for lane, one in enumerate(done)})
        for name in [program.names[k] for k in program.trained]:
            self._weights[name] = {key: np.stack([one.params[name][key] for one in done]) for key in ("W", "b")}

    def generate(self, steps: int) -> np.ndarray:
        """The outputs (lanes, [batch,] steps, features) of the closed loop of every lane, as `generate` of a trainer."""
        one, program = self._one, self._one._ready()
        entry, exit = closed_loop.check_loop(program)
        if isinstance(steps, bool) or not isinstance(steps, int | np.integer) or steps < 1:
            raise ValueError(f"Lanes.generate takes a whole number of steps from 1, got {steps!r}.")
        if self._held is None or exit not in self._last:
            raise ValueError("Lanes have no output to start the closed loop from. Fit them, and let predict run into the series first.")
        held, ends, y = self._held.apart(), {}, []
        for chosen, count in groups(np.arange(len(self))):
            self._checkpoint()
            laned = self.settings.program(program, chosen, held.batch, one.dtype)
            last = np.asarray(self._last[exit][chosen], one.dtype).reshape(len(chosen) * held.batch, -1)
            with precision(one.dtype):
                state, outputs = closed_loop.generate(
                    laned, self._params_of(chosen, True), held.rows(chosen), last, int(steps), entry, exit
                )
            ends[int(chosen[0])] = state
            y.append(np.swapaxes(np.asarray(outputs), 0, 1).reshape(len(chosen), held.batch, int(steps), -1)[:count])
        whole = np.concatenate(y)
        self._check(whole, program.names[exit], "of the closed loop ", "Train with some noise on the data or with a larger beta.")
        self._held, self._last = gathered(held, ends), {exit: whole[:, :, -1]}
        return whole[:, 0] if one._flat else whole

    def __getitem__(self, lane: int) -> AbstractTrainer:
        """A detached trainer with the knobs, weights and state of one lane."""
        if not -len(self) <= lane < len(self):
            raise IndexError(f"There are {len(self)} lanes, got {lane}.")
        lane %= len(self)
        one = self._one
        made = _fresh(one)
        made.settings, made.model = self.settings.settings(one.settings, lane), self.settings.model(one.model, lane)
        if one.ready:
            names = one.program.names
            made._sized = self.settings.model(one._sized, lane)
            made._program = programs.compile_graph(made._sized)
            made._params |= {name: {key: value[lane] for key, value in own.items()} for name, own in self._fitted().items()}
            made._state = None if self._held is None else self._held.rows(self._held.run[[lane]])
            made._last = {k: np.array(value[lane]) for k, value in self._last.items()}
        if isinstance(made, AbstractOnlineTrainer):
            made._learned = {names[k]: dict(own) for k, own in self._known[lane].items()} if self._known else {}
            made.train_losses = self.train_losses[lane][~np.isnan(self.train_losses[lane])]
        return made

    def _begin(self, batch: int, reset: bool) -> Held:
        """The state to start from: the one that was left, or a fresh one, with one run for all lanes that can share it."""
        one, program = self._one, self._one._ready()
        kept = self._ran is not None and _alike(self._ran, program)  # a readout that only got its size leaves the states as they are
        self._ran = program
        if self._held is not None and not reset and kept:
            if self._held.batch != batch:
                raise ValueError(f"x has {batch} series, the state is of {self._held.batch}. Give as many, or reset=True to start afresh.")
            return self._held
        lane, run = self.settings.distinct()
        with precision(one.dtype):
            laned = self.settings.program(program, lane, batch, one.dtype)
            return Held(lane, run, batch, programs.init(laned, one._params, len(lane) * batch, one.dtype))

    def _fitted(self) -> Params:
        """The weights of the lanes, of the nodes that still have that shape."""
        own = self._one._params
        return {
            name: weights
            for name, weights in self._weights.items()
            if all(value.shape[1:] == own.get(name, {}).get(key, np.zeros(0)).shape for key, value in weights.items())
        }

    def _trained(self, name: str, lanes: np.ndarray) -> dict[str, np.ndarray]:
        """The weights of a trained node in some lanes."""
        fitted = self._fitted()
        if name in fitted:
            return {key: value[lanes] for key, value in fitted[name].items()}
        return {key: np.broadcast_to(value, (len(lanes), *value.shape)) for key, value in self._one._params[name].items()}

    def _params_of(self, lanes: np.ndarray, read: bool = False) -> Params:
        """The params of some lanes as a program of lanes takes them; weights of their own only where the run needs them."""
        program = self._one._ready()
        params = params_of_lanes(self._one._params, len(lanes))
        if read or not _free(program) or isinstance(self._one, AbstractOnlineTrainer):
            params |= {program.names[k]: self._trained(program.names[k], lanes) for k in program.trained}
        return params

    def _turned(self, lane: int) -> Any:
        """The trainer with the settings of one lane."""
        turned = _fresh(self._one)
        turned.settings = self.settings.settings(self._one.settings, lane)
        return turned

    def _known_of(self, trainer: Any, lane: int, program: Program, k: int) -> Learned:
        """What a lane knows before it learns from more data."""
        own = self._one._params[program.names[k]]
        shape = (len(own["W"]) + 1, own["W"].shape[1])
        if self._known and k in self._known[lane] and self._known[lane][k]["weights"].shape == shape:
            return self._known[lane][k]
        found: Learned = trainer.first(trainer.settings, np.vstack([own["W"], own["b"][None]]).astype(np.float64))
        return found

    def _check(self, series: np.ndarray, name: str, where: str = "", advice: str = "Lower the spectral radius or the feedback.") -> None:
        if not np.isfinite(series).all():
            lane, _, step = np.argwhere(~np.isfinite(series).all(axis=3))[0]
            raise FloatingPointError(f"{name} is not finite from step {step} {where}on in lane {lane}: the run diverged. {advice}")


def _fresh(trainer: Any) -> Any:
    """The trainer with its model, settings and weights, at rest, and with nothing learned beside them."""
    one = copy.copy(trainer)
    one.mon, one._params, one._state, one._last = {}, dict(trainer._params), None, {}
    if isinstance(one, AbstractOnlineTrainer):
        one._learned, one.train_losses = {}, np.zeros(0)
    return one


_FIELDS = {"W": "weights", "b": "bias"}


def _free(program: Program) -> bool:
    """Whether the trained nodes are only read: no other node takes what they give, so that lanes may share a run."""
    return not _forward(program) and not set(program.fed_back) & set(program.trained)


def _forward(program: Program) -> bool:
    """Whether a trained node is a forward input of another."""
    return any(k in wires.forward for wires in program.wires for k in program.trained)


def _alike(one: Program, other: Program) -> bool:
    """Whether a state of one program is one of the other: the nodes that have a state or feed back take and give as much."""
    held = [k for k, node in enumerate(one.nodes) if node.stateful or k in one.fed_back]
    return len(one.nodes) == len(other.nodes) and all(
        one.wires[k].size == other.wires[k].size and one.taken(k) == other.taken(k) for k in held
    )


def _read(x: np.ndarray, weights: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """The outputs (lanes, batch, time, features) of readouts W (lanes, inputs, features) of the same signals x (time, batch, inputs)."""
    lanes, inputs, features = weights.shape
    with one_thread():
        y = x.reshape(-1, inputs) @ weights.transpose(1, 0, 2).reshape(inputs, -1) + bias.reshape(-1)
    return y.reshape(*x.shape[:2], lanes, features).transpose(2, 1, 0, 3)


def _cut(lanes: np.ndarray, lengths: np.ndarray | None) -> Any:
    """The series (lanes, batch, time, ...) as a list of (lanes, time_k, ...), or as they are."""
    return lanes if lengths is None else [lanes[:, k, :length] for k, length in enumerate(lengths)]
