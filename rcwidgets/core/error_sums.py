"""Errors of series that do not fit in memory: sums that are folded block by block, in float64."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from rcwidgets.core.long_series import LongSeries, is_long
from rcwidgets.core.series import LongData


@dataclass
class ErrorSums:
    """What mean errors of predictions are made of, channel by channel: of the errors, and the moments of the targets.

    Moments of blocks are joined as in Chan, Golub & LeVeque (1983), The American Statistician 37, 242-247.
    """

    rows: int = 0
    squares: np.ndarray | float = 0.0
    absolute: np.ndarray | float = 0.0
    mean: np.ndarray | float = 0.0
    scatter: np.ndarray | float = 0.0
    low: np.ndarray | float = math.inf
    high: np.ndarray | float = -math.inf

    def add(self, p: np.ndarray, t: np.ndarray) -> None:
        """Counts predictions and targets (rows, channels) too."""
        count, mean = len(t), t.mean(axis=0)
        whole, apart = self.rows + count, mean - self.mean
        self.squares = self.squares + np.square(p - t).sum(axis=0)
        self.absolute = self.absolute + np.abs(p - t).sum(axis=0)
        self.scatter = self.scatter + np.square(t - mean).sum(axis=0) + np.square(apart) * (self.rows * count / whole)
        self.mean = self.mean + apart * (count / whole)
        self.low, self.high, self.rows = np.minimum(self.low, t.min(axis=0)), np.maximum(self.high, t.max(axis=0)), whole

    @property
    def mse(self) -> float:
        """The mean squared error over all entries."""
        return float(np.mean(self.squares / self.rows))

    @property
    def mae(self) -> float:
        """The mean absolute error over all entries."""
        return float(np.mean(self.absolute / self.rows))

    def nmse(self, owner: str) -> float:
        """mean over channels of mse_c / var_c; a constant channel is a ValueError."""
        constant = np.flatnonzero(np.asarray(self.high) == np.asarray(self.low))
        if constant.size:
            raise ValueError(constant_channel(owner, float(np.asarray(self.low)[constant[0]]), int(constant[0])))
        return float(np.mean(self.squares / self.scatter))


def constant_channel(owner: str, value: float, channel: int) -> str:
    """The sentence on a channel of the targets that is constant."""
    return f"{owner}.targets must vary, got the constant {value:g} in channel {channel}. Leave that channel out, or use mse."


def error_sums(owner: str, predictions: ArrayLike | LongData, targets: ArrayLike | LongData, *, drop: bool) -> ErrorSums | None:
    """The sums over series of which one at least is read block by block, see `is_long`; None where both are in memory.

    With `drop` rows of which a target is NaN are left out.
    """
    if not (is_long(predictions) or is_long(targets)):
        return None
    sums = ErrorSums()
    names = [f"{owner}.{name}" for name in ("predictions", "targets")]
    for first, (p, t) in LongSeries(dict(zip(names, (predictions, targets), strict=True)), gaps=names):
        if p.shape != t.shape:
            raise ValueError(
                f"{owner}.targets must have the shape of the predictions {p.shape}, got {t.shape} from row {first:,} on. "
                "Cut or reshape one of them."
            )
        p, t = (np.asarray(one, np.float64).reshape(-1, one.shape[-1]) for one in (p, t))
        if drop:
            known = ~np.isnan(t).any(axis=1)
            p, t = p[known], t[known]
        if len(t):
            sums.add(p, t)
    if sums.rows == 0:
        raise ValueError(f"{owner}.targets must have a row with a number, got none. Check the split of the data.")
    return sums
