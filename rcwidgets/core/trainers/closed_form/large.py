"""Ridge regression of very many features: by the dual form where there are fewer rows, and what memory it takes."""

from collections.abc import Iterator
from copy import copy

import numpy as np

from rcwidgets.core.algebra.blas import mirrored
from rcwidgets.core.algebra.dual import Kernel, RowsFactor, weights_of_columns
from rcwidgets.core.algebra.dual_choice import Rows, errors_held_out, solve_weighted
from rcwidgets.core.algebra.gram import Readout
from rcwidgets.core.algebra.rows import blocks
from rcwidgets.core.algebra.selection import BETAS, best_beta
from rcwidgets.core.algebra.solver import LARGE, dual_form
from rcwidgets.core.cores import memory
from rcwidgets.core.graph.needs import MOST_MEMORY
from rcwidgets.core.trainers.streaming import Pass

HELD = 2**26  # bytes of columns that are held at once, at least: each such group of them costs a run
ROOM = 650_000_000  # bytes that the matrices of the rows and the columns take together, where that is enough for more
WHOLE = 900_000_000  # the same, where all columns are then held at once, so that one run is enough


def is_large(run: Pass, k: int) -> bool:
    """Whether so many features arrive at a readout that its memory decides how it is fitted."""
    return bool(run.pairs.program.taken(k)[0] >= LARGE)


def check_fits(run: Pass, k: int, *, beta: float = 0.0, matrices: int = 1, of_rows: int = 1, how: str = "") -> None:
    """Raises a ValueError, before anything is run, where the matrices for a large readout are more than a model may take, or than there is.

    `matrices` of the features are needed, or `of_rows` of the rows where the dual form takes this beta (0: it does not).
    """
    features, rows, name = run.pairs.program.taken(k)[0], run.rows(k), run.pairs.program.names[k]
    need = 8 * of_rows * rows * rows if dual_form(rows, features, beta) else 8 * matrices * features * features
    here = memory()
    limit = MOST_MEMORY if here is None else min(MOST_MEMORY, here)
    if features < LARGE or need <= limit:
        return
    most = int((limit / 8 / of_rows) ** 0.5)
    words = f"{name} needs {need / 1e9:.1f} GB of memory to be fitted to {rows:,} rows of {features:,} features{how}"
    if beta > 0:
        advice = f"Choose fewer units, or at most {min(most, features - 1):,} rows."
    else:
        advice = "Give beta a number above 0 and no weights, or choose fewer units."
    what = f"a model may take {limit / 1e9:.0f} GB" if limit == MOST_MEMORY else f"this machine has {limit / 1e9:.1f} GB"
    raise ValueError(f"{words}; {what}. {advice}")


def fit_dual(run: Pass, k: int, beta: float, *, penalize_bias: bool = False, held: int | None = None) -> Readout:
    """The readout by the dual form, as exact as by an orthogonal solve: by Cholesky, and where beta is below its floor by QR.

    The rows are run anew for each group of columns, of which `held` bytes are in memory (what the matrix of the rows leaves of `ROOM`), and
    once more for the weights. Where one group has all columns they are kept, and run once.
    """
    rows = run.rows(k)
    if not rows:
        raise ValueError(f"{run.pairs.program.names[k]} has no row with a target to be fitted to.")
    y = _targets(run, k)
    mean_y = np.zeros(y.shape[1]) if penalize_bias else y.mean(axis=0)
    kernel = Kernel(rows, penalize_bias=penalize_bias)
    columns = _Columns(run, k, rows, _held(run, k, rows, 1) if held is None else held)
    for some in columns:
        kernel.add(some)
    found = kernel.solve(y - mean_y, beta)
    del kernel
    if found is None:
        factor = RowsFactor(rows, beta, penalize_bias=penalize_bias)
        for some in columns:
            factor.add(some)
        found = factor.solve(y - mean_y)
        del factor
    return columns.readout(found, mean_y, None, penalize_bias=penalize_bias)


