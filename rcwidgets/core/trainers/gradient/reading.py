"""Data for BPTT: read, checked, and stacked a chunk at a time."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.graph.sizing import sizes, waits
from rcwidgets.core.losses import check_classes, check_targets, cross_entropy
from rcwidgets.core.model.program import Program
from rcwidgets.core.series import array_of, as_batch, as_values, by_node, first_of, is_flat, is_list, one_each
from rcwidgets.core.trainers.gaps import filled
from rcwidgets.core.trainers.gradient.objective import Objective
from rcwidgets.core.trainers.gradient.updates import Batch


class Rows(NamedTuple):
    """Series, one a row: inputs (series, time, features) and targets (series, ...) by place, lengths (series,) or None, and weights
    (series, time), or (series,) of outputs with one value a series, or None.
    """

    inputs: dict[int, np.ndarray]
    targets: dict[int, np.ndarray]
    lengths: np.ndarray | None
    weights: np.ndarray | None = None

    def __len__(self) -> int:
        return len(next(iter(self.inputs.values())))

    def arrays(self) -> list[np.ndarray]:
        """All arrays, in a fixed order."""
        return [*self.inputs.values(), *self.targets.values(), *(one for one in (self.lengths, self.weights) if one is not None)]

    @property
    def shapes(self) -> tuple[Any, ...]:
        """What two batches must share to be stacked."""
        return (self.lengths is None, self.weights is None, *(array.shape for array in self.arrays()))

    def take(self, places: np.ndarray) -> "Rows":
        """Some of the series."""
        return Rows(
            {k: array[places] for k, array in self.inputs.items()},
            {k: array[places] for k, array in self.targets.items()},
            None if self.lengths is None else self.lengths[places],
            None if self.weights is None else self.weights[places],
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
        None if some.weights is None else filled([one.weights for one in batches if one.weights is not None]),
    )


class Reader:
    """Turns what the user gives into rows that fit the program and its objective."""

    def __init__(self, program: Program, objective: Objective) -> None:
        self.program, self.objective = program, objective
        self.once = set(program.exits) <= program.once

    def read(self, x: Any, y: Any, weights: Any = None, *, rounded: bool = False) -> Rows:
        """The rows of x, series (batch, time, features) or a list, y by exit, and how much each row counts, as `Weighted` has it.

        With `rounded`, lists are padded to a power of two.
        """
        names = [self.program.names[k] for k in self.program.inputs]
        arrays = by_node(x, names, "x")
        inputs = {k: arrays[self.program.names[k]] for k in self.program.inputs}
        series, steps = next(iter(inputs.values())).shape[:2]
        one = first_of(x)
        lengths = np.array([len(each) for each in one], np.int32) if is_list(one) else None
        if lengths is not None and not self.once and not np.ptp(lengths):
            lengths = None
        if lengths is not None and not self.once:
            self._check_uneven(lengths)
        longer = 0
        if lengths is not None and rounded:
            longer = 2 ** int(np.ceil(np.log2(steps))) - steps
            inputs = {k: np.pad(array, ((0, 0), (0, longer), (0, 0))) for k, array in inputs.items()}
        given = targets_by_name(y, [self.program.names[k] for k in self.program.exits])
        targets = {k: self._target(k, given, series, steps, is_flat(x), lengths) for k in self.program.exits}
        if longer:
            late = {k: [(0, 0), (0, 0 if k in self.program.once else longer)] for k in targets}
            targets = {k: np.pad(array, [*late[k], *[(0, 0)] * (array.ndim - 2)][: array.ndim]) for k, array in targets.items()}
        if weights is None:
            return Rows(inputs, targets, lengths)
        ends = (np.full(series, steps) if lengths is None else lengths) - 1
        of_each = np.zeros((series, next(iter(inputs.values())).shape[1]))
        for row, own in zip(of_each, [weights] if np.ndim(weights[0]) == 0 else weights, strict=True):
            row[: len(own)] = own
        return Rows(inputs, targets, lengths, of_each[np.arange(series), ends] if self.once else of_each)

    def _check_uneven(self, lengths: np.ndarray) -> None:
        """Raises where the loss cannot take series of unequal length with a target at every step."""
        if self.objective.own:
            raise ValueError(
                "BPTT.loss of your own is given arrays (batch, time, features), and of series of unequal length these would have rows past "
                "the ends. Take a loss by its name, cut the series to one length, or put TimeMean or Last before the output."
            )
        if lengths.min() <= self.objective.washout:
            words = f"BPTT.washout must be less than the {lengths.min()} steps of the shortest series, got {self.objective.washout}."
            raise ValueError(f"{words} Take a shorter run-in.")

    def _target(self, place: int, given: Mapping[str, Any], series: int, steps: int, flat: bool, lengths: np.ndarray | None) -> np.ndarray:
        name, size, once = self.program.names[place], self.program.wires[place].size, place in self.program.once
        value, what = given[name], "y" if len(given) == 1 else f"y[{name!r}]"
        leading = (series,) if once else (series, steps)
        if self.objective.function is cross_entropy:
            check_classes(size)
        if once:
            value = one_each(value, what)
            if value.shape == (*leading, 1) and size > 1 and self.objective.takes_labels and np.issubdtype(value.dtype, np.integer):
                value = value[:, 0]
        if lengths is not None and not once:
            return self._uneven(value, what, name, size, lengths)
        if is_labels(value, leading, flat):
            return self._labels(np.reshape(array_of(value, what), leading), what, size)
        if (
            self.objective.gaps
            and self.objective.function is cross_entropy
            and np.shape(value) in (leading, leading[1:] if flat else leading)
        ):
            numbers, gone = filled(value)
            if is_whole(numbers):
                numbers, gone = np.reshape(numbers, leading).astype(np.int64), np.reshape(gone, leading)
                return np.where(gone > 0, -1, self._labels(numbers, what, size))
        told, marks = filled(value) if self.objective.gaps else (value, None)
        read = as_values(told, what) if once else as_batch(told, what)
        if marks is not None:
            read = np.where((as_values(marks, what) if once else as_batch(marks, what)) > 0, np.nan, read)
        if read.shape[: len(leading)] != leading:
            words = "one row for each series of x" if once else "the same (batch, time) as x"
            raise ValueError(f"{what} must have {words}, got {read.shape[: len(leading)]} for {leading}.")
        if not self.objective.takes_labels and read.shape[-1] != size:
            raise ValueError(f"{name} has {size} features, {what} has {read.shape[-1]}. Set its features to {read.shape[-1]}.")
        check_targets(self.objective.function, read if marks is None else read[np.isfinite(read).all(axis=-1)])
        return read

    def _uneven(self, value: Any, what: str, name: str, size: int, lengths: np.ndarray) -> np.ndarray:
        """The targets of series of unequal length, with zeros after the end of each."""
        several = isinstance(value, list | tuple) or (isinstance(value, np.ndarray) and value.dtype == object)
        if not several or [len(one) for one in value] != lengths.tolist():
            raise ValueError(f"{what} must be a list of series as long as those of x.")
        steps = int(lengths.max())
        parts = [
            self._target(self.program.names.index(name), {name: one[None]}, 1, len(one), False, None)[0]
            for one in (array_of(each, f"{what}[{place}]") for place, each in enumerate(value))
        ]
        made = np.zeros((len(parts), steps, *parts[0].shape[1:]), parts[0].dtype)
        for row, part in zip(made, parts, strict=True):
            row[: len(part)] = part
        return made

    def _labels(self, labels: np.ndarray, what: str, size: int) -> np.ndarray:
        if not self.objective.takes_labels:
            return labels[..., None].astype(np.float64)
        if not self.objective.own and not (labels.min() >= 0 and labels.max() < size):
            raise ValueError(f"{what} must be class numbers from 0 to {size - 1}, got {labels.min()} to {labels.max()}. Renumber them.")
        return labels.astype(np.int32)


def whole_where_labels(y: Any, loss: Any) -> Any:
    """Targets whose gaps are filled, as whole numbers where they are those of classes."""
    if loss != "cross_entropy":
        return y
    if isinstance(y, Mapping):
        return {name: whole_where_labels(one, loss) for name, one in y.items()}
    if isinstance(y, list):
        return [whole_where_labels(one, loss) for one in y]
    return np.asarray(y, np.int64) if is_whole(y) else y


def is_whole(values: Any) -> bool:
    """Whether all numbers are whole ones from 0 on, as those of classes are."""
    array = np.asarray(values)
    return array.dtype.kind in "iuf" and bool((array >= 0).all() and (array == np.floor(array)).all())


def is_labels(value: Any, leading: tuple[int, ...], flat: bool) -> bool:
    """Whether a target is one whole number a row: integers of the shape `leading`, or without its first axis for one flat series."""
    if isinstance(value, list | tuple) and len({np.shape(one) for one in value}) > 1:  # of series of unequal length
        return all(np.ndim(one) == 1 and np.issubdtype(np.asarray(one).dtype, np.integer) for one in value)
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


def example_of(used: Graph, x: Any, y: Any, loss: Any) -> dict[str, np.ndarray]:
    """Targets of zeros for each output, by name, of one step and as wide as the data and the loss want them."""
    once = {used.names[id] for id in used.once}
    given = targets_by_name(y, [used.names[id] for id in used.exits])
    arriving = {name: as_batch(one, "x").shape[-1] for name, one in x.items()} if isinstance(x, Mapping) else as_batch(x, "x").shape[-1]
    known, found = sizes(used, arriving, None)[0], {}
    for id in used.exits:
        name, node = used.names[id], used.nodes[id]
        found[name] = _size_of(name, node, known.get(id), given[name], x, id in used.once, loss)
    return {name: np.zeros((1, size) if name in once else (1, 1, size)) for name, size in found.items()}


def _size_of(name: str, node: Any, known: int | None, y: Any, x: Any, once: bool, loss: Any) -> int:
    """How many features the data, and the loss, want of an output; `known` is what the model tells without targets."""
    leading = as_batch(first_of(x), "x").shape[:2]
    size: int | None = getattr(node, "features", None) if node.family == "readout" else known
    own = callable(loss)
    if is_labels(y, leading[:1] if once else leading, is_flat(x)):
        if waits(node) and (own or loss == "cross_entropy"):
            most = max(int(np.max(one)) for one in y)
            raise ValueError(f"The size of {name} is not known from class numbers. Give it one, such as {node.kind}({most + 1}).")
        return size or 1
    return size if own and size is not None else (as_values(y, "y") if once else as_batch(y, "y")).shape[-1]
