"""What is doubtful in data that a model sees for the first time: axes that look swapped, and numbers that its precision rounds off."""

import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np

from rcwidgets.core.graph.graph import Graph

COARSE = 1e-3  # of a channel's standard deviation: a rounding above it is told


def check_axes(used: Graph, inputs: Mapping[str, np.ndarray]) -> None:
    """Tells where the axes of data (batch, time, features), by node name, are swapped.

    An Input whose features are those of the axis of time is a ValueError. Where it has none of its own, nobody can know: of what looks
    swapped a UserWarning says how it is read.
    """
    for name, array in inputs.items():
        batch, steps, features = array.shape
        own, several = getattr(used.by_name()[name], "features", None), batch > 1
        swap = "x.transpose(0, 2, 1), or one.T of each series" if several else "x.T"
        if own is not None and own != features and own == steps:
            raise ValueError(
                f"x must be {'(batch, time, features)' if several else '(time, features)'}, got {features} features and {steps} steps "
                f"where {name} has {own} features: time comes before features. Give {swap}."
            )
        if own is None and several and steps == 1 < batch:
            read, mend = f"{batch} series of one step", f"Of one series, give x[:, 0], (time, features); else write Input({features})."
        elif own is None and (1 < steps < features if several else steps < 50 <= features):
            read, mend = f"{steps} steps of {features} features", f"If time comes last, give {swap}; else write Input({features})."
        else:
            continue
        warnings.warn(f"x is read as {read}{' each' if several and steps > 1 else ''} at {name}. {mend}", UserWarning, stacklevel=2)


def tell_rounding(what: str, series: Mapping[str, np.ndarray], dtype: Any) -> None:
    """A UserWarning where the precision of the states rounds off more than a thousandth of how far a channel (..., features) varies."""
    for name, array in series.items():
        flat = array.reshape(-1, array.shape[-1])
        most = np.abs(flat).max(axis=0)
        spread = (flat / np.where(most > 0, most, 1.0)).std(axis=0) * most  # squares of very small numbers would be 0
        lost = np.maximum(float(np.finfo(dtype).eps) / 2 * most, float(np.finfo(dtype).smallest_subnormal) / 2)
        coarse = np.flatnonzero((spread > 0) & (lost > COARSE * spread) & (np.finfo(flat.dtype).eps < np.finfo(dtype).eps))
        if coarse.size:
            k = int(coarse[0])
            warnings.warn(
                f"{what} of {name} lies about {flat[:, k].mean():.3g} in channel {k} and varies by {spread[k]:.3g}, and {np.dtype(dtype)} "
                f'rounds it by up to {lost[k]:.2g}. Subtract the mean and divide by the spread, or choose dtype="float64".',
                UserWarning,
                stacklevel=2,
            )
