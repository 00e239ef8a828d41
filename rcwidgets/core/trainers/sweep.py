"""The error of a trainer over a grid of settings and seeds."""

import itertools
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from rcwidgets.core import metrics
from rcwidgets.core.algebra.path import fitted_rows
from rcwidgets.core.graph import Graph
from rcwidgets.core.series import is_list
from rcwidgets.core.trainers.base import AbstractTrainer, Pairs
from rcwidgets.core.trainers.bptt import BPTT
from rcwidgets.core.trainers.bptt_lanes import BPTTLanes
from rcwidgets.core.trainers.lane_runs import GROUP
from rcwidgets.core.trainers.lane_settings import LaneSettings
from rcwidgets.core.trainers.lanes import Lanes
from rcwidgets.core.trainers.ridge import RidgeTrainer
from rcwidgets.core.trainers.trial import Trial, in_one_pass, tried

CHUNK = 4 * GROUP  # runs between two results: one group is solved while the next is scanned

METRICS: dict[str, Callable[[Any, Any], float]] = {
    "nrmse": metrics.nrmse,
    "nmse": metrics.nmse,
    "rmse": metrics.rmse,
    "mse": metrics.mse,
}


@dataclass(frozen=True, eq=False)
class Sweep:
    """Errors on the test rows, with one axis for each knob, in the order of `knobs`, and a last one for the seeds.

    `knobs` are the values by name. An error is inf where the run diverged, and NaN where it is not known yet.
    """

    knobs: dict[str, np.ndarray]
    seeds: tuple[int, ...]
    metric: str
    errors: np.ndarray

    @property
    def best(self) -> dict[str, float]:
        """The setting with the least median error over the seeds, among those whose errors are all known."""
        over_seeds = np.median(self.errors, axis=-1)
        if np.isnan(over_seeds).all():
            raise ValueError("Sweep.errors must hold a setting whose errors are known for all seeds, got none. Let the sweep run on.")
        place = np.unravel_index(np.nanargmin(over_seeds), over_seeds.shape)
        return {name: float(values[k]) for k, (name, values) in zip(place, self.knobs.items(), strict=True)}

    def to_frame(self) -> Any:
        """A pandas data frame with a row for each setting and seed."""
        import pandas as pd

        axes = np.meshgrid(*self.knobs.values(), np.array(self.seeds), indexing="ij")
        columns = {name: axis.reshape(-1) for name, axis in zip([*self.knobs, "seed"], axes, strict=True)}
        return pd.DataFrame({**columns, self.metric: self.errors.reshape(-1)})


def sweep(
    trainer: AbstractTrainer,
    data: Sequence[Any],
    knobs: Mapping[str, Any],
    *,
    warmup: Any = None,
    forced: Mapping[str, Any] | None = None,
    test: Sequence[Any] | None = None,
    seeds: Sequence[int] = (0,),
    metric: str | Callable[[Any, Any], float] = "nrmse",
) -> Sweep:
    """Fits all combinations of the knobs' values, for each seed, side by side in lanes, and measures them on the test rows.

    `knobs` are values by name, as `Lanes` takes them: {"reservoir.spectral_radius": values, "beta": values}. `data` and `test` are [x, y];
    without `test` it is the last fifth of the rows of `data`. Each setting starts from rest, runs over the inputs `warmup` (with the
    series `forced`, by node name, on its feedback wires), is fitted, and predicts the test, which follows the data. With BPTT each setting
    learns first; then it runs over `warmup` and the data, where these are one series, and predicts the test. `metric` is one of nrmse,
    nmse, rmse, mse or a function (predictions, targets) -> number.

    >>> from rcwidgets.core.nodes import Input, LinearReadout, Reservoir
    >>> from rcwidgets.core.trainers.ridge import RidgeTrainer
    >>> x = np.sin(np.arange(300) / 5)[:, None]
    >>> trainer = RidgeTrainer(Input(1) >> Reservoir(50) >> LinearReadout(1))
    >>> sweep(trainer, [x[:-1], x[1:]], {"reservoir.leak_rate": [0.3, 1.0], "beta": [1e-6, 1.0]}, seeds=(0, 1)).errors.shape
    (2, 2, 2)
    """
    return deque(sweep_parts(trainer, data, knobs, warmup=warmup, forced=forced, test=test, seeds=seeds, metric=metric), maxlen=1).pop()


