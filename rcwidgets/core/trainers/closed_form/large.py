"""Ridge regression of very many features: by the dual form where there are fewer rows, and what memory it takes."""

from collections.abc import Iterator

import numpy as np

from rcwidgets.core.algebra.dual import Kernel, RowsFactor, weights_of_columns
from rcwidgets.core.algebra.gram import Readout
from rcwidgets.core.algebra.rows import blocks
from rcwidgets.core.algebra.solver import LARGE, dual_form
from rcwidgets.core.graph.needs import MOST_MEMORY
from rcwidgets.core.trainers.streaming import Pass

HELD = 2**26  # bytes of columns that are held at once, at least: each such group of them costs a run
ROOM = 850_000_000  # bytes that the matrix of the rows and the columns take together, where that is enough for more


def is_large(run: Pass, k: int) -> bool:
    """Whether so many features arrive at a readout that its memory decides how it is fitted."""
    return bool(run.pairs.program.taken(k)[0] >= LARGE)


def check_fits(run: Pass, k: int, *, beta: float = 0.0, matrices: int = 1, how: str = "") -> None:
    """Raises a ValueError, before anything is run, where the matrices for a large readout are more than a model may take.

    `matrices` of the features are needed, or one of the rows where the dual form takes this beta (0: it does not).
    """
    features, rows, name = run.pairs.program.taken(k)[0], run.rows(k), run.pairs.program.names[k]
    need = 8 * rows * rows if dual_form(rows, features, beta) else 8 * matrices * features * features
    if features < LARGE or need <= MOST_MEMORY:
        return
    most = int((MOST_MEMORY / 8) ** 0.5)
    words = f"{name} needs {need / 1e9:.1f} GB of memory to be fitted to {rows:,} rows of {features:,} features{how}"
    if beta > 0:
        advice = f"Choose fewer units, or at most {min(most, features - 1):,} rows."
    else:
        advice = "Give beta a number above 0 and no weights, or choose fewer units."
    raise ValueError(f"{words}; a model may take {MOST_MEMORY / 1e9:.0f} GB. {advice}")


def fit_dual(run: Pass, k: int, beta: float, *, penalize_bias: bool = False, held: int | None = None) -> Readout:
    """The readout by the dual form, as exact as by an orthogonal solve: by Cholesky, and where beta is below its floor by QR.

    The rows are run anew for each group of columns, of which `held` bytes are in memory (what the matrix of the rows leaves of `ROOM`), and
    once more for the weights. Where one group has all columns they are kept, and run once.
    """
    rows = run.rows(k)
    held = max(HELD, ROOM - 8 * rows * rows) if held is None else held
    if not rows:
        raise ValueError(f"{run.pairs.program.names[k]} has no row with a target to be fitted to.")
    targets = run.pairs.targets[k]
    y = _kept(run, k, slice(None), targets.reshape(-1, targets.shape[-1]).astype(np.float64))
    mean_y = np.zeros(y.shape[1]) if penalize_bias else y.mean(axis=0)
    y -= mean_y
    kernel = Kernel(rows, penalize_bias=penalize_bias)
    columns: np.ndarray | None = None
    for columns in _columns(run, k, rows, held):
        kernel.add(columns)
    whole = columns if columns is not None and columns.shape[1] == run.pairs.program.taken(k)[0] else None
    del columns
    found = kernel.solve(y, beta)
    del kernel
    if found is None:
        factor = RowsFactor(rows, beta, penalize_bias=penalize_bias)
        for columns in _columns(run, k, rows, held) if whole is None else (whole,):
            factor.add(columns)
        del columns
        found = factor.solve(y)
        del factor
    if whole is not None:
        return weights_of_columns(whole, found, mean_y, penalize_bias=penalize_bias)
    return _weights(run, k, found, mean_y, penalize_bias)


def _weights(run: Pass, k: int, found: np.ndarray, mean_y: np.ndarray, penalize_bias: bool) -> Readout:
    """w = X.T a and the bias; X about its means where the bias is free."""
    features, done = run.pairs.program.taken(k)[0], 0
    weights, sum_x = np.zeros((features, found.shape[1])), np.zeros(features)
    for rows, signals in run.stretches([k]):
        for block in blocks((signals[k],), _mask(run, k, rows)):
            weights += block.T @ found[done : done + len(block)]
            sum_x += block.sum(axis=0)
            done += len(block)
    if penalize_bias:
        return Readout(weights, found.sum(axis=0))
    mean_x = sum_x / done
    weights -= np.outer(mean_x, found.sum(axis=0))
    return Readout(weights, mean_y - mean_x @ weights)


def _columns(run: Pass, k: int, rows: int, held: int) -> Iterator[np.ndarray]:
    """The signals that arrive at a readout, some columns of all rows at a time (rows, columns): a run for each group."""
    features = run.pairs.program.taken(k)[0]
    room: np.ndarray | None = None
    start = 0
    while start < features:
        done = 0
        for cut, signals in run.stretches([k]):
            x = signals[k]
            if room is None:
                room = np.empty((rows, min(max(held // (x.itemsize * rows), 1), features)), x.dtype)
            part = _kept(run, k, cut, x[:, start : start + room.shape[1]])
            room[done : done + len(part), : part.shape[1]] = part
            done += len(part)
        assert room is not None
        yield room[:, : features - start]
        start += room.shape[1]


def _mask(run: Pass, k: int, rows: slice) -> np.ndarray | None:
    mask = run.pairs.counted[k]
    return None if mask is None else mask[rows].reshape(-1)


def _kept(run: Pass, k: int, rows: slice, values: np.ndarray) -> np.ndarray:
    mask = _mask(run, k, rows)
    return values if mask is None else values[mask]
