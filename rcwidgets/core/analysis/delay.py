"""The delay at which a single series shows its attractor."""

import numpy as np
from numpy.typing import ArrayLike


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
