"""The double-scroll circuit, with the diodes as hyperbolic sines."""

from collections.abc import Mapping
from math import sinh

import numpy as np

from rcwidgets.core.datasets.checks import check_count, check_number, finite_series, start_of, steps_of
from rcwidgets.core.datasets.integrate import named, rk4_of_three


def double_scroll_series(
    duration: float,
    dt: float = 0.25,
    *,
    inits: Mapping[str, float] | None = None,
    r1: float = 1.2,
    r2: float = 3.44,
    r4: float = 0.193,
    saturation: float = 2.25e-5,
    alpha: float = 11.6,
    substeps: int = 10,
) -> dict[str, np.ndarray]:
    """The double-scroll electronic circuit in dimensionless form, odd in its variables.

    x' = x / r1 - g(x - y), y' = g(x - y) - z, z' = y - r4 z, with the current g(v) = v / r2 + 2 saturation sinh(alpha v)

    x and y are the voltages and z the current. The factor 2 in g stands for the two diodes and is there once. Integrated by the Runge-Kutta
    method of order 4 with the fixed step `dt` / `substeps`, in float64, over `duration` units of time, from `inits` (default x=0.37926545,
    y=0.058339, z=-0.08167691), and given every `dt`. Returns {'ts', 'x', 'y', 'z'}, each (time, 1), where row 0 is the state after the
    first dt.

    Reference: Chang, Bienfang, Hall, Gardner & Gauthier (1998), Chaos 8, 782-790; as in Gauthier, Bollt, Griffith & Barbosa (2021), Nat.
    Commun. 12, 5564.

    >>> double_scroll_series(100, dt=0.25)['x'].shape
    (400, 1)
    """
    steps = steps_of("double_scroll_series", duration, dt)
    inner = check_count("double_scroll_series.substeps", substeps)
    start = start_of("double_scroll_series", inits, {"x": 0.37926545, "y": 0.058339, "z": -0.08167691})
    given = (("r1", r1), ("r2", r2), ("r4", r4))
    r1_, r2_, r4_ = (check_number(f"double_scroll_series.{name}", value, above=0.0) for name, value in given)
    double = 2 * check_number("double_scroll_series.saturation", saturation, at_least=0.0)
    slope = check_number("double_scroll_series.alpha", alpha)

    def flow(x: float, y: float, z: float) -> tuple[float, float, float]:
        current = (x - y) / r2_ + double * sinh(slope * (x - y))
        return x / r1_ - current, current - z, y - r4_ * z

    rows = rk4_of_three(flow, start, float(dt) / inner, steps * inner)
    return named(finite_series("double_scroll_series", rows, "Take a shorter dt or more substeps.")[inner - 1 :: inner], float(dt))
