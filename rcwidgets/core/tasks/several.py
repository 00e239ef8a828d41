"""Several series as a task: split by series, each with a warm-up of its own."""

from typing import NamedTuple

import numpy as np

from rcwidgets.core.datasets.table import Series
from rcwidgets.core.tasks.base import AbstractTask, TaskData
from rcwidgets.core.tasks.gaps import TaskError, check_gaps, still


class Padded(NamedTuple):
    """Several series as one array (series, longest, columns) with zeros after the end of each, and their lengths (series,)."""

    values: np.ndarray
    lengths: np.ndarray


def padded(series: list[np.ndarray]) -> Padded:
    """Series (time_k, columns) of one width side by side."""
    lengths = np.array([len(one) for one in series])
    values = np.zeros((len(series), int(lengths.max()), series[0].shape[1]))
    for row, one in zip(values, series, strict=True):
        row[: len(one)] = one
    return Padded(values, lengths)


def count_to_train(asked: int | None, count: int) -> int:
    """How many of so many series train: seven tenths where nothing is task. One at least is left to test."""
    if count < 2:
        raise TaskError(
            "There is one series alone, and a split by series needs two. Give more of them, or leave out what tells them apart."
        )
    train = max(1, count * 7 // 10) if asked is None else asked
    if not 1 <= train < count:
        raise TaskError(
            f"Of {count:,} series {train:,} are to train. At least one trains and at least one tests: take 1 to {count - 1:,}.",
            "train_series",
        )
    return train


def scale_of(known: np.ndarray, names: list[str], normalise: bool) -> tuple[np.ndarray, np.ndarray]:
    """Mean and scale of columns (rows, columns) of the series that train; one that never changes is a TaskError. NaN does not count."""
    constant = still(known)
    if constant.size:
        raise TaskError(f"Channel {names[constant[0]]!r} is constant in the series that train, so there is nothing to learn. Leave it out.")
    if not normalise:
        return np.zeros(known.shape[1]), np.ones(known.shape[1])
    return np.nanmean(known, axis=0), np.nanstd(known, axis=0)


def warmup_of(asked: int | None, lengths: np.ndarray, horizon: int, names: tuple[str, ...]) -> int:
    """The rows at the start of each series that wash out its start: a tenth of the shortest where nothing is task."""
    shortest = int(lengths.argmin())
    warmup = int(lengths[shortest]) // 10 if asked is None else asked
    if lengths[shortest] - horizon - warmup < 1:
        raise TaskError(
            f"Series {names[shortest]!r} is too short: of its {lengths[shortest]:,} rows {warmup:,} are for the warm-up and {horizon:,} "
            "for the horizon, and none is left. Take a shorter warm-up or horizon, or leave that series out.",
            "warmup",
        )
    return warmup


def forecast_of(task: AbstractTask, train_series: int | None, series: Series, inputs: list[int], targets: list[int]) -> TaskData:
    """The data of a forecast in several series, of which the first ones train; every row after its warm-up counts the same."""
    assert series.parts is not None
    used, names = sorted({*inputs, *targets}), series.parts.names
    check_gaps(series, inputs if task.leaves_out(series) else used)
    train, parts = count_to_train(train_series, len(names)), series.slices
    lengths = np.array([part.stop - part.start for part in parts])
    warmup = warmup_of(task.warmup, lengths, task.horizon, names)
    known = slice(0, parts[train].start)
    channels = [series.channels[place] for place in used]
    mean, scale = scale_of(series.values[known][:, used], channels, task.normalise)
    values = (series.values[:, used] - mean) / scale
    places = {column: place for place, column in enumerate(used)}
    given, wanted = ([places[column] for column in chosen] for chosen in (inputs, targets))
    of_each = [length - task.horizon - warmup for length in lengths.tolist()]
    owner = np.repeat(np.arange(len(parts)), of_each)
    step = np.concatenate([np.arange(warmup, warmup + count) for count in of_each])
    starts = np.array([part.start for part in parts])
    rows = starts[owner] + step + task.horizon
    later = values[rows][:, wanted]
    learned = int(sum(of_each[:train]))
    for part, word in ((later[:learned], "training"), (later[learned:], "test")):
        part = part[np.isfinite(part).all(axis=1)]
        if len(part) < 2 or (constant := still(part)).size:
            few = "There is one row alone in" if len(part) else "There is no row with a target in"
            told = f"Channel {channels[wanted[constant[0]]]!r} is constant in" if len(part) > 1 else few
            raise TaskError(f"{told} the {word} part, so its error has no scale. Take other series to train, or a shorter warm-up.")
    side_by_side = padded([values[part][:, given] for part in parts])
    return TaskData(
        inputs=side_by_side.values,
        targets=later,
        time=series.time[rows],
        input_channels=tuple(series.channels[place] for place in inputs),
        channels=tuple(series.channels[place] for place in targets),
        time_label=series.time_label,
        warmup=0,
        train=learned,
        end=len(later),
        horizon=task.horizon,
        input_mean=mean[given],
        input_scale=scale[given],
        mean=mean[wanted],
        scale=scale[wanted],
        own=series.head,
        task=task,
        lengths=side_by_side.lengths,
        at=(owner, step),
        names=names,
        washed=warmup,
        led=values[starts[:, None] + np.arange(warmup) + task.horizon][..., wanted],
    )
