"""SciPy's sparse arrays, imported at the first use: most models have none, and SciPy takes a tenth of the time to the first figure.

`sparse_arrays.csc_array` is scipy.sparse's, and so is every other name but `issparse`. Annotations that name them are strings.
"""

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scipy.sparse import block_diag as block_diag
    from scipy.sparse import csc_array as csc_array
    from scipy.sparse import csr_array as csr_array
    from scipy.sparse import diags_array as diags_array
    from scipy.sparse import eye_array as eye_array
    from scipy.sparse import sparray as sparray


def issparse(value: Any) -> bool:
    """Whether it is a sparse array or matrix; nothing is one before scipy.sparse is there."""
    there = sys.modules.get("scipy.sparse")
    return there is not None and bool(there.issparse(value))


def __getattr__(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module("scipy.sparse"), name)
