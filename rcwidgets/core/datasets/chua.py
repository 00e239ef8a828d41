"""Chua's circuit, with the resistor in three straight pieces."""

from collections.abc import Mapping

import numpy as np

from rcwidgets.core.datasets.checks import check_number, finite_series, start_of, steps_of
from rcwidgets.core.datasets.integrate import named, rk4_of_three


def chua_series(
    duration: float,
    dt: float = 0.01,
    *,
    inits: Mapping[str, float] | None = None,
    alpha: float = 9.0,
    beta: float = 100 / 7,
    m0: float = -1 / 7,
    m1: float = 2 / 7,
) -> dict[str, np.ndarray]:
    """Chua's circuit, the first whose chaos was proved; at these parameters it wanders between two scrolls.

    x' = alpha (y - h(x)), y' = x - y + z, z' = -beta y, with h(x) = m1 x + (m0 - m1) / 2 (|x + 1| - |x - 1|)

    h has the slope m0 inside [-1, 1] and m1 outside. Integrated by the Runge-Kutta method of order 4 with the fixed step `dt`, in float64,
    over `duration` units of time, from `inits` (default x=0.1, y=0, z=0). Returns {'ts', 'x', 'y', 'z'}, each (time, 1), where row 0 is the
    state after the first step and ts[0] = dt.

    Reference: Chua, Komuro & Matsumoto (1986), The double scroll family, IEEE Trans. Circuits Syst. 33, 1072-1118.

    >>> chua_series(50, dt=0.05)['x'].shape
    (1000, 1)
    """
    steps = steps_of("chua_series", duration, dt)
    start = start_of("chua_series", inits, {"x": 0.1, "y": 0.0, "z": 0.0})
    given = (("alpha", alpha), ("beta", beta), ("m0", m0), ("m1", m1))
    a, b, inside, outside = (check_number(f"chua_series.{name}", value) for name, value in given)
    bend = (inside - outside) / 2

    def flow(x: float, y: float, z: float) -> tuple[float, float, float]:
        return a * (y - outside * x - bend * (abs(x + 1) - abs(x - 1))), x - y + z, -b * y

    rows = rk4_of_three(flow, start, float(dt), steps)
    return named(finite_series("chua_series", rows, "Take a shorter dt, or parameters with bounded orbits."), float(dt))
