"""Double precision for one block of one thread; the user's process is never switched."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import jax
import numpy as np


@contextmanager
def precision(dtype: Any) -> Iterator[None]:
    """JAX computes in float64 inside the block if `dtype` is float64, in float32 otherwise, whatever the process is set to."""
    with jax.enable_x64(np.dtype(dtype) == np.float64):
        yield
