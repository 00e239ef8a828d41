"""What every trainer does with its data before it learns, and what the knobs of all that a document can name have in common."""

from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike

from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.graph.needs import memory_problem
from rcwidgets.core.model.prediction import ByPlace, inputs_of
from rcwidgets.core.model.runner import RNNRunner
from rcwidgets.core.model.snapshot import Snapshot
from rcwidgets.core.series import Data, by_node, is_flat, lengths_of, living, same_lengths
from rcwidgets.core.spec.knobs import Setting, Spec
from rcwidgets.core.trainers.gaps import TargetGaps, check_gaps, filled, left_out, with_targets
from rcwidgets.core.trainers.pairs import Pairs
from rcwidgets.core.trainers.pull import pull_back

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
    def idle(self) -> tuple[str, ...]:
        """The knobs that do nothing at these settings."""
        return ()

    @property
    def precision(self) -> str:
        """The word for the precision of the states."""
        return str(self.knobs["dtype"])

    @property
    def learning(self) -> str:
        """The precision of what an online trainer learns: float64, unless float32 is asked for."""
        return "float32" if self.precision == "float32" else "float64"


class AbstractTrainer(RNNRunner):
    """A runner that fits the trainable nodes of its model."""

    settings: Spec
    few_rows: ClassVar[bool] = False  # looks for itself whether its memory suffices, as fewer rows than signals take less

    def options(self) -> Spec:
        return self.settings

    def anew(self, seed: int) -> Self:
        """A trainer like this one that has learned nothing, with another seed."""
        return self._made(self.model, {**self.settings.knobs, "seed": seed})

    def turned(self, model: Graph, knobs: Mapping[str, Setting]) -> Self:
        """A trainer like this one that has learned nothing, of another model and with other knobs of its own."""
        return self._made(model, {**self.settings.knobs, **knobs})

    def _made(self, model: Graph, knobs: Mapping[str, Any]) -> Self:
        return type(self)(model, **knobs, parallel=self.parallel)

    def detached(self, model: Graph, settings: Spec, held: Snapshot) -> Self:
        """A trainer like this one, with another model of the same structure, other settings, and what it is to hold."""
        made = copy(self)
        made.model, made.settings, made.held, made.mon = model, settings, held, {}
        return made

    def forgotten(self, held: Snapshot) -> Snapshot:
        """What it would hold before it has learned step by step: the same, where it does not."""
        return held

    def pairs(
        self,
        held: Snapshot,
        data: Sequence[Data] | Iterator[Sequence[ArrayLike]],
        *,
        reset: bool = False,
        gaps: TargetGaps = "error",
        part: bool = False,
    ) -> tuple[Snapshot, Pairs]:
        """What the trainer would hold once it is sized by the data [x, y], and the inputs and targets. Changes nothing.

        Targets of nodes after a readout are pulled back to it, see `pull_back`. Where other signals count in that, they run from the state
        that is held, or with `reset` from rest. With gaps="drop" rows of targets that are NaN or masked do not count, and a
        DataWarning says how many these are; not of a `part` of a series, where all rows may be like that.
        """
        check_gaps(f"{type(self).__name__}.fit", gaps)
        if not isinstance(data, list | tuple) or len(data) != 2:
            raise TypeError(f"{type(self).__name__}.fit takes [x, y], got {type(data).__name__}.")
        x, y = data
        y, marks = filled(y) if gaps == "drop" else (y, None)
        first = not held.ready
        held = self.sized(held, x, y)._replace(flat=is_flat(x))
        program = held.program
        assert program is not None and held.sized is not None
        if not program.trained:
            raise ValueError("There is nothing to train. Add a LinearReadout (trainable=True) to the model.")
        too_large = None if self.few_rows else memory_problem(held.sized)
        if too_large:
            raise ValueError(too_large.text)
        later = program.after(program.trained)
        untaught = next((k for k in program.fed_back if k in program.once and k in later), None)
        if untaught is not None and not self.forces:
            raise ValueError(
                f"{program.names[untaught]} feeds back, but has a target only at the end of a series: none can take its place before that. "
                "Take that wire away, or train by FORCELearning or BPTT."
            )
        inputs, lengths = inputs_of(program, x, self.dtype), lengths_of(x)
        steps, batch = next(iter(inputs.values())).shape[:2]
        alive = living(lengths, steps)
        told, counted = ByPlace(), dict[int, np.ndarray | None]()
        once = {program.names[k] for k in program.once}
        ends = np.full(batch, steps - 1) if alive is None else alive.sum(axis=0) - 1
        wants = self.targets_of(held.sized, y)
        missing = {} if marks is None else by_node(marks, wants, "y", once)
        for name, given in by_node(y, wants, "y", once).items():
            k = program.names.index(name)
            theirs = y[name] if isinstance(y, Mapping) else y
            rows, wanted = ((1, len(given)), (1, batch)) if name in once else (given.shape[1::-1], (steps, batch))
            if rows != wanted or (name not in once and not same_lengths(lengths_of(theirs), lengths)):
                if name in once:
                    raise ValueError(f"y must have one row for each series of x, got {rows[1]} rows for {wanted[1]} series.")
                advice = " Time comes before features: give y.transpose(0, 2, 1)." if (given.shape[-1], rows[1]) == wanted else ""
                words = f"x and y must have the same rows, got (time, batch) {wanted} for x and {rows} for y.{advice}"
                raise ValueError("y must be a list of series as long as those of x." if rows == wanted else words)
            if name in once:
                at_end, there = np.zeros((steps, batch, given.shape[-1])), np.zeros((steps, batch), bool)
                at_end[ends, np.arange(batch)] = given
                whole = left_out(name, missing[name][None], np.ones((batch, 1), bool))[:, 0] if name in missing else True
                there[ends, np.arange(batch)] = whole
                told[k], counted[k] = at_end, there
            else:
                told[k], counted[k] = np.swapaxes(given, 0, 1), alive
                if name in missing and missing[name].any():
                    known = np.ones((steps, batch), bool) if alive is None else alive
                    counted[k] = with_targets(missing[name], known) if part else left_out(name, missing[name], known)
        start = None if reset else held.state
        pairs = pull_back(program, held.params, start, inputs, told, counted, alive, self.dtype, forces=self.forces, tells=first)
        return held, pairs
