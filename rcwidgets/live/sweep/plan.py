"""A sweep of a document before it runs: what was asked, checked in words, with the data as the experiment prepares them."""

import os
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from rcwidgets.core.datasets.reader.notes import said_elsewhere
from rcwidgets.core.document.document import Document
from rcwidgets.core.parts.parts import is_executor
from rcwidgets.core.parts.store import Store
from rcwidgets.core.short import in_short
from rcwidgets.core.tasks import Series, TaskData
from rcwidgets.core.trainers.base import AbstractTrainer
from rcwidgets.core.trainers.gradient.settings import BPTTSettings
from rcwidgets.core.trainers.lanes.runs import GROUP
from rcwidgets.core.trainers.lanes.settings import live_knobs
from rcwidgets.core.trainers.streaming import stretch_length
from rcwidgets.core.trainers.sweep.job import check_plain
from rcwidgets.core.trainers.sweep.metric import Measure
from rcwidgets.core.trainers.sweep.sweep import CHUNK, METRICS, Sweep, SweepMetric, check_seeds, metric_named, sweep_parts
from rcwidgets.core.trainers.table import RUNNERS
from rcwidgets.live.stages.prepared import Prepared, StageCache

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from distributed import Client

MOST = 2500  # settings: of more no map could be read
LONG = 4  # stretches of the scan, of some 15 ms, from which on a run is looked at with one group of lanes, not with several


class SweepError(ValueError):
    """A sweep that cannot be, in words.

    `field` is the part of what was asked that is wrong: "knobs", "seeds", "metric", "executor", "store", or "" for none.
    """

    def __init__(self, words: str, field: str = "") -> None:
        super().__init__(words)
        self.field = field


@dataclass(frozen=True)
class Place:
    """Where a sweep is done: by the workers of `executor`, or here where it is None; `store` is the file that keeps its results."""

    executor: "Executor | Client | None" = None
    store: str | os.PathLike[str] | None = None


HERE = Place()


@in_short
@dataclass(frozen=True, eq=False)
class Plan:
    """A sweep that can run: the `document`, the sweep when nothing of it is known (`empty`), and where it is done.

    `parts(checkpoint=..., heard=...)` yields what is known so far, each time that some runs are done; see `sweep_parts` for both.
    """

    document: Document
    empty: Sweep
    parts: partial[Generator[Sweep, None, None]]
    place: Place


def plan_of(
    document: Document,
    own: Series | None,
    knobs: Mapping[str, Any],
    seeds: Sequence[int] | None = None,
    metric: SweepMetric = "nrmse",
    functions: Mapping[str, Any] | None = None,
    place: Place = HERE,
) -> Plan:
    """The plan of a sweep of a document over one or two of its live knobs; what cannot be swept is a ValueError in words.

    `knobs` are values by name, as `rc.sweep` takes them. `seeds` are whole numbers; None is the trainer's own. `metric` is one of nrmse,
    nmse, rmse, mse, the last two in the data's own units, or a function (predictions, targets) -> number of normalised rows. `functions`
    are the user's own ones of the trainer, which cannot go to another `place` than here.
    """
    settings = document.trainer
    values = _read_knobs(document, knobs)
    drawn = _read_seeds(document, seeds)
    cache = StageCache(own, functions)
    ready = Prepared(cache, document)
    data, exits = ready.data, [ready.program.names[k] for k in ready.program.exits]
    if len(exits) > 1:
        raise SweepError(f"A sweep measures one output, the model has {', '.join(exits)}. Leave the others out of the model.")
    taught = (
        {} if settings.iterative or not ready.forced else ready.taught().taught
    )  # ridge regression has its targets on the feedback wires from the first row on
    asked = settings.in_experiment if isinstance(settings, BPTTSettings) else settings
    trainer: AbstractTrainer = RUNNERS[settings.kind].trainer(ready.graph, **asked.knobs | cache.functions_of(settings))
    learned, tested = slice(data.warmup, data.test_start), slice(data.test_start, data.end)
    long = not data.several and data.end > LONG * stretch_length(ready.program)
    measure = _in_units(metric, data)
    _check_place(place, trainer, measure)
    warmup: Any = data.inputs[: data.warmup] if data.warmup else None
    fitted: Any = [data.inputs[learned], data.targets[learned]]
    later: Any = [data.inputs[tested], data.targets[tested]]
    if data.several:
        (x, y), later = data.pairs(slice(0, data.trained)), list(data.pairs(slice(data.trained, len(data.names))))
        fitted, skipped = [x, y], 0 if data.classes else data.washed
        if skipped and not settings.gradient:
            warmup, fitted = np.stack([one[:skipped] for one in x]), [[one[skipped:] for one in part] for part in (x, y)]
        if skipped:
            measure = _counted(measure, later[1], skipped)
    parts = partial(
        _quietly,
        trainer,
        fitted,
        values,
        warmup=warmup,
        forced={
            ready.program.names[k]: np.swapaxes(one[: data.washed], 0, 1) if data.several else one[: data.warmup, 0]
            for k, one in taught.items()
        },  # what feedback wires deliver during the warm-up
        test=later,
        apart=data.several,
        seeds=drawn,
        metric=measure,
        gaps="error" if data.known is None else "drop",
        runs=1 if settings.gradient else _runs_at_once(values, settings.iterative, long),
        executor=place.executor,
        store=place.store,
    )
    shape = (*(len(axis) for axis in values.values()), len(drawn))
    return Plan(document, Sweep(values, drawn, measure.name, np.full(shape, np.nan)), parts, place)


