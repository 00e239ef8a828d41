"""Continuous chaotic systems of a few variables, by the classical Runge-Kutta method of order 4 with a fixed step, in float64."""

import math
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import ArrayLike

from rcwidgets.core.datasets.checks import check_count, check_number, finite_series, start_of, steps_of

Flow = Callable[[float, float, float], tuple[float, float, float]]


def rk4_of_three(flow: Flow, start: list[float], dt: float, steps: int) -> np.ndarray:
    """Integrate (x, y, z)' = flow(x, y, z): the states after steps 1 to `steps`, (steps, 3).

    k1 = f(s), k2 = f(s + dt/2 k1), k3 = f(s + dt/2 k2), k4 = f(s + dt k3), s += dt/6 (k1 + 2 k2 + 2 k3 + k4). Plain Python floats: for
    three variables they are several times faster than arrays. A run that overflows ends with a row of infinities.
    """
    x, y, z = start
    half, sixth = dt / 2, dt / 6
    rows = []
    try:
        for _ in range(steps):
            ax, ay, az = flow(x, y, z)
            bx, by, bz = flow(x + half * ax, y + half * ay, z + half * az)
            cx, cy, cz = flow(x + half * bx, y + half * by, z + half * bz)
            dx, dy, dz = flow(x + dt * cx, y + dt * cy, z + dt * cz)
            x += sixth * (ax + 2 * bx + 2 * cx + dx)
            y += sixth * (ay + 2 * by + 2 * cy + dy)
            z += sixth * (az + 2 * bz + 2 * cz + dz)
            rows.append((x, y, z))
    except OverflowError:
        rows.append((math.inf, math.inf, math.inf))
    return np.array(rows)


def rk4(flow: Callable[[np.ndarray], np.ndarray], start: np.ndarray, dt: float, steps: int) -> np.ndarray:
    """The same for a state vector (variables,): the states after steps 1 to `steps`, (steps, variables)."""
    state = np.array(start, np.float64)
    rows = np.empty((steps, len(state)))
    with np.errstate(over="ignore", invalid="ignore"):
        for step in range(steps):
            a = flow(state)
            b = flow(state + dt / 2 * a)
            c = flow(state + dt / 2 * b)
            d = flow(state + dt * c)
            state = state + dt / 6 * (a + 2 * b + 2 * c + d)
            rows[step] = state
    return rows


def _series(
    owner: str, flow: Flow, start: list[float], duration: float, dt: float, *, substeps: int = 1, advice: str = "Take a shorter dt."
) -> dict[str, np.ndarray]:
    """The states of a flow of three variables every dt: {'ts', 'x', 'y', 'z'}, each (time, 1), where ts[0] = dt."""
    steps, step = steps_of(owner, duration, dt), float(dt)
    rows = finite_series(owner, rk4_of_three(flow, start, step / substeps, steps * substeps), advice)[substeps - 1 :: substeps]
    return {"ts": step * np.arange(1, len(rows) + 1)[:, None], "x": rows[:, [0]], "y": rows[:, [1]], "z": rows[:, [2]]}


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
    start = start_of("lorenz_series", inits, {"x": 8.0, "y": 1.0, "z": 1.0})
    s, r, b = (check_number(f"lorenz_series.{name}", value) for name, value in (("sigma", sigma), ("rho", rho), ("beta", beta)))

    def flow(x: float, y: float, z: float) -> tuple[float, float, float]:
        return s * (y - x), x * (r - z) - y, x * y - b * z

    return _series("lorenz_series", flow, start, duration, dt)


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
    start = start_of("rossler_series", inits, {"x": -0.1, "y": 0.0, "z": 0.02})
    a_, b_, c_ = (check_number(f"rossler_series.{name}", value) for name, value in (("a", a), ("b", b), ("c", c)))

    def flow(x: float, y: float, z: float) -> tuple[float, float, float]:
        return -y - z, x + a_ * y, b_ + z * (x - c_)

    return _series("rossler_series", flow, start, duration, dt)


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
    start = start_of("chua_series", inits, {"x": 0.1, "y": 0.0, "z": 0.0})
    given = (("alpha", alpha), ("beta", beta), ("m0", m0), ("m1", m1))
    a, b, inside, outside = (check_number(f"chua_series.{name}", value) for name, value in given)
    bend = (inside - outside) / 2

    def flow(x: float, y: float, z: float) -> tuple[float, float, float]:
        return a * (y - outside * x - bend * (abs(x + 1) - abs(x - 1))), x - y + z, -b * y

    return _series("chua_series", flow, start, duration, dt, advice="Take a shorter dt, or parameters with bounded orbits.")


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
    inner = check_count("double_scroll_series.substeps", substeps)
    start = start_of("double_scroll_series", inits, {"x": 0.37926545, "y": 0.058339, "z": -0.08167691})
    given = (("r1", r1), ("r2", r2), ("r4", r4))
    r1_, r2_, r4_ = (check_number(f"double_scroll_series.{name}", value, above=0.0) for name, value in given)
    double = 2 * check_number("double_scroll_series.saturation", saturation, at_least=0.0)
    slope = check_number("double_scroll_series.alpha", alpha)

    def flow(x: float, y: float, z: float) -> tuple[float, float, float]:
        current = (x - y) / r2_ + double * math.sinh(slope * (x - y))
        return x / r1_ - current, current - z, y - r4_ * z

    advice = "Take a shorter dt or more substeps."
    return _series("double_scroll_series", flow, start, duration, dt, substeps=inner, advice=advice)


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
