"""Data for BPTT: cut into batches and pieces, and held out."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from rcwidgets.core.algebra.path import fitted_rows
from rcwidgets.core.series import Data, array_of, as_batch, first_of, is_flat, is_list
from rcwidgets.core.trainers.gradient.long_source import LongSource, long_source
from rcwidgets.core.trainers.gradient.reading import Reader, Rows
from rcwidgets.core.trainers.gradient.settings import BPTTSettings
from rcwidgets.core.trainers.held_out import fitted_series
from rcwidgets.core.trainers.row_weights import weights_of_rows

Pair: TypeAlias = tuple[Data, Data] | list[Data]
TrainingData: TypeAlias = Pair | Callable[[], Iterable[Pair]]  # a pair (x, y), or what yields batches (x, y) anew for each epoch
LOOKED_AT = 256  # held-out series in one look


class Weighted(NamedTuple):
    """A pair with how much each of its rows counts: as x without its features, (time,), (batch, time) or a list of (time_k,)."""

    x: Data
    y: Data
    weights: Any


def weighed(x: Any, y: Any, given: Any) -> Weighted:
    """A pair with weights as a person gives them, a number for each row or for each series."""
    one = first_of(x)
    if is_list(one):
        ends = np.array([len(series) for series in one]) - 1
        made = weights_of_rows(given, int(ends.max()) + 1, ends, "BPTT")
        return Weighted(x, y, [made[: end + 1, place] for place, end in enumerate(ends.tolist())])
    series, steps = as_batch(one, "x").shape[:2]
    made = weights_of_rows(given, steps, np.full(series, steps - 1), "BPTT").T
    return Weighted(x, y, made[0] if is_flat(x) else made)


class Source:
    """Training or test data: a pair (x, y) that is cut into batches, or a function whose call yields batches (x, y) anew."""

    def __init__(self, data: Any, what: str) -> None:
        if isinstance(data, Iterator):
            raise TypeError(f"{what} must be a pair (x, y) or a function, got a generator, which can be read only once. Give its function.")
        self.pair = _is_pair(data)
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


Pieces: TypeAlias = Source | LongSource


def sources(owner: str, settings: BPTTSettings, train: Any, test: Any, batch: int) -> tuple[Pieces, Pieces | None, int]:
    """The data to learn from and those to look at, in pieces, and how many series make a look.

    With patience and without test data, the last fifth of the data is looked at; else without test data nothing is.
    """
    window, washout = settings.window, settings.washout

    def starts(rows: int) -> np.ndarray:
        return starts_of(rows, window, washout)

    def source(data: Any, what: str) -> Pieces:
        return long_source(data, window, starts, owner) or Source(in_pieces(data, window, washout), f"{owner}.{what}")

    long = long_source(train, window, starts, owner)
    if long is None:
        Source(train, f"{owner}.train_data")  # data of another kind are an error in words
    if settings.patience is None or test is not None:
        return long or source(train, "train_data"), None if test is None else source(test, "test_data"), batch
    if long is not None:
        return *long.apart(washout, starts), max(batch, LOOKED_AT)
    train, test = hold_out(train, washout)
    return source(train, "train_data"), source(test, "test_data"), max(batch, LOOKED_AT)


def in_pieces(data: Any, window: int | None, washout: int = 0) -> Any:
    """A pair of one long series (time, features) each, cut into pieces (pieces, window, features); other data as they are.

    Each piece begins `washout` steps before the end of the one before it. What is left at the end is dropped; series that are no longer
    than the window stay whole.
    """
    series = [one for side in data[:2] for one in _values(side)] if _is_pair(data) else []
    if window is None or not series or any(is_list(one) or np.ndim(one) != 2 or len(one) <= window for one in series):
        return data

    def pieces(one: Any) -> np.ndarray:
        array = array_of(one, "data")
        return array[starts_of(len(array), window, washout)[:, None] + np.arange(window)]

    return _by_series(data, pieces)


def starts_of(rows: int, window: int | None, washout: int) -> np.ndarray:
    """The first rows of the pieces of one long series."""
    if window is not None and window <= washout:
        raise ValueError(f"BPTT.washout must be less than the window of {window} steps, got {washout}. Take a longer window.")
    return np.arange(count_pieces(rows, window, washout)) * ((window or rows) - washout)


def count_pieces(rows: int, window: int | None, washout: int = 0) -> int:
    """How many pieces one long series gives."""
    return 1 if window is None or rows <= window else 1 + (rows - window) // max(window - washout, 1)


def hold_out(data: Any, washout: int) -> tuple[Any, Any]:
    """A pair (x, y) as two: four fifths to learn from, and one to look at.

    Of one long series (time, features) that is the last fifth of the rows, which runs in over `washout` rows before it; of a batch or list
    it is every fifth series, counted from the last one: series of classes often stand class by class. Other data, and a batch of fewer
    than five, are a ValueError.
    """
    series = [one for side in data for one in _values(side)] if _is_pair(data) else []
    long = bool(series) and all(not is_list(one) and np.ndim(one) in (1, 2) for one in series[:1])
    rows = len(series[0]) if series else 0
    if rows < 5 or any(len(one) != rows for one in series):
        raise ValueError(
            "BPTT.patience looks at held-out data, and there is nothing to hold out: training data must be a pair (x, y) of a long series "
            "or of at least five. Give test_data to fit."
        )
    if long:
        border = fitted_rows(rows)
        return _by_series(data, lambda one: one[:border]), _by_series(data, lambda one: one[border - min(washout, border) :])
    fitted = fitted_series(rows)
    return _by_series(data, lambda one: _some(one, fitted)), _by_series(data, lambda one: _some(one, ~fitted))


def _some(series: Any, which: np.ndarray) -> Any:
    """The series of a list or batch that are asked for."""
    return [series[k] for k in np.flatnonzero(which)] if isinstance(series, list | tuple) else array_of(series, "data")[which]


def _is_pair(data: Any) -> bool:
    return isinstance(data, Weighted) or (isinstance(data, list | tuple) and len(data) == 2)


def _by_series(data: Any, change: Callable[[Any], Any]) -> Any:
    """A pair whose series, by node name where there are several, are changed; with their weights, where it has some."""
    sides = ({name: change(one) for name, one in side.items()} if isinstance(side, Mapping) else change(side) for side in data)
    return Weighted(*sides) if isinstance(data, Weighted) else tuple(sides)


def _values(side: Any) -> list[Any]:
    return list(side.values()) if isinstance(side, Mapping) else [side]
