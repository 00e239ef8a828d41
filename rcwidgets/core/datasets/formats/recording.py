"""Recordings of signals: EDF and BDF by edfio, WFDB by wfdb; the time is counted in seconds."""

import warnings
from collections import Counter
from pathlib import Path
from typing import IO, Any

import numpy as np

from rcwidgets.core.datasets.formats.array_columns import check_size
from rcwidgets.core.datasets.formats.extra import needed
from rcwidgets.core.datasets.reader.notes import DataError, Notes
from rcwidgets.core.datasets.reader.typed import Typed
from rcwidgets.core.datasets.table import clean_name

TIME = "time [s]"


def columns_of_edf(file: IO[bytes], notes: Notes, *, bdf: bool) -> list[Typed]:
    """The signals of an EDF or BDF file at their most common rate, and the time of its start on; others are left out, and said."""
    edfio = needed("edfio")
    try:
        read: Any = (edfio.read_bdf if bdf else edfio.read_edf)(file)
        signals = [
            (signal.label, float(signal.sampling_frequency), np.asarray(signal.data), signal.physical_dimension) for signal in read.signals
        ]
    except Exception as error:  # a recording can be broken in many ways
        raise DataError(f"The recording cannot be read: {str(error)[:200]}.") from None
    if not signals:
        raise DataError("The recording has no signals.")
    rates = Counter(rate for _, rate, _, _ in signals)
    rate = max(rates, key=lambda one: (rates[one], one))
    left = [f"{label!r} ({other:g} Hz)" for label, other, _, _ in signals if other != rate]
    if left:
        notes.add(f"Signals at another rate than {rate:g} Hz were left out: {', '.join(left)}.")
    kept = [one for one in signals if one[1] == rate]
    return _columns([(label, values, unit) for label, _, values, unit in kept], rate)


def columns_of_wfdb(path: Path) -> list[Typed]:
    """The signals of the WFDB record whose header or data lie at a path."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # wfdb calls pandas in ways that pandas is about to give up, at its import too
        wfdb = needed("wfdb")
    name = str(path.with_suffix("").absolute())
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            head = wfdb.rdheader(name)
            check_size(path.name, (head.sig_len or 0, head.n_sig or 0))
            record = wfdb.rdrecord(name)
    except DataError:
        raise
    except Exception as error:
        raise DataError(f"The WFDB record cannot be read: {str(error)[:200]}. Its .hea and .dat files must lie in one folder.") from None
    if record.p_signal is None:
        raise DataError("The WFDB record has no signals of one rate.")
    signals = [
        (label or "", record.p_signal[:, place], unit or "")
        for place, (label, unit) in enumerate(zip(record.sig_name, record.units, strict=True))
    ]
    return _columns(signals, float(record.fs))


def _columns(signals: list[tuple[str, np.ndarray, str]], rate: float) -> list[Typed]:
    if not rate > 0:
        raise DataError(f"The recording must have a sampling rate above 0, got {rate:g}.")
    made = [Typed(TIME, "number", np.arange(len(signals[0][1])) / rate)]
    for place, (label, values, unit) in enumerate(signals):
        made.append(Typed(clean_name(label, [one.name for one in made], place), "number", np.asarray(values, np.float64), unit=unit))
    return made
