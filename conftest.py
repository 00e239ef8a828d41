"""What all tests and the examples in docstrings share: JAX refuses to mix dtypes or to guess ranks, so that a promotion is a decision."""

import os
from collections.abc import Iterator
from pathlib import Path

import jax
import pytest

from rcwidgets.live import compile_cache

# A program is compiled once for all files, processes and layers; the folder of whoever runs the tests is left alone.
os.environ[compile_cache.VARIABLE] = str(Path(__file__).parent / "tests" / "artifacts" / "compiled")
compile_cache.keep_compiled()
jax.config.update("jax_numpy_dtype_promotion", "strict")
jax.config.update("jax_numpy_rank_promotion", "raise")


@pytest.fixture(scope="module", autouse=True)
def compiled_programs() -> Iterator[None]:
    """Lets the compiled programs of a file go after its tests: a process that keeps some thousands runs out of memory maps."""
    yield
    jax.clear_caches()
