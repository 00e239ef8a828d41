"""Mixtures of sines, the multiple superimposed oscillator."""

from collections.abc import Sequence

import numpy as np

from rcwidgets.core.datasets.checks import check_count, check_number

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
