"""The errors of one part of the data, channel by channel: what all its metrics are made of."""

from typing import NamedTuple

import numpy as np

from rcwidgets.core.short import short_repr


class Score(NamedTuple):
    """Mean squared and mean absolute error, and the variance of the target, each (channels,), of `rows` rows in the data's own units."""

    rows: int
    squared: np.ndarray
    absolute: np.ndarray
    variance: np.ndarray

    def __repr__(self) -> str:
        return short_repr(self)

    def values(self, channel: int | None = None) -> dict[str, float]:
        """The metrics over all channels, or of one, as `rcwidgets.metrics` defines them; NaN where a constant target has no scale.

        >>> score_of(np.array([[1.0], [3.0]]), np.array([[0.0], [4.0]]), np.ones(1)).values()["nmse"]
        0.25
        """
        picked = slice(None) if channel is None else slice(channel, channel + 1)
        squared, variance = self.squared[picked], self.variance[picked]
        with np.errstate(over="ignore"):
            mse = float(np.mean(squared))
            nmse = float(np.mean(squared / np.where(variance > 0, variance, np.nan)))
        mae = float(np.mean(self.absolute[picked]))
        return {"nrmse": nmse**0.5, "rmse": mse**0.5, "mse": mse, "nmse": nmse, "r2": 1.0 - nmse, "mae": mae}


def score_of(predictions: np.ndarray, targets: np.ndarray, scale: np.ndarray, variance: np.ndarray | None = None) -> Score:
    """The score of predictions for targets, both (rows, channels) and divided by `scale` (channels,); `variance` where it is another's.

    >>> score_of(np.array([[1.0], [3.0]]), np.array([[0.0], [4.0]]), np.full(1, 2.0)).squared.tolist()
    [4.0]
    """
    differences = predictions - targets
    with np.errstate(over="ignore"):  # a forecast that ran away
        squared = np.square(differences).mean(axis=0) * scale**2
        absolute = np.abs(differences).mean(axis=0) * np.abs(scale)
    return Score(len(targets), squared, absolute, (targets.var(axis=0) if variance is None else variance) * scale**2)
