"""The logistic map."""

import numpy as np

from rcwidgets.core.datasets.checks import check_count, check_number


def logistic_series(steps: int, *, start: float = 0.5, rate: float = 3.9) -> dict[str, np.ndarray]:
    """The logistic map, a population that breeds and starves.

    x[t+1] = rate x[t] (1 - x[t])

    Iterated in float64 from `start` in [0, 1], `rate` in [0, 4]: a fixed point below 3, then cycles of period 2, 4, 8, ..., and chaos for
    most rates above 3.57. Returns {'ts', 'x'}, each (steps, 1), where row 0 is the state after the first step and ts[0] = 1.

    Reference: May (1976), Simple mathematical models with very complicated dynamics, Nature 261, 459-467.

    >>> logistic_series(3, rate=4.0, start=0.1)['x'][:, 0]
    array([0.36      , 0.9216    , 0.28901376])
    """
    count = check_count("logistic_series.steps", steps)
    x = check_number("logistic_series.start", start, at_least=0.0, at_most=1.0)
    growth = check_number("logistic_series.rate", rate, at_least=0.0, at_most=4.0)
    rows = np.empty((count, 1))
    for step in range(count):
        x = growth * x * (1 - x)
        rows[step] = x
    return {"ts": np.arange(1.0, count + 1)[:, None], "x": rows}
