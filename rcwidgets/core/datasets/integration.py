"""White noise and its integral."""

from collections.abc import Callable, Iterator

import numpy as np

from rcwidgets.core.datasets.checks import check_count, check_number, random_of

STRETCH = 25  # steps over which the drift of a long series stays the same
Batches = Callable[[], Iterator[tuple[np.ndarray, np.ndarray]]]


def integration_batches(
    batches: int = 100, *, batch: int = 128, steps: int = 25, dt: float = 0.04, bias: float = 0.025, noise: float = 0.01, seed: int = 0
) -> Batches:
    """Batches for BPTT: series of white noise with a bias of their own, and their running sums.

    x[s, t] = 2 bias (m[s] - 0.5) + noise / sqrt(dt) n[s, t], y[s, t] = sum_{k <= t} x[s, k], m and n standard normal

    Returns a function `train_data()` that yields `batches` pairs (x, y), each array (batch, steps, 1) in float64. The random numbers start
    from `seed` and go on from call to call, so that every epoch sees new series.

    Reference: the integrator of Sussillo's Computation through Neural Population Dynamics (2019, google-research).

    >>> x, y = next(integration_batches()())
    >>> x.shape, y.shape
    ((128, 25, 1), (128, 25, 1))
    """
    counts = (("batches", batches), ("batch", batch), ("steps", steps))
    yielded, series, times = (check_count(f"integration_batches.{name}", value) for name, value in counts)
    width = check_number("integration_batches.noise", noise, at_least=0.0) / np.sqrt(check_number("integration_batches.dt", dt, above=0.0))
    drift = check_number("integration_batches.bias", bias)
    random = random_of("integration_batches", seed)

    def train_data() -> Iterator[tuple[np.ndarray, np.ndarray]]:
        for _ in range(yielded):
            mean = random.standard_normal((series, 1, 1))
            x = 2 * drift * (mean - 0.5) + width * random.standard_normal((series, times, 1))
            yield x, np.cumsum(x, axis=1)

    return train_data


def integration_series(
    steps: int, *, memory: float = 25.0, dt: float = 0.04, bias: float = 0.025, noise: float = 0.01, seed: int = 0
) -> dict[str, np.ndarray]:
    """One long series of the same white noise, and its sum with a memory that fades.

    x[t] = 2 bias (m[k] - 0.5) + noise / sqrt(dt) n[t], y[t] = (1 - 1 / memory) y[t-1] + x[t], m and n standard normal

    The drift has another m for each stretch k of 25 steps, which is the length of a series of `integration_batches`. There each short
    series is added up from zero; the plain sum of a long one would wander off without bounds, and its test part would lie where the
    training part never was. With the decay, y has one distribution everywhere. Computed in float64, random numbers by `seed`. Returns
    {'x', 'y'}, each (steps, 1); y starts at zero.

    Reference: the integrator of Sussillo's Computation through Neural Population Dynamics (2019, google-research), with a decay.

    >>> integration_series(1000)['y'].shape
    (1000, 1)
    """
    from scipy.signal import lfilter  # here alone: it brings all of scipy.stats, and takes as long to import as jax

    count = check_count("integration_series.steps", steps)
    kept = 1.0 - 1.0 / check_number("integration_series.memory", memory, at_least=1.0)
    width = check_number("integration_series.noise", noise, at_least=0.0) / np.sqrt(check_number("integration_series.dt", dt, above=0.0))
    drift, random = check_number("integration_series.bias", bias), random_of("integration_series", seed)
    mean = np.repeat(random.standard_normal(-(-count // STRETCH)), STRETCH)[:count]
    x = 2 * drift * (mean - 0.5) + width * random.standard_normal(count)
    return {"x": x[:, None], "y": lfilter([1.0], [1.0, -kept], x)[:, None]}
