"""Ridge regression in one call; the conditioning decides the route."""

from collections.abc import Sequence
from functools import reduce
from operator import add

import numpy as np

from rcwidgets.core.algebra.gram import Cross, Gram, Readout, check_beta
from rcwidgets.core.algebra.orthogonal import Triangle
from rcwidgets.core.algebra.rows import as_mask, as_rows, known_rows, same_length
from rcwidgets.core.algebra.solver import QR, select, solve_rows

Chunk = tuple[np.ndarray, np.ndarray, np.ndarray | None]


def ridge(
    rows: np.ndarray | Sequence[np.ndarray],
    targets: np.ndarray | Sequence[np.ndarray],
    beta: float,
    *,
    penalize_bias: bool = False,
    mask: np.ndarray | Sequence[np.ndarray] | None = None,
) -> Readout:
    """The readout that minimises ||X w + b - Y||^2 + beta ||w||^2, in float64.

    X is `rows` (rows, features), Y is `targets` (rows, outputs); both, and `mask`, may be lists of chunks of rows. The bias b is not
    penalised unless `penalize_bias`. Rows where `mask` is False do not count, nor do rows with a NaN target. By Cholesky of the Gram matrix
    or by a QR factorisation of the rows, as `select` says: the test error is the orthogonal solve's to 1 %.

    >>> x = np.random.default_rng(0).normal(size=(100, 3))
    >>> weights, bias = ridge(x, x @ np.ones((3, 1)) + 2, 1e-9)
    """
    check_beta(beta)
    chunks = _chunks(rows, targets, mask)
    gram = reduce(add, [Gram.of(x, kept) for x, _, kept in chunks])
    if gram.count == 0:
        raise ValueError("Ridge.rows must hold a row with known targets, got none. Check the mask and the horizon.")
    solver = select(gram, beta, penalize_bias=penalize_bias)
    if solver is QR:
        return solve_rows(reduce(add, [Triangle.of(x, y, kept) for x, y, kept in chunks]), [beta], penalize_bias=penalize_bias)[0]
    cross = reduce(add, [Cross.of(x, y, kept) for x, y, kept in chunks])
    return solver.compute(solver.init(gram, penalize_bias=penalize_bias), cross, [beta])[0]


def _chunks(
    rows: np.ndarray | Sequence[np.ndarray], targets: np.ndarray | Sequence[np.ndarray], mask: np.ndarray | Sequence[np.ndarray] | None
) -> list[Chunk]:
    """The chunks as (rows, targets, mask), with the rows of unknown targets masked."""
    xs, ys = _listed(rows), _listed(targets)
    masks = [None] * len(xs) if mask is None else _listed(mask)
    if not len(xs) == len(ys) == len(masks) or not xs:
        raise ValueError(
            f"Ridge.targets and Ridge.mask must have one chunk for each chunk of rows, got {len(xs)} of rows, {len(ys)} "
            f"of targets, {len(masks)} of masks."
        )
    chunks: list[Chunk] = []
    for rows_here, targets_here, mask_here in zip(xs, ys, masks, strict=True):
        x, y = as_rows(rows_here, "Ridge.rows"), as_rows(targets_here, "Ridge.targets")
        same_length(x, y, "Ridge.targets")
        given, known = as_mask(mask_here, len(x), "Ridge.mask"), known_rows(y)
        chunks.append((x, y, known if given is None else given if known is None else given & known))
    return chunks


def _listed(value: np.ndarray | Sequence[np.ndarray]) -> list[np.ndarray]:
    return list(value) if isinstance(value, list | tuple) else [np.asarray(value)]
