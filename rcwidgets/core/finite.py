"""Numbers that are not finite: where they begin, and the one sentence in which every run and every training says so."""

import numpy as np


def not_finite(what: str, advice: str, *, since: str = "", happened: str = "the run diverged") -> FloatingPointError:
    """The error "<what> is not finite <since>: <happened>. <advice>"; `since` is such as "from step 3 on".

    >>> str(not_finite("readout", "Lower the spectral radius.", since="from step 3 on"))
    'readout is not finite from step 3 on: the run diverged. Lower the spectral radius.'
    """
    return FloatingPointError(f"{what} is not finite{since and ' '}{since}: {happened}. {advice}")


def check(series: np.ndarray, what: str, advice: str, *, where: str = "", happened: str = "the run diverged") -> None:
    """Raises the error for series ([lanes,] batch, time, features), which names the first step that is not finite; of lanes the first one.

    `where` tells more of the step, such as " of the closed loop".
    """
    if np.isfinite(series).all():
        return
    bad = ~np.isfinite(series).all(axis=-1)
    lane = "" if series.ndim == 3 else f" in lane {int(np.argmax(bad.any(axis=(1, 2))))}"
    steps = bad.any(axis=0) if series.ndim == 3 else bad[int(np.argmax(bad.any(axis=(1, 2))))].any(axis=0)
    raise not_finite(what, advice, since=f"from step {int(np.argmax(steps))}{where} on{lane}", happened=happened)
