"""What a task is: it owns its data, its columns, split, horizon, normalisation, and a model to start from."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np

from rcwidgets.core.datasets.table import Series
from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.short import in_short
from rcwidgets.core.spec.knobs import Spec
from rcwidgets.core.tasks.gaps import TaskError, check_gaps, still
from rcwidgets.core.tasks.knobs import ahead, standardise
from rcwidgets.core.trainers.base import AbstractTrainerSettings
from rcwidgets.core.trainers.held_out import block_of_series

FEWEST = 10  # rows to train on: the path holds a fifth of them out
FEWEST_TESTED = 2  # rows to test on: the error is measured by the spread of the targets


@in_short
@dataclass(frozen=True)
class TaskData:
    """The data as the network gets it: the input at each time and, as target, what belongs to the row `horizon` steps later.

    `inputs` (time, inputs) and `targets` (time, channels) are normalised as (value - mean) / scale, each with its own: `input_mean` and
    `input_scale` (inputs,), `mean` and `scale` (channels,). Their columns are named `input_channels` and `channels`; they may be the same
    (to forecast them) or others. The last `horizon` rows of `targets` are NaN, since they lie past the data, so that shapes never depend
    on the horizon. Other rows of targets are NaN where they do not count, which `known` tells. `time` (time,) is the target's. Rows up
    to `warmup` only wash out the start; the next `train` rows train; the rows from
    `warmup + train` to `end` test. `lyapunov_time` is that of the system in the unit of `time`, where it is known; `own` is what is known
    of data of the user's own, without their values, and `task` is the task that prepared them.

    Of several series `inputs` are (series, longest, inputs), zeros after the end of each, whose steps are `lengths` (series,), and `names`
    what they are called; those that train come first. `targets` (rows, channels) and `time` (rows,) then have the rows that count alone,
    series by series, and `at` tells of which series and which step each row is, both (rows,): `washed` rows at the start of each series
    are in none, whose targets `led` (series, washed, channels) only feedback wires deliver. Where whole series are told apart (`classes`)
    each series is one row, of its last step, whose targets are 1 for the right class and 0 for all others.
    """

    inputs: np.ndarray
    targets: np.ndarray
    time: np.ndarray
    input_channels: tuple[str, ...]
    channels: tuple[str, ...]
    time_label: str
    warmup: int
    train: int
    end: int
    horizon: int
    input_mean: np.ndarray
    input_scale: np.ndarray
    mean: np.ndarray
    scale: np.ndarray
    lyapunov_time: float | None = None
    own: Series | None = None
    task: "AbstractTask | None" = None
    lengths: np.ndarray | None = None
    at: tuple[np.ndarray, np.ndarray] | None = None
    names: tuple[str, ...] = ()
    washed: int = 0
    led: np.ndarray | None = None

    @property
    def classes(self) -> bool:
        """True where whole series are told apart."""
        return self.task is not None and self.task.classes

    @property
    def several(self) -> bool:
        """True where there are several series."""
        return self.lengths is not None

    @property
    def trained(self) -> int:
        """How many of several series train: the first ones."""
        assert self.at is not None
        return int(self.at[0][self.test_start - 1]) + 1

    def pairs(self, some: slice) -> tuple[list[np.ndarray], np.ndarray | list[np.ndarray]]:
        """Some of the several series as trainers take them: inputs (time, inputs) and, of classes, targets (series, classes), else lists of
        targets (time, channels), zeros in the rows of the warm-up, which do not count."""
        assert self.at is not None
        x = self.series_of(some)
        if self.classes:
            return x, self.targets[some]
        owner, step = self.at
        y = []
        for place, one in zip(range(*some.indices(len(self.names))), x, strict=True):
            rows = np.flatnonzero(owner == place)
            wanted = np.zeros((len(one), len(self.channels)))
            wanted[step[rows]] = self.targets[rows]
            y.append(wanted)
        return [one[: len(one) - self.horizon] for one in x], [one[: len(one) - self.horizon] for one in y]

    def blocks(self, count: int) -> np.ndarray | None:
        """The first rows of as many blocks of whole series of the training part; None of fewer series, and of classes."""
        if self.at is None or self.classes or self.trained < count:
            return None
        return np.searchsorted(self.at[0], np.searchsorted(block_of_series(self.trained, count), np.arange(count)))

    def trials(self) -> list[tuple[str, slice]]:
        """The name of each of the several series of the test part, with its rows there."""
        assert self.at is not None
        owner = self.at[0][self.test_start : self.end]
        borders = np.searchsorted(owner, np.arange(self.trained, len(self.names) + 1))
        return [(name, slice(int(a), int(b))) for name, a, b in zip(self.names[self.trained :], borders[:-1], borders[1:], strict=True)]

    @property
    def digest(self) -> str:
        """A text that is the same for the same data of the user's own; empty for the tasks that make theirs."""
        return "" if self.own is None else self.own.digest

    @property
    def test_start(self) -> int:
        """The first row of the test part."""
        return self.warmup + self.train

    @property
    def spread(self) -> np.ndarray:
        """The standard deviation (channels,) of the targets of the training part, in the data's own units."""
        return np.asarray(np.nanstd(self.targets[self.warmup : self.test_start], axis=0) * self.scale)

    @cached_property
    def missing(self) -> np.ndarray | None:
        """Which rows (rows,) up to the end have no target, or not all of them; None where all have theirs."""
        gaps = ~np.isfinite(self.targets[: self.end]).all(axis=1)
        return gaps if gaps.any() else None

    @property
    def known(self) -> np.ndarray | None:
        """Which rows (rows,) of the targets count; None where all up to the end do."""
        return None if self.missing is None else np.isfinite(self.targets).all(axis=1)

    @property
    def sizes(self) -> tuple[int, int]:
        """How many features the inputs and the targets have."""
        return len(self.input_channels), len(self.channels)

    def series_of(self, rows: slice) -> list[np.ndarray]:
        """These of the several series (time, inputs)."""
        assert self.lengths is not None
        return [self.inputs[row, : self.lengths[row]] for row in range(*rows.indices(len(self.inputs)))]