def _quietly(*given: Any, **options: Any) -> Generator[Sweep, None, None]:
    """A sweep whose rows without a target are told in the table of metrics."""
    parts = sweep_parts(*given, **options)
    while True:
        with said_elsewhere():
            found = next(parts, None)
        if found is None:
            return
        yield found


def _runs_at_once(knobs: Mapping[str, np.ndarray], iterative: bool, long: bool) -> int:
    """How many runs make a part: about those of one product, or of several where they are short, in equal parts of all.

    A part of another size would compile anew. Lanes that learn step by step cannot share a run: all of them count.
    """
    runs, lanes = (prod(len(values) for name, values in knobs.items() if ("." in name) is own) for own in (True, False))
    usual = max(1, GROUP // lanes) if iterative else GROUP if long else CHUNK
    return -(-runs // max(1, round(runs / usual)))


def _read_knobs(document: Document, knobs: Mapping[str, Any]) -> dict[str, np.ndarray]:
    if not isinstance(knobs, Mapping) or not 1 <= len(knobs) <= 2:
        raise SweepError(f"Experiment.sweep takes one or two knobs, as {{'reservoir.leak_rate': values}}, got {knobs!r}.", "knobs")
    live = live_knobs(document.graph.used(), document.trainer)
    values: dict[str, np.ndarray] = {}
    for name, given in knobs.items():
        if name not in live:
            raise SweepError(f"A sweep turns live knobs, got {name!r}. The live ones: {', '.join(live)}.", "knobs")
        where, known = live[name]
        if np.ndim(given) != 1 or len(given) == 0:
            raise SweepError(f"The values of {name} must be an array (values,), got the shape {np.shape(given)}.", "knobs")
        try:
            values[name] = np.array([known.check(where, value) for value in given], np.float64)
        except (ValueError, TypeError) as error:
            raise SweepError(str(error), "knobs") from error
    count = prod(len(axis) for axis in values.values())
    if count > MOST:
        raise SweepError(f"A sweep here has at most {MOST:,} settings, got {count:,}. Take fewer values, or rc.sweep.", "knobs")
    return values


def _read_seeds(document: Document, seeds: Sequence[int] | None) -> tuple[int, ...]:
    given = (cast(int, document.trainer.knobs["seed"]),) if seeds is None else tuple(seeds)
    try:
        for seed in given:
            replace(document.trainer, seed=seed)  # type: ignore[call-arg]  # every trainer has one
        check_seeds(document.graph.used(), given)
    except (ValueError, TypeError) as error:
        raise SweepError(str(error), "seeds") from error
    return given


def _check_place(place: Place, trainer: AbstractTrainer, measure: Measure) -> None:
    """Refuses in words what cannot be done there: what is no executor, code that does not travel, and a file that is no store."""
    if place.executor is not None and not is_executor(place.executor):
        words = "a dask.distributed.Client or a concurrent.futures.Executor"
        raise SweepError(f"Experiment.sweep.executor must be {words}, got {type(place.executor).__name__}.", "executor")
    if place == HERE:
        return
    try:
        check_plain(trainer)
    except (ValueError, TypeError) as error:
        raise SweepError(str(error), "executor") from error
    try:
        measure.plain()
    except ValueError as error:
        raise SweepError(str(error), "metric") from error
    if place.store is not None:
        try:
            Store(Path(place.store)).close()
        except (ValueError, OSError) as error:
            raise SweepError(str(error), "store") from error


def _counted(measure: Measure, test: Sequence[np.ndarray], skipped: int) -> Measure:
    """The metric of the rows of several test series that are no warm-up; of all rows of others."""
    return replace(measure, counted=np.concatenate([np.arange(len(one)) >= skipped for one in test]))


def _in_units(metric: SweepMetric, data: TaskData) -> Measure:
    """The metric, where it has the unit of the data of rows in that unit."""
    try:
        _, measure = metric_named(metric)
    except ValueError as error:
        raise SweepError(str(error), "metric") from error
    return Measure(metric, scale=data.scale if measure in (METRICS["rmse"], METRICS["mse"]) else None)
