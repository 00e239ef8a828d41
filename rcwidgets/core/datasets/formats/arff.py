"""ARFF files (Weka), read by SciPy: attributes of numbers are columns, all others texts."""

import io

import numpy as np

from rcwidgets.core.datasets.reader.notes import DataError
from rcwidgets.core.datasets.reader.typed import Typed
from rcwidgets.core.datasets.table import clean_name


def columns_of_arff(data: bytes) -> list[Typed]:
    """The attributes of an ARFF file as columns."""
    from scipy.io import arff

    try:
        rows, meta = arff.loadarff(io.StringIO(data.decode("utf-8-sig", "replace")))
    except Exception as error:  # SciPy's reader fails in many ways
        raise DataError(f"The ARFF file cannot be read: {str(error)[:200]}. Save it as CSV.") from None
    made: list[Typed] = []
    for place, name in enumerate(meta.names()):
        values = np.asarray(rows[name])
        label = clean_name(name, [one.name for one in made], place)
        if values.dtype.kind in "fiu":
            made.append(Typed(label, "number", values.astype(np.float64)))
        elif values.dtype.kind == "M":
            made.append(Typed(label, "date", instants=values.astype("datetime64[us]")))
        else:
            made.append(Typed(label, "none", problem="text"))
    if not len(rows):
        raise DataError("The file has no rows below its attributes.")
    return made
