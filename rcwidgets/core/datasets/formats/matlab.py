"""MATLAB files: up to version 7 by SciPy, version 7.3 (HDF5) by h5py."""

from typing import IO, Any

import numpy as np

from rcwidgets.core.datasets.formats.array_columns import check_size
from rcwidgets.core.datasets.formats.extra import needed
from rcwidgets.core.datasets.reader.notes import DataError, Notes

_NUMBERS = frozenset(["double", "single", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "logical"])


def arrays_of_mat(file: IO[bytes], notes: Notes) -> dict[str, np.ndarray]:
    """The arrays of numbers of a .mat file up to version 7, by name; what else it holds is said."""
    from scipy.io import loadmat, whosmat

    try:
        held = whosmat(file)
        known = [(name, shape) for name, shape, kind in held if kind in _NUMBERS]
        _say_others([f"{name!r} ({kind})" for name, _, kind in held if kind not in _NUMBERS], bool(known), notes)
        for name, shape in known:
            check_size(name, shape)
        file.seek(0)
        read = loadmat(file, variable_names=[name for name, _ in known])
    except DataError:
        raise
    except Exception as error:  # SciPy's reader fails in many ways on a file that is broken
        raise DataError(f"The MATLAB file cannot be read: {str(error)[:200]}. Save it anew.") from None
    return {name: read[name] for name, _ in known if name in read}


def _say_others(others: list[str], known: bool, notes: Notes) -> None:
    """Says what a file holds beside numbers; a DataError where that is all."""
    if others and not known:
        raise DataError(
            f"The file must hold arrays of numbers, got {', '.join(others)}. Save the fields of a struct by "
            "save('file.mat', '-struct', 's'), and the series of a cell array as arrays of their own, in a file each."
        )
    if others:
        notes.add(f"Left out: {', '.join(others)}.")


def arrays_of_hdf5(file: IO[bytes], notes: Notes) -> dict[str, np.ndarray]:
    """The arrays of numbers of an HDF5 file by name, what else it holds is said; those of MATLAB are turned, since MATLAB writes columns
    first. Its texts are stored as numbers, and its cells as references.
    """
    h5py = needed("h5py")
    found: dict[str, np.ndarray] = {}
    others: list[str] = []
    try:
        with h5py.File(file, "r") as opened:

            def visit(name: str, item: Any) -> None:
                if not isinstance(item, h5py.Dataset) or name.startswith("#"):
                    return
                kind = item.attrs.get("MATLAB_class", b"")
                kind = kind.decode() if isinstance(kind, bytes) else str(kind)
                if kind and kind not in _NUMBERS:
                    others.append(f"{name!r} ({kind})")
                elif item.dtype.kind in "fiub" and item.ndim:
                    check_size(name, item.shape)
                    values = item[()]
                    found[name] = values.T if "MATLAB_class" in item.attrs else values

            opened.visititems(visit)
        _say_others(others, bool(found), notes)
    except DataError:
        raise
    except (OSError, RuntimeError, ValueError) as error:
        raise DataError(f"The HDF5 file cannot be read: {str(error)[:200]}. Save it anew.") from None
    return found
