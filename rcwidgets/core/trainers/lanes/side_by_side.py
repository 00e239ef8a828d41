"""What a trainer has to say so that lanes of it can be fitted side by side, and what it gets for that."""

from abc import abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from rcwidgets.core.model import program as programs
from rcwidgets.core.model.program import Params, Program
from rcwidgets.core.model.snapshot import Snapshot
from rcwidgets.core.trainers.base import AbstractTrainer
from rcwidgets.core.trainers.gaps import TargetGaps
from rcwidgets.core.trainers.lanes.runs import Held, Passage, params_of_lanes
from rcwidgets.core.trainers.lanes.settings import LaneSettings
from rcwidgets.core.trainers.pairs import Pairs

_NOTHING: dict[str, Any] = {}


class Laned(NamedTuple):
    """All that lanes hold beside trainer and settings. It is replaced and never changed.

    `shared` is what they have in common, and `settings` what differs. `states` are what the next call starts from, None before the first.
    `weights` are those of trained nodes (lanes, ...) by node name, once they are fitted, `memory` what each lane learned beside them, by
    lane. `losses` are (lanes, steps), `last` the last outputs (lanes, batch, features) by node name.
    """

    shared: Snapshot
    settings: LaneSettings
    losses: np.ndarray
    states: Held | None = None
    weights: Params = _NOTHING
    memory: Sequence[Params] = ()
    last: dict[str, np.ndarray] = _NOTHING

    @property
    def program(self) -> Program:
        """The program of the shared model; before any data a ValueError in words."""
        if self.shared.program is None:
            raise ValueError("Lanes has seen no data yet. Call predict first.")
        return self.shared.program

    def of_lane(self, lane: int) -> Snapshot:
        """What a trainer of one lane would hold."""
        shared = self.shared
        if shared.sized is None:
            return shared
        sized = self.settings.model(shared.sized, lane)
        return shared._replace(
            sized=sized,
            program=programs.compile_graph(sized),
            params=shared.params | {name: {key: value[lane] for key, value in own.items()} for name, own in self._fitted().items()},
            state=None if self.states is None else self.states.rows(self.states.run[[lane]]),
            last={name: np.array(value[lane]) for name, value in self.last.items()},
            memory=self.memory[lane] if self.memory else {},
        )

    def trained(self, name: str, lanes: np.ndarray) -> dict[str, np.ndarray]:
        """The weights of a trained node in some lanes."""
        fitted = self._fitted()
        if name in fitted:
            return {key: value[lanes] for key, value in fitted[name].items()}
        return {key: np.broadcast_to(value, (len(lanes), *value.shape)) for key, value in self.shared.params[name].items()}

    def params_of(self, lanes: np.ndarray, read: bool = False) -> Params:
        """The params of some lanes as a program of them takes them; weights of their own only where the run needs them, or to be `read`."""
        program, params = self.program, params_of_lanes(self.shared.params, len(lanes))
        if read or not only_read(program):
            params |= {program.names[k]: self.trained(program.names[k], lanes) for k in program.trained}
        return params

    def _fitted(self) -> Params:
        """The weights of the lanes, of the nodes that still have that shape."""
        own = self.shared.params
        return {
            name: weights
            for name, weights in self.weights.items()
            if all(value.shape[1:] == own.get(name, {}).get(key, np.zeros(0)).shape for key, value in weights.items())
        }


class Lesson(NamedTuple):
    """What lanes are fitted to: the data as they were given and as pairs, what the lanes held before, and the states to start from.

    `alone(laned, lane)` is a trainer of one lane; `gaps` tells what becomes of rows of targets without a number.
    """

    data: Any
    pairs: Pairs
    passage: Passage
    before: Laned
    start: Held
    alone: Callable[[Laned, int], Any]
    gaps: TargetGaps = "error"


class AbstractSideBySide(AbstractTrainer):
    """A trainer of which `Lanes` can fit many settings side by side."""

    @abstractmethod
    def fit_lanes(self, lesson: Lesson) -> Laned:
        """What the lanes hold after a fit to the data, each as a trainer alone would."""


def only_read(program: Program) -> bool:
    """Whether no other node takes what the trained nodes give, so that lanes may share a run."""
    return not feeds_forward(program) and not set(program.fed_back) & set(program.trained)


def feeds_forward(program: Program) -> bool:
    """Whether a trained node is a forward input of another."""
    return any(k in wires.forward for wires in program.wires for k in program.trained)


def alike(one: Program, other: Program) -> bool:
    """Whether a state of one program is one of the other: the nodes that have a state or feed back take and give as much."""
    held = [k for k, node in enumerate(one.nodes) if node.stateful or k in one.fed_back]
    same = (one.wires[k].size == other.wires[k].size and one.taken(k) == other.taken(k) for k in held)
    return len(one.nodes) == len(other.nodes) and all(same)
