"""The Henon map."""

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
