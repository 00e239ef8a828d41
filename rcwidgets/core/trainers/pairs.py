"""Inputs and targets that a trainer fits, and in which order it fits the nodes."""

from typing import Any, NamedTuple

import numpy as np

from rcwidgets.core.model.prediction import ByPlace
from rcwidgets.core.model.program import Program


class Pairs(NamedTuple):
    """Inputs and targets by place, time-major, with the program that they size.

    `alive` (time, batch) is False where a series is over, or None where all are equally long. `counted` tells, for each trained place,
    which rows (time, batch) have a target: None where all do. Targets of rows that do not count are zero. `told` are the targets of all
    nodes that have some, given or pulled back from those after them, and `taught` what feedback wires deliver while readouts are fitted.
    """

    program: Program
    inputs: ByPlace
    targets: ByPlace
    alive: np.ndarray | None
    counted: dict[int, np.ndarray | None]
    told: ByPlace
    taught: ByPlace

    @property
    def last(self) -> dict[str, np.ndarray]:
        """The last target (batch, features) of each series, by name, of the outputs that have one at every step, and so in the last row."""
        ends, program = self.ends, self.program
        every = {k: y for k, y in self.told.items() if k not in program.once and k in program.exits and self._has_last(k)}
        return {program.names[k]: y[-1] if self.alive is None else y[ends, np.arange(y.shape[1])] for k, y in every.items()}

    def _has_last(self, place: int) -> bool:
        """True where no series has a gap in the last target of an output, nor, where it follows a readout, in any row: nodes between them
        may remember.
        """
        every = {k: mask for k, mask in self.counted.items() if mask is not None and k not in self.program.once}
        own = every.get(place)
        whole = [mask for k, mask in every.items() if k != place and place in self.program.after({k})]
        alive = True if self.alive is None else self.alive
        at_end = own is None or bool(own[self.ends, np.arange(own.shape[1])].all())
        return at_end and all(bool((mask | ~np.asarray(alive)).all()) for mask in whole)

    @property
    def batch(self) -> int:
        """How many series there are."""
        return int(next(iter(self.inputs.values())).shape[1])

    def forced(self, dtype: Any) -> ByPlace:
        """What takes the place of outputs on the feedback wires, in the precision of the states."""
        return {k: np.ascontiguousarray(y, dtype=dtype) for k, y in self.taught.items()}

    @property
    def ends(self) -> np.ndarray:
        """The last row (batch,) of each series."""
        steps, batch = next(iter(self.inputs.values())).shape[:2]
        return np.full(batch, steps - 1) if self.alive is None else self.alive.sum(axis=0) - 1


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
