"""What the trainers that learn at every step share."""

from collections.abc import Sequence
from typing import ClassVar, Self, cast

import numpy as np

from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.model import program as programs
from rcwidgets.core.model.prediction import begun
from rcwidgets.core.model.program import GivenParams, State
from rcwidgets.core.model.snapshot import Snapshot
from rcwidgets.core.precision import precision
from rcwidgets.core.series import Data
from rcwidgets.core.spec.knobs import Spec
from rcwidgets.core.trainers.base import Pairs
from rcwidgets.core.trainers.lanes.side_by_side import AbstractSideBySide, Laned, Lesson
from rcwidgets.core.trainers.online.lanes import learn_lanes
from rcwidgets.core.trainers.online.learning import Learned, Rule, check_learned, learn, mean_squares, weights_of
from rcwidgets.core.trainers.settings import AbstractTrainerSettings


class AbstractOnlineTrainer(AbstractSideBySide):
    """Learns from every step of a run, in order; a second `fit` goes on where the first ended.

    The weights start at zero (or at `params`). The states run in `dtype`; what is learned is in float64, or where `dtype` is float32 in
    that. All trainable readouts learn at once, each from the signals that arrive at it at that time. `train_losses` has one number a step:
    the squared error, averaged over the batch and the outputs, before the step's own target was learned.
    """

    advice: ClassVar[str]

    def __init__(self, model: Graph, params: GivenParams | None, *, seed: int, dtype: str) -> None:
        super().__init__(model, params, seed=seed, dtype=dtype)
        self.train_losses = np.zeros(0)

    def fit(self, data: Sequence[Data], *, reset: bool = False) -> Self:
        """Learns from `data` = [x, y], arrays (batch, time, features) or (time, features), or dicts by node name, in the order of time.

        Starts from the state that the last call left (a warm-up by `predict`) and from what was learned before; `reset=True` forgets
        both. Every series of a batch counts. A run that diverges is a FloatingPointError that says where, and leaves the weights as they
        were.
        """
        held, pairs, start = self._begin(data, reset)
        program, inputs, targets, alive, counted = pairs
        names, known = program.names, {k: self.known(self.settings, held, program.names[k]) for k in program.trained}
        wanted = {k: np.ascontiguousarray(y, dtype=np.float64) for k, y in targets.items()}
        params, knob = programs.in_order(program, held.params), self.knob(self.settings)
        with precision(np.float64):
            state, learned, last, errors = learn(
                program, params, known, start, inputs, wanted, alive, counted, knob, self.rule(), self.forces
            )
        found = {k: mean_squares(error, counted[k]) for k, error in errors.items()}
        kept = {names[k]: {key: np.asarray(value) for key, value in own.items()} for k, own in learned.items()}
        for k, loss in found.items():
            check_learned(names[k], kept[names[k]], loss, self.advice)
        ends = {name: np.asarray(last[names.index(name)]) if self.forces else y for name, y in pairs.last.items()}
        weights = {name: weights_of(own, self.dtype) for name, own in kept.items()}
        self.held = held._replace(params=held.params | weights, state=state, last=ends, memory=held.memory | kept)
        self.train_losses = np.concatenate([self.train_losses, np.mean(list(found.values()), axis=0)])
        return self

    def _begin(self, data: Sequence[Data], reset: bool) -> tuple[Snapshot, Pairs, State]:
        """What is held once the model is sized by the data, the data, and the state to start from."""
        if reset:
            self.held, self.train_losses = self.forgotten(self.held), np.zeros(0)
        held, pairs = self.pairs(self.held, data)
        return held, pairs, begun(pairs.program, held.params, None if reset else held.state, pairs.batch, self.dtype)

    def forgotten(self, held: Snapshot) -> Snapshot:
        """What was held before the first step: the weights that learn are those that were given, or zero; the fixed weights stay."""
        params, given = dict(held.params), held.given or {}
        for name in [held.program.names[k] for k in held.program.trained] if held.program else []:
            if name in given:
                params[name] = programs.cast({key: np.asarray(value) for key, value in given[name].items()}, self.dtype)
            else:
                params[name] = {key: np.zeros_like(value) for key, value in params[name].items()}
        return held._replace(params=params, memory={})

    def sized(self, held: Snapshot, x: Data, y: Data | None) -> Snapshot:
        after = super().sized(held, x, y)
        assert after.program is not None
        drawn = [
            name
            for name in (after.program.names[k] for k in after.program.trained)
            if name not in (held.given or {}) and after.params[name] is not held.params.get(name)
        ]
        zeros = {name: {key: np.zeros_like(value) for key, value in after.params[name].items()} for name in drawn}
        return after._replace(params=after.params | zeros) if drawn else after  # learning starts at zero

    @classmethod
    def rule(cls) -> Rule:
        """How a step changes what is learned."""
        raise TypeError(f"{cls.__name__} does not say its rule.")

    @classmethod
    def knob(cls, settings: Spec) -> float:
        """The number, of the settings, that the rule takes beside the rows."""
        raise TypeError(f"{cls.__name__} does not say its knob.")

    @classmethod
    def first(cls, settings: Spec, weights: np.ndarray) -> Learned:
        """What is known before the first step, from the weights (features + 1, outputs)."""
        return {"weights": weights.astype(cast(AbstractTrainerSettings, settings).learning)}

    def known(self, settings: Spec, held: Snapshot, name: str) -> Learned:
        """What a readout knows before it learns from more data: what was learned, or what its weights tell."""
        own = held.params[name]
        weights = np.vstack([own["W"], own["b"][None]]).astype(np.float64)
        learned = held.memory.get(name)
        return learned if learned is not None and learned["weights"].shape == weights.shape else self.first(settings, weights)

    def check_memory(self, held: Snapshot) -> None:
        for name, own in held.memory.items():
            first = self.known(self.settings, held._replace(memory={}), name)
            if {key: value.shape for key, value in own.items()} != {key: value.shape for key, value in first.items()}:
                raise ValueError(f"memory/{name} must be what {type(self).__name__} keeps of this model, got {', '.join(own)}.")

    def fit_lanes(self, lesson: Lesson) -> Laned:
        return learn_lanes(self, lesson)
