"""What all tests and the examples in docstrings share: JAX refuses to mix dtypes or to guess ranks, so that a promotion is a decision."""

import os
from collections.abc import Iterator

import jax
import pytest

os.environ["RCWIDGETS_CACHE"] = "off"  # tests compile for themselves, and leave the folder of whoever runs them alone
jax.config.update("jax_numpy_dtype_promotion", "strict")
jax.config.update("jax_numpy_rank_promotion", "raise")


@pytest.fixture(scope="module", autouse=True)
def compiled_programs() -> Iterator[None]:
    """Lets the compiled programs of a file go after its tests: a process that keeps some thousands runs out of memory maps."""
    yield
    jax.clear_caches()
