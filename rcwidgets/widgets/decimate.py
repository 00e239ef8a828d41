"""Fewer points, the same picture: what a line of a given number of points must keep of a long series."""

import numpy as np

POINTS = 500  # of a line where its width is not known: about one a pixel, the least and the greatest value of every second one


def finite_rows(*series: np.ndarray) -> int:
    """How many leading rows are finite in every channel of every series, each (rows,) or (rows, channels).

    A single NaN erases a bqplot line for good, so a figure draws a series up to its first value that is not finite.
    """
    finite = np.ones(min(len(values) for values in series), bool)
    for values in series:
        rows = np.isfinite(values)[: finite.size]
        finite &= rows if rows.ndim == 1 else rows.all(axis=1)
    return finite.size if finite.all() else int(np.argmin(finite))


def decimate(x: np.ndarray, y: np.ndarray, points: int = POINTS) -> tuple[np.ndarray, np.ndarray]:
    """At most `points` points a channel: the first row, the least and the greatest row of each bucket, and the last row.

    Shapes: x (rows,), y (rows, channels); both results are new float64 arrays (channels, kept), each channel with its own x.
    """
    rows, channels = y.shape
    if rows <= points:
        return np.tile(np.asarray(x, float), (channels, 1)), np.array(y.T, float, order="C")
    buckets = (points - 2) // 2
    size = -(-rows // buckets)
    padded = np.pad(y, ((0, buckets * size - rows), (0, 0)), mode="edge").reshape(buckets, size, channels)
    start = np.arange(buckets)[:, None] * size
    pair = np.sort(np.stack([padded.argmin(axis=1) + start, padded.argmax(axis=1) + start], axis=1), axis=1)
    inner = np.minimum(pair.reshape(2 * buckets, channels), rows - 1)
    kept = np.vstack([np.zeros((1, channels), int), inner, np.full((1, channels), rows - 1)])
    return np.asarray(x, float)[kept.T], np.take_along_axis(y, kept, axis=0).T.astype(float, order="C")


def steps(x: np.ndarray, marked: np.ndarray, buckets: int = 500) -> tuple[np.ndarray, np.ndarray]:
    """The marked stretches of a series as one step curve of 0 and 1, each at least one of `buckets` parts wide.

    Shapes: x (rows,), marked (rows,) of bool; both results (kept,): the value holds from its x to the next x.
    """
    rows = len(marked)
    starts = np.unique(np.linspace(0, rows, min(buckets, rows), endpoint=False).astype(int))
    level = np.logical_or.reduceat(np.asarray(marked, bool), starts) if rows else np.zeros(0, bool)
    turns = np.flatnonzero(np.diff(level, prepend=~level[:1]))
    edges = np.append(starts[turns], max(rows - 1, 0))[: len(turns) + 1 if rows else 0]
    values = np.append(level[turns], level[-1:])
    return np.asarray(x, float)[edges], values.astype(float)
