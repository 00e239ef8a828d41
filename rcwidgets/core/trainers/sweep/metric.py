"""By what a sweep measures: a named metric of the rows that count, as plain values where it has a name."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from rcwidgets.core import metrics
from rcwidgets.core.short import in_short

SweepMetric: TypeAlias = str | Callable[[np.ndarray, np.ndarray], float]  # a name, or a function (predictions, targets)
METRICS: dict[str, Callable[[ArrayLike, ArrayLike], float]] = {
    "nrmse": metrics.nrmse,
    "nmse": metrics.nmse,
    "rmse": metrics.rmse,
    "mse": metrics.mse,
}


@in_short
@dataclass(frozen=True, eq=False)
class Measure:
    """The metric of predictions against targets, both (rows, channels).

    Both are multiplied by `scale` (channels,) before. `counted` (rows,) are the rows that count, where there are so many rows; of others
    all do. With `known` rows count that have all their targets.
    """

    metric: SweepMetric
    scale: np.ndarray | None = None
    counted: np.ndarray | None = None
    known: bool = False

    def __post_init__(self) -> None:
        metric_named(self.metric)

    @property
    def name(self) -> str:
        """What the metric is called."""
        return metric_named(self.metric)[0]

    def __call__(self, predictions: np.ndarray, targets: np.ndarray) -> float:
        if self.counted is not None and len(predictions) == len(self.counted):
            predictions, targets = predictions[self.counted], targets[self.counted]
        if self.scale is not None:
            predictions, targets = predictions * self.scale, targets * self.scale
        # Sums round by the order of the memory, which is another one where the data have travelled.
        predictions, targets = np.ascontiguousarray(predictions), np.ascontiguousarray(targets)
        measure = metric_named(self.metric)[1]
        return where_known(measure, predictions, targets) if self.known else float(measure(predictions, targets))

    def plain(self) -> dict[str, Any]:
        """The fields as plain values; a function is a ValueError in words."""
        if callable(self.metric):
            raise ValueError(
                f"sweep.metric must be one of {', '.join(METRICS)} with an executor or a store, got a function. "
                "Code does not travel to workers, and has no key in a store."
            )
        return {"metric": self.metric, "scale": self.scale, "counted": self.counted, "known": self.known}


def metric_named(metric: Any) -> tuple[str, Callable[[Any, Any], float]]:
    """The name of a metric and its function; anything else than a known name or a function is a ValueError."""
    if callable(metric):
        return getattr(metric, "__name__", "error"), metric
    if not isinstance(metric, str) or metric not in METRICS:
        raise ValueError(f"sweep.metric must be one of {', '.join(METRICS)} or a function, got {metric!r}.")
    return metric, METRICS[metric]


def where_known(measure: Callable[[Any, Any], float], predictions: np.ndarray, targets: np.ndarray) -> float:
    """The metric of the rows (rows, channels) that have all their targets."""
    known = ~np.isnan(targets).any(axis=-1)
    if not known.any():
        raise ValueError("sweep.data must have a target in the rows that are held out, got none. Give more rows.")
    return float(measure(predictions[known], targets[known]))
