"""The error of a trainer over a grid of settings and seeds: what is known of it, and the best setting."""

import itertools
import os
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.parts.engine import WorkersLostError
from rcwidgets.core.parts.parts import Heard, Parts
from rcwidgets.core.parts.store import Store
from rcwidgets.core.series import Data
from rcwidgets.core.trainers.base import AbstractTrainer
from rcwidgets.core.trainers.gaps import TargetGaps, check_gaps, open_gaps
from rcwidgets.core.trainers.lanes.runs import GROUP
from rcwidgets.core.trainers.lanes.settings import LaneSettings
from rcwidgets.core.trainers.sweep.course import Course, how_to_go_on
from rcwidgets.core.trainers.sweep.job import Job, work
from rcwidgets.core.trainers.sweep.metric import METRICS as METRICS
from rcwidgets.core.trainers.sweep.metric import Measure, SweepMetric
from rcwidgets.core.trainers.sweep.metric import metric_named as metric_named
from rcwidgets.core.trainers.sweep.metric import where_known as where_known

if TYPE_CHECKING:
    import pandas
    from distributed import Client


@dataclass(frozen=True, eq=False, repr=False)
class Sweep:
    """Errors on held-out rows of the training part, with one axis for each knob, in the order of `knobs`, and a last one for the seeds.

    `knobs` are the values by name. An error is inf where the run diverged, and NaN where it is not known yet. The held-out errors choose
    the setting (`best`); `test_errors` (seeds,) are those of the chosen setting alone, on the test rows, after a fit to the whole training
    part: NaN where they are not measured (yet). So nothing is chosen by the test rows.

    `stored` held-out errors were taken from a store. `workers` of an executor are there (0 without one), and `notes` say
    what happened to them.
    """

    knobs: dict[str, np.ndarray]
    seeds: tuple[int, ...]
    metric: str
    errors: np.ndarray
    test_errors: np.ndarray = field(default_factory=lambda: np.zeros(0))
    stored: int = 0
    workers: int = 0
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if len(self.test_errors) != len(self.seeds):
            object.__setattr__(self, "test_errors", np.full(len(self.seeds), np.nan))

    @property
    def best(self) -> dict[str, float]:
        """The setting with the least median held-out error over the seeds, among those whose errors are all known."""
        places = np.unravel_index(self.best_place, self.errors.shape[:-1])
        return {name: float(values[k]) for k, (name, values) in zip(places, self.knobs.items(), strict=True)}

    @property
    def best_place(self) -> int:
        """The place of the best setting in the flat grid, the last knob fastest."""
        over_seeds = np.median(self.errors, axis=-1).reshape(-1)
        if np.isnan(over_seeds).all():
            raise ValueError("Sweep.errors must hold a setting whose errors are known for all seeds, got none. Let the sweep run on.")
        if not np.isfinite(over_seeds).any():
            raise ValueError("Sweep.errors must hold a setting that did not diverge, got none. Sweep another range.")
        return int(np.nanargmin(over_seeds))

    @property
    def test_error(self) -> float:
        """The median over the seeds of the test errors of the best setting; NaN where they are not measured (yet)."""
        return float(np.median(self.test_errors))

    def __repr__(self) -> str:
        axes = ", ".join(f"{name}: {len(values)} values" for name, values in self.knobs.items())
        known = np.count_nonzero(~np.isnan(self.errors))
        text = f"Sweep({{{axes}}}, {len(self.seeds)} seeds, {known} of {self.errors.size} held-out {self.metric} known"
        text += f", {self.stored} from the store" if self.stored else ""
        over_seeds = np.median(self.errors, axis=-1)
        if not np.isfinite(over_seeds).any():
            return f"{text})"
        at = ", ".join(f"{name}={value:.4g}" for name, value in self.best.items())
        told = "" if np.isnan(self.test_error) else f", test {self.metric} {self.test_error:.3g}"
        return f"{text}, best {np.nanmin(over_seeds):.3g} at {at}{told})"

    def to_frame(self) -> "pandas.DataFrame":
        """A pandas data frame with a row for each setting and seed; the column "test_nrmse" is empty but for the best setting."""
        import pandas as pd

        names, rows = self.table()
        return pd.DataFrame(rows, columns=names)

    def table(self) -> tuple[list[str], list[list[float]]]:
        """Header and rows, one for each setting and seed: the knobs, the seed, the held-out error, the test error (NaN where none is)."""
        axes = np.meshgrid(*self.knobs.values(), np.array(self.seeds), indexing="ij")
        tested = np.full((self.errors.size // len(self.seeds), len(self.seeds)), np.nan)
        if not np.isnan(self.test_errors).all():
            tested[self.best_place] = self.test_errors
        columns = [axis.reshape(-1).tolist() for axis in (*axes, self.errors, tested)]
        return [*self.knobs, "seed", self.metric, f"test_{self.metric}"], [list(row) for row in zip(*columns, strict=True)]


CHUNK = 4 * GROUP  # runs between two results: one group is solved while the next is scanned


def sweep(
    trainer: AbstractTrainer,
    data: Sequence[Data],
    knobs: Mapping[str, ArrayLike],
    *,
    warmup: Data | None = None,
    forced: Mapping[str, Data] | None = None,
    test: Sequence[Data] | None = None,
    seeds: Sequence[int] = (0,),
    metric: SweepMetric = "nrmse",
    gaps: TargetGaps = "error",
    executor: "Executor | Client | None" = None,
    store: str | os.PathLike[str] | None = None,
) -> Sweep:
    """Fits all combinations of the knobs' values, for each seed, side by side in lanes, and measures them on held-out training rows.

    `knobs` are values by name, as `Lanes` takes them: {"reservoir.spectral_radius": values, "beta": values}. `data` = [x, y] is the
    training part. Each setting starts from rest, runs over the inputs `warmup` (with the series `forced`, by node name, on its feedback
    wires), is fitted to the first four fifths of the data, and predicts the last fifth, which follows them: these are `errors`. Where the
    model has one target a series, every fifth series is held out. Then the best setting alone is fitted to all of the data, and predicts
    `test` = [x, y], which follows the data, for each seed: these are `test_errors`. Without `test` there are none.

    A readout that feeds back has its targets on the wire while it is fitted, and its own output while it predicts, on the held-out rows as
    on the test rows. Online trainers learn from the first four fifths, and predict with learning off. With BPTT each setting learns first;
    then it runs over `warmup` and the rows that it has learned from, where these are one series, and predicts. A test of another number of
    series than the data starts from rest. With gaps="drop" rows of targets that are NaN or masked count neither in a fit nor in an error,
    and a DataWarning says how many these are. `metric` is one of nrmse, nmse, rmse, mse or a function (predictions, targets) -> number.

    `executor` is a `dask.distributed.Client` or any `concurrent.futures.Executor` that does not fork: its workers do the work in parts,
    with the numbers of lanes here, to the bit. They get plain values and arrays, so metrics, losses and estimators that are functions are
    refused. A lost worker is a RuntimeWarning, and its parts are done by others; where nobody is left it is a RuntimeError. `store` is the
    path of a file (any suffix) in which each model's error is kept, by its model, trainer, data, knobs, seed, precision, number of cores
    and the version of this package: a sweep that runs again computes only what is missing. A full disk is an OSError.

    >>> from rcwidgets.core.nodes import Input, LinearReadout, Reservoir
    >>> from rcwidgets.core.trainers.closed_form.ridge import RidgeTrainer
    >>> x = np.sin(np.arange(300) / 5)[:, None]
    >>> trainer = RidgeTrainer(Input(1) >> Reservoir(50) >> LinearReadout(1))
    >>> sweep(trainer, [x[:-1], x[1:]], {"reservoir.leak_rate": [0.3, 1.0], "beta": [1e-6, 1.0]}, seeds=(0, 1)).errors.shape
    (2, 2, 2)
    """
    said: set[str] = set()
    options: dict[str, Any] = {"warmup": warmup, "forced": forced, "test": test, "seeds": seeds, "metric": metric, "gaps": gaps}
    for found in sweep_parts(trainer, data, knobs, **options, executor=executor, store=store):
        for note in found.notes:
            if note not in said:
                said.add(note)
                warnings.warn(note, RuntimeWarning, stacklevel=2)
    return found


def sweep_parts(
    trainer: AbstractTrainer,
    data: Sequence[Data],
    knobs: Mapping[str, ArrayLike],
    *,
    warmup: Data | None = None,
    forced: Mapping[str, Data] | None = None,
    test: Sequence[Data] | None = None,
    seeds: Sequence[int] = (0,),
    metric: SweepMetric | Measure = "nrmse",
    gaps: TargetGaps = "error",
    checkpoint: Callable[[], None] = lambda: None,
    runs: int = CHUNK,
    apart: bool = False,
    executor: "Executor | Client | None" = None,
    store: str | os.PathLike[str] | None = None,
    heard: Heard = lambda workers, notes: None,
) -> Iterator[Sweep]:
    """What `sweep` knows so far, each time that a chunk of `runs` is done, and when the best setting is tested.

    `checkpoint` is called between stretches, and may raise; `heard` when workers of the executor come or go, which may be long before
    something more is known. With `apart` the test starts from rest, however many series it has.
    """
    check_gaps("sweep", gaps)
    measure = metric if isinstance(metric, Measure) else Measure(metric)
    if gaps == "drop":
        data, test, measure = open_gaps(data), open_gaps(test), replace(measure, known=True)
    axes = {key: np.asarray(values, np.float64).reshape(-1) for key, values in knobs.items()}
    grid = np.array(list(itertools.product(*axes.values())))
    flat = dict(zip(axes, grid.T, strict=True))
    LaneSettings.read(trainer.model, trainer.settings, flat)
    check_seeds(trainer.model, seeds)
    job = Job(trainer, data, warmup, forced, test, gaps, speaks_once(trainer.model), apart, measure)
    job.rows("held out")
    errors, tested = np.full((len(grid), len(seeds)), np.nan), np.full(len(seeds), np.nan)
    shape, stored = (*(len(values) for values in axes.values()), len(seeds)), 0
    with ExitStack() as stack:
        told = job.plain() if executor is not None or store is not None else None
        kept = None if store is None else stack.enter_context(Store(store))
        crew = None if executor is None else stack.enter_context(Parts(executor, work, told, checkpoint=checkpoint, heard=heard))
        course = Course(job, runs, checkpoint, kept, crew)

        def known() -> Sweep:
            about = (0, ()) if crew is None else (crew.workers, crew.notes)
            return Sweep(axes, tuple(seeds), measure.name, errors.reshape(shape).copy(), tested.copy(), stored, *about)

        try:
            for found in course.errors("held out", tuple(seeds), flat):
                errors[found.lanes, found.column] = found.errors
                stored += found.stored * len(found.lanes)
                yield known()
            if test is None or not np.isfinite(np.median(errors, axis=-1)).any():
                return
            best = known().best_place
            for found in course.errors("test", tuple(seeds), {key: values[[best]] for key, values in flat.items()}):
                tested[found.column] = found.errors[0]
                yield known()
        except WorkersLostError as error:
            raise WorkersLostError(how_to_go_on(error, int(np.count_nonzero(~np.isnan(errors))), errors.size, store)) from error


def speaks_once(model: Graph) -> bool:
    """Whether the one output has one value a series; several outputs are a ValueError in words."""
    used = model.used()
    if len(used.exits) > 1:
        names = ", ".join(used.names[id] for id in used.exits)
        raise ValueError(f"sweep measures one output, the model has {names}. Leave the others out of the model.")
    return bool(set(used.exits) & used.once)


def check_seeds(model: Graph, seeds: Sequence[int]) -> None:
    """Raises a ValueError where there is no seed, or several that a node with a seed of its own would not hear of."""
    if isinstance(seeds, int | np.integer | str):
        raise TypeError(f"sweep.seeds must be a list of seeds, got {seeds!r}. Write seeds=range(3) for three of them.")
    if not len(seeds):
        raise ValueError("sweep.seeds must hold a seed, got none.")
    own = [name for name, node in model.by_name().items() if getattr(node, "seed", None) is not None]
    if own and len(seeds) > 1:
        raise ValueError(f"sweep.seeds need nodes without a seed of their own, got one of {own[0]}. Leave its seed out.")
