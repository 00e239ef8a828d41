"""Arrays that NumPy saved (.npy, .npz): never with pickled objects."""

import math
import zipfile
from typing import IO

import numpy as np
from numpy.lib import format as npy

from rcwidgets.core.datasets.formats.array_columns import check_size
from rcwidgets.core.datasets.reader.notes import DataError


def arrays_of_npy(file: IO[bytes], size: int) -> dict[str, np.ndarray]:
    """The array of a .npy file of `size` bytes, under an empty name."""
    return {"": _array(file, size, "")}


def arrays_of_npz(file: IO[bytes]) -> dict[str, np.ndarray]:
    """The arrays of a .npz file by name; entries that are no arrays of numbers are left out."""
    found: dict[str, np.ndarray] = {}
    with zipfile.ZipFile(file) as archive:
        for entry in archive.infolist():
            if entry.filename.endswith(".npy"):
                name = entry.filename.removesuffix(".npy")
                with archive.open(entry) as one:
                    found[name] = _array(one, entry.file_size, name)
    return found


def _array(file: IO[bytes], size: int, name: str) -> np.ndarray:
    try:
        version = npy.read_magic(file)
        shape, _, dtype = npy.read_array_header_1_0(file) if version == (1, 0) else npy.read_array_header_2_0(file)
        check_size(name, shape)
        if dtype.hasobject:
            raise DataError("The file holds pickled objects, which are never loaded. Save arrays of numbers.")
        if math.prod(shape) * dtype.itemsize > size:
            raise DataError(f"The file is cut off: its array {shape} of {dtype} needs more bytes than it has. Save it anew.")
        file.seek(0)
        return npy.read_array(file, allow_pickle=False)
    except DataError:
        raise
    except (ValueError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise DataError(f"The array cannot be read: {error}. Save it anew.") from None
