"""Data for BPTT: read, checked, cut into batches, and stacked a chunk at a time."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from rcwidgets.core.algebra.path import fitted_rows
from rcwidgets.core.model.program import Program
from rcwidgets.core.series import Data, as_batch, as_values, by_node, is_list
from rcwidgets.core.trainers.gradient.objective import Objective
from rcwidgets.core.trainers.gradient.updates import Batch

Pair: TypeAlias = tuple[Data, Data] | list[Data]
TrainingData: TypeAlias = Pair | Callable[[], Iterable[Pair]]  # a pair (x, y), or what yields batches (x, y) anew for each epoch


class Rows(NamedTuple):
    """Series, one a row: inputs (series, time, features) and targets (series, ...) by place, and lengths (series,) or None."""

    inputs: dict[int, np.ndarray]
    targets: dict[int, np.ndarray]
    lengths: np.ndarray | None

    def __len__(self) -> int:
        return len(next(iter(self.inputs.values())))

    def arrays(self) -> list[np.ndarray]:
        """All arrays, in a fixed order."""
        return [*self.inputs.values(), *self.targets.values(), *([] if self.lengths is None else [self.lengths])]

    @property
    def shapes(self) -> tuple[Any, ...]:
        """What two batches must share to be stacked."""
        return (self.lengths is None, *(array.shape for array in self.arrays()))

    def take(self, places: np.ndarray) -> "Rows":
        """Some of the series."""
        return Rows(
            {k: array[places] for k, array in self.inputs.items()},
            {k: array[places] for k, array in self.targets.items()},
            None if self.lengths is None else self.lengths[places],
        )


def stack(batches: list[Rows], capacity: int, dtype: Any) -> Batch:
    """Batches of one shape as arrays with a leading axis of `capacity`, zeros after the last; series are time-major, floats in `dtype`."""

    def filled(arrays: list[np.ndarray], *, swapped: bool = False) -> np.ndarray:
        first = arrays[0].swapaxes(0, 1) if swapped else arrays[0]
        whole = np.zeros((capacity, *first.shape), dtype if first.dtype.kind == "f" else first.dtype)
        for row, array in zip(whole, arrays, strict=False):
            row[...] = array.swapaxes(0, 1) if swapped else array
        return whole

    some = batches[0]
    return Batch(
        {k: filled([one.inputs[k] for one in batches], swapped=True) for k in some.inputs},
        {k: filled([one.targets[k] for one in batches]) for k in some.targets},
        None if some.lengths is None else filled([one.lengths for one in batches if one.lengths is not None]),
    )


class Reader:
    """Turns what the user gives into rows that fit the program and its objective."""

    def __init__(self, program: Program, objective: Objective) -> None:
        self.program, self.objective = program, objective
        self.once = set(program.exits) <= program.once

    def read(self, x: Any, y: Any, *, rounded: bool = False) -> Rows:
        """The rows of x, series (batch, time, features) or a list, and y by exit; with `rounded`, lists are padded to a power of two."""
        names = [self.program.names[k] for k in self.program.inputs]
        arrays = by_node(x, names, "x")
        inputs = {k: arrays[self.program.names[k]] for k in self.program.inputs}
        series, steps = next(iter(inputs.values())).shape[:2]
        one = next(iter(x.values())) if isinstance(x, Mapping) else x
        lengths = np.array([len(each) for each in one], np.int32) if is_list(one) else None
        if lengths is not None and not self.once and np.ptp(lengths):
            raise ValueError(
                "BPTT takes series of unequal length only where a node such as Last or TimeMean gives one value a series. "
                "Cut the series to one length, or put such a node before the output."
            )
        lengths = lengths if self.once else None
        if lengths is not None and rounded:
            longer = 2 ** int(np.ceil(np.log2(steps))) - steps
            inputs = {k: np.pad(array, ((0, 0), (0, longer), (0, 0))) for k, array in inputs.items()}
        given = targets_by_name(y, [self.program.names[k] for k in self.program.exits])
        flat = not is_list(one) and np.ndim(one) < 3
        targets = {k: self._target(k, given, series, steps, flat) for k in self.program.exits}
        return Rows(inputs, targets, lengths)

    def _target(self, place: int, given: Mapping[str, Any], series: int, steps: int, flat: bool) -> np.ndarray:
        name, size, once = self.program.names[place], self.program.wires[place].size, place in self.program.once
        value, what = given[name], "y" if len(given) == 1 else f"y[{name!r}]"
        leading = (series,) if once else (series, steps)
        if is_labels(value, leading, flat):
            return self._labels(np.reshape(np.asarray(value), leading), what, size)
        read = as_values(value, what) if once else as_batch(value, what)
        if read.shape[: len(leading)] != leading:
            words = "one row for each series of x" if once else "the same (batch, time) as x"
            raise ValueError(f"{what} must have {words}, got {read.shape[: len(leading)]} for {leading}.")
        if self.objective.takes_numbers and read.shape[-1] != size:
            raise ValueError(f"{name} has {size} features, {what} has {read.shape[-1]}. Set its features to {read.shape[-1]}.")
        return read

    def _labels(self, labels: np.ndarray, what: str, size: int) -> np.ndarray:
        if not self.objective.takes_labels:
            return labels[..., None].astype(np.float64)
        if not self.objective.own and not (labels.min() >= 0 and labels.max() < size):
            raise ValueError(f"{what} must be class numbers from 0 to {size - 1}, got {labels.min()} to {labels.max()}. Renumber them.")
        return labels.astype(np.int32)


def is_labels(value: Any, leading: tuple[int, ...], flat: bool) -> bool:
    """Whether a target is one whole number a row: integers of the shape `leading`, or without its first axis for one flat series."""
    if is_list(value) or not np.issubdtype(np.asarray(value).dtype, np.integer):
        return False
    return np.shape(value) == leading or (flat and np.shape(value) == leading[1:])


def targets_by_name(y: Any, exits: list[str]) -> dict[str, Any]:
    """The target of each output, by name: a dict, or one for all."""
    if not isinstance(y, Mapping):
        return dict.fromkeys(exits, y)
    unknown, missing = [name for name in y if name not in exits], [name for name in exits if name not in y]
    if unknown or missing:
        wrong = f"y for {unknown[0]!r}, which is no output" if unknown else f"no y for {missing[0]!r}"
        raise ValueError(f"There is {wrong}. Give y for: {', '.join(exits)}.")
    return dict(y)


class Source:
    """Training or test data: a pair (x, y) that is cut into batches, or a function whose call yields batches (x, y) anew."""

    def __init__(self, data: Any, what: str) -> None:
        if isinstance(data, Iterator):
            raise TypeError(f"{what} must be a pair (x, y) or a function, got a generator, which can be read only once. Give its function.")
        self.pair = isinstance(data, list | tuple) and len(data) == 2
        if not self.pair and not callable(data):
            raise TypeError(f"{what} must be a pair (x, y) or a function that yields batches (x, y), got {type(data).__name__}.")
        self._data, self._what = data, what
        self._begun: tuple[Any, Iterator[Any]] | None = None
        self._rows: Rows | None = None

    def first(self) -> tuple[Any, Any]:
        """An example (x, y); a batch that it takes from a function comes again as the first of the next epoch."""
        if self.pair:
            return self._data[0], self._data[1]
        return self._checked(self._begin()[0])

    def epoch(self, reader: Reader, size: int, order: np.random.Generator | None) -> Iterator[Rows]:
        """The batches of one epoch: of a pair `size` series each (the last one what is left), in the order of `order`'s permutation."""
        if not self.pair:
            (first, others), self._begun = self._begin(), None
            for one in chain([first], others):
                yield reader.read(*self._checked(one), rounded=True)
            return
        self._rows = rows = self._rows or reader.read(*self._data)
        places = np.arange(len(rows)) if order is None else order.permutation(len(rows))
        for start in range(0, len(rows), size):
            yield rows.take(places[start : start + size])

    def _begin(self) -> tuple[Any, Iterator[Any]]:
        """The first batch of a call, and the others; kept until an epoch takes them."""
        if self._begun is None:
            batches = iter(self._data())
            try:
                self._begun = next(batches), batches
            except StopIteration:
                raise ValueError(
                    f"{self._what} must yield at least one batch (x, y), got none. Return a new generator each time."
                ) from None
        return self._begun

    def _checked(self, one: Any) -> tuple[Any, Any]:
        if not isinstance(one, list | tuple) or len(one) != 2:
            raise TypeError(f"{self._what} must yield pairs (x, y), got {type(one).__name__}.")
        return one[0], one[1]


