"""The Lorenz-96 model, a ring of variables that drive each other."""

import numpy as np
from numpy.typing import ArrayLike

from rcwidgets.core.datasets.checks import check_count, check_number, finite_series, steps_of
from rcwidgets.core.datasets.integrate import rk4


def lorenz96_series(
    duration: float, dt: float = 0.01, *, variables: int = 36, forcing: float = 8.0, start: ArrayLike | None = None
) -> dict[str, np.ndarray]:
    """The Lorenz-96 model of a quantity around a circle of latitude, chaotic at a forcing of 8.

    x_k' = (x_{k+1} - x_{k-2}) x_{k-1} - x_k + forcing, with the indices around the ring

    Integrated by the Runge-Kutta method of order 4 with the fixed step `dt`, in float64, over `duration` units of time, from `start`
    (variables,), by default `forcing` everywhere but 0.01 more in the first. Returns {'ts' (time, 1), 'x' (time, variables)}, where row 0
    is the state after the first step and ts[0] = dt. The first 10 time units or so lead onto the attractor.

    Reference: Lorenz (1996), Predictability: a problem partly solved, Proc. ECMWF Seminar on Predictability 1, 1-18.

    >>> lorenz96_series(5, dt=0.05)['x'].shape
    (100, 36)
    """
    steps = steps_of("lorenz96_series", duration, dt)
    size = check_count("lorenz96_series.variables", variables, at_least=4, at_most=100_000)
    drive = check_number("lorenz96_series.forcing", forcing)
    if start is None:
        first = np.full(size, drive)
        first[0] += 0.01
    else:
        first = np.asarray(start, np.float64)
        if first.shape != (size,):
            raise ValueError(f"lorenz96_series.start must have the shape ({size},), got {first.shape}. Give one number a variable.")
        if not np.isfinite(first).all():
            raise ValueError(f"lorenz96_series.start must be finite, got {first[~np.isfinite(first)][0]!r}.")

    after, before, two_before = (np.roll(np.arange(size), shift) for shift in (-1, 1, 2))

    def flow(x: np.ndarray) -> np.ndarray:
        return (x[after] - x[two_before]) * x[before] - x + drive

    rows = rk4(flow, first, float(dt), steps)
    return {"ts": float(dt) * np.arange(1, steps + 1)[:, None], "x": finite_series("lorenz96_series", rows, "Take a shorter dt.")}
