"""What every trainer does with its data before it learns, and what the knobs of all that a document can name have in common."""

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple, Self

import numpy as np

from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.model.prediction import ByPlace, inputs_of
from rcwidgets.core.model.program import Program
from rcwidgets.core.model.runner import RNNRunner
from rcwidgets.core.model.snapshot import Snapshot
from rcwidgets.core.series import Data, by_node, is_flat, lengths_of, living
from rcwidgets.core.spec.knobs import Spec

OWN = "own"  # a function that no document can hold


@dataclass(frozen=True, repr=False)
class AbstractTrainerSettings(Spec):
    """The knobs of a trainer that a document can name."""

    label: ClassVar[str]
    card: ClassVar[tuple[str, ...]] = ()  # the knobs that the readout's card shows
    iterative: ClassVar[bool] = False  # trains step by step, when it is told to; the others train anew at each change
    gradient: ClassVar[bool] = False  # trains all that can learn by a gradient, not the readouts alone
    forces: ClassVar[bool] = False  # feeds the network's own output back while it learns, from the first step on
    at_start: ClassVar[tuple[str, ...]] = ()  # live knobs that count when a training starts, and not while it goes on

    @property
    def precision(self) -> str:
        """The word for the precision of the states."""
        return str(self.knobs["dtype"])

    @property
    def learning(self) -> str:
        """The precision of what an online trainer learns: float64, unless float32 is asked for."""
        return "float32" if self.precision == "float32" else "float64"


class Pairs(NamedTuple):
    """Inputs and targets by place, time-major, with the program that they size.

    `alive` (time, batch) is False where a series is over, or None where all are equally long. `counted` tells, for each trained place,
    which rows (time, batch) have a target: None where all do. Targets of rows that do not count are zero.
    """

    program: Program
    inputs: ByPlace
    targets: ByPlace
    alive: np.ndarray | None
    counted: dict[int, np.ndarray | None]

    @property
    def last(self) -> dict[str, np.ndarray]:
        """The last target (batch, features) of each series, by name, of the outputs that have one at every step."""
        ends, program = self.ends, self.program
        every = {k: y for k, y in self.targets.items() if k not in program.once and k in program.exits}
        return {program.names[k]: y[-1] if self.alive is None else y[ends, np.arange(y.shape[1])] for k, y in every.items()}

    @property
    def batch(self) -> int:
        """How many series there are."""
        return int(next(iter(self.inputs.values())).shape[1])

    def forced(self, dtype: Any) -> ByPlace:
        """The targets that take the place of outputs on the feedback wires, in the precision of the states."""
        return {k: np.ascontiguousarray(self.targets[k], dtype=dtype) for k in self.program.fed_back if k in self.targets}

    @property
    def ends(self) -> np.ndarray:
        """The last row (batch,) of each series."""
        steps, batch = next(iter(self.inputs.values())).shape[:2]
        return np.full(batch, steps - 1) if self.alive is None else self.alive.sum(axis=0) - 1


class AbstractTrainer(RNNRunner):
    """A runner that fits the trainable nodes of its model."""

    settings: Spec

    def options(self) -> Spec:
        return self.settings

    def anew(self, seed: int) -> Self:
        """A trainer like this one that has learned nothing, with another seed."""
        options: dict[str, Any] = {**self.settings.knobs, "seed": seed}
        return type(self)(self.model, **options)

    def detached(self, model: Graph, settings: Spec, held: Snapshot) -> Self:
        """A trainer like this one, with another model of the same structure, other settings, and what it is to hold."""
        made = copy(self)
        made.model, made.settings, made.held, made.mon = model, settings, held, {}
        return made

    def forgotten(self, held: Snapshot) -> Snapshot:
        """What it would hold before it has learned step by step: the same, where it does not."""
        return held

    def pairs(self, held: Snapshot, data: Sequence[Data]) -> tuple[Snapshot, Pairs]:
        """What the trainer would hold once it is sized by the data [x, y], and the inputs and targets. Changes nothing."""
        if not isinstance(data, list | tuple) or len(data) != 2:
            raise TypeError(f"{type(self).__name__}.fit takes [x, y], got {type(data).__name__}.")
        x, y = data
        held = self.sized(held, x, y)._replace(flat=is_flat(x))
        program = held.program
        assert program is not None
        if not program.trained:
            raise ValueError("There is nothing to train. Add a LinearReadout (trainable=True) to the model.")
        untaught = next((k for k in program.fed_back if k in program.once and k in program.trained), None)
        if untaught is not None and not self.forces:
            raise ValueError(
                f"{program.names[untaught]} feeds back, but has a target only at the end of a series: none can take its place before that. "
                "Take that wire away, or train by FORCELearning or BPTT."
            )
        inputs, lengths = inputs_of(program, x, self.dtype), lengths_of(x)
        steps, batch = next(iter(inputs.values())).shape[:2]
        alive = living(lengths, steps)
        pairs = Pairs(program, inputs, {}, alive, {})
        once = {program.names[k] for k in program.once}
        for name, given in by_node(y, [program.names[k] for k in program.trained], "y", once).items():
            k = program.names.index(name)
            theirs = y[name] if isinstance(y, Mapping) else y
            rows = (1, len(given)) if name in once else (given.shape[1], given.shape[0])
            wanted = (1, batch) if name in once else (steps, batch)
            if rows != wanted or (name not in once and not np.array_equal(lengths_of(theirs), lengths)):  # type: ignore[arg-type]
                if name in once:
                    raise ValueError(f"y must have one row for each series of x, got {rows[1]} rows for {wanted[1]} series.")
                if rows == wanted:
                    raise ValueError("y must be a list of series as long as those of x.")
                raise ValueError(f"x and y must have the same rows, got (time, batch) {wanted} for x and {rows} for y.")
            if name in once:
                pairs.targets[k], pairs.counted[k] = np.zeros((steps, batch, given.shape[-1])), np.zeros((steps, batch), bool)
                pairs.targets[k][pairs.ends, np.arange(batch)] = given
                pairs.counted[k][pairs.ends, np.arange(batch)] = True  # type: ignore[index]
            else:
                pairs.targets[k], pairs.counted[k] = np.swapaxes(given, 0, 1), alive
        return held, pairs


def fitting_order(program: Program) -> list[list[int]]:
    """The trainable nodes in groups: each group takes signals of fixed nodes and of the groups before it, so it is fitted after them.

    Feedback wires do not count: while a readout is fitted, its target takes its place on them.
    """
    depth: dict[int, int] = {}
    groups: list[list[int]] = []
    for place, wires in enumerate(program.wires):
        behind = max((depth[source] for source in wires.forward), default=0)
        if program.nodes[place].trains:
            groups += [[] for _ in range(behind + 1 - len(groups))]
            groups[behind].append(place)
            behind += 1
        depth[place] = behind
    return groups
