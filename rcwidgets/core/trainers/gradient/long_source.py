"""Training data for BPTT that stay where they are: pieces of a long series are read batch by batch, in whatever order they come."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, Self

import numpy as np

from rcwidgets.core.algebra.path import fitted_rows
from rcwidgets.core.long_series import is_blocks, is_long_pair
from rcwidgets.core.series import array_of, check_finite
from rcwidgets.core.trainers.gradient.reading import Reader, Rows
from rcwidgets.core.trainers.held_out import fitted_series


class LongSource(NamedTuple):
    """A pair (x, y) of what has slices: of one series (time, features) pieces of `window` steps that begin at the rows `starts`; of
    several (batch, time, features) those with the numbers `starts`, where there is no window.
    """

    x: Any
    y: Any
    starts: np.ndarray
    window: int | None

    def first(self) -> tuple[Any, Any]:
        """An example (x, y): the first piece."""
        return self._pieces(self.starts[:1], checked=False)

    def epoch(self, reader: Reader, size: int, order: np.random.Generator | None) -> Iterator[Rows]:
        """The batches of one epoch, as `Source.epoch` has them."""
        places = np.arange(len(self.starts)) if order is None else order.permutation(len(self.starts))
        for begin in range(0, len(places), size):
            yield reader.read(*self._pieces(self.starts[places[begin : begin + size]], checked=not reader.objective.gaps))

    def _pieces(self, starts: np.ndarray, *, checked: bool) -> tuple[np.ndarray, np.ndarray]:
        """Some pieces (pieces, steps, features) of x and of y."""
        x, y = (_gathered(one, what, starts, self.window, checked=what == "x" or checked) for what, one in (("x", self.x), ("y", self.y)))
        return x, y

    def apart(self, washout: int, cut: Callable[..., np.ndarray]) -> tuple[Self, Self]:
        """Four fifths to learn from, and one to look at, as `hold_out` takes them; `cut(rows)` are the starts of pieces of so many rows."""
        if self.window is None:
            if len(self.starts) < 5:
                raise ValueError(
                    f"BPTT.patience looks at every fifth series, and there are {len(self.starts)}. Give test_data to fit, or five and more."
                )
            fitted = fitted_series(len(self.starts))
            return self._replace(starts=self.starts[fitted]), self._replace(starts=self.starts[~fitted])
        border = fitted_rows(len(self.x))
        later = border - min(washout, border)
        return self._replace(starts=cut(border)), self._replace(starts=later + cut(len(self.x) - later))


def _gathered(series: Any, what: str, starts: np.ndarray, window: int | None, *, checked: bool) -> np.ndarray:
    rows = [array_of(series[start] if window is None else series[start : start + window], what) for start in starts.tolist()]
    for start, one in zip(starts.tolist(), rows, strict=True):
        if checked and one.dtype.kind == "f":
            check_finite(np.atleast_2d(one)[None], what if window is not None else f"{what}[{start}]", 0 if window is None else start)
    return np.stack(rows)


def long_source(data: Any, window: int | None, cut: Callable[..., np.ndarray], owner: str) -> LongSource | None:
    """The source of a pair of which one is long; None of other data. What cannot be read so is a ValueError or TypeError in words."""
    if not is_long_pair(data):
        return None
    if any(map(is_blocks, data)):
        raise TypeError(f"{owner}.fit goes over the rows again and again, in any order. Give what has a length and slices, not blocks.")
    x, y = data
    shapes: list[tuple[int, ...]] = [tuple(getattr(one, "shape", ())) for one in data]
    if () in shapes or len(shapes[0]) not in (2, 3):
        told = " and ".join(str(shape or type(one).__name__) for one, shape in zip(data, shapes, strict=True))
        raise TypeError(f"{owner}.fit takes a long x as (time, features) or (batch, time, features), and y beside it, got {told}.")
    several = len(shapes[0]) == 3
    if shapes[0][0] != shapes[1][0] or (not several and len(shapes[1]) != 2):
        raise ValueError(f"{owner}.fit takes a long x and y of the same rows, got {shapes[0]} and {shapes[1]}.")
    if several:
        return LongSource(x, y, np.arange(len(x)), None)
    if window is None or window >= len(x):
        raise ValueError(
            f"{owner}.window must be less than the {len(x):,} rows of a series that is read in pieces, got {window}: the states of all its "
            "steps would be kept."
        )
    return LongSource(x, y, cut(len(x)), window)
