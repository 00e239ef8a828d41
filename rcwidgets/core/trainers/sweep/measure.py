"""The held-out errors of some settings of a trainer, by the way that costs least: in one pass, in lanes, or one after another."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from rcwidgets.core.model.prediction import inputs_of
from rcwidgets.core.series import is_list
from rcwidgets.core.trainers.base import AbstractTrainer
from rcwidgets.core.trainers.closed_form.one_pass import Cut, Trial, cut_of, in_one_pass, tried
from rcwidgets.core.trainers.closed_form.ridge import RidgeTrainer
from rcwidgets.core.trainers.gaps import TargetGaps
from rcwidgets.core.trainers.gradient.bptt import BPTT
from rcwidgets.core.trainers.gradient.lanes import BPTTLanes
from rcwidgets.core.trainers.lanes.lanes import Lanes
from rcwidgets.core.trainers.lanes.settings import LaneSettings
from rcwidgets.core.trainers.pairs import Pairs


class Rows(NamedTuple):
    """The rows of one measurement: inputs that warm up, the series `forced` on feedback wires meanwhile, [x, y] to fit and to measure.

    What is measured follows the fit, or with `apart` it starts from rest. With gaps="drop" rows of targets that are NaN count in neither.
    """

    warmup: Any
    forced: Mapping[str, Any] | None
    train: Sequence[Any]
    later: Sequence[Any]
    apart: bool
    gaps: TargetGaps = "error"


class Ready(NamedTuple):
    """A trainer with its weights, sized by the rows, and what all lanes are tried on in one pass; None where that takes more than one."""

    one: Any
    trial: Trial | None


def prepared(trainer: AbstractTrainer, seed: int, rows: Rows, checkpoint: Callable[[], None] = lambda: None) -> Ready:
    """The trainer with another seed, ready to measure lanes; its weights are drawn once for all of them."""
    one: Any = trainer.anew(seed)
    if isinstance(trainer, BPTT):
        return Ready(one, None)  # its lanes draw weights of their own
    one.held, pairs = one.pairs(one.held, rows.train, gaps=rows.gaps)
    return Ready(one, _trial(one, pairs, rows, checkpoint))


class Portion(NamedTuple):
    """Lanes that are measured together, and of what size their groups are; None where the way that they go knows but one."""

    lanes: np.ndarray
    size: int | None


def portions(ready: Ready, flat: Mapping[str, np.ndarray], runs: int) -> list[Portion]:
    """All lanes in the portions that `measured` yields: alone, each gives the bits that it gives among the others."""
    if isinstance(ready.one, BPTT):
        return [Portion(lanes, None) for lanes in _split(flat, runs)]
    settings = LaneSettings.read(ready.one.model, ready.one.settings, flat)
    if ready.trial is None:
        return [Portion(lanes, None) for lanes in _chunks(settings, runs)]
    size = cut_of(ready.trial, len(settings.distinct()[0])).size
    return [Portion(lanes, size) for lanes in _chunks(settings, size)]


def measured(
    ready: Ready,
    flat: Mapping[str, np.ndarray],
    rows: Rows,
    measure: Any,
    runs: int,
    *,
    checkpoint: Callable[[], None] = lambda: None,
    cut: Cut | None = None,
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """The lanes with the knobs `flat` (lanes,) and their errors, part by part; `cut` is how those of one pass are grouped."""

    def some(lanes: np.ndarray) -> dict[str, np.ndarray]:
        return {key: values[lanes] for key, values in flat.items()}

    one, trial = ready
    if isinstance(one, BPTT):
        for lanes in _split(flat, runs):
            yield lanes, _descended(one.anew(one.settings.seed), some(lanes), rows, measure, checkpoint)
        return

    def chunk(lanes: np.ndarray) -> np.ndarray:
        return _errors(one, some(lanes), rows, measure, checkpoint)

    settings = LaneSettings.read(one.model, one.settings, flat)
    if trial is not None:
        yield from _tried(trial, settings, rows.later, measure, chunk, cut)
    else:
        yield from ((lanes, chunk(lanes)) for lanes in _chunks(settings, runs))


def alone(trainer: AbstractTrainer, rows: Rows, measure: Any) -> float:
    """The error of a trainer as it is, where lanes of it cannot differ in anything; inf where it diverges."""
    one: Any = trainer.anew(trainer.seed)
    try:
        if rows.warmup is not None:
            one.predict(rows.warmup, forced=rows.forced)
        predicted = one.fit(rows.train, gaps=rows.gaps).predict(rows.later[0], reset=rows.apart)
    except FloatingPointError:
        return float("inf")
    told = np.concatenate(predicted) if isinstance(predicted, list) else np.asarray(predicted)
    return float(measure(told, _targets(rows.later).reshape(told.shape)))


def _split(flat: Mapping[str, np.ndarray], runs: int) -> list[np.ndarray]:
    """Lanes of BPTT in nearly equal parts of at most so many."""
    count = len(next(iter(flat.values())))
    return np.array_split(np.arange(count), -(-count // runs))


def _errors(trainer: AbstractTrainer, knobs: dict[str, np.ndarray], rows: Rows, measure: Any, checkpoint: Any) -> np.ndarray:
    """The errors of some lanes; where one diverges, each is run again alone, and those that diverge have the error inf."""
    count = len(next(iter(knobs.values())))
    lanes = Lanes(trainer, knobs, checkpoint=checkpoint)
    try:
        if rows.warmup is not None:
            lanes.predict(rows.warmup, forced=rows.forced)
        predicted = lanes.fit(rows.train, gaps=rows.gaps).predict(rows.later[0], reset=rows.apart)
    except FloatingPointError:
        if count == 1:
            return np.array([np.inf])
        alone = [{name: values[[lane]] for name, values in knobs.items()} for lane in range(count)]
        return np.concatenate([_errors(trainer, part, rows, measure, checkpoint) for part in alone])
    targets = _targets(rows.later)
    if isinstance(predicted, list):
        predicted = np.concatenate(predicted, axis=1)
    return np.array([measure(one, targets.reshape(one.shape)) for one in np.asarray(predicted)])


def _targets(data: Sequence[Any]) -> np.ndarray:
    """The targets of the one output, series after series."""
    y = data[1]
    y = list(y.values())[-1] if isinstance(y, Mapping) else y
    return np.concatenate([np.asarray(one) for one in y]) if is_list(y) else np.asarray(y)


def _descended(trainer: BPTT, knobs: dict[str, np.ndarray], rows: Rows, measure: Any, checkpoint: Callable[[], None]) -> np.ndarray:
    """The errors of some lanes of BPTT; those that diverge have the error inf."""
    (x, y), (later, _) = rows.train, rows.later
    lanes = BPTTLanes(trainer, knobs, checkpoint=checkpoint).fit((x, y), gaps=rows.gaps)
    before = [part for part in (rows.warmup, x) if part is not None]
    errors = []
    for one, finite in zip(lanes, lanes.finite, strict=True):
        checkpoint()
        try:
            if not rows.apart and all(not is_list(part) and np.ndim(part) == 2 for part in (*before, later)):
                one.predict(np.concatenate(before))
            told = one.predict(later)
            predicted = np.concatenate(told) if isinstance(told, list) else np.asarray(told)
        except FloatingPointError:
            finite = False
        errors.append(measure(predicted, _targets(rows.later).reshape(predicted.shape)) if finite else np.inf)
    return np.array(errors)


def _trial(one: Any, pairs: Pairs, rows: Rows, checkpoint: Callable[[], None]) -> Trial | None:
    """What the lanes can be tried on in one pass, or None where that takes more than one."""
    warmup, (x, y), (later, wanted) = rows.warmup, rows.train, rows.later
    series = [part for part in (warmup, x, y, later, wanted) if part is not None]
    flat = not rows.apart and all(not isinstance(part, Mapping) and not is_list(part) and np.ndim(part) == 2 for part in series)
    simple = isinstance(one, RidgeTrainer) and one.settings.selection == "fixed" and in_one_pass(pairs.program)
    if not (flat and simple and rows.forced is None and all(mask is None for mask in pairs.counted.values())):
        return None
    inputs = np.concatenate([part for part in (warmup, x, later) if part is not None])
    start = 0 if warmup is None else len(warmup)
    targets = pairs.targets[pairs.program.trained[0]][:, 0]
    train = slice(start, start + len(targets))
    beta, penalize = one.settings.beta, one.settings.penalize_bias
    given = inputs_of(pairs.program, inputs, one.dtype)
    return Trial(pairs.program, one.held.params, given, targets, train, beta, penalize, one.dtype, checkpoint)


def _tried(
    trial: Trial, settings: LaneSettings, test: Any, measure: Any, chunk: Callable[[np.ndarray], np.ndarray], cut: Cut | None
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Lanes and their errors, group by group; a beta that is too small for one pass is left to `chunk`."""
    targets = np.asarray(test[1])
    for group in tried(trial, settings, cut=cut):
        done = [one for one in group if one.diverged or one.readout is not None]
        left = np.array([one.lane for one in group if not one.diverged and one.readout is None], int)
        if done:
            errors = [np.inf if one.diverged else measure(one.forecast, targets.reshape(one.forecast.shape)) for one in done]
            yield np.array([one.lane for one in done]), np.array(errors)
        if len(left):
            yield left, chunk(left)


def _chunks(settings: LaneSettings, size: int) -> Iterator[np.ndarray]:
    """The lanes in parts of `size` runs: lanes that share a run stay together."""
    runs, run = settings.distinct()
    for start in range(0, len(runs), size):
        yield np.flatnonzero((run >= start) & (run < start + size))
