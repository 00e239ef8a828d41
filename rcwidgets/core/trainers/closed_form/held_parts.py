"""Which rows are held out while a beta is chosen."""

import numpy as np

from rcwidgets.core.algebra.blocked import BLOCKS
from rcwidgets.core.algebra.path import fitted_rows
from rcwidgets.core.trainers.held_out import block_of_series, blocks_of, fitted_series
from rcwidgets.core.trainers.pairs import Pairs
from rcwidgets.core.trainers.streaming import Counted

FEWEST = 5  # rows that a beta is chosen from


def split_rows(pairs: Pairs) -> tuple[Counted, Counted]:
    """Which rows (time, batch) count to fit, and which are held out, by place: the last fifth of each series, of five and more whole ones.

    Of targets with one row a series, every fifth series is held out.
    """
    steps, batch = next(iter(pairs.inputs.values())).shape[:2]
    fitted, later = dict(pairs.counted), dict(pairs.counted)
    for k, mask in pairs.counted.items():
        known = np.ones((steps, batch), bool) if mask is None else mask
        if k in pairs.program.once:
            early = np.broadcast_to(fitted_series(batch), known.shape)
        elif batch >= BLOCKS:
            blocks = block_of_series(batch, BLOCKS)
            early = np.broadcast_to(blocks < blocks[-1], known.shape)
        else:
            early = np.arange(steps)[:, None] < fitted_rows(known.sum(axis=0))
        fitted[k], later[k] = known & early, known & ~early
    return fitted, later


def parts_of(pairs: Pairs, k: int, weights: np.ndarray, selection: str) -> np.ndarray:
    """The parts (time, batch) of the rows that count, and weigh something, by which a beta is chosen; -1 where a row is in none."""
    known = (weights > 0) if (mask := pairs.counted[k]) is None else mask & (weights > 0)
    if selection == "cross-validated":
        return np.where(known, 0, -1)
    blocks = blocks_of(known, BLOCKS, once=k in pairs.program.once)
    return np.where(blocks >= 0, (blocks == blocks.max()).astype(int), -1) if selection == "held out" else blocks


def check_rows(rows: float, blocks: int) -> None:
    """Raises a ValueError where there are too few rows to choose by."""
    if rows < FEWEST or blocks < 2:
        raise ValueError(f"RidgeTrainer.beta cannot be chosen from {rows} rows. Train on at least {FEWEST}, or give beta a number.")
