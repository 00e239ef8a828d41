"""The problems that the figures of accuracy are taken on, each with its data, its split, its beta and its measure."""

import numpy as np

from benchmarks.settings import Problem, ahead
from rcwidgets.core import metrics
from rcwidgets.core.datasets import lorenz_series, mackey_glass_series, narma_series


def lorenz(horizons: tuple[int, ...] = (1,)) -> Problem:
    """Raw Lorenz, dt 0.01, from (8, 1, 1): 2,000 steps of warm-up, 6,000 to train, 2,000 to test; beta 1e-6; mean squared error.

    The first 10,000 steps are 100 time units; the series is as much longer as the horizon needs, so that all horizons have all test rows.
    """
    data = lorenz_series(100 + max(horizons) / 100, dt=0.01, inits={"x": 8, "y": 1, "z": 1})
    x, y = ahead(np.hstack([data["x"], data["y"], data["z"]]), horizons)
    return Problem(x, y, slice(2000, 8000), slice(8000, 10_000), 1e-6, metrics.mse)


def mackey_glass(horizons: tuple[int, ...] = (1, 84)) -> Problem:
    """Mackey-Glass, tau 17, a value each time unit, standardised by the rows before the test part.

    1,000 steps of warm-up, 3,000 to train, 2,000 to test; beta 1e-6; root mean squared error in standard deviations. 84 steps ahead is the
    horizon of the field, here by one readout of the state, where Jaeger and Haas (2004) run 84 steps in closed loop.
    """
    series = mackey_glass_series(6000 + max(horizons), tau=17)["x"]
    x, y = ahead((series - series[:4000].mean()) / series[:4000].std(), horizons)
    return Problem(x, y, slice(1000, 4000), slice(4000, 6000), 1e-6, metrics.nrmse)


def narma10(seed: int) -> Problem:
    """NARMA10, inputs uniform in [0, 0.5): 200 steps of warm-up, 3,800 to train, 2,000 to test; beta 1e-8; NMSE. Data drawn from `seed`."""
    data = narma_series(6000, seed=seed)
    return Problem(data["u"], data["y"][:, None], slice(200, 4000), slice(4000, 6000), 1e-8, metrics.nmse)
