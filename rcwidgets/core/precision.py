"""Double precision for one block of one thread; the user's process is never switched."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import jax
import numpy as np


def states_dtype(dtype: str, nodes: Iterable[Any]) -> np.dtype:
    """The precision of the states: what `dtype` says; "auto" is float64 where a node asks for it (an NVAR), else float32."""
    return np.dtype(("float64" if any(node.exact for node in nodes) else "float32") if dtype == "auto" else dtype)


@contextmanager
def precision(dtype: Any) -> Iterator[None]:
    """JAX computes in float64 inside the block if `dtype` is float64, in float32 otherwise, whatever the process is set to."""
    with jax.enable_x64(np.dtype(dtype) == np.float64):
        yield