def in_pieces(data: Any, window: int | None, washout: int = 0) -> Any:
    """A pair of one long series (time, features) each, cut into pieces (pieces, window, features); other data as they are.

    Each piece begins `washout` steps before the end of the one before it. What is left at the end is dropped; series that are no longer
    than the window stay whole.
    """
    if window is None or not _is_pair(data) or not all(_is_long(one, window) for side in data for one in _values(side)):
        return data
    if window <= washout:
        raise ValueError(f"BPTT.washout must be less than the window of {window} steps, got {washout}. Take a longer window.")

    def pieces(one: Any) -> np.ndarray:
        array = np.asarray(one)
        starts = np.arange(count_pieces(len(array), window, washout)) * (window - washout)
        return array[starts[:, None] + np.arange(window)]

    return _by_series(data, pieces)


def count_pieces(rows: int, window: int | None, washout: int = 0) -> int:
    """How many pieces one long series gives."""
    return 1 if window is None or rows <= window else 1 + (rows - window) // max(window - washout, 1)


def hold_out(data: Any, washout: int) -> tuple[Any, Any]:
    """A pair (x, y) as two: the first four fifths to learn from, and the last fifth to look at.

    Of one long series (time, features) they are rows, and the last fifth runs in over `washout` rows before it; of a batch or list they
    are series. Other data, and a batch of fewer than five, are a ValueError.
    """
    series = [one for side in data for one in _values(side)] if _is_pair(data) else []
    long = bool(series) and all(not is_list(one) and np.ndim(one) in (1, 2) for one in series[:1])
    rows = len(series[0]) if series else 0
    if rows < 5 or any(len(one) != rows for one in series):
        raise ValueError(
            "BPTT.patience looks at held-out data, and there is nothing to hold out: training data must be a pair (x, y) of a long series "
            "or of at least five. Give test_data to fit."
        )
    border = fitted_rows(rows)
    before = min(washout, border) if long else 0
    return _by_series(data, lambda one: one[:border]), _by_series(data, lambda one: one[border - before :])


def _is_pair(data: Any) -> bool:
    return isinstance(data, list | tuple) and len(data) == 2


def _by_series(data: Any, change: Callable[[Any], Any]) -> tuple[Any, Any]:
    """A pair whose series, by node name where there are several, are changed."""
    x, y = ({name: change(one) for name, one in side.items()} if isinstance(side, Mapping) else change(side) for side in data)
    return x, y


def _values(side: Any) -> list[Any]:
    return list(side.values()) if isinstance(side, Mapping) else [side]


def _is_long(one: Any, window: int) -> bool:
    return not is_list(one) and np.ndim(one) == 2 and len(one) > window
