"""For lessons: what a student's playground has to reach, and a seed of the student's own.

A grader runs a notebook anew, without a browser: `check` waits for the training, and holds the results against the bounds. What was moved
by hand is there again only where the playground was made with `file=`.
"""

import hashlib
import math
import unicodedata
import warnings
from numbers import Real
from typing import Protocol

from rcwidgets.core.short import figure
from rcwidgets.live.experiment import Experiment
from rcwidgets.live.on_demand.metrics_table import Metrics

LOOP = "valid_prediction_time"
AT_LEAST = ("accuracy", "r2", LOOP)  # metrics of which more is better
OF_TRAINING = ("trained_weights", "seconds")  # metrics that no test part has
SEEDS = 2**31  # seeds are below: whole numbers that every generator takes


class Player(Protocol):
    """A playground, or whatever has an experiment."""

    @property
    def experiment(self) -> Experiment:
        """The live one behind it."""


class UnkeptWarning(UserWarning):
    """Moves of the hand that a grader will not see."""


def check(play: Player | Experiment, *, units: int | None = None, **bounds: float) -> None:
    """Waits until `play` is trained and holds its results against bounds; those that fail are an AssertionError, a sentence each.

    `play` is a Playground or an Experiment. `units` bounds how many units all layers with a state have together, at most. The other bounds
    are metrics of `play.metrics` by name, of the test part: nrmse, nmse, rmse, mse, mae, trained_weights at most; accuracy, r2,
    valid_prediction_time (of the closed loop, in the unit of the table) at least. A model that could not be trained, or results that are
    another model's, or that have not been tested yet, fail with the reason. Where no `file=` keeps the moves of the hand there is an
    `UnkeptWarning`. Raises ValueError where there is no bound, or one that is not finite or below 0 (but for r2),
    and TypeError where one is no number.

    >>> experiment = Experiment(task="sunspots")
    >>> import warnings; warnings.simplefilter("ignore", UnkeptWarning)
    >>> check(experiment, nrmse=0.9, units=200)
    >>> check(experiment, nrmse=0.01)
    Traceback (most recent call last):
    AssertionError: NRMSE must be at most 0.01, and is 0.396.
    """
    _check_bounds(bounds if units is None else {"units": units, **bounds})
    experiment = play if isinstance(play, Experiment) else play.experiment
    if not experiment.kept:
        warnings.warn(
            "No file keeps what was moved by hand: a grader that runs this notebook sees its start. "
            'Write rc.Playground(file="lesson.json").',
            UnkeptWarning,
            stacklevel=2,
        )
    failed = [] if units is None else _of_units(experiment, units)
    failed += _of_metrics(experiment, bounds)
    if failed:
        raise AssertionError(" ".join(failed))


def seed(name: str) -> int:
    """A seed of the student's own, the same on every machine: from SHA-256 of the name, whatever its case and outer blanks.

    >>> seed("Ada Lovelace") == seed(" ada lovelace ")
    True
    >>> 0 <= seed("Ada Lovelace") < SEEDS
    True
    """
    if not isinstance(name, str):
        raise TypeError(f"seed.name must be a text, got {name!r}.")
    plain = unicodedata.normalize("NFKC", " ".join(name.split())).casefold()
    if not plain:
        raise ValueError("seed.name must hold a name, got an empty text. Give each student's own.")
    return int.from_bytes(hashlib.sha256(plain.encode()).digest()[:8], "big") % SEEDS


def _check_bounds(bounds: dict[str, float]) -> None:
    """Raises where there is no bound, or one that is no number, not finite, or below 0 (but for r2)."""
    if not bounds:
        raise ValueError("check must be given a bound, got none. Write check(play, nrmse=0.1).")
    for name, bound in bounds.items():
        if isinstance(bound, bool) or not isinstance(bound, Real):
            raise TypeError(f"check.{name} must be a number, got {bound!r}.")
        if not math.isfinite(bound) or (bound < 0 and name != "r2"):
            raise ValueError(f"check.{name} must be a finite number{'' if name == 'r2' else ', 0 or more'}, got {bound!r}.")


def _of_units(experiment: Experiment, most: int) -> list[str]:
    held = sum(getattr(node, "units", 0) for node in experiment.model.nodes.values())
    return [] if held <= most else [f"The model must have at most {most:,} units, and has {held:,}."]


def _of_metrics(experiment: Experiment, bounds: dict[str, float]) -> list[str]:
    try:
        results = experiment.wait()
    except ValueError as error:
        return [str(error)]
    old = experiment.status.old
    if results is None:
        return [f"There are no results: {experiment.todo.rstrip('.')}."]
    if old:
        return [f"The results are {old}, and not of the model as it stands. Press Run, or call play.run()."]
    if LOOP in bounds:
        experiment.look("closed loop")
    metrics = experiment.metrics
    assert metrics is not None
    return [sentence for name, bound in bounds.items() if (sentence := _of_metric(metrics, name, bound))]


def _of_metric(metrics: Metrics, name: str, bound: float) -> str:
    if name not in metrics:
        raise ValueError(f"check must bound units or one of {', '.join(metrics)}, got {name}.")
    one = metrics[name]
    value = one.train if name in OF_TRAINING else one.test
    least = name in AT_LEAST
    if value >= bound if least else value <= bound:
        return ""
    seen = f"not known. {one.note}".rstrip() if math.isnan(value) else f"{figure(value)}."
    return f"{one.measure.label} must be at {'least' if least else 'most'} {figure(bound)}, and is {seen}"
