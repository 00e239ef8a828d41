"""Series as the programs take them, checked, in (batch, time, features), and what is read off them.

Here is the one sentence in which every run and every training says from where on numbers are not finite.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol, TypeAlias

import jax
import numpy as np
from numpy.typing import ArrayLike


class Rows(Protocol):
    """What has a length, a shape, and slices: an array that lies elsewhere. One of several series has slices of both its first axes."""

    @property
    def shape(self) -> tuple[int, ...]:
        """(time, features), (time,), or (batch, time, features)."""

    def __len__(self) -> int: ...

    def __getitem__(self, rows: slice, /) -> ArrayLike: ...


class RowsToFill(Rows, Protocol):
    """What slices are put into, too."""

    def __setitem__(self, rows: slice, block: np.ndarray, /) -> None: ...


LongData: TypeAlias = Rows | Iterable[ArrayLike]
"""A series that does not fit in memory: what has a length and slices, or an iterable of blocks (rows, features)."""
MOST_LOADED = 4_000_000_000  # bytes of a series that lies elsewhere and is put into memory
Data: TypeAlias = ArrayLike | Sequence[ArrayLike] | Mapping[str, ArrayLike | Sequence[ArrayLike]] | LongData
"""Series as people hand them in: an array, a list of series of unequal length, one of these for each node by its name, or `LongData`."""
Predictions: TypeAlias = np.ndarray | list[np.ndarray] | Mapping[str, np.ndarray | list[np.ndarray]]
"""Series as they are given back, shaped as the data were; by name where there are several outputs."""


def is_list(value: Any) -> bool:
    """Whether the value is a list, or an array of objects, of series (time_k, features), each with a length of its own."""
    several = isinstance(value, list | tuple) or (isinstance(value, np.ndarray) and value.dtype == object and value.ndim == 1)
    return several and len(value) > 0 and all(np.ndim(item) == 2 for item in value)


def first_of(x: Any) -> Any:
    """The data of the first node, where they are a dict by node; else the data. None where there are none."""
    return next(iter(x.values()), None) if isinstance(x, Mapping) else x


def is_flat(x: Any) -> bool:
    """Whether data, an array or a dict of them, are one series without an axis of batch."""
    one = first_of(x)
    return not is_list(one) and np.ndim(one) < 3


def count_of(x: Any) -> int:
    """How many series the data are."""
    return 1 if is_flat(x) else len(first_of(x))


def lengths_of(x: Any) -> np.ndarray | None:
    """The lengths (batch,) of a list of series, or of a dict of lists; None where all are equally long."""
    one = first_of(x)
    if one is None or not is_list(one):
        return None
    lengths = np.array([len(item) for item in one])
    return lengths if np.ptp(lengths) else None


def same_lengths(one: np.ndarray | None, other: np.ndarray | None) -> bool:
    """Whether the lengths of two batches are the same; None where all series of one are equally long."""
    return one is other if one is None or other is None else np.array_equal(one, other)


def living(lengths: np.ndarray | None, steps: int) -> np.ndarray | None:
    """Which series live at which step, (time, batch); None where all live to the end."""
    return None if lengths is None else np.arange(steps)[:, None] < lengths


def as_batch(value: Any, what: str) -> np.ndarray:
    """A series (time, features), a batch (batch, time, features) or one channel (time,), as (batch, time, features) of floats.

    A list of series (time_k, features) becomes a batch with zeros after the ends of the shorter ones. Wrong shapes, empty series and
    numbers that are not finite are a ValueError that says where.
    """
    if is_list(value) and len({np.shape(item) for item in value}) > 1:
        return _padded([as_batch(item, f"{what}[{k}]")[0] for k, item in enumerate(value)], what)
    array = array_of(value, what)
    if not (np.issubdtype(array.dtype, np.floating) or np.issubdtype(array.dtype, np.integer)):
        raise TypeError(f"{what} must be numbers, got an array of {array.dtype}.")
    if array.ndim not in (1, 2, 3):
        raise ValueError(f"{what} must be (time, features) or (batch, time, features), got the shape {array.shape}.")
    if array.size == 0:
        raise ValueError(f"{what} must not be empty, got the shape {array.shape}.")
    array = array[:, None] if array.ndim == 1 else array
    array = array[None] if array.ndim == 2 else array
    if not np.issubdtype(array.dtype, np.floating):
        array = array.astype(np.float64)
    check_finite(array, what)
    return array


def lies_elsewhere(value: Any) -> bool:
    """Whether a series has a shape and slices, and lies on a disk or with whoever makes it."""
    if isinstance(value, np.ndarray):
        return isinstance(value, np.memmap) and value.ndim in (1, 2, 3)
    if isinstance(value, jax.Array) or hasattr(value, "iloc"):
        return False
    return all(hasattr(value, name) for name in ("shape", "dtype", "__getitem__", "__len__")) and len(value.shape) in (1, 2, 3)


def array_of(value: Any, what: str) -> np.ndarray:
    """The value as an array. Masked entries, whose fill values would count as data, and rows of different lengths are a ValueError.

    So is what lies elsewhere and would take more than 4 GB here.
    """
    if lies_elsewhere(value) and (size := float(np.prod(value.shape, dtype=np.float64)) * value.dtype.itemsize) > MOST_LOADED:
        raise ValueError(
            f"{what} would take {size / 1e9:.1f} GB of memory, and is needed here as a whole; that may take {MOST_LOADED / 1e9:.0f} GB. "
            "Give a part of it: fit, predict and metrics alone read a series block by block."
        )
    _check_unmasked(value, what)
    try:
        array = np.asarray(list(value) if is_list(value) else value)
        if array.dtype.kind == "U" and isinstance(value, list | tuple) and any(isinstance(one, float) and one != one for one in value):
            return np.array(value, dtype=object)  # NaN among texts would become one
        return array
    except ValueError:
        raise ValueError(
            f"{what} must be an array or a list of series (time, features), got rows of different lengths. "
            "Give each series of one channel as (time, 1)."
        ) from None


def opened(value: Any) -> Any:
    """An array with NaN in the place of masked entries; anything else as it is."""
    return np.ma.filled(value.astype(np.float64), np.nan) if isinstance(value, np.ma.MaskedArray) else value


def one_each(value: Any, what: str) -> np.ndarray:
    """Values or labels of which each series has one, as an array; the axis of a time of one step is left out."""
    array = array_of(value, what)
    return array[:, 0] if array.ndim == 3 and array.shape[1] == 1 else array


def _check_unmasked(value: Any, what: str) -> None:
    if np.ma.is_masked(value):
        place = ", ".join(str(k) for k in np.argwhere(np.ma.getmaskarray(value))[0])
        raise ValueError(f"{what} must have no masked entries, got one at [{place}]. Remove or fill the rows that are masked.")
    if isinstance(value, list | tuple) or (isinstance(value, np.ndarray) and value.dtype == object):
        for k, one in enumerate(value):
            if isinstance(one, np.ma.MaskedArray | list | tuple):
                _check_unmasked(one, f"{what}[{k}]")


def as_values(value: Any, what: str) -> np.ndarray:
    """One value a series: (batch, features), or (features,) of one series, as (batch, features) of finite floats.

    A list of one row (1, features) for each series, and an array (batch, 1, features), are the same.
    """
    array = one_each(value, what)
    return as_batch(array if array.ndim > 1 else array.reshape(1, -1), what)[0]


def _padded(series: list[np.ndarray], what: str) -> np.ndarray:
    """The series (time_k, features) as one batch."""
    widths = [one.shape[1] for one in series]
    if len(set(widths)) > 1:
        odd = next(k for k, width in enumerate(widths) if width != widths[0])
        raise ValueError(
            f"{what} must have the same features in all series, got {widths[0]} in series 0 and {widths[odd]} in series {odd}."
        )
    batch = np.zeros((len(series), max(map(len, series)), widths[0]), np.result_type(*series))
    for row, one in zip(batch, series, strict=True):
        row[: len(one)] = one
    return batch


def check_finite(batch: np.ndarray, what: str, first: int = 0) -> None:
    """Raises a ValueError that names the first entry of a (batch, time, features) array that is not finite; it begins at row `first`."""
    if not np.isfinite(batch).all():
        series, row, column = np.argwhere(~np.isfinite(batch))[0]
        where = f"row {first + row}, column {column}" + (f" of series {series}" if len(batch) > 1 else "")
        raise ValueError(
            f"{what} must be finite, got {batch[series, row, column]} in {where}. Remove or fill the rows that are not numbers."
        )


def by_node(value: Any, names: Sequence[str], what: str, once: Collection[str] = ()) -> dict[str, np.ndarray]:
    """The data of each of several nodes: a dict by node name, or one array where there is one node (or where all take the same).

    Each is (batch, time, features); of the nodes in `once`, which have one value a series, it is (batch, features).
    """

    def read(one: Any, name: str, where: str) -> np.ndarray:
        return as_values(one, where) if name in once else as_batch(one, where)

    if isinstance(value, Mapping):
        unknown = [name for name in value if name not in names]
        missing = [name for name in names if name not in value]
        if unknown or missing:
            wrong = f"{what} for {unknown[0]!r}, which is not there" if unknown else f"no {what} for {missing[0]!r}"
            raise ValueError(f"There is {wrong}. Give {what} for: {', '.join(names)}.")
        arrays = {name: read(value[name], name, f"{what}[{name!r}]") for name in names}
        _check_ends({name: value[name] for name in names if name not in once}, what)
    else:
        kinds = {name in once: read(value, name, what) for name in names}
        arrays = {name: kinds[name in once] for name in names}
    lengths = {array.shape[:2] for name, array in arrays.items() if name not in once}
    if len(lengths) > 1:
        raise ValueError(f"{what} must have the same (batch, time) for all nodes, got {sorted(lengths)}.")
    return arrays


def _check_ends(series: Mapping[str, Any], what: str) -> None:
    """Raises a ValueError where the series of one node end elsewhere than those of the first."""
    lengths = {name: lengths_of({name: one}) for name, one in series.items()}
    first = next(iter(lengths), "")
    for name, own in lengths.items():
        if not same_lengths(own, lengths[first]):
            both = ((first, lengths[first]), (name, own))
            told = [f"{'one length' if one is None else one.tolist()} for {node!r}" for node, one in both]
            raise ValueError(f"{what} must have series of the same lengths for all nodes, got {' and '.join(told)}.")


def stretches(steps: int, longest: int) -> Iterator[slice]:
    """Slices that cut `steps` rows into nearly equal stretches of at most `longest`: two lengths at most, so two traces at most."""
    count = -(-steps // longest)
    base, extra = divmod(steps, count)
    start = 0
    for k in range(count):
        stop = start + base + (k < extra)
        yield slice(start, stop)
        start = stop


def not_finite(what: str, advice: str, *, since: str = "", happened: str = "the run diverged") -> FloatingPointError:
    """The error "<what> is not finite <since>: <happened>. <advice>"; `since` is such as "from step 3 on".

    >>> str(not_finite("readout", "Lower the spectral radius.", since="from step 3 on"))
    'readout is not finite from step 3 on: the run diverged. Lower the spectral radius.'
    """
    return FloatingPointError(f"{what} is not finite{since and ' '}{since}: {happened}. {advice}")


def check_run(series: np.ndarray, what: str, advice: str, *, where: str = "", happened: str = "the run diverged") -> None:
    """Raises the error for series ([lanes,] batch, time, features), which names the first step that is not finite; of lanes the first one.

    `where` tells more of the step, such as " of the closed loop".
    """
    if np.isfinite(series).all():
        return
    bad = ~np.isfinite(series).all(axis=-1)
    lane = "" if series.ndim == 3 else f" in lane {int(np.argmax(bad.any(axis=(1, 2))))}"
    steps = bad.any(axis=0) if series.ndim == 3 else bad[int(np.argmax(bad.any(axis=(1, 2))))].any(axis=0)
    raise not_finite(what, advice, since=f"from step {int(np.argmax(steps))}{where} on{lane}", happened=happened)


def embedding_delay(series: ArrayLike) -> int:
    """The least number of steps after which the autocorrelation of a series (time,) is below 1/e; a tenth of the series where it never is.

    Plotted against itself that many steps earlier, the series is neither a diagonal line nor a tangle.

    Reference: Rosenstein, Collins & De Luca (1994), Physica D 73, 82-98.
    >>> embedding_delay(np.sin(np.arange(1000.0) / 10))
    13
    """
    x = np.asarray(series, np.float64)
    if x.ndim != 1 or x.size < 2 or not np.isfinite(x).all():
        raise ValueError(f"embedding_delay.series must be (time,), finite and of at least 2 times, got the shape {x.shape}.")
    x = x - x.mean()
    power = np.square(np.abs(np.fft.rfft(x, 2 * x.size)))
    correlation = np.fft.irfft(power)[: x.size] * x.size / np.arange(x.size, 0, -1)
    longest = max(1, x.size // 10)
    below = np.flatnonzero(correlation[: longest + 1] < correlation[0] / np.e)
    return int(below[0]) if below.size else longest
