"""Optuna, the library of the extra `rcwidgets[search]`, imported where a search is made."""

import importlib
from types import ModuleType


def optuna_there() -> ModuleType:
    """Optuna; where it is missing, an ImportError that names what to install."""
    try:
        return importlib.import_module("optuna")
    except ImportError as error:
        raise ImportError("rc.search searches by Optuna, which is missing. Install it: pip install 'rcwidgets[search]'.") from error
