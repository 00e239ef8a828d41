"""The libraries of the extra `rcwidgets[files]`, imported where a file needs one."""

import importlib
from types import ModuleType

WANTED = {
    "openpyxl": "Excel workbooks (.xlsx)",
    "h5py": "MATLAB files of version 7.3 (.mat) and HDF5",
    "pyarrow": "Parquet and Feather files",
    "edfio": "EDF and BDF recordings",
    "wfdb": "WFDB records",
}


def needed(library: str, module: str = "") -> ModuleType:
    """A module of a library of the extra; where it is missing, an ImportError that names what to install."""
    try:
        return importlib.import_module(module or library)
    except ImportError as error:
        raise ImportError(
            f"{WANTED[library]} are read by {library}, which is missing. Install it: pip install 'rcwidgets[files]'."
        ) from error
