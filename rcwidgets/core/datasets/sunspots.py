"""The yearly sunspot numbers, a real series that ships with the package."""

from importlib.resources import files

import numpy as np


def sunspots() -> dict[str, np.ndarray]:
    """The yearly mean sunspot number, 1700 to 2008: {'years', 'number'}, each (309, 1).

    A cycle of about 11 years whose height changes from one to the next. Source: NOAA National Geophysical Data Center, public domain.

    >>> sunspots()['number'].shape
    (309, 1)
    """
    text = files("rcwidgets").joinpath("data", "sunspots_yearly.csv").read_text(encoding="utf-8")
    table = np.array([line.split(",") for line in text.split()[1:]], np.float64)
    return {"years": table[:, [0]], "number": table[:, [1]]}
