"""Learning from a series that is read block by block: what a stretch of steps leaves, the next one starts from."""

from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple, Protocol

import numpy as np

from rcwidgets.core import long_series
from rcwidgets.core.backend import precision
from rcwidgets.core.long_series import LongSeries, Progress, opened, recut
from rcwidgets.core.model import program as programs
from rcwidgets.core.model.prediction import begun
from rcwidgets.core.model.program import Program, State
from rcwidgets.core.model.snapshot import Snapshot
from rcwidgets.core.spec.knobs import Spec
from rcwidgets.core.trainers.gaps import TargetGaps, tell_left_out
from rcwidgets.core.trainers.online.learning import InBlocks, Learned, Rule, check_learned, learn, mean_squares, readouts_with, weights_of
from rcwidgets.core.trainers.pairs import Pairs

WORK = 1 << 25  # square of a readout's features times steps of one stretch: a quarter of a second with eight lanes of least squares
MOST_STEPS = 8192  # of one stretch
SHORTEST = 64


class Learner(Protocol):
    """What a trainer that learns at every step tells of itself."""

    forces: ClassVar[bool]
    advice: ClassVar[str]

    @property
    def settings(self) -> Spec: ...

    @property
    def dtype(self) -> np.dtype: ...

    @property
    def rule(self) -> Rule: ...

    def pairs(
        self, held: Snapshot, data: Any, *, reset: bool = ..., gaps: TargetGaps = ..., part: bool = ...
    ) -> tuple[Snapshot, Pairs]: ...

    def known(self, settings: Any, held: Snapshot, name: str) -> Learned: ...

    def knob(self, settings: Any, /) -> float: ...


class LongFit(NamedTuple):
    """What a trainer holds after the series, and the mean loss of each stretch of it."""

    held: Snapshot
    losses: np.ndarray


def stretch_of(program: Program) -> int:
    """How many steps one stretch of learning has at most, so that a run can be given up between two of them: a multiple of 64."""
    features = max(program.taken(k)[0] for k in program.trained)
    return int(min(max(WORK / features**2, SHORTEST), MOST_STEPS)) // SHORTEST * SHORTEST


def learn_blocks(trainer: Learner, before: Snapshot, source: LongSeries, gaps: TargetGaps, progress: Progress | None) -> LongFit:
    """What a trainer that held `before` holds after the rows of a series. Nothing is larger than a block of it.

    Stretches end where the blocks of steps of a rule do (`InBlocks`), so the numbers are those of all rows at once, bit for bit.
    """
    first, blocks = opened(source)
    held, pairs = trainer.pairs(before, first, gaps=gaps, part=True)
    program, params, knob = pairs.program, programs.in_order(pairs.program, held.params), trainer.knob(trainer.settings)
    length = stretch_of(program)
    assert not isinstance(trainer.rule, InBlocks) or length % trainer.rule.steps == 0
    state = begun(program, held.params, held.state, pairs.batch, trainer.dtype)
    learned: Mapping[int, Learned] = {k: trainer.known(trainer.settings, held, program.names[k]) for k in program.trained}
    width = max(one.size // one.shape[-2] for one in first)
    losses: list[float] = []
    ends: dict[int, Any] = {}
    rows = 0
    for start, block in recut(blocks, length * max(1, long_series.BLOCK // (length * width))):
        held, pairs = trainer.pairs(held._replace(state=state), block, gaps=gaps, part=True)
        taught = {} if trainer.forces else pairs.forced(trainer.dtype)
        rows = start + block[0].shape[-2]
        for cut in stretches_of(rows - start, length):
            given, wanted, fed = ({k: one[cut] for k, one in own.items()} for own in (pairs.inputs, pairs.targets, taught))
            counted = {k: None if one is None else one[cut] for k, one in pairs.counted.items()}
            aims = {k: np.ascontiguousarray(one, dtype=np.float64) for k, one in wanted.items()}
            with precision(np.float64):
                state, learned, ends, errors, _ = learn(
                    program, params, learned, state, given, aims, None, counted, knob, trainer.rule, fed
                )
            losses.append(_loss(trainer, program, learned, errors, counted, gaps, start + cut.start))
        if progress is not None:
            progress(rows, source.rows)
    for k in program.trained:
        tell_left_out(program.names[k], source.missing, rows * pairs.batch, depth=5)
    return LongFit(kept(held, pairs, state, learned, ends, trainer), np.array(losses))


def stretches_of(rows: int, length: int) -> list[slice]:
    """Slices of `length` rows, the last one of what is left."""
    return [slice(start, min(start + length, rows)) for start in range(0, rows, length)]


def _loss(trainer: Learner, program: Program, learned: Any, errors: Any, counted: Any, gaps: TargetGaps, first: int) -> float:
    """The mean loss of a stretch that begins at row `first`; one that diverged is the error that says where."""
    total = np.zeros(())
    for k, error in errors.items():
        loss = mean_squares(error, counted[k])
        check_learned(program.names[k], learned[k], loss, trainer.advice, first=first)
        total = total + loss
    told = total / readouts_with(counted, len(total), gaps=gaps)
    told = told[~np.isnan(told)]
    return float(told.mean()) if told.size else float("nan")


def kept(held: Snapshot, pairs: Pairs, state: State, learned: Any, ends: Mapping[int, Any], trainer: Learner) -> Snapshot:
    """What a trainer holds after it has learned: weights, memory, state, and the outputs from which a closed loop starts."""
    program = pairs.program
    memory = {program.names[k]: {key: np.asarray(value) for key, value in own.items()} for k, own in learned.items()}
    weights = {name: weights_of(own, trainer.dtype) for name, own in memory.items()}
    own = {program.names[k]: np.asarray(y) for k, y in ends.items() if k in program.exits and k not in program.once}
    return held._replace(params=held.params | weights, state=state, last=own if trainer.forces else pairs.last, memory=held.memory | memory)
