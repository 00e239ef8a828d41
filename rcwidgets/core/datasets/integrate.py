"""The classical Runge-Kutta method of order 4 with a fixed step, in float64."""

import math
from collections.abc import Callable

import numpy as np

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


def named(rows: np.ndarray, dt: float) -> dict[str, np.ndarray]:
    """The rows as {'ts', 'x', 'y', 'z'}, each (time, 1); ts[0] = dt, the time of the state after the first step."""
    ts = dt * np.arange(1, len(rows) + 1)
    return {"ts": ts[:, None]} | {name: rows[:, [k]] for k, name in enumerate("xyz"[: rows.shape[1]])}
