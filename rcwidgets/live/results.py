"""What one run of the experiment found: plain arrays, ready to be shown."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from rcwidgets.core.algebra.path import Path
from rcwidgets.core.graph import Graph
from rcwidgets.core.program import Params
from rcwidgets.core.trainers.settings import RidgeSettings


@dataclass(frozen=True, eq=False)
class Results:
    """The forecast of the test part, the regularisation path, and the metrics of one setting.

    Forecast and truth are (rows, channels) in the data's own units; `time` (rows,) is the time of what is forecast. `parts` (rows,) is
    True where the error, divided by the standard deviation of each channel, exceeds `threshold`. NRMSE divides the root mean squared
    error by the standard deviation of the target, over all channels. `beta` is what the shown readout was fitted with; where the
    settings let it be chosen, `beta_held_out` is the NRMSE on the rows held out at that beta.
    """

    revision: int
    time: np.ndarray
    time_label: str
    truth: np.ndarray
    forecast: np.ndarray
    channels: tuple[str, ...]
    horizon: int
    parts: np.ndarray
    threshold: float
    train_nrmse: float
    test_nrmse: float
    test_mse: float
    beta: float
    seconds: float = 0.0
    path: Path | None = None
    beta_held_out: float | None = None
    tweaks: np.ndarray = field(default_factory=lambda: np.zeros(0))
    tweak_labels: tuple[str, ...] = ()
    model: Graph = field(default_factory=Graph, repr=False)
    settings: RidgeSettings = field(default_factory=RidgeSettings, repr=False)
    params: Params = field(default_factory=dict, repr=False)
    state: Any = field(default=None, repr=False)
    last: np.ndarray | None = field(default=None, repr=False)  # the target of the last training row, (1, channels)
