"""The memory task: say what came in some steps ago."""

import numpy as np

from rcwidgets.core.datasets.checks import check_count, check_number, random_of


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
