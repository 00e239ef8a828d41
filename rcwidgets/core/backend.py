"""How JAX computes: in which precision, and on how many cores; the user's process is never switched."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
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


_OPTIONS: tuple[dict[str, str | bool], ...] = (
    # YNNPACK splits a product of a few float32 rows over all cores, and takes a third more of their time (jaxlib 0.10, 400 units).
    {"xla_cpu_multi_thread_eigen": False, "xla_cpu_experimental_ynn_fusion_type": ""},
    {"xla_cpu_multi_thread_eigen": False},
)


@cache
def one_core_options(*, ynnpack: bool = False) -> dict[str, str | bool] | None:
    """The options for `jax.jit`: as many of those for one core as this XLA knows; None on a GPU or where it knows none.

    `ynnpack` lets YNNPACK have the products: without it those of one row take half as much time again, and those of five in float64 two
    and a half times as much.
    """
    if jax.default_backend() != "cpu":
        return None
    for options in _OPTIONS[ynnpack:]:
        try:
            jax.jit(lambda x: x + 1, compiler_options=options)(1.0)
        except Exception:  # an option that this XLA does not know: each version raises another error
            continue
        return options
    return None
