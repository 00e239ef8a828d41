"""The Lorenz attractor."""

from collections.abc import Mapping

import numpy as np

from rcwidgets.core.datasets.checks import check_number, finite_series, start_of, steps_of
from rcwidgets.core.datasets.integrate import named, rk4_of_three

LORENZ_LYAPUNOV_TIME = 1 / 0.9056  # 1.104 time units at the default parameters


def lorenz_series(
    duration: float,
    dt: float = 0.001,
    *,
    inits: Mapping[str, float] | None = None,
    sigma: float = 10.0,
    rho: float = 28.0,
    beta: float = 8 / 3,
) -> dict[str, np.ndarray]:
    """The Lorenz system, a model of convection that is chaotic at these parameters.

    x' = sigma (y - x), y' = x (rho - z) - y, z' = x y - beta z

    Integrated by the Runge-Kutta method of order 4 with the fixed step `dt`, in float64, over `duration` units of time, from `inits`
    (default x=8, y=1, z=1). Returns {'ts', 'x', 'y', 'z'}, each (time, 1), where row 0 is the state after the first step and ts[0] = dt.
    The largest Lyapunov exponent is 0.9056: after some 35 time units the last digits of the arithmetic decide, and two machines may differ.

    Reference: Lorenz (1963), Deterministic nonperiodic flow, J. Atmos. Sci. 20, 130-141.

    >>> data = lorenz_series(100, dt=0.01, inits={'x': 8, 'y': 1, 'z': 1})
    >>> data['x'].shape
    (10000, 1)
    """
    steps = steps_of("lorenz_series", duration, dt)
    start = start_of("lorenz_series", inits, {"x": 8.0, "y": 1.0, "z": 1.0})
    s, r, b = (check_number(f"lorenz_series.{name}", value) for name, value in (("sigma", sigma), ("rho", rho), ("beta", beta)))

    def flow(x: float, y: float, z: float) -> tuple[float, float, float]:
        return s * (y - x), x * (r - z) - y, x * y - b * z

    rows = rk4_of_three(flow, start, float(dt), steps)
    return named(finite_series("lorenz_series", rows, "Take a shorter dt."), float(dt))
