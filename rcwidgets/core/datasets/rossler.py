"""The Rossler attractor."""

from collections.abc import Mapping

import numpy as np

from rcwidgets.core.datasets.checks import check_number, finite_series, start_of, steps_of
from rcwidgets.core.datasets.integrate import named, rk4_of_three

ROSSLER_LYAPUNOV_TIME = 1 / 0.0714  # 14.0 time units at the default parameters


def rossler_series(
    duration: float, dt: float = 0.01, *, inits: Mapping[str, float] | None = None, a: float = 0.2, b: float = 0.2, c: float = 5.7
) -> dict[str, np.ndarray]:
    """The Rossler system: one fold, and chaos that is slower and flatter than Lorenz's.

    x' = -y - z, y' = x + a y, z' = b + z (x - c)

    Integrated by the Runge-Kutta method of order 4 with the fixed step `dt`, in float64, over `duration` units of time, from `inits`
    (default x=-0.1, y=0, z=0.02). Returns {'ts', 'x', 'y', 'z'}, each (time, 1), where row 0 is the state after the first step and ts[0] =
    dt. The largest Lyapunov exponent is 0.0714, one turn takes about 6 time units.

    Reference: Rossler (1976), An equation for continuous chaos, Phys. Lett. A 57, 397-398.

    >>> rossler_series(100, dt=0.1)['x'].shape
    (1000, 1)
    """
    steps = steps_of("rossler_series", duration, dt)
    start = start_of("rossler_series", inits, {"x": -0.1, "y": 0.0, "z": 0.02})
    a_, b_, c_ = (check_number(f"rossler_series.{name}", value) for name, value in (("a", a), ("b", b), ("c", c)))

    def flow(x: float, y: float, z: float) -> tuple[float, float, float]:
        return -y - z, x + a_ * y, b_ + z * (x - c_)

    rows = rk4_of_three(flow, start, float(dt), steps)
    return named(finite_series("rossler_series", rows, "Take a shorter dt."), float(dt))
