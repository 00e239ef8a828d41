"""Readouts in closed form: what their trainers share, and ordinary least squares by an orthogonal factorisation; streamed, in float64."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike

from rcwidgets.core.algebra.gram import Readout
from rcwidgets.core.algebra.orthogonal import Triangle, add_triangle
from rcwidgets.core.algebra.solver import solve_rows
from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.long_series import LongSeries, Progress, long_pairs, opened
from rcwidgets.core.model import drawing
from rcwidgets.core.model.plan import Parallel
from rcwidgets.core.model.prediction import begun
from rcwidgets.core.model.program import GivenParams, Params
from rcwidgets.core.model.snapshot import Snapshot
from rcwidgets.core.series import Data
from rcwidgets.core.spec.knobs import Spec, dtype_knob, seed_knob
from rcwidgets.core.trainers.base import AbstractTrainer
from rcwidgets.core.trainers.gaps import TargetGaps
from rcwidgets.core.trainers.long_pass import LongPass
from rcwidgets.core.trainers.pairs import Pairs, fitting_order
from rcwidgets.core.trainers.row_weights import weights_of_rows
from rcwidgets.core.trainers.streaming import Pass

Fits = tuple[dict[int, Readout], Params]  # by place, and what is kept beside the weights by node name


class AbstractClosedFormTrainer(AbstractTrainer):
    """Fits every trainable readout at once to all rows given; a second `fit` starts over.

    Readouts behind one another are fitted in order; a readout that feeds back is replaced by its target (one step late) while it is
    fitted. Training memory does not grow with the length of the series.

    Nodes may follow a readout: the targets are then those of the output that it leads to, and are pulled back to the readout through
    tanh, sigmoid, softplus, Scale, Concat, Reshape, and a Sum with signals that training does not change. Before a softmax the readout is
    fitted to the targets themselves, and a UserWarning says so. Where there is no way back, a ValueError tells the reason: targets by the
    name of the readout, {"readout": y}, do without.
    """

    def fit(
        self,
        data: Sequence[Data] | Iterator[Sequence[ArrayLike]],
        *,
        reset: bool = False,
        gaps: TargetGaps = "error",
        sample_weight: ArrayLike | Sequence[ArrayLike] | None = None,
        progress: Progress | None = None,
    ) -> Self:
        """Fits the readouts to `data` = [x, y], arrays (batch, time, features) or (time, features), or dicts by node name.

        x and y may be series that do not fit in memory: what has a length and slices, (time, features), such as a memory-mapped .npy or an
        array of HDF5, zarr or dask, or iterables of blocks (rows, features); or `data` is itself an iterable of blocks [x, y]. They are
        read a block at a time, and no more than that is held; the numbers are those of arrays in memory to within rounding. Where the
        signals need a second look (an orthogonal solve, readouts behind one another), they are read twice, which an iterator cannot be.
        `progress(done, rows)` is called after each block.

        `sample_weight` tells how much each row counts, from 0 (not at all); 2 is a row that is there twice. It has the shape of the
        targets without their features: (time,) for one series, (batch, time), a list of (time_k,), or (batch,) where each series has one
        target or all of its rows count alike.

        Starts from the state that the last call left (a warm-up by `predict`), or afresh with `reset=True`, and leaves the state after the
        last row. All series of a batch count alike.

        With gaps="drop" rows of the targets that are NaN or masked are left out of the fit, exactly as if they had no weight: the signals
        run through them. A row of several targets is left out where one of them is missing. A DataWarning says how many rows these are.
        """
        blocks = long_pairs(data, gaps=("y",) if gaps == "drop" else ())
        if blocks is not None:
            return self._fit_long(blocks, reset, gaps, sample_weight, progress)
        held, pairs = self.pairs(self.held, data, reset=reset, gaps=gaps)
        steps, weights = len(next(iter(pairs.inputs.values()))), None
        if sample_weight is not None:
            weights = weights_of_rows(sample_weight, steps, pairs.ends, type(self).__name__)
        params = dict(held.params)
        start = begun(pairs.program, params, None if reset else held.state, pairs.batch, self.dtype)
        self._fit_readouts(held, params, Pass(pairs, params, start, self.dtype, self.parallel), weights)
        if progress is not None:
            progress(steps, steps)
        return self

    def _fit_long(self, blocks: LongSeries, reset: bool, gaps: TargetGaps, sample_weight: Any, progress: Progress | None) -> Self:
        """The fit to a series that is read block by block."""
        if sample_weight is not None:
            raise ValueError(f"{type(self).__name__}.fit takes no sample_weight of a series that is read in blocks. Fit it in memory.")
        self.check_one_look()
        first, every = opened(blocks)
        rest = self.held._replace(state=None) if reset else self.held
        held, pairs = self.pairs(rest, first, reset=reset, gaps=gaps, part=True)

        def paired(held: Snapshot, block: list[np.ndarray]) -> tuple[Snapshot, Pairs]:
            return self.pairs(held, block, gaps=gaps, part=True)

        params = dict(held.params)
        start = begun(pairs.program, params, held.state, pairs.batch, self.dtype)
        run = LongPass(pairs, params, start, self.dtype, self.parallel)
        run.reads(blocks, every, held._replace(state=start), paired, progress)
        self._fit_readouts(held, params, run, None)
        return self

    def check_one_look(self) -> None:
        """Raises a ValueError where the fit needs all rows in memory."""

    def _fit_readouts(self, held: Snapshot, params: Params, run: Pass, weights: np.ndarray | None) -> None:
        """Fits all readouts, group by group, to what a run gives, and keeps them."""
        program, memory = run.pairs.program, dict(held.memory)
        for group in fitting_order(program):
            fits, kept = self._fit_group(group, run) if weights is None else self._fit_weighted(group, run, weights)
            memory |= kept
            for k, readout in fits.items():
                params[program.names[k]] = drawing.cast({"W": readout.weights, "b": readout.bias}, self.dtype)
        self.held = held._replace(params=params, state=run.end, last=run.pairs.last, memory=memory)
        self.forgetting = run.forgetting

    def _fit_weighted(self, group: list[int], run: Pass, weights: np.ndarray) -> Fits:
        """The fits of readouts to rows that count as often as their `weights` (time, batch) say."""
        raise TypeError(f"{type(self).__name__} takes no sample_weight.")

    def _fit_group(self, group: list[int], run: Pass) -> Fits:
        """The fits of readouts that do not wait for each other, and what is kept beside their weights."""
        raise TypeError(f"{type(self).__name__} does not say how it fits.")


def weighted(group: list[int], run: Pass, weights: np.ndarray, parts: Mapping[int, np.ndarray] | None = None) -> dict[int, list[Triangle]]:
    """The triangular factors of the rows that arrive at each readout, each row counted as often as `weights` (time, batch) say.

    There is one for each of the `parts` (time, batch) of the rows, which are numbered from 0 (-1: in none); without them one for all rows.
    A part without rows is left out.
    """
    found: dict[int, dict[int, Triangle]] = {k: {} for k in group}
    for rows, signals in run.stretches(group):
        for k, x in signals.items():
            mask, y, own = run.pairs.counted[k], run.pairs.targets[k][rows].reshape(len(x), -1), weights[rows].reshape(-1)
            counts = (own > 0) if mask is None else mask[rows].reshape(-1) & (own > 0)
            numbers = np.zeros(len(x), int) if parts is None else parts[k][rows].reshape(-1)
            for number in np.unique(numbers[counts & (numbers >= 0)]).tolist():
                part = Triangle.of(x, y, counts & (numbers == number), weights=own)
                found[k][number] = found[k][number] + part if number in found[k] else part
    for k, own_parts in found.items():
        if not own_parts:
            raise ValueError(
                f"The rows of {run.pairs.program.names[k]} that have a target have a weight of 0 each. Then there is nothing to fit."
            )
    return {k: [own_parts[number] for number in sorted(own_parts)] for k, own_parts in found.items()}


@dataclass(frozen=True, repr=False)
class LinearSettings(Spec):
    """Least squares of every trainable readout, in float64.

    The live experiment does not run it: it is for Python, and no document names it.
    """

    kind: ClassVar[str] = "LinearTrainer"
    label: ClassVar[str] = "Least squares"

    seed: int = seed_knob()
    dtype: str = dtype_knob("Precision of the states; the readout is always solved in float64.")


class LinearTrainer(AbstractClosedFormTrainer):
    """Fits every trainable readout by least squares: minimises ||X W + b - Y||^2, and of all such W takes the one of least norm.

    X are the signals that arrive at the readout, Y its targets. The states run in `dtype`; the regression is always float64. The solution
    is that of `numpy.linalg.lstsq` on signals and targets less their means: directions whose singular value is below
    eps max(rows, features) times the largest are left out. Signals that repeat each other, or more signals than rows, therefore do no
    harm to the solve; but nothing holds large weights back, which `RidgeTrainer` does and which a closed loop mostly needs.

    Reference: Golub & Van Loan (2013), Matrix Computations, 4th ed., section 5.5.

    >>> import numpy as np
    >>> from rcwidgets.core.nodes import Input, LinearReadout, Reservoir
    >>> x = np.sin(np.arange(300) / 5)[:, None]
    >>> LinearTrainer(Input(1) >> Reservoir(50, seed=0) >> LinearReadout(1)).fit([x[:-1], x[1:]]).predict(x[-1:]).shape
    (1, 1)
    """

    settings: LinearSettings

    def __init__(
        self, model: Graph, *, seed: int = 0, dtype: str = "auto", params: GivenParams | None = None, parallel: Parallel = "auto"
    ) -> None:
        self.settings = LinearSettings(seed=seed, dtype=dtype)
        super().__init__(model, params, seed=seed, dtype=dtype, parallel=parallel)

    def _fit_weighted(self, group: list[int], run: Pass, weights: np.ndarray) -> Fits:
        return {k: solve_rows(factor, [0.0])[0] for k, (factor,) in weighted(group, run, weights).items()}, {}

    def _fit_group(self, group: list[int], run: Pass) -> Fits:
        return {k: solve_rows(factor, [0.0])[0] for k, factor in run.summed(group, add_triangle).items()}, {}