@dataclass(frozen=True, repr=False)
class AbstractTask(Spec):
    """Forecast a series some steps ahead from its past."""

    label: ClassVar[str]
    width: ClassVar[str] = "1"  # the number of channels, as Python
    lyapunov_time: ClassVar[float | None] = None  # in the unit of the series' time
    classes: ClassVar[bool] = False  # whether whole series are told apart
    horizon: int = ahead(1, 1, 10, 100)
    warmup: int | None = None
    train: int | None = None
    normalise: bool = standardise(True)

    def series(self, data: Series | None) -> Series:
        """The raw data; `data` is the user's own."""
        raise TypeError(f"{self.kind} does not say its data.")

    def notes(self, data: Series) -> tuple[str, ...]:
        """What is to be said of the user's own data, as the task takes them."""
        return data.notes

    def leaves_out(self, data: Series | None) -> bool:
        """Whether rows without a target stay, and do not count."""
        return False

    def columns(self, series: Series) -> tuple[list[int], list[int]]:
        """The places of the columns that are inputs, and of those that are targets: all of them are both."""
        every = list(range(len(series.channels)))
        return every, every

    def start(self) -> tuple[Graph, AbstractTrainerSettings]:
        """A model and a trainer that suit the task."""
        raise TypeError(f"{self.kind} does not say its start.")

    def starts_like(self, graph: Graph) -> Iterator[Graph]:
        """Other models that a start on the user's data may be, as the graph looks: the graph is such a start where it is one of them."""
        return iter(())

    @property
    def maps(self) -> bool:
        """True where `source` makes `inputs` and `targets`, (time, columns) each; False where it makes `data` (time, channels) alone."""
        return False

    takes_own: ClassVar[bool] = False  # whether its data are the user's own

    def widths_of(self, data: Series | None) -> tuple[str, str]:
        """How many inputs and targets there are, as Python, where the user's own data may be known."""
        return self.widths

    @property
    def widths(self) -> tuple[str, str]:
        """How many inputs and targets there are, as Python."""
        return self.width, self.width

    def source(self, data: Series | None = None) -> list[str]:
        """Python that makes the raw data, as `maps` tells; `data` is the user's own, where it is known."""
        raise TypeError(f"{self.kind} does not say where its data come from.")

    def split(self, rows: int) -> tuple[int, int]:
        """The numbers of warm-up and training rows."""
        warmup = self.warmup if self.warmup is not None else rows // 10
        return warmup, self.train if self.train is not None else (rows - warmup) * 7 // 10

    def prepare(self, data: Series | None = None) -> TaskData:
        """The data, normalised and split; too few rows, gaps and columns that never change are a ValueError in words."""
        series = self.series(data)
        inputs, targets = self.columns(series)
        self.check_horizon(series, inputs, targets)
        used, leaves_out = sorted({*inputs, *targets}), self.leaves_out(data)
        check_gaps(series, inputs if leaves_out else used)
        rows, (warmup, train) = len(series.values), self.split(len(series.values))
        if rows - self.horizon - warmup - train < FEWEST_TESTED or train < FEWEST:
            raise TaskError(
                f"The data has too few rows: {rows} rows, of which {warmup} for the warm-up, {train} to train and {self.horizon} for the "
                f"horizon, leave {max(rows - self.horizon - warmup - train, 0)} to test. Training needs {FEWEST} and testing "
                f"{FEWEST_TESTED}: take a shorter warm-up, training part or horizon."
            )
        constant = still(series.values[: warmup + train, used])
        if constant.size:
            name = series.channels[used[constant[0]]]
            raise TaskError(f"Channel {name!r} is constant before the test part, so there is nothing to learn. Leave it out.")
        given, input_mean, input_scale = self._normalised(series.values[:, inputs], warmup + train)
        wanted, mean, scale = self._normalised(series.values[:, targets], warmup + train)
        end = rows - self.horizon
        later = np.full_like(wanted, np.nan)
        later[:end] = wanted[self.horizon :]
        channels = tuple(series.channels[k] for k in targets)
        for part, name in ((later[warmup : warmup + train], "training"), (later[warmup + train : end], "test")):
            known = part[np.isfinite(part).all(axis=1)]
            least = FEWEST if name == "training" else FEWEST_TESTED
            if leaves_out and len(known) < least:
                raise TaskError(
                    f"Of the {len(part):,} rows of the {name} part {len(known):,} have all their targets, and it needs {least}. Leave out "
                    "the column with the gaps, take another warm-up or training part, or fill the gaps."
                )
            constant = still(known)
            if constant.size:
                raise TaskError(
                    f"Channel {channels[constant[0]]!r} is constant in the {name} part, so its error has no scale. "
                    "Leave it out, or take another warm-up or training part."
                )
        return TaskData(
            inputs=given,
            targets=later,
            time=np.concatenate([series.time[self.horizon :], np.full(self.horizon, np.nan)]),
            input_channels=tuple(series.channels[k] for k in inputs),
            channels=channels,
            time_label=series.time_label,
            warmup=warmup,
            train=train,
            end=end,
            horizon=self.horizon,
            input_mean=input_mean,
            input_scale=input_scale,
            mean=mean,
            scale=scale,
            lyapunov_time=self.lyapunov_time,
            own=series.head if series.digest else None,
            task=self,
        )

    def check_horizon(self, series: Series, inputs: list[int], targets: list[int]) -> None:
        """Raises where a column is an input and a target of the same step."""
        if self.horizon == 0 and set(inputs) & set(targets):
            name = series.channels[min(set(inputs) & set(targets))]
            words = f"{name!r} is an input and a target of the same step, so there is nothing to forecast."
            raise TaskError(f"{words} Take a horizon of 1 or more, or take it out of the inputs or of the targets.", "horizon")

    def _normalised(self, values: np.ndarray, known: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The values (time, columns) as (value - mean) / scale of the first `known` rows, the mean and the scale."""
        if not self.normalise:
            return values.astype(np.float64), np.zeros(values.shape[1]), np.ones(values.shape[1])
        mean, scale = np.nanmean(values[:known], axis=0), np.nanstd(values[:known], axis=0)
        return (values - mean) / scale, mean, scale