def sweep_parts(
    trainer: AbstractTrainer,
    data: Sequence[Any],
    knobs: Mapping[str, Any],
    *,
    warmup: Any = None,
    forced: Mapping[str, Any] | None = None,
    test: Sequence[Any] | None = None,
    seeds: Sequence[int] = (0,),
    metric: str | Callable[[Any, Any], float] = "nrmse",
    checkpoint: Callable[[], None] = lambda: None,
    runs: int = CHUNK,
) -> Iterator[Sweep]:
    """What `sweep` knows so far, each time that a chunk of `runs` is done; `checkpoint` is called between stretches, and may raise."""
    name, measure = metric_named(metric)
    train, held_out = _split(data) if test is None else (data, test)
    axes = {key: np.asarray(values, np.float64).reshape(-1) for key, values in knobs.items()}
    grid = np.array(list(itertools.product(*axes.values())))
    flat = dict(zip(axes, grid.T, strict=True))
    LaneSettings.read(trainer.model, trainer.settings, flat)
    check_seeds(trainer.model, seeds)
    errors = np.full((len(grid), len(seeds)), np.nan)
    shape = tuple(len(values) for values in axes.values())
    for column, seed in enumerate(seeds):
        if isinstance(trainer, BPTT):
            for lanes in np.array_split(np.arange(len(grid)), -(-len(grid) // runs)):
                part = {key: values[lanes] for key, values in flat.items()}
                errors[lanes, column] = _descended(trainer.anew(seed), part, warmup, train, held_out, measure, checkpoint)
                yield Sweep(axes, tuple(seeds), name, errors.reshape(*shape, len(seeds)).copy())
            continue
        one = type(trainer)(trainer.model, **replace(trainer.settings, seed=seed).knobs)  # type: ignore[type-var]
        pairs = one._pairs(train)  # sizes the model and draws the weights, once for all lanes
        trial = None if forced is not None else _trial(one, pairs, warmup, train, held_out, checkpoint)

        def chunk(lanes: np.ndarray, one: AbstractTrainer = one) -> np.ndarray:
            part = {key: values[lanes] for key, values in flat.items()}
            return _errors(one, part, (warmup, forced), train, held_out, measure, checkpoint)

        settings = LaneSettings.read(one.model, one.settings, flat)
        by_chunks = ((lanes, chunk(lanes)) for lanes in _chunks(settings, runs))
        for lanes, known in by_chunks if trial is None else _tried(trial, settings, held_out, measure, chunk):
            errors[lanes, column] = known
            yield Sweep(axes, tuple(seeds), name, errors.reshape(*shape, len(seeds)).copy())


def _errors(
    trainer: AbstractTrainer, knobs: dict[str, np.ndarray], before: Any, train: Any, test: Any, measure: Any, checkpoint: Any
) -> np.ndarray:
    """The errors of some lanes; where one diverges, each is run again alone, and those that diverge have the error inf."""
    count = len(next(iter(knobs.values())))
    lanes = Lanes(trainer, knobs, checkpoint=checkpoint)
    try:
        warmup, forced = before
        if warmup is not None:
            lanes.predict(warmup, forced=forced)
        predicted = lanes.fit(train).predict(test[0])
    except FloatingPointError:
        if count == 1:
            return np.array([np.inf])
        alone = [{name: values[[lane]] for name, values in knobs.items()} for lane in range(count)]
        return np.concatenate([_errors(trainer, part, before, train, test, measure, checkpoint) for part in alone])
    predicted = _single(predicted)
    if isinstance(predicted, list):
        targets = np.concatenate([np.asarray(one) for one in test[1]])
        predicted = np.concatenate(predicted, axis=1)
    else:
        targets = np.asarray(test[1])
    return np.array([measure(one, targets.reshape(one.shape)) for one in predicted])


def _single(predicted: Any) -> Any:
    """What the one output has predicted."""
    if isinstance(predicted, dict):
        raise ValueError(f"sweep measures one output, the model has {', '.join(predicted)}. Leave the others out of the model.")
    return predicted


def _descended(
    trainer: BPTT, knobs: dict[str, np.ndarray], warmup: Any, train: Any, test: Any, measure: Any, checkpoint: Callable[[], None]
) -> np.ndarray:
    """The errors of some lanes of BPTT; those that diverge have the error inf."""
    lanes = BPTTLanes(trainer, knobs, checkpoint=checkpoint).fit((train[0], train[1]))
    before = [part for part in (warmup, train[0]) if part is not None]
    errors = []
    for one, finite in zip(lanes, lanes.finite, strict=True):
        checkpoint()
        try:
            if all(not is_list(part) and np.ndim(part) == 2 for part in (*before, test[0])):
                one.predict(np.concatenate(before))
            predicted = _single(one.predict(test[0]))
        except FloatingPointError:
            finite = False
        errors.append(measure(predicted, np.asarray(test[1]).reshape(predicted.shape)) if finite else np.inf)
    return np.array(errors)


def _trial(one: Any, pairs: Pairs, warmup: Any, train: Any, test: Any, checkpoint: Callable[[], None]) -> Trial | None:
    """What the lanes can be tried on in one pass, or None where that takes more than one."""
    series = [part for part in (warmup, train[0], train[1], *test) if part is not None]
    flat = all(not isinstance(part, Mapping) and not is_list(part) and np.ndim(part) == 2 for part in series)
    if not (flat and isinstance(one, RidgeTrainer) and one.settings.selection == "fixed" and in_one_pass(pairs.program)):
        return None
    inputs = np.concatenate([part for part in (warmup, train[0], test[0]) if part is not None])
    start = 0 if warmup is None else len(warmup)
    targets = pairs.targets[pairs.program.trained[0]][:, 0]
    rows = slice(start, start + len(targets))
    beta, penalize = one.settings.beta, one.settings.penalize_bias
    return Trial(pairs.program, one._params, one._inputs(inputs), targets, rows, beta, penalize, one.dtype, checkpoint)


def _tried(
    trial: Trial, settings: LaneSettings, test: Any, measure: Any, chunk: Callable[[np.ndarray], np.ndarray]
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Lanes and their errors, group by group; a beta that is too small for one pass is left to `chunk`."""
    targets = np.asarray(test[1])
    for group in tried(trial, settings):
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


def _split(data: Sequence[Any]) -> tuple[Sequence[Any], Sequence[Any]]:
    if not isinstance(data, list | tuple) or len(data) != 2 or any(is_list(part) or isinstance(part, Mapping) for part in data):
        raise TypeError("sweep.data must be two arrays [x, y] where no test is given. Give test=[x, y] of its own.")
    x, y = (np.asarray(part) for part in data)
    cut = fitted_rows(x.shape[-2])
    return [x[..., :cut, :], y[..., :cut, :]], [x[..., cut:, :], y[..., cut:, :]]


def metric_named(metric: Any) -> tuple[str, Callable[[Any, Any], float]]:
    """The name of a metric and its function; anything else than a known name or a function is a ValueError."""
    if callable(metric):
        return getattr(metric, "__name__", "error"), metric
    if metric not in METRICS:
        raise ValueError(f"sweep.metric must be one of {', '.join(METRICS)} or a function, got {metric!r}.")
    return metric, METRICS[metric]


def check_seeds(model: Graph, seeds: Sequence[int]) -> None:
    """Raises a ValueError where there is no seed, or several that a node with a seed of its own would not hear of."""
    if not len(seeds):
        raise ValueError("sweep.seeds must hold a seed, got none.")
    own = [name for name, node in model.by_name().items() if getattr(node, "seed", None) is not None]
    if own and len(seeds) > 1:
        raise ValueError(f"sweep.seeds need nodes without a seed of their own, got one of {own[0]}. Leave its seed out.")
