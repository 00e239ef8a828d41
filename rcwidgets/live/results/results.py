"""What one run of the experiment found: plain arrays, ready to be shown."""

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from rcwidgets.core.algebra.path import Path
from rcwidgets.core.datasets.calendar import calendar_of
from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.metrics import accuracy, confusion_matrix
from rcwidgets.core.model.forgetting import Forgetting
from rcwidgets.core.model.program import Params
from rcwidgets.core.short import short_repr
from rcwidgets.core.tasks import Baseline, TaskData
from rcwidgets.core.trainers.base import AbstractTrainerSettings
from rcwidgets.core.trainers.closed_form.ridge import RidgeSettings
from rcwidgets.live.results.question import Question, question

if TYPE_CHECKING:
    import pandas


class Score(NamedTuple):
    """Mean squared and mean absolute error, and the variance of the target, each (channels,), of `rows` rows in the data's own units."""

    rows: int
    squared: np.ndarray
    absolute: np.ndarray
    variance: np.ndarray

    def __repr__(self) -> str:
        return short_repr(self)

    def values(self, channel: int | None = None) -> dict[str, float]:
        """The metrics over all channels, or of one, as `rcwidgets.metrics` defines them; NaN where a constant target has no scale.

        >>> score_of(np.array([[1.0], [3.0]]), np.array([[0.0], [4.0]]), np.ones(1)).values()["nmse"]
        0.25
        """
        picked = slice(None) if channel is None else slice(channel, channel + 1)
        squared, variance = self.squared[picked], self.variance[picked]
        with np.errstate(over="ignore"):
            mse = float(np.mean(squared))
            nmse = float(np.mean(squared / np.where(variance > 0, variance, np.nan)))
        mae = float(np.mean(self.absolute[picked]))
        return {"nrmse": nmse**0.5, "rmse": mse**0.5, "mse": mse, "nmse": nmse, "r2": 1.0 - nmse, "mae": mae}


def score_of(predictions: np.ndarray, targets: np.ndarray, scale: np.ndarray, variance: np.ndarray | None = None) -> Score:
    """The score of predictions for targets, both (rows, channels) and divided by `scale` (channels,); `variance` where it is another's.

    Rows that have not all their targets do not count.

    >>> score_of(np.array([[1.0], [3.0]]), np.array([[0.0], [4.0]]), np.full(1, 2.0)).squared.tolist()
    [4.0]
    """
    known = np.isfinite(targets).all(axis=1)
    if not known.all():
        predictions, targets = predictions[known], targets[known]
    differences = predictions - targets
    with np.errstate(over="ignore"):  # a forecast that ran away
        squared = np.square(differences).mean(axis=0) * scale**2
        absolute = np.abs(differences).mean(axis=0) * np.abs(scale)
    return Score(len(targets), squared, absolute, (targets.var(axis=0) if variance is None else variance) * scale**2)


@dataclass(frozen=True, eq=False)
class Curve:
    """How an iterative training went so far.

    `losses` (done,) has the mean squared error of each step, in the normalised units of the task, before the step was learned; `total` is
    the number of steps that there will be, None while nobody knows. `sizes` is `size_label` after each of the steps `marks`; `tests` is
    the mean squared error of the test part after each of the steps `tested`. Where training ends by rows that are held out of the
    training part, `held_out` is the loss of these after each of the steps `looked`. `ending` says why it ended, where that is not plain.
    A step is called `unit`.
    """

    unit: str
    total: int | None
    losses: np.ndarray
    marks: np.ndarray
    sizes: np.ndarray
    size_label: str
    tested: np.ndarray = field(default_factory=lambda: np.zeros(0))
    tests: np.ndarray = field(default_factory=lambda: np.zeros(0))
    looked: np.ndarray = field(default_factory=lambda: np.zeros(0))
    held_out: np.ndarray = field(default_factory=lambda: np.zeros(0))
    ending: str = ""

    @property
    def best(self) -> int | None:
        """The step with the least held-out loss so far; None where nothing is held out."""
        return int(self.looked[np.nanargmin(self.held_out)]) if np.isfinite(self.held_out).any() else None

    __repr__ = short_repr


