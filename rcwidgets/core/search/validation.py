"""The rows of the training part that tell how good a setting is: held-out rows, walk-forward, or blocks."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np

from rcwidgets.core.series import is_list
from rcwidgets.core.tasks import AbstractTask, TaskData
from rcwidgets.core.trainers.gaps import TargetGaps, open_gaps
from rcwidgets.core.trainers.held_out import held_apart, in_blocks, walk_forward
from rcwidgets.core.trainers.sweep.measure import Rows
from rcwidgets.core.trainers.sweep.sweep import SweepMetric, metric_named, where_known

Validation = Literal["held-out", "walk-forward", "blocks"]
VALIDATIONS: tuple[Validation, ...] = ("held-out", "walk-forward", "blocks")


class Training(NamedTuple):
    """The training part alone: [x, y], inputs that warm up, series on feedback wires meanwhile, and what becomes of gaps in y."""

    data: Sequence[Any]
    warmup: Any
    forced: Mapping[str, Any] | None
    gaps: TargetGaps


def training_part(data: Any, warmup: Any, forced: Mapping[str, Any] | None, gaps: TargetGaps) -> Training:
    """The training part of [x, y], of a task or its data, or of {"train": [x, y], ...}; no row of a test part is looked at."""
    if isinstance(data, AbstractTask):
        data = data.prepare()
    if isinstance(data, TaskData):
        return _of_task(data)
    if isinstance(data, Mapping):
        if "train" not in data:
            raise ValueError(f"rc.search.data must have its training part under 'train', got {', '.join(map(repr, data)) or 'none'}.")
        return Training(data["train"], data.get("warmup", warmup), forced, gaps)
    if not isinstance(data, list | tuple) or len(data) != 2:
        raise TypeError(f"rc.search.data must be [x, y] of the training part, a task or its data, got {type(data).__name__}.")
    return Training(data, warmup, forced, gaps)


def _of_task(data: TaskData) -> Training:
    """The training rows of a task whose targets lie before the test part too."""
    if data.several:
        return Training(data.pairs(slice(0, data.trained)), None, None, "error")
    rows = slice(data.warmup, data.test_start - data.horizon)
    gaps: TargetGaps = "drop" if np.isnan(data.targets[rows]).any() else "error"
    return Training([data.inputs[rows], data.targets[rows]], data.inputs[: data.warmup] if data.warmup else None, None, gaps)


def folds_of(training: Training, validation: str, folds: int, *, once: bool) -> list[Rows]:
    """What is fitted and what is measured in each fold. `once` says that the model has one value a series."""
    if validation not in VALIDATIONS:
        raise ValueError(f"rc.search.validation must be one of {', '.join(VALIDATIONS)}, got {validation!r}.")
    if isinstance(folds, bool) or not isinstance(folds, int) or not 2 <= folds <= 100:
        raise ValueError(f"rc.search.folds must be a whole number from 2 to 100, got {folds!r}.")
    given, warmup, forced, gaps = training
    data = open_gaps(given) if gaps == "drop" else given
    if validation == "held-out":
        fitted, held = held_apart(data, once=once)
        return [Rows(warmup, forced, fitted, held, once, gaps)]
    if validation == "walk-forward":
        if once:
            raise ValueError(
                "rc.search.validation must be 'held-out' or 'blocks' where each series has one target, got 'walk-forward'. "
                "Such series do not follow each other in time."
            )
        return [Rows(warmup, forced, fitted, held, False, gaps) for fitted, held in walk_forward(data, folds)]
    if once:
        return [Rows(warmup, forced, fitted, held, True, gaps) for fitted, held in in_blocks(data, folds, once=True)]
    return [Rows(warmup, forced, fitted, _after(warmup, held), True, "drop") for fitted, held in in_blocks(data, folds)]


def measure_of(metric: SweepMetric, rows: Sequence[Rows]) -> Callable[[np.ndarray, np.ndarray], float]:
    """The metric, of the rows that have their targets where some have none."""
    _, measure = metric_named(metric)

    def known(predictions: np.ndarray, targets: np.ndarray) -> float:
        return where_known(measure, predictions, targets)

    return known if any(one.gaps == "drop" for one in rows) else measure


def _after(warmup: Any, held: Sequence[Any]) -> list[Any]:
    """A block that is held out, behind the warm-up, whose rows do not count."""
    x, y = held
    if warmup is None or any(isinstance(part, Mapping) or is_list(part) or np.ndim(part) != 2 for part in (warmup, x, y)):
        return [x, y]
    nothing = np.full((len(warmup), np.shape(y)[1]), np.nan)
    return [np.concatenate([warmup, x]), np.concatenate([nothing, y])]
