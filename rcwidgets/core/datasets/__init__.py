"""Data sets: chaotic systems, benchmark tasks, real series and your own tables, all float64.

Continuous systems are `<name>_series(duration, dt)`, maps and tasks `<name>_series(steps)`; both return a dict of arrays (time, channels).
"""

from rcwidgets.core.datasets.chua import chua_series
from rcwidgets.core.datasets.csv_file import from_csv
from rcwidgets.core.datasets.double_scroll import double_scroll_series
from rcwidgets.core.datasets.frame import from_frame
from rcwidgets.core.datasets.henon import henon_series
from rcwidgets.core.datasets.integration import integration_batches, integration_series
from rcwidgets.core.datasets.logistic import logistic_series
from rcwidgets.core.datasets.lorenz import LORENZ_LYAPUNOV_TIME, lorenz_series
from rcwidgets.core.datasets.lorenz96 import lorenz96_series
from rcwidgets.core.datasets.mackey_glass import mackey_glass_series
from rcwidgets.core.datasets.memory import memory_series
from rcwidgets.core.datasets.narma import narma_series
from rcwidgets.core.datasets.rossler import ROSSLER_LYAPUNOV_TIME, rossler_series
from rcwidgets.core.datasets.sines import mso_series
from rcwidgets.core.datasets.sunspots import sunspots
from rcwidgets.core.datasets.vowels import japanese_vowels

__all__ = [
    "LORENZ_LYAPUNOV_TIME",
    "ROSSLER_LYAPUNOV_TIME",
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