@dataclass(frozen=True, eq=False)
class Results:
    """The forecast, the regularisation path or the course of the training, and the metrics of one setting.

    Forecast and truth are (rows, channels) in the data's own units, of the test part, or, while an online trainer learns (`part`), of the
    last rows of the training part; `time` (rows,) is the time of what is forecast. `parts` (rows,) is True where the error, divided by the
    standard deviation of each channel, exceeds `threshold`. NRMSE divides the root mean squared error by the standard deviation of the
    target, over all channels; the test's figures are NaN before there was a test. `beta` is what the shown readout was fitted with; where
    the settings let it be chosen, `beta_held_out` is the NRMSE on the rows held out at that beta. `memory` is what the trainer keeps
    beside the weights: what it learns step by step, or each readout's beta. `shown` is the name of the readout whose forecast it is, or,
    where nodes follow it (`followed`), which they make of it: the path is then of what the readout is fitted to. `data` is what the task
    gave it. The scores are what all metrics of a part are made of; None where there was no test yet.
    `train_accuracy` is the share of right ones among the training series, where series are told apart.
    Of several series the rows of one stand behind those of another, and `owner` (rows,) are their numbers; `trial` is the name of the one
    whose rows alone are here.
    `baselines` are what data of the user's own are forecast by without a network. `forgetting` is what a run in stretches side by side
    found: within how many steps the network forgets its start; None where it ran in order.
    """

    revision: int
    time: np.ndarray
    time_label: str
    truth: np.ndarray
    forecast: np.ndarray
    channels: tuple[str, ...]
    horizon: int
    parts: np.ndarray
    threshold: float
    train_nrmse: float
    test_nrmse: float
    test_mse: float
    beta: float = math.nan
    part: Literal["test", "training"] = "test"
    seconds: float = 0.0
    path: Path | None = None
    curve: Curve | None = None
    beta_held_out: float | None = None
    followed: bool = False
    tweaks: np.ndarray = field(default_factory=lambda: np.zeros(0))
    tweak_labels: tuple[str, ...] = ()
    model: Graph = field(default_factory=Graph, repr=False)
    settings: AbstractTrainerSettings = field(default_factory=RidgeSettings, repr=False)
    params: Params = field(default_factory=dict, repr=False)
    state: Any = field(default=None, repr=False)
    last: np.ndarray | None = field(default=None, repr=False)  # the output or target of the last training row, (1, channels)
    memory: Params = field(default_factory=dict, repr=False)
    shown: str = ""
    data: TaskData | None = field(default=None, repr=False)
    train_score: Score | None = field(default=None, repr=False)
    test_score: Score | None = field(default=None, repr=False)
    train_accuracy: float = math.nan
    baselines: tuple[Baseline, ...] = ()
    forgetting: Forgetting | None = None
    trial: str = ""
    owner: np.ndarray | None = field(default=None, repr=False)

    __repr__ = short_repr

    @property
    def question(self) -> Question | None:
        """What these are the results of: task, horizon, split; errors of another question cannot be compared with them."""
        return None if self.data is None or self.data.task is None else question(self.data.task, self.data)

    @property
    def beaten_by(self) -> Baseline | None:
        """The baseline with the least error, where that is less than the test's; None where the model is the best."""
        better = [one for one in self.baselines if one.nrmse < self.test_nrmse]
        return min(better, key=lambda one: one.nrmse, default=None)

    @property
    def classes(self) -> bool:
        """True where rows are whole series, and the channels their classes."""
        return self.data is not None and self.data.classes

    @property
    def trials(self) -> dict[str, slice]:
        """The rows of each of several series, by its name; empty where there is one series, or each is one row."""
        if self.data is None or self.owner is None or self.trial:
            return {}
        there, starts = np.unique(self.owner, return_index=True)
        ends = [*starts[1:].tolist(), len(self.owner)]
        return {self.data.names[place]: slice(a, b) for place, a, b in zip(there.tolist(), starts.tolist(), ends, strict=True)}

    def of_trial(self, name: str) -> "Results":
        """These results with the rows of one of the several series alone; the metrics stay those of all."""
        return self._some(self.trials[name], owner=None, trial=name)

    def of_known(self) -> "Results":
        """These results with the rows alone that have all their targets; the metrics are of these anyway."""
        known = np.isfinite(self.truth).all(axis=1)
        if self.data is None or self.data.missing is None or known.all():
            return self
        return self._some(known, owner=None if self.owner is None else self.owner[known])

    def _some(self, rows: slice | np.ndarray, **other: Any) -> "Results":
        time, truth, forecast, parts = (one[rows] for one in (self.time, self.truth, self.forecast, self.parts))
        return replace(self, time=time, truth=truth, forecast=forecast, parts=parts, **other)

    def to_frame(self) -> "pandas.DataFrame":
        """A pandas data frame with one row for each forecast: its time, a date where the data have dates, and truth and forecast of each
        channel in the data's own units ("x truth", "x forecast"). Of several series the first column says which one it is.
        """
        import pandas

        calendar = calendar_of(self.time_label)
        owner = [name for name, rows in self.trials.items() for _ in range(rows.stop - rows.start)]
        columns: dict[str, Any] = {"series": owner} if owner else {}
        columns[self.time_label if calendar is None else "time"] = self.time if calendar is None else calendar.dates(self.time)
        for place, name in enumerate(self.channels):
            columns |= {f"{name} truth": self.truth[:, place], f"{name} forecast": self.forecast[:, place]}
        return pandas.DataFrame(columns)

    @property
    def confusion(self) -> np.ndarray | None:
        """How often (classes, classes) a series of one class (row) was told as another (column); None where there are no classes."""
        return confusion_matrix(self.forecast, self.truth) if self.classes else None

    @property
    def accuracy(self) -> float | None:
        """The share of the series whose largest output is that of their class; None where there are no classes."""
        return accuracy(self.forecast, self.truth) if self.classes else None

    @property
    def errors(self) -> np.ndarray:
        """The size of the error (rows, channels) in standard deviations of each channel: `parts` is where one exceeds `threshold`."""
        if not len(self.truth):
            return np.zeros_like(self.truth)
        spread = np.nanstd(self.truth, axis=0) if self.data is None else self.data.spread
        return np.abs(self.forecast - self.truth) / np.where(spread > 0, spread, 1.0)
