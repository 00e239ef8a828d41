"""NARMA: a nonlinear recursion over the past of its input and its output."""

import numpy as np

from rcwidgets.core.datasets.checks import check_count, check_number, finite_series, random_of


def narma_series(
    steps: int, order: int = 10, *, seed: int = 0, alpha: float = 0.3, beta: float = 0.05, gamma: float = 1.5, delta: float = 0.1
) -> dict[str, np.ndarray]:
    """A nonlinear autoregressive moving average of order 10: the network gets u and has to give y.

    s[t+1] = alpha s[t] + beta s[t] sum_{k=0}^{order-1} s[t-k] + gamma u[t-order+1] u[t] + delta, u[t] uniform in [0, 0.5)

    s and u are zero before the start. Computed in float64, random numbers by `seed`. Returns {'u', 'y'}, each (steps, 1), where y[t] =
    s[t+1] is what follows from the inputs up to u[t]. Some seeds, and most at orders far above 10, run off to infinity, which is an error.

    Reference: Atiya & Parlos (2000), New results on recurrent network training, IEEE Trans. Neural Netw. 11, 697-709.

    >>> narma_series(4000)['y'].shape
    (4000, 1)
    """
    count, depth = check_count("narma_series.steps", steps), check_count("narma_series.order", order, at_most=1000)
    given = (("alpha", alpha), ("beta", beta), ("gamma", gamma), ("delta", delta))
    a, b, c, d = (check_number(f"narma_series.{name}", value) for name, value in given)
    u = random_of("narma_series", seed).uniform(0.0, 0.5, count)
    past = [0.0] * (depth - 1) + u.tolist()
    s, rows = [0.0] * depth, np.empty(count)
    for t in range(count):
        now = a * s[-1] + b * s[-1] * sum(s) + c * past[t] * past[t + depth - 1] + d
        s = [*s[1:], now]
        rows[t] = now
    finite_series("narma_series", rows[:, None], "Take another seed or a lower order.")
    return {"u": u[:, None], "y": rows[:, None]}
