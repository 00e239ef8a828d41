"""Signals made for a task: noise to be remembered, followed or added up, and mixtures of sines."""

from collections.abc import Sequence

import numpy as np

from rcwidgets.core.datasets.checks import check_count, check_number, finite_series, random_of


def memory_series(steps: int, delays: int = 20, *, seed: int = 0, scale: float = 0.5) -> dict[str, np.ndarray]:
    """White noise, and the same noise 1, 2, ..., `delays` steps late.

    y[t, k-1] = u[t-k], k = 1 ... delays, u[t] uniform in [-scale, scale)

    The squared correlation of the best linear readout with y[:, k-1], summed over k, is the memory capacity of a network. The noise before
    the first row is drawn too, so that every row has all its targets. Computed in float64, random numbers by `seed`. Returns {'u' (steps,
    1), 'y' (steps, delays)}.

    Reference: Jaeger (2001), Short term memory in echo state networks, GMD Report 152.

    >>> memory_series(1000, 5)['y'].shape
    (1000, 5)
    """
    count, most = check_count("memory_series.steps", steps), check_count("memory_series.delays", delays, at_most=100_000)
    width = check_number("memory_series.scale", scale, above=0.0)
    u = random_of("memory_series", seed).uniform(-width, width, count + most)
    late = np.stack([u[most - k : most - k + count] for k in range(1, most + 1)], axis=1)
    return {"u": u[most:, None], "y": late}


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


MSO_FREQUENCIES = (0.2, 0.311, 0.42, 0.51, 0.63, 0.74, 0.85, 0.97, 1.08, 1.19, 1.27, 1.32)


def mso_series(steps: int, frequencies: int | Sequence[float] = 2, *, amplitudes: Sequence[float] | None = None) -> dict[str, np.ndarray]:
    """The multiple superimposed oscillator: a sum of sines whose periods do not fit each other.

    y[t] = sum_k a_k sin(f_k t), t = 1, 2, ...

    `frequencies` are radians a step, or how many of the usual twelve: 0.2, 0.311, 0.42, 0.51, 0.63, 0.74, 0.85, 0.97, 1.08, 1.19, 1.27,
    1.32. `amplitudes` are 1 unless given. Computed in float64. Returns {'ts', 'y'}, each (steps, 1).

    Reference: Schmidhuber, Wierstra, Gagliolo & Gomez (2007), Neural Comput. 19, 757-779, for the first four; Otte, Butz, Koryakin,
    Becker, Liwicki & Zell (2016), Neurocomputing 192, 128-138.

    >>> mso_series(1000, 5)['y'].shape
    (1000, 1)
    """
    count = check_count("mso_series.steps", steps)
    if isinstance(frequencies, int | np.integer):
        chosen = list(MSO_FREQUENCIES[: check_count("mso_series.frequencies", frequencies, at_most=len(MSO_FREQUENCIES))])
    else:
        chosen = [check_number(f"mso_series.frequencies[{k}]", value) for k, value in enumerate(frequencies)]
    heights = [1.0] * len(chosen)
    if amplitudes is not None:
        heights = [check_number(f"mso_series.amplitudes[{k}]", value) for k, value in enumerate(amplitudes)]
    if not chosen:
        raise ValueError(
            f"mso_series.frequencies must hold a number, got {frequencies!r}. Give radians a step, or how many of the usual twelve."
        )
    if len(heights) != len(chosen):
        raise ValueError(
            f"mso_series.amplitudes must be as many as the frequencies, got {len(heights)} for {len(chosen)}. Give one for each."
        )
    ts = np.arange(1.0, count + 1)[:, None]
    return {"ts": ts, "y": np.sin(ts * np.array(chosen)) @ np.array(heights)[:, None]}
