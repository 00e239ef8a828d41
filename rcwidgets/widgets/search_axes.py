"""The knobs of a search along the axes of its figures: what they are called, and where each trial lies."""

import numpy as np

from rcwidgets.core.search.result import Search
from rcwidgets.core.search.space import Axis
from rcwidgets.core.short import figure, short


def labels_of(found: Search) -> dict[str, str]:
    """What the knobs of a search are called, by name: the label where it is the only one of its kind."""
    axes = found.bench.space.axes
    labels = [axis.label for axis in axes.values()]
    return {name: axis.label if labels.count(axis.label) == 1 else name for name, axis in axes.items()}


def values_of(found: Search, axis: Axis) -> np.ndarray:
    """Where each trial (trials,) lies along an axis: numbers as they are, choices by their number; NaN where it has no such knob."""
    choices = list(getattr(axis.distribution, "choices", ()))
    kept = [trial.params.get(axis.name) if axis.name in trial.params else np.nan for trial in found.trials]
    return np.array([choices.index(one) if choices and one in choices else np.nan if choices else one for one in kept], np.float64)


def said(value: object) -> str:
    """A knob's value in words."""
    return figure(value) if isinstance(value, float) else value if isinstance(value, str) else short(value)


def shares_of(found: Search, axis: Axis) -> np.ndarray:
    """Where each trial (trials,) lies between the low and the high end of an axis, from 0 to 1, on its own scale."""
    one, values = axis.distribution, values_of(found, axis)
    choices = getattr(one, "choices", None)
    low, high = (0.0, len(choices) - 1.0) if choices else (float(getattr(one, "low", 0)), float(getattr(one, "high", 1)))
    if axis.log:
        low, high, values = np.log(low), np.log(high), np.log(values)
    return (values - low) / (high - low) if high > low else np.where(np.isnan(values), np.nan, 0.5)
