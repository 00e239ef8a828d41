"""Chaotic maps: the Henon map and the logistic map."""

from collections.abc import Mapping

import numpy as np

from rcwidgets.core.datasets.checks import check_count, check_number, finite_series, start_of


def henon_series(steps: int, *, inits: Mapping[str, float] | None = None, a: float = 1.4, b: float = 0.3) -> dict[str, np.ndarray]:
    """The Henon map, a fold of the plane that is chaotic at these parameters.

    x[t+1] = 1 - a x[t]^2 + y[t], y[t+1] = b x[t]

    Iterated in float64 from `inits` (default x=0, y=0). Returns {'ts', 'x', 'y'}, each (steps, 1), where row 0 is the state after the first
    step and ts[0] = 1. Starts outside the basin run off to infinity, which is an error. The largest Lyapunov exponent is 0.419 a step.

    Reference: Henon (1976), A two-dimensional mapping with a strange attractor, Commun. Math. Phys. 50, 69-77.

    >>> henon_series(3)['x'][:, 0].round(3)
    array([ 1.   , -0.4  ,  1.076])
    """
    count = check_count("henon_series.steps", steps)
    x, y = start_of("henon_series", inits, {"x": 0.0, "y": 0.0})
    a_, b_ = check_number("henon_series.a", a), check_number("henon_series.b", b)
    rows = np.empty((count, 2))
    for step in range(count):
        x, y = 1 - a_ * x * x + y, b_ * x
        rows[step] = x, y
    finite_series("henon_series", rows, "Start nearer to the origin, or take a and b with bounded orbits.")
    return {"ts": np.arange(1.0, count + 1)[:, None], "x": rows[:, [0]], "y": rows[:, [1]]}


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
