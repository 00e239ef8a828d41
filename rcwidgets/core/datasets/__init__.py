"""Data sets: chaotic systems, benchmark tasks, real series and your own tables, all float64.

Continuous systems are `<name>_series(duration, dt)`, maps and tasks `<name>_series(steps)`; both return a dict of arrays (time, channels).
"""

from rcwidgets.core.datasets.csv_file import from_csv
from rcwidgets.core.datasets.data_file import DataFile
from rcwidgets.core.datasets.flows import (
    LORENZ_LYAPUNOV_TIME,
    ROSSLER_LYAPUNOV_TIME,
    chua_series,
    double_scroll_series,
    lorenz96_series,
    lorenz_series,
    rossler_series,
)
from rcwidgets.core.datasets.frame import from_frame
from rcwidgets.core.datasets.integration import integration_batches, integration_series
from rcwidgets.core.datasets.mackey_glass import mackey_glass_series
from rcwidgets.core.datasets.maps import henon_series, logistic_series
from rcwidgets.core.datasets.reader.notes import DataWarning
from rcwidgets.core.datasets.shipped import japanese_vowels, sunspots
from rcwidgets.core.datasets.signals import memory_series, mso_series, narma_series

__all__ = [
    "LORENZ_LYAPUNOV_TIME",
    "ROSSLER_LYAPUNOV_TIME",
    "DataFile",
    "DataWarning",
    "chua_series",
    "double_scroll_series",
    "from_csv",
    "from_frame",
    "henon_series",
    "integration_batches",
    "integration_series",
    "japanese_vowels",
    "logistic_series",
    "lorenz96_series",
    "lorenz_series",
    "mackey_glass_series",
    "memory_series",
    "mso_series",
    "narma_series",
    "rossler_series",
    "sunspots",
]
