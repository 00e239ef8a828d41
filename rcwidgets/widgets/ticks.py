"""Limits, ticks and numbers of the figures: round, few, and as short as they can be read."""

import math

import numpy as np

FLOOR = 1e-16  # the least error that a log axis shows
CEILING = 10.0  # an NRMSE above this says nothing more


def number(value: float) -> str:
    """A number as people write it: 0, 0.5, 2000, 1e-6, 2.5e-7."""
    if not math.isfinite(value):
        return "not finite"
    if value == 0 or 1e-3 <= abs(value) < 1e6:
        return f"{value:.10g}"
    mantissa, exponent = f"{value:.5g}".split("e") if "e" in f"{value:.5g}" else f"{value:.4e}".split("e")
    return f"{mantissa.rstrip('0').rstrip('.') if '.' in mantissa else mantissa}e{int(exponent)}"


def linear_limits(values: np.ndarray, pad: float = 0.045) -> tuple[float, float]:
    """The range of the values with `pad` of it added at each end, outwards to a grid of some fiftieth of it; a constant is in the middle.

    By the grid they stay where they are while the values change a little: new limits cost the page more than new lines.
    """
    if values.size == 0:
        return 0.0, 1.0
    low, high = float(values.min()), float(values.max())
    margin = pad * (high - low) or pad * abs(high) or 1.0
    grid = 2.0 ** math.floor(math.log2(high - low + 2 * margin)) / 32
    return grid * math.floor((low - margin) / grid), grid * math.ceil((high + margin) / grid)


def log_limits(values: np.ndarray) -> tuple[float, float]:
    """The range of the positive finite values, outwards to 1 or 3 times a power of ten, cut at `FLOOR` and `CEILING`."""
    values = values[np.isfinite(values) & (values > 0)]
    if values.size == 0:
        return 1e-3, 1.0
    low = max(float(values.min()), FLOOR)
    high = max(min(float(values.max()), CEILING), 2 * low)
    return 10 ** (math.floor(2 * math.log10(low) - 0.15) / 2), 10 ** (math.ceil(2 * math.log10(high) + 0.15) / 2)


def linear_ticks(low: float, high: float, most: int = 6, *, whole: bool = False) -> np.ndarray:
    """At most `most` multiples of 1, 2 or 5 times a power of ten in [low, high]; `whole` keeps to whole numbers."""
    step = 10 ** math.floor(math.log10((high - low) / most))
    if whole:
        step = max(step, 1.0)
    for factor in (1, 2, 5, 10, 20, 50):
        first, last = math.ceil(low / (factor * step) - 1e-9), math.floor(high / (factor * step) + 1e-9)
        if last - first < most:
            break
    return np.array([float(f"{index * factor * step:.12g}") for index in range(first, last + 1)])


def log_ticks(low: float, high: float, most: int = 5) -> np.ndarray:
    """Powers of ten in [low, high], every second, third, ... so that at most `most` are left; also 2 and 5 times them in a narrow range."""
    first, last = math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9)
    if last - first < 1:
        near = [float(f"{factor}e{power}") for power in range(first - 1, last + 2) for factor in (1, 2, 5)]
        return np.array([value for value in near if low <= value <= high])
    stride = next(stride for stride in range(1, 400) if last // stride - -(-first // stride) < most)
    return np.array([float(f"1e{power}") for power in range(-(-first // stride) * stride, last + 1, stride)])


def javascript_key(value: float) -> str:
    """The text that JavaScript makes of a number where it names an entry of an object: bqplot looks tick labels up by it."""
    if value == 0 or 1e-6 <= abs(value) < 1e21:
        return np.format_float_positional(value, trim="-")
    return np.format_float_scientific(value, trim="-", exp_digits=1)


def tick_labels(ticks: np.ndarray, *, log: bool = False) -> dict[str, str]:
    """The label of each tick, under the name that bqplot looks it up by. On a long log axis all ticks below 1 are written as powers."""
    powers = log and ticks.size > 0 and ticks.min() < 1e-3
    return {javascript_key(value): f"1e{round(math.log10(value))}" if powers and value < 1 else number(value) for value in ticks}
