"""The task that tells whole series apart: which class each of them is of."""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import ClassVar

import numpy as np

from rcwidgets.core.algebra.blocked import BLOCKS
from rcwidgets.core.datasets import japanese_vowels
from rcwidgets.core.datasets.table import Series
from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.nodes import Input, LinearReadout, Reservoir, TimeMean
from rcwidgets.core.spec.registry import TASKS, listed
from rcwidgets.core.tasks.base import AbstractTask, TaskData
from rcwidgets.core.tasks.gaps import TaskError
from rcwidgets.core.tasks.knobs import standardise
from rcwidgets.core.trainers.closed_form.ridge import RidgeSettings
from rcwidgets.core.trainers.held_out import blocks_of

NO_ROWS = "This task tells whole series apart, {} to train on and {} to test, and has no rows to split."


@lru_cache(maxsize=1)
def _vowels() -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
    """All utterances (series, longest, 12) with zeros after the end of each, their lengths (series,), their speakers, how many train."""
    (train_x, train_y), (test_x, test_y) = japanese_vowels()
    every = [*train_x, *test_x]
    lengths = np.array([len(one) for one in every])
    padded = np.zeros((len(every), lengths.max(), every[0].shape[1]))
    for row, one in zip(padded, every, strict=True):
        row[: len(one)] = one
    return padded, lengths, np.concatenate([train_y, test_y]), len(train_x)


def mixed(count: int) -> np.ndarray:
    """An order (series,) of the series to train on whose fifths each have some of every class: every fifth series is a block."""
    return np.argsort(blocks_of(np.ones((1, count), bool), BLOCKS, once=True)[0], kind="stable")


@listed(TASKS)
@dataclass(frozen=True, repr=False)
class VowelsTask(AbstractTask):
    """Tell nine men apart who say two Japanese vowels: 270 utterances of 7 to 29 frames to train on, 370 to test.

    Each frame has 12 coefficients; the model gives one value for each speaker after the whole utterance, by TimeMean or Last before its
    readout. The data are those of `rc.datasets.japanese_vowels`, split as published.
    """

    kind: ClassVar[str] = "vowels"
    label: ClassVar[str] = "Japanese vowels"
    width: ClassVar[str] = "12"
    classes: ClassVar[bool] = True

    horizon: int = field(default=0, init=False)  # no knobs here: of a series there is one target, and the split is the published one
    warmup: int | None = field(default=0, init=False)
    train: int | None = field(default=270, init=False)
    normalise: bool = standardise(True)

    @property
    def widths(self) -> tuple[str, str]:
        return self.width, "9"

    def series(self, data: Series | None) -> Series:
        _, lengths, _, train = _vowels()
        raise TaskError(NO_ROWS.format(train, len(lengths) - train))

    def prepare(self, data: Series | None = None) -> TaskData:
        values, lengths, speakers, train = _vowels()
        order = np.append(mixed(train), np.arange(train, len(values)))
        values, lengths, speakers = values[order], lengths[order], speakers[order]
        steps = np.arange(values.shape[1]) < lengths[:, None]
        known = values[:train][steps[:train]]
        mean, scale = (known.mean(0), known.std(0)) if self.normalise else (np.zeros(values.shape[2]), np.ones(values.shape[2]))
        names = tuple(f"speaker {k + 1}" for k in range(int(speakers.max()) + 1))
        return TaskData(
            inputs=np.where(steps[:, :, None], (values - mean) / scale, 0.0),
            targets=np.eye(len(names))[speakers],
            time=order + 1.0,
            input_channels=tuple(f"coefficient {k + 1}" for k in range(values.shape[2])),
            channels=names,
            time_label="utterance",
            warmup=0,
            train=train,
            end=len(lengths),
            horizon=0,
            input_mean=mean,
            input_scale=scale,
            mean=np.zeros(len(names)),
            scale=np.ones(len(names)),
            task=self,
            lengths=lengths,
            at=(np.arange(len(lengths)), lengths - 1),
            names=tuple(f"utterance {place + 1}" for place in order.tolist()),
        )

    def source(self, data: Series | None = None) -> list[str]:
        return [
            "# The data: utterances (frames, 12), and the speaker of each, 0 to 8",
            "(train_x, train_y), (test_x, test_y) = rc.datasets.japanese_vowels()",
        ]

    def start(self) -> tuple[Graph, RidgeSettings]:
        # beta: the best accuracy, 0.976, of a choice on fifths of the training series (1e-4 is as good)
        return Input() >> Reservoir() >> TimeMean() >> LinearReadout(), RidgeSettings(beta=3e-4)
