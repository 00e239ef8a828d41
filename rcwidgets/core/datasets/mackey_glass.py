"""The Mackey-Glass equation, which remembers its past."""

import math

import numpy as np

from rcwidgets.core.datasets.checks import check_count, check_number, finite_series, steps_of


def mackey_glass_series(
    duration: float,
    dt: float = 1.0,
    *,
    tau: float = 17.0,
    beta: float = 0.2,
    gamma: float = 0.1,
    power: float = 10.0,
    start: float = 1.2,
    substeps: int = 10,
) -> dict[str, np.ndarray]:
    """The Mackey-Glass equation of blood cells that mature with a delay: mildly chaotic at tau 17, wildly at tau 30.

    x'(t) = beta x(t - tau) / (1 + x(t - tau)^power) - gamma x(t)

    Integrated by the Runge-Kutta method of order 4 with the fixed step `dt` / `substeps`, in float64, over `duration` units of time. The
    past is x(t) = `start` up to t = 0; the delayed value in the middle of a step is the cubic through the values and slopes at both ends of
    the step tau earlier, so that the method keeps its order. tau must be a whole number of those steps. Returns {'ts', 'x'}, each (time,
    1), sampled every `dt`: row 0 is the state at ts[0] = dt.

    Reference: Mackey & Glass (1977), Oscillation and chaos in physiological control systems, Science 197, 287-289.

    >>> mackey_glass_series(2000, tau=17)['x'].shape
    (2000, 1)
    """
    owner = "mackey_glass_series"
    steps = steps_of(owner, duration, dt)
    inner = check_count(f"{owner}.substeps", substeps)
    step = float(dt) / inner
    lag = round(check_number(f"{owner}.tau", tau, above=0.0) / step)
    if lag < 1 or not math.isclose(lag * step, tau, rel_tol=1e-9):
        raise ValueError(f"{owner}.tau must be a whole number of steps of dt / substeps = {step:g}, got {tau!r}. Change dt or substeps.")
    gain, decay, n = (check_number(f"{owner}.{name}", value) for name, value in (("beta", beta), ("gamma", gamma), ("power", power)))
    first = check_number(f"{owner}.start", start, at_least=0.0)
    x = _integrate(gain, decay, n, first, lag, step, steps * inner)
    rows = np.array(x[inner - 1 :: inner])[:, None]
    finite_series(owner, rows, "Take a shorter step.")
    return {"ts": float(dt) * np.arange(1, steps + 1)[:, None], "x": rows}


def _integrate(gain: float, decay: float, power: float, start: float, lag: int, step: float, count: int) -> list[float]:
    """The values after steps 1 to `count`; the past lies `lag` steps back."""

    def production(past: float) -> float:
        return gain * past / (1 + past**power)

    birth = production(start)
    values, slopes, x = [start], [birth - decay * start], start
    for k in range(count):
        back = k - lag
        if back < 0:
            at_start = in_middle = at_end = birth
        else:
            left, right = values[back], values[back + 1]
            at_start, at_end = production(left), production(right)
            in_middle = production((left + right) / 2 + step / 8 * (slopes[back] - slopes[back + 1]))
        a = at_start - decay * x
        b = in_middle - decay * (x + step / 2 * a)
        c = in_middle - decay * (x + step / 2 * b)
        d = at_end - decay * (x + step * c)
        x += step / 6 * (a + 2 * b + 2 * c + d)
        values.append(x)
        slopes.append(at_end - decay * x)
    return values[1:]