def fit_dual_rows(
    run: Pass,
    k: int,
    weights: np.ndarray,
    parts: np.ndarray | None,
    beta: float,
    *,
    last: bool = False,
    penalize_bias: bool = False,
) -> tuple[Readout, float]:
    """The readout by the dual form of rows that count as their `weights` (time, batch) say, and the beta, which may be chosen.

    With `parts` (time, batch) it is the one of the least error on parts of the rows that are held out in turn, or on the `last` alone.
    Betas below the floor of the matrix are not tried. It takes the memory of two matrices of the rows.
    """
    known = run.pairs.counted[k]
    mask = weights > 0 if known is None else known & (weights > 0)
    some = copy(run)
    some.pairs = run.pairs._replace(counted={**run.pairs.counted, k: mask})
    own, y, count = weights[mask], _targets(some, k), int(mask.sum())
    kernel = Kernel(count, penalize_bias=penalize_bias)
    columns = _Columns(some, k, count, _held(some, k, count, 2))
    for group in columns:
        kernel.add(group)
    rows = Rows(mirrored(kernel.matrix), y, own, penalize_bias)
    if parts is not None:
        numbers = parts[mask]
        present = np.unique(numbers[numbers >= 0]).tolist()
        out = present[-1:] if last else present
        beta = best_beta(errors_held_out(rows, [np.flatnonzero(numbers == one) for one in out], BETAS))
    share = own / own.sum()
    mean_y = np.zeros(y.shape[1]) if penalize_bias else share @ y
    found = solve_weighted(rows, beta)
    if found is None:
        factor = RowsFactor(count, beta, own, penalize_bias=penalize_bias)
        for group in columns:
            factor.add(group)
        roots = np.sqrt(own)[:, None]
        found = roots * factor.solve(roots * (y - mean_y))
    readout = columns.readout(found, mean_y, share, penalize_bias=penalize_bias)
    run.end, run.forgetting = some.end, some.forgetting
    return readout, beta


def _held(run: Pass, k: int, rows: int, matrices: int) -> int:
    """How many bytes of columns are held at once, beside so many matrices of the rows."""
    square, number = 8 * matrices * rows * rows, next(iter(run.pairs.inputs.values())).dtype.itemsize
    whole = run.pairs.program.taken(k)[0] * rows * number
    return whole if square + whole <= WHOLE else max(HELD, ROOM - square)


class _Columns:
    """The signals that arrive at a readout, some columns of all rows at a time (rows, columns): a run for each group of `held` bytes.

    One group that has them all is kept, and run once.
    """

    def __init__(self, run: Pass, k: int, rows: int, held: int) -> None:
        self._run, self._k, self._rows, self._held = run, k, rows, held
        self._features = run.pairs.program.taken(k)[0]
        self._room: np.ndarray | None = None
        self._whole: np.ndarray | None = None

    def __iter__(self) -> Iterator[np.ndarray]:
        if self._whole is not None:
            yield self._whole
            return
        start, features = 0, self._features
        while start < features:
            done = 0
            for cut, signals in self._run.stretches([self._k]):
                x = signals[self._k]
                if self._room is None:
                    self._room = np.empty((self._rows, min(max(self._held // (x.itemsize * self._rows), 1), features)), x.dtype)
                part = _kept(self._run, self._k, cut, x[:, start : start + self._room.shape[1]])
                self._room[done : done + len(part), : part.shape[1]] = part
                done += len(part)
            assert self._room is not None
            if self._room.shape[1] == features:
                self._whole = self._room
            yield self._room[:, : features - start]
            start += self._room.shape[1]

    def readout(self, found: np.ndarray, mean_y: np.ndarray, share: np.ndarray | None, *, penalize_bias: bool) -> Readout:
        """w = X.T a and the bias; X about its means where the bias is free, those of rows that each have a `share`."""
        if self._whole is not None:
            return weights_of_columns(self._whole, found, mean_y, share, penalize_bias=penalize_bias)
        run, k, done = self._run, self._k, 0
        self._room = None
        weights, mean_x = np.zeros((self._features, found.shape[1])), np.zeros(self._features)
        for rows, signals in run.stretches([k]):
            for block in blocks((signals[k],), _mask(run, k, rows)):
                here = slice(done, done + len(block))
                weights += block.T @ found[here]
                mean_x += block.sum(axis=0) / self._rows if share is None else share[here] @ block
                done += len(block)
        if penalize_bias:
            return Readout(weights, found.sum(axis=0))
        weights -= np.outer(mean_x, found.sum(axis=0))
        return Readout(weights, mean_y - mean_x @ weights)


def _targets(run: Pass, k: int) -> np.ndarray:
    """The targets (rows, outputs) of all rows that count, in float64."""
    targets = run.pairs.targets[k]
    return _kept(run, k, slice(None), targets.reshape(-1, targets.shape[-1]).astype(np.float64))


def _mask(run: Pass, k: int, rows: slice) -> np.ndarray | None:
    mask = run.pairs.counted[k]
    return None if mask is None else mask[rows].reshape(-1)


def _kept(run: Pass, k: int, rows: slice, values: np.ndarray) -> np.ndarray:
    mask = _mask(run, k, rows)
    return values if mask is None else values[mask]
