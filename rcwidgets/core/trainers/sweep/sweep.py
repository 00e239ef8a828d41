"""The error of a trainer over a grid of settings and seeds: what is known of it, and the best setting."""

import itertools
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from rcwidgets.core import metrics
from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.series import Data, count_of
from rcwidgets.core.trainers.base import AbstractTrainer
from rcwidgets.core.trainers.gaps import TargetGaps, check_gaps, open_gaps
from rcwidgets.core.trainers.held_out import held_apart
from rcwidgets.core.trainers.lanes.runs import GROUP
from rcwidgets.core.trainers.lanes.settings import LaneSettings
from rcwidgets.core.trainers.sweep.measure import Rows, measured, prepared

if TYPE_CHECKING:
    import pandas


@dataclass(frozen=True, eq=False, repr=False)
class Sweep:
    """Errors on held-out rows of the training part, with one axis for each knob, in the order of `knobs`, and a last one for the seeds.

    `knobs` are the values by name. An error is inf where the run diverged, and NaN where it is not known yet. The held-out errors choose
    the setting (`best`); `test_errors` (seeds,) are those of the chosen setting alone, on the test rows, after a fit to the whole training
    part: NaN where they are not measured (yet). So nothing is chosen by the test rows.
    """

    knobs: dict[str, np.ndarray]
    seeds: tuple[int, ...]
    metric: str
    errors: np.ndarray
    test_errors: np.ndarray = field(default_factory=lambda: np.zeros(0))

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

SweepMetric: TypeAlias = str | Callable[[np.ndarray, np.ndarray], float]  # a name, or a function (predictions, targets)
METRICS: dict[str, Callable[[ArrayLike, ArrayLike], float]] = {
    "nrmse": metrics.nrmse,
    "nmse": metrics.nmse,
    "rmse": metrics.rmse,
    "mse": metrics.mse,
}


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

    >>> from rcwidgets.core.nodes import Input, LinearReadout, Reservoir
    >>> from rcwidgets.core.trainers.closed_form.ridge import RidgeTrainer
    >>> x = np.sin(np.arange(300) / 5)[:, None]
    >>> trainer = RidgeTrainer(Input(1) >> Reservoir(50) >> LinearReadout(1))
    >>> sweep(trainer, [x[:-1], x[1:]], {"reservoir.leak_rate": [0.3, 1.0], "beta": [1e-6, 1.0]}, seeds=(0, 1)).errors.shape
    (2, 2, 2)
    """
    parts = sweep_parts(trainer, data, knobs, warmup=warmup, forced=forced, test=test, seeds=seeds, metric=metric, gaps=gaps)
    return deque(parts, maxlen=1).pop()


def sweep_parts(
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
    checkpoint: Callable[[], None] = lambda: None,
    runs: int = CHUNK,
    apart: bool = False,
) -> Iterator[Sweep]:
    """What `sweep` knows so far, each time that a chunk of `runs` is done, and when the best setting is tested.

    `checkpoint` is called between stretches, and may raise. With `apart` the test starts from rest, however many series it has.
    """
    check_gaps("sweep", gaps)
    name, measure = metric_named(metric)
    if gaps == "drop":
        data, test, measure = open_gaps(data), open_gaps(test), partial(where_known, measure)
    once = speaks_once(trainer.model)
    fitted, held = held_apart(data, once=once)
    axes = {key: np.asarray(values, np.float64).reshape(-1) for key, values in knobs.items()}
    grid = np.array(list(itertools.product(*axes.values())))
    flat = dict(zip(axes, grid.T, strict=True))
    LaneSettings.read(trainer.model, trainer.settings, flat)
    check_seeds(trainer.model, seeds)
    errors, tested = np.full((len(grid), len(seeds)), np.nan), np.full(len(seeds), np.nan)
    shape = (*(len(values) for values in axes.values()), len(seeds))

    def known() -> Sweep:
        return Sweep(axes, tuple(seeds), name, errors.reshape(shape).copy(), tested.copy())

    rows = Rows(warmup, forced, fitted, held, once, gaps)
    for column, seed in enumerate(seeds):
        for lanes, found in measured(prepared(trainer, seed, rows, checkpoint), flat, rows, measure, runs, checkpoint=checkpoint):
            errors[lanes, column] = found
            yield known()
    if test is None or not np.isfinite(np.median(errors, axis=-1)).any():
        return
    best = known().best_place
    rows = Rows(warmup, forced or None, data, test, once or apart or count_of(data[0]) != count_of(test[0]), gaps)
    for column, seed in enumerate(seeds):
        one = {key: values[[best]] for key, values in flat.items()}
        tested[column] = next(measured(prepared(trainer, seed, rows, checkpoint), one, rows, measure, runs, checkpoint=checkpoint))[1][0]
        yield known()


def where_known(measure: Callable[[Any, Any], float], predictions: np.ndarray, targets: np.ndarray) -> float:
    """The metric of the rows (rows, channels) that have all their targets."""
    known = ~np.isnan(targets).any(axis=-1)
    if not known.any():
        raise ValueError("sweep.data must have a target in the rows that are held out, got none. Give more rows.")
    return float(measure(predictions[known], targets[known]))


def speaks_once(model: Graph) -> bool:
    """Whether the one output has one value a series; several outputs are a ValueError in words."""
    used = model.used()
    if len(used.exits) > 1:
        names = ", ".join(used.names[id] for id in used.exits)
        raise ValueError(f"sweep measures one output, the model has {names}. Leave the others out of the model.")
    return bool(set(used.exits) & used.once)


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
