"""Data sets: chaotic systems, benchmark tasks and real series, all float64."""

from rcwidgets.core.datasets.lorenz import LORENZ_LYAPUNOV_TIME, lorenz_series
from rcwidgets.core.datasets.sunspots import sunspots

__all__ = ["LORENZ_LYAPUNOV_TIME", "lorenz_series", "sunspots"]
