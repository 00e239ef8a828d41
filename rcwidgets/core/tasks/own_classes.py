"""The task that tells whole series of the user's own apart, by the class that each of them has."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from rcwidgets.core.datasets.table import Series
from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.nodes import Input, LinearReadout, Reservoir, TimeMean
from rcwidgets.core.spec.registry import TASKS, listed
from rcwidgets.core.tasks.base import TaskData
from rcwidgets.core.tasks.classes import mixed
from rcwidgets.core.tasks.gaps import TaskError, check_gaps
from rcwidgets.core.tasks.own import NO_DATA, DataTask
from rcwidgets.core.tasks.several import count_to_train, padded, scale_of
from rcwidgets.core.trainers.closed_form.ridge import RidgeSettings

NO_LABELS = (
    "This task tells whole series apart, and these data have no class for each. Choose the column of the series and that of the class, "
    "load a folder with a folder for each class, or give labels: Playground(data={'inputs': series, 'labels': labels})."
)

_UNKNOWN = [
    "# The data: load your own here, an array (time, channels) for each series, and the class of each",
    "# inputs = [np.loadtxt(file, delimiter=',') for file in files]",
    "# labels = [...]",
]


@listed(TASKS)
@dataclass(frozen=True, repr=False)
class ClassesTask(DataTask):
    """Tell whole series of your own apart, by the class that each of them has.

    The model gives one value for each class after the whole series, by TimeMean or Last before its readout. Of each class the same share
    of series trains, the first ones, and the others test.
    """

    kind: ClassVar[str] = "classes"
    label: ClassVar[str] = "Your classes"
    classes: ClassVar[bool] = True

    horizon: int = field(default=0, init=False)  # no knobs here: of a series there is one target
    warmup: int | None = field(default=0, init=False)
    train: int | None = field(default=None, init=False)
    targets: Sequence[str] | None = field(default=None, init=False)

    def prepare(self, data: Series | None = None) -> TaskData:
        if data is None:
            raise TaskError(NO_DATA)
        if data.parts is None or not data.parts.labels:
            raise TaskError(NO_LABELS)
        series = self.series(data)
        assert series.parts is not None
        inputs, _ = self.columns(series)
        check_gaps(series, inputs)
        labels = np.array(series.parts.labels)
        classes, numbers = np.unique(labels, return_inverse=True)
        if len(classes) < 2:
            raise TaskError(
                f"All series are of one class, {str(classes[0])!r}, so there is nothing to tell apart. Give series of another class."
            )
        train = count_to_train(self.train_series, len(labels))
        order = split_by_class(numbers)
        order = np.concatenate([order[:train][mixed(train)], order[train:]])
        for word, some in (("train", order[:train]), ("test", order[train:])):
            missing = np.setdiff1d(np.arange(len(classes)), numbers[some])
            if missing.size and word == "train":
                raise TaskError(
                    f"No series of class {str(classes[missing[0]])!r} is among the {train:,} that train. Take more of them, or give more "
                    "series of that class.",
                    "train_series",
                )
        names = [series.channels[place] for place in inputs]
        each = [series.values[rows][:, inputs] for rows in series.slices]
        known = np.concatenate([each[place] for place in order[:train]])
        mean, scale = scale_of(known, names, self.normalise)
        side_by_side = padded([(each[place] - mean) / scale for place in order])
        return TaskData(
            inputs=side_by_side.values,
            targets=np.eye(len(classes))[numbers[order]],
            time=order + 1.0,
            input_channels=tuple(names),
            channels=tuple(map(str, classes)),
            time_label="series",
            warmup=0,
            train=train,
            end=len(order),
            horizon=0,
            input_mean=mean,
            input_scale=scale,
            mean=np.zeros(len(classes)),
            scale=np.ones(len(classes)),
            own=series.head,
            task=self,
            lengths=side_by_side.lengths,
            at=(np.arange(len(order)), side_by_side.lengths - 1),
            names=tuple(series.parts.names[place] for place in order),
        )

    def source(self, data: Series | None = None) -> list[str]:
        known = super().source(data) if data is not None and data.parts is not None else _UNKNOWN
        train = "len(order) * 7 // 10" if self.train_series is None else repr(self.train_series)
        return [
            *known,
            "classes, numbers = np.unique(labels, return_inverse=True)",
            "rank = np.array([np.sum(numbers[:k] == one) for k, one in enumerate(numbers)])",
            "order = np.argsort((rank + 0.5) / np.bincount(numbers)[numbers], kind='stable')  # each class is split alike",
            f"train = {train}  # series to train on; the rest tests",
            "train_x, test_x = [inputs[k] for k in order[:train]], [inputs[k] for k in order[train:]]",
            "train_y, test_y = numbers[order[:train]], numbers[order[train:]]",
        ]

    def start(self) -> tuple[Graph, RidgeSettings]:
        reservoir = Reservoir(input_scaling=0.1, bias_scaling=1.0)  # without a bias what swings about zero leaves no trace in a mean
        return Input() >> reservoir >> TimeMean() >> LinearReadout(), RidgeSettings(beta=3e-4)


def split_by_class(numbers: np.ndarray) -> np.ndarray:
    """An order of series, by the number of the class of each, of which every beginning has the same share of each class.

    >>> split_by_class(np.array([0, 0, 0, 0, 1, 1])).tolist()
    [0, 4, 1, 2, 5, 3]
    """
    rank = np.array([np.sum(numbers[:place] == number) for place, number in enumerate(numbers)])
    return np.argsort((rank + 0.5) / np.bincount(numbers)[numbers], kind="stable")


def kind_for(series: Series) -> str:
    """The kind of the task for data of the user's own: classes, where each series has one."""
    return ClassesTask.kind if series.parts is not None and series.parts.labels else DataTask.kind
